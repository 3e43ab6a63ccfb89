"""Lines of handwriting, composed of what people wrote, and drawn as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from ocr_cli.alphabet import without_mark
from ocr_cli.datasets.accents import Accents
from ocr_cli.datasets.further import further
from ocr_cli.datasets.paper import Colour, photograph
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.pieces import FURTHER, Hands, Piece, Strokes
from ocr_cli.datasets.scans import Scans
from ocr_cli.datasets.texts import Texts

Floats = npt.NDArray[np.float32]

_HEIGHTS, _SMALL_HEIGHTS = (30.0, 64.0), (13.0, 30.0)
"""Heights of a capital in pixels: as pages are taken apart, and as small writing is photographed."""
_EUROPEAN = 0.12
"""Share of the lines that have further letters and signs."""
_MARKED = 0.4
"""Share of those that are a word with marks on its letters."""
_SCANNED = 0.15
"""Share of the strips that are of scanned characters, where there are any."""
_CURSIVE = 0.3
"""How often joined-up writing is learned from, beside other writing: few take it for letters."""
_PEN = (0.045, 0.19)
"""Pen widths in heights of a capital."""


class Line(NamedTuple):
    """What is to be drawn.

    Attributes:
        strokes: in heights of a capital, y down from the base line.
        text: as it should read, words parted by single spaces.
    """

    strokes: Strokes
    text: str


class Placed(NamedTuple):
    """Strokes on a sheet.

    Attributes:
        lines: float (M, 2) each, in pixels of the sheet.
        widths: of the pen, in such pixels.
        size: width and height of the sheet.
        over: so many times as large is it drawn as it is seen.
    """

    lines: tuple[npt.NDArray[np.float64], ...]
    widths: tuple[float, ...]
    size: tuple[int, int]
    over: float

    def inked(self, some: Iterable[int]) -> Floats:
        """The ink of some of the strokes: float32 (H, W) in [0, 1], as it is seen."""
        sheet = Image.new("L", self.size)
        draw = ImageDraw.Draw(sheet)
        for number in some:
            line = self.lines[number]
            draw_stroke(draw, line, np.full(len(line), max(0.5, self.widths[number] / 2)))
        if self.over > 1:
            seen = (max(1, round(side / self.over)) for side in self.size)
            sheet = sheet.resize((next(seen), next(seen)), Image.Resampling.BOX)
        return np.asarray(np.asarray(sheet, np.float32) / np.float32(255), np.float32)


class Composer:
    """Puts lines together.

    Attributes:
        pieces: words and lines.
        hands: single characters.

    Args:
        pieces: words and lines.
        hands: single characters.
        words: for texts of single characters.
        fonts: files of faces that look written, each with what it lacks.
        seed: the same seed makes the same lines.
        scans: single characters that were scanned; none without.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        hands: Hands,
        words: Sequence[str],
        fonts: Sequence[tuple[Path, str]],
        seed: int,
        scans: Scans | None = None,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._texts = Texts(words, self._rng)
        self.pieces, self.hands, self._fonts, self._scans = pieces, hands, fonts, scans
        self._lines = [piece for piece in pieces if " " in piece.text]
        self._words = [piece for piece in pieces if " " not in piece.text]
        self._runs: dict[int, list[Piece]] = {}
        for piece in self._words:
            self._runs.setdefault(piece.session, []).append(piece)
        # Each person is heard as often as the square root of what there is.
        counts: dict[str, int] = {}
        for piece in pieces:
            counts[piece.person] = counts.get(piece.person, 0) + 1
        self._shares = {
            id(group): _shares(
                [
                    counts[piece.person] ** -0.5 * (_CURSIVE if piece.style == "CURSIVE" else 1.0)
                    for piece in group
                ]
            )
            for group in (self._lines, self._words)
        }

    def _piece(self, group: list[Piece]) -> Piece:
        return group[int(np.searchsorted(self._shares[id(group)], self._rng.random()))]

    def line(self) -> tuple[str, Line | tuple[str, Path]]:
        """A kind, and a line of strokes, or a text and the face it is to be set in."""
        kind = self._rng.random()
        if kind < _EUROPEAN:
            return self._european()
        kind = self._rng.random()
        if kind < 0.26:
            return "word", _line([self._piece(self._words)], [0.0])
        if kind < 0.56:
            return "words", self._several()
        if kind < 0.68 and self._lines:
            return "line", _line([self._piece(self._lines)], [0.0])
        if kind < 0.9 or not self._fonts:
            return "characters", self.spelled(self._texts.line())
        path, lacking = self._fonts[int(self._rng.integers(len(self._fonts)))]
        text = "".join(one for one in self._text() if one not in lacking) or "note"
        return "face", (" ".join(text.split()), path)

    def _european(self) -> tuple[str, Line | tuple[str, Path]]:
        """A line with further letters and signs, in a face that has them now and then, or a word with marks.

        Marks on letters are seen by others; they shall not be in the way here.
        """
        if self._rng.random() < _MARKED:
            word = Accents(self.hands, self._rng).word(self._texts.accented())
            if word is not None:
                return "european", Line(word.strokes, "".join(without_mark(one)[0] for one in word.text))
        texts = [self._texts.european(), *(self._texts.word() for _ in range(int(self._rng.integers(3))))]
        text = " ".join(texts[int(k)] for k in self._rng.permutation(len(texts)))
        if self._fonts and self._rng.random() < 0.35:
            path, lacking = self._fonts[int(self._rng.integers(len(self._fonts)))]
            if not set(lacking) & set(text):
                return "european", (text, path)
        return "european", self.spelled(text)

    def scanned(self, height: float) -> tuple[str, Floats] | None:
        """A line of scanned characters, and their ink: float32 (H, W) in [0, 1]; now and then, else None.

        Args:
            height: of a capital in pixels.
        """
        if self._scans is None or self._rng.random() > _SCANNED:
            return None
        return self._scans.line(self._texts.line(), height, self._rng, self._single)

    def _single(self, text: str, height: float) -> tuple[Floats, float] | None:
        """A character of somebody's hand, drawn, and how far its foot lies below the base line."""
        line = self.spelled(text)
        if not line.strokes:
            return None
        ink = self.inked(line.strokes, height)
        rows, columns = (np.flatnonzero((ink > 0.5).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return None
        below = max(float(stroke[:, 1].max()) for stroke in line.strokes) * height
        return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], below

    def _text(self) -> str:
        if self._rng.random() < 0.4:
            return self._texts.line()
        text = self._piece(self._lines if self._rng.random() < 0.6 else self._words).text
        if self._rng.random() < 0.2:
            text = text.upper()
        words = text.split()
        return " ".join(words[: int(self._rng.integers(1, 8))])

    def _several(self) -> Line:
        """Words of a session one after the other, as they were written or another time."""
        first = self._piece(self._words)
        run = self._runs[first.session]
        place = next(k for k, piece in enumerate(run) if piece is first)
        count = int(self._rng.integers(2, 7))
        some = run[place : place + count]
        space = float(self._rng.uniform(0.3, 0.9))
        gaps = [0.0, *np.maximum(0.3, space * np.exp(self._rng.normal(0, 0.25, len(some) - 1)))]
        return _line(some, gaps)

    def spelled(self, text: str) -> Line:
        """A text in single characters of one hand; what it lacks, another one lends.

        Args:
            text: of printable ASCII; what nobody wrote is left out.
        """
        rng, people = self._rng, self.hands.people
        hand = people[int(rng.integers(len(people)))]
        narrow = float(
            rng.choice(
                [rng.uniform(0.0, 0.12), rng.uniform(0.08, 0.35), rng.uniform(0.3, 0.6)], p=[0.35, 0.5, 0.15]
            )
        )
        space = max(0.45, narrow * 2.4) * float(rng.uniform(1.0, 1.6))
        jitter = float(rng.uniform(0.0, 0.06))
        size = float(rng.uniform(0.0, 0.1))
        strokes: Strokes = []
        made, x, gap = "", 0.0, 0.0
        for one in text:
            if one == " ":
                gap = space * float(np.exp(rng.normal(0, 0.15)))
                made += " "
                continue
            lent = partial(self._lent, hand)
            ink = further(one, lent, rng) if one in FURTHER else lent(one)
            if ink is None:
                continue
            grown = float(np.exp(rng.normal(0, size)))
            shift = np.array([x + gap, float(rng.normal(0, jitter))], np.float32)
            ink = [stroke * np.float32(grown) + shift for stroke in ink]
            strokes += ink
            x = max(float(stroke[:, 0].max()) for stroke in ink)
            gap = max(-0.08, narrow * float(np.exp(rng.normal(0, 0.35))) - 0.03)
            made += one
        return Line(strokes, " ".join(made.split()))

    def _lent(self, hand: Mapping[str, list[Strokes]], text: str) -> Strokes | None:
        """One of the hand's characters, or of another that has it; None if nobody is found."""
        lender, rng, people = hand, self._rng, self.hands.people
        if text not in lender:
            others = (people[int(k)] for k in rng.integers(len(people), size=40))
            lender = next((other for other in others if text in other), {})
        return lender[text][int(rng.integers(len(lender[text])))] if lender else None

    def drawn(self) -> tuple[str, str, npt.NDArray[np.uint8]] | None:
        """Kind and text of a line, and a picture of it: uint8 (H, W, 3); None if there is no ink."""
        rng = self._rng
        kind, line = self.line()
        small = rng.random() < 0.3
        height = float(np.exp(rng.uniform(*np.log(_SMALL_HEIGHTS if small else _HEIGHTS))))
        if isinstance(line, Line):
            text, ink = line.text, self.inked(line.strokes, height) if line.strokes else None
        else:
            text, path = line
            ink = self.set_in_face(text, path, height)
        if ink is None or not text or not (ink > 0.5).any():
            return None
        return kind, text, self.seen(ink, height)

    def inked(self, strokes: Strokes, height: float) -> Floats:
        """Strokes drawn with some pen: float32 (H, W) in [0, 1]; one empty pixel if they are too long.

        Args:
            strokes: in heights of a capital.
            height: of a capital in pixels.
        """
        placed = self.placed(strokes, height)
        return np.zeros((1, 1), np.float32) if placed is None else placed.inked(range(len(strokes)))

    def placed(self, strokes: Strokes, height: float) -> Placed | None:
        """The same, where they come to lie on the sheet; None if they are too long for one."""
        rng = self._rng
        # Thin lines of small writing are drawn larger and shrunk, as a camera would.
        over = 2.0 if height < 30 else 1.0
        pen = height * over * float(np.exp(rng.uniform(*np.log(_PEN))))
        shear, wide = float(rng.normal(0, 0.2)), float(np.exp(rng.normal(0, 0.15)))
        turn = np.radians(float(rng.normal(0, 1.2)))
        matrix = np.array([[wide, 0.0], [-shear, 1.0]]) @ np.array(
            [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        )
        rough = rng.random() < 0.3
        lines = []
        for stroke in strokes:
            line = stroke.astype(float) @ matrix * height * over
            if not rough and len(line) > 4:
                line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
            lines.append(line)
        every = np.concatenate(lines)
        low, high = every.min(axis=0), every.max(axis=0)
        margin = height * over * rng.uniform(0.5, 1.4, 2) + pen
        size = np.ceil(high - low + 2 * margin).astype(int)
        if size[0] > 6000 * over or size[1] > 700 * over:
            return None
        vary = rng.random() < 0.3
        widths = [pen * (np.exp(rng.normal(0, 0.15)) if vary else 1.0) for _ in lines]
        moved = tuple(line - low + margin for line in lines)
        return Placed(moved, tuple(map(float, widths)), (int(size[0]), int(size[1])), over)

    def set_in_face(self, text: str, path: Path, height: float) -> Floats:
        """A text in a face, bent so that no letter is like another; else as ``inked``."""
        rng = self._rng
        font = ImageFont.truetype(str(path), max(8, round(height / 0.68)))
        left, top, right, bottom = font.getbbox(text)
        margin = round(height * 0.9)
        size = round(right - left) + 2 * margin, round(bottom - top) + 2 * margin
        if size[0] > 6000 or size[1] > 700:
            return np.zeros((1, 1), np.float32)
        sheet = Image.new("L", size)
        x = float(margin - left)
        words = text.split(" ")
        for word in words:
            y = margin - top + float(rng.normal(0, 0.02)) * height
            ImageDraw.Draw(sheet).text((x, y), word, font=font, fill=255)
            x += font.getlength(word + " ") * float(rng.uniform(0.97, 1.1))
        ink = np.asarray(sheet, np.float32) / np.float32(255)
        coarse = tuple(max(2, round(side / (0.45 * height)) + 1) for side in ink.shape)
        y, x_ = np.mgrid[: ink.shape[0], : ink.shape[1]].astype(np.float32)
        bent = []
        for place, amount in ((y, 0.05), (x_, 0.06)):
            field = rng.normal(0, amount * height, coarse).astype(np.float32)
            grown = np.asarray(Image.fromarray(field).resize(ink.shape[::-1], Image.Resampling.BICUBIC))
            bent.append(place + grown)
        ink = ndimage.map_coordinates(ink, bent, order=1, mode="constant")
        weight = float(rng.normal(0, 0.03)) * height
        if weight > 0.7:
            ink = ndimage.grey_dilation(ink, (1 + round(weight), 1 + round(weight)))
        return np.asarray(ink, np.float32)

    def seen(self, ink: Floats, height: float) -> npt.NDArray[np.uint8]:
        """The picture that is taken of some ink: uint8 (H, W, 3).

        Args:
            ink: float32 (H, W) in [0, 1].
            height: of a capital in pixels.
        """
        rng = self._rng
        if rng.random() < 0.45:
            return photograph(
                ink,
                seed=int(rng.integers(2**31)),
                paper=_colour(rng.integers(175, 250) + rng.integers(-12, 6, 3)),
                pen=_colour(np.maximum(0, rng.integers(10, 110) + rng.integers(-10, 40, 3))),
                patchiness=float(rng.choice([0.1, rng.uniform(0.1, 0.5)])),
                uneven=float(rng.uniform(0, 0.4)),
                grain=float(rng.uniform(0.005, 0.03)),
                blur=float(rng.uniform(0.3, 1.0)) * (1.0 if height > 24 else 0.6),
                noise=float(rng.uniform(0.5, 7)),
                jpeg_quality=int(rng.integers(50, 95)) if rng.random() < 0.5 else None,
            )
        if rng.random() < 0.6:
            blurred = ndimage.gaussian_filter(ink, float(rng.uniform(0.3, 0.9)))
            ink = blurred + rng.normal(0, float(rng.uniform(0, 0.05)), ink.shape).astype(np.float32)
        elif rng.random() < 0.5:
            # Scanned in black and white.
            ink = (ink + rng.normal(0, 0.08, ink.shape) > rng.uniform(0.35, 0.65)).astype(np.float32)
        paper, dark = float(rng.uniform(200, 255)), float(rng.uniform(0, 110))
        grey = np.clip(np.rint(paper - (paper - dark) * ink), 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)


def _colour(levels: npt.NDArray[np.int64]) -> Colour:
    red, green, blue = levels.tolist()
    return red, green, blue


def _line(pieces: Sequence[Piece], gaps: Sequence[float]) -> Line:
    strokes: Strokes = []
    x = 0.0
    for piece, gap in zip(pieces, gaps, strict=True):
        shift = np.array([x + gap, 0.0], np.float32)
        strokes += [stroke + shift for stroke in piece.strokes]
        x += gap + piece.width
    return Line(strokes, " ".join(piece.text for piece in pieces))


def _shares(weights: Sequence[float]) -> npt.NDArray[np.float64]:
    if not weights:
        return np.zeros(0)
    sums = np.cumsum(np.asarray(weights, float))
    return np.asarray(sums / sums[-1])
