"""All beginnings of some texts, each once: what leads to one is summed once for all texts that share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]


class Beginnings(NamedTuple):
    """A tree of texts; the first beginning is the empty one.

    Attributes:
        labels: int (N,), the last character of each; that of the first one means nothing.
        parents: int (N,), each without it.
        lengths: int (N,), characters of each.
        texts: int (B,), which are the texts.
    """

    labels: Ints
    parents: Ints
    lengths: Ints
    texts: Ints

    @staticmethod
    def of(texts: Iterable[Sequence[int]]) -> Beginnings:
        """Those of texts, whose characters are numbers."""
        numbers: dict[tuple[int, int], int] = {(0, -1): 0}
        lengths, ends = [0], []
        for text in texts:
            number = 0
            for length, label in enumerate(text, 1):
                number = numbers.setdefault((number, label), len(numbers))
                if number == len(lengths):
                    lengths.append(length)
            ends.append(number)
        parents, labels = np.array(list(numbers), np.intp).T
        return Beginnings(labels, parents, np.array(lengths), np.array(ends, np.intp))
