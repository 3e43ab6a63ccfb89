"""The common words of a language, and how frequent each is.

An n-gram model knows what looks like a word: HELIO does, as much as HELLO. Which of the two people write,
only a list of words tells. It has the methods of ``language.LanguageModel``, and says that what is no
beginning of a listed word is impossible.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.trie import COST_STEP, OTHER, Trie


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
