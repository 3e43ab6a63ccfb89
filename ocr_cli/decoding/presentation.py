"""What of a reading is shown, and how: which characters are refused, what stands for them, and their case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ocr_cli.options import ReadOptions
from ocr_cli.page import Alternative, Box, Character, Line, Word

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine, Sign

_CASES: dict[str, Callable[[str], str]] = {"keep": str, "upper": str.upper, "lower": str.lower}


class Presentation:
    """How what was read becomes lines of text.

    Args:
        options: which characters are allowed, what stands for refused ones, and the case.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._cased = _CASES[options.case]

    def allows(self, text: str) -> bool:
        """Whether a character may be read."""
        shown, allowed = self._cased(text), self._options.whitelist
        return (allowed is None or shown in allowed) and shown not in self._options.blacklist

    def line(self, read: ReadLine, box: Callable[[tuple[int, int, int, int]], Box]) -> Line | None:
        """A line as it is shown; None if nothing of it is.

        Args:
            read: what was read.
            box: where on the picture a box of the page, as it was laid out, lies.
        """
        words: list[Word] = []
        characters: list[Character] = []
        confidences = iter(read.words)
        for sign, following in zip(read.signs, [*read.signs[1:], None], strict=True):
            shown = self._character(sign, box(sign.box))
            characters += [shown] if shown is not None else []
            if following is None or following.new_word:
                confidence = next(confidences)
                if characters:
                    words.append(Word(tuple(characters), confidence))
                characters = []
        if not words:
            return None
        return Line(tuple(words), read.confidence, self._joined(read.readings))

    def _character(self, sign: Sign, box: Box) -> Character | None:
        """Of a character of one case alone, the other case is no other reading."""
        (text, confidence), *others = self._pairs([(sign.text, sign.confidence), *sign.others])
        if sign.expected and confidence >= self._options.min_confidence:
            return Character(box, text, confidence, _alternatives(others))
        unknown = self._options.unknown
        if not unknown:
            return None
        return Character(box, unknown, confidence, _alternatives([(text, confidence), *others]), True)

    def _joined(self, readings: Iterable[tuple[str, float]]) -> tuple[Alternative, ...]:
        return _alternatives(self._pairs(readings))

    def _pairs(self, readings: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """Readings in the right case; those that it makes one have their probabilities added up."""
        found: dict[str, float] = {}
        for text, probability in readings:
            shown = self._cased(text)
            found[shown] = min(1.0, found.get(shown, 0.0) + probability)
        return list(found.items())


def _alternatives(pairs: Sequence[tuple[str, float]]) -> tuple[Alternative, ...]:
    return tuple(Alternative(text, probability) for text, probability in pairs)
