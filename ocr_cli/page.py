"""The one result type: ``Page`` > ``Line`` > ``Word`` > ``Character``, all frozen.

Coordinates are pixels of the picture as a viewer shows it (EXIF orientation applied), origin top left;
``right`` and ``bottom`` are exclusive. Confidences are calibrated probabilities in [0, 1]: of words
that are said to be right with 0.9, nine in ten are.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ocr_cli.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocr_cli.imaging.load import ImageSource


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; ``right`` and ``bottom`` lie just outside it.

    Raises:
        ValueError: if a side is negative or the box is empty.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right and 0 <= self.top < self.bottom):
            raise ValueError(f"not a box: {self.left}, {self.top}, {self.right}, {self.bottom}")

    @property
    def width(self) -> int:
        """Width in pixels, at least 1."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels, at least 1."""
        return self.bottom - self.top

    def moved(self, across: int, down: int) -> Box:
        """The same box so many pixels further to the right and below."""
        return Box(self.left + across, self.top + down, self.right + across, self.bottom + down)

    @staticmethod
    def around(boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all ``boxes``.

        Raises:
            ValueError: if there are none.
        """
        every = list(boxes)
        if not every:
            raise ValueError("no boxes to put a box around")
        return Box(
            min(b.left for b in every),
            min(b.top for b in every),
            max(b.right for b in every),
            max(b.bottom for b in every),
        )


_PRODUCT = -1.0
"""Stands for the product of the parts' confidences."""


def _check_probability(value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"not a probability: {value}")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A reading, of a character or of a whole line, and its probability in [0, 1]."""

    text: str
    confidence: float

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("an alternative needs a text")
        _check_probability(self.confidence)


@dataclass(frozen=True, slots=True)
class Character:
    """One character that was read, or one whose reading was refused.

    Attributes:
        box: around its ink.
        text: the letter, digit or sign; of a refused one, the sign that stands for it.
        confidence: that it is read right; of a refused one, that the refused reading is right.
        alternatives: other readings, the most probable first; of a refused one, the refused reading is the
            first of them.
        rejected: whether the likeliest reading was refused: it is not allowed, too doubtful, or in a
            word that is not expected.

    Raises:
        ValueError: if the text is not exactly one character or the confidence is not in [0, 1].
    """

    box: Box
    text: str
    confidence: float
    alternatives: tuple[Alternative, ...] = ()
    rejected: bool = False

    def __post_init__(self) -> None:
        if len(self.text) != 1:
            raise ValueError(f"a character has one letter, not {self.text!r}")
        _check_probability(self.confidence)


@dataclass(frozen=True, slots=True)
class Word:
    """Characters in reading order without a space between them.

    Attributes:
        characters: at least one.
        confidence: that all of them are read right, and none is missing or too many; by default the product
            of the characters' confidences, as if each were right or wrong for itself.

    Raises:
        ValueError: if there is no character or the confidence is not in [0, 1].
    """

    characters: tuple[Character, ...]
    confidence: float = _PRODUCT

    def __post_init__(self) -> None:
        if not self.characters:
            raise ValueError("a word needs a character")
        if self.confidence == _PRODUCT:
            object.__setattr__(self, "confidence", math.prod(c.confidence for c in self.characters))
        _check_probability(self.confidence)

    @property
    def text(self) -> str:
        """The characters' text."""
        return "".join(c.text for c in self.characters)

    @property
    def box(self) -> Box:
        """The smallest box around the characters."""
        return Box.around(c.box for c in self.characters)


@dataclass(frozen=True, slots=True)
class Line:
    """Words in reading order.

    Attributes:
        words: at least one.
        confidence: that all of it is read right, spaces too; by default the product of the words'
            confidences.
        readings: the best few readings of the whole line, the most probable first. None of their characters
            is refused: where one is, the line's own text is none of them.

    Raises:
        ValueError: if there is no word or the confidence is not in [0, 1].
    """

    words: tuple[Word, ...]
    confidence: float = _PRODUCT
    readings: tuple[Alternative, ...] = ()

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a line needs a word")
        if self.confidence == _PRODUCT:
            object.__setattr__(self, "confidence", math.prod(w.confidence for w in self.words))
        _check_probability(self.confidence)

    @property
    def text(self) -> str:
        """The words' text with single spaces between them."""
        return " ".join(w.text for w in self.words)

    @property
    def box(self) -> Box:
        """The smallest box around the words."""
        return Box.around(w.box for w in self.words)

    @property
    def characters(self) -> tuple[Character, ...]:
        """All characters of the line, in reading order."""
        return tuple(c for w in self.words for c in w.characters)


class LeftOut(NamedTuple):
    """What seemed to be writing, and was taken for none.

    Attributes:
        reason: why.
        box: where it is; None for the whole picture.
    """

    reason: Reason
    box: Box | None = None

    def __str__(self) -> str:
        if self.box is None:
            return self.reason.said
        left, top, right, bottom = self.box.left, self.box.top, self.box.right, self.box.bottom
        return f"{self.reason.said} (at {left},{top},{right},{bottom})"


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """What was read on one picture of ``width`` x ``height`` pixels; a blank page has no lines.

    ``frame`` says which frame or page of the source it is (a TIFF or PDF may have several), from 1; ``model``
    which model read it, by name: None if nothing that could be writing was found, or if it is not known.
    ``left_out`` is what was taken for no writing, and why; it is not stored. By neither are pages compared.
    """

    width: int
    height: int
    lines: tuple[Line, ...] = ()
    source: str | None = None
    frame: int = 1
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False)
    model: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"not a page: {self.width} x {self.height}")
        if self.frame < 1:
            raise ValueError(f"not a number of a frame: {self.frame}")

    @property
    def text(self) -> str:
        """The lines' text, one line each, without a newline at the end."""
        return "\n".join(line.text for line in self.lines)

    @property
    def characters(self) -> tuple[Character, ...]:
        """All characters of the page, in reading order."""
        return tuple(c for line in self.lines for c in line.characters)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        name = "" if self.source is None else f"{self.source!r}, "
        frame = f"frame={self.frame}, " if self.frame > 1 else ""
        first = f", the first {self.lines[0].text!r}" if self.lines else ""
        return f"<Page {name}{frame}{self.width} x {self.height}, {len(self.lines)} lines{first}>"

    def save(
        self, path: str | Path, *, format: str | None = None, picture: ImageSource | None = None
    ) -> None:
        """Write the page into a file, as ``ocr read --output`` does; see ``ocr_cli.page_files.save_page``."""
        _later("page_files").save_page(self, path, format, picture)

    def draw(self, picture: ImageSource | None = None) -> Image:
        """The page's picture with what was found on it, as a Pillow image in RGB.

        Args:
            picture: what was read; by default the file that the page is from.

        Raises:
            ImageError: if it cannot be loaded.
        """
        drawn: Image = _later("page_files").draw_page(self, picture)
        return drawn

    def to_json(self) -> str:
        """The page as ``ocr read --format json`` writes it: one object on one line."""
        line: str = _later("writers.json_lines").page_to_json_line(self)
        return line.rstrip("\n")

    def _repr_html_(self) -> str:
        """What a notebook shows of the page; see ``ocr_cli.writers.notebook``."""
        from ocr_cli.writers.notebook import page_to_notebook

        return page_to_notebook(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for ``json.dumps``; see ``ocr_cli.page_record``."""
        record: dict[str, Any] = _later("page_record").page_to_dict(self)
        return record

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Page:
        """The inverse of ``to_dict``; texts and boxes of words and lines follow from the characters.

        Raises:
            ValueError: if a value is missing or out of range, or the record is of a newer format.
        """
        page: Page = _later("page_record").page_from_dict(data)
        return page


def _later(name: str) -> Any:
    """A module that writes pages or gets them back, when it is needed: by its name, for it knows this one."""
    return importlib.import_module(f"ocr_cli.{name}")
