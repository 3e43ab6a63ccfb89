"""A row of a field: what may be read in it, how well each text fits, and which one is the likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.notations import Notations, number_words
from ocr_cli.forms.candidates import candidates, edits, mixtures, plain, replaced, with_cents
from ocr_cli.forms.judges import Bench
from ocr_cli.forms.shapes import Shape

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import ReadLine
    from ocr_cli.decoding.rows import DecodedRow
    from ocr_cli.forms.habits import Habitual
    from ocr_cli.lattice.lattice import RowInk
    from ocr_cli.loading import Tools
    from ocr_cli.segmentation.layout import Layout
    from ocr_cli.weights import FormWeights

Floats = npt.NDArray[np.float64]

_MIXED, _FIRST = 4, 40
"""Times that the best text is mixed with others, and those that are the likeliest of them. Set by hand."""
_EDITED = 2
"""In this turn it is edited letter by letter instead: what no model read may be likelier. Set by hand."""
_CENTS = 10.0
"""Nats by which hundredths are likelier than what else looks so, about as in ``notations``. Set by hand."""
_NOTED = 6.0
"""Likewise, words of the notation of a column, or of a number. Set by hand."""
_NO_WORD = -1.5
"""Nats that letters lose at most that are no word of the language: names are none, and it may be another
language. Set by hand."""
_NOTATIONS = Notations([])
"""What is known of words where no others are."""
_SEEN = 0.01
"""Texts that are less probable are not counted."""
_TEXTS = 5
"""Texts that a row is told as, at most."""


class Told(NamedTuple):
    """A row as it is read.

    Attributes:
        line: the reading of a model that says the text, or is nearest to it.
        layout: says where on the field a box of it lies.
        texts: what it says; other texts after it, each with its probability.
        fits: log probability of the first one by shape alone.
    """

    line: ReadLine
    layout: Layout
    texts: tuple[tuple[str, float], ...]
    fits: float = 0.0


class Usual:
    """How much likelier words are, by what a language knows, than characters drawn at random, in nats."""

    def __init__(self, tools: Tools) -> None:
        self._columns = {text: number for number, text in enumerate(tools.scorer.classes)}
        self._decoder = tools.decoder
        self._words: dict[str, float] = {}

    def of(self, texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """Of the words of texts; characters that no model knows are left out."""
        new = [word for word in dict.fromkeys(chain(*texts)) if word not in self._words]
        known = [[self._columns[text] for text in word if text in self._columns] for word in new]
        self._words.update(zip(new, self._decoder.expects(known).tolist(), strict=True))
        return [[self._words[word] for word in words] for words in texts]


class FieldRow:
    """A row of a field, what may be read in it, and how well that fits.

    Attributes:
        texts: candidates, of each the case that fits best; none where nothing was read.
        words: of each.
        judged: float (2, N), log probability of each along the lattices and along the windows.
        weights: of what judges say and of what is expected.
        expected: float (N,), how much likelier its words are than characters drawn at random, in nats.

    Args:
        owner: number of the field.
        layout: of the field.
        ink: of the row.
        weights: as of the attribute.
        shape: what its text looks like.
    """

    def __init__(self, owner: int, layout: Layout, ink: RowInk, weights: FormWeights, shape: Shape) -> None:
        self.owner, self.layout, self.ink, self.weights, self.shape = owner, layout, ink, weights, shape
        self.lines: list[tuple[ReadLine, ReadLine]] = []
        self.texts: list[str] = []
        self.judged: Floats = np.zeros((2, 0))
        self.expected: Floats = np.zeros(0)
        self.words: list[list[str]] = []
        self._usual: list[list[float]] = []
        self._bench: Bench
        self._asked: tuple[str, ...] = ()
        self._like = ""

    def judge(self, rows: Sequence[DecodedRow], tools: Sequence[Tools], usual: Usual) -> None:
        """Weigh what was read in it by each of several models, and mixtures of that."""
        every = [candidates(lines) for lines in reversed(self.lines)]
        self._like = every[0][0] if every[0] else ""
        self._bench = Bench(rows, tools, self.ink.strip(), self.shape.look_alikes)
        found = [*self._bench.candidates, *(text for texts in every for text in texts)]
        self.ask(found, usual)
        for number in range(_MIXED):
            self.expect(_NOTATIONS)
            order = np.argsort(-self.shares, kind="stable")[:_FIRST].tolist()
            if not order:
                return
            best, *others = (self.texts[k] for k in order)
            self._bench.ask(with_cents(best, others), _CENTS)
            self._bench.ask(replaced(best, number_words((best, *others))), _NOTED)
            self.ask(edits(best) if number == _EDITED else mixtures(best, others), usual)
        self.expect(_NOTATIONS)

    def ask_words(self, words: Sequence[str], usual: Usual) -> None:
        """Have each of its words judged as another, which its column's notation has."""
        best = self.texts[int(np.argmax(self.shares))]
        # Of a text that is one word, the same are tried whatever it says.
        asked = (best if " " in best else "", *words)
        if asked != self._asked:
            self._asked = asked
            self._bench.ask(self.shape.fitting(replaced(best, words)), _NOTED)
            self.ask((), usual)

    def ask(self, texts: Sequence[str], usual: Usual) -> None:
        """Have further texts judged; what is expected is to be told anew."""
        self._bench.ask(self.shape.fitting(texts))
        self.texts, self.judged = self._bench.likeliest(self._like)
        self.words = [text.split() for text in self.texts]
        self._usual = usual.of(self.words)

    def expect(self, notations: Notations, habits: Habitual | None = None) -> None:
        """Take into account what words are usual, and what is known of the others of its column."""
        if self.shape.is_known:
            self.expected = np.array([self._as_shaped(text, habits) for text in self.texts], float)
            return
        gains: dict[str, float] = {}
        for word, value in zip(chain(*self.words), chain(*self._usual), strict=True):
            if word not in gains:
                other = max(value, _NO_WORD) if word.isalpha() else value
                if habits is not None:
                    other = max(other, habits.gain(word.lower()))
                gains[word] = notations.gain(word, other)
        self.expected = np.array(
            [max(sum(gains[word] for word in some), notations.gain_of_all(some)) for some in self.words],
            float,
        )

    def _as_shaped(self, text: str, habits: Habitual | None) -> float:
        """What a text gains by its kind, or by the others of its column."""
        gain = self.shape.gain(text)
        if habits is None or not self.shape.habitual:
            return gain
        return max(gain, sum(map(habits.gain, text.split())))

    @property
    def shares(self) -> Floats:
        """The probability of each candidate."""
        if not self.texts:
            return np.zeros(0)
        weights = self.weights
        lattices, windows = self.judged
        score = weights.lattices * lattices + weights.windows * windows + weights.expected * self.expected
        found = np.exp(score - score.max())
        return np.asarray(found / found.sum())

    def counted(self) -> list[tuple[str, float]]:
        """Its words, each with the probability of the text that it is from."""
        every = zip(self.words, self.shares.tolist(), strict=True)
        return [(word, share) for words, share in every if share > _SEEN for word in words]

    def told(self) -> Told:
        """The likeliest text, and the reading that is nearest to it."""
        shares = self.shares
        order = np.argsort(-shares, kind="stable")[:_TEXTS]
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
        return Told(lines[number], self.layout, texts, float(self.judged[:, order[0]].mean()))
