"""Characters that shape alone does not tell apart; only their neighbours do."""

from __future__ import annotations

FOLD = {
    **{"O": "0", "o": "0", "I": "1", "l": "1", "Z": "2", "z": "2", "S": "5", "s": "5"},
    **{"c": "C", "u": "U", "v": "V", "w": "W", "x": "X"},
}
"""Each character -> the one that stands for its look-alikes. First the four pairs that handwriting does not
tell apart, in either case; then the small letters that are their capital once the size is normalised."""


def fold(text: str) -> str:
    """The text with each character replaced by the one that stands for its look-alikes."""
    return "".join(FOLD.get(character, character) for character in text)
