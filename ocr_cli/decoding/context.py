"""O or 0, I or l or 1, S or 5: the neighbours say what the shape cannot.

Each character is a digit, a capital, a small letter or a sign, and neighbours within a word are mostly of one
kind: small letters follow a first capital, capitals follow capitals, digits digits. These are the prices of a
hidden Markov model of the kinds; the beam search finds the likeliest sequence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import Kind, row_of
from ocr_cli.weights import WordWeights

Floats = npt.NDArray[np.float64]

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
