"""Build the trie of many words with arrays, one place in all words after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import base_letters

_BATCH = 1 << 17
"""Characters of words that are held one by one at a time, in ten times the memory of their letters.
Set by hand."""
_MOST_LETTERS = 96 << 20
"""Some characters stand for eighteen letters. A limit."""
_LARGEST = 600 << 20
"""Bytes of the finished trie. No words of any language come near it. A limit."""
_BELOW = np.dtype(np.int32)


class WordTrie(NamedTuple):
    """Words node by node, those of fewer letters first; node 0 is the root.

    The edge to node ``k + 1`` is ``edges[k]``: the number of its parent times the number of symbols, plus the
    place of its letter among them. Edges ascend.

    Attributes:
        symbols: the characters of the words, ascending.
        edges: unsigned whole numbers (N - 1,), of 32 bits if they fit.
        is_word: bool (N,), whether the letters down to a node are a whole word.
        below: int32 (N,), how many words there are at a node and below it.
    """

    symbols: str
    edges: npt.NDArray[np.uint32] | npt.NDArray[np.uint64]
    is_word: npt.NDArray[np.bool_]
    below: npt.NDArray[np.int32]


class _Letters(NamedTuple):
    """All words in one array.

    Attributes:
        columns: unsigned whole numbers (C,), the letters' places in ``symbols``.
        starts: int32 (W,), where in it each word begins.
        lengths: uint8 (W,), how many letters it has.
    """

    columns: npt.NDArray[Any]
    starts: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.uint8]


def build_trie(words: Iterable[str], longest: int) -> WordTrie:
    """Build the trie of words in base letters.

    Time grows as the number of letters does. Of 64 MB of words, 1 GB of memory is enough.

    Args:
        words: without line feeds; empty ones are left out.
        longest: characters that a word may have in base letters, 255 at the most.

    Raises:
        ValueError: if no word is left, one is too long, or the trie would be too large.
    """
    symbols, letters = _letters(words, longest)
    order = _sorted(letters)
    size = len(letters.columns) + 1
    # A large number of pages that nobody writes to take no memory.
    wide = np.dtype(np.uint32 if size * len(symbols) < 1 << 32 else np.uint64)
    edges = np.empty(size - 1, wide)
    is_word = np.zeros(size, bool)
    levels = [0, 1]
    nodes = np.zeros(len(order), np.int32)
    most = _LARGEST // (wide.itemsize + is_word.itemsize + _BELOW.itemsize)
    for depth in itertools.count():
        goes_on = letters.lengths[order] > depth
        order, nodes = order[goes_on], nodes[goes_on]
        if not len(order):
            break
        steps = nodes.astype(wide) * wide.type(len(symbols)) + letters.columns[letters.starts[order] + depth]
        # Sorted words that go the same way stand together.
        is_new = np.concatenate([[True], steps[1:] != steps[:-1]])
        stop = levels[-1] + int(np.count_nonzero(is_new))
        if stop > most:
            raise ValueError(f"more than {most:,} beginnings of words")
        edges[levels[-1] - 1 : stop - 1] = steps[is_new]
        nodes = (np.cumsum(is_new, dtype=np.int32) + np.int32(levels[-1] - 1)).astype(np.int32)
        levels.append(stop)
        is_word[nodes[letters.lengths[order] == depth + 1]] = True
    edges, is_word = edges[: levels[-1] - 1], is_word[: levels[-1]]
    return WordTrie(symbols, edges, is_word, _below(edges, is_word, levels, len(symbols)))


def _letters(words: Iterable[str], longest: int) -> tuple[str, _Letters]:
    """The symbols, and the words as numbers."""
    batches, symbols, count = [], set[str](), 0
    for batch in _batches(words):
        # All at once, and each word but once.
        text = base_letters("\n".join(set(batch)))
        count += len(text)
        if count > _MOST_LETTERS:
            raise ValueError("too many words")
        symbols |= set(text)
        batches.append(text)
    ascending = sorted(symbols - {"\n"})
    if not ascending:
        raise ValueError("no words")
    narrow = np.min_scalar_type(len(ascending))
    table = np.zeros(max(ord(ascending[-1]), ord("\n")) + 1, narrow)
    codes = np.array(list(map(ord, ascending)))
    table[codes] = np.arange(len(ascending))
    columns, starts, lengths, begin = [], [], [], 0
    while batches:
        code = np.frombuffer(batches.pop().encode("utf-32-le", "surrogatepass"), "<u4")
        ends = np.append(np.flatnonzero(code == ord("\n")), len(code))
        length = np.diff(ends, prepend=-1) - 1
        if length.max() > longest:
            raise ValueError(f"a word of more than {longest} characters")
        columns.append(table[code])
        starts.append((ends - length + begin)[length > 0].astype(np.int32))
        lengths.append(length[length > 0].astype(np.uint8))
        begin += len(code)
    return "".join(ascending), _Letters(
        np.concatenate(columns), np.concatenate(starts), np.concatenate(lengths)
    )


def _batches(words: Iterable[str]) -> Iterator[list[str]]:
    batch, size = [], 0
    for word in words:
        batch.append(word)
        size += len(word)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _sorted(letters: _Letters) -> npt.NDArray[np.int32]:
    """The words' numbers in the order of a dictionary: by their last places first, and stably."""
    by_length = np.argsort(letters.lengths, kind="stable").astype(np.int32)
    ends = np.searchsorted(letters.lengths[by_length], np.arange(int(letters.lengths.max()) + 1), "right")
    order = by_length[:0]
    for depth in range(len(ends) - 2, -1, -1):
        # Words that end here come before those that go on.
        order = np.concatenate([by_length[ends[depth] : ends[depth + 1]], order])
        order = order[np.argsort(letters.columns[letters.starts[order] + depth], kind="stable")]
    return order


def _below(
    edges: npt.NDArray[Any], is_word: npt.NDArray[np.bool_], levels: list[int], symbols: int
) -> npt.NDArray[np.int32]:
    """How many words there are at and below each node, from the last level up to the first."""
    below = is_word.astype(_BELOW)
    for start, stop in zip(levels[-2::-1], levels[:0:-1], strict=True):
        if start:
            parents = (edges[start - 1 : stop - 1] // edges.dtype.type(symbols)).astype(np.int32)
            firsts = np.flatnonzero(np.diff(parents, prepend=-1))
            below[parents[firsts]] += np.add.reduceat(below[start:stop], firsts)
    return below
