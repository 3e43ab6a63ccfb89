"""The ink of a row -> a strip of fixed height, on which windows slide from left to right, and what they see.

That is the strength of eight stroke directions in cells, frame by frame: the features of single characters
(``ocr_cli.features``), on the cells of a strip.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.features import DIRECTIONS, MEAN, SCALE, direction_planes
from ocr_cli.imaging.filters import dilate
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.rows import Row

HEIGHT = 96
"""Height of a strip in pixels. The row's extent, as its ink is spread, is half of it."""
CELL = 8
"""A frame is so many pixels of the strip wide."""
_FINE = 4
"""Width and height of what is seen of it at once, in such pixels."""
_SPREAD = 3.3
"""The extent of a row is so many standard deviations of its ink: of capitals it is their height."""
_LEAST, _MOST = 0.5, 1.5
"""Least and greatest extent, in heights of the row's letters: dashes alone are no letters. Set by hand."""
_MARGIN = 0.6
"""Paper on the left and right, in extents."""
_LONGEST = 12000
"""Rows are no longer than this, in pixels of the strip."""


class Strip(NamedTuple):
    """A row, straightened.

    Attributes:
        ink: uint8 (HEIGHT, W), 255 on 0; W is a multiple of CELL.
        left: where on the page its first column begins, in pixels.
        scale: pixels of the strip a pixel of the page, across.
    """

    ink: npt.NDArray[np.uint8]
    left: float
    scale: float

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return int(self.ink.shape[1] // CELL)

    def frame(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Where on the strip a place of the page lies, in frames."""
        return np.asarray((np.asarray(x, float) - self.left) * self.scale / CELL)


def strip_of(components: Components, strength: npt.NDArray[np.float32], row: Row) -> Strip:
    """Straighten a row.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].
        row: of it, with at least one letter.
    """
    numbers = np.concatenate([row.letters, row.small])
    left, top = components.boxes[numbers, :2].min(axis=0).tolist()
    right, bottom = components.boxes[numbers, 2:].max(axis=0).tolist()
    left, top = max(0, left - 1), max(0, top - 1)
    right, bottom = min(strength.shape[1], right + 1), min(strength.shape[0], bottom + 1)
    labels = components.labels[top:bottom, left:right]
    owned = np.zeros(len(components) + 1, bool)
    owned[numbers + 1] = True
    own = owned[labels]
    ink = strength[top:bottom, left:right] * (dilate(own, (3, 3)) & ((labels == 0) | own))
    strip = straighten(ink, row.middle(np.arange(left, right)) - top, row.height)
    return strip._replace(left=strip.left + left)


def straighten(ink: npt.NDArray[np.float32], middle: npt.NDArray[np.float64], height: float) -> Strip:
    """The strip of a picture that shows the ink of a row alone.

    Args:
        ink: float32 (H, W) in [0, 1].
        middle: float (W,), where the row's line is in each column, in pixels from the top.
        height: of the row's letters in pixels.
    """
    # How far above and below that line the ink lies.
    weight = max(float(ink.sum()), 1e-6)
    away = np.arange(len(ink))[:, None] + 0.5 - middle[None, :]
    centre = float((ink * away).sum()) / weight
    spread = float((ink * (away - centre) ** 2).sum() / weight) ** 0.5
    extent = float(np.clip(_SPREAD * spread, _LEAST * height, _MOST * height))
    half = max(2, round(extent))
    rows = np.rint(middle + centre).astype(np.intp) + np.arange(-half, half)[:, None]
    inside = (rows >= 0) & (rows < len(ink))
    band = np.where(inside, np.take_along_axis(ink, np.clip(rows, 0, len(ink) - 1), axis=0), 0)
    margin = round(_MARGIN * extent)
    band = np.pad(band, ((0, 0), (margin, margin)))
    scale = HEIGHT / (2 * half)
    width = min(_LONGEST, CELL * max(1, round(band.shape[1] * scale / CELL)))
    picture = Image.fromarray((np.clip(band, 0, 1) * 255).astype(np.uint8))
    shrunk = np.asarray(picture.resize((width, HEIGHT), Image.Resampling.BILINEAR))
    return Strip(shrunk, float(-margin), width / band.shape[1])


_CELLS = HEIGHT // _FINE
INPUTS = DIRECTIONS * _CELLS * (CELL // _FINE)
"""Numbers a frame."""


def columns(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What is seen of a strip.

    Args:
        ink: uint8 (HEIGHT, W), 255 on 0; W is a multiple of CELL.

    Returns:
        float32 (W / CELL, INPUTS), of mean about 0 and variance about 1.
    """
    planes = direction_planes(ink[None].astype(np.float32) / np.float32(255))
    cells = planes.reshape(DIRECTIONS * _CELLS, _FINE, -1).sum(axis=1)
    sums = cells.reshape(len(cells), -1, _FINE).sum(axis=2) / np.float32(_FINE * _FINE)
    seen = (np.sqrt(sums) - MEAN) * SCALE
    frames = seen.reshape(len(seen), -1, CELL // _FINE).transpose(1, 2, 0)
    return np.ascontiguousarray(frames).reshape(len(frames), INPUTS)
