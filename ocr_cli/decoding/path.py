"""The arcs of a row's lattice, and the best path along them by the classifier and the gaps alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import look_alike
from ocr_cli.errors import ModelFileError
from ocr_cli.imaging.quantiles import median
from ocr_cli.segmentation.atoms import Atom, gap
from ocr_cli.segmentation.lattice import Candidate, Lattice

_MARK = math.log(0.6)
"""Log probability that a small atom is the sign that its place suggests."""
_DIRT = math.log(0.02)
"""Log probability that a small atom is none of the writing."""
SHAPE = 1.5
"""Weight of the classifier beside the gaps."""
_APART = 4.0
"""Price of a gap inside a character, per letter height."""
_CLOSE = 1.5
"""Price of two letters that stand without any gap, in a row whose letters mostly stand apart."""
_CLOSE_FROM = 0.4
"""Gaps narrower than this share of the row's usual one begin to cost."""
_LEAST_USUAL = 0.12
"""Rows whose usual gap is narrower than this, in letter heights, are written closely: gaps tell nothing."""
_DEAREST = 2.0
"""Most by which a cut through more than one stroke is dearer: O, to be a C and an I, is cut through twice."""
_WIDE, _WIDER = 1.3, 6.0
"""Width, in letter heights, beyond which a character is dearer, and the price of a further letter height."""
_OVERLAP = 3.0
"""Price of two neighbours that overlap each other by their whole width."""


class Prices(NamedTuple):
    """What characters cost that are cut from others or in pieces: ``settings["prices"]`` of a model.

    Small letters touch more, and more pairs of them look like another. A model that does not say its prices
    has those of capitals and digits.

    Attributes:
        cut: price of a cut through ink: most components are one character, not several that touch.
        join: price of each further piece, as high as a letter, of a character in pieces: l and e are no k.
    """

    cut: float = 1.5
    join: float = 0.0

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Prices:
        """The prices that a model's settings say.

        Raises:
            ModelFileError: if these are not numbers from 0 to 100 by these names.
        """
        try:
            prices = Prices(
                **{name: float(price) for name, price in dict(settings.get("prices", {})).items()}
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise ModelFileError(f"the model's settings are not known here: {error}") from error
        if not all(0 <= price <= 100 for price in prices):
            raise ModelFileError(f"the model's settings have prices of {prices.cut} and {prices.join}")
        return prices

    def knowing_cuts(self) -> Prices:
        """Those for a classifier that was told of the cuts: what they mean, it has itself learned."""
        return self._replace(cut=0.0)


class Step(NamedTuple):
    """A candidate on the best path.

    Attributes:
        candidate: of the lattice.
        place: where it is among the lattice's candidates, and so in the classification.
        mark: the sign it is taken for; None for a character that the classifier reads.
    """

    candidate: Candidate
    place: int
    mark: str | None


def folding(classes: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """Matrix float32 (C, G) that adds up the probabilities of classes that look alike."""
    alike = [look_alike(text) for text in classes]
    groups = list(dict.fromkeys(alike))
    matrix = np.zeros((len(classes), len(groups)), np.float32)
    matrix[np.arange(len(classes)), [groups.index(one) for one in alike]] = 1
    return matrix


class Arc(NamedTuple):
    """What may stand between two places of a row, and what its geometry says for it.

    Attributes:
        start: its first atom.
        stop: one past its last atom.
        score: log probability, shape left out where a character is to be read.
        step: the candidate, as a character or as a sign; None for dirt.
    """

    start: int
    stop: int
    score: float
    step: Step | None


def find_arcs(lattice: Lattice, is_character: npt.NDArray[np.float32], prices: Prices) -> list[Arc]:
    """What each candidate of a row may be.

    Args:
        lattice: of one row.
        is_character: float32 (N,), probability that each of its candidates is one whole character.
        prices: of the alphabet.

    Returns:
        In the order of their start.
    """
    usual = _usual_gap(lattice)
    arcs = []
    for index, candidate in enumerate(lattice.candidates):
        start, stop = candidate.start, candidate.stop
        atoms = lattice.atoms[start:stop]
        if len(atoms) > 1 or atoms[0].kind == "letter":
            score = SHAPE * math.log(max(float(is_character[index]), 1e-6))
            score -= _price(lattice, candidate, usual, prices)
            arcs.append(Arc(start, stop, score, Step(candidate, index, None)))
        else:
            if candidate.mark is not None:
                arcs.append(Arc(start, stop, _MARK, Step(candidate, index, candidate.mark)))
            arcs.append(Arc(start, stop, _DIRT, None))
    return arcs


def best_path(arcs: Sequence[Arc], folded: npt.NDArray[np.float32]) -> list[Step]:
    """The steps whose product of probabilities is greatest (dynamic programming over the atoms).

    Args:
        arcs: of one row, in the order of their start.
        folded: float32 (N,), probability of the likeliest group of look-alikes of each candidate: which of
            them it is, is not decided here.

    Returns:
        Steps from left to right; dirt is left out.
    """
    count = max(arc.stop for arc in arcs)
    best = [0.0] + [-math.inf] * count
    last: list[tuple[int, Step | None]] = [(0, None)] * (count + 1)
    for arc in arcs:
        total = best[arc.start] + arc.score
        if arc.step is not None and arc.step.mark is None:
            total += SHAPE * math.log(max(float(folded[arc.step.place]), 1e-6))
        if total > best[arc.stop]:
            best[arc.stop] = total
            last[arc.stop] = (arc.start, arc.step)
    steps: list[Step] = []
    position = count
    while position > 0:
        position, step = last[position]
        if step is not None:
            steps.append(step)
    return steps[::-1]


def _price(lattice: Lattice, candidate: Candidate, usual: float, prices: Prices) -> float:
    """What speaks against a candidate: gaps inside it, further pieces, its width, its neighbour."""
    atoms = lattice.atoms[candidate.start : candidate.stop]
    inside = sum(max(0, gap(a, b)) for a, b in itertools.pairwise(atoms)) / lattice.height
    price = _APART * inside + prices.join * _pieces(atoms)
    price += _WIDER * max(0.0, (candidate.box[2] - candidate.box[0]) / lattice.height - _WIDE)
    if candidate.start > 0:
        before = lattice.atoms[candidate.start - 1]
        if set(before.components) & set(atoms[0].components):
            piece = atoms[0].piece
            crossed = piece.cost if piece is not None else 1.0
            price += prices.cut * min(max(1.0, crossed**2), _DEAREST)
        else:
            price += _OVERLAP * _overlap(before, candidate)
            if usual > _LEAST_USUAL * lattice.height:
                price += _CLOSE * min(1.0, max(0.0, 1.0 - gap(before, atoms[0]) / (_CLOSE_FROM * usual)))
    return price


def _pieces(atoms: Sequence[Atom]) -> int:
    """How many neighbours in a run of atoms are different components as high as letters."""
    return sum(
        a.kind == b.kind == "letter" and not set(a.components) & set(b.components)
        for a, b in itertools.pairwise(atoms)
    )


def _usual_gap(lattice: Lattice) -> float:
    """Median gap in pixels between neighbouring letters that are not cut from one component."""
    gaps = [
        gap(a, b)
        for a, b in itertools.pairwise(lattice.atoms)
        if a.kind == b.kind == "letter" and not set(a.components) & set(b.components)
    ]
    return median(gaps) if gaps else 0.0


def _overlap(before: Atom, candidate: Candidate) -> float:
    """By how much more than a fifth of the narrower one a candidate overlaps the atom before it."""
    left, _, right, _ = candidate.box
    shared = min(before.box[2], right) - max(before.box[0], left)
    narrower = min(before.box[2] - before.box[0], right - left)
    return max(0.0, shared / narrower - 0.2)
