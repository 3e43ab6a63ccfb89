"""Ink of one character -> the 32x32 crop that the network knows.

The same function makes the crops to train on and the crops to read, so that the network never meets at
reading what it has not met in training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import distance_to, quantile, stroke_width

CROP_SIZE = 32
"""Side of a crop in pixels. Models depend on it."""
MARGIN = 3
"""Empty pixels round the ink's longer side. Set by hand."""
STROKE_RANGE = (2.4, 3.6)
"""Stroke widths in crop pixels that are left as they are; thinner strokes thicken, wider ones are thinned.
Set by hand."""
_SUPERSAMPLING = 2
_SIDE = CROP_SIZE * _SUPERSAMPLING
_INK_LEVEL = 0.4
_CHUNK = 16
"""Crops whose strokes are evened at once: so many stay in the processor's cache. Set by hand."""


def crop_ink(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Fit the ink of one character into a 32x32 crop: aspect kept, centred, stroke width evened out.

    Args:
        ink: float32 (H, W), 1 full ink, 0 paper, any size from 1x1.

    Returns:
        uint8 (32, 32), ink 255 on 0; all 0 if there is no ink.
    """
    crop: npt.NDArray[np.uint8] = crop_inks([ink])[0]
    return crop


def crop_inks(inks: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.uint8]:
    """The crops of many characters: as ``crop_ink`` of each, in half the time.

    Args:
        inks: of N characters, each as for ``crop_ink``.

    Returns:
        uint8 (N, 32, 32).
    """
    masks = np.zeros((_SIDE, _SIDE, len(inks)), bool)
    shifts = np.zeros(len(inks))
    for k, ink in enumerate(inks):
        mask = _enlarged(ink)
        height, width = mask.shape
        top, left = (_SIDE - height) // 2, (_SIDE - width) // 2
        masks[top : top + height, left : left + width, k] = mask
        stroke = stroke_width(mask) / _SUPERSAMPLING
        shifts[k] = (min(max(stroke, STROKE_RANGE[0]), STROKE_RANGE[1]) - stroke) / 2 * _SUPERSAMPLING
    crops = np.empty((len(inks), CROP_SIZE, CROP_SIZE), np.uint8)
    # Outlines that move equally far, in whole pixels, are looked for together.
    moves = np.where(shifts > 0, np.ceil(shifts), np.floor(shifts))
    # NumPy's unique would load its masked arrays.
    for move in sorted(set(moves.tolist())):
        alike = np.flatnonzero(moves == move)
        for start in range(0, len(alike), _CHUNK):
            some = alike[start : start + _CHUNK]
            evened = _moved_outline(masks[:, :, some], shifts[some].astype(np.float32))
            steps = range(_SUPERSAMPLING)
            blocks = sum(evened[y::_SUPERSAMPLING, x::_SUPERSAMPLING] for y in steps for x in steps)
            crops[some] = np.rint(blocks * np.float32(255 / _SUPERSAMPLING**2)).transpose(2, 0, 1)
    return crops


def _enlarged(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Where the ink is in its own box, at the supersampled crop's scale: bool (H, W)."""
    found = _bounding_box(ink > _INK_LEVEL * max(float(ink.max()), 1e-6))
    if found is None:
        return np.zeros((1, 1), bool)
    ink = ink[found]
    scale = (CROP_SIZE - 2 * MARGIN) * _SUPERSAMPLING / max(ink.shape)
    height, width = (max(1, round(n * scale)) for n in ink.shape)
    resized = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    strong = resized[resized > 0.1]
    return np.asarray(resized > 0.5 * quantile(strong, 0.9)) if len(strong) else np.zeros((1, 1), bool)


def _bounding_box(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _moved_outline(masks: npt.NDArray[np.bool_], shifts: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Ink whose outline is moved out (in, if less than 0) by so many pixels.

    Args:
        masks: bool (H, W, N).
        shifts: float32 (N,), all of one sign.

    Returns:
        float32 (H, W, N) in [0, 1].
    """
    if not shifts.any():
        return masks.astype(np.float32)
    # Distances run between pixel centres: the outline lies half a pixel before the nearest of the other side.
    if shifts[0] > 0:
        evened = (1 + shifts) - distance_to(masks, 1 + float(shifts.max()))
    else:
        evened = shifts + distance_to(~masks, 1 - float(shifts.min()))
    return np.asarray(np.clip(evened, 0, 1, out=evened))
