"""Transcripts in the formats that people have them in: plain text, our JSON, hOCR, ALTO and PAGE XML.

Each becomes plain text, a line for each line of writing. XML is told apart by its root element, hOCR by the
classes of its elements (the hOCR specification 1.2, ``ocr_line``, ``ocrx_word``).
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ocr_cli.errors import TranscriptError, kind_for
from ocr_cli.evaluation.hocr_text import hocr_lines
from ocr_cli.page import Page
from ocr_cli.plain_files import read_plain

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are refused unread: they are no transcripts."""


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
            lines = hocr_lines(content)
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
        # As text files are read everywhere: a line may end as on Windows.
        return io.TextIOWrapper(io.BytesIO(read_plain(path, MAX_BYTES)), "utf-8-sig").read()
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path}: not UTF-8 text") from error
    except OSError as error:
        said = f"{path}: cannot be read: {error.strerror or error}"
        raise kind_for(TranscriptError, error)(said) from error


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


def _lines_of_xml(content: str, path: Path) -> list[str]:
    if "<!ENTITY" in content:
        # A few lines of them can stand for gigabytes of text.
        raise TranscriptError(f"{path}: not taken: it declares entities, which no transcript needs")
    try:
        # As text, whatever encoding it says: that is the one it was read with.
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise TranscriptError(f"{path}: not XML: {error}") from error
    lines = [one for one in root.iter() if _name(one) == "TextLine"]
    match _name(root):
        case "alto":
            texts = [_alto_line(line) for line in lines]
        case "PcGts":
            texts = [_page_line(line) for line in lines]
        case "html":
            return hocr_lines(content)
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
    """The line's own text; that of its words if it has none."""
    words = (_own_text(word) for word in line if _name(word) == "Word")
    return _own_text(line) or " ".join(filter(None, words))


def _own_text(element: ElementTree.Element[Any]) -> str:
    """The first text of a line or a word, of several."""
    for equivalent in sorted((one for one in element if _name(one) == "TextEquiv"), key=_index):
        for text in equivalent:
            if _name(text) == "Unicode" and (text.text or "").strip():
                return " ".join((text.text or "").split())
    return ""


def _index(equivalent: ElementTree.Element[Any]) -> int:
    written = equivalent.get("index", "0")
    return int(written) if re.fullmatch(r"\d{1,9}", written, re.ASCII) else 0
