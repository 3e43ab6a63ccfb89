"""An empty box that is printed where a field is: no writing, however far off the template has its sides.

Boxes to tick, and cells for one sign, are often printed smaller or larger than a template has them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate
from ocr_cli.ruled.pieces import boxes_of, label_pieces

Floats = npt.NDArray[np.float32]
Sides = tuple[int, int, int, int]

_DARK, _DARKEST = 0.4, 95.0
"""Share of what is this darkest, in per cent of a field, from which on ink is of a box. Set by hand."""
_BAND = 0.1
"""Of its height and width, within which each of its sides lies: of round letters, less does. Set by hand."""
_WHOLE = 0.9
"""Share of each side that is there. Set by hand."""
_HOLLOW = 0.02
"""Share of what is within it that is ink, at most. Set by hand."""
_COMMON = 0.5
"""Share of what a box and its field cover together that both cover, at least. Set by hand."""
_FRINGE = 5
"""Pixels across which the edge of a side fades, twice and the middle. Set by hand."""


def without_box(missing: Floats, field: Sides, faintest: float) -> Floats:
    """What is missing of light, without a box that is printed where a field is said to be.

    Args:
        missing: float32 (H, W), share of the paper's light that is missing.
        field: left, top, right, bottom.
        faintest: share of light that ink swallows at least.
    """
    left, top, right, bottom = field
    dark = _DARK * float(np.percentile(missing[top:bottom, left:right], _DARKEST))
    labels = label_pieces(missing > max(dark, faintest))
    for number, (x0, y0, x1, y1) in enumerate(boxes_of(labels).tolist(), 1):
        if _common((x0, y0, x1, y1), field) >= _COMMON and _is_box(labels[y0:y1, x0:x1] == number):
            return np.where(dilate(labels == number, (_FRINGE, _FRINGE)), np.float32(0), missing)
    return missing


def _common(one: Sides, other: Sides) -> float:
    """The share of what two rectangles cover together that both cover."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0, wide) * max(0, high)
    areas = sum((right - left) * (bottom - top) for left, top, right, bottom in (one, other))
    return both / max(1, areas - both)


def _is_box(ink: npt.NDArray[np.bool_]) -> bool:
    """Whether ink has four whole sides, and hardly anything within."""
    down, across = (max(1, round(_BAND * side)) for side in ink.shape)
    sides = (ink[:down].any(axis=0), ink[-down:].any(axis=0), ink[:, :across].any(axis=1))
    whole = all(side.mean() >= _WHOLE for side in (*sides, ink[:, -across:].any(axis=1)))
    inner = ink[2 * down : -2 * down, 2 * across : -2 * across]
    return whole and inner.size > 0 and float(inner.mean()) <= _HOLLOW
