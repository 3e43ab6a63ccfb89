"""What is known of each character: one row a character, asked by whatever treats characters differently.

Nothing else in the package lists characters by what they are like. A character without a row of its own is
as the letter that it is made of (é as e), or, failing that, as its Unicode category says: ``row_of``.

Sizes are in heights of a capital above the base line; tops and bottoms of small letters and the depth of
tails are medians of UNIPEN's writers, within a few hundredths.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["digit", "capital", "small", "sign"]

_SMALL, _TAIL = 0.58, -0.42
_DOT = 0.8
"""Top of the dot of i and j."""


class Spot(NamedTuple):
    """Where in a row small ink lies that its place alone tells to be a sign; in letter heights of the row.

    Attributes:
        flat: it is more than so many times as wide as high.
        narrowest: it is wider.
        widest: it is narrower.
        tallest: it is lower.
        lowest: its middle is higher above the base line.
        highest: its middle is less high above the base line.
    """

    flat: float = 0.0
    narrowest: float = 0.0
    widest: float = math.inf
    tallest: float = math.inf
    lowest: float = -math.inf
    highest: float = math.inf

    def fits(self, width: float, height: float, above: float) -> bool:
        """Whether ink so wide and so high, its middle so far above the base line, lies there."""
        return (
            width > self.flat * height
            and self.narrowest < width < self.widest
            and height < self.tallest
            and self.lowest < above < self.highest
        )


class Character(NamedTuple):
    """One row of the table.

    Attributes:
        text: the character, as it is the name of a model's class.
        kind: digit, capital, small letter or sign.
        alike: the one that stands for all that its shape alone does not tell apart from it; empty if it
            stands for them itself.
        top: of its ink, without what ``dotted`` says, above the base line.
        bottom: of its ink, below 0 under the base line.
        base: what it is without its mark, in its own case: one letter or two; for typographic signs that of a
            keyboard; empty if it is one itself.
        mark: what it has on ``base``, as combining characters; none for ø or æ, which Unicode does not take
            apart.
        dotted: whether it has a dot above, which the segmentation keeps apart.
        look: ``stroke`` or ``ring`` if it is nothing more: scratches and edges look like the one, holes,
            drops and wheels like the other.
        narrow: almost anything beside it is another character: I3 is B, LI is U, 1O is D. So is a part of it.
        parted: a part of it is another character though it is not narrow.
        part: it looks like a part of other characters.
        spelled: whether words of the languages are spelled with it, if it is a sign.
        spot: where it lies if it is small ink told by its place alone.
    """

    text: str
    kind: Kind
    alike: str = ""
    top: float = 1.0
    bottom: float = 0.0
    base: str = ""
    mark: str = ""
    dotted: bool = False
    look: Literal["", "stroke", "ring"] = ""
    narrow: bool = False
    parted: bool = False
    part: bool = False
    spelled: bool = False
    spot: Spot | None = None

    @property
    def highest(self) -> float:
        """Its top, with its dot."""
        return max(self.top, _DOT) if self.dotted else self.top


_DASH = Spot(flat=1.6, narrowest=0.15, widest=1.0, lowest=0.25, highest=0.75)
_STOP = Spot(widest=0.32, tallest=0.32, highest=0.3)
_COMMA = Spot(tallest=0.45, highest=0.15)
_APOSTROPHE = Spot(tallest=0.45, lowest=0.75)

_ROWS = (
    Character("0", "digit", look="ring"),
    Character("1", "digit", look="stroke", narrow=True),
    Character("2", "digit"),
    Character("3", "digit"),
    Character("4", "digit"),
    Character("5", "digit"),
    Character("6", "digit"),
    Character("7", "digit", narrow=True),
    Character("8", "digit", look="ring"),
    Character("9", "digit"),
    Character("A", "capital"),
    Character("B", "capital"),
    Character("C", "capital", parted=True),
    Character("D", "capital"),
    Character("E", "capital"),
    Character("F", "capital"),
    Character("G", "capital"),
    Character("H", "capital"),
    Character("I", "capital", alike="1", look="stroke", narrow=True),
    Character("J", "capital", narrow=True),
    Character("K", "capital"),
    Character("L", "capital", narrow=True),
    Character("M", "capital"),
    Character("N", "capital"),
    Character("O", "capital", alike="0", look="ring"),
    Character("P", "capital"),
    Character("Q", "capital", look="ring"),
    Character("R", "capital"),
    Character("S", "capital", alike="5"),
    Character("T", "capital", narrow=True),
    Character("U", "capital"),
    Character("V", "capital"),
    Character("W", "capital"),
    Character("X", "capital"),
    Character("Y", "capital"),
    Character("Z", "capital", alike="2"),
    Character("a", "small", top=_SMALL),
    Character("b", "small"),
    Character("c", "small", alike="C", top=_SMALL, parted=True, part=True),
    Character("d", "small"),
    Character("e", "small", top=_SMALL),
    Character("f", "small", bottom=-0.1),
    Character("g", "small", top=_SMALL, bottom=_TAIL),
    Character("h", "small"),
    Character("i", "small", top=_SMALL, dotted=True, look="stroke", narrow=True, part=True),
    Character("j", "small", top=_SMALL, bottom=_TAIL, dotted=True, narrow=True),
    Character("k", "small"),
    Character("l", "small", alike="1", look="stroke", narrow=True, part=True),
    Character("m", "small", top=_SMALL),
    Character("n", "small", top=_SMALL, part=True),
    Character("o", "small", alike="0", top=_SMALL, look="ring", part=True),
    Character("p", "small", top=_SMALL, bottom=_TAIL),
    Character("q", "small", top=_SMALL, bottom=_TAIL, look="ring"),
    Character("r", "small", top=_SMALL, part=True),
    Character("s", "small", alike="5", top=_SMALL),
    Character("t", "small", top=0.9),
    Character("u", "small", alike="U", top=_SMALL, part=True),
    Character("v", "small", alike="V", top=_SMALL, part=True),
    Character("w", "small", alike="W", top=_SMALL),
    Character("x", "small", alike="X", top=_SMALL),
    Character("y", "small", top=_SMALL, bottom=_TAIL),
    Character("z", "small", alike="2", top=_SMALL),
    Character("-", "sign", top=0.48, bottom=0.38, look="stroke", narrow=True, spelled=True, spot=_DASH),
    Character(".", "sign", top=0.12, look="stroke", narrow=True, spot=_STOP),
    Character(",", "sign", top=0.12, bottom=-0.2, look="stroke", narrow=True, spot=_COMMA),
    Character("'", "sign", top=1.05, bottom=0.75, look="stroke", narrow=True, spelled=True, spot=_APOSTROPHE),
    Character("!", "sign", narrow=True),
    Character("?", "sign"),
    Character(":", "sign", top=0.5, narrow=True),
    Character(";", "sign", top=0.5, bottom=-0.2, narrow=True),
    Character("/", "sign", look="stroke", narrow=True),
    Character("&", "sign"),
    Character("(", "sign", narrow=True),
    Character(")", "sign", narrow=True),
    Character("+", "sign", top=0.7, bottom=0.1),
    Character("=", "sign", top=0.6, bottom=0.25),
    Character("@", "sign"),
    Character("#", "sign"),
    Character("$", "sign"),
    Character("%", "sign"),
    Character('"', "sign"),
    Character("*", "sign"),
    Character("<", "sign"),
    Character(">", "sign"),
    Character("[", "sign"),
    Character("\\", "sign"),
    Character("]", "sign"),
    Character("^", "sign"),
    Character("_", "sign"),
    Character("`", "sign", top=1.05, bottom=0.75, base="'"),
    Character("{", "sign"),
    Character("|", "sign", look="stroke", narrow=True),
    Character("}", "sign"),
    Character("~", "sign"),
    Character("ß", "small", base="ss"),
    Character("æ", "small", top=_SMALL, base="ae"),
    Character("œ", "small", top=_SMALL, base="oe"),
    Character("ø", "small", top=_SMALL, base="o"),
    Character("ł", "small", base="l", narrow=True),
    Character("đ", "small", base="d"),
    Character("ð", "small", base="d"),
    Character("þ", "small", bottom=_TAIL, base="th"),
    Character("\u0131", "small", top=_SMALL, base="i", narrow=True),
    Character("Æ", "capital", base="AE"),
    Character("Œ", "capital", base="OE"),
    Character("Ø", "capital", base="O"),
    Character("Ł", "capital", base="L"),
    Character("Đ", "capital", base="D"),
    Character("Ð", "capital", base="D"),
    Character("Þ", "capital", base="TH"),
    Character("\u2018", "sign", top=1.05, bottom=0.75, base="'"),
    Character("\u2019", "sign", top=1.05, bottom=0.75, base="'"),
    Character("\u02bc", "sign", top=1.05, bottom=0.75, base="'"),
    Character("\u00b4", "sign", top=1.05, bottom=0.75, base="'"),
    Character("\u2010", "sign", top=0.48, bottom=0.38, base="-"),
    Character("\u2011", "sign", top=0.48, bottom=0.38, base="-"),
    Character("\u2013", "sign", top=0.48, bottom=0.38, base="-"),
    Character("\u201e", "sign", top=0.12, bottom=-0.2, base='"'),
    Character("«", "sign", top=0.5, bottom=0.1, base='"'),
    Character("»", "sign", top=0.5, bottom=0.1, base='"'),
    Character("°", "sign", top=1.0, bottom=0.7),
    Character("¡", "sign", narrow=True),
    Character("¿", "sign"),
    Character("€", "sign"),
    Character("£", "sign"),
    Character("§", "sign"),
)

MARKS: dict[str, str] = {
    "grave": "\u0300",
    "acute": "\u0301",
    "circumflex": "\u0302",
    "tilde": "\u0303",
    "diaeresis": "\u0308",
    "ring": "\u030a",
    "double acute": "\u030b",
    "caron": "\u030c",
    "dot above": "\u0307",
    "cedilla": "\u0327",
    "ogonek": "\u0328",
}
"""Marks on letters, as combining characters."""
BELOW = ("cedilla", "ogonek")
"""Those of them that hang below."""

TABLE: dict[str, Character] = {row.text: row for row in _ROWS}
"""The rows, by their characters."""


def row_of(text: str) -> Character:
    """The row of a character, or one made for it: as its base letter's but for shape and size of the mark.

    Args:
        text: one character; any other text is a sign like no other.
    """
    row = TABLE.get(text)
    if row is None:
        base, mark = unicodedata.normalize("NFD", text)[:1], unicodedata.normalize("NFD", text)[1:]
        known = TABLE.get(base) if mark else None
        if known is None:
            return Character(text, _category(text))
        row = Character(text, known.kind, "", known.top, known.bottom, base, mark, narrow=known.narrow)
    return row


def with_mark(letter: str, mark: str) -> str | None:
    """A letter with a mark, as one character; None if Unicode has none such.

    Args:
        letter: without a mark.
        mark: one of ``MARKS``.
    """
    both = unicodedata.normalize("NFC", letter + MARKS[mark])
    return both if len(both) == 1 else None


def without_mark(text: str) -> tuple[str, str | None]:
    """The letter of a character, in its own case, and its mark by its name; None if it has none of ``MARKS``.

    Args:
        text: one character.
    """
    apart = unicodedata.normalize("NFD", text)
    base, name = apart[:1], _NAMES.get(apart[1:])
    return (text, None) if name is None else (base, name)


def _category(text: str) -> Kind:
    if text.isdigit():
        return "digit"
    return "small" if text.islower() else "capital" if text.isalpha() else "sign"


def is_sign(text: str) -> bool:
    """Whether a character is neither a letter nor a digit."""
    return row_of(text).kind == "sign"


def placed_sign(width: float, height: float, above: float) -> str | None:
    """The sign that small ink is by its size and place alone; None if it is none.

    Args:
        width: of the ink, in letter heights of its row.
        height: likewise.
        above: how far its middle is above the base line, likewise.
    """
    spots = ((text, TABLE[text].spot) for text in PLACED)
    return next((text for text, spot in spots if spot and spot.fits(width, height, above)), None)


def is_small(text: str) -> bool:
    """Whether a character is a small letter."""
    return row_of(text).kind == "small"


def has_two_shapes(text: str) -> bool:
    """Whether a character is a letter whose small form does not look like its capital."""
    return look_alike(text.lower()) != look_alike(text.upper())


def look_alike(text: str) -> str:
    """The character that stands for those that one's shape alone does not tell apart."""
    return row_of(text).alike or text


def fold(text: str) -> str:
    """The text with each character replaced by the one that stands for its look-alikes."""
    return "".join(map(look_alike, text))


def base_letters(text: str) -> str:
    """The text in small letters without accents: "Ångström" is "angstrom", "Straße" is "strasse".

    What is no letter stays, but for typographic apostrophes and hyphens, which become those of a keyboard.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_BASES))
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _plain(kind: Kind) -> str:
    return "".join(text for text, row in TABLE.items() if row.kind == kind and text.isascii())


_NAMES = {mark: name for name, mark in MARKS.items()}

_BASES = str.maketrans({text: row.base for text, row in TABLE.items() if row.base})
"""What Unicode does not decompose."""

DIGITS, CAPITALS, SMALL_LETTERS, SIGNS = _plain("digit"), _plain("capital"), _plain("small"), _plain("sign")
"""The characters of each kind that a plain keyboard has."""

PLACED = "".join(text for text, row in TABLE.items() if row.spot)
"""The signs that their place alone tells, the most particular place first."""
