"""The way back: where on a picture lies what was found on a sheet of it, turned or scaled."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.load import Picture
from ocr_cli.imaging.sheet import paint_surroundings, small_copy
from ocr_cli.imaging.sheets import Sheet, part_sheets
from ocr_cli.page import Box
from ocr_cli.segmentation.layout import Layout

PageBox: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of a page as it was laid out."""


class Part(NamedTuple):
    """A page on a picture: all of it, a sheet of paper in it, or what is around the sheets.

    Attributes:
        page: the picture of it alone.
        pixels: uint8 (H, W, 3), RGB, the same, with what surrounds its paper painted over.
        to_picture: says where a box of the page lies on the picture, each in its own pixels.
    """

    page: Picture
    pixels: npt.NDArray[np.uint8]
    to_picture: Callable[[Box], Box]

    @classmethod
    def whole(cls, picture: Picture) -> Part:
        """All of a picture, as it is."""
        return cls(picture, picture.pixels, _as_it_is)


def parts_of(picture: Picture) -> Iterator[Part]:
    """The pages on a picture, in reading order."""
    small = small_copy(picture.pixels)
    sheets = part_sheets(picture.pixels, small)
    if not sheets:
        yield Part(picture, paint_surroundings(picture.pixels, small), _as_it_is)
    for sheet in sheets:
        height, width = sheet.pixels.shape[:2]
        page = Picture(sheet.pixels, width, height)
        yield Part(page, paint_surroundings(sheet.pixels), partial(_box_on, picture, sheet))


def turned(pixels: npt.NDArray[np.uint8], quarters: int) -> npt.NDArray[np.uint8]:
    """A page turned counter-clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


class Placement(NamedTuple):
    """Where what was read lies.

    Attributes:
        layout: of the page, as it was read.
        quarters: counter-clockwise by which it was turned before.
        page: at its own size.
        to_picture: as of ``Part``.
    """

    layout: Layout
    quarters: int
    page: Picture
    to_picture: Callable[[Box], Box]

    def on_page(self, box: PageBox) -> Box:
        """A box as it was laid out, in the page's own pixels, clipped to it."""
        left, top, right, bottom = self.layout.to_pixels(box)
        height, width = self.page.pixels.shape[:2]
        corners = np.array([[left, top], [right, bottom]])
        # A quarter counter-clockwise takes the page's x to its width minus y, and its y to x.
        sides = itertools.cycle((width, height) if self.quarters % 2 else (height, width))
        for _ in range(self.quarters):
            corners = np.stack([next(sides) - corners[:, 1], corners[:, 0]], axis=1)
        corners = np.sort(corners, axis=0) * (self.page.width / width, self.page.height / height)
        return _clipped(corners, self.page)

    def on_picture(self, box: PageBox) -> Box:
        """The same in the picture's own pixels."""
        return self.to_picture(self.on_page(box))


def _as_it_is(box: Box) -> Box:
    return box


def _box_on(picture: Picture, sheet: Sheet, box: Box) -> Box:
    """Where a box of a sheet lies on the picture."""
    corners = np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)], float)
    height, width = picture.pixels.shape[:2]
    corners = sheet.to_picture(corners) * (picture.width / width, picture.height / height)
    return _clipped(np.stack([corners.min(axis=0), corners.max(axis=0)]), picture)


def _clipped(corners: npt.NDArray[np.float64], picture: Picture) -> Box:
    """A box, [[left, top], [right, bottom]], in whole pixels of a picture."""
    (left, top), (right, bottom) = corners.tolist()
    across, down = picture.width, picture.height
    x, y = min(max(0, int(left)), across - 1), min(max(0, int(top)), down - 1)
    return Box(x, y, min(max(x + 1, round(right)), across), min(max(y + 1, round(bottom)), down))
