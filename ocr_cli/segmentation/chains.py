"""Letters -> chains of neighbours, the beginnings of rows, on drifting and curving lines too.

The line that a row runs along is straight where letters are few, and bent where many show that it bends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import gaussian_blur, median
from ocr_cli.imaging.runs import DisjointSets
from ocr_cli.segmentation.components import Components
from ocr_cli.verdict import MANY

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FARTHEST = 7.0
"""Letter heights between two neighbours of one row, beyond which only their height on the page joins them.
Set by hand."""
CLOSE = 1.25
"""Letters with less between them, in letter heights, show how rows slope where they stand; and small pieces
so near to a row's middle or ends belong to it. Set by hand."""
_STEEPEST = 0.4
"""Down over right, beyond which two close letters are no neighbours of a row. Set by hand."""
_SMOOTHING, _DOUBT = 4.0, 3.0
"""Letter heights over which slopes are averaged, and how many level neighbours are taken for granted in each
average: without them, a place with few letters would follow any of them. Set by hand."""
REACH = 3.0
"""Letter heights beyond its letters within which a row goes on as it slopes, and has bullets: farther off
they say little of it. Set by hand."""
_JOINED = 0.45
"""Chains that miss each other by less than this share of the letter height are parts of one row.
Set by hand."""
_ROUNDS = 8
"""So many times links are looked for that take the place of those that joined rows. Set by hand."""
_PAIRS = 100_000
"""So many pairs of letters are compared at once. Set by hand."""


def find_chains(
    components: Components, letters: Indices, height: float, farthest: float = FARTHEST
) -> list[Indices]:
    """Chains of letters, each linked to the nearest one on its right that stands at its height.

    Rows slope differently across a page that is bent, or written without lines. How they slope at a place is
    learnt from close neighbours there, and taken into account in what "at its height" means.

    Args:
        components: of the page, its tilt already taken out.
        letters: indices of the components to link.
        height: usual height of a letter in pixels.
        farthest: widest gap that is linked across, in letter heights.

    Returns:
        The letters of each chain from left to right.
    """
    if not len(letters):
        return []
    slopes = np.zeros(len(letters))
    close = _right_neighbours(components, letters, height, CLOSE, slopes)
    slopes = _local_slopes(components.centres[letters], close, height)
    barred: list[tuple[int, int]] = []
    for _ in range(_ROUNDS):
        neighbours = _right_neighbours(components, letters, height, farthest, slopes, barred)
        chains = _connected(components.centres[letters, 0], neighbours)
        joining = _joining(components, letters, neighbours, chains)
        if not joining:
            break
        barred += [(k, int(neighbours[k])) for k in joining]
    return [letters[chain] for chain in chains]


def _right_neighbours(
    components: Components,
    letters: Indices,
    height: float,
    farthest: float,
    slopes: Floats,
    barred: Sequence[tuple[int, int]] = (),
) -> Indices:
    """For each letter the position in ``letters`` of the one that follows it, or -1: int (N,).

    No pair of those that are barred is among them.
    """
    x, y = components.centres[letters].T
    order = np.argsort(x, kind="stable")
    x, y, slopes = x[order], y[order], slopes[order]
    left, top, right, bottom = components.boxes[letters[order]].astype(float).T
    tall = bottom - top
    found = np.full(len(letters), -1)
    place = np.argsort(order)
    step = max(1, _PAIRS // len(letters))
    for start in range(0, len(letters), step):
        # Some letters down, and across all that may follow them.
        own, later = np.s_[start : start + step, None], np.s_[start:]
        # Where the letter would be if the row led straight to the other one.
        sunk = slopes[own] * (x[later] - x[own])
        overlap = np.minimum(bottom[own] + sunk, bottom[later]) - np.maximum(top[own] + sunk, top[later])
        apart = np.abs(y[later] - y[own] - sunk)
        gap = left[later] - right[own]
        beside = (
            (overlap > 0.35 * np.minimum(tall[own], tall[later]))
            & (apart < 0.5 * np.maximum(tall[own], tall[later]))
            & (gap < farthest * height)
        )
        beside = np.triu(beside, 1)
        for first, second in barred:
            if start <= place[first] < start + step:
                beside[place[first] - start, place[second] - start] = False
        # Distance along the row, and more so across it: the next row's letter may be nearer.
        cost = np.where(beside, np.maximum(gap, 0) + 2 * apart, np.inf)
        nearest = cost.argmin(axis=1)
        some = np.flatnonzero(beside.any(axis=1))
        found[order[start + some]] = order[start + nearest[some]]
    return found


def _local_slopes(centres: Floats, neighbours: Indices, height: float) -> Floats:
    """How rows slope where each letter stands, down over right: float (N,)."""
    first = np.flatnonzero(neighbours >= 0)
    step = centres[neighbours[first]] - centres[first]
    slope = step[:, 1] / np.maximum(step[:, 0], 1.0)
    likely = (np.abs(slope) < _STEEPEST) & (step[:, 0] > 0.4 * height)
    first, slope, step = first[likely], slope[likely], step[likely]
    # On a grid of letter heights the mean over a neighbourhood is two blurs, whatever the number of letters.
    cells = (centres / height).astype(np.int64)
    cells -= cells.min(axis=0)
    shape = tuple(cells.max(axis=0) + 1)
    weights, sums = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    where = tuple(((cells[first] + cells[neighbours[first]]) // 2).T)
    np.add.at(weights, where, 1)
    np.add.at(sums, where, slope)
    blurred = [gaussian_blur(grid, _SMOOTHING, round(3 * _SMOOTHING)) for grid in (sums, weights)]
    # What is left of one link at its own place, when it is blurred.
    one = 1 / (2 * np.pi * _SMOOTHING**2)
    mean = blurred[0] / (blurred[1] + _DOUBT * one)
    return np.asarray(mean[tuple(cells.T)], np.float64)


def _joining(
    components: Components, letters: Indices, neighbours: Indices, chains: Sequence[Indices]
) -> list[int]:
    """Links that make one of two rows, as a high quotation mark or a tail between them may: one a chain.

    In a row no letter stands over another. Where a chain has several that do, it is the link that parts most
    of them; of several such links the steepest.
    """
    left, top, right, bottom = components.boxes[letters].T
    middle = components.centres[letters, 1]
    found = []
    for chain in chains:
        own, other = chain[:, None], chain
        shared = np.minimum(right[own], right[other]) - np.maximum(left[own], left[other])
        over = (2 * shared > np.minimum(right[own] - left[own], right[other] - left[other])) & (
            top[own] >= bottom[other]
        )
        upper, lower = np.nonzero(over)
        if len(upper) < MANY:
            continue
        # Of each letter, which ones lead to it.
        lead = np.eye(len(chain), dtype=bool)
        follows = np.full(len(letters), -1)
        follows[chain] = np.arange(len(chain))
        for k, letter in enumerate(chain.tolist()):
            if neighbours[letter] >= 0:
                lead[follows[neighbours[letter]]] |= lead[k]
        parts = (lead[:, upper] != lead[:, lower]).sum(axis=1) * (neighbours[chain] >= 0)
        if parts.max() >= MANY:
            step = np.abs(middle[neighbours[chain]] - middle[chain])
            found.append(int(chain[np.where(parts == parts.max(), step, -1).argmax()]))
    return found


def _connected(x: Floats, neighbours: Indices) -> list[Indices]:
    """Each set of linked letters, from left to right, as positions among them."""
    order = np.argsort(x, kind="stable")
    linked = DisjointSets(len(x))
    for k in order.tolist():
        if neighbours[k] >= 0:
            linked.join(k, int(neighbours[k]))
    roots = np.array(linked.all())
    return [order[roots[order] == r] for r in dict.fromkeys(roots[order].tolist())]


def join_chains(components: Components, chains: list[Indices], height: float) -> list[Indices]:
    """Join chains that lie on one line: parts of a row far apart, and halves of broken letters.

    Args:
        components: of the page.
        chains: as ``find_chains`` returns them.
        height: usual height of a letter in pixels.

    Returns:
        The letters of each row from left to right.
    """
    joined: list[Indices] = []
    lines: list[MidLine] = []
    for chain in sorted(chains, key=len, reverse=True):
        best, nearest = None, _JOINED
        for number, (line, other) in enumerate(zip(lines, joined, strict=True)):
            distance = _missed_by(components, chain, line, other, height)
            if distance < nearest:
                best, nearest = number, distance
        if best is None:
            joined.append(chain)
            lines.append(line_of(components, chain))
        else:
            both = np.concatenate([joined[best], chain])
            joined[best] = both[np.argsort(components.centres[both, 0], kind="stable")]
            lines[best] = line_of(components, joined[best])
    return joined


def _missed_by(components: Components, chain: Indices, line: MidLine, other: Indices, height: float) -> float:
    """By how many letter heights a chain misses the line of another, longer one."""
    x, y = components.centres[chain].T
    ends = np.argsort(np.abs(x - components.centres[other, 0].mean()))[:2]
    # Far from the row's own letters its line says little: there it goes on level.
    reach = components.boxes[other][:, [0, 2]]
    near = np.clip(x[ends], reach.min() - REACH * height, reach.max() + REACH * height)
    tall = max(median(components.heights[other]), 0.5 * height)
    return float(np.abs(y[ends] - line(near)).mean()) / tall


def line_of(components: Components, letters: Indices) -> MidLine:
    """The line through the middles of a row's letters."""
    x, y = components.centres[letters].T
    return fit_midline(x, y, median(components.heights[letters]))


SHAPED = 6
"""Letters from which a row may bend, and its feet slope otherwise than its middles: among few, tails and high
signs turn it. Set by hand."""
_STIFFNESS = 2.5
"""Letter heights over which a bend is averaged: more than the next letter must show it. Set by hand."""
_STRAIGHTER = 0.5
"""Weight, in letters, of the straight line in that average. Set by hand."""


class MidLine(NamedTuple):
    """The line through the middles of a row's letters.

    Attributes:
        slope: of the straight line, down over right.
        offset: of the straight line at x = 0 in pixels.
        places: float (K,), rising, x in pixels of the places for which ``bends`` are known.
        bends: float (K,), how far the line is below the straight one there; before the first and after the
            last place the line goes on straight.
    """

    slope: float
    offset: float
    places: Floats
    bends: Floats

    def __call__(self, x: npt.ArrayLike) -> Floats:
        """Height on the page at ``x``, in pixels."""
        x = np.asarray(x, np.float64)
        return np.asarray(self.slope * x + self.offset + np.interp(x, self.places, self.bends))


def fit_midline(x: Floats, y: Floats, height: float) -> MidLine:
    """The line through points of a row that single ones cannot move.

    Args:
        x: float (N,), in pixels; N at least 1.
        y: float (N,), in pixels, downwards.
        height: of a letter in pixels.
    """
    slope = median_slope(x, y, height)
    offset = median(y - slope * x)
    if len(x) < SHAPED:
        return MidLine(slope, offset, np.zeros(1), np.zeros(1))
    rising = np.sort(x)
    places = rising[np.append(True, np.diff(rising) > 0)]
    below = y - slope * x - offset
    weights = np.exp(-0.5 * ((places[:, None] - x) / (_STIFFNESS * height)) ** 2)
    return MidLine(slope, offset, places, (weights @ below) / (weights.sum(axis=1) + _STRAIGHTER))


def median_slope(x: Floats, y: Floats, height: float) -> float:
    """Slope of the line through points of a row: the median over all pairs, which a few cannot turn.

    Source: P. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968 (Theil-Sen).

    Args:
        x: float (N,), in pixels.
        y: float (N,), in pixels, downwards.
        height: of a letter in pixels; nearer pairs are not looked at.

    Returns:
        Down over right; 0 for fewer than four points or a row shorter than four letter heights.
    """
    if len(x) < 4 or np.ptp(x) <= 4 * height:
        return 0.0
    i, j = np.triu_indices(len(x), 1)
    far = np.abs(x[j] - x[i]) > height
    return median((y[j] - y[i])[far] / (x[j] - x[i])[far])
