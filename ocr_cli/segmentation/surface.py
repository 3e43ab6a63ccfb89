"""What is no writing as a whole: pictures of surfaces, rows of printed codes, and the bars of a code.

Ink has edges: what is taken for ink is nearly the same whatever the threshold. Wood, cloth, clouds and grain
have none, and the least change of the threshold makes their patches grow or melt away. So does very faint
ink; but that is of one pen, and letters are nearly all of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import grown, median, stroke_width
from ocr_cli.imaging.ink import InkMap
from ocr_cli.imaging.runs import find_runs
from ocr_cli.segmentation.components import Components, find_components, is_writing, letter_height
from ocr_cli.segmentation.rows import Row
from ocr_cli.segmentation.sides import ASKEW
from ocr_cli.verdict import LEVEL, MOST, BarsEvidence, Reason, bars, cut_off, squares

_REACH = 2
"""Pixels from ink that are taken for it, to see whether a picture is full. Set by hand."""
SAMPLE = 40
"""Letters, from all over a page, that show what the others are like: their strokes, and which way they stand.
Set by hand."""


class InkEvidence:
    """What speaks for and against it that a picture's ink is a surface: a ``verdict.SurfaceEvidence``.

    Args:
        ink: of the page.
    """

    def __init__(self, ink: InkMap) -> None:
        self._ink = ink
        self.steadiness = ink.steadiness

    @cached_property
    def fullness(self) -> float:
        """Share of the picture that is ink, or near it."""
        return float(grown(self._ink.mask, _REACH).mean())

    @cached_property
    def rim(self) -> float:
        """Share of the pixels on the picture's four edges that are ink."""
        mask = self._ink.mask
        return float(np.concatenate([mask[[0, -1]].ravel(), mask[:, [0, -1]].ravel()]).mean())

    @cached_property
    def _components(self) -> Components:
        return find_components(self._ink.mask, self._ink.strength)

    @cached_property
    def _height(self) -> float | None:
        return letter_height(self._components)

    @cached_property
    def _letters(self) -> npt.NDArray[np.int64]:
        components, height = self._components, self._height
        if height is None:
            return np.zeros(0, np.int64)
        return np.flatnonzero(components.high(height) & is_writing(components, height))

    @cached_property
    def lettered(self) -> float:
        """Share of the ink that is in what is as high as letters are; 0 if nothing is."""
        areas = self._components.areas
        return float(areas[self._letters].sum() / max(1, areas.sum()))

    @cached_property
    def letters(self) -> int:
        """How many of those there are."""
        return len(self._letters)

    @cached_property
    def unevenness(self) -> float:
        """Standard deviation over mean of the letters' stroke widths."""
        components, widths = self._components, []
        for k in self._letters[:: max(1, -(-self.letters // SAMPLE))].tolist():
            widths.append(stroke_width(components.ink(k)))
        return float(np.std(widths) / np.mean(widths)) if widths else 0.0


def why_not_rows(components: Components, rows: Sequence[Row]) -> list[Reason | None]:
    """Why rows are no writing, as far as their ink tells: printed codes, sides of boxes, what the edge cuts.

    Args:
        components: of the page, at whose edges the picture ends.
        rows: of the page.

    Returns:
        A reason or None for each. Where the edge cuts through all that are left, they are as good as any.
    """
    reasons = [bars(_bars_evidence(components, row)) or squares(*_holes(components, row)) for row in rows]
    cut = [why or cut_off(*_at_edge(components, row)) for why, row in zip(reasons, rows, strict=True)]
    return cut if None in cut else reasons


def _at_edge(components: Components, row: Row) -> tuple[int, float]:
    """How many letters a row has, and the share of them that end at the picture's upper or lower edge."""
    _, top, _, bottom = components.boxes[row.letters].T
    ends = max((top <= 1).mean(), (bottom >= len(components.labels) - 1).mean())
    return len(top), float(ends)


def _holes(components: Components, row: Row) -> tuple[float, float]:
    """Density of a row's largest piece, its holes for each of its heights in width; 0 if it is not most."""
    areas = components.areas[row.letters]
    largest = int(areas.argmax())
    if areas[largest] < areas.sum() / 2:
        return 0.0, 0.0
    ink = components.ink(int(row.letters[largest]))
    density = float(ink.mean())
    if density < MOST:
        # Of a drawing as large as the page, holes would take as long as all else.
        return density, 0.0
    paper = np.pad(~ink, 1, constant_values=True)
    holes = len(find_components(paper, paper.astype(np.float32))) - 1
    return density, holes / max(1.0, ink.shape[1] / ink.shape[0])


def _bars_evidence(components: Components, row: Row) -> BarsEvidence:
    boxes = components.boxes[row.letters]
    uneven = float(boxes[:, [1, 3]].std(axis=0).max() / row.height) if len(boxes) > 1 else math.inf
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    top, bottom = median(boxes[:, 1]), median(boxes[:, 3])
    # The ends are left out, where bars that are a bit tilted stand out.
    edges = np.linspace(top + 0.1 * (bottom - top), bottom - 0.1 * (bottom - top), 4).round().astype(int)
    if np.diff(edges).min() < 1:
        # Too low, or too uneven, to have several heights.
        return BarsEvidence(len(boxes), uneven, 0.0, 0.0)
    ink = components.labels[:, left:right] > 0
    parts = [ink[start:stop].mean(axis=0) for start, stop in itertools.pairwise(edges)]
    widths = components.widths[row.letters]
    if uneven < LEVEL:
        # Out of focus, bars are joined here and there, and still parted at most heights.
        widths = find_runs(np.mean(parts, axis=0)[None] > 0.5).lengths
    variety = float(widths.std() / widths.mean()) if len(widths) else 0.0
    same = 0.0 if any(np.ptp(part) == 0 for part in parts) else float(np.corrcoef(parts).min())
    return BarsEvidence(len(widths), uneven, variety, same)


_FEWEST = 10
"""Bars of a code: the shortest in use have some 20. Set by hand."""
_SOLID, _APART = 0.85, 0.6
"""Share of its box that a bar fills, and widest gap between two, in their heights. Set by hand."""


def are_bars(components: Components) -> npt.NDArray[np.bool_]:
    """Which components are bars of a code: bool (N,)."""
    found = np.zeros(len(components), bool)
    wide, tall = components.widths, components.heights
    solid = np.flatnonzero((tall > 2 * wide) & (components.areas > _SOLID * wide * tall))
    if len(solid) < _FEWEST:
        return found
    left, top, right, bottom = components.boxes[solid].T
    for k in range(len(solid)):
        if found[solid[k]]:
            continue
        off = np.maximum(np.abs(top - top[k]), np.abs(bottom - bottom[k]))
        level = np.flatnonzero(off <= max(1.0, ASKEW * (bottom[k] - top[k])))
        level = level[np.argsort(left[level], kind="stable")]
        gaps = left[level][1:] - right[level][:-1]
        # What stands far from the others parts them.
        for part in np.split(level, np.flatnonzero(gaps > _APART * (bottom[k] - top[k])) + 1):
            if len(part) >= _FEWEST:
                # Out of focus, some run together: whatever stands between bars is one.
                first, last = (left[part].min(), top[part].min()), (right[part].max(), bottom[part].max())
                found |= ((components.centres >= first) & (components.centres <= last)).all(axis=1)
    return found
