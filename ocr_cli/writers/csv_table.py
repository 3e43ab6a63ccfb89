"""A table for spreadsheets and data tools: a row for each word, comma-separated (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple

from ocr_cli.page import Page
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.text import legible

COLUMNS = ("source", "page", "line", "word", "text", "confidence", "left", "top", "right", "bottom")


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows in UTF-8, each on a line of its own; a field with a comma, a quote or a space in front is quoted.

    Every text must be ``legible``.
    """
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().encode()


def word_rows(page: Page) -> Iterator[tuple[object, ...]]:
    """The cells of a row for each word, in the order of the columns."""
    source = legible(page.source or "")
    for line_number, line in enumerate(page.lines, 1):
        for number, word in enumerate(line.words, 1):
            place, box = (source, page.frame, line_number, number), astuple(word.box)
            yield (*place, legible(word.text), f"{word.confidence:.4f}", *box)


class CsvWriter:
    """The columns' names, then a row for each word.

    ``source`` names the picture and ``page`` its frame, ``line`` and ``word`` count from 1, ``confidence`` is
    that of the word, and the box is in pixels. A page without writing has no rows. Characters that cannot
    stand in a line are written as U+FFFD.
    """

    def __init__(self) -> None:
        self._begun = False

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        return self._head() + csv_rows(word_rows(page))

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return self._head()

    def _head(self) -> bytes:
        if self._begun:
            return b""
        self._begun = True
        return csv_rows([COLUMNS])
