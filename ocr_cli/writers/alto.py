"""ALTO 4.4, the Library of Congress's format for text in its place (https://www.loc.gov/standards/alto/)."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from ocr_cli.page import Box, Character, Line, Page, Word
from ocr_cli.version import __version__
from ocr_cli.writers.baselines import TURNS, baseline, writing_direction
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import SOFTWARE, Provenance
from ocr_cli.writers.text import legible
from ocr_cli.writers.xml_file import xml_file, xml_part

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_LONGEST_VARIANT = 3
_PAGE_LEVEL = 2
"""How many elements a page lies in."""
_TAIL = b"  </Layout>\n</alto>\n"


class AltoWriter:
    """Pages as ALTO: lines, words and glyphs with boxes in pixels, confidences, and variants of glyphs.

    A file describes one source, the first page's. Of its pages, the number is that of the frame; those of
    other sources are numbered on. Characters that XML or a line of text cannot hold are written as U+FFFD.
    """

    def __init__(self, provenance: Provenance | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._pages = 0
        self._source: str | None = None

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        head = b"" if self._pages else self._head(page)
        self._pages += 1
        return head + xml_part(self._page(page), _PAGE_LEVEL)

    def finish(self) -> bytes:
        """See ``PageWriter``; without a page there is nothing, because the schema wants one."""
        return _TAIL if self._pages else b""

    def _head(self, page: Page) -> bytes:
        """What comes before the first page."""
        self._source = page.source
        root = ET.Element(
            "alto",
            {
                "xmlns": NAMESPACE,
                "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
                "xsi:schemaLocation": f"{NAMESPACE} {_SCHEMA}",
                "SCHEMAVERSION": "4.4",
            },
        )
        self._describe(root, page)
        # A text keeps the element from being written as an empty one.
        ET.SubElement(root, "Layout").text = "\n"
        return xml_file(root).removesuffix(_TAIL.lstrip())

    def _describe(self, root: ET.Element, page: Page) -> None:
        description = ET.SubElement(root, "Description")
        ET.SubElement(description, "MeasurementUnit").text = "pixel"
        if page.source is not None:
            source = ET.SubElement(description, "sourceImageInformation")
            ET.SubElement(source, "fileName").text = legible(page.source)
        step = ET.SubElement(description, "Processing", {"ID": "recognition"})
        ET.SubElement(step, "processingCategory").text = "contentGeneration"
        ET.SubElement(step, "processingDateTime").text = self._provenance.created_utc
        ET.SubElement(step, "processingStepDescription").text = "recognition of handwritten text"
        if self._provenance.settings:
            settings = ", ".join(f"{name} {value}" for name, value in self._provenance.settings.items())
            ET.SubElement(step, "processingStepSettings").text = legible(settings)
        software = ET.SubElement(step, "processingSoftware")
        ET.SubElement(software, "softwareName").text = SOFTWARE
        ET.SubElement(software, "softwareVersion").text = __version__

    def _page(self, page: Page) -> ET.Element:
        whole = Box(0, 0, page.width, page.height)
        name, number = f"page_{self._pages}", page.frame if page.source == self._source else self._pages
        size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
        about = {"ID": name, "PHYSICAL_IMG_NR": str(number), **size, "PROCESSINGREFS": "recognition"}
        if self._provenance.language:
            about["LANG"] = self._provenance.language
        element = ET.Element("Page", about)
        space = ET.SubElement(element, "PrintSpace", _place(whole))
        if page.lines:
            around = Box.around(line.box for line in page.lines)
            direction = writing_direction(page)
            about = {"ID": f"block_{self._pages}_1", **_place(around), "ROTATION": str(TURNS[direction])}
            block = ET.SubElement(space, "TextBlock", about)
            for number, line in enumerate(page.lines, 1):
                ends = baseline(line, page, direction)
                points = " ".join(f"{x},{y}" for x, y in ends)
                _add_line(block, line, f"line_{self._pages}_{number}", points)
        return element


def _add_line(block: ET.Element, line: Line, identifier: str, points: str) -> None:
    about = {"ID": identifier, **_place(line.box), "BASELINE": points}
    element = ET.SubElement(block, "TextLine", about)
    before: Word | None = None
    for number, word in enumerate(line.words, 1):
        if before is not None:
            _add_space(element, before.box, word.box)
        _add_word(element, word, f"{identifier}_word_{number}")
        before = word


def _add_space(line: ET.Element, before: Box, after: Box) -> None:
    left, right = before.right, max(before.right, after.left)
    ET.SubElement(line, "SP", {"HPOS": str(left), "VPOS": str(before.top), "WIDTH": str(right - left)})


def _add_word(line: ET.Element, word: Word, identifier: str) -> None:
    about = {"ID": identifier, **_place(word.box)}
    about |= {"CONTENT": legible(word.text), "WC": f"{word.confidence:.4f}"}
    element = ET.SubElement(line, "String", about)
    for number, character in enumerate(word.characters, 1):
        _add_glyph(element, character, f"{identifier}_glyph_{number}")


def _add_glyph(word: ET.Element, character: Character, identifier: str) -> None:
    about = {"ID": identifier, **_place(character.box)}
    about |= {"CONTENT": legible(character.text), "GC": f"{character.confidence:.4f}"}
    glyph = ET.SubElement(word, "Glyph", about)
    for other in character.alternatives:
        if len(other.text) <= _LONGEST_VARIANT:
            variant = {"CONTENT": legible(other.text), "VC": f"{other.confidence:.4f}"}
            ET.SubElement(glyph, "Variant", variant)


def _place(box: Box) -> dict[str, str]:
    return {
        "HPOS": str(box.left),
        "VPOS": str(box.top),
        "WIDTH": str(box.width),
        "HEIGHT": str(box.height),
    }
