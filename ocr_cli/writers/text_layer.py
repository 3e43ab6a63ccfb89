"""Where the characters of a line go in a text layer: level cells in a row, without gaps.

Programs that read text out of a file of drawn characters guess spaces, lines and columns from gaps and steps,
and handwriting has many of both. So all cells of a line stand level, as high as its letters, at the height of
its middle; each cell reaches to where the next one begins; and spaces have cells of their own, too narrow to
part columns. Other layouts, such as cells on a line's slope, were read by Poppler as lines of one letter.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr_cli.page import Box, Character, Line, Page

_LEAST_SLOPE = 0.03
"""Lines that rise or fall by less are level: what their letters' sizes do to them is as much."""
_LETTERS_FOR_A_SLOPE = 8
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
    direction: tuple[int, int]
    height: float
    cells: tuple[Cell, ...]


def runs(page: Page) -> Iterator[Run]:
    """Where the characters of each line of the page go.

    Pages may have been read on their side or upside down: the longest line shows which way they are written.
    """
    if page.lines:
        longest = max(page.lines, key=lambda line: len(line.characters))
        direction = _direction([character.box for character in longest.characters])
        for line in page.lines:
            yield _run(line, direction)


def _direction(boxes: Sequence[Box]) -> tuple[int, int]:
    """The quarter in which boxes follow one another; to the right if there is but one."""
    first, last = boxes[0], boxes[-1]
    across, down = last.left - first.left, last.top - first.top
    if abs(across) >= abs(down):
        return (-1 if across < 0 else 1), 0
    return 0, (-1 if down < 0 else 1)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A character or a space on axes along the writing (u) and down across it (v)."""

    text: str
    start: float
    end: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def _run(line: Line, direction: tuple[int, int]) -> Run:
    words = [[_piece(character, direction) for character in word.characters] for word in line.words]
    letters = [piece for word in words for piece in word]
    begin, end = letters[0].start, letters[-1].end
    slope = _slope(letters)
    # The line's head and foot, had all letters slid along its slope to its middle.
    slides = [slope * ((piece.start + piece.end) - (begin + end)) / 2 for piece in letters]
    head = min(piece.top - slide for piece, slide in zip(letters, slides, strict=True))
    foot = max(piece.bottom - slide for piece, slide in zip(letters, slides, strict=True))
    cells: list[Cell] = []
    position = begin
    for text, until in _ends(words, _WIDEST_SPACE * (foot - head)):
        length = max(until - position, _NARROWEST * (foot - head))
        cells.append(Cell(text, length))
        position += length
    x, y = begin * direction[0] - foot * direction[1], begin * direction[1] + foot * direction[0]
    return Run(x, y, direction, foot - head, tuple(cells))


def _ends(words: Sequence[Sequence[_Piece]], widest: float) -> Iterator[tuple[str, float]]:
    """The characters and spaces of a line, and where the cell of each ends: where the next one begins."""
    for word, next_word in zip(words, [*words[1:], None], strict=True):
        for piece, following in itertools.pairwise(word):
            yield piece.text, following.start
        if next_word is None:
            yield word[-1].text, word[-1].end
        else:
            yield word[-1].text, max(word[-1].end, next_word[0].start - widest)
            yield " ", next_word[0].start


def _piece(character: Character, direction: tuple[int, int]) -> _Piece:
    box = character.box
    corners = ((box.left, box.top), (box.right, box.bottom))
    start, end = sorted(x * direction[0] + y * direction[1] for x, y in corners)
    top, bottom = sorted(y * direction[0] - x * direction[1] for x, y in corners)
    return _Piece(character.text, start, end, top, bottom)


def _slope(letters: Sequence[_Piece]) -> float:
    """By how much the line falls for each pixel along it, if there are enough letters to show it."""
    if len(letters) < _LETTERS_FOR_A_SLOPE:
        return 0.0
    along = [piece.middle for piece in letters]
    across = [(piece.top + piece.bottom) / 2 for piece in letters]
    mean, middle = math.fsum(along) / len(along), math.fsum(across) / len(across)
    spread = math.fsum((a - mean) ** 2 for a in along)
    if spread == 0.0:
        return 0.0
    slope = math.fsum((a - mean) * (b - middle) for a, b in zip(along, across, strict=True)) / spread
    return 0.0 if abs(slope) < _LEAST_SLOPE else slope
