"""The ink of a comb's cells -> a character each: the cell is the cut, and both models see the whole of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ocr_cli.lattice.lattice import row_inks
from ocr_cli.page import Alternative, Box, Character
from ocr_cli.segmentation.known import find_known_layout

if TYPE_CHECKING:
    from ocr_cli.loading import Tools

Floats = npt.NDArray[np.float64]

_LEAST = 1e-5
"""Least probability that a model gives a character: it may be wrong."""
_OTHERS = 4
_TRIED, _MOST = 3, 3000
"""Likeliest characters of a cell that are tried in words, and words that are tried at most."""
_WORDS = 0.5
"""Weight of how usual a word is, beside its letters' shapes. Set by hand."""


def read_cells(
    tools: Sequence[Tools], cells: Sequence[npt.NDArray[np.uint8]], allowed: str | None, *, words: bool
) -> list[Character]:
    """One character of each cell.

    Args:
        tools: of all models that there are, those that know fewer characters first.
        cells: uint8 (H, W, 3), the ink of each.
        allowed: the characters that may stand there; None for all but signs.
        words: whether the letters of neighbouring cells may make words.
    """
    texts = _texts(tools, allowed)
    logs = np.array([_logs(tools, cell, texts) for cell in cells]).reshape(len(cells), len(texts))
    shares = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
    chosen = shares.argmax(axis=1)
    if words and len(cells) > 1:
        chosen = _as_word(tools[0], texts, np.log(np.maximum(shares, _LEAST)), chosen)
    found = []
    for cell, share, best in zip(cells, shares, chosen.tolist(), strict=True):
        order = [k for k in np.argsort(-share, kind="stable").tolist() if k != best][:_OTHERS]
        others = tuple(Alternative(texts[k], float(share[k])) for k in order)
        box = Box(0, 0, cell.shape[1], cell.shape[0])
        found.append(Character(box, texts[best], float(min(1.0, share[best])), others))
    return found


def _texts(tools: Sequence[Tools], allowed: str | None) -> list[str]:
    """The characters that may be read; capitals stand for small letters, too."""
    known = dict.fromkeys(text.upper() for one in tools for text in one.scorer.classes)
    if allowed is None:
        return [text for text in known if len(text) == 1 and text.isalnum()]
    return [text for text in known if text in allowed]


def _logs(tools: Sequence[Tools], cell: npt.NDArray[np.uint8], texts: Sequence[str]) -> Floats:
    """Mean log probability of each text, as the models see the whole cell: float (N,)."""
    layout = find_known_layout(cell, "character")
    if layout.components is None:
        return np.zeros(len(texts))
    inks = row_inks(layout.components, layout.strength, layout.rows)
    totals, counts = np.zeros(len(texts)), np.zeros(len(texts))
    for one in tools:
        ((lattice, found),) = one.scorer.lattices(inks)
        arc = int(np.argmax(lattice.stop - lattice.start))
        likely = np.full(len(texts), _LEAST)
        for text, share in zip(one.scorer.classes, found.probabilities[arc].tolist(), strict=True):
            if text.upper() in texts:
                likely[texts.index(text.upper())] += share
        known = {text.upper() for text in one.scorer.classes}
        has = np.array([text in known for text in texts])
        totals, counts = totals + has * np.log(likely), counts + has
    return np.asarray(np.where(counts > 0, totals / np.maximum(counts, 1), math.log(_LEAST)))


def _as_word(
    tools: Tools, texts: Sequence[str], logs: Floats, best: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The likeliest characters of all cells together, as a word of the language or as none."""
    tried = np.argsort(-logs, axis=1, kind="stable")[:, :_TRIED]
    keep = [
        [k for k in row.tolist() if logs[number, k] > logs[number].max() - 4.0]
        for number, row in enumerate(tried)
    ]
    while math.prod(map(len, keep)) > _MOST:
        longest = max(range(len(keep)), key=lambda number: (len(keep[number]), logs[number].max()))
        keep[longest].pop()
    columns = {text.upper(): number for number, text in enumerate(tools.scorer.classes)}
    words = [word for word in itertools.product(*keep) if all(texts[k] in columns for k in word)]
    if not words:
        return best
    usual = tools.decoder.expects([[columns[texts[k]] for k in word] for word in words])
    fits = np.array([sum(logs[number, k] for number, k in enumerate(word)) for word in words])
    return np.array(words[int((fits + _WORDS * usual).argmax())])
