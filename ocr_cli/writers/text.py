"""Plain text, and what may stand in a written line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A page shows itself in notebooks, and for that asks what may stand in a line.
    from ocr_cli.page import Page
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


# Controls (tab and line feed among them), the ends of lines and paragraphs, what turns the direction of
# writing around until it is ended, halves of surrogate pairs, and the two noncharacters that XML refuses.
_NOT_IN_A_LINE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def legible(text: str) -> str:
    """The text with U+FFFD in place of each character that can stand in no line of a text file.

    Terminals take some of these for commands, and others let a line read as another one. What is left is
    allowed in XML 1.0 and can be encoded as UTF-8. The models that come with the package read no such
    characters, but a model file may name any character for a class, and files have any names.
    """
    return _NOT_IN_A_LINE.sub("\ufffd", text)
