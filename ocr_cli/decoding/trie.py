"""A trie of symbols, node by node: how n-grams, and words, of a language are stored.

An n-gram model knows what looks like a word: HELIO does, as much as HELLO. Which of the two people write,
only a list of words tells: ``Vocabulary``. It has the methods of ``language.LanguageModel``, and says that
what is no beginning of a listed word is impossible.
"""

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
"""The column of the space. Models depend on it."""
OTHER: Final = len(SYMBOLS)
"""Any other character. Words say nothing of it: it is as likely as any, and what follows knows no context.
Models depend on it."""

COST_STEP = 0.125
"""Probabilities are stored as whole numbers of these steps of their negative logarithm (nats); rounding to
them raises the cross-entropy by less than a thousandth of a nat. Models depend on it."""

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


class Vocabulary:
    """Log probabilities of letters in listed words, for many beams at once.

    A state is a whole number that stands for the letters since the word's beginning: ``START`` there,
    ``DEAD`` once no word goes on as the letters do.
    """

    START: Final = 0
    DEAD: Final = -1

    def __init__(self, edges: npt.NDArray[np.intp], log_probabilities: npt.NDArray[np.float32]) -> None:
        """Look up in the edges of a trie.

        Args:
            edges: intp (N,), ``OTHER`` times the node that each edge comes from, and its symbol; ascending.
            log_probabilities: float32 (N,), nats.
        """
        self.edges = edges
        self.log_probabilities = log_probabilities

    @classmethod
    def of(cls, trie: Trie) -> Vocabulary:
        """Prepare the look-up.

        Args:
            trie: the words, each with the boundary at its end.
        """
        # Ascending, as the trie is in the order of its parents, and each one's children in that of symbols.
        return cls(trie.parents * OTHER + trie.symbols, np.float32(-COST_STEP) * trie.costs)

    def log_probability(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Log probability (nats) of each symbol after its state.

        Args:
            states: whole numbers of any shape.
            symbols: columns (``trie.symbols_of``) of a shape that broadcasts with it.

        Returns:
            float32 of the common shape; minus infinity where no word goes on so.
        """
        return self.follow(states, symbols)[0]

    def advance(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The states after each symbol, ``DEAD`` where no word goes on so; arguments as above."""
        return self.follow(states, symbols)[1]

    def follow(
        self, states: npt.ArrayLike, symbols: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """Both ``log_probability`` and ``advance``, with the same arguments, by one search."""
        states, symbols = np.asarray(states), np.asarray(symbols)
        wanted = np.where((states >= 0) & (symbols < OTHER), states * OTHER + symbols, -1)
        places = np.minimum(np.searchsorted(self.edges, wanted), len(self.edges) - 1)
        found = self.edges[places] == wanted
        log_probability = np.where(found, self.log_probabilities[places], np.float32(-np.inf))
        return log_probability, np.where(found, places + 1, self.DEAD).astype(np.int32)
