"""Searchable PDF: each page is its picture, with the text laid over it invisibly (ISO 32000-1)."""

from __future__ import annotations

import os
import zlib
from datetime import timezone

from ocr_cli.page import Page
from ocr_cli.writers.glyphless import ADVANCE, UNITS, Codes, font_file, glyph_map
from ocr_cli.writers.pdf_picture import pdf_picture
from ocr_cli.writers.pdf_text import pdf_number, text_operators
from ocr_cli.writers.picture_file import PictureFile, picture_file
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

# The objects that every file has, by number; pages follow.
_CATALOG, _PAGES, _INFO, _FONT, _CID_FONT, _DESCRIPTOR, _FONT_FILE, _GLYPH_MAP, _TO_UNICODE = range(1, 10)


class PdfWriter:
    """A PDF file of many pages. Of each, the text can be found, selected where it is written, and copied.

    Characters that a line of text cannot hold are written as U+FFFD.

    Args:
        provenance: noted in the file.
        font: name of the text's font among the resources of each page.
    """

    def __init__(self, provenance: Provenance | None = None, font: str = "Text") -> None:
        self._provenance = provenance or Provenance()
        self._font_name = font
        self._codes = Codes()
        self._offsets: dict[int, int] = {}
        self._length = 0
        self._kids: list[int] = []
        self._title: str | None = None
        self._next = _TO_UNICODE + 1

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if picture is None:
            raise ValueError("a PDF file needs the picture of each page")
        file = picture if isinstance(picture, PictureFile) else picture_file(None, 1, picture())
        shown = pdf_picture(file)
        self._title = self._title or (page.source and os.path.splitext(os.path.basename(page.source))[0])
        place = " ".join(map(pdf_number, shown.place))
        image = self._take_number()
        resources = f"/XObject << /Picture {image} 0 R >>"
        drawn = f"q {place} cm /Picture Do Q\n"
        head = self._head() + self._raw_stream(image, shown.about, shown.data)
        return head + self._page(page, (shown.width, shown.height), drawn, resources)

    def add_text(self, page: Page, size: tuple[float, float]) -> bytes:
        """As ``add``, for a page with nothing but its text.

        Args:
            page: the next page.
            size: its width and height in 1/72 inch.
        """
        return self._head() + self._page(page, size, "", "")

    def _page(self, page: Page, size: tuple[float, float], drawn: str, resources: str) -> bytes:
        number, content = self._take_number(), self._take_number()
        self._kids.append(number)
        width, height = map(pdf_number, size)
        about = (
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width} {height}] /Contents {content} 0 R "
            f"/Resources << /Font << /{self._font_name} {_FONT} 0 R >> {resources} >> >>"
        )
        text = drawn + text_operators(page, *size, self._codes, self._font_name)
        return self._object(number, about.encode("ascii")) + self._stream(content, text.encode("ascii"))

    def _take_number(self) -> int:
        self._next += 1
        return self._next - 1

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        kids = " ".join(f"{kid} 0 R" for kid in self._kids)
        language = f" /Lang {_string(self._provenance.language)}" if self._provenance.language else ""
        title = f"/Title {_string(self._title)} " if self._title else ""
        producer = _string(self._provenance.software)
        date = f"D:{self._provenance.created.astimezone(timezone.utc):%Y%m%d%H%M%S}Z"
        return b"".join(
            [
                self._head(),
                self._font(),
                self._object(_PAGES, f"<< /Type /Pages /Count {len(self._kids)} /Kids [{kids}] >>".encode()),
                self._object(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R{language} >>".encode()),
                self._object(_INFO, f"<< {title}/Producer {producer} /CreationDate ({date}) >>".encode()),
                self._tail(),
            ]
        )

    def _font(self) -> bytes:
        name = "/BaseFont /Glyphless"
        font = (
            f"<< /Type /Font /Subtype /Type0 {name} /Encoding /Identity-H "
            f"/DescendantFonts [{_CID_FONT} 0 R] /ToUnicode {_TO_UNICODE} 0 R >>"
        )
        cid_font = (
            f"<< /Type /Font /Subtype /CIDFontType2 {name} /FontDescriptor {_DESCRIPTOR} 0 R "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/DW {ADVANCE} /CIDToGIDMap {_GLYPH_MAP} 0 R >>"
        )
        descriptor = (
            f"<< /Type /FontDescriptor /FontName /Glyphless /Flags 5 /FontBBox [0 0 {ADVANCE} {UNITS}] "
            f"/ItalicAngle 0 /Ascent {UNITS} /Descent 0 /CapHeight {UNITS} /StemV 80 "
            f"/FontFile2 {_FONT_FILE} 0 R >>"
        )
        file = font_file()
        return b"".join(
            [
                self._object(_FONT, font.encode("ascii")),
                self._object(_CID_FONT, cid_font.encode("ascii")),
                self._object(_DESCRIPTOR, descriptor.encode("ascii")),
                self._stream(_FONT_FILE, file, f"/Length1 {len(file)} "),
                self._stream(_GLYPH_MAP, glyph_map()),
                self._stream(_TO_UNICODE, self._codes.to_unicode()),
            ]
        )

    def _head(self) -> bytes:
        """What comes before the first object; the second line says that the file is binary."""
        if self._length:
            return b""
        head = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
        self._length = len(head)
        return head

    def _tail(self) -> bytes:
        """The table of where each object is, and where the table is."""
        table = [f"xref\n0 {self._next}\n0000000000 65535 f \n"]
        table += [f"{self._offsets[number]:010d} 00000 n \n" for number in range(1, self._next)]
        root = f"<< /Size {self._next} /Root {_CATALOG} 0 R /Info {_INFO} 0 R >>"
        return "".join([*table, f"trailer\n{root}\nstartxref\n{self._length}\n%%EOF\n"]).encode("ascii")

    def _stream(self, number: int, content: bytes, about: str = "") -> bytes:
        return self._raw_stream(number, f"{about}/Filter /FlateDecode", zlib.compress(content))

    def _raw_stream(self, number: int, about: str, content: bytes) -> bytes:
        head = f"<< {about} /Length {len(content)} >>\nstream\n".encode("ascii")
        return self._object(number, b"".join([head, content, b"\nendstream"]))

    def _object(self, number: int, content: bytes) -> bytes:
        self._offsets[number] = self._length
        whole = b"".join([f"{number} 0 obj\n".encode("ascii"), content, b"\nendobj\n"])
        self._length += len(whole)
        return whole


def _string(text: str) -> str:
    """A text string in UTF-16, in hexadecimal."""
    return f"<FEFF{legible(text).encode('utf-16-be').hex().upper()}>"
