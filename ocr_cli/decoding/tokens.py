"""What a token may be taken for: no word, a word of the language, one of the user's words, a field.

Each of these says how much likelier it makes a token's characters than characters drawn at random, as nats
that a beam search adds up. Characters are columns of the classifier's classes followed by those of
``alphabet.PLACED``.

O or 0, I or l or 1, S or 5: the neighbours say what the shape cannot. Each character is a digit, a capital, a
small letter or a sign, and neighbours within a word are mostly of one kind: ``KindPrices``, of a hidden
Markov model of the kinds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import Kind, row_of
from ocr_cli.decoding.language import Language, LanguageModel
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.decoding.trie import BOUNDARY, OTHER, Vocabulary, symbols_of
from ocr_cli.weights import WordWeights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_NEVER = math.inf
DIGIT, FIRST_CAPITAL, CAPITAL, SMALL, SIGN = range(5)
"""Kinds of characters."""
_KINDS: dict[Kind, int] = {"digit": DIGIT, "capital": CAPITAL, "small": SMALL, "sign": SIGN}


class KindPrices(NamedTuple):
    """What it costs that one kind of character follows another.

    Attributes:
        within_word: float (5, 5), from the kind of the row to that of the column; after a sign a word may
            begin.
        new_word: float (5, 5), likewise, where a word begins.
        beginning: float (5,), of the kinds at the beginning of a row.
    """

    within_word: Floats
    new_word: Floats
    beginning: Floats

    @staticmethod
    def of(weights: WordWeights) -> KindPrices:
        """Those that the record says."""
        foreign, late, sign, between = weights.foreign, weights.late, weights.sign, weights.between
        return KindPrices(
            np.array(
                [
                    [0.0, _NEVER, foreign, foreign, sign],
                    [foreign, _NEVER, 0.0, 0.0, sign],
                    [foreign, _NEVER, 0.0, late, sign],
                    [foreign, _NEVER, foreign, 0.0, sign],
                    [0.0, 0.0, _NEVER, 0.0, 0.0],
                ]
            ),
            np.array(
                [
                    [0.0, between, _NEVER, between, sign],
                    *[[between, 0.0, _NEVER, 0.0, sign]] * 3,
                    [0.0, 0.0, _NEVER, 0.0, sign],
                ]
            ),
            np.array([0.0, 0.0, _NEVER, 0.0, sign]),
        )


def kinds_of(classes: Sequence[str]) -> npt.NDArray[np.int64]:
    """The kind of each character: int (C,); capitals are ``CAPITAL`` wherever they stand."""
    return np.array([_KINDS[row_of(text).kind] for text in classes], np.int64)


LETTER, END = -math.log(5 / 6 / 26), -math.log(1 / 6)
"""Nats that a letter, and the end of a word, cost where letters are drawn at random, five to a word:
by definition."""


class Token(Protocol):
    """What a token may be taken for.

    Attributes:
        start: the state before its first character.
        tolerant: whether it may read a character as another one than its shape suggests.
        spans: whether signs and spaces may stand in it; it then begins and ends beside spaces alone.
    """

    start: int
    tolerant: bool
    spans: bool

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """What characters gain, and the states after them; of a shape to which both broadcast."""

    def begin(self, columns: Ints) -> Floats:
        """What is gained where a token begins with these characters, of their shape."""

    def end(self, states: Ints) -> Floats:
        """What is gained where a token ends after these states, of their shape."""


class Free:
    """No word: numbers, codes, single letters.

    The state says whether there was a letter.

    Args:
        kinds: of the characters, as of ``kinds_of``.
        price: of having a letter.
    """

    start = 0
    tolerant = False
    spans = False

    def __init__(self, kinds: Ints, price: float) -> None:
        self._is_letter = (kinds != SIGN) & (kinds != DIGIT)
        self._first_letter = price

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """The first letter costs, wherever it stands: what language can say against a code is bounded.

        Else a code that begins with a letter would rather be read to begin with a digit.
        """
        letter = self._is_letter[columns]
        after = np.asarray(states | letter)
        return np.where(after > states, -self._first_letter, 0.0), after

    def begin(self, columns: Ints) -> Floats:
        """Nothing."""
        return np.zeros(columns.shape)

    def end(self, states: Ints) -> Floats:
        """Nothing."""
        return np.zeros(states.shape)


class Word:
    """A word of a language, by how its letters follow each other, or by a list of common words.

    Args:
        texts: the characters of the columns.
        kinds: int (N,), as of ``kinds_of``.
        spelling: what is known of the language's words.
        weight: of that beside shape.
        most: nats that it may say for or against a letter.
        share: of all words that such ones are.
    """

    tolerant = False
    spans = False

    def __init__(
        self,
        texts: Sequence[str],
        kinds: Ints,
        spelling: LanguageModel | Vocabulary,
        weight: float,
        *,
        most: float = math.inf,
        share: float = 1.0,
    ) -> None:
        self.start = spelling.START
        self._spelling = spelling
        self._weight, self._most, self._begin = weight, most, math.log(share)
        self._is_letter = (kinds != SIGN) & (kinds != DIGIT)
        self._symbols = _first_and_second([symbols_of(text).tolist() for text in texts])

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """By the language; what words lack, no word has."""
        return _both(self._follow, states, columns, self._symbols)

    def _follow(self, states: Ints, symbols: Ints) -> tuple[Floats, Ints]:
        log_probability, after = self._spelling.follow(states, symbols)
        gain = log_probability + LETTER
        known = (symbols != OTHER) & (symbols != BOUNDARY)
        gains = np.where(known, self._weight * np.clip(gain, -self._most, self._most), -np.inf)
        return gains, after

    def begin(self, columns: Ints) -> Floats:
        """Words begin with letters."""
        return np.where(self._is_letter[columns], self._weight * self._begin, -np.inf)

    def end(self, states: Ints) -> Floats:
        """By the language."""
        gain = self._spelling.log_probability(states, BOUNDARY) + END
        return np.asarray(self._weight * np.clip(gain, -self._most, self._most))

    def gains_of(self, runs: Sequence[Sequence[int]]) -> Floats:
        """What each of some runs of letters gains as a word: nats, float (N,), the weight left out.

        Args:
            runs: columns of letters; each run has at least one.
        """
        lengths = np.array([len(run) for run in runs], np.intp)
        columns = np.zeros((len(runs), lengths.max(initial=0)), np.intp)
        for row, run in zip(columns, runs, strict=True):
            row[: len(run)] = run
        states, totals = np.full(len(runs), self.start), np.full(len(runs), self._weight * self._begin)
        for place, letters in enumerate(columns.T):
            gains, after = self.gains(states, letters)
            within = place < lengths
            totals += np.where(within, gains, 0.0)
            states = np.where(within, after, states)
        return np.asarray((totals + self.end(states)) / self._weight)


def _first_and_second(symbols: Sequence[Sequence[int]]) -> tuple[Ints, Ints | None]:
    """The symbols with which words spell each character: ß and æ have two, for others -1 stands second.

    There are no second ones where no character has two: most alphabets need not look for them.
    """
    second = np.array([[*some, -1][1] for some in symbols])
    return np.array([some[0] for some in symbols]), second if (second >= 0).any() else None


def _both(
    follow: Callable[[Ints, Ints], tuple[Floats, Ints]],
    states: Ints,
    columns: Ints,
    symbols: tuple[Ints, Ints | None],
) -> tuple[Floats, Ints]:
    """What characters gain by their first symbols, and by second ones, and the states after them."""
    first, second = symbols
    gains, after = follow(states, first[columns])
    if second is not None and ((then := second[columns]) >= 0).any():
        more, last = follow(after, np.maximum(then, 0))
        gains, after = gains + np.where(then >= 0, more, 0.0), np.where(then >= 0, last, after)
    return gains, after


class Listed:
    """A word of the user's.

    Args:
        texts: the characters of the columns.
        lexicon: of such words.
        weight: of it beside shape.
    """

    tolerant = True
    spans = False

    def __init__(self, texts: Sequence[str], lexicon: Lexicon, weight: float) -> None:
        self.start = lexicon.START
        self._lexicon, self._weight = lexicon, weight
        self._symbols = _first_and_second([lexicon.symbols_of(text).tolist() for text in texts])

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """All words are as likely."""
        return _both(self._follow, states, columns, self._symbols)

    def _follow(self, states: Ints, symbols: Ints) -> tuple[Floats, Ints]:
        after = self._lexicon.advance(states, symbols)
        return self._weight * (self._lexicon.log_share(states, after) + LETTER), after

    def begin(self, columns: Ints) -> Floats:
        """Nothing: the list may have words that begin with anything."""
        return np.zeros(columns.shape)

    def end(self, states: Ints) -> Floats:
        """Minus infinity if the word is not listed."""
        return np.asarray(self._weight * (self._lexicon.log_end(states) + END))


class Field:
    """A field that fits one of the user's patterns."""

    tolerant = True
    spans = True

    def __init__(self, texts: Sequence[str], pattern: Pattern) -> None:
        self.start = pattern.START
        self._pattern = pattern
        self._symbols = np.array([pattern.symbols_of(text)[0] for text in texts])
        self._space = int(pattern.symbols_of(" ")[0])

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """Nothing, but what does not fit is impossible."""
        after = self._pattern.advance(states, self._symbols[columns])
        return np.where(after >= 0, 0.0, -np.inf), after

    def part(self, states: Ints) -> Ints:
        """The states after a space within the field."""
        return self._pattern.advance(states, self._space)

    def begin(self, columns: Ints) -> Floats:
        """Nothing."""
        return np.zeros(columns.shape)

    def end(self, states: Ints) -> Floats:
        """Minus infinity if the field is not whole."""
        return np.where(self._pattern.is_whole(states), 0.0, -np.inf)


def find_tokens(
    texts: Sequence[str],
    kinds: Ints,
    languages: Sequence[Language],
    lexicon: Lexicon | None,
    pattern: Pattern | None,
    weights: WordWeights,
    *,
    lexicon_only: bool,
) -> list[Token]:
    """All that a token may be taken for; the first is ``Free``.

    Args:
        texts: the characters of the columns.
        kinds: int (N,), as of ``kinds_of``.
        languages: of words.
        lexicon: the user's words.
        pattern: of the user's fields.
        weights: of all these.
        lexicon_only: whether tokens with letters should be among the user's words.
    """
    price = weights.unexpected if lexicon_only else weights.no_word if languages or lexicon else 0.0
    tokens: list[Token] = [Free(kinds, price)]
    for language in () if lexicon_only else languages:
        tokens.append(Word(texts, kinds, language.letters, weights.language, most=weights.most))
        tokens.append(Word(texts, kinds, language.words, weights.common, share=weights.common_share))
    if lexicon is not None:
        tokens.append(Listed(texts, lexicon, weights.lexicon))
    if pattern is not None:
        tokens.append(Field(texts, pattern))
    return tokens
