"""What is known of a field of a form, and of a table of fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocr_cli.forms.kinds import Kind

Sides = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: of it, and of its column in tables.
        box: left, top, right, bottom in pixels of the template's page.
        kind: what it holds.
        cells: how many cells a comb has; None for a field that is none.
        lines: rows of writing in it.
        pattern: what its text looks like, as ``--pattern`` takes it.
        lexicon: file of the words to expect.
        required: whether it is doubtful if it is empty.
        sum: names of the fields that it is the sum of, joined by +.
        options: of a choice: labels from left to right, or from top to bottom; without boxes of their own
            they stand evenly.
        boxes: of the options, as many as there are; none if they stand evenly.
    """

    name: str
    box: Sides
    kind: Kind = "text"
    cells: int | None = None
    lines: int = 1
    pattern: str | None = None
    lexicon: str | None = None
    required: bool = False
    sum: str | None = None
    options: tuple[str, ...] = ()
    boxes: tuple[Sides, ...] = ()

    @property
    def height(self) -> float:
        """Height of one of its rows in pixels of the template."""
        return (self.box[3] - self.box[1]) / self.lines


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what its fields are, and its share of the table's width."""

    name: str
    kind: Kind = "text"
    width: float = 1.0
    pattern: str | None = None
    lexicon: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of fields of one kind a column, in a box; rows are equally high."""

    name: str
    box: Sides
    rows: int
    columns: tuple[Column, ...]

    def fields(self) -> Iterator[Field]:
        """Its cells, row by row: NAME ROW COLUMN."""
        left, top, right, bottom = self.box
        height = (bottom - top) / self.rows
        whole = sum(column.width for column in self.columns)
        for row in range(self.rows):
            x = left
            for column in self.columns:
                width = (right - left) * column.width / whole
                box = (x, top + row * height, x + width, top + (row + 1) * height)
                name = f"{self.name} {row + 1} {column.name}"
                yield Field(name, box, column.kind, pattern=column.pattern, lexicon=column.lexicon)
                x += width
