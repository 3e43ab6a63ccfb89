"""Points between digits: small ink that a reader of lines takes for dirt, and that makes 405 out of 40.5."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.page import Box, Character

_SMALL, _LEAST = 0.4, 0.06
"""A point is lower and narrower than the first share of the digits' height, and not as the second. Set by
hand."""
_LOW, _BELOW = 0.4, 1.3
"""Its middle lies between these shares of their height, from their top. Set by hand."""
_CONFIDENCE = 0.9
"""That such ink is a point. Set by hand."""


def find_points(labels: npt.NDArray[np.int32]) -> list[tuple[int, Box]]:
    """The pieces of a number's ink that are points: small, low, with digits on both sides and none above.

    Args:
        labels: int32 (H, W), connected pieces of the ink from 1 on.

    Returns:
        The label and the box of each, from left to right.
    """
    found = [
        (number, across.start, down.start, across.stop, down.stop)
        for number, where in enumerate(ndimage.find_objects(labels), 1)
        if where is not None
        for down, across in [where]
    ]
    if len(found) < 3:
        return []
    places = np.array(found)
    heights = places[:, 4] - places[:, 2]
    high = heights > 0.5 * heights.max()
    digits = places[high]
    height, top = float(np.median(heights[high])), float(np.median(digits[:, 2]))
    points = []
    for number, left, upper, right, lower in found:
        middle = ((upper + lower) / 2 - top) / height
        small = _LEAST * height <= max(right - left, lower - upper) <= _SMALL * height
        apart = not ((digits[:, 1] < right) & (left < digits[:, 3])).any()
        between = digits[:, 1].min() < left and right < digits[:, 3].max()
        if small and apart and between and _LOW < middle < _BELOW:
            points.append((number, Box(left, upper, right, lower)))
    return sorted(points, key=lambda point: point[1].left)


def with_points(characters: tuple[Character, ...], points: list[tuple[int, Box]]) -> tuple[Character, ...]:
    """Digits with the points that stand between them."""
    every = [*characters, *(Character(box, ".", _CONFIDENCE) for _, box in points)]
    return tuple(sorted(every, key=lambda one: one.box.left + one.box.right))
