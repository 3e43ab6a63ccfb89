"""Error rates of read pages against their transcripts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocr_cli.alphabet import fold
from ocr_cli.evaluation.alignment import align
from ocr_cli.page import Page

LOST = ""
"""Stands in an edit for the character that is not there."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What counts as the same when a page is scored.

    Attributes:
        ignore_case: small letters count as their capitals.
        fold: look-alikes count as one, see ``ocr_cli.alphabet``.
        alphanumeric: everything but letters, digits and white space is left out of both texts.
    """

    ignore_case: bool = False
    fold: bool = False
    alphanumeric: bool = False

    def reduce(self, text: str) -> str:
        """The text as it is compared: accents composed, one space between words, no empty lines."""
        text = unicodedata.normalize("NFC", text)
        if self.alphanumeric:
            text = "".join(c for c in text if c.isalnum() or c.isspace())
        if self.ignore_case:
            text = text.upper()
        if self.fold:
            text = fold(text)
        lines = (" ".join(line.split()) for line in text.splitlines())
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Rate:
    """Edits needed and units in the truth.

    Attributes:
        errors: items lost, invented or mistaken.
        count: items in the truth.
    """

    errors: int
    count: int

    @property
    def share(self) -> float:
        """Errors per item of the truth; more than 1 if much was invented; of nothing, the errors."""
        return self.errors / max(1, self.count)

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.errors + other.errors, self.count + other.count)


@dataclass(frozen=True, slots=True)
class PageScore:
    """How well one page, or several together, was read.

    Attributes:
        characters: white space left out.
        characters_and_spaces: with the spaces between words and the line breaks.
        words: in order, between white space.
        edits: how often which character (``LOST`` if invented) was read as which (``LOST`` if lost).
    """

    characters: Rate
    characters_and_spaces: Rate
    words: Rate
    edits: Counter[tuple[str, str]]

    def __add__(self, other: PageScore) -> PageScore:
        return PageScore(
            self.characters + other.characters,
            self.characters_and_spaces + other.characters_and_spaces,
            self.words + other.words,
            self.edits + other.edits,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for ``json.dumps``."""
        return {
            "character_error_rate": self.characters.share,
            "character_error_rate_with_spaces": self.characters_and_spaces.share,
            "word_error_rate": self.words.share,
            "characters": self.characters.count,
            "character_errors": self.characters.errors,
            "words": self.words.count,
            "word_errors": self.words.errors,
            "edits": [
                {"truth": truth, "read": read, "count": count}
                for (truth, read), count in self.edits.most_common()
            ],
        }


NOTHING = PageScore(Rate(0, 0), Rate(0, 0), Rate(0, 0), Counter())
"""The score of no page: what sums begin with."""


def score_page(truth: str, read: str, comparison: Comparison = Comparison()) -> PageScore:
    """Compare what was read with what is written.

    Args:
        truth: the transcript.
        read: the text of the page that was read.
        comparison: what counts as the same.
    """
    truth, read = comparison.reduce(truth), comparison.reduce(read)
    pairs = align("".join(truth.split()), "".join(read.split()))
    edits = Counter((a or LOST, b or LOST) for a, b in pairs if a != b)
    return PageScore(
        Rate(edits.total(), len("".join(truth.split()))),
        _rate(truth, read),
        _rate(truth.split(), read.split()),
        edits,
    )


def judge_words(truth: str, page: Page, comparison: Comparison = Comparison()) -> list[tuple[float, bool]]:
    """How sure the reader was of each word, and whether the word is in the transcript in its place.

    Args:
        truth: the transcript.
        page: that was read.
        comparison: what counts as the same.

    Returns:
        A confidence in [0, 1] and whether it was right for each word that was read, refused ones left out.
    """
    words = [
        (comparison.reduce(word.text), word.confidence)
        for line in page.lines
        for word in line.words
        if not any(character.rejected for character in word.characters)
    ]
    words = [(text, confidence) for text, confidence in words if text]
    pairs = align(comparison.reduce(truth).split(), [text for text, _ in words])
    right = [a == b for a, b in pairs if b is not None]
    return [(confidence, good) for (_, confidence), good in zip(words, right, strict=True)]


def _rate(truth: Sequence[str], read: Sequence[str]) -> Rate:
    return Rate(sum(a != b for a, b in align(truth, read)), len(truth))
