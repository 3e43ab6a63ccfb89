"""What speaks for each character of a reading, for its words and for the line, and so how sure they are.

A beam keeps the best of all paths that go on alike, so its last few paths say little about the characters
before. What could stand in a character's place is therefore asked once more: whether its ink is one character
at all, by the sum over all paths through the lattice (``lattice.paths``), and which character it is, by
reading the word anew with each other likely one in its place.

Confidence means something: of what is said to be right with 0.9, nine in ten should be. The evidence becomes
a probability by logistic regression (``ocr_cli.weights``), which ``models/fit_confidence.py`` fits to pages
that were read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.hypotheses import Choice
from ocr_cli.decoding.knowledge import Knowledge
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.lattice.paths import sums
from ocr_cli.scorer import LEAST

Floats = npt.NDArray[np.float64]

OTHERS = 5
"""Other characters that are tried in a place, and readings of a line, the best among them. Set by hand."""
_SURE = 12.0
"""Greatest log odds that are believed. Set by hand."""


_Other: TypeAlias = tuple[tuple[tuple[int, float], ...], float, float]
"""``Place.shares``, ``Place.chosen`` and ``Place.cost``."""


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


def weigh_places(choices: Sequence[Choice], row: DecodedRow, logs: Floats, known: Knowledge) -> list[Place]:
    """What speaks for each character of a reading.

    Args:
        choices: the reading, by a beam search.
        row: that was read.
        logs: float (N, C), weighed logarithm of each arc's probability to look like each class.
        known: of words, to that search.
    """
    cuts = _arc_posteriors(row, logs, known.scale)
    is_character, classes = row.classification.is_character, logs.shape[1]
    places: list[Place] = []
    start = 0
    while start < len(choices):
        stop = start + 1
        if known.is_placed(choices[start]):
            others: list[_Other] = [((), 1.0, math.inf)]
        else:
            while stop < len(choices) and _goes_on(choices[start], choices[stop], known):
                stop += 1
            others = _in_words(choices[start:stop], logs, known)
        for choice, (shares, chosen, cost) in zip(choices[start:stop], others, strict=True):
            placed = known.is_placed(choice)
            cut = cuts[choice.arc, 1 + choice.column - classes if placed else 0]
            whole = 1.0 if placed else float(is_character[choice.arc])
            evidence = (_odds(chosen), _odds(float(cut)), _odds(whole), float(placed))
            places.append(Place(shares, chosen, cost, evidence))
        start = stop
    return places


def _goes_on(first: Choice, choice: Choice, known: Knowledge) -> bool:
    return not known.is_placed(choice) and not choice.new_word and choice.token == first.token


def _in_words(run: Sequence[Choice], logs: Floats, known: Knowledge) -> list[_Other]:
    """For each character of a run the likeliest classes, the probability of the one read, and its lead."""
    count = len(run)
    read = np.array([choice.column for choice in run])
    rows = logs[[choice.arc for choice in run]]
    likely = np.argsort(-rows, axis=1, kind="stable")[:, : OTHERS + 1]
    tried = np.repeat(read[None], count * likely.shape[1] + 1, axis=0)
    variants = tried[1:].reshape(count, likely.shape[1], count)
    variants[np.arange(count), :, np.arange(count)] = likely
    scores = known.score_runs(tried, rows, run[0].token)
    found = []
    for place in range(count):
        options = np.append(likely[place], read[place])
        values = np.append(scores[1:].reshape(count, -1)[place], scores[0])
        keep = np.append(likely[place] != read[place], True)
        options, values = options[keep], values[keep]
        values = np.maximum(values, values.max() - 40.0)
        shares = np.exp((values - values.max()) / known.scale)
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        lead = float(values[-1] - values[:-1].max()) if len(values) > 1 else math.inf
        listed = tuple((int(options[k]), float(shares[k])) for k in order)
        found.append((listed, float(shares[-1]), lead))
    return found


def _arc_posteriors(row: DecodedRow, logs: Floats, scale: float) -> Floats:
    """The probability that each arc is part of the right path, by shape and geometry alone.

    Returns:
        float (N, 1 + S): as a character, and as each sign of ``PLACED``.
    """
    best = row.scores.table(logs.max(axis=1, keepdims=True))
    lattice = row.lattice
    return np.minimum(1.0, sums(lattice.start, lattice.stop, best / scale).arcs[:, : 1 + len(PLACED)])


def _odds(probability: float) -> float:
    """Log odds, bounded."""
    probability = min(max(probability, LEAST), 1 - LEAST)
    return max(-_SURE, min(_SURE, math.log(probability / (1 - probability))))


_USUAL = 1.2
"""Nats per letter by which language makes a word or a name likelier, in the mean: to say nothing is to say as
much for a word as against it. Set by hand."""


def word_evidence(
    characters: Sequence[float],
    gap: float,
    language: float | None = None,
    *,
    listed: bool | None,
    forced: float = 0.0,
) -> tuple[float, ...]:
    """What speaks for a word.

    Args:
        characters: confidences of its characters, in (0, 1).
        gap: log odds that the most doubtful gap inside it and beside it is what it was taken for.
        language: nats per letter by which the language makes it likelier than letters drawn at random; None
            if it says nothing.
        listed: whether it is one of the user's words; None if that says nothing, as without a list.
        forced: nats, at least 0, by which its characters look less like what they were read as than like
            others.

    Returns:
        Log odds that all characters are right if each is so for itself; logarithm of how many there are;
        ``gap`` in eighths; of a listed word 1, ``gap`` again, for a list may part or join what the gaps do
        not, and ``forced`` in eighths, for it may also change letters; of one that a list lacks 1; by how
        much ``language`` is above what it mostly is; of a single character 1, which may be mere dirt.
    """
    wide, known = max(-1.0, min(1.0, gap / 8)), float(listed or False)
    return (
        all_right(characters),
        math.log(len(characters)),
        wide,
        known,
        known * wide,
        known * min(1.0, forced / 8),
        float(listed is False),
        0.0 if language is None else language - _USUAL,
        float(len(characters) == 1),
    )


def line_evidence(words: Sequence[float]) -> tuple[float, float]:
    """What speaks for a line: that all words are right if each is for itself, and how many there are.

    Args:
        words: confidences of its words, in (0, 1).
    """
    return all_right(words), math.log(len(words))


def all_right(confidences: Sequence[float]) -> float:
    """Log odds that all are right, if each is so with its confidence, whatever the others are."""
    product = min(max(math.prod(confidences), 1e-9), 1 - 1e-9)
    return math.log(product / (1 - product))
