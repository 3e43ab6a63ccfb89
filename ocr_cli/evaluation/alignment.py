"""Which characters of a text became which in another: the cheapest way to edit one into the other.

Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966; the
algorithm is R. Wagner and M. Fischer's, 1974.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
_AT_ONCE = 4_000_000
"""Costs that are kept at the same time; those of two long texts would fill gigabytes."""


def align(truth: Sequence[T], read: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Pairs of what was written and what was read for it, in order.

    Args:
        truth: characters or words.
        read: likewise.

    Returns:
        Equal and mistaken items side by side, (item, None) for one that was lost, (None, item) for one that
        was invented. The number of unequal pairs is the edit distance.
    """
    numbers = {item: k for k, item in enumerate(dict.fromkeys([*truth, *read]))}
    rows, columns = (np.array([numbers[item] for item in text], np.int64) for text in (truth, read))
    # Of long texts, one row of costs in every stride is kept, and the rows between two are found once more.
    whole = (len(truth) + 1) * (len(read) + 1) <= _AT_ONCE
    stride = len(truth) + 1 if whole else math.isqrt(len(truth)) + 1
    firsts = range(0, max(1, len(truth)), stride)
    kept = list(islice(_costs(rows, columns, np.arange(len(read) + 1)), 0, firsts[-1] + 1, stride))
    j = len(read)
    pairs: list[tuple[T | None, T | None]] = []
    for first in reversed(firsts):
        costs = np.stack([*_costs(rows[first : first + stride], columns, kept.pop())])
        i = len(costs) - 1
        while i or (j and not first):
            if i and j and costs[i, j] == costs[i - 1, j - 1] + (rows[first + i - 1] != columns[j - 1]):
                i, j = i - 1, j - 1
                pairs.append((truth[first + i], read[j]))
            elif i and costs[i, j] == costs[i - 1, j] + 1:
                i -= 1
                pairs.append((truth[first + i], None))
            else:
                j -= 1
                pairs.append((None, read[j]))
    return pairs[::-1]


def _costs(
    truth: npt.NDArray[np.int64], read: npt.NDArray[np.int64], start: npt.NDArray[np.int64]
) -> Iterator[npt.NDArray[np.int64]]:
    """Edits from each beginning of the truth to each beginning of what was read.

    Args:
        truth: numbers of the items, (M,).
        read: likewise, (N,).
        start: edits where none of these items of the truth is there yet, (N + 1,).

    Yields:
        ``start``, and then a row (N + 1,) for each item of the truth.
    """
    steps = np.arange(len(read) + 1)
    costs = start
    yield costs
    for item in truth:
        above, costs = costs, costs + 1
        np.minimum(costs[1:], above[:-1] + (read != item), out=costs[1:])
        # Insertions run along the row: the least of what any column to the left costs, and the steps from it.
        costs = np.minimum.accumulate(costs - steps) + steps
        yield costs
