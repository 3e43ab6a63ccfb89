"""The pages on a picture: where on it lies what was found on them, and in which order that is read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
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
    """The pages on a picture."""
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


class _Block(NamedTuple):
    """Lines that are read one after the other: of which part, the first, one past the last, and where."""

    part: int
    start: int
    stop: int
    box: Box


def reading_order(parts: Sequence[Sequence[Box]]) -> list[tuple[int, int]]:
    """Sheet after sheet from top to bottom, and from left to right where they lie beside each other.

    What is around sheets is read in paragraphs, each in its place among them.

    Args:
        parts: of each sheet, and of what is around them, where on the picture its lines lie, in their order.

    Returns:
        Of each line the number of its part, and its own there.
    """
    sheets = [Box.around(lines) for lines in parts if lines]
    blocks = [block for number, lines in enumerate(parts) for block in _blocks(number, lines, sheets)]
    return [(one.part, line) for one in _in_order(blocks) for line in range(one.start, one.stop)]


def _blocks(part: int, lines: Sequence[Box], sheets: Sequence[Box]) -> Iterator[_Block]:
    """A sheet, or the paragraphs of what is around others."""
    if not lines:
        return
    box = Box.around(lines)
    others = [one for one in sheets if one.width * one.height < box.width * box.height and _overlap(one, box)]
    start, box = 0, lines[0]
    for number, line in enumerate(lines[1:], 1):
        more = Box.around([box, line])
        # A line that is no lower begins another column.
        if others and (line.top <= lines[number - 1].top or any(_overlap(more, one) for one in others)):
            yield _Block(part, start, number, box)
            start, more = number, line
        box = more
    yield _Block(part, start, len(lines), box)


def _in_order(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """From top to bottom; those beside each other, from left to right."""
    left = sorted(blocks, key=lambda one: one.box.top)
    while left:
        middle = (left[0].box.top + left[0].box.bottom) / 2
        row = [one for one in left if one.box.top < middle]
        yield from sorted(row, key=lambda one: one.box.left)
        left = left[len(row) :]


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) > max(one.top, other.top)
