"""Printed text told from handwriting, letter by letter along each row, and left out.

Print stands on a line and reaches up to one as no hand does, its letters are close and evenly set, and those
of one kind are the same wherever they stand. None of this asks which font it is, or what it says. A logistic
regression weighs it; neighbours in a row are mostly of one kind, so the likeliest sequence of kinds is found
with the Viterbi algorithm. The weights stand in the record (``ocr_cli.weights``); ``models/printed.py`` finds
them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import gaussian_blur, median
from ocr_cli.segmentation.components import STROKE, Components
from ocr_cli.segmentation.rows import Row, row_of
from ocr_cli.weights import PrintWeights

Floats = npt.NDArray[np.float64]

_CHANGE = 4.0
"""Price, in log odds, of going from hand to print or back after a gap, half of that within a word; and most
that one letter may say, so that none parts a row alone. Set by hand."""
_GAP = 0.5
"""Letters farther apart than this, in letter heights, have a gap between them. Set by hand."""
_NEAR = 1.5
"""Letters of one row within this many letter heights are compared, up to two on each side. Set by hand."""
_SMALLEST_DIFFERENCE = 0.02
"""Differences in height of about this share of a letter are no more than pixels make. Set by hand."""
_MOST = 2.0
"""Gaps count as at most so many letter heights; so does the gap of a letter alone. Set by hand."""
_SIDE = 16
"""Side in pixels of the pictures in which letters are compared. Set by hand."""
_ALIKE = 1.12
"""Letters that are the same kind of print are as wide, and as high, as each other but for this factor.
Set by hand."""
_NO_TWIN = 0.75
"""Mere strokes are alike in any hand; they count as this much alike, as letters do that are less so.
Set by hand."""
_LEVEL = 6.0
"""Degrees from upright or level up to which an edge is straight as print is. Set by hand."""
_SOFT = 0.03
"""Standard deviation, in letter heights, of the smoothing before edges are looked at. Set by hand."""


def without_print(
    components: Components, strength: npt.NDArray[np.float32], rows: Sequence[Row], weights: PrintWeights
) -> list[Row]:
    """The rows without what is printed in them.

    Args:
        components: of the page, its tilt taken out.
        strength: float32 (H, W) in [0, 1], ink strength.
        rows: of the page.
        weights: of what speaks for print.

    Returns:
        The rows that have handwriting, in their order, each with that alone.
    """
    kept = []
    for row, features in zip(rows, letter_features(components, strength, rows), strict=True):
        odds = np.clip(features @ weights.features + weights.bias, -_CHANGE, _CHANGE)
        printed = _likeliest_kinds(odds, _gaps(components, row))
        if printed.all():
            continue
        if printed.any():
            x = components.centres[:, 0]
            nearest = np.abs(x[row.small][:, None] - x[row.letters]).argmin(axis=1)
            row = row_of(components, row.letters[~printed], row.small[~printed[nearest]])
        kept.append(row)
    return kept


def letter_features(
    components: Components, strength: npt.NDArray[np.float32], rows: Sequence[Row]
) -> list[Floats]:
    """What speaks for print, of each letter of each row.

    Args:
        components: of the page, its tilt taken out.
        strength: float32 (H, W) in [0, 1], ink strength.
        rows: of the page.

    Returns:
        For each row float (N, 8), in the order of its letters and of ``weights.PRINTED``: how far its foot
        and its head are, at least and second least, from those of its neighbours (logarithms of shares of the
        letter height); its narrowest gap and how much its two gaps differ, in letter heights; how like it is
        to the letter on the page that is most like it (correlation); which share of its edges is upright or
        level.
    """
    if not rows:
        return []
    letters = np.concatenate([row.letters for row in rows])
    ends = np.cumsum([len(row.letters) for row in rows])[:-1]
    twins = np.split(_likeness_of_twins(components, strength, letters), ends)
    edges = np.split(_level_edges(components, strength, letters), ends)
    return [
        np.column_stack([*_offsets(components, row), *_spacing(components, row), twin, edge])
        for row, twin, edge in zip(rows, twins, edges, strict=True)
    ]


def _gaps(components: Components, row: Row) -> Floats:
    """Gaps between neighbouring letters in letter heights, float (N - 1,)."""
    boxes = components.boxes[row.letters]
    return np.asarray((boxes[1:, 0] - boxes[:-1, 2]) / row.height)


def _offsets(components: Components, row: Row) -> list[Floats]:
    boxes = components.boxes[row.letters].astype(float)
    count = len(boxes)
    place = np.arange(count)
    offsets = []
    for side in (3, 1):
        around = np.full((4, count), np.inf)
        for number, step in enumerate((-2, -1, 1, 2)):
            other = place + step
            inside = np.flatnonzero((other >= 0) & (other < count))
            other = other[inside]
            apart = np.maximum(boxes[other, 0] - boxes[inside, 2], boxes[inside, 0] - boxes[other, 2])
            difference = np.abs(boxes[other, side] - boxes[inside, side])
            around[number, inside] = np.where(apart < _NEAR * row.height, difference, np.inf)
        least, second = np.sort(around, axis=0)[:2] / row.height
        # Of a letter with one neighbour, nothing more is known.
        second = np.where(np.isinf(second), least, second)
        offsets += [np.log(_SMALLEST_DIFFERENCE + np.minimum(each, 1.0)) for each in (least, second)]
    return offsets


def _spacing(components: Components, row: Row) -> list[Floats]:
    gaps = np.clip(_gaps(components, row), -_GAP, _MOST)
    left, right = np.append(_MOST, gaps), np.append(gaps, _MOST)
    return [np.minimum(left, right), np.minimum(np.abs(left - right), _GAP)]


def _likeness_of_twins(
    components: Components, strength: npt.NDArray[np.float32], letters: npt.NDArray[np.int64]
) -> Floats:
    shapes = np.stack([_shape(components, strength, int(k)) for k in letters])
    widths, heights = (side[letters].astype(np.float32) for side in (components.widths, components.heights))
    likeness = np.full(len(letters), _NO_TWIN)
    for number in range(len(letters)):
        alike = np.ones(len(letters), bool)
        for side in (widths, heights):
            # Two pixels more may come from the threshold alone.
            alike &= np.abs(side - side[number]) < (_ALIKE - 1) * side[number] + 2
        alike[number] = False
        if alike.any():
            likeness[number] = max(_NO_TWIN, float((shapes[alike] @ shapes[number]).max()))
    return np.where(widths < STROKE * heights, _NO_TWIN, likeness)


def _shape(components: Components, strength: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.float32]:
    """A letter's ink, stretched into a square, with mean 0 and length 1."""
    ink = Image.fromarray(np.where(components.ink(k), strength[components.part(k)], np.float32(0)))
    pixels = np.asarray(ink.resize((_SIDE, _SIDE), Image.Resampling.BOX)).ravel()
    pixels = pixels - pixels.mean()
    return np.asarray(pixels / max(1e-6, float(np.linalg.norm(pixels))))


def _level_edges(
    components: Components, strength: npt.NDArray[np.float32], letters: npt.NDArray[np.int64]
) -> Floats:
    softness = _SOFT * median(components.heights[letters])
    soft = gaussian_blur(strength, softness, max(1, round(3 * softness)))
    steepest = np.tan(np.radians(_LEVEL))
    shares = np.zeros(len(letters))
    for number, k in enumerate(letters.tolist()):
        left, top, right, bottom = components.boxes[k].tolist()
        # The edge of a stroke lies half outside it.
        part = slice(max(0, top - 2), bottom + 2), slice(max(0, left - 2), right + 2)
        labels = components.labels[part]
        down, across = (np.abs(slope) for slope in np.gradient(soft[part]))
        edge = np.where((labels == k + 1) | (labels == 0), down + across, 0)
        level = np.minimum(down, across) < steepest * np.maximum(down, across)
        shares[number] = edge[level].sum() / max(1e-6, float(edge.sum()))
    return shares


def _likeliest_kinds(odds: Floats, gaps: Floats) -> npt.NDArray[np.bool_]:
    """Which letters of a row are printed: bool (N,), the likeliest sequence.

    Args:
        odds: float (N,), log odds of print of each letter alone.
        gaps: float (N - 1,), in letter heights.
    """
    prices = _CHANGE * np.where(gaps > _GAP, 1.0, 2.0)
    gains = np.stack([-odds / 2, odds / 2], axis=1)
    score = gains[0]
    came_from = np.zeros((len(odds), 2), np.int64)
    for k in range(1, len(odds)):
        paths = score[:, None] - prices[k - 1] * (1 - np.eye(2))
        came_from[k] = paths.argmax(axis=0)
        score = paths.max(axis=0) + gains[k]
    kinds = np.zeros(len(odds), bool)
    kind = int(score.argmax())
    for k in range(len(odds) - 1, -1, -1):
        kinds[k] = kind == 1
        kind = int(came_from[k, kind])
    return kinds
