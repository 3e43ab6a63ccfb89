"""An Excel workbook with one sheet, the table of ``csv_table`` or of forms."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from ocr_cli.errors import MissingExtraError
from ocr_cli.page import Page
from ocr_cli.writers.csv_table import COLUMNS, word_rows
from ocr_cli.writers.protocol import PictureSource

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 cannot hold."""


class Workbook:
    """Rows of a sheet. A text is a text whatever it looks like: 0042 keeps its noughts, and = is no formula.

    Args:
        columns: names in the first row, which stays in sight.

    Raises:
        MissingExtraError: if openpyxl is not installed.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        try:
            import openpyxl
        except ImportError as error:
            raise MissingExtraError.of("Excel workbooks", "openpyxl", "xlsx") from error
        self._cell = openpyxl.cell.WriteOnlyCell
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("ocr")
        self._sheet.freeze_panes = "A2"
        self.add(columns)

    def add(self, row: Iterable[object]) -> None:
        """Add a row of texts and numbers; None leaves a cell empty."""
        cells: list[object] = []
        for value in row:
            if isinstance(value, str):
                cell = self._cell(self._sheet, _ILLEGAL.sub("\ufffd", value))
                cell.data_type = "s"
                cells.append(cell)
            else:
                cells.append(value)
        self._sheet.append(cells)

    def content(self) -> bytes:
        """The file; nothing can be added afterwards."""
        file = io.BytesIO()
        self._book.save(file)
        return file.getvalue()


class XlsxWriter:
    """A row for each word, as ``CsvWriter`` has them."""

    def __init__(self) -> None:
        self._book = Workbook(COLUMNS)

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        for row in word_rows(page):
            self._book.add(row)
        return b""

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return self._book.content()
