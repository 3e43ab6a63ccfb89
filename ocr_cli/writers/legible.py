"""What may stand in a written line."""

from __future__ import annotations

import re

# Controls (tab and line feed among them), the ends of lines and paragraphs, what turns the direction of
# writing around until it is ended, halves of surrogate pairs, and the two noncharacters that XML refuses.
_NOT_IN_A_LINE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def legible(text: str) -> str:
    """The text with U+FFFD in place of each character that can stand in no line of a text file.

    Terminals take some of these for commands, and others let a line read as another one. What is left is
    allowed in XML 1.0 and can be encoded as UTF-8. The models that come with the package read no such
    characters, but a model file may name any character for a class, and files have any names.
    """
    return _NOT_IN_A_LINE.sub("\ufffd", text)
