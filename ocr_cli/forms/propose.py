"""A blank form -> a template to begin with: boxes, combs, check boxes, table cells and lines to write on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from ocr_cli.forms.fields import Field
from ocr_cli.forms.kinds import Kind
from ocr_cli.ruled.light import missing_light

Bitmap = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_SIDE = 1800
"""Longer side in pixels of the copy on which fields are looked for. Set by hand."""
_INK = 0.07
"""Share of the paper's light that print and rules swallow. Set by hand."""
_SHORTEST = 0.007
"""Shortest side of a box, as a share of the longer side of the page. Set by hand."""
_LOWEST, _TALLEST = 0.007, 0.2
"""Heights of fields, likewise. Set by hand."""
_LINE = 0.06
"""Shortest line to write on, likewise. Set by hand."""
_ABOVE = 0.022
"""Height of a row above a line to write on at most, likewise. Set by hand."""
_FULL = 0.85
"""Least share of the rectangle about it that the inside of a box fills. Set by hand."""
_PRINTED = 0.012
"""Share of a box that is print if it is a caption's. Set by hand."""
_WRITTEN_FULL = 0.6
"""The same of a box in which something may be written that touches its sides. Set by hand."""
_CHECK = 0.022
"""Larger squares than this, as a share of the longer side, are no check boxes. Set by hand."""
_COMB = 3
"""So many equal cells are a comb."""


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def propose_fields(image: Image.Image) -> list[Field]:
    """The fields that a blank form seems to have, from top to bottom.

    Args:
        image: of it, RGB, upright.

    Returns:
        Fields with boxes in pixels of the picture, named by their number; none if nothing looks like one.
    """
    scale = _SIDE / max(image.size)
    copy = image.resize([max(8, round(side * scale)) for side in image.size], Image.Resampling.LANCZOS)
    pixels = np.clip(np.asarray(copy, np.float32) / np.float32(255), 0, 1)
    ink = missing_light(pixels, 0.03 * _SIDE, 0.5) > _INK
    level, upright = _rules(ink)
    cells = _cells(ink, level | upright)
    found = [*_combs_and_boxes(cells), *_lines(ink, level, upright, cells)]
    found.sort(key=lambda one: (round(one[0].top / (_LOWEST * _SIDE)), one[0].left))
    return [
        Field(f"field {number}", _sides(box, scale), kind, count)
        for number, (box, kind, count) in enumerate(found, 1)
    ]


def find_cells(image: Image.Image) -> list[tuple[float, float, float, float]]:
    """The ruled cells of a page, whatever is written in them: left, top, right, bottom in its pixels.

    Args:
        image: RGB, upright.
    """
    scale = _SIDE / max(image.size)
    copy = image.resize([max(8, round(side * scale)) for side in image.size], Image.Resampling.LANCZOS)
    pixels = np.clip(np.asarray(copy, np.float32) / np.float32(255), 0, 1)
    ink = missing_light(pixels, 0.03 * _SIDE, 0.5) > _INK
    level, upright = _rules(ink)
    # What is written in a cell takes room, and touches its walls.
    return [_sides(box, scale) for box in _cells(ink, level | upright, printed=1.0, full=_WRITTEN_FULL)]


def _sides(box: _Box, scale: float) -> tuple[float, float, float, float]:
    return box.left / scale, box.top / scale, box.right / scale, box.bottom / scale


def _rules(ink: Bitmap) -> tuple[Bitmap, Bitmap]:
    """Level and upright lines: bool (H, W) each. A gap of two pixels is none."""
    length = round(_SHORTEST * _SIDE)
    closed = ndimage.binary_closing(np.pad(ink, 2), np.ones((3, 3)))[2:-2, 2:-2] | ink
    level = ndimage.binary_opening(closed, np.ones((1, 3 * length)))
    upright = ndimage.binary_opening(closed, np.ones((length, 1)))
    # Letters have upright strokes, too; those of boxes begin and end at level rules, or go on.
    near = ndimage.binary_dilation(level, np.ones((7, 7)))
    labels, count = ndimage.label(upright, np.ones((3, 3)))
    touched = np.zeros(count + 1, bool)
    touched[np.unique(labels[near])] = True
    small = _square_sides(ink, length)
    touched[0] = False
    return level | small[0], touched[labels] | small[1]


def _square_sides(ink: Bitmap, length: int) -> tuple[Bitmap, Bitmap]:
    """The sides of small squares, too short for rules: bool (H, W) each."""
    across = ndimage.binary_opening(ink, np.ones((1, length)))
    down = ndimage.binary_opening(ink, np.ones((length, 1)))
    labels, _ = ndimage.label(across | down, np.ones((3, 3)))
    square = np.zeros(labels.max() + 1, bool)
    for number, where in enumerate(ndimage.find_objects(labels), 1):
        height, width = (part.stop - part.start for part in where)
        if not 0.75 < width / height < 1.33 or max(width, height) > _CHECK * _SIDE:
            continue
        own = labels[where] == number
        edge = max(2, round(0.15 * min(height, width)))
        turned = (np.rot90(own, turn) for turn in range(4))
        sides = [side[:edge].any(axis=0) for side in turned]
        hollow = not own[2 * edge : -2 * edge, 2 * edge : -2 * edge].any()
        square[number] = hollow and min(float(side.mean()) for side in sides) > 0.85
    kept = square[labels]
    return across & kept, down & kept


def _cells(ink: Bitmap, rules: Bitmap, printed: float = _PRINTED, full: float = _FULL) -> list[_Box]:
    """The insides of boxes without print."""
    labels, _ = ndimage.label(~ndimage.binary_dilation(rules, np.ones((3, 3))))
    found = []
    areas = np.bincount(labels.ravel())
    for number, (down, across) in enumerate(ndimage.find_objects(labels), 1):
        height, width = down.stop - down.start, across.stop - across.start
        # The walls of a box are thicker than a pixel.
        least = 0.7 * _SIDE * min(_SHORTEST, _LOWEST)
        if min(height, width) < least or height > _TALLEST * _SIDE:
            continue
        if areas[number] < full * height * width:
            continue
        inside = ink[down.start + 2 : down.stop - 2, across.start + 2 : across.stop - 2]
        if inside.size and inside.mean() <= printed:
            found.append(_Box(across.start - 1, down.start - 1, across.stop + 1, down.stop + 1))
    return found


def _combs_and_boxes(cells: Sequence[_Box]) -> Iterator[tuple[_Box, Kind, int | None]]:
    """Neighbouring equal cells as combs; the others as they are."""
    left = sorted(cells, key=lambda cell: (cell.top, cell.left))
    while left:
        row = [left.pop(0)]
        first = row[0]
        while True:
            last = row[-1]
            following = [cell for cell in left if _follows(last, cell) and _alike(first, cell)]
            if not following:
                break
            row.append(following[0])
            left.remove(following[0])
        narrow = first.width < 1.4 * first.height
        if len(row) >= _COMB and narrow:
            box = _Box(first.left, min(c.top for c in row), row[-1].right, max(c.bottom for c in row))
            yield box, "text", len(row)
            continue
        for cell in row:
            square = 0.75 < cell.width / cell.height < 1.33 and cell.width < _CHECK * _SIDE
            yield cell, "check" if square else "text", None


def _follows(one: _Box, other: _Box) -> bool:
    """Whether a cell stands right beside another."""
    slack = max(3.0, 0.12 * one.height)
    level = abs(other.top - one.top) < slack and abs(other.bottom - one.bottom) < slack
    return level and -2 <= other.left - one.right <= 0.3 * one.height + 4


def _alike(one: _Box, other: _Box) -> bool:
    return abs(one.width - other.width) <= max(3.0, 0.15 * one.width)


def _lines(
    ink: Bitmap, level: Bitmap, upright: Bitmap, cells: Sequence[_Box]
) -> Iterator[tuple[_Box, Kind, int | None]]:
    """Fields above lines that are no sides of boxes; dotted lines, too."""
    dotted = ndimage.binary_closing(np.pad(ink, ((0, 0), (12, 12))), np.ones((1, 13)))[:, 12:-12]
    thin = ndimage.binary_opening(dotted, np.ones((1, round(_LINE * _SIDE))))
    lines = ndimage.binary_opening(level, np.ones((1, round(_LINE * _SIDE)))) | thin
    labels, _ = ndimage.label(ndimage.binary_dilation(lines, np.ones((3, 1))), np.ones((3, 3)))
    for down, across in ndimage.find_objects(labels):
        if down.stop - down.start > 0.004 * _SIDE:
            continue
        left, right, bottom = across.start, across.stop, down.start
        beside = any(
            cell.left < right and left < cell.right and cell.top - 8 <= bottom <= cell.bottom + 8
            for cell in cells
        )
        if beside or upright[max(0, bottom - 6) : down.stop + 6, left:right].any():
            continue
        top = max(0, bottom - round(_ABOVE * _SIDE))
        # Captions beside the line, and print above it, are no part of it.
        strip = ink[top : bottom - 2, left:right] if bottom - 2 > top else ink[:0]
        rows = np.flatnonzero(strip.mean(axis=1) > 0.01) if strip.size else np.zeros(0, int)
        if len(rows):
            top += int(rows[-1]) + 2
        if bottom - top >= _LOWEST * _SIDE:
            yield _Box(left, top, right, bottom), "text", None
