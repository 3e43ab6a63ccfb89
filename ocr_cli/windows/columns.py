"""A strip -> what the windows see of it: the strength of eight stroke directions in cells, frame by frame.

The features are those of single characters (``ocr_cli.features``), on the cells of a strip.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.features import DIRECTIONS, MEAN, SCALE, direction_planes
from ocr_cli.windows.strip import CELL, HEIGHT

_CELLS = HEIGHT // CELL
INPUTS = DIRECTIONS * _CELLS
"""Numbers a frame."""


def columns(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What is seen of a strip.

    Args:
        ink: uint8 (HEIGHT, W), 255 on 0; W is a multiple of CELL.

    Returns:
        float32 (W / CELL, INPUTS), of mean about 0 and variance about 1.
    """
    planes = direction_planes(ink[None].astype(np.float32) / np.float32(255))
    cells = planes.reshape(DIRECTIONS * _CELLS, CELL, -1).sum(axis=1)
    sums = cells.reshape(len(cells), -1, CELL).sum(axis=2) / np.float32(CELL * CELL)
    return np.asarray(((np.sqrt(sums) - MEAN) * SCALE).T, order="C")
