"""How much speaks for each part of a reading, and what speaks for others.

A beam keeps the best of all paths that go on alike, so its last few paths say little about the characters
before. What could stand in a character's place is therefore asked once more: whether its ink is one character
at all, by the forward-backward algorithm over the lattice (L. Rabiner, "A tutorial on hidden Markov models",
Proc. IEEE 77, 1989), and which character it is, by reading the word anew with each other likely one in its
place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.hypotheses import Choice
from ocr_cli.decoding.path import SHAPE, Arc, Step

Floats = npt.NDArray[np.float64]

_OTHERS = 5
"""Other characters that are tried in a place."""
_LEAST = 1e-6
"""Least probability, so that logarithms stay finite."""
_SURE = 12.0
"""Greatest log odds that are believed."""


class Place(NamedTuple):
    """What speaks for and against one character of a reading.

    Attributes:
        shares: the likeliest classes with their probabilities, the likeliest first, given that the ink is one
            character; empty for a sign that is known by its place.
        chosen: probability of the class that was read.
        cost: nats by which the reading is better than the same one with the likeliest other class here.
        evidence: log odds: that the class is right, that the ink was cut rightly, and that it is a character
            at all; then whether it is a sign known by its place.
    """

    shares: tuple[tuple[int, float], ...]
    chosen: float
    cost: float
    evidence: tuple[float, float, float, float]


def weigh_places(
    choices: Sequence[Choice],
    arcs: Sequence[Arc],
    logs: Floats,
    is_character: npt.NDArray[np.float32],
    search: BeamSearch,
) -> list[Place]:
    """What speaks for each character of a reading.

    Args:
        choices: the reading, by ``search``.
        arcs: of the row, in the order of their start.
        logs: float (N, C), weighed logarithm of each candidate's probability to look like each class.
        is_character: float32 (N,), probability in [0, 1] that each candidate is one whole character.
        search: that found the reading.
    """
    cuts = _arc_posteriors(arcs, logs)
    places: list[Place] = []
    start = 0
    while start < len(choices):
        stop = start + 1
        if choices[start].column >= 0:
            while stop < len(choices) and _goes_on(choices[start], choices[stop]):
                stop += 1
            others = _in_words(choices[start:stop], logs, search)
        else:
            others = [((), 1.0, math.inf)]
        for choice, (shares, chosen, cost) in zip(choices[start:stop], others, strict=True):
            step = choice.step
            whole = 1.0 if step.mark is not None else float(is_character[step.place])
            evidence = (_odds(chosen), _odds(cuts[_key(step)]), _odds(whole), float(step.mark is not None))
            places.append(Place(shares, chosen, cost, evidence))
        start = stop
    return places


def _goes_on(first: Choice, choice: Choice) -> bool:
    return choice.column >= 0 and not choice.new_word and choice.token == first.token


def _in_words(
    run: Sequence[Choice], logs: Floats, search: BeamSearch
) -> list[tuple[tuple[tuple[int, float], ...], float, float]]:
    """For each character of a run the likeliest classes, the probability of the one read, and its lead."""
    count = len(run)
    read = np.array([choice.column for choice in run])
    rows = logs[[choice.step.place for choice in run]]
    likely = np.argsort(-rows, axis=1, kind="stable")[:, : _OTHERS + 1]
    tried = np.repeat(read[None], count * likely.shape[1] + 1, axis=0)
    variants = tried[1:].reshape(count, likely.shape[1], count)
    variants[np.arange(count), :, np.arange(count)] = likely
    scores = search.score_runs(tried, rows, run[0].token)
    found = []
    for place in range(count):
        options = np.append(likely[place], read[place])
        values = np.append(scores[1:].reshape(count, -1)[place], scores[0])
        keep = np.append(likely[place] != read[place], True)
        options, values = options[keep], values[keep]
        values = np.maximum(values, values.max() - 40.0)
        shares = np.exp((values - values.max()) / SHAPE)
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        lead = float(values[-1] - values[:-1].max()) if len(values) > 1 else math.inf
        listed = tuple((int(options[k]), float(shares[k])) for k in order)
        found.append((listed, float(shares[-1]), lead))
    return found


def _arc_posteriors(arcs: Sequence[Arc], logs: Floats) -> dict[tuple[int, str | None], float]:
    """The probability that each candidate is part of the right path, by shape and geometry alone."""
    count = max(arc.stop for arc in arcs)
    best = logs.max(axis=1) if len(logs) else np.zeros(0)
    scores = []
    for arc in arcs:
        shape = float(best[arc.step.place]) if arc.step is not None and arc.step.mark is None else 0.0
        scores.append((arc.score + shape) / SHAPE)
    before, after = [-math.inf] * (count + 1), [-math.inf] * (count + 1)
    before[0] = after[count] = 0.0
    for arc, score in zip(arcs, scores, strict=True):
        before[arc.stop] = _log_add(before[arc.stop], before[arc.start] + score)
    for arc, score in zip(reversed(arcs), reversed(scores), strict=True):
        after[arc.start] = _log_add(after[arc.start], after[arc.stop] + score)
    whole = before[count]
    return {
        _key(arc.step): min(1.0, math.exp(before[arc.start] + score + after[arc.stop] - whole))
        for arc, score in zip(arcs, scores, strict=True)
        if arc.step is not None
    }


def _key(step: Step) -> tuple[int, str | None]:
    return step.place, step.mark


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _odds(probability: float) -> float:
    """Log odds, bounded."""
    probability = min(max(probability, _LEAST), 1 - _LEAST)
    return max(-_SURE, min(_SURE, math.log(probability / (1 - probability))))
