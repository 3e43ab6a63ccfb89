"""The text of hOCR's lines, found in one pass over the file.

hOCR is HTML that any program may have written, well or badly. Python's own parser of HTML takes time that
grows as the square of what is left open in a file, and raises errors that are none of its own for some marked
sections. Little of HTML is needed here: tags, their classes, and what stands between them. What is left open
reaches to the end, as in browsers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat", "ocrx_line"})
_WORD = "ocrx_word"
_EMPTY_TAGS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_RAW_TAGS = frozenset({"script", "style"})
"""What stands in these is no HTML."""
_OPENING = re.compile("<(?=/?[A-Za-z]|[!?])")
_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_QUOTE_OR_END = re.compile("[\"'>]")
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""")
_LONG_REFERENCE = re.compile("&#[xX]?[0-9a-fA-F]{9,};?")
"""No character has such a number, and Python may refuse to read it."""


class _Tag(NamedTuple):
    """A tag; of what is text, there is no name."""

    name: str
    classes: frozenset[str] = frozenset()
    closes: bool = False
    empty: bool = False
    text: str = ""


def hocr_lines(content: str) -> list[str]:
    """The text of each line element (the hOCR specification 1.2) that has any, words apart.

    Args:
        content: a file in HTML or XHTML.
    """
    lines: list[list[str]] = []
    depth = 0
    for tag in _tags(content):
        if not tag.name:
            if depth:
                lines[-1].append(tag.text)
        elif tag.empty:
            continue
        elif tag.closes:
            depth = max(0, depth - 1)
        elif depth:
            depth += 1
            if _WORD in tag.classes:
                lines[-1].append(" ")
        elif _LINES & tag.classes:
            depth = 1
            lines.append([])
    texts = (" ".join("".join(parts).split()) for parts in lines)
    return [text for text in texts if text]


def _tags(content: str) -> Iterator[_Tag]:
    """Tags and the text between them, in order."""
    place = 0
    while opening := _OPENING.search(content, place):
        start = opening.start()
        if start > place:
            yield _Tag("", text=_unescaped(content[place:start]))
        if content.startswith("<!--", start):
            place = _after(content, "-->", start + 4)
        elif content.startswith(("<!", "<?"), start):
            place = _after(content, ">", start)
        else:
            closes = content.startswith("/", start + 1)
            name = _NAME.match(content, start + 1 + closes)
            assert name is not None
            stop = _tag_end(content, name.end())
            tag = name[0].lower()
            inside = content[name.end() : stop]
            empty = tag in _EMPTY_TAGS or (not closes and inside.endswith("/"))
            yield _Tag(tag, _classes(inside), closes, empty)
            place = stop + 1
            if tag in _RAW_TAGS and not closes and not empty:
                end = re.compile(f"</{tag}", re.IGNORECASE).search(content, place)
                place = end.start() if end else len(content)
    if place < len(content):
        yield _Tag("", text=_unescaped(content[place:]))


def _after(content: str, mark: str, start: int) -> int:
    """The place behind a mark; the end if it is not there."""
    found = content.find(mark, start)
    return len(content) if found < 0 else found + len(mark)


def _tag_end(content: str, place: int) -> int:
    """Where the > of a tag stands that is in no quotes; the end if there is none."""
    while found := _QUOTE_OR_END.search(content, place):
        if found[0] == ">":
            return found.start()
        place = _after(content, found[0], found.end())
    return len(content)


def _classes(inside: str) -> frozenset[str]:
    for name, value in _ATTRIBUTE.findall(inside):
        if name.lower() == "class":
            return frozenset(_unescaped(value.strip("\"'")).split())
    return frozenset()


def _unescaped(text: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text)) if "&" in text else text
