"""A table with Tesseract's columns, a row for each page, block, paragraph, line and word.

See https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html (TSV output).
"""

from __future__ import annotations

from ocr_cli.page import Box, Page
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.text import legible

COLUMNS = (
    "level",
    "page_num",
    "block_num",
    "par_num",
    "line_num",
    "word_num",
    "left",
    "top",
    "width",
    "height",
    "conf",
    "text",
)
_PAGE, _BLOCK, _PARAGRAPH, _LINE, _WORD = range(1, 6)
_NO_CONFIDENCE = "-1"


class TsvWriter:
    """Tesseract's twelve columns: boxes in pixels, confidences of words from 0 to 100, and -1 for the rest.

    A page with writing has one block of one paragraph. Characters that cannot stand in a table's field, such
    as a tab, are written as U+FFFD.
    """

    def __init__(self) -> None:
        self._pages = 0

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        rows = [self._head()]
        self._pages += 1
        rows.append(self._row(_PAGE, (0, 0, 0, 0), Box(0, 0, page.width, page.height)))
        if page.lines:
            around = Box.around(line.box for line in page.lines)
            rows.append(self._row(_BLOCK, (1, 0, 0, 0), around))
            rows.append(self._row(_PARAGRAPH, (1, 1, 0, 0), around))
        for line_number, line in enumerate(page.lines, 1):
            rows.append(self._row(_LINE, (1, 1, line_number, 0), line.box))
            for word_number, word in enumerate(line.words, 1):
                place = (1, 1, line_number, word_number)
                confidence = f"{100 * word.confidence:.2f}"
                rows.append(self._row(_WORD, place, word.box, confidence, legible(word.text)))
        return "".join(rows).encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return self._head().encode()

    def _head(self) -> str:
        """The columns' names, at the top of the file."""
        return "" if self._pages else "\t".join(COLUMNS) + "\n"

    def _row(
        self,
        level: int,
        place: tuple[int, int, int, int],
        box: Box,
        confidence: str = _NO_CONFIDENCE,
        text: str = "",
    ) -> str:
        corner_and_size = (box.left, box.top, box.width, box.height)
        fields = (level, self._pages, *place, *corner_and_size, confidence, text)
        return "\t".join(map(str, fields)) + "\n"
