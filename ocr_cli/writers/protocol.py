"""What a writer of pages is, and what is known of the format that it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from ocr_cli.writers.provenance import Provenance

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocr_cli.page import Page

PictureSource: TypeAlias = "Callable[[], Image]"
"""Gives the picture that was read: RGB, upright, of the page's width and height."""


class PageWriter(Protocol):
    """One output being written: ``add`` each page, then ``finish``; the bytes joined are the file."""

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """What can be written once this page is known.

        Args:
            page: the next page.
            picture: called at most once, and only by writers of formats that need the picture.

        Raises:
            ValueError: if the format needs the picture and there is none, or holds one page and this is the
                second.
        """

    def finish(self) -> bytes:
        """What closes the file; with no page added, that and what opens it. Called once, at the end."""


class Opener(Protocol):
    """Starts an output."""

    def __call__(self, provenance: Provenance | None = None) -> PageWriter:
        """A writer; formats with a place for it note the provenance."""


class Format(NamedTuple):
    """A format to write pages in.

    Attributes:
        name: as ``--format`` takes it.
        suffix: how names of such files end, with the dot.
        summary: what it is, in a few words.
        open: starts an output.
        binary: whether it is no text: not for a terminal. Text is UTF-8.
        needs_picture: whether ``PageWriter.add`` needs the picture.
        one_page_a_file: whether a file can hold no second page.
        keeps_pdf: whether a PDF file that is read stays as it is in the result.
    """

    name: str
    suffix: str
    summary: str
    open: Opener
    binary: bool = False
    needs_picture: bool = False
    one_page_a_file: bool = False
    keeps_pdf: bool = False
