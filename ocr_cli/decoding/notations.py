"""Notations that words of a form may be written in: moves of chess, numbers as words, cents as hundredths.

What is read clearly in some fields of a column tells that it is in such a notation, and then the others are,
too. Habits learn that as well (``habits``), but not which words there are where none like them was seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple, TypeAlias

import numpy as np

from ocr_cli.decoding.tokens import END, LETTER

Notation: TypeAlias = Mapping[str, float]
"""The probability of each of its words."""


class Shape(NamedTuple):
    """Words of a notation that look alike.

    Attributes:
        share: of the notation's words that look so.
        signs: what may stand in each place of them, everywhere equally likely.
    """

    share: float
    signs: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many there are."""
        return math.prod(map(len, self.signs))


_PRIOR, _STRENGTH = 0.005, 2.0
"""Share of columns' words in a notation where none was seen, and how many words it counts as. Set by hand."""
_LEAST = 0.01
"""Share of words that are of none, at least. Set by hand."""
_CHECK = 0.05
"""Share of moves that give check, or mate. Set by hand."""
_TELLING = 3
"""Letters of a word that tells of a language, at least. Set by hand."""
_USUAL = 0.3
"""A column is in a notation if so many of its words are. Set by hand."""

_PIECES = ("KQRBN", "KDTLS", "RDTFC", "KDTLP", "RDTAC")
"""Letters of king, queen, rook, bishop and knight: English, German, French, Dutch, Spanish or Italian."""


def _chess(pieces: str) -> list[Shape]:
    """Moves in algebraic notation; the shares are about those of games. Set by hand."""
    files, ranks = "abcdefgh", "12345678"
    taking = [(a, b) for a, b in product(files, files) if abs(ord(a) - ord(b)) == 1]
    castling = ("0-0", "0-0-0", "O-O", "O-O-O")
    return [
        Shape(0.48, (pieces, files, ranks)),
        Shape(0.22, (files, ranks)),
        Shape(0.13, (pieces, "x", files, ranks)),
        *(Shape(0.08 / len(taking), (a, "x", b, ranks)) for a, b in taking),
        Shape(0.025, (pieces[2] + pieces[4], files + ranks, files, ranks)),
        Shape(0.025, (pieces[2] + pieces[4], files + ranks, "x", files, ranks)),
        Shape(0.01, (files, "18", pieces[1:])),
        *(Shape(0.03 / len(castling), tuple(word)) for word in castling),
    ]


def _cents() -> list[Shape]:
    """What stands after an amount in words on a cheque."""
    digits, end = "0123456789", ("/", "1", "0", "0")
    return [
        Shape(0.9 * 10 / 110, (digits, *end)),
        Shape(0.9 * 100 / 110, (digits, digits, *end)),
        Shape(0.05, ("n", "o", *end)),
        Shape(0.05, ("x", "x", *end)),
    ]


_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "thousand million and only",
    "un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt "
    "vingts trente quarante cinquante soixante cent cents mille et",
    "uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte "
    "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos "
    "quinientos mil y",
    "um uma dois duas tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze vinte "
    "trinta quarenta cinquenta sessenta setenta oitenta noventa cem cento duzentos trezentos quinhentos "
    "mil e",
    "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh seratus ratus "
    "seribu ribu juta",
)
"""Words of which numbers are made: English, French, Spanish, Portuguese, Indonesian. Other languages write
them as one."""


def _numbers(words: str) -> list[Shape]:
    return [Shape(1 / len(words.split()), tuple(word)) for word in words.split()]


@cache
def shapes() -> tuple[list[Shape], ...]:
    """Those of all notations; the last one is of cents."""
    return (*map(_chess, _PIECES), *map(_numbers, _NUMBERS), _cents())


@cache
def notations() -> tuple[Notation, ...]:
    """All of them, in the order of ``shapes``."""
    return tuple(
        {"".join(word): one.share / one.words for one in some for word in product(*one.signs)}
        for some in shapes()
    )


@cache
def _small() -> tuple[Notation, ...]:
    return tuple({word.lower(): share for word, share in one.items()} for one in notations())


@lru_cache(maxsize=10_000)
def log_probabilities(word: str) -> tuple[float, ...]:
    """Those of a word, in any case, in each notation; minus infinity if it is none of it."""
    plain = word.lower().rstrip("+#")
    share = _CHECK if len(plain) < len(word) else 1.0
    return tuple(math.log(share * one[plain]) if plain in one else -math.inf for one in _small())


def number_words(texts: Iterable[str]) -> Sequence[str]:
    """The words for numbers in the language that texts have most of them of; none if they have none."""
    first = len(_PIECES)
    every = [log_probabilities(word) for text in texts for word in text.split() if len(word) >= _TELLING]
    counts = [sum(math.isfinite(logs[first + number]) for logs in every) for number in range(len(_NUMBERS))]
    return list(notations()[first + counts.index(max(counts))]) if max(counts) else []


class Notations:
    """How likely words are in each of the notations, and how likely a column is in it.

    Args:
        texts: weighed words of its other fields.
    """

    def __init__(self, texts: Iterable[tuple[str, float]]) -> None:
        self._whole = _STRENGTH
        self._fitting = [_PRIOR * _STRENGTH] * len(notations())
        self.count(texts)

    def count(self, texts: Iterable[tuple[str, float]], times: float = 1.0) -> None:
        """Count words as often; -1 forgets them again."""
        for word, weight in texts:
            self._whole += times * weight
            for number, log in enumerate(log_probabilities(word)):
                self._fitting[number] += times * weight * math.isfinite(log)
        self._shares = [one / self._whole for one in self._fitting]

    def gain(self, word: str, otherwise: float) -> float:
        """How much likelier a word is than characters drawn at random, in nats.

        Args:
            word: in any case.
            otherwise: the same if it is of no notation.
        """
        left = math.log(max(1 - max(self._shares), _LEAST))
        logs = zip(self._shares, log_probabilities(word), strict=True)
        likely = max(math.log(share) + log for share, log in logs)
        return float(np.logaddexp(left + otherwise, likely + len(word) * LETTER + END))

    def gain_of_all(self, words: Sequence[str]) -> float:
        """The same of all words of a text together, if they are of one notation; otherwise minus infinity."""
        found = -math.inf
        for number, share in enumerate(self._shares):
            logs = [log_probabilities(word)[number] + len(word) * LETTER + END for word in words]
            found = max(found, math.log(share) + sum(logs))
        return found

    def words(self) -> Sequence[str]:
        """All words of the notation that the column is in; none if it is in none."""
        share, number = max((share, -k) for k, share in enumerate(self._shares))
        return list(notations()[-number]) if share >= _USUAL else []
