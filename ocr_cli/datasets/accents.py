"""Words with accents: letters that people wrote, and marks of their signs, set on them as writers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import BELOW, without_mark
from ocr_cli.datasets.further import Hand, written
from ocr_cli.datasets.pieces import Hands, Strokes

_TOUCHING, _FAR = 0.2, 0.08
"""Shares of the marks that touch their letter, or nearly so, and that stand far off. Set by hand."""
_DOT = 0.35
"""A stroke of an i or j is its dot if it is lower than this share of the whole. Set by hand."""


class Accented(NamedTuple):
    """A word with marks on some of its letters.

    Attributes:
        strokes: in heights of a capital; x to the right, y down from the base line.
        text: as it should read, composed.
        marks: the name of each mark, the first of its strokes and one past the last.
        letters: of each character of the text, likewise, without its mark: first stroke and one past its
            last.
    """

    strokes: Strokes
    text: str
    marks: tuple[tuple[str, int, int], ...]
    letters: tuple[tuple[int, int], ...]


class Accents:
    """Sets marks on letters.

    Args:
        hands: single characters, of letters and signs.
        rng: of all that is chosen.
    """

    def __init__(self, hands: Hands, rng: np.random.Generator) -> None:
        self._people, self._rng = hands.people, rng

    def word(self, text: str, gap: float | None = None) -> Accented | None:
        """A word in the letters of one hand, which others lend what it lacks; None if nobody has it.

        Args:
            text: letters with and without marks of ``alphabet.MARKS``, digits, signs and what is ``FURTHER``.
            gap: between letters, in heights of a capital; as wide as writers make it if None.
        """
        rng = self._rng
        hand = self._people[int(rng.integers(len(self._people)))]
        narrow = float(rng.choice([rng.uniform(0.02, 0.12), rng.uniform(0.08, 0.3)])) if gap is None else gap
        jitter, size = float(rng.uniform(0.0, 0.05)), float(rng.uniform(0.0, 0.08))
        strokes: Strokes = []
        marks, letters = [], []
        x = 0.0
        for one in text:
            letter, mark = without_mark(one)
            ink = self._of(hand, letter)
            if ink and mark and mark not in BELOW and letter in "ij":
                ink = _dotless(ink)
            if not ink:
                return None
            grown = np.float32(np.exp(rng.normal(0, size)))
            shift = np.array([x, rng.normal(0, jitter)], np.float32)
            ink = [stroke * grown + shift for stroke in ink]
            letters.append((len(strokes), len(strokes) + len(ink)))
            strokes += ink
            if mark:
                found = self._mark(hand, mark)
                if found is None:
                    return None
                marks.append((mark, len(strokes), len(strokes) + len(found)))
                strokes += self._set_on(ink, found, mark, letter)
            right = max(float(stroke[:, 0].max()) for stroke in ink)
            x = right + max(-0.06, narrow * float(np.exp(rng.normal(0, 0.3))) - 0.02)
        return Accented(strokes, text, tuple(marks), tuple(letters))

    def _of(self, hand: Hand, text: str) -> Strokes | None:
        """One of the hand's characters, or one of another that has it."""
        return written(text, hand, self._others, self._rng)

    def _others(self) -> Iterator[Hand]:
        return (self._people[k] for k in self._rng.permutation(len(self._people))[:60].tolist())

    def _mark(self, hand: Hand, mark: str) -> Strokes | None:
        """The strokes of a mark, about its middle, in heights of a capital."""
        makers: dict[str, Callable[[Hand], Strokes | None]] = {
            "acute": lambda hand: self._slanting(hand, "'/',", 57.0),
            "grave": lambda hand: self._slanting(hand, "```'\\", 125.0),
            "circumflex": lambda hand: self._sized(hand, "^", (0.22, 0.45), (0.13, 0.3)),
            "caron": lambda hand: self._sized(hand, "vV", (0.2, 0.42), (0.14, 0.3)),
            "tilde": lambda hand: self._sized(hand, "~", (0.28, 0.55), (0.06, 0.2)),
            "ring": lambda hand: self._sized(hand, "oO0", (0.17, 0.3), (0.17, 0.3)),
            "diaeresis": self._diaeresis,
            "double acute": lambda hand: self._beside(
                self._slanting(hand, "'/", 60.0), self._slanting(hand, "'/", 60.0), (0.14, 0.26)
            ),
            "dot above": lambda hand: self._sized(hand, ".", (0.02, 0.08), (0.02, 0.08)),
            "cedilla": lambda hand: self._sized(hand, ",,,)s5", (0.08, 0.22), (0.14, 0.32)),
            "ogonek": lambda hand: self._sized(hand, "(c", (0.08, 0.22), (0.14, 0.3)),
        }
        return makers[mark](hand)

    def _diaeresis(self, hand: Hand) -> Strokes | None:
        """Two dots, two ticks, or, by some, a bar."""
        kind, rng = self._rng.random(), self._rng
        if kind < 0.08:
            return self._sized(hand, "-", (0.25, 0.45), (0.0, 0.06))
        if kind < 0.35:
            return self._sized(hand, '"', (0.14, 0.32), (0.1, 0.26))
        if kind < 0.55:
            angle = float(rng.uniform(50, 130))
            one, other = (self._slanting(hand, "',", angle) for _ in range(2))
            shorter = np.float32(rng.uniform(0.4, 0.8))
            one, other = ([s * shorter for s in some] if some else None for some in (one, other))
        else:
            side = (0.02, 0.07)
            one, other = (self._sized(hand, ".", side, side) for _ in range(2))
        return self._beside(one, other, (0.16, 0.38))

    def _beside(
        self, one: Strokes | None, other: Strokes | None, apart: tuple[float, float]
    ) -> Strokes | None:
        if one is None or other is None:
            return None
        away = np.array([self._rng.uniform(*apart), self._rng.normal(0, 0.05)], np.float32)
        return _centred([*one, *(stroke + away for stroke in other)])

    def _slanting(self, hand: Hand, signs: str, angle: float) -> Strokes | None:
        """A short stroke that rises to the right by so many degrees, more or less."""
        rng = self._rng
        ink = self._of(hand, signs[int(rng.integers(len(signs)))])
        if ink is None:
            return None
        ink = _centred(ink)
        line = max(ink, key=len)
        run = line[-1] - line[0]
        length = max(float(np.ptp(np.concatenate(ink), axis=0).max()), 1e-3)
        wanted = np.radians(angle + rng.normal(0, 14))
        found = np.arctan2(-run[1], run[0]) % np.pi if np.hypot(*run) > 0.3 * length else np.pi / 2
        turn = float(wanted - found)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
        size = rng.uniform(0.17, 0.38) / length
        return [np.asarray(stroke @ matrix * size, np.float32) for stroke in ink]

    def _sized(
        self, hand: Hand, signs: str, wide: tuple[float, float], high: tuple[float, float]
    ) -> Strokes | None:
        """One of some signs, brought to a size."""
        rng = self._rng
        ink = self._of(hand, signs[int(rng.integers(len(signs)))])
        if ink is None:
            return None
        ink = _centred(ink)
        side = np.maximum(np.ptp(np.concatenate(ink), axis=0), 1e-3)
        scale = np.array([rng.uniform(*wide), rng.uniform(*high)]) / side
        # A dot is no dash, nor a dash a field: nothing is drawn out in one direction alone.
        scale = np.minimum(scale, 2.5 * scale.min())
        return [np.asarray(stroke * scale, np.float32) for stroke in ink]

    def _set_on(self, letter: Strokes, mark: Strokes, name: str, text: str) -> Strokes:
        """A mark where writers set it."""
        rng = self._rng
        low, high = _corners(letter)
        first, last = _corners(mark)
        middle = (low[0] + high[0]) / 2 + rng.normal(0, 0.07)
        kind = rng.random()
        gap = rng.uniform(0.05, 0.2)
        if kind < _TOUCHING:
            gap = rng.uniform(-0.05, 0.05)
        elif kind > 1 - _FAR:
            gap = rng.uniform(0.2, 0.35)
        if name in BELOW:
            gap = rng.uniform(-0.05, 0.12) if kind > 0.7 else rng.uniform(-0.06, 0.02)
            if name == "ogonek":
                middle = high[0] - rng.uniform(0.0, 0.2) * (high[0] - low[0])
            y = high[1] + gap - first[1]
        else:
            # Of b, d and the like, a mark stands over the ring or beside the stem; no word needs it.
            y = low[1] - gap - last[1]
        shift = np.array([middle - (first[0] + last[0]) / 2, y], np.float32)
        return [stroke + shift for stroke in mark]


def _corners(strokes: Strokes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    every = np.concatenate(strokes)
    return every.min(axis=0), every.max(axis=0)


def _centred(strokes: Strokes) -> Strokes:
    low, high = _corners(strokes)
    middle = (low + high) / np.float32(2)
    return [np.asarray(stroke - middle, np.float32) for stroke in strokes]


def _dotless(strokes: Strokes) -> Strokes:
    """An i or j without its dot; nothing if it has none apart."""
    low, high = _corners(strokes)
    tall = float(high[1] - low[1])
    tops = [float(stroke[:, 1].max()) for stroke in strokes]
    kept = [
        stroke
        for stroke, foot in zip(strokes, tops, strict=True)
        if not (foot < low[1] + 0.45 * tall and float(np.ptp(stroke[:, 1])) < _DOT * tall)
    ]
    return kept if len(kept) < len(strokes) else []


def accented_texts(words: Sequence[str], rng: np.random.Generator) -> str:
    """A word with a mark, as it may be written: in small letters, capitals, or with a capital.

    Args:
        words: with marks, in small letters.
        rng: of the choice.
    """
    word = words[int(rng.integers(len(words)))]
    kind = rng.random()
    return word.upper() if kind < 0.45 else word.capitalize() if kind < 0.6 else word


def marked(text: str) -> bool:
    """Whether a text has marks, and nothing that cannot be set."""
    parts = [without_mark(one) for one in text]
    return any(mark for _, mark in parts) and all(letter.isascii() for letter, _ in parts)
