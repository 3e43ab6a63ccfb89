"""A row's best path by shape and gaps alone."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import Arc, Prices, Step, best_path, find_arcs
from ocr_cli.segmentation.lattice import Lattice


class DecodedRow(NamedTuple):
    """The characters and signs of one row by shape and gaps alone, spaces and look-alikes not yet decided.

    Attributes:
        lattice: of the row.
        arcs: what its candidates may be.
        classification: of its candidates' crops, in their order.
        steps: the chosen candidates from left to right.
        probabilities: float32 (N, C) of the steps that are characters, in their order.
        likelihood: in the geometric mean, the probability that a character is one, and of the likeliest
            group of look-alikes; 0 without characters.
        telling: how many of the characters are telling, as of ``writing.are_telling``: the expected number.
    """

    lattice: Lattice
    arcs: tuple[Arc, ...]
    classification: Classification
    steps: tuple[Step, ...]
    probabilities: npt.NDArray[np.float32]
    likelihood: float
    telling: float

    @property
    def height(self) -> float:
        """The row's letter height in pixels."""
        return self.lattice.height

    @property
    def gaps(self) -> list[float]:
        """Gaps between neighbouring characters, in letter heights."""
        boxes = [step.candidate.box for step in self.steps]
        return [(b[0] - a[2]) / self.height for a, b in itertools.pairwise(boxes)]


def decode_row(
    lattice: Lattice,
    classification: Classification,
    folded: npt.NDArray[np.float32],
    prices: Prices,
    telling: npt.NDArray[np.bool_],
) -> DecodedRow:
    """Choose the row's characters by shape and gaps alone.

    Args:
        lattice: of one row.
        classification: of its candidates' crops, in their order.
        folded: float32 (N,), probability of the likeliest group of look-alikes of each candidate.
        prices: of the alphabet.
        telling: bool (C,), which classes are telling.
    """
    arcs = find_arcs(lattice, classification.is_character, prices)
    steps = best_path(arcs, folded)
    read = [step.place for step in steps if step.mark is None]
    likely = classification.is_character[read] * folded[read]
    likelihood = float(np.exp(np.log(np.maximum(likely, 1e-6)).mean())) if read else 0.0
    probabilities = classification.probabilities[read]
    told = float(probabilities[:, telling].sum())
    return DecodedRow(lattice, tuple(arcs), classification, tuple(steps), probabilities, likelihood, told)
