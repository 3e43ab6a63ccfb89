"""Lines of handwriting, composed of what people wrote, and drawn as pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import without_mark
from ocr_cli.datasets.accents import Accents
from ocr_cli.datasets.drawing import Drawing
from ocr_cli.datasets.further import Hand, written
from ocr_cli.datasets.pieces import Hands, Piece, Strokes
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


class Line(NamedTuple):
    """What is to be drawn.

    Attributes:
        strokes: in heights of a capital, y down from the base line.
        text: as it should read, words parted by single spaces.
    """

    strokes: Strokes
    text: str


class Composer:
    """Puts lines together.

    Attributes:
        pieces: words and lines.
        hands: single characters.
        drawing: draws what is put together.

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
        self.drawing = Drawing(self._rng)
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

    def any_line(self) -> tuple[str, Line | tuple[str, Path]]:
        """As ``line``, now and then with letters of other languages and with marks, which the text lacks."""
        return self._european() if self._rng.random() < _EUROPEAN else self.line()

    def line(self) -> tuple[str, Line | tuple[str, Path]]:
        """A kind, and a line of strokes, or a text and the face it is to be set in."""
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
        ink = self.drawing.inked(line.strokes, height)
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
            ink = written(one, hand, self._others, rng)
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

    def _others(self) -> Iterator[Hand]:
        people = self.hands.people
        return (people[int(k)] for k in self._rng.integers(len(people), size=40))

    def drawn(self) -> tuple[str, str, npt.NDArray[np.uint8]] | None:
        """Kind and text of a line, and a picture of it: uint8 (H, W, 3); None if there is no ink."""
        rng = self._rng
        kind, line = self.any_line()
        small = rng.random() < 0.3
        height = float(np.exp(rng.uniform(*np.log(_SMALL_HEIGHTS if small else _HEIGHTS))))
        if isinstance(line, Line):
            text, ink = line.text, self.drawing.inked(line.strokes, height) if line.strokes else None
        else:
            text, path = line
            ink = self.drawing.set_in_face(text, path, height)
        if ink is None or not text or not (ink > 0.5).any():
            return None
        return kind, text, self.drawing.seen(ink, height)


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
