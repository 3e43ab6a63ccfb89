"""How sure the value of a field is: what is known of its reading, weighed.

Fitted weights make of that the probability that it is right (``models/fit_forms.py``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from ocr_cli.weights import Logistic

Sort: TypeAlias = Literal["lines", "signs", "empty", "marks"]
SORTS: Mapping[Sort, int] = {"lines": 3, "signs": 2, "empty": 1, "marks": 1}
"""Fields whose rows all judges read together; others in which characters were read; those in which nothing is
written; marks. Of each, how many numbers its evidence has; the first one are log odds."""

_SUREST = 8.0
"""Log odds that are believed, at most."""


class Evidence(NamedTuple):
    """What is known of a value.

    Attributes:
        sort: of the field.
        numbers: as ``SORTS`` says.
    """

    sort: Sort
    numbers: tuple[float, ...]

    def confidence(self, weights: Mapping[str, Logistic]) -> float:
        """That the value is right, in [0, 1]."""
        return weights[self.sort].probability(self.numbers)


def of_lines(shares: Sequence[float], fits: Sequence[float], length: int) -> Evidence:
    """Of rows whose texts have such shares among all that they may be, and fit so well by shape alone."""
    fit = sum(fits) / max(1, len(fits))
    return Evidence("lines", (_odds(math.prod(shares)), fit, math.log(max(1, length))))


def of_signs(confidences: Sequence[float]) -> Evidence:
    """Of characters that are so sure."""
    return Evidence("signs", (_odds(math.prod(confidences)), math.log(max(1, len(confidences)))))


def of_empty(written: float) -> Evidence:
    """Of a field in which something is written so surely."""
    return Evidence("empty", (_odds(1 - written),))


def of_mark(confidence: float) -> Evidence:
    """Of a mark that is so sure."""
    return Evidence("marks", (_odds(confidence),))


def _odds(probability: float) -> float:
    least = 1 / (1 + math.exp(_SUREST))
    bounded = min(max(probability, least), 1 - least)
    return math.log(bounded / (1 - bounded))
