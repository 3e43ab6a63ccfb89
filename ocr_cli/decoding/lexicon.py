"""The user's words: which letters may follow the ones before, and which make a whole word.

The words are a trie whose nodes are the states of a search. Like the language model, it knows neither case
nor accents: a list with "François" has FRANCOIS; which words have which is noted apart. Other signs count as
they are, so "B-52" and "O'Neill" can be words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import base_letters
from ocr_cli.errors import LexiconError, kind_for
from ocr_cli.plain_files import read_plain

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are refused unread: they are no lists of words. A limit."""
LONGEST_WORD = 100
"""Characters; a text without line ends is no list of words either. A limit."""

_LINE = re.compile("[^\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]+")
_WORD = re.compile(r"\S+")
_LONG = 10_000
"""Characters of a line whose words are not looked at all at once, and of what is no word, whatever it is in
base letters. A limit."""


class Lexicon:
    """A set of words as a trie, for many beams at once.

    A state is a whole number: ``START`` before a word's first letter, ``DEAD`` once no word goes on as the
    letters do. ``advance`` goes from one to the next.

    Attributes:
        symbols: the characters of the words in base letters, ascending.
        size: how many different words there are.
        accented: those of them that have accents, as they were given.
    """

    START: Final = 0
    DEAD: Final = -1

    def __init__(self, words: Iterable[str]) -> None:
        """Build the trie.

        Args:
            words: without spaces, each of at most ``LONGEST_WORD`` characters in base letters; empty ones are
                left out.

        Raises:
            ValueError: if no word is left, one is too long, or there are too many.
        """
        # Only here: most readings know no words of the user's.
        from ocr_cli.decoding.word_trie import build_trie

        accented: set[str] = set()
        noted = _noting(words, accented)
        self.symbols, self._edges, self._is_word, self._below = build_trie(noted, LONGEST_WORD)
        self.accented = frozenset(accented)
        self.size = int(self._below[self.START])
        self._column = {character: index for index, character in enumerate(self.symbols)}

    @classmethod
    def load(cls, path: str | Path) -> Lexicon:
        """Read a list of words: UTF-8 text, one word a line.

        Empty lines, and lines that begin with ``#``, are left out. A line of several words, as "New York",
        gives each of them.

        Raises:
            LexiconError: if the file is missing, no such text, too large, or has no words.
        """
        try:
            return cls(_words_in(read_plain(path, MAX_BYTES)))
        except OSError as error:
            said = f"{path}: cannot be read: {error.strerror or error}"
            raise kind_for(LexiconError, error)(said) from error
        except UnicodeDecodeError as error:
            raise LexiconError(f"{path}: not a list of words: not text in UTF-8") from error
        except ValueError as error:
            raise LexiconError(f"{path}: not a list of words: {error}") from error

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lexicon:
        """The words of some texts, each of which may be several.

        Raises:
            LexiconError: if there are no words, or one is too long.
        """
        try:
            return cls(word for text in texts for word in text.split())
        except ValueError as error:
            raise LexiconError(f"the words to expect: {error}") from error

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
        # Of what is no edge, whatever number comes out is not looked at.
        edges = (states * len(self.symbols) + symbols).astype(self._edges.dtype)
        places = np.minimum(np.searchsorted(self._edges, edges), len(self._edges) - 1)
        found = (self._edges[places] == edges) & (states >= 0) & (symbols >= 0)
        return np.where(found, places + 1, self.DEAD).astype(np.int32)

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

    def __len__(self) -> int:
        return self.size

    def __contains__(self, word: str) -> bool:
        state = np.int32(self.START)
        for symbol in self.symbols_of(word):
            state = self.advance(state, symbol)[()]
        return bool(self.is_word(state))


def _noting(words: Iterable[str], accented: set[str]) -> Iterator[str]:
    """The words, one after the other; those beyond ASCII are noted."""
    for word in words:
        if not word.isascii():
            accented.add(word)
        yield word


def _words_in(content: bytes) -> Iterator[str]:
    """The words of a list, one after the other: all of them at once would take ten times the memory.

    Raises:
        ValueError: if it is no text in UTF-8.
    """
    text = content.decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("not text in UTF-8")
    for found in _LINE.finditer(text):
        line = found[0].lstrip()
        if line.startswith("#"):
            continue
        if len(line) < _LONG:
            yield from line.split()
        else:
            for word in _WORD.finditer(line):
                if word.end() - word.start() > _LONG:
                    raise ValueError(f"a word of more than {LONGEST_WORD} characters")
                yield word[0]
