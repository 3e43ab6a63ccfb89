"""The ink of a row -> a strip of fixed height, on which windows slide from left to right, and what they see.

That is the strength of eight stroke directions in cells, frame by frame: the features of single characters
(``ocr_cli.features``), on the cells of a strip.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.features import DIRECTIONS, MEAN, PLANE_UNITS, SCALE, direction_planes
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


_AT_ONCE = 64 * CELL
"""So many pixels are seen at once: their planes stay in the processor's cache. Measured: 8 us a frame, and 17
if 1,000 frames are seen at once."""
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
    pieces = (_seen(ink, left) for left in range(0, ink.shape[1], _AT_ONCE))
    return np.concatenate([*pieces, np.zeros((0, INPUTS), np.float32)])


def _seen(ink: npt.NDArray[np.uint8], left: int) -> npt.NDArray[np.float32]:
    """What is seen of the next pixels of a strip, as of ``columns``."""
    right = min(left + _AT_ONCE, ink.shape[1])
    # Each pixel sees its neighbours; what is seen of those more is cut off again.
    from_, to = max(0, left - _FINE), min(right + _FINE, ink.shape[1])
    planes = direction_planes(ink[None, :, from_:to].astype(np.int16))[:, 0]
    # Sums of so few numbers are faster one after the other, and still fit in 16 bits.
    rows = _sum(planes.reshape(DIRECTIONS, _CELLS, _FINE, -1).transpose(2, 0, 1, 3))
    cells = _sum(rows.reshape(DIRECTIONS, _CELLS, -1, _FINE).transpose(3, 0, 1, 2))
    own = cells[:, :, (left - from_) // _FINE : (right - from_) // _FINE].astype(np.float32)
    own *= PLANE_UNITS[:, None, None] / np.float32(255 * _FINE**2)
    np.sqrt(own, out=own)
    own -= MEAN
    own *= SCALE
    frames = own.reshape(DIRECTIONS * _CELLS, -1, CELL // _FINE).transpose(1, 2, 0)
    return np.ascontiguousarray(frames).reshape(-1, INPUTS)


def _sum(parts: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """The sum over the first axis."""
    total: npt.NDArray[np.int16] = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
