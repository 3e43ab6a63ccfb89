"""O or 0, I or 1, S or 5: the neighbours say what the shape cannot.

Each character is a letter or a digit; neighbours are mostly of the same kind, above all within a word. The
likeliest sequence of kinds is found with the Viterbi algorithm on a two-state hidden Markov model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_SWITCH_IN_WORD = 3.0
"""Price (negative log probability ratio) of going from letters to digits or back within a word."""
_SWITCH_BETWEEN_WORDS = 1.0
_NUMBERED_ITEM = 2.0
"""How much likelier a digit is alone before a full stop at the start of a line: "1. MAKE"."""


def choose_classes(
    probabilities: npt.NDArray[np.float32],
    classes: Sequence[str],
    new_word: Sequence[bool],
    numbered: bool = False,
) -> npt.NDArray[np.int64]:
    """The class of each character of a line, its neighbours considered.

    Args:
        probabilities: float32 (N, C) by shape alone.
        classes: the C characters.
        new_word: for each character whether a word starts with it.
        numbered: whether the first character stands alone before a full stop.

    Returns:
        int (N,), indices of classes.
    """
    if not len(probabilities):
        return np.zeros(0, np.int64)
    kinds = [
        np.array([not text.isdigit() for text in classes]),
        np.array([text.isdigit() for text in classes]),
    ]
    if not all(kind.any() for kind in kinds):
        return np.asarray(probabilities.argmax(axis=1), np.int64)
    logs = np.log(np.maximum(probabilities, 1e-9))
    masked = np.stack([np.where(kind, logs, -np.inf) for kind in kinds])
    emission = masked.max(axis=2).T
    if numbered:
        emission[0, 1] += _NUMBERED_ITEM
    score = emission[0]
    came_from = np.zeros((len(emission), 2), np.int64)
    for k in range(1, len(emission)):
        price = _SWITCH_BETWEEN_WORDS if new_word[k] else _SWITCH_IN_WORD
        paths = score[:, None] - price * (1 - np.eye(2))
        came_from[k] = paths.argmax(axis=0)
        score = paths.max(axis=0) + emission[k]
    kind = int(score.argmax())
    chosen = np.zeros(len(emission), np.int64)
    for k in range(len(emission) - 1, -1, -1):
        chosen[k] = masked[kind, k].argmax()
        kind = int(came_from[k, kind])
    return chosen
