"""The numbers of an arc: its place, size and gaps in the row, how it was cut, and out of what."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import median
from ocr_cli.lattice.atoms import Piece

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

CUT_ZONES = 8
"""Zones from top to bottom in which it is noted where a side of a candidate was cut. Models depend on it."""
CUT_MARKS = 2 * CUT_ZONES + 2
"""Numbers that say where a candidate was cut, and how large it is. Models depend on it."""
_COLUMNS = 4
"""Columns of the view of its surroundings on its left, as many on its right and across itself.
Models depend on it."""
_REACH = 0.6
"""How far that looks to both sides, in letter heights. Set by hand."""
_OVER = 0.3
"""And above and below. Set by hand."""
VIEW = (CUT_ZONES + 2) * 3 * _COLUMNS
"""Numbers of the view. Models depend on it."""
CUTS = CUT_MARKS + VIEW
"""Numbers that say how a candidate was cut, and out of what."""

(
    INSIDE,
    PIECES,
    WIDTH,
    HEIGHT,
    ABOVE,
    SMALL,
    CUT,
    CROSSED,
    OVERLAP,
    GAP,
    USUAL,
) = range(11)
"""The columns of ``measure``."""
GEOMETRY = USUAL + 1
"""How many they are, by definition."""
_FAR = 9.0
"""Gaps wider than this, in letter heights, are as wide as this; and so is what is before a row's first
atom. Set by hand."""
_CLOSE_FROM, _LEAST_USUAL = 0.4, 0.12
"""Gaps narrower than this share of the row's usual one are close, unless that is narrower than this, in
letter heights: then the row is written closely, and gaps tell nothing. Set by hand."""
_DEAREST = 2.0
"""Most by which a cut through more than one stroke counts more: O, to be a C and an I, is cut through twice.
Set by hand."""
_WIDE = 1.3
"""Width, in letter heights, from which a character is wide. Set by hand."""
_OVERLAPPED = 0.2
"""Share of a character that its neighbour may cover for nothing. Set by hand."""


class Borders(NamedTuple):
    """The atoms of a row, from left to right, as far as the geometry of arcs depends on them.

    Attributes:
        boxes: int (P, 4), left, top, right, bottom in pixels.
        parents: int (P,), which uncut atom each was cut from; atoms with the same number are parts of one.
        small: bool (P,), which of them are lower than letters.
        costs: float (P,), ink that the cut on the left of each crosses, in pen widths.
    """

    boxes: Ints
    parents: Ints
    small: npt.NDArray[np.bool_]
    costs: Floats


def measure(
    atoms: Borders, start: Ints, stop: Ints, boxes: Ints, base: Floats, height: float
) -> npt.NDArray[np.float64]:
    """The numbers that say how each arc lies in its row: no price, no verdict.

    Args:
        atoms: of the row.
        start: int (N,), first atom of each arc.
        stop: int (N,), one past its last atom.
        boxes: int (N, 4), around each arc's atoms.
        base: float (N,), height on the page of the row's base line at each arc's middle, in pixels.
        height: the row's letter height in pixels.

    Returns:
        float (N, GEOMETRY), lengths in letter heights: ``INSIDE``, empty columns between the arc's atoms;
        ``PIECES``, neighbours in it that are different components as high as letters; ``WIDTH``; ``HEIGHT``;
        ``ABOVE``, of its middle above the base line; ``SMALL``, 1 if it is one small atom; ``CUT``, 1 if the
        atom before it is of the same component, ``CROSSED``, the ink, in pen widths, that this cut crosses;
        else ``OVERLAP``, the share of the narrower one of arc and atom before it that both cover, and
        ``GAP``, the empty columns between its first atom and that before; ``USUAL``, the row's median gap
        between neighbouring letters that are not of one component, 0 if there is none.
    """
    found = np.zeros((len(start), GEOMETRY))
    left, top, right, bottom = boxes.T.astype(np.float64)
    gaps = (atoms.boxes[1:, 0] - atoms.boxes[:-1, 2]).astype(np.float64)
    apart = (atoms.parents[1:] != atoms.parents[:-1]) & ~atoms.small[1:] & ~atoms.small[:-1]
    for column, values in ((INSIDE, np.maximum(gaps, 0) / height), (PIECES, apart)):
        so_far = np.concatenate([[0.0], np.cumsum(values)])
        found[:, column] = so_far[stop - 1] - so_far[start]
    found[:, WIDTH], found[:, HEIGHT] = (right - left) / height, (bottom - top) / height
    found[:, ABOVE] = (base - (top + bottom) / 2) / height
    found[:, SMALL] = atoms.small[start] & (stop == start + 1)
    found[:, USUAL] = median(gaps[apart]) / height if apart.any() else 0.0
    found[:, GAP] = _FAR
    later = start > 0
    before = start[later] - 1
    cut = atoms.parents[before] == atoms.parents[start[later]]
    last = atoms.boxes[before]
    shared = np.minimum(last[:, 2], right[later]) - np.maximum(last[:, 0], left[later])
    narrower = np.minimum(last[:, 2] - last[:, 0], right[later] - left[later])
    found[later, CUT] = cut
    found[later, CROSSED] = np.where(cut, atoms.costs[start[later]], 0.0)
    found[later, OVERLAP] = np.where(cut, 0.0, np.maximum(shared / narrower, 0.0))
    found[later, GAP] = np.where(cut, 0.0, np.minimum(gaps[before] / height, _FAR))
    return found


def find_cuts(
    first: Piece | None, last: Piece | None, box: tuple[int, int, int, int], height: float
) -> npt.NDArray[np.float32]:
    """Where a candidate was cut from ink on its left and on its right, and how large it is.

    Args:
        first: its leftmost piece; None if nothing was cut there.
        last: its rightmost piece, likewise.
        box: left, top, right, bottom of the candidate in pixels.
        height: the row's letter height in pixels.

    Returns:
        float32 (CUT_MARKS,): for the left and for the right side, from top to bottom, the share of the
        rows in each of ``CUT_ZONES`` zones where ink was parted from ink; then width and height of the box
        in letter heights. All zeros if it was not cut.
    """
    cuts = np.zeros(CUT_MARKS, np.float32)
    if first is None and last is None:
        return cuts
    tall = box[3] - box[1]
    # The first row of each zone, and the one after the last: row k is in zone k * CUT_ZONES // tall.
    borders = [-(-zone * tall // CUT_ZONES) for zone in range(CUT_ZONES + 1)]
    counts = [max(1, stop - start) for start, stop in itertools.pairwise(borders)]
    for side, (piece, behind) in enumerate(((first, -1), (last, 0))):
        if piece is None or not 0 <= piece.number + behind < len(piece.crossed):
            continue
        crossed = piece.crossed[piece.number + behind]
        below = box[1] - piece.origin[1]
        parted = [0, *crossed.cumsum().tolist()]
        sums = [parted[min(max(0, below + border), len(crossed))] for border in borders]
        cuts[side * CUT_ZONES :][:CUT_ZONES] = [
            (later - sooner) / count
            for (sooner, later), count in zip(itertools.pairwise(sums), counts, strict=True)
        ]
        cuts[-2:] = (box[2] - box[0]) / height, (box[3] - box[1]) / height
    return cuts


def view_around(
    ink: npt.NDArray[np.bool_], boxes: npt.NDArray[np.int64], height: float
) -> npt.NDArray[np.float32]:
    """A coarse picture of the row where each candidate was cut out of it: the foot of an L runs on.

    Args:
        ink: bool (H, W), the row's.
        boxes: int (N, 4), left, top, right, bottom of the candidates on that picture.
        height: the row's letter height in pixels.

    Returns:
        float32 (N, VIEW) in [0, 1]: the shares of ink in the fields of a grid. Its rows are a strip above the
        box, ``CUT_ZONES`` zones of the box, and a strip below; its columns are as many on its left, across
        it and on its right.
    """
    if not len(boxes):
        return np.zeros((0, VIEW), np.float32)
    left, top, right, bottom = boxes.T[:, :, None].astype(float)
    beside, over = _REACH * height * np.arange(1, _COLUMNS + 1) / _COLUMNS, _OVER * height
    inner = np.arange(_COLUMNS + 1) / _COLUMNS
    x = np.concatenate([left - beside[::-1], left + inner * (right - left), right + beside], axis=1)
    zones = np.arange(CUT_ZONES + 1) / CUT_ZONES
    y = np.concatenate([top - over, top + zones * (bottom - top), bottom + over], axis=1)
    x, y = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
    # Ink above and left of each place: of four corners comes the ink of any field.
    sums = np.pad(ink.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32), ((1, 0), (1, 0)))
    corners = sums[np.clip(y, 0, ink.shape[0])[:, :, None], np.clip(x, 0, ink.shape[1])[:, None, :]]
    fields = np.diff(np.diff(corners, axis=1), axis=2)
    areas = np.maximum(np.diff(y, axis=1)[:, :, None] * np.diff(x, axis=1)[:, None, :], 1)
    return np.asarray((fields / areas).reshape(len(boxes), VIEW), np.float32)


def charges(geometry: Floats) -> Floats:
    """What arcs are charged for: float (N, 6), in the order of ``weights.ArcWeights.prices``, none below 0.

    Args:
        geometry: float (N, GEOMETRY), as of ``measure``.
    """
    cut, usual = geometry[:, CUT], geometry[:, USUAL]
    close = 1.0 - geometry[:, GAP] / (_CLOSE_FROM * np.maximum(usual, _LEAST_USUAL))
    return np.stack(
        [
            geometry[:, INSIDE],
            geometry[:, PIECES],
            np.maximum(0.0, geometry[:, WIDTH] - _WIDE),
            cut * np.clip(geometry[:, CROSSED] ** 2, 1.0, _DEAREST),
            np.maximum(0.0, geometry[:, OVERLAP] - _OVERLAPPED),
            (1.0 - cut) * (usual > _LEAST_USUAL) * np.clip(close, 0.0, 1.0),
        ],
        axis=1,
    )
