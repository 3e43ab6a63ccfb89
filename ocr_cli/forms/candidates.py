"""What a row of a field may say, and how well each way of reading it fits: several judges, one opinion.

Two models find candidates by beam search. Each candidate is then judged by all that know something of it: how
probable it is along the lattice of each model, summed over all ways in which its characters may lie there
(``lattice.paths``), and along the windows (``windows.ctc``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED, is_small
from ocr_cli.lattice.paths import Moves, text_sums
from ocr_cli.windows.ctc import ctc

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine
    from ocr_cli.decoding.rows import DecodedRow
    from ocr_cli.loading import Tools
    from ocr_cli.windows.evidence import Said, WindowReader

Floats = npt.NDArray[np.float64]

_LIKELY = 0.003
"""Other readings of a character are tried if they are so probable."""
_FLOOR = -12.0
"""Least log probability that a judge gives a text: each may be wrong. Set by hand."""


def candidates(lines: Iterable[ReadLine]) -> list[str]:
    """Texts that a row may say, from what was read in it: the best readings, and single other characters."""
    found: dict[str, None] = {}
    for line in lines:
        for text, _ in line.readings:
            found[text] = None
        for number, sign in enumerate(line.signs):
            for other, share in sign.others:
                if share >= _LIKELY:
                    found[_text(line, number, other)] = None
    return list(found)


def _text(line: ReadLine, number: int, other: str) -> str:
    parts = []
    for k, sign in enumerate(line.signs):
        parts.append(" " * (k > 0 and sign.new_word) + (other if k == number else sign.text))
    return "".join(parts)


def plain(text: str) -> str:
    """A text without case and spaces."""
    return "".join(text.split()).lower()


class LatticeJudge:
    """How probable texts are along the lattice of a row, as a model sees it; case does not count.

    Args:
        row: as it was decoded by shape.
        tools: that rated it.
    """

    def __init__(self, row: DecodedRow, tools: Tools) -> None:
        scorer = tools.scorer
        found = row.classification
        logs = scorer.logs(row.lattice, found.probabilities, found.said)
        table = row.scores.table(logs) / tools.weights.arcs.shape
        texts = [text.lower() for text in (*scorer.classes, *PLACED)]
        self._letters = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        columns = np.array([self._letters[text] for text in texts])
        self._scores = np.full((len(table), len(self._letters)), -np.inf)
        for number in range(len(texts)):
            own = self._scores[:, columns[number]]
            np.logaddexp(own, table[:, number], out=own)
        self._dirt = table[:, -1]
        self._start, self._stop = row.lattice.start, row.lattice.stop
        every = np.logaddexp(np.logaddexp.reduce(self._scores, axis=1), self._dirt)
        self._total = text_sums(
            Moves(self._start, self._stop, np.zeros(len(every), np.int64), every[:, None])
        ).log_sum

    def judge(self, texts: Sequence[str]) -> Floats:
        """Log probability of each text, plain: float (N,)."""
        return np.array([self._one(text) for text in texts])

    def _one(self, text: str) -> float:
        if not text or any(one not in self._letters for one in text):
            return -np.inf
        count = len(self._start)
        letters = np.full((count, len(text) + 1), -np.inf)
        letters[:, :-1] = self._scores[:, [self._letters[one] for one in text]]
        passed = np.broadcast_to(self._dirt[:, None], letters.shape)
        order = np.argsort(np.concatenate([self._start, self._start]), kind="stable")
        moves = Moves(
            np.concatenate([self._start, self._start])[order],
            np.concatenate([self._stop, self._stop])[order],
            np.repeat([1, 0], count)[order],
            np.concatenate([letters, passed])[order],
        )
        return float(text_sums(moves).log_sum - self._total)


class WindowJudge:
    """How probable texts are along the windows of a row.

    Args:
        said: of the row.
        windows: that said it.
    """

    def __init__(self, said: Said, windows: WindowReader) -> None:
        self._said = said
        self._columns = {text: 2 + number for number, text in enumerate(windows.classes)} | {" ": 1}

    def judge(self, texts: Sequence[str]) -> Floats:
        """Log probability of each text, its case and spaces as they are: float (N,)."""
        probabilities = self._said.probabilities
        known = [
            number for number, text in enumerate(texts) if text and all(c in self._columns for c in text)
        ]
        logs = np.full(len(texts), -np.inf)
        if known:
            columns = [np.array([self._columns[c] for c in texts[number]]) for number in known]
            count = len(columns)
            found = ctc(np.maximum(probabilities, 1e-5), [0] * count, [len(probabilities)] * count, columns)
            logs[known] = -found.nats
        return logs


def cased(text: str, like: str) -> list[str]:
    """A text in the cases in which it may be written: as it is, small, and as another of its length."""
    found = [text, text.lower(), text.upper()]
    if len(like) == len(text):
        found.append(
            "".join(b.lower() if is_small(a) else b.upper() for a, b in zip(like, text, strict=True))
        )
    return list(dict.fromkeys(found))
