"""Which characters of a text became which in another: the cheapest way to edit one into the other.

Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966; the
algorithm is R. Wagner and M. Fischer's, 1974.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


def align(truth: Sequence[T], read: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Pairs of what was written and what was read for it, in order.

    Args:
        truth: characters or words.
        read: likewise.

    Returns:
        Equal and mistaken items side by side, (item, None) for one that was lost, (None, item) for one that
        was invented. The number of unequal pairs is the edit distance.
    """
    costs = _costs(truth, read)
    i, j = len(truth), len(read)
    pairs: list[tuple[T | None, T | None]] = []
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + (truth[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], read[j]))
        elif i and costs[i, j] == costs[i - 1, j] + 1:
            i -= 1
            pairs.append((truth[i], None))
        else:
            j -= 1
            pairs.append((None, read[j]))
    return pairs[::-1]


def _costs(truth: Sequence[T], read: Sequence[T]) -> npt.NDArray[np.int64]:
    """Edits from each beginning of the truth to each beginning of what was read: (M + 1, N + 1)."""
    numbers = {item: k for k, item in enumerate(dict.fromkeys([*truth, *read]))}
    columns = np.array([numbers[item] for item in read], np.int64)
    costs = np.empty((len(truth) + 1, len(read) + 1), np.int64)
    steps = np.arange(len(read) + 1)
    costs[0] = steps
    for i, item in enumerate(truth, 1):
        costs[i] = costs[i - 1] + 1
        np.minimum(costs[i, 1:], costs[i - 1, :-1] + (columns != numbers[item]), out=costs[i, 1:])
        # Insertions run along the row: the least of what any column to the left costs, and the steps from it.
        costs[i] = np.minimum.accumulate(costs[i] - steps) + steps
    return costs
