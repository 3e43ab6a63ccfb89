"""A weighted list of words as tries: its character n-grams, counted, smoothed and thinned out, and the words.

An n-gram is one whole number, five bits a symbol, the first symbol highest: in ascending order the n-grams of
one length are a level of ``ocr_cli.decoding.trie.Trie``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.trie import BOUNDARY, COST_STEP, OTHER, Trie, symbols_of

_BITS = 5
_LONGEST_WORD = 40
"""Words with more characters are none; they would only widen the arrays."""


@dataclass(frozen=True, eq=False)
class Order:
    """The n-grams of one order, ascending.

    Attributes:
        keys: int64 (N,).
        counts: float64 (N,), weighted.
        contexts: intp (N,), place among the next shorter order of the n-gram without its last symbol.
        suffixes: intp (N,), likewise without its first.
        probabilities: float64 (N,), of the last symbol after the others.
    """

    keys: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]
    contexts: npt.NDArray[np.intp]
    suffixes: npt.NDArray[np.intp]
    probabilities: npt.NDArray[np.float64]


def estimate(words: Mapping[str, float], order: int) -> list[Order]:
    """Count the n-grams of each order up to ``order`` and smooth them (interpolated, Witten and Bell 1991).

    Args:
        words: weight of each word; words with characters that the model does not know are left out.
        order: of the longest n-grams, at least 2.

    Returns:
        The orders from 1 on; the first has all symbols.

    Raises:
        ValueError: if no word is left.
    """
    symbols, places, weights = _flatten(words)
    orders: list[Order] = []
    for length in range(1, order + 1):
        ends = np.flatnonzero(places >= max(length - 1, 1))
        keys = np.zeros(len(ends), np.int64)
        for back in range(length - 1, -1, -1):
            keys = keys << _BITS | symbols[ends - back]
        if length == 1:
            counts = np.bincount(keys, weights[ends], OTHER).astype(np.float64)
            # Adding a half keeps letters possible that no word has.
            shares = (counts + 0.5) / (counts + 0.5).sum()
            none = np.zeros(OTHER, np.intp)
            orders.append(Order(np.arange(OTHER), counts, none, none, shares))
            continue
        keys, inverse = np.unique(keys, return_inverse=True)
        counts = np.bincount(inverse, weights[ends]).astype(np.float64)
        shorter = orders[-1]
        contexts = np.searchsorted(shorter.keys, keys >> _BITS)
        suffixes = np.searchsorted(shorter.keys, keys & (1 << _BITS * (length - 1)) - 1)
        total = np.bincount(contexts, counts, len(shorter.keys))[contexts]
        kinds = np.bincount(contexts, minlength=len(shorter.keys))[contexts]
        probabilities = (counts + kinds * shorter.probabilities[suffixes]) / (total + kinds)
        orders.append(Order(keys, counts, contexts, suffixes, probabilities))
    return orders


def _flatten(
    words: Mapping[str, float],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """All words end to end, each between boundaries: symbols, places in their words, their words' weights."""
    pieces, weights = [], []
    for word, weight in words.items():
        symbols = symbols_of(word)
        if 0 < len(symbols) <= _LONGEST_WORD and ((symbols != BOUNDARY) & (symbols != OTHER)).all():
            pieces.append(symbols)
            weights.append(weight)
    if not pieces:
        raise ValueError("no words")
    lengths = np.array([len(piece) + 2 for piece in pieces])
    flat = np.full(lengths.sum(), BOUNDARY, np.int64)
    places = np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    inside = (places > 0) & (places < np.repeat(lengths, lengths) - 1)
    flat[inside] = np.concatenate(pieces)
    return flat, places, np.repeat(np.asarray(weights, float), lengths)


def thin_out(orders: list[Order], nodes: int) -> Trie:
    """Keep the n-grams whose loss would raise the cross-entropy most (Stolcke 1998), and what they rest on.

    Args:
        orders: as ``estimate`` gives them.
        nodes: how many to keep, about: some more stay because longer ones need them.
    """
    losses = [_losses(orders, index) for index in range(1, len(orders))]
    everything = np.concatenate(losses)
    limit = np.sort(everything)[-nodes] if nodes < len(everything) else -np.inf
    keep = [np.ones(OTHER, bool), *(loss >= limit for loss in losses)]
    for index in range(len(orders) - 1, 1, -1):
        longer = orders[index]
        keep[index - 1][longer.contexts[keep[index]]] = True
        keep[index - 1][longer.suffixes[keep[index]]] = True
    children = [np.array([OTHER])]
    for index, longer in enumerate(orders[1:], 1):
        counted = np.bincount(longer.contexts[keep[index]], minlength=len(keep[index - 1]))
        children.append(counted[keep[index - 1]])
    children.append(np.zeros(int(keep[-1].sum()), int))
    symbols = [order.keys[kept] % (1 << _BITS) for order, kept in zip(orders, keep, strict=True)]
    costs = [-np.log(order.probabilities[kept]) / COST_STEP for order, kept in zip(orders, keep, strict=True)]
    return _trie(children, symbols, costs)


def word_trie(words: Mapping[str, float]) -> Trie:
    """Whole words, each with its end.

    Args:
        words: weight of each word; words with characters that are no symbols are left out.

    Returns:
        A trie whose costs are those of the words' shares of the weight.

    Raises:
        ValueError: if no word is left.
    """
    symbols, places, weights = _flatten(words)
    ends = np.flatnonzero(np.append(places[1:], 0) == 0)
    starts = ends - places[ends]
    weights = weights[ends]
    # Of each word the node that its letters so far lead to, and the nodes' weights.
    nodes, totals = np.zeros(len(ends), np.int64), np.array([weights.sum()])
    children, last, costs = [], [], []
    for place in range(1, int(places.max()) + 1):
        going_on = np.flatnonzero(starts + place <= ends)
        edges = nodes[going_on] << _BITS | symbols[starts[going_on] + place]
        edges, nodes[going_on] = np.unique(edges, return_inverse=True)
        parents = edges >> _BITS
        children.append(np.bincount(parents, minlength=len(totals)))
        last.append(edges % (1 << _BITS))
        below = np.bincount(nodes[going_on], weights[going_on])
        costs.append(np.log(totals[parents] / below) / COST_STEP)
        totals = below
    children.append(np.zeros(len(totals), int))
    return _trie(children, last, costs)


def _trie(
    children: list[npt.NDArray[np.intp]],
    symbols: list[npt.NDArray[np.int64]],
    costs: list[npt.NDArray[np.float64]],
) -> Trie:
    """The levels of a trie as bytes."""
    return Trie(
        np.concatenate(children).astype(np.uint8),
        np.concatenate(symbols).astype(np.uint8),
        np.clip(np.rint(np.concatenate(costs)), 0, 255).astype(np.uint8),
    )


def _losses(orders: list[Order], index: int) -> npt.NDArray[np.float64]:
    """By how much the model's cross-entropy (nats a symbol) grows without each n-gram of one order."""
    longer, shorter = orders[index], orders[index - 1]
    probability, without = longer.probabilities, shorter.probabilities[longer.suffixes]
    size = len(shorter.keys)
    rest = np.maximum(1 - np.bincount(longer.contexts, probability, size), 1e-6)[longer.contexts]
    rest_without = np.maximum(1 - np.bincount(longer.contexts, without, size), 1e-6)[longer.contexts]
    before = np.log(rest / rest_without)
    after = np.log((rest + probability) / (rest_without + without))
    share = np.bincount(longer.contexts, longer.counts, size)[longer.contexts] / orders[0].counts.sum()
    return np.asarray(
        share * (probability * (np.log(probability / without) - after) + rest * (before - after))
    )
