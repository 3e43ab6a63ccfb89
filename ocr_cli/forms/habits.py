"""What texts of one column have in common: how their characters follow each other, learned from readings.

A column of a form holds moves of a game, codes, marks, names of one kind: what of it is read clearly tells
how the rest may be read. Characters are counted after the two before them, and their kinds after the three
before; what was seen seldom leans on what is known with less before it (J. MacKay and L. Peto, "A
hierarchical Dirichlet language model", 1995). Capitals and small letters are the same here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import row_of
from ocr_cli.decoding.tokens import END, LETTER

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_CONTEXT, _KINDS = 2, 3
"""Characters, and kinds of characters, before a character that tell which it is. Set by hand."""
_STRENGTH, _OF_KINDS, _OF_KIND = 3.0, 2.0, 12.0
"""How much must be seen until it counts as much as what is known with less: of characters, of kinds, and of
the characters of one kind. Set by hand."""
_USUAL: Mapping[str, float] = {"": 0.2, "letter": 0.6, "digit": 0.17}
"""How likely ends, letters and digits are where nothing is known; signs share the rest."""

_END = ""
"""The end of a text, and what is before its beginning."""


@cache
def _kind(text: str) -> str:
    kind = row_of(text).kind if text else ""
    return kind if kind in ("digit", "sign", "") else "letter"


class Habits:
    """Counts of what follows what in some texts.

    Args:
        texts: weighed texts, one word each.
        alphabet: the characters that may be read.
    """

    def __init__(self, texts: Iterable[tuple[str, float]], alphabet: Sequence[str]) -> None:
        self.symbols = (_END, *dict.fromkeys(text.lower() for text in alphabet))
        self._columns = {text: number for number, text in enumerate(self.symbols)}
        self._kinds = [_kind(text) for text in self.symbols]
        self._kind_names = tuple(dict.fromkeys(self._kinds))
        self._kind_of = np.array([self._kind_names.index(kind) for kind in self._kinds])
        members = np.bincount(self._kind_of)
        self._base = (np.arange(len(self.symbols)) >= 0) / members[self._kind_of]
        left = 1 - sum(_USUAL.values())
        self._usual = np.array([_USUAL.get(kind, left) for kind in self._kind_names])
        self._counts: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._of_kinds: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.count(texts)

    def count(self, texts: Iterable[tuple[str, float]], times: float = 1.0) -> None:
        """Count texts as often; -1 forgets them again."""
        for text, weight in texts:
            self._add(text.lower(), times * weight)

    def _add(self, text: str, weight: float) -> None:
        known = [_END] * _KINDS
        for symbol in [*text, _END]:
            if symbol not in self._columns:
                symbol = next(iter(self._columns))
            kinds = [_kind(one) for one in known]
            for length in range(_CONTEXT + 1):
                self._counts[tuple(known[len(known) - length :])][symbol] += weight
            for length in range(_KINDS + 1):
                self._of_kinds[tuple(kinds[len(kinds) - length :])][_kind(symbol)] += weight
            known = [*known[1:], symbol]

    def log_probabilities(self, before: Sequence[str]) -> Floats:
        """Log probability of each symbol after the last ones: float (S,), in the order of ``symbols``.

        Args:
            before: the last ``_KINDS`` symbols; ends where there are none yet.
        """
        kinds = [_kind(one) for one in before]
        likely = self._usual
        for length in range(_KINDS + 1):
            seen = self._of_kinds.get(tuple(kinds[len(kinds) - length :]), {})
            counts = np.array([seen.get(kind, 0.0) for kind in self._kind_names])
            likely = (counts + _OF_KINDS * likely) / (counts.sum() + _OF_KINDS)
        counts = self._row(())
        of_kind = np.bincount(self._kind_of, counts)[self._kind_of]
        shares = (counts + _OF_KIND * self._base) / (of_kind + _OF_KIND)
        found = likely[self._kind_of] * shares
        for length in range(1, _CONTEXT + 1):
            counts = self._row(tuple(before[len(before) - length :]))
            found = (counts + _STRENGTH * found) / (counts.sum() + _STRENGTH)
        return np.asarray(np.log(found))

    def log_probability(self, symbol: str, before: Sequence[str]) -> float:
        """That of one symbol: as ``log_probabilities`` has it, without the others.

        Args:
            symbol: the next one.
            before: as of ``log_probabilities``.
        """
        column = self._columns[symbol]
        kinds, kind = [_kind(one) for one in before], self._kinds[column]
        likely = float(self._usual[self._kind_of[column]])
        for length in range(_KINDS + 1):
            seen = self._of_kinds.get(tuple(kinds[len(kinds) - length :]), {})
            likely = (seen.get(kind, 0.0) + _OF_KINDS * likely) / (sum(seen.values()) + _OF_KINDS)
        of_kind = self._of_kinds.get((), {}).get(kind, 0.0)
        once = self._counts.get((), {}).get(symbol, 0.0)
        found = likely * (once + _OF_KIND * float(self._base[column])) / (of_kind + _OF_KIND)
        for length in range(1, _CONTEXT + 1):
            after = self._counts.get(tuple(before[len(before) - length :]), {})
            found = (after.get(symbol, 0.0) + _STRENGTH * found) / (sum(after.values()) + _STRENGTH)
        return math.log(found)

    def _row(self, before: tuple[str, ...]) -> Floats:
        row = np.zeros(len(self.symbols))
        for symbol, count in self._counts.get(before, {}).items():
            row[self._columns[symbol]] = count
        return row


class Habitual:
    """A word as others in its column: ``tokens.Token``.

    Args:
        texts: the characters of the columns.
        habits: of the others.
        letter: nats that a letter costs where letters are drawn at random.
        end: likewise, the end of a word.
    """

    start = 0
    tolerant = False
    spans = True

    def __init__(
        self, texts: Sequence[str], habits: Habits, letter: float = LETTER, end: float = END
    ) -> None:
        self._habits, self._letter, self._end = habits, letter, end
        self._size, self._known = len(habits.symbols), frozenset(habits.symbols)
        self._symbols = np.array([habits.symbols.index(text.lower()) for text in texts])
        self._rows: dict[int, Floats] = {}

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """By the habits. The state is the last symbols, as the digits of a number."""
        symbols = self._symbols[columns]
        states = np.asarray(states)
        unique, which = np.unique(states, return_inverse=True)
        rows = np.stack([self._row(state) for state in unique.tolist()])
        gains = rows[which.reshape(states.shape), symbols] + self._letter
        return gains, states % self._size ** (_KINDS - 1) * self._size + symbols

    def gain(self, word: str) -> float:
        """What a word gains: its characters, and its end."""
        before, total = [_END] * _KINDS, self._end - self._letter
        for symbol in [*word.lower(), _END]:
            known = symbol if symbol in self._known else self._habits.symbols[1]
            total += self._habits.log_probability(known, before) + self._letter
            before = [*before[1:], known]
        return total

    def begin(self, columns: Ints) -> Floats:
        """Nothing: anything may begin a word."""
        return np.zeros(columns.shape)

    def end(self, states: Ints) -> Floats:
        """By the habits."""
        ends = [self._row(state)[0] + self._end for state in np.ravel(states).tolist()]
        return np.array(ends, float).reshape(np.shape(states))

    def _row(self, state: int) -> Floats:
        if state not in self._rows:
            digits = [state // self._size**place % self._size for place in range(_KINDS)]
            before = [self._habits.symbols[digit] for digit in reversed(digits)]
            self._rows[state] = self._habits.log_probabilities(before)
        return self._rows[state]
