"""A component that may be several touching letters -> pieces, parted by seams from its top to its bottom.

A seam is a path that crosses as little ink as it can: it leans with the writing, follows the side of an O,
and slips between a foot and the stem that it touches. Where seams are good is found at the height of the
letters' middle: the ink that the best seam through each place there crosses is a curve with valleys, and
both ends of a wide valley are cuts. The foot of an L is such a valley: it may end at either stem.

Source: seams by dynamic programming as in S. Avidan and A. Shamir, "Seam carving for content-aware image
resizing", 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import stroke_width

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SLANTS = (-0.1, 0.0, 0.1, 0.2)
"""Slants that are tried, in pixels to the right for each pixel upwards. Set by hand."""
_UPRIGHT = 0.15
"""By how much a slant of 1 must be better than none. Set by hand."""
_LEANING, _ACROSS = 0.25, 4.0
"""Price of a step aside, in pixels of ink, and what ink costs more there: seams cross bars, not stems. Set
by hand."""
_COSTLIEST = 7.0
"""Seams that cross more ink than this, in pen widths, are no cuts: the three bars of an E may touch. Set
by hand."""
_RISE = 0.2
"""Ink that the seams between two valleys cross more than those in them, in pen widths. Set by hand."""
_FLOOR = 0.9
"""Seams that cross so much more than the best of their valley, in pen widths, still are of its floor. Set
by hand."""
_WIDE = 0.6
"""Valleys with a wider floor than this, in pen widths, are cut at both ends. Set by hand."""
_VERY_WIDE = 0.45
"""Those with a wider floor than this, in letter heights, also in their middle. Set by hand."""
_DOUBLE = (1.3, 3.2)
"""Widths of an upright stroke, in pen widths, that may be two side by side: a seam runs through cheaply.
Set by hand."""
_THROUGH = 0.15
"""What ink costs in the middle of such a stroke. Set by hand."""
_BLOT = 0.35
"""A pen wider than this, in letter heights, has written no letters. Set by hand."""
_OUTSIDE = 2
"""Empty columns on both sides, in pixels, through which seams may go. Set by hand."""
_LEAST_PIECE = 1.2
"""Smallest piece, in squares of the pen's width. Set by hand."""


class Pieces(NamedTuple):
    """A component in pieces, from left to right.

    Attributes:
        numbers: int16 (H, W), the piece to which each pixel of the component's box belongs, ink or not.
        costs: float (K - 1,), ink that the seam between each piece and the next one crosses, in pen widths.
        crossed: bool (K - 1, H), in which rows that seam parts ink from ink.
    """

    numbers: npt.NDArray[np.int16]
    costs: Floats
    crossed: npt.NDArray[np.bool_]


def cut_apart(
    ink: npt.NDArray[np.bool_], middle: Floats, height: float, ends: Sequence[float] = ()
) -> Pieces | None:
    """Cut a component wherever it may consist of touching letters.

    Args:
        ink: bool (H, W), the component in its box.
        middle: float (W,), height of the letters' middle in each column, in pixels below the box's top.
        height: letter height in pixels.
        ends: columns near which letters end, as far as that is known from elsewhere.

    Returns:
        Two pieces or more; None if there is no place for a cut.
    """
    pen = stroke_width(ink)
    if pen > _BLOT * height:
        return None
    rows = np.arange(len(ink))
    # Written upright, so that seams need not lean.
    shifts = np.rint(_slant(ink) * (rows - len(ink) / 2)).astype(np.int64)
    pad = int(np.abs(shifts).max()) + _OUTSIDE
    upright = _sheared(np.pad(ink, ((0, 0), (pad, pad))), shifts)
    price = _price(upright, pen)
    down, down_steps = _cheapest(price)
    up, up_steps = _cheapest(price[::-1])
    up, up_steps = up[::-1], up_steps[::-1]
    level = np.clip(np.rint(np.pad(middle, pad, mode="edge")), 0, len(ink) - 1).astype(np.int64)
    costs = (down + up - price)[level, np.arange(len(level))] / pen
    places = _valley_ends(costs, pen, height)
    places = places[costs[places] <= _COSTLIEST]
    if len(ends):
        near = _cheapest_near(costs, np.rint(ends).astype(np.int64) + pad + shifts[len(ink) // 2], pen)
        places = np.array(sorted({*places.tolist(), *near.tolist()}), np.int64)
    if not len(places):
        return None
    seams = _trace(places, level[places], down_steps, up_steps)
    # Seams do not cross each other: what is left of one is left of all to its right.
    seams = np.maximum.accumulate(seams, axis=0)
    kept = _with_enough_ink(upright, seams, costs[places], _LEAST_PIECE * pen**2)
    if not len(kept):
        return None
    seams = seams[kept] - shifts - pad
    columns = np.arange(ink.shape[1])
    numbers = np.stack([np.searchsorted(row, columns, "right") for row in seams.T]).astype(np.int16)
    y, x = np.nonzero(ink[:, :-1] & ink[:, 1:] & (numbers[:, :-1] < numbers[:, 1:]))
    crossed = np.zeros((len(kept), len(ink)), bool)
    for seam in range(len(kept)):
        crossed[seam, y[(numbers[y, x] <= seam) & (numbers[y, x + 1] > seam)]] = True
    return Pieces(numbers, costs[places[kept]], crossed)


def _cheapest_near(costs: Floats, columns: Ints, pen: float) -> Ints:
    """The cheapest column within a pen's width of each of these."""
    reach = max(1, round(pen))
    found = []
    for column in np.clip(columns, 0, len(costs) - 1).tolist():
        low = max(0, column - reach)
        found.append(low + int(costs[low : column + reach + 1].argmin()))
    return np.array(found, np.int64)


def _slant(ink: npt.NDArray[np.bool_]) -> float:
    """By how much the writing leans to the right, pixels for each pixel of height.

    Of several slants, the one for which the strokes, set upright, fall on the fewest columns.
    """
    y, x = np.nonzero(ink)
    below = y - len(ink) / 2
    best, most = 0.0, 0.0
    for slant in _SLANTS:
        columns = np.rint(x + slant * below).astype(np.int64)
        sharpness = float((np.bincount(columns - columns.min()).astype(float) ** 2).sum())
        sharpness *= 1 - _UPRIGHT * abs(slant)
        if sharpness > most:
            best, most = slant, sharpness
    return best


def _sheared(ink: npt.NDArray[np.bool_], shifts: Ints) -> npt.NDArray[np.bool_]:
    """Each row moved to the right by so many columns."""
    columns = (np.arange(ink.shape[1]) - shifts[:, None]) % ink.shape[1]
    return np.asarray(np.take_along_axis(ink, columns, axis=1))


def _price(ink: npt.NDArray[np.bool_], pen: float) -> Floats:
    """What it costs a seam to cross each pixel: float (H, W)."""
    price = ink.astype(np.float64)
    edges = np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, stops = np.nonzero(edges == -1)
    lengths = stops - starts
    double = (lengths >= _DOUBLE[0] * pen) & (lengths <= _DOUBLE[1] * pen)
    for middle in ((starts + stops - 1) // 2, (starts + stops) // 2):
        price[rows[double], middle[double]] = _THROUGH
    return price


def _cheapest(price: Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    """What the cheapest way from the top to each pixel costs, the pixel included, and its last step.

    Args:
        price: float (H, W).

    Returns:
        float (H, W) and int8 (H, W): the column in the row above, less the own: -1, 0 or 1.
    """
    total = price.copy()
    aside = _LEANING + _ACROSS * price
    beside = np.full((len(price), price.shape[1] + 2), np.inf)
    for y in range(1, len(price)):
        beside[y, 1:-1] = total[y - 1]
        ways = np.minimum(beside[y, :-2], beside[y, 2:])
        ways += aside[y]
        total[y] += np.minimum(ways, beside[y, 1:-1])
    # Which way was the cheapest is asked once for all rows: row by row it takes longer than to go.
    best = np.stack([beside[:, 1:-1], beside[:, :-2] + aside, beside[:, 2:] + aside]).argmin(axis=0)
    return total, np.array([0, -1, 1], np.int8)[best]


def _valley_ends(costs: Floats, pen: float, height: float) -> Ints:
    """The columns of cuts, from left to right: int (K,)."""
    places: list[int] = []
    for lowest in _valleys(costs, _RISE):
        floor = costs <= costs[lowest] + _FLOOR
        left, right = lowest, lowest
        while left > 0 and floor[left - 1]:
            left -= 1
        while right < len(costs) - 1 and floor[right + 1]:
            right += 1
        if right - left <= _WIDE * pen:
            places.append((left + right) // 2)
            continue
        places.append(left)
        if right - left > _VERY_WIDE * height:
            places.append((left + right) // 2)
        places.append(right)
    return np.array(sorted(set(places)), np.int64)


def _valleys(values: Floats, rise: float) -> list[int]:
    """Places of the lowest values between values that are higher by ``rise`` on both sides."""
    places = []
    lowest, highest = 0, -1
    falling = True
    for k, value in enumerate(values.tolist()):
        if falling:
            if value < values[lowest]:
                lowest = k
            elif value > values[lowest] + rise:
                places.append(lowest)
                falling, highest = False, k
        elif value > values[highest]:
            highest = k
        elif value < values[highest] - rise:
            falling, lowest = True, k
    if falling:
        places.append(lowest)
    return places


def _trace(
    places: Ints, level: Ints, down_steps: npt.NDArray[np.int8], up_steps: npt.NDArray[np.int8]
) -> Ints:
    """The column of each seam in each row: int (K, H)."""
    rows = len(down_steps)
    # Lists, because so few seams are followed quicker one by one than by arrays.
    down, up = down_steps.tolist(), up_steps.tolist()
    seams = np.zeros((len(places), rows), np.int64)
    for seam, place, start in zip(seams, places.tolist(), level.tolist(), strict=True):
        columns = [place] * rows
        for y in range(start, 0, -1):
            columns[y - 1] = columns[y] + down[y][columns[y]]
        for y in range(start, rows - 1):
            columns[y + 1] = columns[y] + up[y][columns[y]]
        seam[:] = columns
    return seams


def _with_enough_ink(ink: npt.NDArray[np.bool_], seams: Ints, costs: Floats, least: float) -> list[int]:
    """Which seams to keep so that each piece has ink enough: of two that are too near, the cheaper."""
    before = np.concatenate([np.zeros((len(ink), 1), np.int64), ink.cumsum(axis=1)], axis=1)
    rows = np.arange(len(ink))
    left = before[rows, seams].sum(axis=1)
    total = int(before[:, -1].sum())
    kept: list[int] = []
    for k in range(len(seams)):
        if left[k] < least or total - left[k] < least:
            continue
        if kept and left[k] - left[kept[-1]] < least:
            if costs[k] < costs[kept[-1]]:
                kept[-1] = k
            continue
        kept.append(k)
    return kept
