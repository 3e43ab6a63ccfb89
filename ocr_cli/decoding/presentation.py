"""What of a reading is shown, and how: which characters are refused, what stands for them, and their case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from ocr_cli.errors import KnowledgeError
from ocr_cli.page import Alternative, Box, Character, Line, Word

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine, Sign

Case: TypeAlias = Literal["keep", "upper", "lower"]

_CASES: dict[str, Callable[[str], str]] = {"keep": str, "upper": str.upper, "lower": str.lower}


@dataclass(frozen=True, slots=True)
class Presentation:
    """How what was read becomes lines of text.

    Attributes:
        case: of all letters.
        whitelist: the characters that are allowed, as they are shown; None for all.
        blacklist: characters that are not.
        unknown: stands for a character that is refused: one character, or none to leave it out.
        min_confidence: characters of less confidence are refused.

    Raises:
        KnowledgeError: if one of these is none of what it may be.
    """

    case: Case = "keep"
    whitelist: str | None = None
    blacklist: str = ""
    unknown: str = "?"
    min_confidence: float = 0.0

    def __post_init__(self) -> None:
        if self.case not in _CASES:
            raise KnowledgeError(f"no case: {self.case}")
        if len(self.unknown) > 1 or self.unknown.isspace():
            raise KnowledgeError(
                f"{self.unknown!r} is not one character, nor none, to stand for unknown ones"
            )
        if not 0 <= self.min_confidence <= 1:
            raise KnowledgeError(f"no least confidence: {self.min_confidence} is not between 0 and 1")

    def allows(self, text: str) -> bool:
        """Whether a character may be read."""
        shown = _CASES[self.case](text)
        return (self.whitelist is None or shown in self.whitelist) and shown not in self.blacklist

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
        if sign.expected and confidence >= self.min_confidence:
            return Character(box, text, confidence, _alternatives(others))
        if not self.unknown:
            return None
        return Character(box, self.unknown, confidence, _alternatives([(text, confidence), *others]), True)

    def _joined(self, readings: Iterable[tuple[str, float]]) -> tuple[Alternative, ...]:
        return _alternatives(self._pairs(readings))

    def _pairs(self, readings: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """Readings in the right case; those that it makes one have their probabilities added up."""
        found: dict[str, float] = {}
        for text, probability in readings:
            shown = _CASES[self.case](text)
            found[shown] = min(1.0, found.get(shown, 0.0) + probability)
        return list(found.items())


def _alternatives(pairs: Sequence[tuple[str, float]]) -> tuple[Alternative, ...]:
    return tuple(Alternative(text, probability) for text, probability in pairs)
