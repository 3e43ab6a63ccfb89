"""How likely a letter is after the letters before it: a character n-gram model of words, and its file.

The n-grams are a trie. A state of the model is a node of it that has children: the last letters of the word
so far, as many of them as the trie knows. What was not worth storing comes from the state of one letter less,
scaled so that the probabilities of each state add up to one (back-off, Katz 1987). All rows are worked out
when the model is loaded, so that a beam search needs two table look-ups a letter and nothing else.

Capitals and small letters are the same here, and letters with accents are their base letters. Words begin and
end at a boundary; nothing before it matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.trie import BOUNDARY, COST_STEP, OTHER, SYMBOLS, Trie, Vocabulary, symbols_of
from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_archive, refusing, write_archive

_LEAST_SHARE = 1e-3
"""Of a state's probability, the least that is left to letters not stored for it. Set by hand."""

_NOTHING = 1e-9
"""Probability that is taken for none. Set by hand."""

_BLOCK = 1024
"""States whose rows are worked out at once: few enough to stay in the processor's cache. Set by hand."""


class LanguageModel:
    """Log probabilities of letters in words, for many beams at once.

    A state is a whole number that stands for the letters before: ``START`` at the beginning of a word,
    ``UNKNOWN`` where nothing is known of them. ``advance`` goes from one to the next.

    Attributes:
        order: of the longest n-grams.
        log_probabilities: float32 (states, symbols and OTHER), nats.
        following: int32 of the same shape, the next states.
    """

    UNKNOWN: Final = 0
    START: Final = 1

    def __init__(
        self, order: int, log_probabilities: npt.NDArray[np.float32], following: npt.NDArray[np.int32]
    ) -> None:
        """Look up in the rows of all states.

        Args:
            order: of the longest n-grams.
            log_probabilities: float32 (states, symbols and OTHER), nats.
            following: int32 of the same shape, the next states.

        Raises:
            ValueError: if no n-gram begins at a word's beginning.
        """
        self.order = order
        self.log_probabilities = log_probabilities
        self.following = following
        if following[self.UNKNOWN, BOUNDARY] != self.START:
            raise ValueError("no words begin")

    @classmethod
    def of(cls, trie: Trie) -> LanguageModel:
        """Work out all rows.

        Args:
            trie: the n-grams; the children of its root are all symbols.

        Raises:
            ValueError: if they are not, or no n-gram begins at a word's beginning.
        """
        if not np.array_equal(trie.symbols[: trie.children[0]], np.arange(OTHER)):
            raise ValueError("another alphabet")
        return cls(len(trie.levels), *_rows(trie))

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self.following)

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
        found: npt.NDArray[np.float32] = self.log_probabilities[np.asarray(states), np.asarray(symbols)]
        return found

    def advance(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The states after each symbol; arguments as for ``log_probability``."""
        found: npt.NDArray[np.int32] = self.following[np.asarray(states), np.asarray(symbols)]
        return found

    def follow(
        self, states: npt.ArrayLike, symbols: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
        """Both ``log_probability`` and ``advance``, with the same arguments."""
        return self.log_probability(states, symbols), self.advance(states, symbols)

    def score(self, text: str) -> float:
        """Log probability (nats) of a text's words, each with its end; several spaces count as one."""
        total, state = 0.0, self.START
        for symbol in symbols_of(" ".join(text.split()) + " "):
            total += float(self.log_probabilities[state, symbol])
            state = int(self.following[state, symbol])
        return total


class Language(NamedTuple):
    """What is known of a language.

    Attributes:
        letters: how they follow each other in words.
        words: the common ones.
        provenance: where both come from; plain JSON values.
    """

    letters: LanguageModel
    words: Vocabulary
    provenance: Mapping[str, Any] = {}

    def to_arrays(self) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
        """What is looked up in, by name, and the rest as plain JSON values."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "log_probabilities": self.letters.log_probabilities,
            "following": self.letters.following,
            "edges": self.words.edges,
            "word_log_probabilities": self.words.log_probabilities,
        }
        return arrays, {"order": self.letters.order, "provenance": dict(self.provenance)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> Language:
        """The language of which ``to_arrays`` made these.

        Raises:
            KeyError, ValueError: if they are not of a language.
        """
        letters = LanguageModel(values["order"], arrays["log_probabilities"], arrays["following"])
        words = Vocabulary(arrays["edges"], arrays["word_log_probabilities"])
        return cls(letters, words, values["provenance"])


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
            places = owners[edges] - states.start, trie.symbols[edges]
            starts = first[states] - edges.start
            rows[states] = _back_off(rows[shorter[states]], places, probability[edges], starts)
            following[states] = following[shorter[states]]
            known = edges.start + np.flatnonzero(is_state[edges.start + 1 : edges.stop + 1])
            following[owners[known], trie.symbols[known]] = state_of[known + 1]
    for start in range(0, len(rows), _BLOCK):
        np.log(rows[start : start + _BLOCK], out=rows[start : start + _BLOCK])
    return log_probability, following


def _back_off(
    rows: npt.NDArray[np.float32],
    places: tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]],
    stored: npt.NDArray[np.float32],
    starts: npt.NDArray[np.intp],
) -> npt.NDArray[np.float32]:
    """Rows of probabilities: what is stored, and the rest shared out as one letter less has it.

    Args:
        rows: float32 (N, symbols), of one letter less; overwritten.
        places: row and symbol of what is stored, row by row; each row has some.
        stored: float32 (M,), the probabilities there.
        starts: int (N,), where those of each row begin.
    """
    rows[places] = 0
    rest = rows.sum(axis=1)
    total = np.add.reduceat(stored, starts)
    # Where all symbols are stored, there is nobody to share the rest.
    left = np.where(rest > _NOTHING, np.maximum(1 - total, _LEAST_SHARE), 0)
    rows *= (left / np.maximum(rest, _NOTHING) / (total + left))[:, None]
    rows[places] = stored / (total + left)[places[0]]
    return rows


FORMAT = "ocr_cli language"
VERSION = 2
"""Of the format of such files, by definition."""

MAX_BYTES = 16 * 1024 * 1024
"""Unpacked size above which a file is refused unread. A limit."""

_ARRAYS = ("children", "symbols", "costs")
_WORD = "word_"
"""Before the names of the arrays of the words."""


def load_language(path: str | Path) -> Language:
    """Read a language file and check it from end to end.

    Raises:
        ModelFileError: if the file is missing, damaged, no language file, or of another version.
    """
    with refusing(path, "language file", ModelFileError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        if metadata["symbols"] != SYMBOLS:
            raise ValueError("another alphabet")
        letters = LanguageModel.of(Trie(*(arrays[name] for name in _ARRAYS)))
        words = Vocabulary.of(Trie(*(arrays[_WORD + name] for name in _ARRAYS)))
        return Language(letters, words, dict(metadata["provenance"]))


def save_language(path: str | Path, letters: Trie, words: Trie, provenance: Mapping[str, Any]) -> None:
    """Write a language file, whole or not at all; the same content gives the same bytes.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the provenance are no JSON values.
    """
    metadata = {"format": FORMAT, "version": VERSION, "symbols": SYMBOLS, "provenance": dict(provenance)}
    arrays = {name: getattr(letters, name) for name in _ARRAYS}
    arrays |= {_WORD + name: getattr(words, name) for name in _ARRAYS}
    write_archive(path, arrays, metadata, compress=True)
