"""Plain text."""

from __future__ import annotations

from ocr_cli.page import Page


def page_to_text(page: Page) -> str:
    """The page's lines, each with a line feed at its end; the empty string for a page without writing."""
    return "".join(f"{line.text}\n" for line in page.lines)
