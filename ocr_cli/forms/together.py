"""Fields of a form that hold lines of text, read together: what one of them holds tells of the others.

Each row has candidates, found by the models that there are, and all that knows something of them judges each
(``candidates``). How the characters of a column follow each other is learned from the fields themselves: what
was read is counted, and each field is judged again by what the others have in common (``decoding.habits``), a
few times over, as by the EM algorithm. A field never learns from itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.habits import Habits
from ocr_cli.forms.candidates import LatticeJudge, WindowJudge, candidates, cased, plain
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.segmentation.known import Known, find_known_layout

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine
    from ocr_cli.decoding.rows import DecodedRow
    from ocr_cli.lattice.lattice import RowInk
    from ocr_cli.loading import Tools
    from ocr_cli.segmentation.layout import Layout

Floats = npt.NDArray[np.float64]

_FEW = 5
"""Fewer fields have no habits. Set by hand."""
_ROUNDS = 3
"""Times that habits are learned."""
_JUDGES, _EXPECTED = 1.0, 0.55
"""Weight of what all judges say together, each as much as the others, and of what words are expected: the
best of some on chess_list, tally_id and course_form of the shared forms."""
_FLOOR = -12.0
"""Nats by which a judge holds a text for less likely than its best one, at most: each may be wrong."""
_SEEN = 0.01
"""Texts that are less probable are not counted."""
_ALIKE = 0.2
"""Fields are of one column if neither their widths nor their heights differ by more than this, as logarithms.
Set by hand."""


class Shown(NamedTuple):
    """A field to be read.

    Attributes:
        pixels: uint8 (H, W, 3), its ink alone.
        size: its width and height on the form.
    """

    pixels: npt.NDArray[np.uint8]
    size: tuple[float, float]


class Told(NamedTuple):
    """A row as it is read.

    Attributes:
        line: the reading of a model that says the text, or is nearest to it.
        layout: says where on the field a box of it lies.
        text: what it says; other texts after it, each with its probability.
    """

    line: ReadLine
    layout: Layout
    texts: tuple[tuple[str, float], ...]


class _Row:
    """A row of a field, what may be read in it, and how well that fits.

    Attributes:
        texts: candidates, of each the case that fits best; none where nothing was read.
        fits: float (N,), log probability of each as all judges see it.
    """

    def __init__(self, owner: int, layout: Layout, ink: RowInk) -> None:
        self.owner, self.layout, self.ink = owner, layout, ink
        self.lines: list[tuple[ReadLine, ReadLine]] = []
        self.texts: list[str] = []
        self.fits: Floats = np.zeros(0)
        self.expected: Floats = np.zeros(0)
        self.words: list[list[str]] = []
        self._usual: list[list[float]] = []

    def judge(self, rows: Sequence[DecodedRow], tools: Sequence[Tools]) -> None:
        """Weigh what was read in it by each of several models."""
        spelled: dict[str, list[str]] = {}
        every = [candidates(lines) for lines in reversed(self.lines)]
        for texts in every:
            for text in texts:
                if plain(text):
                    spelled.setdefault(plain(text), []).append(text)
        if not spelled:
            return
        keys = list(spelled)
        fits = [_bounded(LatticeJudge(row, one).judge(keys)) for row, one in zip(rows, tools, strict=True)]
        windows = tools[-1].scorer.windows
        like = every[0][0] if every[0] else ""
        forms = [
            list(dict.fromkeys(form for text in spelled[key] for form in cased(text, like))) for key in keys
        ]
        if windows is None:
            self.texts = [some[0] for some in forms]
        else:
            said = WindowJudge(windows.read([self.ink.strip()], tools[-1].scorer.weights.early)[0], windows)
            flat = said.judge([form for some in forms for form in some])
            ends = np.cumsum([0, *map(len, forms)]).tolist()
            best = [int(flat[a:b].argmax()) for a, b in pairwise(ends)]
            self.texts = [some[number] for some, number in zip(forms, best, strict=True)]
            fits.append(_bounded(np.array([flat[a + number] for a, number in zip(ends, best, strict=False)])))
        self.fits = _JUDGES * np.mean(fits, axis=0)
        self.words = [text.split() for text in self.texts]
        self._usual = [_expects(tools[-1], words) for words in self.words]
        self.expect(None)

    def expect(self, habits: dict[str, float] | None) -> None:
        """Take into account what words are usual, and those of its column."""
        self.expected = np.array(
            [
                sum(
                    value if habits is None else max(value, habits[word.lower()])
                    for word, value in zip(words, usual, strict=True)
                )
                for words, usual in zip(self.words, self._usual, strict=True)
            ],
            float,
        )

    @property
    def shares(self) -> Floats:
        """The probability of each candidate."""
        score = self.fits + _EXPECTED * self.expected
        found = np.exp(score - score.max(initial=0.0)) if len(score) else score
        return np.asarray(found / max(found.sum(), 1e-300))

    def told(self) -> Told:
        """The likeliest text, and the reading that is nearest to it."""
        shares = self.shares
        order = np.argsort(-shares, kind="stable")[:5]
        texts = tuple((self.texts[k], float(shares[k])) for k in order.tolist())
        lines = [line for pair in self.lines for line in pair]
        if not texts:
            return Told(lines[-1], self.layout, ())
        key = plain(texts[0][0])
        spells = [plain("".join(sign.text for sign in line.signs)) for line in lines]
        near = [len(spell) == len(key) and sum(map(str.__ne__, spell, key)) for spell in spells]
        fitting = [
            (off, -k)
            for k, (off, spell) in enumerate(zip(near, spells, strict=True))
            if len(spell) == len(key)
        ]
        number = (
            -min(fitting)[1] if fitting else int(np.argmin([abs(len(spell) - len(key)) for spell in spells]))
        )
        return Told(lines[number], self.layout, texts)


def read_together(tools: Sequence[Tools], fields: Sequence[Shown], known: Known) -> list[list[Told]]:
    """What is written in some fields: of each, its rows.

    Args:
        tools: of all models that there are, those that know fewer characters first.
        fields: of one hand.
        known: what each shows.
    """
    rows = []
    for number, field in enumerate(fields):
        layout = find_known_layout(field.pixels, known)
        if layout.components is not None:
            inks = row_inks(layout.components, layout.strength, layout.rows)
            rows += [_Row(number, layout, ink) for ink in inks]
    decoded = []
    for one in tools:
        found = one.decoder.by_shape(one.scorer.lattices([row.ink for row in rows]))
        decoded.append(found)
        anything = one.decoder.habitual(Habits([], one.decoder.texts))
        usual, free = one.decoder.read(found), one.decoder.read(found, also=[anything] * len(found))
        for row, first, second in zip(rows, usual, free, strict=True):
            row.lines.append((first, second))
    for number, row in enumerate(rows):
        row.judge([found[number] for found in decoded], tools)
    columns = _columns(fields)
    _learn(rows, [column for column in columns if len(column) >= _FEW], tools[-1])
    return [[row.told() for row in rows if row.owner == number] for number in range(len(fields))]


def _learn(rows: Sequence[_Row], columns: Sequence[Sequence[int]], tools: Tools) -> None:
    """Judge rows by what the others of their column say, a few times over."""
    for number in range(_ROUNDS + 1):
        for column in columns:
            own = [row for row in rows if row.owner in column and row.texts]
            counted = [
                [
                    (word, share)
                    for words, share in zip(row.words, row.shares.tolist(), strict=True)
                    if share > _SEEN
                    for word in words
                ]
                for row in own
            ]
            for k, row in enumerate(own):
                others = [one for j, some in enumerate(counted) if j != k for one in some] if number else []
                token = tools.decoder.habitual(Habits(others, tools.decoder.texts))
                words = {word.lower() for some in row.words for word in some}
                row.expect({word: token.gain(word) for word in words})


def _expects(tools: Tools, words: Sequence[str]) -> list[float]:
    columns = {text: number for number, text in enumerate(tools.scorer.classes)}
    known = [[columns[text] for text in word if text in columns] for word in words]
    return [float(one) for one in tools.decoder.expects(known)]


def _bounded(logs: Floats) -> Floats:
    finite = logs[np.isfinite(logs)]
    return np.maximum(logs, finite.max() + _FLOOR) if len(finite) else np.zeros(len(logs))


def _columns(fields: Sequence[Shown]) -> list[list[int]]:
    """Numbers of the fields that are of one size."""
    sizes = np.log(np.array([field.size for field in fields], float).reshape(-1, 2))
    left = list(range(len(fields)))
    columns = []
    while left:
        near = (np.abs(sizes[left] - sizes[left[0]]).max(axis=1) < _ALIKE).tolist()
        columns.append([number for number, is_near in zip(left, near, strict=True) if is_near])
        left = [number for number, is_near in zip(left, near, strict=True) if not is_near]
    return columns
