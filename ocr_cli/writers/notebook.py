"""A page as a notebook shows it: its text, coloured where it is unsure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ocr_cli.writers.text import legible

if TYPE_CHECKING:
    from ocr_cli.page import Character, Page

_SURE, _DOUBTFUL = 0.9, 0.6
"""Confidences from which a character is not coloured, and below which it is coloured strongly."""
_STYLES = ("background:#f2b8b5;color:#000", "background:#fbe6a2;color:#000")


def page_to_notebook(page: Page) -> str:
    """HTML for a cell of a notebook, without a script, a style sheet, or anything from elsewhere.

    Pointing at a character shows its confidence and what else it may be.
    """
    lines = "\n".join(
        " ".join("".join(map(_character, word.characters)) for word in line.words) for line in page.lines
    )
    name = f"{escape(legible(page.source))}, " if page.source else ""
    count = len(page.lines)
    facts = f"{name}{page.width} x {page.height} pixels, {count} line{'' if count == 1 else 's'}"
    return (
        f'<figure style="margin:0"><pre>{lines}</pre><figcaption><small>{facts}</small></figcaption></figure>'
    )


def _character(character: Character) -> str:
    text = escape(legible(character.text))
    others = ", ".join(f"{one.text} {one.confidence:.0%}" for one in character.alternatives)
    tip = f"{character.text} {character.confidence:.0%}{': or ' + others if others else ''}"
    style = "" if character.confidence >= _SURE else f' style="{_STYLES[character.confidence >= _DOUBTFUL]}"'
    return f'<span title="{escape(legible(tip))}"{style}>{text}</span>'
