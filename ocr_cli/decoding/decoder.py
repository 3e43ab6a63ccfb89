"""The rows of a page -> words: first by shape and gaps row by row, then all that the page tells together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification
from ocr_cli.decoding.beam import BeamSearch, Choice
from ocr_cli.decoding.path import SHAPE, Prices, Step, folding
from ocr_cli.decoding.rows import DecodedRow, decode_row
from ocr_cli.decoding.size import find_writing_lines
from ocr_cli.decoding.spaces import model_gaps
from ocr_cli.segmentation.lattice import Lattice

_MARK_CONFIDENCE = 0.6
"""That a sign is the one that its place suggests, whatever its shape."""
_LEAST = 1e-6
"""Least probability, so that logarithms stay finite."""
_LOOKALIKES = 1.0
"""Weight of the differences between look-alikes; those between shapes that differ weigh ``path.SHAPE``."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A character of a line, where it is and what it may be.

    Attributes:
        step: the candidate.
        text: what it is read as.
        confidence: that it is so, in [0, 1].
        probabilities: float32 (C,) of each class by shape and size; None if its place alone says what it is.
        new_word: whether a word begins with it.
    """

    step: Step
    text: str
    confidence: float
    probabilities: npt.NDArray[np.float32] | None
    new_word: bool


@dataclass(frozen=True, slots=True, eq=False)
class PathRow:
    """A row with what was read in it.

    Attributes:
        row: as it was decoded by shape.
        signs: what was read; of a row that is not kept, the likeliest by shape.
        kept: whether it was taken for writing.
    """

    row: DecodedRow
    signs: tuple[Sign, ...]
    kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class PathStage:
    """The last stage, for an observer: the path chosen through the lattice of each row.

    Attributes:
        strength: float32 (H, W) in [0, 1], the ink.
        rows: from top to bottom, dirt included.
    """

    strength: npt.NDArray[np.float32]
    rows: tuple[PathRow, ...]


class Decoder:
    """Turns classified lattices into lines of text.

    Args:
        classes: the characters of the columns of the classifier's probabilities.
        search: for the best readings of rows of these classes.
    """

    def __init__(self, classes: tuple[str, ...], search: BeamSearch) -> None:
        self._classes = classes
        self._folding = folding(classes)
        self._prices = Prices.of(classes)
        self._search = search

    def by_shape(self, lattices: Sequence[Lattice], found: Classification) -> list[DecodedRow]:
        """The best path of each row by shape and gaps alone: enough to tell writing from dirt.

        Args:
            lattices: of a page.
            found: what the candidates of all of them may be, one after the other.
        """
        folded = self.folded(found)
        rows = []
        start = 0
        for lattice in lattices:
            part = slice(start, start + len(lattice.candidates))
            start = part.stop
            classification = Classification(found.probabilities[part], found.is_character[part])
            rows.append(decode_row(lattice, classification, folded[part], self._prices))
        return rows

    def folded(self, found: Classification) -> npt.NDArray[np.float32]:
        """Probability of the likeliest group of look-alikes of each crop: float32 (N,)."""
        return np.asarray((found.probabilities @ self._folding).max(axis=1))

    def likeliest(self, row: DecodedRow) -> list[Sign]:
        """A row's characters by shape alone, without spaces."""
        columns = iter(row.probabilities.argmax(axis=1).tolist())
        choices = tuple(
            Choice(step, -1 if step.mark is not None else next(columns), False) for step in row.steps
        )
        return self._signs(choices, row.classification.probabilities)

    def read(self, rows: Sequence[DecodedRow]) -> list[list[Sign]]:
        """The characters of each row of a page, from left to right.

        Args:
            rows: those that are writing.

        Returns:
            A list for each row, which may be empty; all are if there are mostly signs, as folds and grain
            look.
        """
        lines = find_writing_lines(rows, self._classes)
        gaps = model_gaps([row.gaps for row in rows])
        texts = []
        for number, row in enumerate(rows):
            probabilities = row.classification.probabilities
            if lines is not None:
                boxes = [candidate.box for candidate in row.lattice.candidates]
                probabilities = lines[number].weigh(boxes, probabilities)
            found = self._search.search(row.arcs, self._logs(probabilities), gaps[number], row.height)
            texts.append(self._signs(found[0].choices, probabilities))
        return [[] for _ in texts] if _is_texture([sign.text for signs in texts for sign in signs]) else texts

    def _logs(self, probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Weighed logarithms: what sets a shape apart counts for more than which of its look-alikes it is."""
        shares = np.maximum(probabilities, _LEAST).astype(np.float64)
        groups = shares @ self._folding @ self._folding.T
        return np.asarray(SHAPE * np.log(groups) + _LOOKALIKES * np.log(shares / groups))

    def _signs(self, choices: Sequence[Choice], probabilities: npt.NDArray[np.float32]) -> list[Sign]:
        signs = []
        for choice in choices:
            step = choice.step
            if step.mark is not None:
                signs.append(Sign(step, step.mark, _MARK_CONFIDENCE, None, choice.new_word))
            else:
                shares = probabilities[step.index]
                confidence = min(1.0, float(shares[choice.column]))
                text = self._classes[choice.column]
                signs.append(Sign(step, text, confidence, shares, choice.new_word))
        return signs


def _is_texture(characters: Sequence[str]) -> bool:
    return 2 * sum(not text.isalnum() for text in characters) > len(characters)
