"""The ink of a comb's cells -> a character each: the cell is the cut, and both models see the whole of it.

Windows see all of them side by side, as they see a row.
"""

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
from ocr_cli.windows.evidence import evidence
from ocr_cli.windows.strip import straighten

if TYPE_CHECKING:
    from ocr_cli.loading import Tools
    from ocr_cli.scorer import Scorer
    from ocr_cli.windows.strip import Strip

Floats = npt.NDArray[np.float64]

_LEAST = 1e-5
"""Least probability that a model gives a character: it may be wrong."""
_GAP = 0.15
"""Paper on each side of a character where windows see it beside others, in heights of the highest one."""
_OTHERS = 4
_TRIED, _MOST = 3, 3000
"""Likeliest characters of a cell that are tried in words, and words that are tried at most."""
_WORDS = 0.5
"""Weight of how usual a word is, beside its letters' shapes. Set by hand."""


def read_cells(
    tools: Sequence[Tools],
    cells: Sequence[npt.NDArray[np.uint8]],
    allowed: str | None,
    *,
    words: bool,
    printed: bool = False,
) -> list[Character]:
    """One character of each cell.

    Args:
        tools: of all models that there are, those that know fewer characters first.
        cells: uint8 (H, W, 3), the ink of each.
        allowed: the characters that may stand there; None for all but signs.
        words: whether the letters of neighbouring cells may make words.
        printed: whether it is print, which windows do not know.
    """
    texts = _texts(tools, allowed)
    logs = _seen_alone(tools, cells, texts)
    if not printed:
        logs = _seen_together(tools[-1].scorer, cells, texts, logs)
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


def _seen_alone(
    tools: Sequence[Tools], cells: Sequence[npt.NDArray[np.uint8]], texts: Sequence[str]
) -> Floats:
    """Mean log probability of each text in each cell, as models see it: float (C, N)."""
    totals, counts = np.zeros((len(cells), len(texts))), np.zeros(len(texts))
    for one in tools:
        likely, known = _folded([_shares(one, cell) for cell in cells], one.scorer.classes, texts)
        totals, counts = totals + known * np.log(likely), counts + known
    return np.asarray(np.where(counts > 0, totals / np.maximum(counts, 1), math.log(_LEAST)))


def _seen_together(
    scorer: Scorer, cells: Sequence[npt.NDArray[np.uint8]], texts: Sequence[str], alone: Floats
) -> Floats:
    """What models say of cells alone, and as much what windows say of them side by side: float (C, N)."""
    if scorer.windows is None:
        return alone
    strip, boxes = _strip(cells)
    said = scorer.windows.read(strip, scorer.weights.early)
    places = np.arange(len(cells) + 1)
    shares = np.exp(evidence(said, places[:-1], places[1:], boxes).characters)
    likely, known = _folded(shares, scorer.windows.classes, texts)
    return np.where(known > 0, (alone + np.log(likely)) / 2, alone)


def _folded(shares: npt.ArrayLike, classes: Sequence[str], texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Probabilities of texts from those of classes, no less than may be wrong, and which are known.

    Args:
        shares: float (C, K), of each class in each cell.
        classes: of which small letters stand for capitals, too.
        texts: capitals.

    Returns:
        float (C, N), and float (N,), 1 for those that are among the classes.
    """
    columns = {text: number for number, text in enumerate(texts)}
    every = np.asarray(shares, float)
    likely, known = np.full((len(every), len(texts)), _LEAST), np.zeros(len(texts))
    for text, share in zip(classes, every.T, strict=True):
        if (number := columns.get(text.upper())) is not None:
            likely[:, number] += share
            known[number] = 1.0
    return likely, known


def _shares(tools: Tools, cell: npt.NDArray[np.uint8]) -> Floats:
    """The probability of each class of a model, that sees the whole cell: float (K,); 0 without ink."""
    layout = find_known_layout(cell, "character")
    if layout.components is None:
        return np.zeros(len(tools.scorer.classes))
    inks = row_inks(layout.components, layout.strength, layout.rows)
    ((lattice, found),) = tools.scorer.lattices(inks)
    arc = int(np.argmax(lattice.stop - lattice.start))
    return np.asarray(found.probabilities[arc], np.float64)


def _strip(cells: Sequence[npt.NDArray[np.uint8]]) -> tuple[Strip, npt.NDArray[np.intp]]:
    """What is written in cells as one row, and where on it each lies: int (C, 4)."""
    parts = [_ink(cell) for cell in cells]
    height = max(map(len, parts))
    gap = max(1, round(_GAP * height))
    row, boxes, end = [], [], 0
    for part in parts:
        above, wide = (height - len(part)) // 2, part.shape[1]
        row.append(np.pad(part, ((above, height - len(part) - above), (gap, gap))))
        boxes.append((end + gap, above, end + gap + wide, above + len(part)))
        end += wide + 2 * gap
    strip = straighten(np.concatenate(row, axis=1), np.full(end, height / 2), height)
    return strip, np.array(boxes, np.intp)


def _ink(cell: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The ink of a cell without the paper around it: float32 (H, W) in [0, 1]."""
    ink = 1 - cell[..., 0].astype(np.float32) / np.float32(255)
    rows, columns = np.nonzero(ink > 0)
    if len(rows):
        ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.asarray(ink, np.float32)


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
