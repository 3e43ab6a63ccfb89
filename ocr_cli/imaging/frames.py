"""Files that hold several pictures: TIFF and PDF pages, frames of animations; and how one of them is opened.

PDF and HEIC files need the optional packages of the extras ``pdf`` and ``heif``.
"""

from __future__ import annotations

import io
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from PIL import Image

from ocr_cli.errors import ImageError, MissingExtraError
from ocr_cli.imaging.formats import open_picture
from ocr_cli.plain_files import open_plain

if TYPE_CHECKING:
    from types import ModuleType

# Pillow tells of damage by errors and, sometimes, by its log, which nobody may listen to: without a handler
# Python prints it on standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())

# Pillow's pixel limit and Python's warning filters belong to the whole process: one picture at a time.
_process_wide = threading.RLock()

MAX_BYTES = 1_000_000_000
"""Default for the most bytes a picture file may have. A limit."""

HEAD = 1024
"""Bytes by which files are told apart. A limit."""
# ISO 23008-12, annex B: the brands of HEIF files whose pictures HEVC codes, and those that leave it open.
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1")
# All the frames of these are pages. Frames of other files are moments, layers, or a camera's second view.
_DOCUMENTS = ("TIFF",)
_MOST_PAGES = 10_000
"""Pillow looks each page up among those before it: to count many of them takes for ever. A limit."""
_SUBFILE_TYPE, _REDUCED = 254, 1
"""TIFF 6.0, page 36: bit 0 of NewSubfileType says that a frame is a smaller copy of another one,
by definition."""

DOTS_PER_INCH = 300
"""At which PDF pages are drawn. Set by hand."""
_POINTS_PER_INCH = 72
"""Of PDF, by definition."""


class PageRanges(NamedTuple):
    """A choice of pages: ``2-5``, ``1,3-``, ``-4``.

    Attributes:
        ranges: first and last page, from 1; None for the last there is.
    """

    ranges: tuple[tuple[int, int | None], ...]

    @staticmethod
    def parse(text: str) -> PageRanges:
        """Ranges with commas between them; a missing first page is 1, a missing last one the last there is.

        Raises:
            ValueError: if it is no such text.
        """
        ranges: list[tuple[int, int | None]] = []
        for part in text.split(","):
            match = re.fullmatch(r"\s*(\d{0,9})\s*(-?)\s*(\d{0,9})\s*", part, re.ASCII)
            if not match or not (match[1] or match[3]):
                raise ValueError(f"{part!r} is not a page such as 3, nor a range such as 2-5 or 3-")
            first = int(match[1] or 1)
            last = (int(match[3]) if match[3] else None) if match[2] else first
            if first < 1 or (last is not None and last < first):
                raise ValueError(f"{part!r} holds no page: the first is 1, and ranges go upwards")
            ranges.append((first, last))
        return PageRanges(tuple(ranges))

    def __str__(self) -> str:
        return ",".join(
            str(first) if first == last else f"{first}-{'' if last is None else last}"
            for first, last in self.ranges
        )

    def of(self, count: int) -> list[int]:
        """The chosen ones of ``count`` pages, in order and each once."""
        return [
            page
            for page in range(1, count + 1)
            if any(first <= page and (last is None or page <= last) for first, last in self.ranges)
        ]


def chosen_frames(
    source: str | Path | bytes, pages: PageRanges | None = None, *, max_bytes: int = MAX_BYTES
) -> list[int]:
    """The frames of a file that are to be read; no pixel is decoded.

    Without a choice these are all pages of a document (TIFF, without smaller copies of its pages; PDF),
    and of any other file the first frame. A file that cannot be opened has a first frame: opening that says
    why.

    Args:
        source: name of a file, or its content.
        pages: the user's choice.
        max_bytes: larger files are not looked into, and neither is what is no plain file.

    Returns:
        Their numbers, from 1, ascending; at least one.

    Raises:
        ImageError: if none of the chosen pages is there. The message does not name the source.
        MissingExtraError: if a package that opens such files is not installed.
    """
    try:
        with pillow_limit(None), _file_of(source, max_bytes) as file:
            head = _head(file)
            if pages is None and not (is_pdf(head) or _may_be_document(head)):
                return [1]
            count, own_pages = _pages_in(file, head)
    except (ImageError, MissingExtraError):
        raise
    except Exception:
        # Damaged files raise a dozen types; the one who opens the first frame tells the user.
        return [1]
    if pages is None:
        return own_pages
    chosen = pages.of(count)
    if not chosen:
        has = "one page" if count == 1 else f"{count} pages"
        raise ImageError(
            f"has {has}, and none of those asked for ({pages})",
            hint="--page chooses among those that there are",
        )
    return chosen


@contextmanager
def opened_frame(
    file: BinaryIO, frame: int, *, max_side: int | None, max_pixels: int
) -> Iterator[tuple[Image.Image, tuple[int, int] | None]]:
    """One frame of an open file, its pixels not decoded yet where Pillow opens it.

    Args:
        file: at its start; must be seekable.
        frame: from 1.
        max_side: if given, PDF pages are drawn no larger.
        max_pixels: PDF pages of more pixels are refused.

    Yields:
        The picture, and its width and height at full scale if they differ: PDF pages at 300 dots per inch.

    Raises:
        ImageError: if there is no such frame. Whatever Pillow and PDFium raise passes unchanged.
        MissingExtraError: if a package that opens such files is not installed.
    """
    head = _head(file)
    if is_pdf(head):
        yield _drawn_pdf_page(file, frame, max_side, max_pixels)
        return
    with _open(file, head) as image:
        if frame > 1:
            try:
                image.seek(frame - 1)
            except EOFError as error:
                raise ImageError(f"has no page {frame}", hint="its pages count from 1") from error
        yield image, None


@contextmanager
def pillow_limit(max_pixels: int | None) -> Iterator[None]:
    """Pillow refuses more than ``max_pixels``, says nothing on stderr, and works for one thread at a time."""
    with _process_wide:
        before = Image.MAX_IMAGE_PIXELS
        # Pillow warns above its limit and refuses above twice it.
        Image.MAX_IMAGE_PIXELS = None if max_pixels is None else (max_pixels + 1) // 2
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _file_of(source: str | Path | bytes, max_bytes: int) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else open_plain(source, max_bytes)


def _head(file: BinaryIO) -> bytes:
    start = file.tell()
    head = file.read(HEAD)
    file.seek(start)
    return head


def is_pdf(head: bytes) -> bool:
    """Whether a file that begins so is a PDF file."""
    return b"%PDF-" in head  # ISO 32000-1, annex H.3.4: anywhere in the first 1024 bytes.


def _may_be_document(head: bytes) -> bool:
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") or head[:4] == b"\xb1\x68\xde\x3a"


def _open(file: BinaryIO, head: bytes) -> Image.Image:
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        try:
            import pillow_heif
        except ImportError as error:
            raise MissingExtraError.of("HEIC pictures", "pillow-heif", "heif") from error
        image: Image.Image = pillow_heif.HeifImageFile(file)
        return image
    return open_picture(file, head)


def _pages_in(file: BinaryIO, head: bytes) -> tuple[int, list[int]]:
    """How many frames there are, and which of them are read unless others are asked for."""
    if is_pdf(head):
        with _pdf(file) as document:
            return len(document), list(range(1, len(document) + 1))
    with _open(file, head) as image:
        if image.format not in _DOCUMENTS:
            return getattr(image, "n_frames", 1), [1]
        own_pages: list[int] = []
        frame = 0
        while True:
            try:
                image.seek(frame)
            except EOFError:
                return frame, own_pages or [1]
            except Exception:
                # The rest is damaged: whoever opens the first damaged frame tells the user.
                return frame + 1, [*own_pages, frame + 1]
            frame += 1
            if frame > _MOST_PAGES:
                raise ImageError(f"has more than {_MOST_PAGES:,} pages", hint="divide it into several files")
            if not int(getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0)) & _REDUCED:
                own_pages.append(frame)


def _drawn_pdf_page(
    file: BinaryIO, frame: int, max_side: int | None, max_pixels: int
) -> tuple[Image.Image, tuple[int, int]]:
    with _pdf(file) as document:
        if frame > len(document):
            raise ImageError(f"has no page {frame}", hint="its pages count from 1")
        page = document[frame - 1]
        across, down = page.get_size()
        scale = DOTS_PER_INCH / _POINTS_PER_INCH
        size = max(1, round(across * scale)), max(1, round(down * scale))
        if size[0] * size[1] > max_pixels:
            raise Image.DecompressionBombError
        if max_side is not None:
            # PDFium rounds up, and a pixel too many would have the page shrunk once more.
            scale /= -(-(max(size) + 1) // max_side)
        return page.render(scale=scale).to_pil(), size


@contextmanager
def _pdf(file: BinaryIO) -> Iterator[Any]:
    pdfium = _pdfium()
    try:
        document = pdfium.PdfDocument(file)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise ImageError("is protected by a password", hint="save it without") from error
        raise
    try:
        if document.get_formtype():
            document.init_forms()  # Otherwise what was filled in is not drawn.
        yield document
    finally:
        document.close()


def _pdfium() -> ModuleType:
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtraError.of("PDF pages", "pypdfium2", "pdf") from error
    module: ModuleType = pypdfium2
    return module
