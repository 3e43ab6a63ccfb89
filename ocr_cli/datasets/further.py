"""Letters and signs of Europe's languages that nobody wrote for us, put together from what people wrote.

ø is an o and a stroke, « are two <, ß is a long stroke and a 3: as UNIPEN's writers wrote those, of one hand
as far as it goes, so that these characters are as different as hands are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.pieces import Strokes
from ocr_cli.options import FURTHER

Lent: TypeAlias = Callable[[str], Strokes | None]
"""A character of the hand that writes, or of another one that has it."""

Hand: TypeAlias = Mapping[str, list[Strokes]]
"""All that one person wrote of each character."""

Range: TypeAlias = tuple[float, float]


def written(
    text: str, hand: Hand, others: Callable[[], Iterable[Hand]], rng: np.random.Generator
) -> Strokes | None:
    """One of a hand's characters, or of another that has it; put together if it is ``FURTHER``.

    Args:
        text: the character.
        hand: that writes.
        others: who may lend it, asked one after the other.
        rng: of all that is chosen.

    Returns:
        Its strokes, in heights of a capital; None if nobody has it.
    """
    if text in FURTHER:
        return further(text, lambda one: written(one, hand, others, rng), rng)
    lender = hand if text in hand else next((other for other in others() if text in other), None)
    return None if lender is None else lender[text][int(rng.integers(len(lender[text])))]


def further(text: str, lent: Lent, rng: np.random.Generator) -> Strokes | None:
    """A character of ``FURTHER``, in heights of a capital, x from its left edge, y down from the base line.

    Args:
        text: the character.
        lent: gives those of which it is made.
        rng: of all that is chosen.

    Returns:
        Its strokes; None if something of it is to be had from nobody.

    Raises:
        KeyError: if it is another one.
    """
    made = _MAKERS[text](_Maker(lent, rng))
    if made is None:
        return None
    corner = np.array([np.concatenate(made)[:, 0].min(), 0], np.float32)
    return [np.asarray(stroke - corner, np.float32) for stroke in made]


class _Maker:
    """Characters and parts of them, in heights of a capital; y is negative above the base line."""

    def __init__(self, lent: Lent, rng: np.random.Generator) -> None:
        self._lent, self.rng = lent, rng

    def of(self, texts: str) -> Strokes | None:
        """One of some characters, where it is written."""
        return self._lent(texts[int(self.rng.integers(len(texts)))])

    def within(self, texts: str, wide: Range, high: Range, foot: Range) -> Strokes | None:
        """One of some characters brought to a size, its foot so far above the base line.

        Args:
            texts: of which one is taken.
            wide: the width is to be between these.
            high: so is the height.
            foot: and the foot's height above the base line.
        """
        ink = self.of(texts)
        if ink is None:
            return None
        low, high_ = _corners(ink)
        side = np.maximum(high_ - low, 0.02)
        tall = self.rng.uniform(*high) / side[1]
        scale = np.array([self.rng.uniform(*wide) / side[0], tall])
        # What is flat stays so: it is not drawn out to a field.
        scale = np.minimum(scale, 4 * scale.min())
        moved = [(stroke - np.array([low[0], high_[1]])) * scale for stroke in ink]
        return _shifted(moved, 0.0, -float(self.rng.uniform(*foot)))

    def bar(self, long: Range, degrees: Range) -> Strokes | None:
        """A short stroke about its middle that rises to the right by so many degrees."""
        ink = self.of("-/")
        if ink is None:
            return None
        line = max(ink, key=len)
        run = line[-1] - line[0]
        length = float(np.hypot(*run))
        if length < 1e-3:
            return None
        turn = np.radians(self.rng.uniform(*degrees)) - np.arctan2(-run[1], run[0])
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        middle = (line.max(axis=0) + line.min(axis=0)) / 2
        return [np.asarray((line - middle) @ matrix * self.rng.uniform(*long) / length, np.float32)]

    def crossed(self, texts: str, long: Range, degrees: Range, x: Range, y: Range) -> Strokes | None:
        """A letter with a bar across it.

        Args:
            texts: of which one is taken.
            long: length of the bar, in heights of the letter.
            degrees: that it rises.
            x: place of its middle, as a share of the letter's width from the left.
            y: likewise, of its height from the foot.
        """
        ink, bar = self.of(texts), self.bar(long, degrees)
        if ink is None or bar is None:
            return None
        low, high = _corners(ink)
        tall = float(high[1] - low[1])
        across = low[0] + self.rng.uniform(*x) * (high[0] - low[0])
        return [
            *ink,
            *_shifted([tall * stroke for stroke in bar], across, high[1] - self.rng.uniform(*y) * tall),
        ]

    def beside(self, one: Strokes | None, other: Strokes | None, gap: Range) -> Strokes | None:
        """Two after each other, so far apart; below 0 they run into one another."""
        if one is None or other is None:
            return None
        right, left = _corners(one)[1][0], _corners(other)[0][0]
        return [*one, *_shifted(other, right - left + self.rng.uniform(*gap), 0.0)]

    def turned(self, texts: str) -> Strokes | None:
        """A sign on its head, as high as it was or a little lower."""
        ink = self.of(texts)
        if ink is None:
            return None
        low, high = _corners(ink)
        middle = (low + high) / 2
        turned = [np.asarray(2 * middle - stroke, np.float32) for stroke in ink]
        return _shifted(turned, 0.0, float(self.rng.uniform(-0.05, 0.4)))

    def pounds(self) -> Strokes | None:
        """An f or L with a line across and one along its foot."""
        ink = self.crossed("fL", (0.4, 0.6), (-8, 12), (0.2, 0.5), (0.4, 0.55))
        foot = self.bar((0.5, 0.8), (-8, 8))
        if ink is None or foot is None:
            return None
        low, high = _corners(ink)
        return [*ink, *_shifted(foot, (low[0] + high[0]) / 2, float(high[1]))]

    def euros(self) -> Strokes | None:
        """A C with two lines across its back."""
        ink = self.of("CC(")
        bars = [self.bar((0.4, 0.75), (-5, 12)) for _ in range(2)]
        if ink is None or bars[0] is None or bars[1] is None:
            return None
        low, high = _corners(ink)
        x = low[0] + self.rng.uniform(0.1, 0.3)
        y, gap = (low[1] + high[1]) / 2, self.rng.uniform(0.07, 0.15)
        return [*ink, *_shifted(bars[0], x, y - gap), *_shifted(bars[1], x, y + gap)]

    def dash(self) -> Strokes | None:
        """A long bar at half the height of a small letter, or a little higher."""
        bar = self.bar((0.75, 1.3), (-6, 6))
        return None if bar is None else _shifted(bar, 0.0, -float(self.rng.uniform(0.3, 0.5)))

    def sharp_s(self) -> Strokes | None:
        """A long stroke that runs into a 3, often with its foot below the line."""
        foot = (-0.35, 0.0) if self.rng.random() < 0.4 else (-0.05, 0.05)
        stem = self.within("lI1|", (0.03, 0.25), (0.9, 1.25), foot)
        bow = self.within("3", (0.25, 0.5), (0.75, 1.0), (-0.05, 0.08))
        return self.beside(stem, bow, (-0.12, 0.02))


def _corners(strokes: Strokes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    every = np.concatenate(strokes)
    return every.min(axis=0), every.max(axis=0)


def _shifted(strokes: Strokes, x: float, y: float) -> Strokes:
    return [np.asarray(stroke + np.array([x, y]), np.float32) for stroke in strokes]


def _double(
    texts: str, wide: Range, high: Range, foot: Range, gap: Range
) -> Callable[[_Maker], Strokes | None]:
    return lambda make: make.beside(
        make.within(texts, wide, high, foot), make.within(texts, wide, high, foot), gap
    )


def _stacked(make: _Maker) -> Strokes | None:
    upper = make.within("sS", (0.3, 0.5), (0.5, 0.7), (0.35, 0.45))
    lower = make.within("sS", (0.3, 0.5), (0.5, 0.7), (-0.2, 0.0))
    return None if upper is None or lower is None else [*upper, *lower]


_MAKERS: dict[str, Callable[[_Maker], Strokes | None]] = {
    "ø": lambda make: make.crossed("o", (1.2, 1.8), (40, 70), (0.4, 0.6), (0.4, 0.6)),
    "Ø": lambda make: make.crossed("O0", (1.1, 1.5), (40, 70), (0.4, 0.6), (0.4, 0.6)),
    "ł": lambda make: make.crossed("l", (0.25, 0.5), (10, 50), (0.3, 0.7), (0.4, 0.7)),
    "Ł": lambda make: make.crossed("L", (0.25, 0.5), (10, 50), (0.0, 0.15), (0.4, 0.65)),
    "đ": lambda make: make.crossed("d", (0.25, 0.5), (-10, 15), (0.8, 1.0), (0.7, 0.9)),
    "Đ": lambda make: make.crossed("D", (0.25, 0.5), (-10, 15), (0.0, 0.15), (0.4, 0.6)),
    "ß": _Maker.sharp_s,
    "æ": lambda make: make.beside(make.of("a"), make.of("e"), (-0.14, -0.02)),
    "œ": lambda make: make.beside(make.of("o"), make.of("e"), (-0.14, -0.02)),
    "Æ": lambda make: make.beside(make.of("A"), make.of("E"), (-0.4, -0.05)),
    "Œ": lambda make: make.beside(make.of("O"), make.of("E"), (-0.25, -0.03)),
    "¡": lambda make: make.turned("!"),
    "¿": lambda make: make.turned("?"),
    "«": _double("<", (0.12, 0.3), (0.22, 0.5), (0.08, 0.25), (-0.05, 0.12)),
    "»": _double(">", (0.12, 0.3), (0.22, 0.5), (0.08, 0.25), (-0.05, 0.12)),
    "„": _double(",,/", (0.03, 0.15), (0.15, 0.35), (-0.25, -0.05), (0.03, 0.15)),
    "\u2013": _Maker.dash,
    "€": _Maker.euros,
    "£": _Maker.pounds,
    "§": _stacked,
    "°": lambda make: make.within("oO0", (0.17, 0.34), (0.17, 0.34), (0.6, 0.8)),
}
