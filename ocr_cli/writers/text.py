"""Plain text."""

from __future__ import annotations

from ocr_cli.page import Page
from ocr_cli.writers.legible import legible
from ocr_cli.writers.protocol import PictureSource


def page_to_text(page: Page) -> str:
    """The page's lines, each with a line feed at its end; the empty string for a page without writing.

    Characters that can stand in no line are U+FFFD.
    """
    return "".join(f"{legible(line.text)}\n" for line in page.lines)


class TextWriter:
    """The lines of each page, with an empty line between pages; pages without writing leave nothing."""

    def __init__(self) -> None:
        self._separator = ""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if not page.lines:
            return b""
        text = self._separator + page_to_text(page)
        self._separator = "\n"
        return text.encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
