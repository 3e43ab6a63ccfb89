"""The user's words: which letters may follow the ones before, and which make a whole word.

The words are a trie whose nodes are the states of a search. Like the language model, it knows neither case
nor accents: a list with "François" has FRANCOIS. Other signs count as they are, so "B-52" and "O'Neill" can
be words.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.spelling import base_letters
from ocr_cli.errors import LexiconError

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are refused unread: they are no lists of words."""
LONGEST_WORD = 100
"""Characters; a text without line ends is no list of words either."""


class Lexicon:
    """A set of words as a trie, for many beams at once.

    A state is a whole number: ``START`` before a word's first letter, ``DEAD`` once no word goes on as the
    letters do. ``advance`` goes from one to the next.

    Attributes:
        symbols: the characters of the words in base letters, ascending.
        size: how many different words there are.
    """

    START: Final = 0
    DEAD: Final = -1

    def __init__(self, words: Iterable[str]) -> None:
        """Build the trie.

        Args:
            words: without spaces, each of at most ``LONGEST_WORD`` characters in base letters; empty ones are
                left out.

        Raises:
            ValueError: if no word is left, or one is too long.
        """
        known = sorted({base_letters(word) for word in words} - {""})
        if not known:
            raise ValueError("no words")
        if max(map(len, known)) > LONGEST_WORD:
            raise ValueError(f"a word of more than {LONGEST_WORD} characters")
        self.size = len(known)
        self.symbols = "".join(sorted(set("".join(known))))
        self._column = {character: index for index, character in enumerate(self.symbols)}
        parents: list[int] = []
        letters: list[int] = []
        ends: list[int] = []
        path, previous = [self.START], ""
        # Words in ascending order share their first letters with the one before them.
        for word in known:
            pairs = enumerate(zip(previous, word, strict=False))
            shared = next((place for place, (a, b) in pairs if a != b), len(previous))
            del path[shared + 1 :]
            for character in word[shared:]:
                parents.append(path[-1])
                letters.append(self._column[character])
                path.append(len(parents))
            ends.append(path[-1])
            previous = word
        edges = np.array(parents, np.int64) * len(self.symbols) + letters
        self._targets = np.argsort(edges).astype(np.int32)
        self._edges = edges[self._targets]
        self._targets += 1
        self._is_word = np.zeros(len(edges) + 1, bool)
        self._is_word[ends] = True
        self._below = self._is_word.astype(np.int64)
        # Nodes come after their parents.
        for node in range(len(parents), 0, -1):
            self._below[parents[node - 1]] += self._below[node]

    @classmethod
    def load(cls, path: str | Path) -> Lexicon:
        """Read a list of words: UTF-8 text, one word a line.

        Empty lines, and lines that begin with ``#``, are left out. A line of several words, as "New York",
        gives each of them.

        Raises:
            LexiconError: if the file is missing, no such text, too large, or has no words.
        """
        try:
            size = Path(path).stat().st_size
            if size > MAX_BYTES:
                raise LexiconError(f"{path}: too large for a list of words: {size / 1024**2:.0f} MB")
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise LexiconError(f"{path}: cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise LexiconError(f"{path}: not a list of words: not text in UTF-8") from error
        if "\0" in text:
            raise LexiconError(f"{path}: not a list of words: not text in UTF-8")
        lines = (line.strip() for line in text.splitlines())
        try:
            return cls(word for line in lines if not line.startswith("#") for word in line.split())
        except ValueError as error:
            raise LexiconError(f"{path}: not a list of words: {error}") from error

    def symbols_of(self, text: str) -> npt.NDArray[np.intp]:
        """Places of a text's base letters in ``symbols``: intp (N,), -1 for what no word has."""
        return np.array([self._column.get(character, -1) for character in base_letters(text)], np.intp)

    def advance(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The states after each symbol.

        Args:
            states: whole numbers of any shape.
            symbols: of a shape that broadcasts with it, as ``symbols_of`` gives them.

        Returns:
            int32 of the common shape; ``DEAD`` where no word goes on so, and after ``DEAD``.
        """
        states, symbols = np.broadcast_arrays(states, symbols)
        edges = states * len(self.symbols) + symbols
        places = np.minimum(np.searchsorted(self._edges, edges), len(self._edges) - 1)
        found = (self._edges[places] == edges) & (states >= 0) & (symbols >= 0)
        targets: npt.NDArray[np.int32] = np.where(found, self._targets[places], np.int32(self.DEAD))
        return targets

    def is_word(self, states: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether the letters before each state are a whole word: bool of the states' shape."""
        states = np.asarray(states)
        found: npt.NDArray[np.bool_] = self._is_word[states] & (states >= 0)
        return found

    def log_share(self, states: npt.ArrayLike, after: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Log probability (nats) of going from states to the ones after them, all words being as likely.

        Args:
            states: whole numbers of any shape.
            after: of a shape that broadcasts with it, as ``advance`` gives them.

        Returns:
            float of the common shape; minus infinity where no word goes on so.
        """
        states, after = np.asarray(states), np.asarray(after)
        with np.errstate(divide="ignore"):
            below = np.log(np.where(after >= 0, self._below[after], 0))
        return np.asarray(below - np.log(self._below[states]))

    def log_end(self, states: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Log probability (nats) that a word ends after each state: float of the states' shape."""
        share = np.where(self.is_word(states), 1 / self._below[np.asarray(states)], 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(share))

    def followers(self, state: int) -> str:
        """The characters that may come next, ascending; none after ``DEAD``."""
        columns = np.arange(len(self.symbols))
        return "".join(np.array(list(self.symbols))[self.advance(state, columns) != self.DEAD])

    def __len__(self) -> int:
        return self.size

    def __contains__(self, word: str) -> bool:
        state = np.int32(self.START)
        for symbol in self.symbols_of(word):
            state = self.advance(state, symbol)[()]
        return bool(self.is_word(state))
