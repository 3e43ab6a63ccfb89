"""The formats that pages are written in, each with a writer that takes page after page.

A writer keeps no page: what it returns goes to the file at once, so memory stays flat however many pages
there are. Its module is imported when it is opened.
"""

from __future__ import annotations

import os
from functools import partial

from ocr_cli.writers.protocol import Format, PageWriter
from ocr_cli.writers.provenance import Provenance


def _open_text(
    provenance: Provenance | None = None, *, names: bool = False, form_feeds: bool = False
) -> PageWriter:
    from ocr_cli.writers.text import TextWriter

    return TextWriter(names=names, form_feeds=form_feeds)


def _open_json(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.json_lines import JsonWriter

    return JsonWriter()


def _open_tsv(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.tsv import TsvWriter

    return TsvWriter()


def _open_csv(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.csv_table import CsvWriter

    return CsvWriter()


def _open_xlsx(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.workbook import XlsxWriter

    return XlsxWriter()


def _open_markdown(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.markdown import MarkdownWriter

    return MarkdownWriter()


def _open_hocr(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.hocr import HocrWriter

    return HocrWriter(provenance)


def _open_alto(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.alto import AltoWriter

    return AltoWriter(provenance)


def _open_page(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.page_xml import PageXmlWriter

    return PageXmlWriter(provenance)


def _open_pdf(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.pdf import PdfWriter

    return PdfWriter(provenance)


def _open_html(provenance: Provenance | None = None) -> PageWriter:
    from ocr_cli.writers.html import HtmlWriter

    return HtmlWriter(provenance)


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("text", ".txt", "the lines, with an empty line between pages", _open_text),
        Format("json", ".json", "one object a page on one line, with all that is known", _open_json),
        Format("tsv", ".tsv", "a table of pages, lines and words with Tesseract's columns", _open_tsv),
        Format("csv", ".csv", "a table for spreadsheets: a row for each word", _open_csv),
        Format("xlsx", ".xlsx", "the table of csv as an Excel workbook", _open_xlsx, binary=True),
        Format("md", ".md", "Markdown: the lines of each page under its name", _open_markdown),
        Format("hocr", ".hocr", "hOCR 1.2: text with its boxes as XHTML", _open_hocr),
        Format("alto", ".alto.xml", "ALTO 4.4", _open_alto),
        Format("page", ".page.xml", "PAGE XML 2019-07-15, a file a page", _open_page, one_page_a_file=True),
        Format(
            "pdf",
            ".pdf",
            "searchable PDF: the pictures with the text laid over them invisibly",
            _open_pdf,
            binary=True,
            needs_picture=True,
            keeps_pdf=True,
        ),
        Format(
            "html",
            ".html",
            "a page for the browser to check and correct what was read",
            _open_html,
            needs_picture=True,
        ),
    )
}
"""All formats by name."""

_ALSO = {".jsonl": "json", ".htm": "html", ".markdown": "md", ".text": "text"}
"""Other endings that people give files of some formats."""


def format_of(path: str) -> str | None:
    """Name of the format that the ending of a file's name says; None if it says none, or an unknown one."""
    lower = path.lower()
    named = (name for name, one in FORMATS.items() if lower.endswith(one.suffix))
    return next(named, _ALSO.get(os.path.splitext(lower)[1]))


def text_format(*, names: bool, form_feeds: bool) -> Format:
    """Plain text as ``TextWriter`` writes it."""
    plain = FORMATS["text"]
    return plain._replace(open=partial(_open_text, names=names, form_feeds=form_feeds))
