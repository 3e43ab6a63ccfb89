"""Forced alignment: a row's lattice and the text that stands there -> which ink is which character.

All ways in which the text may lie on the lattice are weighed against each other. Ink may be no part of the
text, and parts of the text may have no ink; one atom may be two characters that nothing parts, and
several pieces that are no candidate may be one. The forward-backward algorithm (``lattice.paths``) sums over
them, so what is said of each character is how probable its place is, not only which one is best.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import is_sign, look_alike, row_of
from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import SHAPE, Prices, Step, find_arcs, folding
from ocr_cli.lattice.paths import Moves, text_sums
from ocr_cli.segmentation.atoms import Atom, gap
from ocr_cli.segmentation.lattice import Candidate, Lattice

Floats = npt.NDArray[np.float64]

_LEAST, _LEAST_WHOLE = 5e-3, 0.02
"""Least probabilities of a class, and of being one character: the text is right even where the network is
wrong, so what it holds for impossible must stay cheaper than to leave ink and text apart."""
_UNKNOWN = 0.05
"""Probability of a character that the network has no class for, whatever its ink looks like."""
_EXTRA = -10.0
"""Log probability that an atom as high as a letter is no part of the text."""
_LOST, _LOST_SIGN = -10.0, -2.0
"""Log probability that a letter, or a sign, of the text has no ink of its own."""
_MERGED = -7.0
"""Log probability that one atom is two characters of the text."""
_SPLIT = -9.0
"""Log probability that a run of atoms that is no candidate is one character of the text."""
_ANOTHER_SIGN = -2.0
"""Log probability that a small atom is another sign than its place suggests."""
_LEAST_TWO = 0.7
"""Least width, in letter heights, of an atom that is two characters."""
_PIECES, _WIDEST, _WIDEST_GAP = 6, 1.8, 0.3
"""Most atoms, and greatest width and gap in letter heights, of a character in pieces."""
_PLACES, _SAME_INK = 6, 0.6
"""So many of a character's likeliest places are looked at; those that share so much of their width with the
likeliest one are the same place."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one character of the text lies.

    Attributes:
        text: the character as the transcript has it.
        label: the class of the network that it is, or would be if there were one.
        step: the likeliest candidate, as a character or as a sign; None if none is likely at all.
        probability: that it lies there, in [0, 1], given that the text is right.
        likelihood: the network's probability of its class (look-alikes taken together) for that ink, in
            [0, 1]; 0 if the network has no such class.
    """

    text: str
    label: str
    step: Step | None
    probability: float
    likelihood: float


@dataclass(frozen=True, slots=True)
class Forced:
    """A text laid on a row.

    Attributes:
        placed: each character of the text but white space, in order.
        extra: how many atoms as high as letters are probably no part of the text.
        score: how well text and row fit, in [0, 1]: the mean over the characters, and over ink without text,
            of the probability of the place times the square root of the likelihood. The root keeps a letter
            that the network knows badly apart from one that it excludes.
    """

    placed: tuple[Placed, ...]
    extra: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """A way to go on from atom ``start`` to ``stop``, by ``taken`` characters of the text.

    Attributes:
        scores: log probability for each place in the text to start from, T + 1 - ``taken`` of them.
        step: the candidate; None if it is none, or none of the text.
    """

    start: int
    stop: int
    taken: int
    scores: Floats
    step: Step | None


def label_of(character: str, classes: Sequence[str]) -> str:
    """The class that a character of a transcript is written as.

    An alphabet without small letters, or without accents, has their capitals and bare letters instead.

    Args:
        character: one character.
        classes: that the network knows.

    Returns:
        One of the classes if there is one for it, else the character itself.
    """
    bare = row_of(character).base or character
    for text in (character, bare, character.upper(), bare.upper()):
        if text in classes:
            return text
    return character


class ForcedAligner:
    """Lays texts on a row.

    Args:
        lattice: of the row.
        classification: of its candidates' crops, in their order.
        classes: the characters of the columns of the classification.
        prices: the model's.
    """

    def __init__(
        self, lattice: Lattice, classification: Classification, classes: Sequence[str], prices: Prices
    ) -> None:
        self._lattice = lattice
        self._classes = tuple(classes)
        groups = classification.probabilities.astype(np.float64) @ folding(self._classes)
        names = list(dict.fromkeys(map(look_alike, classes)))
        self._groups = {name: np.minimum(groups[:, k], 1.0) for k, name in enumerate(names)}
        self._whole = np.maximum(classification.is_character, np.float32(_LEAST_WHOLE))
        self._arcs = find_arcs(lattice, self._whole, prices)
        self._pieces = _runs_in_pieces(lattice)

    def align(self, text: str) -> Forced:
        """Lay a text on the row; its white space does not matter."""
        characters = [c for c in unicodedata.normalize("NFC", text) if not c.isspace()]
        labels = [label_of(c, self._classes) for c in characters]
        nothing = np.zeros(len(self._whole))
        likelihoods = np.stack(
            [self._groups.get(look_alike(label), nothing) for label in labels] or [nothing], axis=1
        )[:, : len(labels)]
        moves = self._moves(labels, likelihoods)
        lost = np.array([_LOST_SIGN if is_sign(c) else _LOST for c in characters])
        shares = text_sums(_stacked(moves, len(labels)), lost).arcs
        extra = sum(
            float(share.sum())
            for move, share in zip(moves, shares, strict=True)
            if not move.taken and self._lattice.atoms[move.start].kind == "letter"
        )
        single = [
            (move.step, share)
            for move, share in zip(moves, shares, strict=True)
            if move.taken == 1 and move.step is not None
        ]
        places = np.stack([share[: len(labels)] for _, share in single] or [np.zeros(len(labels))])
        placed = []
        for t, (character, label) in enumerate(zip(characters, labels, strict=True)):
            likely = [
                (single[k][0], float(places[k, t])) for k in np.argsort(-places[:, t])[:_PLACES] if single
            ]
            if not likely:
                placed.append(Placed(character, label, None, 0.0, 0.0))
                continue
            step = likely[0][0]
            # What is cut into many slices has many candidates that show nearly the same ink.
            share = sum(p for other, p in likely if _overlap(step.candidate, other.candidate) > _SAME_INK)
            # A sign is known by its place: what the network says of its ink is not asked.
            likelihood = 1.0 if step.mark is not None else float(likelihoods[step.place, t])
            placed.append(Placed(character, label, step, min(1.0, share), likelihood))
        fits = sum(one.probability * math.sqrt(one.likelihood) for one in placed)
        return Forced(tuple(placed), extra, fits / max(1.0, len(placed) + extra))

    def _moves(self, labels: Sequence[str], likelihoods: Floats) -> list[_Move]:
        """All ways to go on, ordered by where they start."""
        known = np.array([label in self._classes for label in labels], bool)
        shapes = SHAPE * np.log(np.where(known, np.maximum(likelihoods, _LEAST), _UNKNOWN))
        none, one = np.zeros(len(labels) + 1), np.zeros(len(labels))
        atoms = self._lattice.atoms
        moves = [
            _Move(k, k + 1, 0, none + _EXTRA, None) for k, atom in enumerate(atoms) if atom.kind == "letter"
        ]
        moves += [_Move(start, stop, 1, one + _SPLIT, None) for start, stop in self._pieces]
        for arc in self._arcs:
            step = arc.step
            if step is None:
                moves.append(_Move(arc.start, arc.stop, 0, none + arc.score, None))
            elif step.mark is not None:
                signs = np.array([_as_sign(label, step.mark) for label in labels])
                moves.append(_Move(arc.start, arc.stop, 1, arc.score + signs, step))
            else:
                moves.append(_Move(arc.start, arc.stop, 1, arc.score + shapes[step.place], step))
                if len(labels) > 1 and _may_be_two(atoms[arc.start : arc.stop], self._lattice.height):
                    geometry = arc.score - SHAPE * math.log(float(self._whole[step.place]))
                    moves.append(_Move(arc.start, arc.stop, 2, one[1:] + geometry + _MERGED, step))
        return sorted(moves, key=lambda move: move.start)


def _runs_in_pieces(lattice: Lattice) -> list[tuple[int, int]]:
    """Runs of atoms that are no candidate and narrow enough to be one character all the same."""
    candidates = {(one.start, one.stop) for one in lattice.candidates}
    count = len(lattice.atoms)
    runs = []
    for start in range(count):
        for stop in range(start + 2, min(start + _PIECES, count) + 1):
            if gap(lattice.atoms[stop - 2], lattice.atoms[stop - 1]) > _WIDEST_GAP * lattice.height:
                break
            narrow = _width(lattice.atoms[start:stop]) <= _WIDEST * lattice.height
            if narrow and (start, stop) not in candidates:
                runs.append((start, stop))
    return runs


def _stacked(moves: Sequence[_Move], length: int) -> Moves:
    """The moves as arrays, along a text of so many characters."""
    scores = np.full((len(moves), length + 1), -np.inf)
    for row, move in zip(scores, moves, strict=True):
        row[: len(move.scores)] = move.scores
    start, stop, taken = np.array([(move.start, move.stop, move.taken) for move in moves], np.int64).T
    return Moves(start, stop, taken, scores)


def _may_be_two(atoms: Sequence[Atom], height: float) -> bool:
    return len(atoms) == 1 and _width(atoms) >= _LEAST_TWO * height


def _overlap(one: Candidate, other: Candidate) -> float:
    """Columns that both cover, as a share of those that either does."""
    (left, _, right, _), (start, _, stop, _) = one.box, other.box
    return (min(right, stop) - max(left, start)) / (max(right, stop) - min(left, start))


def _as_sign(label: str, mark: str) -> float:
    if not is_sign(label):
        return -math.inf
    return 0.0 if label == mark else _ANOTHER_SIGN


def _width(atoms: Sequence[Atom]) -> int:
    return max(atom.box[2] for atom in atoms) - min(atom.box[0] for atom in atoms)
