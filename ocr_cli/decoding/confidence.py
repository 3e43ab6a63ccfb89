"""Confidence that means something: of what is said to be right with 0.9, nine in ten should be.

The evidence for a character, a word or a line becomes a probability by logistic regression (J. Platt,
"Probabilistic outputs for support vector machines", 1999). ``models/fit_confidence.py`` fits the weights to
pages that were read; they come with the package in ``models/weights.json``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_LEAST = 1e-4
"""Nothing is surer than this, or more doubtful."""
_USUAL = 1.2
"""Nats per letter by which language makes a word or a name likelier, in the mean: to say nothing is to say as
much for a word as against it."""


class Logistic(NamedTuple):
    """A probability from evidence.

    Attributes:
        bias: log odds without evidence.
        weights: of each piece of evidence.
    """

    bias: float
    weights: tuple[float, ...]

    def probability(self, evidence: Sequence[float]) -> float:
        """In [0.0001, 0.9999]; of as many pieces of evidence as there are weights."""
        odds = self.bias + sum(w * e for w, e in zip(self.weights, evidence, strict=True))
        return min(max(1 / (1 + math.exp(-max(-50.0, min(50.0, odds)))), _LEAST), 1 - _LEAST)


class Calibration(NamedTuple):
    """How evidence becomes confidence.

    Attributes:
        character: from ``Place.evidence``.
        word: from ``word_evidence``.
        line: from ``line_evidence``.
    """

    character: Logistic
    word: Logistic
    line: Logistic


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
