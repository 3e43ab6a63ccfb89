"""Which way a page is written, and on what line the letters of a row stand."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr_cli.page import Character, Line, Page

Direction: TypeAlias = tuple[int, int]
"""Unit vector of a quarter, y down: ``(1, 0)`` for writing from left to right."""

TURNS: dict[Direction, int] = {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}
"""By how many degrees counter-clockwise the writing of each direction is turned."""

_LEAST_SLOPE = 0.03
"""Lines that rise or fall by less are level: what their letters' sizes do to them is as much."""
_LETTERS_FOR_A_SLOPE = 8


@dataclass(frozen=True, slots=True)
class Placed:
    """A character on axes along the writing (``start`` to ``end``) and down across it."""

    text: str
    start: float
    end: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Halfway along."""
        return (self.start + self.end) / 2


def writing_direction(page: Page) -> Direction:
    """The quarter in which the characters of the longest line follow one another.

    Pages may have been read on their side or upside down. Without two characters in a line: to the right.
    """
    if not page.lines:
        return 1, 0
    characters = max(page.lines, key=lambda line: len(line.characters)).characters
    first, last = characters[0].box, characters[-1].box
    across, down = last.left - first.left, last.top - first.top
    if abs(across) >= abs(down):
        return (-1 if across < 0 else 1), 0
    return 0, (-1 if down < 0 else 1)


def placed(character: Character, direction: Direction) -> Placed:
    """The character on the axes of a direction."""
    box = character.box
    corners = ((box.left, box.top), (box.right, box.bottom))
    start, end = sorted(x * direction[0] + y * direction[1] for x, y in corners)
    top, bottom = sorted(y * direction[0] - x * direction[1] for x, y in corners)
    return Placed(character.text, start, end, top, bottom)


def to_pixels(along: float, across: float, direction: Direction) -> tuple[float, float]:
    """A point on the axes of a direction, in pixels from the left and from the top."""
    return along * direction[0] - across * direction[1], along * direction[1] + across * direction[0]


def slope_of(letters: Sequence[Placed]) -> float:
    """By how much a line falls for each pixel along it; 0 if too few letters show it, or next to nothing."""
    if len(letters) < _LETTERS_FOR_A_SLOPE:
        return 0.0
    along = [letter.middle for letter in letters]
    across = [(letter.top + letter.bottom) / 2 for letter in letters]
    mean, middle = math.fsum(along) / len(along), math.fsum(across) / len(across)
    spread = math.fsum((a - mean) ** 2 for a in along)
    if spread == 0.0:
        return 0.0
    slope = math.fsum((a - mean) * (b - middle) for a, b in zip(along, across, strict=True)) / spread
    return 0.0 if abs(slope) < _LEAST_SLOPE else slope


def baseline(line: Line, page: Page, direction: Direction) -> tuple[tuple[int, int], tuple[int, int]]:
    """The two ends of the line that most letters stand on, in whole pixels of the page."""
    letters = [placed(character, direction) for character in line.characters]
    slope = slope_of(letters)
    # The median passes over letters with tails, and over what stands higher, such as apostrophes.
    foot = statistics.median(letter.bottom - slope * letter.middle for letter in letters)
    begin, end = min(letter.start for letter in letters), max(letter.end for letter in letters)
    first, last = (to_pixels(u, foot + slope * u, direction) for u in (begin, end))
    return _within(first, page), _within(last, page)


def _within(point: tuple[float, float], page: Page) -> tuple[int, int]:
    return min(max(0, round(point[0])), page.width), min(max(0, round(point[1])), page.height)
