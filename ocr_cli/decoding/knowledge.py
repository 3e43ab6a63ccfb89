"""What is known of words, as a search and those who judge what it found ask it.

Each token may be a word of a language, one of the user's, a field, or none of these (``tokens``); besides,
it is known how kinds of characters follow each other, and which may not be read, or hardly: what looks like
one that may not counts for those that may, and on a page in capitals small letters are unlikely.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED, has_two_shapes, is_small, look_alike, row_of
from ocr_cli.decoding.hypotheses import Choice, Shapes, word_bounds
from ocr_cli.decoding.language import Language
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.decoding.tokens import (
    CAPITAL,
    DIGIT,
    FIRST_CAPITAL,
    SIGN,
    Field,
    KindPrices,
    Token,
    Word,
    find_tokens,
    kinds_of,
)
from ocr_cli.weights import Weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]


class Knowledge:
    """What is known of words.

    Args:
        classes: the characters of the columns of the classifier's probabilities.
        language: its words, and how letters follow each other in them; several, or None to go by shape
            and geometry alone.
        weights: of the record.
        lexicon: the user's words.
        lexicon_only: whether tokens with letters should be among them.
        pattern: of fields; each word, or several words together, should fit it.

    Attributes:
        classes: how many there are; the columns of the signs of ``PLACED`` follow theirs.
        kinds: int, of all columns, as of ``kinds_of``.
        prices: of kinds that follow each other.
        tokens: all that a token may be taken for.
        spans: bool, of each of them, as of ``Token``.
        fields: whether there are fields.
        tolerant: whether characters may be read against their shape.
        misread: most that this costs.
        scale: weight of a character's shape.
        weights: of words.
    """

    def __init__(
        self,
        classes: Sequence[str],
        language: Language | Sequence[Language] | None,
        weights: Weights,
        lexicon: Lexicon | None = None,
        *,
        lexicon_only: bool = False,
        pattern: Pattern | None = None,
    ) -> None:
        texts = [*classes, *PLACED]
        self.kinds = kinds_of(texts)
        self.classes = len(classes)
        self.scale, self.weights = weights.arcs.shape, weights.words
        self.prices = KindPrices.of(weights.words)
        languages = (language,) if isinstance(language, Language) else language or ()
        self.tokens = find_tokens(
            texts, self.kinds, languages, lexicon, pattern, weights.words, lexicon_only=lexicon_only
        )
        self.spans = np.array([token.spans for token in self.tokens])
        self.fields = pattern is not None
        self.tolerant = any(token.tolerant for token in self.tokens)
        self.misread = (
            weights.words.misread_in_field
            if pattern is not None
            else weights.words.misread_in_word
            if lexicon_only
            else math.inf
        )
        self._lexicon_only = lexicon_only

    def also(self, token: Token) -> Knowledge:
        """The same, where tokens may be taken for one thing more."""
        other = copy.copy(self)
        other.tokens = [*self.tokens, token]
        other.spans = np.append(self.spans, token.spans)
        return other

    def is_placed(self, choice: Choice) -> bool:
        """Whether a character is a sign that its place alone tells."""
        return choice.column >= self.classes

    def expected(self, choices: Sequence[Choice], logs: Floats) -> list[bool]:
        """Whether each character of a reading is what the user expects.

        None of a word is that fits no pattern, or is not listed where only such words are read; nor is one
        that stands where a field must have another.
        """
        good = [True] * len(choices)
        if self.fields:
            good = [
                bool(self.spans[choice.token])
                and (
                    self.is_placed(choice)
                    or logs[choice.arc].max() - logs[choice.arc, choice.column]
                    < self.weights.misread_in_field
                )
                for choice in choices
            ]
        elif self._lexicon_only:
            for start, stop in word_bounds(choices):
                if any(one.token == 0 and self._is_letter(one) for one in choices[start:stop]):
                    good[start:stop] = [False] * (stop - start)
        return good

    def is_listed(self, choices: Sequence[Choice]) -> bool | None:
        """Whether a word of a reading is one of the user's, or a field; None if such are not expected."""
        if all(self.tokens[choice.token].tolerant for choice in choices):
            return True
        return False if self.tolerant and any(map(self._is_letter, choices)) else None

    def language_gains(self, words: Sequence[Sequence[Choice]]) -> list[float | None]:
        """How much likelier the language makes each word of a reading than letters drawn at random.

        Returns:
            Nats per letter, a word's end counting as one more; all letters together no less than what being
            no word costs. Signs part words. None where the language says nothing: of what has digits or no
            letters, and of everything if there is no language.
        """
        tokens = [token for token in self.tokens if isinstance(token, Word)]
        if not tokens:
            return [None] * len(words)
        runs = list(map(self._letters, words))
        every = list(itertools.chain.from_iterable(runs))
        gains = iter(np.max([token.gains_of(every) for token in tokens], axis=0).tolist())
        return [
            max(self.weights.least_gain, sum(itertools.islice(gains, len(some))))
            / sum(len(run) + 1 for run in some)
            if some
            else None
            for some in runs
        ]

    def score_runs(self, columns: Ints, logs: Floats, token: int) -> Floats:
        """How well runs of characters without a gap or sign read.

        Args:
            columns: int (V, n), classes of V runs that may stand in the same place.
            logs: float (n, C), weighed logarithms of the probabilities of shape in that place.
            token: what the run that was read is taken for: a field is compared with fields alone.

        Returns:
            float (V,), the best score of each as any token.
        """
        places = np.arange(columns.shape[1])
        shapes = logs[places, columns]
        kinds = self.kinds[columns]
        beginning = np.pad(kinds[:, :-1] == SIGN, ((0, 0), (1, 0)), constant_values=True)
        kinds = np.where(beginning & (kinds == CAPITAL), FIRST_CAPITAL, kinds)
        prices = self.prices.within_word[kinds[:, :-1], kinds[:, 1:]].sum(axis=1)
        best = np.full(len(columns), -np.inf)
        if isinstance(self.tokens[token], Field):
            return np.asarray(shapes.sum(axis=1))
        tolerant = shapes
        if self.tolerant:
            tolerant = Shapes(logs, self.kinds, self.scale, self.misread).tolerant[places, columns]
        for one in self.tokens:
            if not isinstance(one, Field):
                score = (tolerant if one.tolerant else shapes).sum(axis=1)
                # What is known of a column knows how kinds follow each other.
                score -= 0.0 if one.spans else prices
                states = np.full(len(columns), one.start)
                score += one.begin(columns[:, 0])
                for place in places:
                    gains, states = one.gains(states, columns[:, place])
                    score += gains
                best = np.maximum(best, score + one.end(states))
        return best

    def expects(self, words: Sequence[Sequence[int]]) -> Floats:
        """How much likelier than characters drawn at random what is known makes words, in nats: float (N,).

        Args:
            words: columns of their characters; signs that are known by their place are in none.
        """
        found = np.zeros(len(words))
        runs: dict[int, list[tuple[int, list[int]]]] = {}
        for number, word in enumerate(words):
            for is_sign, run in itertools.groupby(word, lambda column: bool(self.kinds[column] == SIGN)):
                columns = list(run)
                if is_sign:
                    found[number] -= self.weights.sign * len(columns)
                else:
                    runs.setdefault(len(columns), []).append((number, columns))
        for length, some in runs.items():
            flat = np.zeros((length, self.classes))
            scores = self.score_runs(np.array([columns for _, columns in some]), flat, 0)
            np.add.at(found, [number for number, _ in some], scores)
        return found

    def _letters(self, word: Sequence[Choice]) -> list[list[int]]:
        """The runs of letters in a word, as columns; none if it has digits."""
        if any(self.kinds[one.column] == DIGIT for one in word):
            return []
        return [
            [one.column for one in run] for letter, run in itertools.groupby(word, self._is_letter) if letter
        ]

    def _is_letter(self, choice: Choice) -> bool:
        return self.kinds[choice.column] not in (SIGN, DIGIT)


_ALLOWED = 0.1
"""Least probability, together, of the characters that are allowed; what looks less like them is refused.
Set by hand."""


class Permitted:
    """Takes away what is not allowed.

    Args:
        classes: the model's.
        allowed: says of a character whether it may be read; None if all may.
    """

    def __init__(self, classes: Sequence[str], allowed: Callable[[str], bool] | None) -> None:
        self._is_allowed = np.array([allowed is None or allowed(text) for text in classes])
        self._counts_for = _counts_for(classes, self._is_allowed)

    def of(self, probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Probabilities without the characters that are not allowed.

        Those count for their look-alikes: where there can be no Z, what looks like one is a 2. What hardly
        looks like any that is allowed keeps the others instead: it is to be refused, not forced.
        """
        if self._is_allowed.all():
            return probabilities
        permitted = probabilities @ self._counts_for
        enough = permitted.sum(axis=1, keepdims=True) >= _ALLOWED
        return np.where(enough, permitted, np.where(self._is_allowed, np.float32(0), probabilities))


def _counts_for(classes: Sequence[str], is_allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Which allowed characters each class counts for.

    Args:
        classes: the model's.
        is_allowed: bool (C,).

    Returns:
        float32 (C, C): of an allowed one itself; of another its look-alikes, shared out evenly.
    """
    alike = np.array([look_alike(text) for text in classes])
    shares = (alike[:, None] == alike) & is_allowed
    shares[is_allowed] = np.eye(len(classes), dtype=bool)[is_allowed]
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1), np.float32)


_ENOUGH, _FEW = 4, 0.15
"""So many capitals, and so few small letters for each of them, make a page in capitals. Set by hand."""
_IN_CAPITALS = 4.0
"""Nats that a small letter of another shape than its capital costs on such a page. Set by hand."""


def in_capitals(texts: Iterable[str]) -> bool:
    """Whether a page is written in capitals alone, as far as letters tell that have two shapes.

    Args:
        texts: the characters that were read of it.
    """
    kinds = [row_of(text).kind for text in texts if has_two_shapes(text)]
    small, capitals = kinds.count("small"), kinds.count("capital")
    return capitals >= _ENOUGH and small <= _FEW * capitals


def costs_in_capitals(classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """Nats that each class costs on such a page: float (C,)."""
    return np.array([_IN_CAPITALS * (is_small(text) and has_two_shapes(text)) for text in classes])
