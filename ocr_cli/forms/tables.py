"""Filled forms as a table: a row for each form, a column for each field and for how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ocr_cli.forms.values import FormPage
from ocr_cli.page import Page
from ocr_cli.writers.csv_table import csv_rows
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.text import legible
from ocr_cli.writers.workbook import Workbook

Cell = str | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula: what people wrote shall never be one."""


def columns_of(names: Iterable[str]) -> list[str]:
    """The columns of a table of forms with fields of these names."""
    return [
        "file",
        *(column for name in names for column in (name, f"{name}_confidence")),
        "form",
        "residual",
        "doubts",
    ]


def row_of(page: FormPage, names: Sequence[str]) -> list[Cell]:
    """The cells of one form, in the order of ``columns_of``; None where it has no such field."""
    values = {value.name: value for value in page.form.fields}
    cells: list[Cell] = []
    for name in names:
        value = values.get(name)
        cells += [None, None] if value is None else [value.text, round(value.confidence, 4)]
    doubts = "; ".join(f"{value.name}: {doubt}" for value in page.form.fields for doubt in value.doubts)
    residual = page.form.residual
    where = page.source or ""
    if page.frame > 1:
        where += f" (page {page.frame})"
    return [where, *cells, page.form.template, None if residual is None else round(residual, 4), doubts]


def form_page(page: Page) -> FormPage:
    """The page as that of a form.

    Raises:
        ValueError: if it is none.
    """
    if not isinstance(page, FormPage):
        raise ValueError("not the page of a form")
    return page


class FormCsvWriter:
    """Comma-separated values (RFC 4180) in UTF-8, with a row of names first.

    A value that a spreadsheet would take for a formula has an apostrophe before it.

    Args:
        names: of all fields, in order.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._begun = False

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        return self._head() + plain_line(row_of(form_page(page), self._names))

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return self._head()

    def _head(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        return plain_line(columns_of(self._names))


def plain_line(cells: Iterable[Cell]) -> bytes:
    """A line of CSV without formulas."""
    return csv_rows([["" if cell is None else _plain(cell) for cell in cells]])


def _plain(cell: str | float) -> str | float:
    """A cell that stays in its row, and is no formula."""
    if not isinstance(cell, str):
        return cell
    text = legible(cell)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class FormXlsxWriter:
    """The same table as an Excel workbook.

    Args:
        names: of all fields, in order.

    Raises:
        MissingExtraError: if openpyxl is not installed.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._book = Workbook(columns_of(names))

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        self._book.add(row_of(form_page(page), self._names))
        return b""

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return self._book.content()
