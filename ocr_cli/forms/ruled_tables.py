"""Ruled tables on pages of which nothing is known: their cells become fields, their rows lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ocr_cli.forms.fields import Field, Sides
from ocr_cli.forms.propose import find_cells
from ocr_cli.forms.reader import FormReader
from ocr_cli.forms.tables import form_page, plain_line
from ocr_cli.forms.template import Template
from ocr_cli.forms.values import FormPage, FormValues
from ocr_cli.imaging.load import Picture, load_picture

if TYPE_CHECKING:
    from ocr_cli.imaging.load import ImageSource
    from ocr_cli.options import ReadOptions
    from ocr_cli.page import Page
    from ocr_cli.writers.protocol import PictureSource

_NEIGHBOURS = 0.35
"""Cells of one table are no farther apart than this, in heights of the lower one. Set by hand."""
_LEVEL = 0.5
"""Cells of one row overlap by this share of the lower one's height. Set by hand."""

_NOTHING = Template("tables", 1, 1, (), own_size=True)


def find_tables(image: Image.Image) -> list[list[list[Sides]]]:
    """The tables on a page, from top to bottom: of each its rows, of each row its cells, from left to right.

    A table has at least two rows and two columns.

    Args:
        image: RGB, upright.
    """
    cells = find_cells(image)
    tables = [_rows([cells[number] for number in group]) for group in _groups(cells)]
    found = [rows for rows in tables if len(rows) > 1 and max(map(len, rows)) > 1]
    return sorted(found, key=lambda rows: (rows[0][0][1], rows[0][0][0]))


def _groups(cells: Sequence[Sides]) -> list[list[int]]:
    """Numbers of the cells that hang together."""
    left = set(range(len(cells)))
    groups = []
    while left:
        group, edge = [], [left.pop()]
        while edge:
            one = edge.pop()
            group.append(one)
            near = [other for other in left if _touch(cells[one], cells[other])]
            left -= set(near)
            edge += near
        groups.append(group)
    return groups


def _touch(one: Sides, other: Sides) -> bool:
    slack = _NEIGHBOURS * min(one[3] - one[1], other[3] - other[1])
    return all(one[k] - slack < other[k + 2] and other[k] - slack < one[k + 2] for k in (0, 1))


def _rows(cells: Sequence[Sides]) -> list[list[Sides]]:
    rows: list[list[Sides]] = []
    for cell in sorted(cells, key=lambda cell: cell[1] + cell[3]):
        last = rows[-1][0] if rows else None
        lower = min(cell[3] - cell[1], last[3] - last[1]) if last else 0.0
        if last and min(cell[3], last[3]) - max(cell[1], last[1]) > _LEVEL * lower:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row) for row in rows]


class TableReader:
    """Reads the ruled tables of pages.

    Args:
        model: as ``Reader`` takes it.
        options: what holds for all cells.
    """

    def __init__(self, model: Any = "auto", options: ReadOptions | None = None) -> None:
        self._reader = FormReader([_NOTHING], model, options)

    def wait(self) -> None:
        """Return at once: readers are made when the first cell asks for one."""

    def read(
        self,
        image: ImageSource | Picture,
        *,
        frame: int = 1,
        source: str | None = None,
        observe: object = None,
    ) -> FormPage:
        """Read the tables of a page; arguments as of ``FormReader.read``.

        Returns:
            A form whose fields are called ``TABLE ROW COLUMN``, by their numbers; without any if no table is
            on the page.

        Raises:
            ImageError: if the picture cannot be read.
        """
        picture = image if isinstance(image, Picture) else load_picture(image, frame=frame)
        scale = np.array([picture.width, picture.height] * 2) / (picture.pixels.shape[1::-1] * 2)
        fields = tuple(
            Field(f"{table} {row} {column}", tuple((np.array(cell) * scale).tolist()))
            for table, rows in enumerate(find_tables(Image.fromarray(picture.pixels)), 1)
            for row, cells in enumerate(rows, 1)
            for column, cell in enumerate(cells, 1)
        )
        if not fields:
            name = source if source is not None else picture.source
            form = FormValues(_NOTHING.name, None, ())
            return FormPage(picture.width, picture.height, (), name, picture.frame, form=form)
        template = Template(_NOTHING.name, picture.width, picture.height, fields, own_size=True)
        return self._reader.read_with([template], picture, source)


class TablesCsvWriter:
    """Tables as comma-separated values: the file, the table's number on its page, and the cells of a row."""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        form = form_page(page)
        rows: dict[tuple[int, int], list[str]] = {}
        for value in form.form.fields:
            table, row, _ = map(int, value.name.split())
            rows.setdefault((table, row), []).append(value.text)
        where = (form.source or "") + (f" (page {form.frame})" if form.frame > 1 else "")
        return b"".join(plain_line([where, table, *cells]) for (table, _), cells in rows.items())

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
