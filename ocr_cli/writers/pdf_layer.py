"""A PDF file as it was, with the text that was read laid over its pages: by pikepdf, which keeps all else."""

from __future__ import annotations

import io
import os
from typing import Any

import pikepdf

from ocr_cli.page import Page
from ocr_cli.plain_files import read_plain
from ocr_cli.writers.glyphless import ADVANCE, UNITS, Codes, font_file, glyph_map
from ocr_cli.writers.pdf_text import pdf_number, text_operators
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance

_FONT = "OcrText"


class PdfLayerWriter:
    """One document: pages, links, outlines and what it says of itself stay; the pages that are read get text.

    Args:
        document: the file's name, or its content.
        name: what it is called, for the title if it has none.
        max_bytes: of the file.
        provenance: as of other writers.
    """

    def __init__(
        self, document: str | bytes, name: str, max_bytes: int, provenance: Provenance | None = None
    ) -> None:
        self._document = document
        self._name = name
        self._max_bytes = max_bytes
        self._provenance = provenance or Provenance()
        self._pages: list[Page] = []

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``; needs no picture."""
        self._pages.append(page)
        return b""

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        content = self._document
        if isinstance(content, str):
            content = read_plain(content, self._max_bytes)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            codes = Codes()
            texts = [(page, self._layer(pdf.pages[page.frame - 1], page, codes)) for page in self._pages]
            font = _font(pdf, codes)
            for page, text in texts:
                _lay_over(pdf, pdf.pages[page.frame - 1], text, font)
            if not pdf.docinfo.get("/Title"):
                pdf.docinfo["/Title"] = os.path.splitext(os.path.basename(self._name))[0]
            if self._provenance.language and "/Lang" not in pdf.Root:
                pdf.Root["/Lang"] = self._provenance.language
            file = io.BytesIO()
            pdf.save(file, deterministic_id=True)
            return file.getvalue()

    def _layer(self, shown: Any, page: Page, codes: Codes) -> str:
        """The operators, from the page's own corner and the way it is turned."""
        left, bottom, right, top = (float(value) for value in shown.cropbox)
        wide, high = right - left, top - bottom
        turn = int(shown.obj.get("/Rotate", 0)) % 360
        # How the page as it is shown lies on the page as it is drawn.
        matrix = {
            90: (0, 1, -1, 0, left + wide, bottom),
            180: (-1, 0, 0, -1, left + wide, bottom + high),
            270: (0, -1, 1, 0, left, bottom + high),
        }.get(turn, (1, 0, 0, 1, left, bottom))
        size = (high, wide) if turn in (90, 270) else (wide, high)
        place = " ".join(map(pdf_number, matrix))
        return f"q {place} cm\n{text_operators(page, *size, codes, _FONT)}\nQ"


def _lay_over(pdf: Any, shown: Any, text: str, font: Any) -> None:
    """Add operators to a page, behind whatever it leaves of its own state."""
    shown.contents_add(pdf.make_stream(b"q\n"), prepend=True)
    shown.contents_add(pdf.make_stream(f"\nQ\n{text}\n".encode("ascii")))
    shown.add_resource(font, pikepdf.Name.Font, pikepdf.Name(f"/{_FONT}"), replace_existing=True)


def _font(pdf: Any, codes: Codes) -> Any:
    name, dictionary = pikepdf.Name, pikepdf.Dictionary
    file = pdf.make_stream(font_file())
    descriptor = dictionary(
        Type=name.FontDescriptor,
        FontName=name.Glyphless,
        Flags=5,
        FontBBox=[0, 0, ADVANCE, UNITS],
        ItalicAngle=0,
        Ascent=UNITS,
        Descent=0,
        CapHeight=UNITS,
        StemV=80,
        FontFile2=file,
    )
    cid_font = dictionary(
        Type=name.Font,
        Subtype=name.CIDFontType2,
        BaseFont=name.Glyphless,
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDSystemInfo=dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        DW=ADVANCE,
        CIDToGIDMap=pdf.make_stream(glyph_map()),
    )
    return pdf.make_indirect(
        dictionary(
            Type=name.Font,
            Subtype=name.Type0,
            BaseFont=name.Glyphless,
            Encoding=name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(cid_font)],
            ToUnicode=pdf.make_stream(codes.to_unicode()),
        )
    )
