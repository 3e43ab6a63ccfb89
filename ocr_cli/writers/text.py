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


def page_name(page: Page) -> str:
    """What a page is called where names of pages stand beside each other."""
    source = legible(page.source or "page")
    return f"{source}, page {page.frame}" if page.frame > 1 else source


class TextWriter:
    """The lines of each page, with an empty line between pages; pages without writing leave nothing.

    Args:
        names: whether a line ``==> name <==`` stands above each page, those without writing included.
        form_feeds: whether a form feed ends each page, those without writing included, instead of the empty
            line between pages.
    """

    def __init__(self, *, names: bool = False, form_feeds: bool = False) -> None:
        self._names = names
        self._form_feeds = form_feeds
        self._separator = ""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        heading = f"==> {page_name(page)} <==\n" if self._names else ""
        text = heading + page_to_text(page)
        if self._form_feeds:
            return f"{text}\f".encode()
        if not text:
            return b""
        text = self._separator + text
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
