"""Where the characters of a line go in a text layer: level cells in a row, without gaps.

Programs that read text out of a file of drawn characters guess spaces, lines and columns from gaps and steps,
and handwriting has many of both. So all cells of a line stand level, as high as its letters, at the height of
its middle; each cell reaches to where the next one begins; and spaces have cells of their own, too narrow to
part columns. Other layouts, such as cells on a line's slope, were read by Poppler as lines of one letter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr_cli.page import Line, Page
from ocr_cli.writers.baselines import Direction, Placed, placed, slope_of, to_pixels, writing_direction

_NARROWEST = 0.05
_WIDEST_SPACE = 0.6
"""Least width of a cell, and most of a space's, of its height. Poppler parts columns from 0.7 on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A character and the length of its cell along the line, in pixels."""

    text: str
    length: float


@dataclass(frozen=True, slots=True)
class Run:
    """The cells of a line, one after the other.

    Attributes:
        x: where the first begins, at the foot of the letters, in pixels from the left.
        y: the same in pixels from the top.
        direction: unit vector along the line, y down: to the right, or another quarter.
        height: of the cells, in pixels.
        cells: the characters and spaces.
    """

    x: float
    y: float
    direction: Direction
    height: float
    cells: tuple[Cell, ...]


def runs(page: Page) -> Iterator[Run]:
    """Where the characters of each line of the page go."""
    direction = writing_direction(page)
    for line in page.lines:
        yield _run(line, direction)


def _run(line: Line, direction: Direction) -> Run:
    words = [[placed(character, direction) for character in word.characters] for word in line.words]
    letters = [piece for word in words for piece in word]
    begin, end = letters[0].start, letters[-1].end
    slope = slope_of(letters)
    # The line's head and foot, had all letters slid along its slope to its middle.
    slides = [slope * (piece.middle - (begin + end) / 2) for piece in letters]
    head = min(piece.top - slide for piece, slide in zip(letters, slides, strict=True))
    foot = max(piece.bottom - slide for piece, slide in zip(letters, slides, strict=True))
    cells: list[Cell] = []
    position = begin
    for text, until in _ends(words, _WIDEST_SPACE * (foot - head)):
        length = max(until - position, _NARROWEST * (foot - head))
        cells.append(Cell(text, length))
        position += length
    x, y = to_pixels(begin, foot, direction)
    return Run(x, y, direction, foot - head, tuple(cells))


def _ends(words: Sequence[Sequence[Placed]], widest: float) -> Iterator[tuple[str, float]]:
    """The characters and spaces of a line, and where the cell of each ends: where the next one begins."""
    for word, next_word in zip(words, [*words[1:], None], strict=True):
        for piece, following in itertools.pairwise(word):
            yield piece.text, following.start
        if next_word is None:
            yield word[-1].text, word[-1].end
        else:
            yield word[-1].text, max(word[-1].end, next_word[0].start - widest)
            yield " ", next_word[0].start
