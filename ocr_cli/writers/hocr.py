"""hOCR 1.2, text in its place as HTML (https://kba.github.io/hocr-spec/1.2/)."""

from __future__ import annotations

import os
from urllib.parse import quote
from xml.etree import ElementTree as ET

from ocr_cli.page import Box, Line, Page, Word
from ocr_cli.writers.baselines import TURNS, Direction, baseline, writing_direction
from ocr_cli.writers.protocol import PictureSource
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrx_cinfo ocrp_lang ocrp_wconf"
_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
_END = "</body>\n</html>\n"


class HocrWriter:
    """Pages as XHTML: boxes of lines, words and characters in pixels, and confidences from 0 to 100.

    Characters that XML or a line of text cannot hold are written as U+FFFD.
    """

    def __init__(self, provenance: Provenance | None = None) -> None:
        self._provenance = provenance or Provenance()
        self._pages = 0

    def add(self, page: Page, picture: PictureSource | None = None) -> bytes:
        """See ``PageWriter``."""
        head = self._head()
        self._pages += 1
        return (head + ET.tostring(self._page(page), "unicode")).encode()

    def finish(self) -> bytes:
        """See ``PageWriter``."""
        return (self._head() + _END).encode()

    def _head(self) -> str:
        """What comes before the first page."""
        if self._pages:
            return ""
        root = ET.Element("html", {"xmlns": "http://www.w3.org/1999/xhtml", **self._language()})
        head = ET.SubElement(root, "head")
        ET.SubElement(head, "title").text = "Handwriting read by ocr"
        kind = {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"}
        ET.SubElement(head, "meta", kind)
        ET.SubElement(head, "meta", {"name": "ocr-system", "content": self._provenance.software})
        ET.SubElement(head, "meta", {"name": "ocr-capabilities", "content": _CAPABILITIES})
        if self._provenance.language:
            about = {"name": "ocr-langs", "content": self._provenance.language}
            ET.SubElement(head, "meta", about)
        ET.SubElement(root, "body").text = "\n"
        ET.indent(head)
        return _DOCTYPE + ET.tostring(root, "unicode").removesuffix("</body></html>")

    def _language(self) -> dict[str, str]:
        code = self._provenance.language
        return {"lang": code, "xml:lang": code} if code else {}

    def _page(self, page: Page) -> ET.Element:
        name = f"page_{self._pages}"
        title = f"{_image(page.source)}{_bbox(Box(0, 0, page.width, page.height))}; ppageno {self._pages - 1}"
        element = _element(None, "div", "ocr_page", name, title)
        if page.lines:
            around = _bbox(Box.around(line.box for line in page.lines))
            area = _element(element, "div", "ocr_carea", f"block_{self._pages}_1", around)
            paragraph = _element(area, "p", "ocr_par", f"par_{self._pages}_1", around)
            direction = writing_direction(page)
            for number, line in enumerate(page.lines, 1):
                title = f"{_bbox(line.box)}{_stand(line, page, direction)}"
                _add_line(paragraph, line, f"{self._pages}_{number}", title)
        return element


def _add_line(paragraph: ET.Element, line: Line, number: str, title: str) -> None:
    element = _element(paragraph, "span", "ocr_line", f"line_{number}", title)
    element.text = None
    for count, word in enumerate(line.words, 1):
        _add_word(element, word, f"word_{number}_{count}")
        # White space between elements is white space in the text.
        element[-1].tail = " " if count < len(line.words) else None


def _add_word(line: ET.Element, word: Word, name: str) -> None:
    title = f"{_bbox(word.box)}; x_wconf {100 * word.confidence:.0f}"
    element = _element(line, "span", "ocrx_word", name, title)
    element.text = None
    for character in word.characters:
        box = character.box
        place = f"x_bboxes {box.left} {box.top} {box.right} {box.bottom}"
        title = f"{place}; x_conf {100 * character.confidence:.2f}"
        about = {"class": "ocrx_cinfo", "title": title}
        ET.SubElement(element, "span", about).text = legible(character.text)


def _element(parent: ET.Element | None, tag: str, kind: str, name: str, title: str) -> ET.Element:
    about = {"class": kind, "id": name, "title": title}
    element = ET.Element(tag, about) if parent is None else ET.SubElement(parent, tag, about)
    element.text = element.tail = "\n"
    return element


def _bbox(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def _stand(line: Line, page: Page, direction: Direction) -> str:
    """The line's baseline, from the box's lower left corner, or how it is turned."""
    if TURNS[direction]:
        return f"; textangle {TURNS[direction]}"
    (left, first), (right, last) = baseline(line, page, direction)
    # A box beyond the page's edge has a baseline without length.
    slope = (last - first) / max(1, right - left)
    return f"; baseline {slope:.3f} {first - line.box.bottom}"


def _image(source: str | None) -> str:
    """The picture's name as a property, a path with slashes; as part of a URL if it has marks of its own."""
    if source is None:
        return ""
    name = legible(source.replace(os.sep, "/"))
    if any(mark in name for mark in '";\\'):
        name = quote(name)
    return f'image "{name}"; '
