"""Searchable PDF: each page is its picture, with the text laid over it invisibly (ISO 32000-1)."""

from __future__ import annotations

import io
import zlib
from datetime import timezone

from PIL import Image

from ocr_cli.page import Page
from ocr_cli.writers.glyphless import ADVANCE, UNITS, Codes, font_file, glyph_map
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible
from ocr_cli.writers.text_layer import Run, runs

_LONGER_SIDE = 842.0
"""Of a page in points (1/72 inch), that of A4: pictures say little that is true of their paper's size."""
_JPEG_QUALITY = 85
_JPEG_SIDE = 65_500
"""No JPEG picture has a longer side."""

# The objects that every file has, by number; pages follow.
_CATALOG, _PAGES, _INFO, _FONT, _CID_FONT, _DESCRIPTOR, _FONT_FILE, _GLYPH_MAP, _TO_UNICODE = range(1, 10)


class PdfWriter:
    """A PDF file of many pages. Of each, the text can be found, selected where it is written, and copied.

    Characters that a line of text cannot hold are written as U+FFFD.
    """

    def __init__(self, provenance: Provenance | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._codes = Codes()
        self._offsets: dict[int, int] = {}
        self._length = 0
        self._kids: list[int] = []
        self._next = _TO_UNICODE + 1

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        if picture is None:
            raise ValueError("a PDF file needs the picture of each page")
        number, image, content = self._next, self._next + 1, self._next + 2
        self._next += 3
        self._kids.append(number)
        scale = min(1.0, _LONGER_SIDE / max(page.width, page.height))
        width, height = _number(page.width * scale), _number(page.height * scale)
        parts = [f"q {width} 0 0 {height} 0 0 cm /Picture Do Q BT 3 Tr"]
        parts += [self._run(run, page.height, scale) for run in runs(page)]
        about = (
            f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width} {height}] /Contents {content} 0 R "
            f"/Resources << /Font << /Text {_FONT} 0 R >> /XObject << /Picture {image} 0 R >> >> >>"
        )
        return b"".join(
            [
                self._head(),
                self._object(number, about.encode("ascii")),
                self._picture(image, picture()),
                self._stream(content, "\n".join([*parts, "ET"]).encode("ascii")),
            ]
        )

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        kids = " ".join(f"{kid} 0 R" for kid in self._kids)
        language = f" /Lang {_string(self._provenance.language)}" if self._provenance.language else ""
        date = f"D:{self._provenance.created.astimezone(timezone.utc):%Y%m%d%H%M%S}Z"
        return b"".join(
            [
                self._head(),
                self._font(),
                self._object(_PAGES, f"<< /Type /Pages /Count {len(self._kids)} /Kids [{kids}] >>".encode()),
                self._object(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R{language} >>".encode()),
                self._object(
                    _INFO,
                    f"<< /Producer {_string(self._provenance.software)} /CreationDate ({date}) >>".encode(),
                ),
                self._tail(),
            ]
        )

    def _run(self, run: Run, page_height: int, scale: float) -> str:
        """The operators that lay a line's characters over it."""
        size = run.height * scale
        cosine, sine = run.direction[0], -run.direction[1]
        turn = " ".join(map(_number, (cosine, sine, -sine, cosine)))
        place = f"{_number(run.x * scale)} {_number((page_height - run.y) * scale)}"
        parts = [f"/Text {_number(size)} Tf {turn} {place} Tm"]
        for cell in run.cells:
            # Tz is the width of the characters in per cent of their natural one.
            stretch = 100 * cell.length * scale / (size * ADVANCE / UNITS)
            parts.append(f"{_number(stretch)} Tz <{self._codes.encode(legible(cell.text))}> Tj")
        return " ".join(parts)

    def _picture(self, number: int, image: Image.Image) -> bytes:
        if max(image.size) > _JPEG_SIDE:
            image.thumbnail((_JPEG_SIDE, _JPEG_SIDE))
        if image.mode not in ("L", "RGB"):
            image = image.convert("RGB")
        space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
        about = (
            f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} "
            f"/ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode"
        )
        return self._raw_stream(number, about, undecoded_jpeg(image) or encoded_jpeg(image))

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


def encoded_jpeg(image: Image.Image) -> bytes:
    """The JPEG file that stands for a grey or RGB picture in a PDF file."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return file.getvalue()


def undecoded_jpeg(image: Image.Image) -> bytes | None:
    """The content of a JPEG file that is open and not decoded yet: it needs no encoding."""
    file = getattr(image, "fp", None)
    if image.format != "JPEG" or file is None:
        return None
    file.seek(0)
    content: bytes = file.read()
    return content


def _number(value: float) -> str:
    """As PDF writes numbers: without an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _string(text: str) -> str:
    """A text string in UTF-16, in hexadecimal."""
    return f"<FEFF{legible(text).encode('utf-16-be').hex().upper()}>"
