"""ALTO 4.4, the Library of Congress's format for text in its place (https://www.loc.gov/standards/alto/)."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from ocr_cli.page import Box, Character, Line, Page, Word
from ocr_cli.version import __version__
from ocr_cli.writers.baselines import TURNS, baseline, writing_direction
from ocr_cli.writers.legible import legible
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import SOFTWARE, Provenance
from ocr_cli.writers.xml_file import xml_file

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_LONGEST_VARIANT = 3


class AltoWriter:
    """One page as ALTO: lines, words and glyphs with boxes in pixels, confidences, and variants of glyphs.

    Characters that XML or a line of text cannot hold are written as U+FFFD.
    """

    def __init__(self, provenance: Provenance | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._pages = 0

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        self._pages += 1
        if self._pages > 1:
            raise ValueError("an ALTO file names one picture and holds one page")
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
        self._lay_out(ET.SubElement(root, "Layout"), page)
        return xml_file(root)

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return b""

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

    def _lay_out(self, layout: ET.Element, page: Page) -> None:
        whole = Box(0, 0, page.width, page.height)
        size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
        about = {"ID": "page_1", "PHYSICAL_IMG_NR": str(page.frame), **size, "PROCESSINGREFS": "recognition"}
        if self._provenance.language:
            about["LANG"] = self._provenance.language
        space = ET.SubElement(ET.SubElement(layout, "Page", about), "PrintSpace", _place(whole))
        if page.lines:
            around = Box.around(line.box for line in page.lines)
            direction = writing_direction(page)
            about = {"ID": "block_1", **_place(around), "ROTATION": str(TURNS[direction])}
            block = ET.SubElement(space, "TextBlock", about)
            for number, line in enumerate(page.lines, 1):
                ends = baseline(line, page, direction)
                _add_line(block, line, f"line_{number}", " ".join(f"{x},{y}" for x, y in ends))


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
