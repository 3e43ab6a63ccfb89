"""A strip -> what the windows see of it: the strength of eight stroke directions in cells, frame by frame.

The features are those of single characters (``ocr_cli.features``), on the cells of a strip.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.windows.strip import CELL, HEIGHT

_DIRECTIONS = 8
_CELLS = HEIGHT // CELL
INPUTS = _DIRECTIONS * _CELLS
"""Numbers a frame."""
_MEAN, _SCALE = np.float32(0.12), np.float32(5.0)
_HALF_ROOT = np.float32(0.5**0.5)


def columns(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What is seen of a strip.

    Args:
        ink: uint8 (HEIGHT, W), 255 on 0; W is a multiple of CELL.

    Returns:
        float32 (W / CELL, INPUTS), of mean about 0 and variance about 1.
    """
    padded = np.pad(ink.astype(np.float32) * np.float32(0.25 / 255), 1)
    upright = padded[:-2] + padded[2:] + 2 * padded[1:-1]
    level = padded[:, :-2] + padded[:, 2:] + 2 * padded[:, 1:-1]
    dx, dy = upright[:, 2:] - upright[:, :-2], level[2:] - level[:-2]
    rising, falling = (dx + dy) * _HALF_ROOT, (dy - dx) * _HALF_ROOT
    planes = np.empty((_DIRECTIONS, *ink.shape), np.float32)
    # The parallelogram rule, as for crops.
    for k, (along, across) in enumerate(((dx, dy), (rising, falling), (dy, dx), (falling, rising))):
        side = np.abs(across)
        np.subtract(along, side, out=planes[k])
        np.subtract(-along, side, out=planes[k + _DIRECTIONS // 2])
    np.maximum(planes, 0, out=planes)
    cells = planes.reshape(_DIRECTIONS * _CELLS, CELL, -1).sum(axis=1)
    sums = cells.reshape(len(cells), -1, CELL).sum(axis=2) / np.float32(CELL * CELL)
    return np.asarray(((np.sqrt(sums) - _MEAN) * _SCALE).T, order="C")
