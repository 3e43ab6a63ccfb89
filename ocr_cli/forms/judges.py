"""How well a text fits the ink of a row: along the lattice as a model sees it, and along the windows.

Many texts are judged at once, most of them with the same beginnings: what leads to a beginning is summed
once for all that share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED
from ocr_cli.forms.candidates import cased, plain
from ocr_cli.windows.beginnings import Beginnings
from ocr_cli.windows.ctc import log_probabilities
from ocr_cli.windows.texts import likely_texts

if TYPE_CHECKING:
    from ocr_cli.decoding.rows import DecodedRow
    from ocr_cli.loading import Tools
    from ocr_cli.windows.evidence import Said, WindowReader
    from ocr_cli.windows.strip import Strip

Floats = npt.NDArray[np.float64]

_LEAST = 1e-5
"""Least probability of each frame of the windows: they may be wrong."""
_WIDTH = 24
"""Texts that the windows are asked for."""
_FLOOR = -30.0
"""Nats by which a judge holds a text for less likely than its best one, at most: each may be wrong. Set by
hand."""
_MOST = 60
"""Texts that are looked at further. Set by hand."""
_UNKNOWN = -4.0
"""Log probability that what looks like any character is a certain one that the model does not know: it knows
some fifty. Set by hand."""
_NOTHING = 1e-300
_KEPT = 8
"""Lists of texts whose beginnings are kept: a column's rows are asked a few in turn. Set by hand."""


class LatticeJudge:
    """How probable texts are along the lattice of a row, as a model sees it; case does not count.

    Sums over all ways along the lattice are products of matrices from place to place: one step of them reads
    a character, and passes over as much dirt as stands after it.

    Args:
        row: as it was decoded by shape.
        tools: that rated it.
        alike: of characters, another one that each may be as well.
    """

    def __init__(self, row: DecodedRow, tools: Tools, alike: Mapping[str, str]) -> None:
        scorer = tools.scorer
        found = row.classification
        logs = scorer.logs(row.lattice, found.probabilities, found.said)
        table = row.scores.table(logs) / tools.weights.arcs.shape
        texts = [*scorer.classes, *PLACED]
        self._letters = _numbered(texts)
        self._scores = np.full((len(table), len(self._letters)), -np.inf)
        for number, text in enumerate(texts):
            for one in _meant(text, alike):
                if one in self._letters:
                    own = self._scores[:, self._letters[one]]
                    np.logaddexp(own, table[:, number], out=own)
        self._start, self._stop = row.lattice.start, row.lattice.stop
        self._places = int(self._stop.max()) + 1
        self._dirt = self._closure(table[:, -1])
        self._steps: dict[str, Floats] = {}
        self._any = np.logaddexp.reduce(table[:, :-1], axis=1)
        self._total = self._sum(np.logaddexp(self._any, table[:, -1]))

    def judge(self, texts: Sequence[str]) -> Floats:
        """Log probability of each text, small letters without spaces: float (N,).

        Of what the model does not know, any character may be an image, but it seldom is.
        """
        known = [k for k, text in enumerate(texts) if text]
        tree = _beginnings(tuple(texts[k] for k in known))
        weights, logs = np.zeros((len(tree.labels), self._places)), np.zeros(len(tree.labels))
        weights[0] = self._dirt[0]
        for length in range(1, int(tree.lengths.max()) + 1):
            longer = np.flatnonzero(tree.lengths == length)
            for label in np.unique(tree.labels[longer]).tolist():
                own = longer[tree.labels[longer] == label]
                weights[own] = weights[tree.parents[own]] @ self._step(chr(label))
            scales = np.maximum(weights[longer].max(axis=1), _NOTHING)
            weights[longer] /= scales[:, None]
            logs[longer] = logs[tree.parents[longer]] + np.log(scales)
        found = np.full(len(texts), -np.inf)
        with np.errstate(divide="ignore"):
            found[known] = (logs + np.log(weights[:, -1]))[tree.texts]
        return found - self._total

    def _step(self, letter: str) -> Floats:
        """Weights of reading a letter and passing over dirt, from each place to each: float (P, P)."""
        if letter not in self._steps:
            step = np.zeros((self._places, self._places))
            known = self._letters.get(letter)
            scores = self._any + _UNKNOWN if known is None else self._scores[:, known]
            np.add.at(step, (self._start, self._stop), np.exp(scores))
            self._steps[letter] = step @ self._dirt
        return self._steps[letter]

    def _closure(self, dirt: Floats) -> Floats:
        """Weights of passing over any dirt, from each place to each: float (P, P)."""
        found = np.eye(self._places)
        for arc in np.argsort(-self._start, kind="stable").tolist():
            found[self._start[arc]] += np.exp(dirt[arc]) * found[self._stop[arc]]
        return found

    def _sum(self, scores: Floats) -> float:
        """Logarithm of the weight of all ways from the first to the last place."""
        reached = np.full(self._places, -np.inf)
        reached[0] = 0.0
        for arc in np.argsort(self._start, kind="stable").tolist():
            way = reached[self._start[arc]] + scores[arc]
            reached[self._stop[arc]] = np.logaddexp(reached[self._stop[arc]], way)
        return float(reached[-1])


class WindowJudge:
    """How probable texts are along the windows of a row.

    Args:
        said: of the row.
        windows: that said it.
        alike: as of ``LatticeJudge``.
    """

    def __init__(self, said: Said, windows: WindowReader, alike: Mapping[str, str]) -> None:
        self._probabilities = np.maximum(said.probabilities, _LEAST)
        self._texts = (" ", *windows.classes)
        self._columns = {text: 1 + number for number, text in enumerate(self._texts)}
        self._small = {text: 1 + number for text, number in _numbered(self._texts).items()}
        self._folded = np.zeros((len(self._probabilities), 1 + len(self._small)), np.float32)
        self._folded[:, 0] = self._probabilities[:, 0]
        for text, column in self._columns.items():
            for one in _meant(text, alike):
                if one in self._small:
                    self._folded[:, self._small[one]] += self._probabilities[:, column]

    def candidates(self) -> list[str]:
        """Texts that it holds for likely, the likeliest first."""
        found = likely_texts(self._probabilities, _WIDTH)
        return ["".join(self._texts[column - 1] for column in text) for text in found]

    def judge(self, texts: Sequence[str]) -> Floats:
        """Log probability of each text, its case and spaces as they are: float (N,)."""
        return _along(self._probabilities, self._columns, texts)

    def judge_folded(self, texts: Sequence[str]) -> Floats:
        """The same of texts in small letters, whatever the case is."""
        return _along(self._folded, self._small, texts)


@lru_cache(maxsize=_KEPT)
def _beginnings(texts: tuple[str, ...]) -> Beginnings:
    """All beginnings of texts: every model is asked the same, and many a row."""
    return Beginnings.of([ord(sign) for sign in text] for text in texts)


def _along(
    probabilities: npt.NDArray[np.float32], columns: Mapping[str, int], texts: Sequence[str]
) -> Floats:
    known = [number for number, text in enumerate(texts) if text and all(c in columns for c in text)]
    logs = np.full(len(texts), -np.inf)
    if known:
        every = [np.array([columns[c] for c in texts[number]]) for number in known]
        logs[known] = log_probabilities(probabilities, every)
    return logs


def _numbered(texts: Iterable[str]) -> dict[str, int]:
    """Texts in small letters, each with a number."""
    return {text: number for number, text in enumerate(dict.fromkeys(map(str.lower, texts)))}


def _meant(text: str, alike: Mapping[str, str]) -> Iterable[str]:
    """What a character that was seen may be, in small letters."""
    return dict.fromkeys((text.lower(), alike.get(text, text.lower())))


class Bench:
    """All judges of a row, and what they say of the texts that they were asked of.

    Args:
        rows: the row as each model decoded it.
        tools: of all models, those that know fewer characters first.
        strip: of the row.
        alike: as of ``LatticeJudge``.
    """

    def __init__(
        self, rows: Sequence[DecodedRow], tools: Sequence[Tools], strip: Strip, alike: Mapping[str, str]
    ) -> None:
        self._lattices = [LatticeJudge(row, one, alike) for row, one in zip(rows, tools, strict=True)]
        windows = tools[-1].scorer.windows
        self._windows: WindowJudge | None = None
        if windows is not None:
            said = windows.read(strip, tools[-1].scorer.weights.early)
            self._windows = WindowJudge(said, windows, alike)
        self._keys: dict[str, int] = {}
        self._logs: Floats = np.zeros((len(rows), 0))
        self._best: list[tuple[float, str]] = []
        self._forms: dict[str, dict[str, None]] = {}
        self._expected: list[float] = []
        # Of a text the case that fits best, and among how many that it was asked in.
        self._written: dict[str, tuple[int, str]] = {}

    @property
    def candidates(self) -> list[str]:
        """What the windows hold for likely."""
        return [] if self._windows is None else self._windows.candidates()

    def ask(self, texts: Iterable[str], expected: float = 0.0) -> None:
        """Judge further texts.

        Args:
            texts: in any case, with spaces.
            expected: so many nats are they likelier than others that look like the row, for what they say.
        """
        forms: dict[str, int] = {}
        for text in texts:
            small = text.lower()
            if small in self._forms:
                self._forms[small][text] = None
            elif key := plain(small):
                self._forms[small] = {text: None}
                forms[small] = self._keys.setdefault(key, len(self._keys))
        new = list(self._keys)[len(self._best) :]
        if new:
            judged = np.array([one.judge(new) for one in self._lattices])
            self._logs = np.concatenate([self._logs, judged], axis=1)
            self._best += [(-np.inf, "")] * len(new)
            self._expected += [expected] * len(new)
        flat = list(forms)
        said = np.zeros(len(flat)) if self._windows is None else self._windows.judge_folded(flat)
        for log, (form, number) in zip(said.tolist(), forms.items(), strict=True):
            best, before = self._best[number]
            if log > best or not before:
                self._best[number] = (log, form)

    def likeliest(self, like: str) -> tuple[list[str], Floats]:
        """The texts that fit best, and what each judge has to say of them.

        Args:
            like: a reading of the row, whose case others may have.

        Returns:
            Of each text the case and spaces that fit best; its log probability along the lattices, in the
            mean, and along the windows, but no less than may be wrong: float (2, N).
        """
        if not self._best:
            return [], np.zeros((2, 0))
        fits = np.mean([_bounded(logs) for logs in self._logs], axis=0)
        said = np.array([log for log, _ in self._best])
        judged = np.array([fits, fits if self._windows is None else _bounded(said)])
        expected = np.array(self._expected)
        order = np.argsort(-judged.mean(axis=0) - expected, kind="stable")[:_MOST]
        small = [form for _, form in self._best]
        return self._as_written([small[k] for k in order.tolist()], like), judged[:, order]

    def _as_written(self, texts: Sequence[str], like: str) -> list[str]:
        """Texts in the case that fits best."""
        asked = [text for text in texts if self._written.get(text, (0, ""))[0] != len(self._forms[text])]
        forms = [
            list(dict.fromkeys(form for one in self._forms[text] for form in cased(one, like)))
            for text in asked
        ]
        flat = [form for some in forms for form in some]
        said = np.zeros(len(flat)) if self._windows is None else self._windows.judge(flat)
        ends = np.cumsum([0, *map(len, forms)]).tolist()
        for text, (a, b) in zip(asked, pairwise(ends), strict=True):
            self._written[text] = (len(self._forms[text]), flat[a + int(said[a:b].argmax())])
        return [self._written[text][1] for text in texts]


def _bounded(logs: Floats) -> Floats:
    finite = logs[np.isfinite(logs)]
    return np.maximum(logs, finite.max() + _FLOOR) if len(finite) else np.zeros(len(logs))
