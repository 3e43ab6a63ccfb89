"""O or 0, I or l or 1, S or 5: the neighbours say what the shape cannot.

Each character is a digit, a capital, a small letter or a sign, and neighbours within a word are mostly of one
kind: small letters follow a first capital, capitals follow capitals, digits digits. These are the prices of a
hidden Markov model of the kinds; the beam search finds the likeliest sequence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import Kind, row_of

_NEVER = math.inf
_FOREIGN = 3.0
"""Price (negative log probability ratio) of going from letters to digits or back within a word, or from a
small letter to a capital."""
_LATE = 2.0
"""Price of small letters after several capitals."""
_SIGN = 1.5
"""Price of a sign among letters and digits."""
_BETWEEN_WORDS = 1.0
"""Price of going from letters to digits or back where a word ends."""

DIGIT, FIRST_CAPITAL, CAPITAL, SMALL, SIGN = range(5)
"""Kinds of characters."""
_KINDS: dict[Kind, int] = {"digit": DIGIT, "capital": CAPITAL, "small": SMALL, "sign": SIGN}

WITHIN_WORD = np.array(
    [
        [0.0, _NEVER, _FOREIGN, _FOREIGN, _SIGN],
        [_FOREIGN, _NEVER, 0.0, 0.0, _SIGN],
        [_FOREIGN, _NEVER, 0.0, _LATE, _SIGN],
        [_FOREIGN, _NEVER, _FOREIGN, 0.0, _SIGN],
        [0.0, 0.0, _NEVER, 0.0, 0.0],
    ]
)
"""Prices from the kind of the row to that of the column; after a sign a word may begin."""
NEW_WORD = np.array(
    [
        [0.0, _BETWEEN_WORDS, _NEVER, _BETWEEN_WORDS, _SIGN],
        *[[_BETWEEN_WORDS, 0.0, _NEVER, 0.0, _SIGN]] * 3,
        [0.0, 0.0, _NEVER, 0.0, _SIGN],
    ]
)
"""Prices likewise, where a word begins."""
BEGINNING = np.array([0.0, 0.0, _NEVER, 0.0, _SIGN])
"""Prices of the kinds at the beginning of a row."""


def kinds_of(classes: Sequence[str]) -> npt.NDArray[np.int64]:
    """The kind of each character: int (C,); capitals are ``CAPITAL`` wherever they stand."""
    return np.array([_KINDS[row_of(text).kind] for text in classes], np.int64)
