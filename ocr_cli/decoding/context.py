"""O or 0, I or l or 1, S or 5: the neighbours say what the shape cannot.

Each character is a digit, a capital, a small letter or a sign, and neighbours within a word are mostly of one
kind: small letters follow a first capital, capitals follow capitals, digits digits. The likeliest sequence of
kinds is found with the Viterbi algorithm on a hidden Markov model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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
_NUMBERED_ITEM = 2.0
"""How much likelier a digit is alone before a full stop at the start of a line: "1. MAKE"."""

_KINDS = ("digit", "first capital", "capital", "small", "sign")
_WITHIN_WORD = np.array(
    [
        [0.0, _NEVER, _FOREIGN, _FOREIGN, _SIGN],
        [_FOREIGN, _NEVER, 0.0, 0.0, _SIGN],
        [_FOREIGN, _NEVER, 0.0, _LATE, _SIGN],
        [_FOREIGN, _NEVER, _FOREIGN, 0.0, _SIGN],
        [0.0, 0.0, _NEVER, 0.0, 0.0],
    ]
)
"""Prices from the kind of the row to that of the column; after a sign a word may begin."""
_NEW_WORD = np.array(
    [
        [0.0, _BETWEEN_WORDS, _NEVER, _BETWEEN_WORDS, _SIGN],
        *[[_BETWEEN_WORDS, 0.0, _NEVER, 0.0, _SIGN]] * 3,
        [0.0, 0.0, _NEVER, 0.0, _SIGN],
    ]
)
_BEGINNING = np.array([0.0, 0.0, _NEVER, 0.0, _SIGN])


def choose_classes(
    probabilities: npt.NDArray[np.float32],
    classes: Sequence[str],
    new_word: Sequence[bool],
    numbered: bool = False,
) -> npt.NDArray[np.int64]:
    """The class of each character of a line, its neighbours considered.

    Args:
        probabilities: float32 (N, C) by shape, and by size where that matters.
        classes: the C characters.
        new_word: for each character whether a word starts with it.
        numbered: whether the first character stands alone before a full stop.

    Returns:
        int (N,), indices of classes.
    """
    if not len(probabilities):
        return np.zeros(0, np.int64)
    members = _members(classes)
    logs = np.log(np.maximum(probabilities, 1e-9))
    masked = np.where(members[:, None], logs, -np.inf)
    emission = masked.max(axis=2).T
    if numbered and members[0].any() and not members[0].all():
        emission[0, 0] += _NUMBERED_ITEM
    score = emission[0] - _BEGINNING
    came_from = np.zeros((len(emission), len(_KINDS)), np.int64)
    for k in range(1, len(emission)):
        paths = score[:, None] - (_NEW_WORD if new_word[k] else _WITHIN_WORD)
        came_from[k] = paths.argmax(axis=0)
        score = paths.max(axis=0) + emission[k]
    kind = int(score.argmax())
    chosen = np.zeros(len(emission), np.int64)
    for k in range(len(emission) - 1, -1, -1):
        chosen[k] = masked[kind, k].argmax()
        kind = int(came_from[k, kind])
    return chosen


def _members(classes: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which classes are of each kind: bool (kinds, C)."""
    digit = np.array([text.isdigit() for text in classes])
    small = np.array([text.islower() for text in classes])
    capital = np.array([text.isalpha() for text in classes]) & ~small
    return np.stack([digit, capital, capital, small, ~(digit | small | capital)])
