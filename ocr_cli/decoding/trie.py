"""A trie of symbols, node by node: how n-grams, and words, of a language are stored."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import SMALL_LETTERS, TABLE, base_letters

SYMBOLS = " " + SMALL_LETTERS + "".join(sorted(text for text, row in TABLE.items() if row.spelled))
"""What the model tells apart, in the order of its columns; the space stands for the boundary of a word."""
BOUNDARY: Final = 0
OTHER: Final = len(SYMBOLS)
"""Any other character. Words say nothing of it: it is as likely as any, and what follows knows no context."""

COST_STEP = 0.125
"""Probabilities are stored as whole numbers of these steps of their negative logarithm (nats); rounding to
them raises the cross-entropy by less than a thousandth of a nat."""

_SYMBOL_OF = {character: index for index, character in enumerate(SYMBOLS)}


def symbols_of(text: str) -> npt.NDArray[np.intp]:
    """The columns of a text's characters: intp (N,), 0 to ``OTHER``; two of them for ß or æ."""
    return np.array([_SYMBOL_OF.get(character, OTHER) for character in base_letters(text)], np.intp)


@dataclass(frozen=True, eq=False)
class Trie:
    """Sequences of symbols, node by node in the order of their levels (breadth first).

    Node 0 is the root. The children of a node stand together, the children of later nodes later.

    Attributes:
        children: uint8 (N,), how many children each node has.
        symbols: uint8 (N - 1,), last symbol of each node but the root; ascending among a node's children.
        costs: uint8 (N - 1,), negative log probability of that symbol after the ones before it, in steps of
            ``COST_STEP``.

    Raises:
        ValueError: if the arrays are no trie.
    """

    children: npt.NDArray[np.uint8]
    symbols: npt.NDArray[np.uint8]
    costs: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        count = len(self.children)
        if any(array.dtype != np.uint8 or array.ndim != 1 for array in vars(self).values()):
            raise ValueError("arrays that are not of uint8 (N,)")
        if not len(self.symbols) == len(self.costs) == count - 1 == self.children.sum(dtype=np.int64):
            raise ValueError("nodes are missing")
        parents = self.parents
        siblings = parents[1:] == parents[:-1]
        if self.symbols.max() >= len(SYMBOLS) or (self.symbols[1:] <= self.symbols[:-1])[siblings].any():
            raise ValueError("children out of order")
        if (parents >= np.arange(1, count)).any():
            raise ValueError("nodes out of order")

    @cached_property
    def parents(self) -> npt.NDArray[np.intp]:
        """Intp (N - 1,), parent of each node but the root."""
        return np.repeat(np.arange(len(self.children)), self.children)

    @property
    def levels(self) -> list[slice]:
        """The nodes of each level, from the root's children on; the last level has no children."""
        starts = [0, 1]
        while starts[-1] < len(self.children):
            starts.append(starts[-1] + int(self.children[starts[-2] : starts[-1]].sum()))
        return [slice(start, stop) for start, stop in itertools.pairwise(starts[1:])]
