"""A word of a notation: a move of chess, a number in words, hundredths. What stands alone may be one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import is_small
from ocr_cli.decoding.notations import Shape, shapes
from ocr_cli.decoding.tokens import END, LETTER

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_SHARE = 0.2
"""Share of words alone on a line that are of a notation. Set by hand."""
_Rests: TypeAlias = "tuple[tuple[tuple[str, ...], float], ...]"
"""What of words may follow a beginning, and how likely."""


class _State(NamedTuple):
    """A beginning of words.

    Attributes:
        end: probability that it is a whole word.
        signs: that of each character that may follow, and the state after it.
    """

    end: float
    signs: dict[str, tuple[float, int]]


class Noted:
    """A word of one of the notations: ``tokens.Token``.

    The state is a beginning of such words.

    Args:
        texts: the characters of the columns.
        weight: of what is known of words, beside shape.
    """

    start = 0
    tolerant = False
    spans = True

    def __init__(self, texts: Sequence[str], weight: float = 1.0) -> None:
        states = _states()
        likely = np.zeros((len(states), len(texts)))
        self._after = np.zeros(likely.shape, np.intp)
        for number, one in enumerate(states):
            for column, text in enumerate(texts):
                if text in one.signs:
                    likely[number, column], self._after[number, column] = one.signs[text]
        with np.errstate(divide="ignore"):
            self._gains = weight * (np.log(likely) + LETTER)
            self._ends = weight * (np.log([one.end for one in states]) + END)
        self._begin = weight * math.log(_SHARE)

    def gains(self, states: Ints, columns: Ints) -> tuple[Floats, Ints]:
        """By the notation; what no word of it has is impossible."""
        return self._gains[states, columns], self._after[states, columns]

    def begin(self, columns: Ints) -> Floats:
        """Few words are of a notation."""
        return np.full(np.shape(columns), self._begin)

    def end(self, states: Ints) -> Floats:
        """Minus infinity if the word is not whole."""
        return np.asarray(self._ends[states])


@cache
def _states() -> list[_State]:
    """Beginnings of words, the first one empty. Of those after which the same may follow there is one."""
    every = [one for some in shapes() for shape in some for one in _written(shape)]
    numbers: dict[_Rests, int] = {}
    states: list[_State] = []

    def state(rests: _Rests) -> int:
        if rests in numbers:
            return numbers[rests]
        number = numbers[rests] = len(states)
        states.append(_State(0.0, {}))
        after: dict[str, dict[tuple[str, ...], float]] = defaultdict(lambda: defaultdict(float))
        for signs, share in rests:
            for sign in signs[0] if signs else ("",):
                after[sign][signs[1:]] += share / len(signs[0] if signs else "-")
        follow = {}
        end = sum(after.pop("", {}).values())
        for sign, some in after.items():
            share = sum(some.values())
            rest = tuple(sorted((signs, round(one / share, 9)) for signs, one in some.items()))
            follow[sign] = (share, state(rest))
        states[number] = _State(end, follow)
        return number

    count = len(shapes())
    state(tuple((one.signs, one.share / count) for one in every))
    return states


def _written(shape: Shape) -> Iterator[Shape]:
    """Words as they are written: those of small letters alone in any case."""
    word = "".join(shape.signs)
    if shape.words > 1 or not word or not all(map(is_small, word)):
        yield shape
        return
    for form in (word, word.capitalize(), word.upper()):
        yield Shape(shape.share / 3, tuple(form))
