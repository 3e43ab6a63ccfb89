"""What a reader is asked to do: one record of plain values, for the library and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ocr_cli.errors import KnowledgeError
from ocr_cli.region import Region

LONGER_CODES = {
    "deu": "de",
    "dut": "nl",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "ger": "de",
    "ita": "it",
    "nld": "nl",
    "por": "pt",
    "spa": "es",
}
"""Codes of three letters (ISO 639-2, bibliographic ones too), as Tesseract takes them, to those of two."""

FURTHER = "ßæœøłđÆŒØŁĐ¡¿«»\u201e\u2013€£§°"
"""Letters and signs of Europe's languages that are no letter with a mark set on it."""
_EVERYWHERE = "€°§\u2013"
_OF_LANGUAGES: Mapping[str, str] = {
    "any": FURTHER,
    "de": "ß\u201e«»" + _EVERYWHERE,
    "es": "¡¿«»" + _EVERYWHERE,
    "fr": "æœÆŒ«»" + _EVERYWHERE,
    "it": "«»" + _EVERYWHERE,
    "nl": "\u201e" + _EVERYWHERE,
    "pt": "«»" + _EVERYWHERE,
}
"""Those of each language; English has none."""


def further_of(languages: Iterable[str]) -> frozenset[str]:
    """Those of ``FURTHER`` that some languages have.

    Args:
        languages: their codes, of two letters; ``any`` has those of all of Europe.
    """
    return frozenset("".join(_OF_LANGUAGES.get(one, "") for one in languages))


Rotation: TypeAlias = Literal["auto", 0, 90, 180, 270]
"""Degrees by which a picture is turned clockwise before it is read; ``auto``: whatever reads well."""
Shown: TypeAlias = Literal["page", "block", "line", "word", "character"]
"""What a picture shows: a page, on which the writing is looked for, or nothing but writing."""
Case: TypeAlias = Literal["keep", "upper", "lower"]
Accents: TypeAlias = Literal["keep", "drop"]
_WITHOUT_ACCENTS = {"en"}
"""Languages that hardly have any: without a word to the contrary, none are read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How pictures are read, and how what was read is shown. Checked when it is made.

    Attributes:
        layout: what pictures show, or their regions: a page, on which the writing is looked for; or nothing
            but a block of rows, a line, a word, or a character, which may fill the picture to its edges.
        regions: the parts of each picture that are read, in this order; the whole picture if there are none.
            Each is ``LEFT,TOP,RIGHT,BOTTOM``, in pixels or, with ``%``, per cent of the picture.
        rotation: how pictures are turned before they are read, after their EXIF orientation is applied.
        ignore_print: whether printed text beside the handwriting, as on forms, is left out.
        thorough: whether pages that are read with little confidence are looked at again, turned and at other
            sizes, for up to ``looks.SECONDS`` seconds each.
        language: name of a language that comes with the package, several of them joined by ``+``, or ``any``
            for all of them in one; None to go by shape and geometry alone.
        lexicon: words to expect: the path of a file with one a line, or the words themselves.
        lexicon_only: whether words with letters must be in the lexicon: each is read as the nearest one, and
            refused if none is near.
        patterns: of fields (``decoding.pattern``): each word, or several together, should fit one of them.
            A word that does not is refused.
        whitelist: the only characters that are allowed, as they are shown; None for all.
        blacklist: characters that are not.
        unknown: stands for a character that is refused: one character, or none to leave it out.
        min_confidence: characters of less confidence, in [0, 1], are refused.
        case: of all letters that are shown.
        accents: whether letters are shown with the accents that they are written with; None: where the
            language has them.

    Raises:
        KnowledgeError: if one of these is none of what it may be.
    """

    layout: Shown = "page"
    regions: Sequence[str] = ()
    rotation: Rotation = "auto"
    ignore_print: bool = False
    thorough: bool = False
    language: str | None = "en"
    lexicon: str | Path | Sequence[str] | None = None
    lexicon_only: bool = False
    patterns: Sequence[str] = ()
    whitelist: str | None = None
    blacklist: str = ""
    unknown: str = "?"
    min_confidence: float = 0.0
    case: Case = "keep"
    accents: Accents | None = None

    def __post_init__(self) -> None:
        # As tuples, lists can neither be changed afterwards nor keep the record from being a key.
        object.__setattr__(self, "patterns", _several(self.patterns))
        if self.lexicon is not None and not isinstance(self.lexicon, (str, Path)):
            object.__setattr__(self, "lexicon", tuple(self.lexicon))
        object.__setattr__(self, "regions", _several(self.regions))
        for region in self.regions:
            Region.parse(region)
        if self.layout not in get_args(Shown):
            raise KnowledgeError(f"no layout: {self.layout}")
        if self.rotation not in get_args(Rotation):
            raise KnowledgeError(f"not a quarter turn: {self.rotation}")
        if self.lexicon_only and self.lexicon is None:
            raise KnowledgeError("only words of a lexicon, and no lexicon")
        if self.case not in get_args(Case):
            raise KnowledgeError(f"no case: {self.case}")
        if self.accents not in (None, *get_args(Accents)):
            raise KnowledgeError(f"accents are kept or dropped, not: {self.accents}")
        if len(self.unknown) > 1 or self.unknown.isspace():
            raise KnowledgeError(
                f"{self.unknown!r} is not one character, nor none, to stand for unknown ones"
            )
        if not 0 <= self.min_confidence <= 1:
            raise KnowledgeError(f"no least confidence: {self.min_confidence} is not between 0 and 1")

    @property
    def languages(self) -> tuple[str, ...]:
        """The names of the languages."""
        return tuple((self.language or "").split("+")) if self.language else ()

    @property
    def sees_accents(self) -> bool:
        """Whether what is above letters, or hangs below, is looked at, be it shown or not."""
        return not set(self.languages) <= _WITHOUT_ACCENTS or self.accents == "keep"

    @property
    def shows_accents(self) -> bool:
        """Whether letters are shown with accents."""
        return self.sees_accents and self.accents != "drop"

    @property
    def further(self) -> frozenset[str]:
        """Letters and signs that are read though they are neither ASCII nor a letter with a mark."""
        return further_of(self.languages) | frozenset(self.whitelist or "")

    @property
    def lexicon_file(self) -> str | Path | None:
        """The list of words, if it is a file."""
        return self.lexicon if isinstance(self.lexicon, (str, Path)) else None


def _several(texts: Sequence[str]) -> tuple[str, ...]:
    """A text alone is one of them, not so many characters."""
    return (texts,) if isinstance(texts, str) else tuple(texts)
