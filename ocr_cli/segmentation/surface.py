"""What is no writing as a whole: pictures of surfaces, and rows of printed codes.

Ink has edges: what is taken for ink is nearly the same whatever the threshold. Wood, cloth, clouds and grain
have none, and the least change of the threshold makes their patches grow or melt away. So does very faint
ink; but that is of one pen, and letters are nearly all of it.
"""

from __future__ import annotations

import itertools

import numpy as np

from ocr_cli.imaging.filters import dilate, stroke_width
from ocr_cli.imaging.ink import InkMap
from ocr_cli.imaging.quantiles import median
from ocr_cli.imaging.runs import find_runs
from ocr_cli.segmentation.components import Components, find_components, is_writing, letter_height
from ocr_cli.segmentation.rows import Row

_STEADY, _STEADY_IF_FULL = 0.13, 0.26
"""Least steadiness of ink with edges; the second is for a picture that is full of it. It is above 0.2 on real
pages; on surfaces it mostly lies below 0.1."""
_FULL, _REACH = 1 / 3, 2
"""Share of a full picture that is ink, or no more than so many pixels from it; of real pages at most 0.3."""
_OVERFULL = 0.5
"""Such a share is of leaves and grass, even if they are as wide as each other."""
_RIM = 0.3
"""Ink without edges on such a share of the picture's rim is a shade, or what surrounds a sheet."""
_UNEVEN = 0.12
"""Most by which the stroke widths of letters of one pen vary: standard deviation over mean."""
_MOSTLY_LETTERS = 0.5
"""Least share of faint ink that is in letters."""
_FEW = 3
"""Fewer letters do not show whether they are of one pen."""
_OFF = 2.5
"""They must be no larger or smaller, by this factor, than they seemed on the coarse picture."""
_SAMPLE = 80
"""Letters whose strokes are measured."""

_BARS = 3
"""Components from which a row may be a bar code."""
_SAME, _SAME_IF_LEVEL = 0.9, 0.7
"""Least correlation of what stands in the upper, middle and lower part of bars; the second is for bars of
several widths that also end at the same heights, as of a code that is out of focus."""
_WIDTHS_VARY = 0.25
"""Least standard deviation over mean of the widths of bars; those of ones in a row are more alike."""
_LEVEL = 0.01
"""Or they end at the same heights above and below, as the sides of empty boxes do: standard deviation in
heights of the row. Nobody writes ones so evenly."""

_DENSE, _HOLES, _HOLE = 0.5, 6, 4
"""Codes of squares have this share of ink at least, and more holes than this for each of their heights in
width, of so many pixels and up. Writing that hangs together has two for each letter at most."""


def _fullness(ink: InkMap) -> float:
    side = 2 * _REACH + 1
    return float(dilate(ink.mask, (side, side)).mean())


def _on_rim(ink: InkMap) -> float:
    """Share of the pixels on the picture's four edges that are ink."""
    return float(np.concatenate([ink.mask[[0, -1]].ravel(), ink.mask[:, [0, -1]].ravel()]).mean())


def is_surface(ink: InkMap, expected: float) -> bool:
    """Whether what was taken for ink has neither edges nor strokes of one width.

    Args:
        ink: of the page.
        expected: usual height of a letter as found on the coarse picture, in pixels of this one.
    """
    if ink.steadiness >= _STEADY_IF_FULL:
        return False
    fullness = _fullness(ink)
    if ink.steadiness >= _STEADY and fullness <= _FULL:
        return False
    if fullness > _OVERFULL or (ink.steadiness < _STEADY and _on_rim(ink) > _RIM):
        return True
    components = find_components(ink.mask, ink.strength)
    height = letter_height(components)
    if height is None:
        return True
    writing = is_writing(components, height)
    letters = np.flatnonzero(
        writing & (components.heights > 0.5 * height) & (components.heights < 2 * height)
    )
    if components.areas[letters].sum() < _MOSTLY_LETTERS * components.areas.sum():
        return True
    if len(letters) < _FEW:
        return not 1 / _OFF < height / expected < _OFF
    widths = []
    for k in letters[:: -(-len(letters) // _SAMPLE)].tolist():
        left, top, right, bottom = components.boxes[k].tolist()
        own = components.labels[top:bottom, left:right] == k + 1
        widths.append(stroke_width(own))
    return bool(np.std(widths) > _UNEVEN * np.mean(widths))


def without_codes(components: Components, rows: list[Row]) -> list[Row]:
    """The rows without printed codes, of bars or squares, and without the sides of boxes."""
    return [row for row in rows if not (_is_of_bars(components, row) or _is_of_squares(components, row))]


def _is_of_squares(components: Components, row: Row) -> bool:
    """Whether most of a row is ink full of holes."""
    boxes, areas = components.boxes[row.letters], components.areas[row.letters]
    largest = int(areas.argmax())
    left, top, right, bottom = boxes[largest].tolist()
    if areas[largest] < max(_DENSE * (right - left) * (bottom - top), areas.sum() / 2):
        return False
    paper = np.pad(
        components.labels[top:bottom, left:right] != row.letters[largest] + 1, 1, constant_values=True
    )
    holes = find_components(paper, paper.astype(np.float32)).areas >= _HOLE
    return bool(holes.sum() - 1 > _HOLES * max(1.0, (right - left) / (bottom - top)))


def _is_of_bars(components: Components, row: Row) -> bool:
    boxes = components.boxes[row.letters]
    level = len(boxes) > 1 and boxes[:, [1, 3]].std(axis=0).max() < _LEVEL * row.height
    left, right = int(boxes[:, 0].min()), int(boxes[:, 2].max())
    top, bottom = median(boxes[:, 1]), median(boxes[:, 3])
    # The ends are left out, where bars that are a bit tilted stand out.
    edges = np.linspace(top + 0.1 * (bottom - top), bottom - 0.1 * (bottom - top), 4).round().astype(int)
    if np.diff(edges).min() < 1:
        # Too low, or too uneven, to have several heights.
        return False
    ink = components.labels[:, left:right] > 0
    parts = [ink[start:stop].mean(axis=0) for start, stop in itertools.pairwise(edges)]
    # Out of focus, bars are joined here and there, and still parted at most heights.
    widths = (
        find_runs(np.mean(parts, axis=0)[None] > 0.5).lengths if level else components.widths[row.letters]
    )
    code = len(widths) >= _BARS and widths.std() > _WIDTHS_VARY * widths.mean()
    if not (code or level) or any(np.ptp(part) == 0 for part in parts):
        return False
    return bool(np.corrcoef(parts).min() > (_SAME_IF_LEVEL if code and level else _SAME))
