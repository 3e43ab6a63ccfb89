"""PAGE XML of 2019-07-15, PRImA's format for the content of pages.

See https://github.com/PRImA-Research-Lab/PAGE-XML.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from ocr_cli.page import Alternative, Box, Character, Line, Page, Word
from ocr_cli.writers.baselines import TURNS, baseline, writing_direction
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible
from ocr_cli.writers.xml_file import xml_file

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"

# The schema wants languages by their English names. These are the languages that come with the package.
_LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}


class PageXmlWriter:
    """One page as PAGE XML: a region of lines, words and glyphs, each with its outline, text and confidence.

    Other readings of a character or line follow the chosen one, with higher indices. Characters that XML or
    a line of text cannot hold are written as U+FFFD.
    """

    def __init__(self, provenance: Provenance | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._pages = 0

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        self._pages += 1
        if self._pages > 1:
            raise ValueError("a PAGE XML file holds one page")
        root = ET.Element(
            "PcGts",
            {
                "xmlns": NAMESPACE,
                "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
                "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}/pagecontent.xsd",
            },
        )
        self._describe(ET.SubElement(root, "Metadata"))
        about = {
            "imageFilename": legible(page.source or ""),
            "imageWidth": str(page.width),
            "imageHeight": str(page.height),
        }
        if page.frame > 1:
            about["custom"] = f"frame {{number:{page.frame};}}"
        language = _LANGUAGES.get(self._provenance.language or "")
        if language:
            about["primaryLanguage"] = language
        element = ET.SubElement(root, "Page", about)
        if page.lines:
            _add_region(element, page)
        return xml_file(root)

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""

    def _describe(self, metadata: ET.Element) -> None:
        provenance = self._provenance
        ET.SubElement(metadata, "Creator").text = provenance.software
        ET.SubElement(metadata, "Created").text = provenance.created_utc
        ET.SubElement(metadata, "LastChange").text = provenance.created_utc
        step = ET.SubElement(
            metadata,
            "MetadataItem",
            {
                "type": "processingStep",
                "name": "recognition/text-recognition",
                "value": provenance.software,
                "date": provenance.created_utc,
            },
        )
        if provenance.settings:
            labels = ET.SubElement(step, "Labels")
            for name, value in provenance.settings.items():
                ET.SubElement(labels, "Label", {"type": name, "value": legible(value)})


def _add_region(page_element: ET.Element, page: Page) -> None:
    order = ET.SubElement(ET.SubElement(page_element, "ReadingOrder"), "OrderedGroup", {"id": "order"})
    ET.SubElement(order, "RegionRefIndexed", {"index": "0", "regionRef": "region_1"})
    direction = writing_direction(page)
    # The turn clockwise that sets it right, from -180 (excluded) to 180.
    orientation = TURNS[direction] if TURNS[direction] <= 180 else TURNS[direction] - 360
    about = {"id": "region_1", "type": "paragraph", "orientation": str(orientation)}
    region = ET.SubElement(page_element, "TextRegion", about)
    _add_outline(region, Box.around(line.box for line in page.lines))
    for number, line in enumerate(page.lines, 1):
        _add_line(region, line, f"line_{number}", baseline(line, page, direction))
    texts = [legible(line.text) for line in page.lines]
    ET.SubElement(ET.SubElement(region, "TextEquiv"), "Unicode").text = "\n".join(texts)


def _add_line(region: ET.Element, line: Line, identifier: str, ends: Iterable[tuple[int, int]]) -> None:
    element = ET.SubElement(region, "TextLine", {"id": identifier, "production": "handwritten-printscript"})
    _add_outline(element, line.box)
    ET.SubElement(element, "Baseline", {"points": _points(ends)})
    for number, word in enumerate(line.words, 1):
        _add_word(element, word, f"{identifier}_word_{number}")
    others = (reading for reading in line.readings if reading.text != line.text)
    _add_texts(element, Alternative(line.text, line.confidence), *others)


def _add_word(line: ET.Element, word: Word, identifier: str) -> None:
    element = ET.SubElement(line, "Word", {"id": identifier})
    _add_outline(element, word.box)
    for number, character in enumerate(word.characters, 1):
        _add_glyph(element, character, f"{identifier}_glyph_{number}")
    _add_texts(element, Alternative(word.text, word.confidence))


def _add_glyph(word: ET.Element, character: Character, identifier: str) -> None:
    element = ET.SubElement(word, "Glyph", {"id": identifier})
    _add_outline(element, character.box)
    _add_texts(element, Alternative(character.text, character.confidence), *character.alternatives)


def _add_outline(element: ET.Element, box: Box) -> None:
    corners = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    ET.SubElement(element, "Coords", {"points": _points(corners)})


def _points(points: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _add_texts(element: ET.Element, *readings: Alternative) -> None:
    """The readings of an element; the lowest index marks the one that was chosen."""
    for index, reading in enumerate(readings):
        about = {"index": str(index)} if len(readings) > 1 else {}
        text = ET.SubElement(element, "TextEquiv", {**about, "conf": f"{reading.confidence:.4f}"})
        ET.SubElement(text, "Unicode").text = legible(reading.text)
