"""Markdown for notes: the lines of each page under its name (CommonMark 0.31)."""

from __future__ import annotations

import re

from ocr_cli.page import Page
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.text import legible

# What means something wherever it stands in a line, in CommonMark and in the dialects that people have.
_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>#|~$&^]")
# What begins a list, a heading, a rule or a table at the beginning of a line: "- ", "1. ", "===".
_AT_THE_BEGINNING = re.compile(r"^(\d{1,9})?([-+=.):])")


def markdown_line(text: str) -> str:
    """The text so that Markdown shows it as it is, and not what its signs stand for."""
    text = _ANYWHERE.sub(r"\\\g<0>", legible(text))
    return _AT_THE_BEGINNING.sub(r"\1\\\2", text)


class MarkdownWriter:
    """A heading with the name of each page's picture, and its lines, which stay lines.

    Pages without writing leave nothing. Characters that can stand in no line are written as U+FFFD.
    """

    def __init__(self) -> None:
        self._separator = ""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if not page.lines:
            return b""
        number = f", page {page.frame}" if page.frame > 1 else ""
        name = (page.source or "Page").replace("\\", "/").rpartition("/")[2]
        lines = "\\\n".join(markdown_line(line.text) for line in page.lines)
        text = f"{self._separator}## {markdown_line(name)}{number}\n\n{lines}\n"
        self._separator = "\n"
        return text.encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""
