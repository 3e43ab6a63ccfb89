"""Partial readings of a row: what its arcs may be read as, and the best ways to get to some place of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Paths = npt.NDArray[np.void]

PATHS = np.dtype(
    [
        ("score", float),
        ("token", np.int64),
        ("kind", np.int64),
        ("state", np.int64),
        ("right", float),
        ("length", np.int64),
        ("step", np.int64),
    ]
)
"""Paths up to one place of the row: score; what the token is taken for; kind of the last character; state
of the token; right edge in pixels; steps so far, at most 2; number of the last step."""


class Choice(NamedTuple):
    """An arc of a path, and what it is read as.

    Attributes:
        arc: of the lattice.
        column: the character's class; the signs of ``alphabet.PLACED``, told by their place, follow those.
        new_word: whether a word begins with it.
        token: what its token is taken for, the number of one of the search's tokens.
    """

    arc: int
    column: int
    new_word: bool
    token: int = 0


def word_bounds(choices: Sequence[Choice]) -> list[tuple[int, int]]:
    """Of each word of a reading, its first character and one past its last."""
    starts = [k for k, choice in enumerate(choices) if k == 0 or choice.new_word]
    return list(itertools.pairwise([*starts, len(choices)]))


class Found(NamedTuple):
    """A way to read a row: its score, and its steps from left to right."""

    score: float
    choices: tuple[Choice, ...]


class Moves:
    """The ways to go on from a place with each of K characters; more are added row by row.

    Attributes:
        scores: float (M, K), of the whole path; minus infinity where there is no such way.
        before: int (M, K), number of the path that goes on.
        kinds: int (M, K), of the character.
        states: int (M, K), of the token afterwards.
        tokens: int (M,), what the token is taken for afterwards.
        new_word: bool (M,), whether there is a space before the character.
    """

    def __init__(self, most: int, characters: int) -> None:
        """Room for ``most`` rows."""
        self.count = 0
        self.scores = np.full((most, characters), -np.inf)
        self.before, self.kinds, self.states = np.zeros((3, most, characters), np.int64)
        self.tokens = np.zeros(most, np.int64)
        self.new_word = np.zeros(most, bool)

    def add(
        self, scores: Floats, before: Ints, token: int, kinds: Ints, states: Ints, *, new_word: bool = False
    ) -> None:
        """Add as many rows as ``scores`` has; what else is given is the same in them where it is smaller."""
        rows = slice(self.count, self.count + len(scores))
        self.count = rows.stop
        self.scores[rows], self.before[rows] = scores, before
        self.kinds[rows], self.states[rows] = kinds, states
        self.tokens[rows], self.new_word[rows] = token, new_word


def best_of(scores: Floats, rows: npt.NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """The best score of each character in some rows, and the row it is in, as one row: (1, K) each."""
    chosen = np.flatnonzero(rows)
    best = chosen[scores[chosen].argmax(axis=0)]
    return scores[best, np.arange(scores.shape[1])][None], best[None]


Trail: TypeAlias = list[tuple[int, int, int, bool, int]]
"""All steps of all paths: the number of the one before, and what a ``Choice`` holds."""


def pruned(parts: Sequence[Paths], width: int) -> Paths:
    """The best of all paths to a place; of those that go on alike, only the better one."""
    if not parts:
        return np.empty(0, PATHS)
    # Told the type, NumPy need not find out which one all parts have in common.
    paths = np.concatenate(parts, dtype=PATHS)
    paths = paths[np.argsort(-paths["score"], kind="stable")[: 4 * width]]
    seen: set[tuple[float, ...]] = set()
    kept = []
    for k, path in enumerate(paths.tolist()):
        future = path[1:-1]
        if future not in seen:
            seen.add(future)
            kept.append(k)
            if len(kept) == width:
                break
    return np.asarray(paths[kept])


def moved_on(
    paths: Paths,
    moves: Moves,
    arc: int,
    right: float,
    characters: Characters,
    part: slice,
    trail: Trail,
    width: int,
) -> Paths:
    """The best of the paths after a step; their steps are noted in the trail.

    Args:
        paths: to the place before it.
        moves: from there.
        arc: of the step.
        right: its right edge, in pixels.
        characters: of all arcs from that place.
        part: which of them are the arc's.
        trail: so far.
        width: most paths that are kept.
    """
    scores = moves.scores[: moves.count, part].ravel()
    best = np.argsort(-scores, kind="stable")[:width]
    best = best[np.isfinite(scores[best])]
    way, character = np.divmod(best, part.stop - part.start)
    character += part.start
    before = moves.before[way, character]
    moved = np.empty(len(best), PATHS)
    moved["score"] = scores[best]
    moved["token"] = moves.tokens[way]
    moved["kind"] = moves.kinds[way, character]
    moved["state"] = moves.states[way, character]
    moved["right"] = right
    moved["length"] = np.minimum(paths["length"][before] + 1, 2)
    moved["step"] = np.arange(len(trail), len(trail) + len(best))
    columns = characters.columns[character].tolist()
    last, new_word = paths["step"][before].tolist(), moves.new_word[way].tolist()
    trail += zip(last, itertools.repeat(arc), columns, new_word, moved["token"].tolist(), strict=False)
    return moved


def trace(trail: Trail, last: int) -> tuple[Choice, ...]:
    """The steps of the path that ends with step number ``last``."""
    choices = []
    while last >= 0:
        last, arc, column, new_word, token = trail[last]
        choices.append(Choice(arc, column, new_word, token))
    return tuple(reversed(choices))


_CLASSES = 6
"""Most classes tried for a candidate. Set by hand."""
_LEAST_LIKELY = 9.0
"""Classes whose logarithm is by this less than that of the likeliest are not tried. Set by hand."""
_ANOTHER, _NEVER_SURE = 0.05, 1e-5
"""Probability that a letter of a listed word is written like none, as a share of the doubt that the network
has about its shape, and of that doubt the least. Set by hand."""


class Characters(NamedTuple):
    """What the arcs from one place may be read as, K of them, arc by arc.

    Attributes:
        columns: int (K,), class, or number of a mark after them.
        scores: float (K,), weighed log probability of the shape; minus infinity where it is not tried.
        tolerant: float (K,), likewise, where a character may be another one than it looks.
        kinds: int (K,), of ``tokens``.
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
