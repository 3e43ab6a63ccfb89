"""How likely a letter is after the letters before it: a character n-gram model of words.

The n-grams are a trie. A state of the model is a node of it that has children: the last letters of the word
so far, as many of them as the trie knows. What was not worth storing comes from the state of one letter less,
scaled so that the probabilities of each state add up to one (back-off, Katz 1987). All rows are worked out
when the model is loaded, so that a beam search needs two table look-ups a letter and nothing else.

Capitals and small letters are the same here, and letters with accents are their base letters. Words begin and
end at a boundary; nothing before it matters.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.spelling import base_letters
from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_archive, refusing, write_archive

FORMAT = "ocr_cli language"
VERSION = 1

MAX_BYTES = 16 * 1024 * 1024
"""Unpacked size above which a file is refused unread."""

SYMBOLS = " abcdefghijklmnopqrstuvwxyz'-"
"""What the model tells apart, in the order of its columns; the space stands for the boundary of a word."""
BOUNDARY: Final = 0
OTHER: Final = len(SYMBOLS)
"""Any other character. Words say nothing of it: it is as likely as any, and what follows knows no context."""

COST_STEP = 0.125
"""Probabilities are stored as whole numbers of these steps of their negative logarithm (nats); rounding to
them raises the cross-entropy by less than a thousandth of a nat."""

_LEAST_SHARE = 1e-3
"""Of a state's probability, the least that is left to letters not stored for it."""

_BLOCK = 1024
"""States whose rows are worked out at once: few enough to stay in the processor's cache."""

_SYMBOL_OF = {character: index for index, character in enumerate(SYMBOLS)}


def symbols_of(text: str) -> npt.NDArray[np.intp]:
    """The columns of a text's characters: intp (N,), 0 to ``OTHER``; two of them for ß or æ."""
    return np.array([_SYMBOL_OF.get(character, OTHER) for character in base_letters(text)], np.intp)


@dataclass(frozen=True, eq=False)
class Trie:
    """The n-grams of a language, node by node in the order of their levels (breadth first).

    Node 0 is the root; its children are all the symbols. The children of a node stand together, the children
    of later nodes later.

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
        if self.children[0] != len(SYMBOLS) or not np.array_equal(
            self.symbols[: len(SYMBOLS)], np.arange(len(SYMBOLS))
        ):
            raise ValueError("another alphabet")
        parents = self.parents
        siblings = parents[1:] == parents[:-1]
        if self.symbols.max() >= len(SYMBOLS) or (self.symbols[1:] <= self.symbols[:-1])[siblings].any():
            raise ValueError("children out of order")
        if (parents >= np.arange(1, count)).any():
            raise ValueError("nodes out of order")

    @property
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


class LanguageModel:
    """Log probabilities of letters in words, for many beams at once.

    A state is a whole number that stands for the letters before: ``START`` at the beginning of a word,
    ``UNKNOWN`` where nothing is known of them. ``advance`` goes from one to the next.

    Attributes:
        order: of the longest n-grams.
        states: how many states there are.
        provenance: where the n-grams come from; plain JSON values.
    """

    UNKNOWN: Final = 0
    START: Final = 1

    def __init__(self, trie: Trie, provenance: Mapping[str, Any] | None = None) -> None:
        """Work out all rows.

        Raises:
            ValueError: if no n-gram begins at a word's beginning.
        """
        self.order = len(trie.levels)
        self.provenance = dict(provenance or {})
        self._log_probability, self._next = _rows(trie)
        self.states = len(self._next)
        if self._next[self.UNKNOWN, BOUNDARY] != self.START:
            raise ValueError("no words begin")

    @classmethod
    def load(cls, path: str | Path) -> LanguageModel:
        """Read a language file and check it from end to end.

        Raises:
            ModelFileError: if the file is missing, damaged, no language file, or of another version.
        """
        with refusing(path, "language file", ModelFileError):
            arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
            if metadata["symbols"] != SYMBOLS:
                raise ValueError("another alphabet")
            trie = Trie(**{name: arrays[name] for name in ("children", "symbols", "costs")})
            return cls(trie, metadata["provenance"])

    def log_probability(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Log probability (nats) of each symbol after its state.

        Args:
            states: whole numbers of any shape.
            symbols: columns (``symbols_of``) of a shape that broadcasts with it: ``states[:, None]`` and
                ``symbols[None, :]`` give all pairs.

        Returns:
            float32 of the common shape, below 0; over the columns but ``OTHER`` of one state, the
            probabilities add up to one.
        """
        found: npt.NDArray[np.float32] = self._log_probability[np.asarray(states), np.asarray(symbols)]
        return found

    def advance(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The states after each symbol; arguments as for ``log_probability``."""
        found: npt.NDArray[np.int32] = self._next[np.asarray(states), np.asarray(symbols)]
        return found

    def score(self, text: str) -> float:
        """Log probability (nats) of a text's words, each with its end; several spaces count as one."""
        total, state = 0.0, self.START
        for symbol in symbols_of(" ".join(text.split()) + " "):
            total += float(self._log_probability[state, symbol])
            state = int(self._next[state, symbol])
        return total


def save_language(path: str | Path, trie: Trie, provenance: Mapping[str, Any]) -> None:
    """Write a language file, whole or not at all; the same content gives the same bytes.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the provenance are no JSON values.
    """
    metadata = {"format": FORMAT, "version": VERSION, "symbols": SYMBOLS, "provenance": dict(provenance)}
    write_archive(path, vars(trie), metadata, compress=True)


def _rows(trie: Trie) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Log probability and next state, (states, symbols and OTHER), of all nodes that have children."""
    is_state = trie.children > 0
    state_of = np.where(is_state, np.cumsum(is_state) - 1, -1).astype(np.int32)
    owners = state_of[trie.parents]
    probability = np.exp(-COST_STEP * trie.costs.astype(np.float32))
    log_probability = np.full((int(is_state.sum()), OTHER + 1), -np.log(OTHER), np.float32)
    # Probabilities first, logarithms at the end: one array, because writing to new memory takes longest.
    rows = log_probability[:, :OTHER]
    following = np.zeros((len(rows), OTHER + 1), np.int32)
    shorter = np.zeros(len(rows), np.int32)
    rows[0] = probability[:OTHER] / probability[:OTHER].sum()
    following[0, :OTHER] = np.maximum(state_of[1 : OTHER + 1], 0)
    # Of each state: its node, and where the edges to its children begin.
    own = np.flatnonzero(is_state)
    first = np.append(np.cumsum(trie.children, dtype=np.intp)[own] - trie.children[own], len(owners))
    for level in trie.levels[:-1]:
        begin, end = np.searchsorted(own, [level.start, level.stop])
        for start in range(begin, end, _BLOCK):
            states = slice(start, min(start + _BLOCK, end))
            nodes = own[states]
            if level.start > 1:
                shorter[states] = following[shorter[owners[nodes - 1]], trie.symbols[nodes - 1]]
            edges = slice(first[states.start], first[states.stop])
            stored = np.zeros((len(nodes), OTHER), np.float32)
            stored[owners[edges] - states.start, trie.symbols[edges]] = probability[edges]
            rows[states] = _back_off(stored, rows[shorter[states]])
            following[states] = following[shorter[states]]
            known = edges.start + np.flatnonzero(is_state[edges.start + 1 : edges.stop + 1])
            following[owners[known], trie.symbols[known]] = state_of[known + 1]
    for start in range(0, len(rows), _BLOCK):
        np.log(rows[start : start + _BLOCK], out=rows[start : start + _BLOCK])
    return log_probability, following


def _back_off(stored: npt.NDArray[np.float32], shorter: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows of probabilities: what is stored, and the rest shared out as one letter less has it."""
    is_stored = stored > 0
    rest = np.where(is_stored, 0, shorter)
    left = np.maximum(1 - stored.sum(axis=1), _LEAST_SHARE)
    rows: npt.NDArray[np.float32] = np.where(
        is_stored, stored, rest * (left / np.maximum(rest.sum(axis=1), 1e-9))[:, None]
    )
    rows /= rows.sum(axis=1, keepdims=True)
    return rows
