"""What a row of a field may say: what any model reads in it, with parts of it as another one has them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ocr_cli.alphabet import is_small
from ocr_cli.decoding.notations import notations

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine

_FIGURES, _WORD = re.compile("[0-9/%]"), re.compile("[A-Za-z]{3}")
_SIGNS = string.ascii_lowercase + string.digits
_LIKELY = 0.003
"""Other readings of a character are tried if they are so probable."""


def candidates(lines: Iterable[ReadLine]) -> list[str]:
    """Texts that a row may say, from what was read in it: the best readings, and single other characters."""
    found: dict[str, None] = {}
    for line in lines:
        for text, _ in line.readings:
            found[text] = None
        for number, sign in enumerate(line.signs):
            for other, share in sign.others:
                if share >= _LIKELY:
                    found[_text(line, number, other)] = None
    return list(found)


def _text(line: ReadLine, number: int, other: str) -> str:
    parts = []
    for k, sign in enumerate(line.signs):
        parts.append(" " * (k > 0 and sign.new_word) + (other if k == number else sign.text))
    return "".join(parts)


def mixtures(text: str, others: Sequence[str]) -> list[str]:
    """A text with one part of it as another one has it: where several differ, each may be right in a part."""
    found: dict[str, None] = {}
    for other in others:
        parts = SequenceMatcher(None, text, other, autojunk=False).get_opcodes()
        changes = [part for part in parts if part[0] != "equal"]
        if len(changes) > 1:
            for _, a, b, c, d in changes:
                found[" ".join((text[:a] + other[c:d] + text[b:]).split())] = None
    return list(found)


def edits(text: str) -> list[str]:
    """A text with one letter or digit more, less, or as another one."""
    found = [text[:k] + text[k + 1 :] for k in range(len(text))]
    for sign in _SIGNS:
        found += [text[:k] + sign + text[k + 1 :] for k in range(len(text)) if text[k] != " "]
        found += [text[:k] + sign + text[k:] for k in range(len(text) + 1)]
    return found


def replaced(text: str, words: Sequence[str]) -> list[str]:
    """Each word alone, and a text with each of them in the place of one of its own."""
    parts = text.split()
    places = range(len(parts)) if len(parts) > 1 else ()
    return [*words, *(" ".join([*parts[:k], word, *parts[k + 1 :]]) for k in places for word in words)]


def with_cents(text: str, others: Iterable[str]) -> list[str]:
    """A text that ends with hundredths, as on a cheque, if any reading has figures there.

    They are small digits beside and below a stroke, and read as anything.
    """
    head, _, _ = text.rpartition(" ")
    figures = any(_FIGURES.search(one.rpartition(" ")[2]) for one in (text, *others))
    return [f"{head} {cents}" for cents in notations()[-1]] if figures and _WORD.search(head) else []


def plain(text: str) -> str:
    """A text without case and spaces."""
    return "".join(text.split()).lower()


def cased(text: str, like: str) -> list[str]:
    """A text in the cases in which it may be written: as it is, small, and as another of its length."""
    found = [text, text.lower(), text.upper()]
    if len(like) == len(text):
        found.append(
            "".join(b.lower() if is_small(a) else b.upper() for a, b in zip(like, text, strict=True))
        )
    return list(dict.fromkeys(found))
