"""Transcripts in the formats that people have them in: plain text, our JSON, hOCR, ALTO and PAGE XML.

Each becomes plain text, a line for each line of writing. XML is told apart by its root element, hOCR by the
classes of its elements (the hOCR specification 1.2, ``ocr_line``, ``ocrx_word``).
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ocr_cli.errors import TranscriptError
from ocr_cli.page import Page

_LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat", "ocrx_line"})
_EMPTY_TAGS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def read_transcript(path: str | Path, picture: str | Path | None = None) -> str:
    """The text of a page.

    Args:
        path: a ``.json`` file with a ``Page`` (or several, one a line), a ``.hocr``, ``.html`` or ``.xml``
            file, or else plain UTF-8 text.
        picture: which page is wanted of a JSON file that holds several: the one whose source has this name.

    Returns:
        A line of text for each line of writing.

    Raises:
        TranscriptError: if the file cannot be read or is not what its suffix says.
    """
    path = Path(path)
    content = read_text(path)
    match path.suffix.lower():
        case ".json" | ".jsonl":
            return _page_of_json(content, path, picture).text
        case ".hocr" | ".html" | ".htm":
            lines = _HocrLines.of(content)
        case ".xml":
            lines = _lines_of_xml(content, path)
        case _:
            return content
    if not lines:
        raise TranscriptError(
            f"{path}: no lines of text found in it", hint="plain text will do as well: .txt"
        )
    return "\n".join(lines)


def read_text(path: Path) -> str:
    """A UTF-8 file.

    Raises:
        TranscriptError: if it cannot be read or is something else.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path}: not UTF-8 text") from error
    except OSError as error:
        raise TranscriptError(f"{path}: cannot be read: {error.strerror or error}") from error


def _page_of_json(content: str, path: Path, picture: str | Path | None) -> Page:
    try:
        try:
            objects = [json.loads(content)]
        except json.JSONDecodeError:
            objects = [json.loads(line) for line in content.splitlines() if line.strip()]
        pages = [Page.from_dict(one) for one in objects]
    except (ValueError, TypeError, RecursionError) as error:
        raise TranscriptError(
            f"{path}: not JSON of a page: {' '.join(str(error).split())}",
            hint="ocr read --format json writes it",
        ) from error
    if len(pages) > 1 and picture is not None:
        pages = [page for page in pages if Path(page.source or "").name == Path(picture).name]
    if len(pages) != 1:
        raise TranscriptError(
            f"{path}: {len(pages)} pages in it for one picture",
            hint="one must have the picture's name for its source",
        )
    return pages[0]


class _HocrLines(HTMLParser):
    """Collects the text of hOCR's line elements."""

    @staticmethod
    def of(content: str) -> list[str]:
        parser = _HocrLines()
        parser.feed(content)
        parser.close()
        texts = (" ".join("".join(parts).split()) for parts in parser._lines)
        return [text for text in texts if text]

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[str]] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, or go deeper into one."""
        if tag in _EMPTY_TAGS:
            return
        classes = (dict(attrs).get("class") or "").split()
        if self._depth:
            self._depth += 1
            if "ocrx_word" in classes:
                self._lines[-1].append(" ")
        elif _LINES.intersection(classes):
            self._depth = 1
            self._lines.append([])

    def handle_endtag(self, tag: str) -> None:
        """Come out again."""
        if self._depth and tag not in _EMPTY_TAGS:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Note what stands in a line."""
        if self._depth:
            self._lines[-1].append(data)


def _lines_of_xml(content: str, path: Path) -> list[str]:
    try:
        # A declared encoding other than the one that the text was read with would be refused.
        root = ElementTree.fromstring(content.encode())
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise TranscriptError(f"{path}: not XML: {error}") from error
    lines = [one for one in root.iter() if _name(one) == "TextLine"]
    match _name(root):
        case "alto":
            texts = [_alto_line(line) for line in lines]
        case "PcGts":
            texts = [_page_line(line) for line in lines]
        case "html":
            return _HocrLines.of(content)
        case _:
            raise TranscriptError(
                f"{path}: neither ALTO nor PAGE XML nor hOCR", hint="plain text will do as well: .txt"
            )
    return [text for text in texts if text]


def _name(element: ElementTree.Element[Any]) -> str:
    """The element's name without its name space."""
    return str(element.tag).rpartition("}")[2]


def _alto_line(line: ElementTree.Element[Any]) -> str:
    words = [one.get("CONTENT", "") for one in line if _name(one) in ("String", "HYP")]
    return " ".join(word for word in words if word)


def _page_line(line: ElementTree.Element[Any]) -> str:
    """The line's own text, the first of several; that of its words if it has none."""
    own = [one for one in line if _name(one) == "TextEquiv"]
    own.sort(key=lambda one: int(one.get("index", "0")) if one.get("index", "0").isdigit() else 0)
    for equivalent in own:
        for text in equivalent:
            if _name(text) == "Unicode" and (text.text or "").strip():
                return " ".join((text.text or "").split())
    return " ".join(filter(None, (_page_line(word) for word in line if _name(word) == "Word")))
