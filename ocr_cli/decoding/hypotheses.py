"""Partial readings of a row: up to some place of its lattice, the best ways to get there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.path import Arc, Step

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


@dataclass(frozen=True, slots=True)
class Choice:
    """A step of a path, and what it is read as.

    Attributes:
        step: a candidate, as a character or as a sign.
        column: the character's class; -1 for a sign.
        new_word: whether a word begins with it.
        token: what its token is taken for, the number of one of the search's tokens.
    """

    step: Step
    column: int
    new_word: bool
    token: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A way to read a row: its score, and its steps from left to right."""

    score: float
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """What an arc may be read as, K of them.

    Attributes:
        columns: int (K,), class, or number of a mark after them.
        scores: float (K,), weighed log probability of the shape; minus infinity where it is not tried.
        tolerant: float (K,), likewise, where a character may be another one than it looks.
        kinds: int (K,), of ``context``.
    """

    columns: Ints
    scores: Floats
    tolerant: Floats
    kinds: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A way to go on, for each of H paths and K characters.

    Attributes:
        scores: float (H, K); minus infinity where there is no such way.
        token: what the token is taken for afterwards.
        kinds: int (H, K), of the character.
        states: int (H, K), of the token afterwards.
        new_word: whether there is a space before the character.
    """

    scores: Floats
    token: int
    kinds: Ints
    states: Ints
    new_word: bool


def pruned(parts: Sequence[Paths], width: int) -> Paths:
    """The best of all paths to a place; of those that go on alike, only the better one."""
    if not parts:
        return np.empty(0, PATHS)
    paths = np.concatenate(parts)
    seen: set[tuple[float, ...]] = set()
    kept = []
    for k in np.argsort(-paths["score"], kind="stable")[: 4 * width].tolist():
        future = paths[k].item()[1:-1]
        if future not in seen:
            seen.add(future)
            kept.append(k)
    return np.asarray(paths[kept[:width]])


def moved_on(
    paths: Paths,
    moves: Sequence[Move],
    arc: Arc,
    characters: Characters,
    trail: list[tuple[int, Choice]],
    width: int,
) -> Paths:
    """The best of the paths after a step; their steps are noted in the trail."""
    assert arc.step is not None
    scores = np.stack([move.scores for move in moves])
    scores += paths["score"][:, None] + arc.score
    best = np.argsort(-scores, axis=None, kind="stable")[:width]
    best = best[np.isfinite(scores.ravel()[best])]
    move, path, character = np.unravel_index(best, scores.shape)
    moved = np.empty(len(best), PATHS)
    moved["score"] = scores[move, path, character]
    moved["token"] = np.array([one.token for one in moves])[move]
    moved["kind"] = np.stack([one.kinds for one in moves])[move, path, character]
    moved["state"] = np.stack([one.states for one in moves])[move, path, character]
    moved["right"] = arc.step.candidate.box[2]
    moved["length"] = np.minimum(paths["length"][path] + 1, 2)
    moved["step"] = np.arange(len(trail), len(trail) + len(best))
    new_word = np.array([one.new_word for one in moves])[move].tolist()
    sign = arc.step.mark is not None
    columns = [-1] * len(best) if sign else characters.columns[character].tolist()
    tokens = moved["token"].tolist()
    for before, column, new, token in zip(
        paths["step"][path].tolist(), columns, new_word, tokens, strict=True
    ):
        trail.append((before, Choice(arc.step, column, new, token)))
    return moved


def trace(trail: Sequence[tuple[int, Choice]], last: int) -> tuple[Choice, ...]:
    """The steps of the path that ends with step number ``last``."""
    choices = []
    while last >= 0:
        last, choice = trail[last]
        choices.append(choice)
    return tuple(reversed(choices))
