"""Ink of one character -> the 32x32 crop that the network knows.

The same function makes the crops to train on and the crops to read, so that the network never meets at
reading what it has not met in training.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import distance_to
from ocr_cli.imaging.quantiles import quantile

CROP_SIZE = 32
"""Side of a crop in pixels."""
MARGIN = 3
"""Empty pixels round the ink's longer side."""
STROKE_RANGE = (2.4, 3.6)
"""Stroke widths in crop pixels that are left as they are; thinner strokes thicken, wider ones are thinned."""
_SUPERSAMPLING = 2
_INK_LEVEL = 0.4
_ROOM = math.ceil(STROKE_RANGE[0] / 2 * _SUPERSAMPLING) + 1
"""How far the outline of the thinnest stroke moves out, in supersampled pixels, and one of paper."""


def crop_ink(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Fit the ink of one character into a 32x32 crop: aspect kept, centred, stroke width evened out.

    Args:
        ink: float32 (H, W), 1 full ink, 0 paper, any size from 1x1.

    Returns:
        uint8 (32, 32), ink 255 on 0; all 0 if there is no ink.
    """
    found = _bounding_box(ink > _INK_LEVEL * max(float(ink.max()), 1e-6))
    if found is None:
        return np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)
    ink = ink[found]
    side = CROP_SIZE * _SUPERSAMPLING
    scale = (CROP_SIZE - 2 * MARGIN) * _SUPERSAMPLING / max(ink.shape)
    height, width = (max(1, round(n * scale)) for n in ink.shape)
    resized = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    canvas = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2 - _ROOM, (side - width) // 2 - _ROOM
    canvas[top : top + height + 2 * _ROOM, left : left + width + 2 * _ROOM] = _even_stroke(resized)
    # NumPy's mean over two axes takes five times as long.
    steps = range(_SUPERSAMPLING)
    blocks = sum(canvas[y::_SUPERSAMPLING, x::_SUPERSAMPLING] for y in steps for x in steps)
    crop: npt.NDArray[np.uint8] = np.rint(blocks * np.float32(255 / _SUPERSAMPLING**2)).astype(np.uint8)
    return crop


def stroke_width(ink: npt.NDArray[np.float32]) -> float:
    """Mean stroke width of an ink picture in its own pixels.

    A stroke of width w and length l covers w * l pixels and has edges of total length 2 * l, whether they
    are sharp or blurred; so w = 2 * area / (total variation).

    Args:
        ink: float32 (H, W) in [0, 1].

    Returns:
        The width in pixels; 0 for an empty picture.
    """
    padded = np.zeros((ink.shape[0] + 2, ink.shape[1] + 2), np.float32)
    padded[1:-1, 1:-1] = ink
    dy = padded[1:, :-1] - padded[:-1, :-1]
    dx = padded[:-1, 1:] - padded[:-1, :-1]
    edges = float(np.sqrt(dx * dx + dy * dy).sum())
    return 2.0 * float(ink.sum()) / edges if edges > 0 else 0.0


def _bounding_box(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _even_stroke(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bring the stroke width into ``STROKE_RANGE`` by moving the ink's outline in or out.

    Returns:
        float32 (H + 2 * _ROOM, W + 2 * _ROOM) in [0, 1]: the ink and the paper round it.
    """
    height, width = ink.shape
    canvas = np.zeros((height + 2 * _ROOM, width + 2 * _ROOM), np.float32)
    canvas[_ROOM : _ROOM + height, _ROOM : _ROOM + width] = ink
    strong = ink[ink > 0.1]
    if not len(strong):
        return np.clip(canvas, 0, 1)
    mask = canvas > 0.5 * quantile(strong, 0.9)
    solid = mask.astype(np.float32)
    stroke = stroke_width(solid) / _SUPERSAMPLING
    shift = (float(np.clip(stroke, *STROKE_RANGE)) - stroke) / 2 * _SUPERSAMPLING
    if shift == 0:
        return solid
    # Distances run between pixel centres: the outline lies half a pixel before the nearest of the other side.
    if shift > 0:
        return np.asarray(np.clip(1 + shift - distance_to(mask, 1 + shift), 0, 1))
    return np.asarray(np.clip(shift + distance_to(~mask, 1 - shift), 0, 1))
