"""A row's best path by shape and gaps alone."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.lattice.paths import best_path
from ocr_cli.scorer import LEAST, Scorer, Scores

Ints = npt.NDArray[np.integer[Any]]


class DecodedRow(NamedTuple):
    """The characters and signs of one row by shape and gaps alone, spaces and look-alikes not yet decided.

    Attributes:
        lattice: of the row.
        scores: of its arcs.
        classification: of its arcs' crops, in their order.
        path: int (n,), the chosen arcs from left to right, characters and signs; dirt is left out.
        placed: int (n,), of each of them the number of the sign in ``alphabet.PLACED`` that its place alone
            tells; -1 for a character that the network reads.
        likelihood: in the geometric mean, the probability that a character is one, and of the likeliest
            group of look-alikes; 0 without characters.
        telling: how many of the characters are telling, as of ``writing.are_telling``: the expected number.
    """

    lattice: Lattice
    scores: Scores
    classification: Classification
    path: Ints
    placed: Ints
    likelihood: float
    telling: float

    @property
    def height(self) -> float:
        """The row's letter height in pixels."""
        return self.lattice.height

    @property
    def boxes(self) -> Ints:
        """Of each arc, without what is rather a mark on a letter: int (N, 4)."""
        marks = self.classification.marks
        return self.lattice.boxes if marks is None else marks.boxes

    @property
    def read(self) -> Ints:
        """The arcs on the path that are characters: int (m,)."""
        return self.path[self.placed < 0]

    @property
    def probabilities(self) -> npt.NDArray[np.float32]:
        """Those of the classes of the characters, in their order: float32 (m, C)."""
        return self.classification.probabilities[self.read]

    @property
    def gaps(self) -> list[float]:
        """Gaps between neighbouring characters, in letter heights."""
        boxes = self.lattice.boxes[self.path].tolist()
        return [(b[0] - a[2]) / self.height for a, b in itertools.pairwise(boxes)]


def decode_row(
    lattice: Lattice, classification: Classification, scorer: Scorer, telling: npt.NDArray[np.bool_]
) -> DecodedRow:
    """Choose the row's characters by shape and gaps alone.

    Args:
        lattice: of one row.
        classification: of its arcs' crops, in their order.
        scorer: that knows what they weigh.
        telling: bool (C,), which classes are telling.
    """
    folded = scorer.folded(classification)
    scores = scorer.scores(lattice, classification)
    # Which of its look-alikes a character is, is not decided here.
    shapes = scorer.shape_logs(folded)
    if classification.said is not None:
        shapes = scorer.logs(lattice, classification.probabilities, classification.said).max(axis=1)
    best = scores.best(shapes)
    path = best_path(lattice.start, lattice.stop, best)
    path = path[best[path] > scores.dirt[path]]
    as_character = scores.characters[path] + shapes[path]
    placed = np.where(as_character >= scores.signs[path].max(axis=1), -1, scores.signs[path].argmax(axis=1))
    read = path[placed < 0]
    likely = classification.is_character[read] * folded[read]
    if classification.said is not None:
        # The shape of what was cut says less than what stands around it.
        said = np.exp(classification.said.characters[read].max(axis=1, initial=-np.inf))
        likely = np.where(lattice.is_cut[read], np.maximum(likely, said), likely)
    likelihood = float(np.exp(np.log(np.maximum(likely, LEAST)).mean())) if len(read) else 0.0
    told = float(classification.probabilities[read][:, telling].sum())
    return DecodedRow(lattice, scores, classification, path, placed, likelihood, told)
