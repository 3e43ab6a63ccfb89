"""What the candidates of a row look like: the classes that are tried for each, and what others would cost."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_CLASSES = 6
"""Most classes tried for a candidate."""
_LEAST_LIKELY = 9.0
"""Classes whose logarithm is by this less than that of the likeliest are not tried."""
_ANOTHER, _NEVER_SURE = 0.05, 1e-5
"""Probability that a letter of a listed word is written like none, as a share of the doubt that the network
has about its shape, and of that doubt the least."""


class Characters(NamedTuple):
    """What the arcs from one place may be read as, K of them, arc by arc.

    Attributes:
        columns: int (K,), class, or number of a mark after them.
        scores: float (K,), weighed log probability of the shape; minus infinity where it is not tried.
        tolerant: float (K,), likewise, where a character may be another one than it looks.
        kinds: int (K,), of ``context``.
        parts: of each arc, which of the K are its characters.
        arcs: int (K,), the number of the arc of each.
    """

    columns: Ints
    scores: Floats
    tolerant: Floats
    kinds: Ints
    parts: tuple[slice, ...]
    arcs: Ints


class Shapes:
    """What N candidates of a row look like.

    Attributes:
        scores: float (N, C), weighed log probability of each class; minus infinity where it is not tried.
        tolerant: float (N, C), what each class costs where a character may be another one than it looks.

    Args:
        logs: float (N, C), weighed logarithm of each candidate's probability to look like each class.
        kinds: int, of the C classes and the marks after them.
        scale: weight of the shape in those logarithms.
        misread: most that it costs to read a character against its shape.
    """

    def __init__(self, logs: Floats, kinds: Ints, scale: float, misread: float = math.inf) -> None:
        self._kinds = kinds
        likely = np.argsort(-logs, axis=1, kind="stable")[:, :_CLASSES]
        found = np.take_along_axis(logs, likely, axis=1)
        best = found[:, :1]
        tried = found > best - _LEAST_LIKELY
        self._likely = [row[:count] for row, count in zip(likely, tried.sum(axis=1).tolist(), strict=True)]
        self.scores: Floats = np.full(logs.shape, -np.inf)
        np.put_along_axis(self.scores, likely, np.where(tried, found, -np.inf), axis=1)
        doubt = 1.0 - np.exp(np.minimum(0.0, best) / scale)
        least = np.maximum(best - misread, scale * np.log(_ANOTHER * doubt + _NEVER_SURE))
        self.tolerant = np.maximum(logs, least)

    def characters(self, arcs: Sequence[int], signs: Sequence[int], *, tolerant: bool) -> Characters:
        """What arcs from one place may be read as.

        Args:
            arcs: numbers of them.
            signs: which sign of ``PLACED`` each of them is taken for; -1 for a character.
            tolerant: whether they may be read against their shape.
        """
        classes = self.scores.shape[1]
        columns, scores, costs = [], [], []
        for arc, sign in zip(arcs, signs, strict=True):
            if sign >= 0:
                # That it is this sign has been paid for in the arc.
                columns.append(np.array([classes + sign]))
                scores.append(np.zeros(1))
                costs.append(scores[-1])
            elif tolerant:
                columns.append(np.arange(classes))
                scores.append(self.scores[arc])
                costs.append(self.tolerant[arc])
            else:
                columns.append(self._likely[arc])
                scores.append(self.scores[arc, self._likely[arc]])
        lengths = [len(one) for one in columns]
        ends = [0, *itertools.accumulate(lengths)]
        every, score = np.concatenate(columns), np.concatenate(scores)
        return Characters(
            every,
            score,
            np.concatenate(costs) if tolerant else score,
            self._kinds[every],
            tuple(slice(start, stop) for start, stop in itertools.pairwise(ends)),
            np.repeat(np.arange(len(arcs)), lengths),
        )
