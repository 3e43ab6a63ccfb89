"""Pages whose rows lie as people write them: drifting, fanned, crowded, in columns, and so on.

Drawn with the package's own hand; every page follows from its kind and a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.page import Box

Ink = npt.NDArray[np.float32]
Curve = Callable[[float], float]

HEIGHT = 40.0
"""Capital height in pixels of usual rows."""
LETTER_GAP, WORD_GAP = 0.28, 1.1
"""Between neighbouring letters and words, in capital heights, measured along the slant."""
WORDS = """
BREAD MILK LEMON RICE SUGAR ORANGE BUTTER SALT APPLE CARROT ONION PEPPER TOMATO CHEESE PLUM BEAN FLOUR WINE
JUICE YEAST TRAIN TICKET MONDAY FRIDAY GARDEN WINDOW BRIDGE STREET NUMBER LETTER PAPER PENCIL RULER DOCTOR
SCHOOL QUEEN KING HOUSE DOOR TABLE CHAIR LAMP CLOCK RADIO BOTTLE GLASS PLATE KNIFE FORK SPOON AND THE FOR
WITH FROM CALL VISIT BRING SEND PAINT REPAIR CLEAN WRITE READ
""".split()  # noqa: SIM905 - as a list it would take sixty lines


@dataclass(frozen=True, eq=False)
class DrawnPage:
    """A page and what is written on it.

    Attributes:
        ink: float32 (H, W), 1 full ink on 0.
        lines: for each line, in reading order, its letters and digits with the boxes of their ink.
        text: the lines with spaces and signs.
    """

    ink: Ink
    lines: tuple[tuple[tuple[str, Box], ...], ...]
    text: str


@dataclass(eq=False)
class Sheet:
    """Paper that is written on row by row.

    Attributes:
        writer: whose hand.
        rng: of everything that differs from one letter to the next.
    """

    writer: Style
    rng: np.random.Generator
    _letters: list[tuple[str, Ink, int, int, int]] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)

    def write(
        self,
        text: str,
        x: float,
        baseline: float | Curve,
        *,
        height: float = HEIGHT,
        word_gap: float = WORD_GAP,
        accents: float = 0.0,
    ) -> float:
        """Write a line from ``x`` on along a base line; ``accents`` is the share of letters that get one.

        Returns:
            Where its ink ends.
        """
        along = baseline if callable(baseline) else lambda _: baseline
        lean = np.tan(np.radians(self.writer.slant))
        end, gap = x, 0.0
        for character in text:
            if character == " ":
                gap = word_gap
                continue
            ink, base = self._draw(character, height, accented=self.rng.random() < accents)
            rows, columns = np.nonzero(ink > 0.5)
            # Columns as they would be if the writing stood upright.
            upright = columns - lean * (base - rows)
            left = end + gap * height * float(np.exp(self.rng.normal(0, 0.1))) - upright.min()
            top = along(left + upright.mean()) - base
            self._letters.append((character, ink, round(left), round(top), len(self._texts)))
            end = left + upright.max()
            gap = LETTER_GAP
        self._texts.append(text)
        return end

    def _draw(self, character: str, height: float, *, accented: bool) -> tuple[Ink, int]:
        """One letter's ink and the row of its base line."""
        margin = 1.0
        seed = int(self.rng.integers(2**31))
        ink = draw_text(
            [character], style=self.writer, seed=seed, height=height, margin=margin, line_jitter=0
        ).ink
        base = round((margin + 1) * height)
        if accented and character.isalpha():
            dot = draw_text(
                ["'"], style=self.writer, seed=seed, height=height, margin=margin, line_jitter=0
            ).ink
            mark = dot[_extent(dot, 0), _extent(dot, 1)][: round(0.3 * height)]
            above, middle = _extent(ink, 0).start, (_extent(ink, 1).start + _extent(ink, 1).stop) // 2
            left, bottom = middle - mark.shape[1] // 2, above - round(0.15 * height)
            grown = max(0, mark.shape[0] - bottom)
            ink = np.pad(ink, ((grown, 0), (0, 0)))
            base += grown
            area = ink[bottom + grown - mark.shape[0] : bottom + grown, left : left + mark.shape[1]]
            np.maximum(area, mark, out=area)
        return ink, base

    def page(self, margin: float = 1.2 * HEIGHT) -> DrawnPage:
        """All that was written, on paper that leaves an empty margin around it."""
        boxes = [
            (left + _extent(ink, 1).start, top + _extent(ink, 0).start, left + _extent(ink, 1).stop,
             top + _extent(ink, 0).stop)
            for _, ink, left, top, _ in self._letters
        ]  # fmt: skip
        x0, y0 = (round(min(box[k] for box in boxes) - margin) for k in (0, 1))
        width, height = (round(max(box[k + 2] for box in boxes) + margin) - (x0, y0)[k] for k in (0, 1))
        page = np.zeros((height, width), np.float32)
        lines: list[list[tuple[str, Box]]] = [[] for _ in self._texts]
        for (character, ink, _, _, line), box in zip(self._letters, boxes, strict=True):
            part = ink[_extent(ink, 0), _extent(ink, 1)]
            where = Box(box[0] - x0, box[1] - y0, box[2] - x0, box[3] - y0)
            area = page[where.top : where.bottom, where.left : where.right]
            np.maximum(area, part, out=area)
            if character.isalnum():
                lines[line].append((character, where))
        return DrawnPage(page, tuple(tuple(line) for line in lines), "\n".join(self._texts) + "\n")


def _extent(ink: Ink, axis: int) -> slice:
    inked = np.flatnonzero(ink.max(axis=1 - axis) > 0.1)
    return slice(int(inked[0]), int(inked[-1]) + 1)


def _phrase(rng: np.random.Generator, words: int) -> str:
    return " ".join(str(word) for word in rng.choice(WORDS, words))


def _rows(sheet: Sheet, count: int = 6, words: int = 4) -> list[str]:
    return [_phrase(sheet.rng, words) for _ in range(count)]


def plain(sheet: Sheet) -> None:
    """Level rows, two letter heights apart."""
    for k, text in enumerate(_rows(sheet)):
        sheet.write(text, 0, 2 * HEIGHT * k)


def bowed(sheet: Sheet) -> None:
    """All rows in the same bow, S or wave, 0.6 to 1.5 letter heights deep."""
    depth, phase = sheet.rng.uniform(0.3, 0.75) * HEIGHT, sheet.rng.uniform(0, 2 * np.pi)
    length = sheet.rng.uniform(800, 1800)
    for k, text in enumerate(_rows(sheet)):
        sheet.write(text, 0, lambda x, k=k: 1.8 * HEIGHT * k + depth * np.sin(2 * np.pi * x / length + phase))


def wandering(sheet: Sheet) -> None:
    """Each row in a wave of its own, up to half a letter height up and down."""
    for k, text in enumerate(_rows(sheet)):
        depth, phase = sheet.rng.uniform(0.2, 0.5) * HEIGHT, sheet.rng.uniform(0, 2 * np.pi)
        length = sheet.rng.uniform(500, 1500)
        sheet.write(text, 0, lambda x, k=k, d=depth, p=phase, n=length: (
            2.2 * HEIGHT * k + d * np.sin(2 * np.pi * x / n + p)))  # fmt: skip


def fanned(sheet: Sheet) -> None:
    """Each row has a slope of its own, from one to the next they turn."""
    first, last = sheet.rng.uniform(-4, 4, 2)
    slopes = np.tan(np.radians(np.linspace(first, last, 6)))
    # The rows are nearest where they begin or, turning the other way, where they end.
    near = 0 if last > first else 1000
    for k, text in enumerate(_rows(sheet)):
        sheet.write(text, 0, lambda x, k=k: 1.7 * HEIGHT * k + slopes[k] * (x - near))


def crowded(sheet: Sheet) -> None:
    """Rows 1.15 to 1.3 letter heights apart, with small drift: letters of two rows nearly touch."""
    apart = sheet.rng.uniform(1.15, 1.3) * HEIGHT
    for k, text in enumerate(_rows(sheet, 7)):
        slope = np.tan(np.radians(sheet.rng.normal(0, 0.25)))
        sheet.write(
            text, sheet.rng.normal(0, 0.3) * HEIGHT, lambda x, k=k, s=slope: apart * k + s * (x - 400)
        )


def indented(sheet: Sheet) -> None:
    """Rows of one letter to four words that begin anywhere."""
    for k in range(7):
        text = str(sheet.rng.choice(["A", "OK", "TO", "7", "B"])) if k % 3 == 1 else ""
        text = text or _phrase(sheet.rng, int(sheet.rng.integers(1, 5)))
        sheet.write(text, sheet.rng.choice([0, 0, 2, 6, 12]) * HEIGHT, 1.7 * HEIGHT * k)


def headed(sheet: Sheet) -> None:
    """A heading two or three times as large, then text, and a small last row."""
    large = sheet.rng.uniform(2, 3) * HEIGHT
    sheet.write(_phrase(sheet.rng, 2), 0, 0, height=large)
    for k, text in enumerate(_rows(sheet, 5)):
        sheet.write(text, 0, 2.2 * HEIGHT + 1.8 * HEIGHT * k)
    sheet.write(_phrase(sheet.rng, 3), 0, 11.2 * HEIGHT, height=0.6 * HEIGHT)


def numbered(sheet: Sheet) -> None:
    """A list with a number and a stop before each item."""
    for k in range(7):
        sheet.write(f"{k + 1}. {_phrase(sheet.rng, int(sheet.rng.integers(1, 3)))}", 0, 1.8 * HEIGHT * k)


def columns(sheet: Sheet) -> None:
    """Two columns of text whose rows do not line up, sometimes under a heading across both."""
    starts, baseline = (0.0, 0.0), 0.0
    if sheet.rng.random() < 0.4:
        sheet.write(_phrase(sheet.rng, 6), 0, 0)
        baseline = 2.2 * HEIGHT
    left_pitch = sheet.rng.uniform(1.7, 2.0) * HEIGHT
    right_pitch = left_pitch * sheet.rng.choice([0.8, 1.0, 1.15])
    offset = left_pitch * sheet.rng.uniform(0.35, 0.65)
    starts = (baseline, baseline + offset)
    end = 0.0
    for k in range(int(sheet.rng.integers(4, 7))):
        end = max(end, sheet.write(_phrase(sheet.rng, 2), 0, starts[0] + left_pitch * k))
    gutter = sheet.rng.uniform(2.2, 4) * HEIGHT
    for k in range(int(sheet.rng.integers(4, 7))):
        sheet.write(_phrase(sheet.rng, 2), end + gutter, starts[1] + right_pitch * k)


def three_columns(sheet: Sheet) -> None:
    """Three lists side by side, each with its own row distance."""
    left = 0.0
    for n in range(3):
        pitch, end = sheet.rng.uniform(1.6, 2.1) * HEIGHT, left
        for k in range(5):
            end = max(end, sheet.write(_phrase(sheet.rng, 1), left, (0.9 * n % 1.4) * HEIGHT + pitch * k))
        left = end + sheet.rng.uniform(2.2, 3.5) * HEIGHT


def table(sheet: Sheet) -> None:
    """Names and numbers in two columns that are read across."""
    for k in range(7):
        baseline = 1.9 * HEIGHT * k
        drift = sheet.rng.normal(0, 0.1) * HEIGHT
        text = _phrase(sheet.rng, 1)
        _across(sheet, [(text, 0, baseline), (str(sheet.rng.integers(10, 2000)), 520, baseline + drift)])


def ledger(sheet: Sheet) -> None:
    """Two columns of words that are level with each other: read across."""
    for k in range(6):
        baseline = 1.9 * HEIGHT * k
        drift = sheet.rng.normal(0, 0.1) * HEIGHT
        _across(sheet, [(_phrase(sheet.rng, 1), 0, baseline), (_phrase(sheet.rng, 2), 480, baseline + drift)])


def _across(sheet: Sheet, cells: Sequence[tuple[str, float, float]]) -> None:
    """Write cells that are one line."""
    first = len(sheet._texts)
    for text, x, baseline in cells:
        sheet.write(text, x, baseline)
    sheet._texts[first:] = [" ".join(sheet._texts[first:])]
    sheet._letters[:] = [(*letter[:4], min(letter[4], first)) for letter in sheet._letters]


def gappy(sheet: Sheet) -> None:
    """Words four to eight letter heights apart, above each other's gaps or not."""
    for k in range(5):
        sheet.write(_phrase(sheet.rng, 3), 0, 1.9 * HEIGHT * k, word_gap=float(sheet.rng.uniform(4, 8)))


def lone_letters(sheet: Sheet) -> None:
    """Rows of letters far apart, as on a sheet of samples, none quite on its line."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    for k in range(4):
        row = alphabet[6 * k : 6 * k + 6]
        cells = [(c, 130.0 * n, 110.0 * k + sheet.rng.normal(0, 0.12) * HEIGHT) for n, c in enumerate(row)]
        _across(sheet, cells)
        sheet._texts[-1] = row


def accented(sheet: Sheet) -> None:
    """A third of the letters bear a dot or an accent."""
    for k, text in enumerate(_rows(sheet, 5)):
        sheet.write(text, 0, 1.75 * HEIGHT * k, accents=0.33)


def leaning_right(sheet: Sheet) -> None:
    """Letters that lean by 25 degrees, the gaps between them too."""
    sheet.writer = replace(sheet.writer, slant=25.0)
    plain(sheet)


def leaning_left(sheet: Sheet) -> None:
    """Letters that lean back by 25 degrees."""
    sheet.writer = replace(sheet.writer, slant=-25.0)
    plain(sheet)


KINDS: dict[str, Callable[[Sheet], None]] = {
    kind.__name__.replace("_", " "): kind
    for kind in (
        plain,
        bowed,
        wandering,
        fanned,
        crowded,
        indented,
        headed,
        numbered,
        columns,
        three_columns,
        table,
        ledger,
        gappy,
        lone_letters,
        accented,
        leaning_right,
        leaning_left,
    )
}


def draw(kind: str, number: int) -> DrawnPage:
    """A page of one of ``KINDS``; the same number draws the same page."""
    rng = np.random.default_rng([number, *kind.encode()])
    writer = replace(Style.random(int(rng.integers(2**31))), wander=1.5, overshoot=0.0)
    # How readable a hand is, is not the matter here.
    writer = replace(
        writer,
        slant=float(np.clip(writer.slant, -5, 12)),
        pen=min(writer.pen, 11.0),
        proportion=min(writer.proportion, 3.0),
        variation=min(writer.variation, 1.8),
        aspect=float(np.clip(writer.aspect, 0.85, 1.25)),
    )
    sheet = Sheet(writer, rng)
    KINDS[kind](sheet)
    return sheet.page()
