"""An engine for OCRmyPDF, which makes archive copies (https://ocrmypdf.readthedocs.io/en/latest/plugins.html).

``ocrmypdf --plugin ocr_cli.ocrmypdf_plugin in.pdf out.pdf`` lays what ``ocr`` reads over the pages.
"""

from __future__ import annotations

import threading
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ocrmypdf import hookimpl
from ocrmypdf.exceptions import SubprocessOutputError
from ocrmypdf.pluginspec import OcrEngine, OrientationConfidence
from PIL import Image

from ocr_cli.errors import OcrError
from ocr_cli.model_store import AUTO, shipped_languages
from ocr_cli.options import LONGER_CODES, ReadOptions
from ocr_cli.page import Page
from ocr_cli.reader import Reader
from ocr_cli.version import __version__
from ocr_cli.writers.hocr import HocrWriter
from ocr_cli.writers.pdf import PdfWriter
from ocr_cli.writers.provenance import SOFTWARE, Provenance
from ocr_cli.writers.text import page_to_text

_GRAFTED_FONT = "f-0-0"
"""Under this name, which is Tesseract's, OCRmyPDF looks for the font of such a file."""
_readers = threading.local()
"""The reader that each thread made last: one is not made for several threads at once."""


@hookimpl  # type: ignore[untyped-decorator]
def add_options(parser: ArgumentParser) -> None:
    """Add the option for the model."""
    group = parser.add_argument_group("ocr_cli", "Options of the reader of handwriting")
    group.add_argument("--ocr-model", default=AUTO, help="as of ocr read --model (default: auto)")


@hookimpl  # type: ignore[untyped-decorator]
def get_ocr_engine() -> OcrEngine:
    """The engine."""
    return HandwritingEngine()


class HandwritingEngine(OcrEngine):  # type: ignore[misc]
    """Reads pages for OCRmyPDF; pages on their side or upside down are turned by itself."""

    @staticmethod
    def version() -> str:
        """That of the package."""
        return __version__

    @staticmethod
    def creator_tag(options: Any) -> str:
        """How the result names this program."""
        return f"{SOFTWARE} {__version__}"

    def __str__(self) -> str:
        return f"{SOFTWARE} {__version__}"

    @staticmethod
    def languages(options: Any) -> set[str]:
        """All codes of the languages that ship, of two letters and of three."""
        return {*shipped_languages(), *LONGER_CODES}

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        """Unknown: a page is read whichever way it lies."""
        return OrientationConfidence(angle=0, confidence=0.0)

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        """Read a page into an hOCR file, and its text into another one."""
        page, provenance = _read(input_file, options)
        writer = HocrWriter(provenance)
        Path(output_hocr).write_bytes(writer.add(page) + writer.finish())
        Path(output_text).write_text(page_to_text(page), encoding="utf-8")

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        """Read a page into a PDF file with nothing but its text, and its text into another one."""
        page, provenance = _read(input_file, options)
        writer = PdfWriter(provenance, font=_GRAFTED_FONT)
        Path(output_pdf).write_bytes(writer.add_text(page, _points(input_file, page)) + writer.finish())
        Path(output_text).write_text(page_to_text(page), encoding="utf-8")


def _read(path: Path, options: Any) -> tuple[Page, Provenance]:
    model = getattr(options, "ocr_model", None) or AUTO
    language = _language(getattr(options, "languages", None) or [])
    if getattr(_readers, "key", None) != (model, language):
        _readers.reader = Reader(model, ReadOptions(language=language))
        _readers.key = model, language
    try:
        page: Page = _readers.reader.read(path)
    except OcrError as error:
        raise SubprocessOutputError(str(error)) from error
    return page, Provenance(model, language if len(language) == 2 else None)


def _language(codes: Sequence[str]) -> str:
    """The language that all codes stand for; of several languages, any."""
    known = {LONGER_CODES.get(code, code) for code in codes}
    return known.pop() if len(known) == 1 else "any"


def _points(path: Path, page: Page) -> tuple[float, float]:
    """Size of a page in 1/72 inch, by the dots per inch that OCRmyPDF notes in its pictures."""
    with Image.open(path) as image:
        across, down = image.info.get("dpi", (72.0, 72.0))
    return 72 * page.width / float(across), 72 * page.height / float(down)
