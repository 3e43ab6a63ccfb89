"""In which order lines are read that are on several sheets of a picture, and around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocr_cli.page import Box


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
