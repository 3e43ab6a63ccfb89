"""Forced alignment: a row's lattice and the text that stands there -> which ink is which character.

All ways in which the text may lie on the lattice are weighed against each other. Ink may be no part of the
text, and parts of the text may have no ink; one atom may be two characters that nothing parts, and
several pieces that are no arc may be one. The forward-backward algorithm (``lattice.paths``) sums over
them, so what is said of each character is how probable its place is, not only which one is best.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED, is_sign, look_alike, row_of
from ocr_cli.classifier import Classification
from ocr_cli.lattice.geometry import SMALL, WIDTH
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.lattice.paths import Moves, text_sums
from ocr_cli.scorer import Scorer, folding

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]

_LEAST, _LEAST_WHOLE = 5e-3, 0.02
"""Least probabilities of a class, and of being one character: the text is right even where the network is
wrong, so what it holds for impossible must stay cheaper than to leave ink and text apart. Set by hand."""
_UNKNOWN = 0.05
"""Probability of a character that the network has no class for, whatever its ink looks like. Set by hand."""
_EXTRA = -10.0
"""Log probability that an atom as high as a letter is no part of the text. Set by hand."""
_LOST, _LOST_SIGN = -10.0, -2.0
"""Log probability that a letter, or a sign, of the text has no ink of its own. Set by hand."""
_MERGED = -7.0
"""Log probability that one atom is two characters of the text. Set by hand."""
_SPLIT = -9.0
"""Log probability that a run of atoms that is no arc is one character of the text. Set by hand."""
_ANOTHER_SIGN = -2.0
"""Log probability that a small atom is another sign than its place suggests. Set by hand."""
_LEAST_TWO = 0.7
"""Least width, in letter heights, of an atom that is two characters. Set by hand."""
_PIECES, _WIDEST, _WIDEST_GAP = 6, 1.8, 0.3
"""Most atoms, and greatest width and gap in letter heights, of a character in pieces. Set by hand."""
_PLACES, _SAME_INK = 6, 0.6
"""So many of a character's likeliest places are looked at; those that share so much of their width with the
likeliest one are the same place. Set by hand."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one character of the text lies.

    Attributes:
        text: the character as the transcript has it.
        label: the class of the network that it is, or would be if there were one.
        arc: the likeliest arc of the lattice; None if none is likely at all.
        placed: whether that is small ink, known as a sign by its place.
        probability: that it lies there, in [0, 1], given that the text is right.
        likelihood: the network's probability of its class (look-alikes taken together) for that ink, in
            [0, 1]; 0 if the network has no such class.
    """

    text: str
    label: str
    arc: int | None
    placed: bool
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


class _Ways(NamedTuple):
    """Some of the ways to go on, M of them that take equally many characters.

    Attributes:
        arcs: int (M,), the arc whose ink each is; -1 for ink that is no arc's, or none of the text.
        start: int (M,), first atom.
        stop: int (M,), one past the last.
        taken: characters of the text.
        scores: float, log probability for each place of the text to start from; broadcasts to (M, T).
    """

    arcs: Ints
    start: Ints
    stop: Ints
    taken: int
    scores: Floats


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
        classification: of its arcs' crops, in their order.
        scorer: that knows what they weigh.
    """

    def __init__(self, lattice: Lattice, classification: Classification, scorer: Scorer) -> None:
        self._lattice = lattice
        self._scorer = scorer
        self._classes = scorer.classes
        groups = classification.probabilities.astype(np.float64) @ folding(self._classes)
        names = list(dict.fromkeys(map(look_alike, self._classes)))
        self._groups = {name: np.minimum(groups[:, k], 1.0) for k, name in enumerate(names)}
        self._whole = np.maximum(classification.is_character, np.float32(_LEAST_WHOLE))
        self._scores = scorer.scores(lattice, classification._replace(is_character=self._whole))
        self._pieces = _runs_in_pieces(lattice)

    def align(self, text: str) -> Forced:
        """Lay a text on the row; its white space does not matter."""
        characters = [c for c in unicodedata.normalize("NFC", text) if not c.isspace()]
        labels = [label_of(c, self._classes) for c in characters]
        nothing = np.zeros(len(self._lattice))
        likelihoods = np.stack(
            [self._groups.get(look_alike(label), nothing) for label in labels] or [nothing], axis=1
        )[:, : len(labels)]
        moves, arcs = self._moves(labels, likelihoods)
        lost = np.array([_LOST_SIGN if is_sign(c) else _LOST for c in characters])
        shares = text_sums(moves, lost).arcs
        passed = (moves.taken == 0) & ~self._lattice.small[moves.start]
        extra = float(shares[passed].sum())
        single = np.flatnonzero((moves.taken == 1) & (arcs >= 0))
        boxes, small = self._lattice.boxes, self._lattice.geometry[:, SMALL] > 0
        placed = []
        for t, (character, label) in enumerate(zip(characters, labels, strict=True)):
            likely = single[np.argsort(-shares[single, t])[:_PLACES]]
            if not len(likely):
                placed.append(Placed(character, label, None, False, 0.0, 0.0))
                continue
            arc = int(arcs[likely[0]])
            # What is cut into many slices has many arcs that show nearly the same ink.
            share = sum(
                float(shares[k, t]) for k in likely if _overlap(boxes[arc], boxes[arcs[k]]) > _SAME_INK
            )
            # A sign is known by its place: what the network says of its ink is not asked.
            likelihood = 1.0 if small[arc] else float(likelihoods[arc, t])
            placed.append(Placed(character, label, arc, bool(small[arc]), min(1.0, share), likelihood))
        fits = sum(one.probability * math.sqrt(one.likelihood) for one in placed)
        return Forced(tuple(placed), extra, fits / max(1.0, len(placed) + extra))

    def _moves(self, labels: Sequence[str], likelihoods: Floats) -> tuple[Moves, Ints]:
        """All ways to go on, and the arc whose ink each is; -1 for none."""
        lattice, scores, length = self._lattice, self._scores, len(labels)
        letters = np.flatnonzero(~lattice.small)
        ways = [_Ways(np.full(len(letters), -1), letters, letters + 1, 0, np.array(_EXTRA))]
        if len(self._pieces):
            start, stop = self._pieces.T
            ways.append(_Ways(np.full(len(start), -1), start, stop, 1, np.array(_SPLIT)))

        def add(arcs: Ints, taken: int, score: Floats) -> None:
            ways.append(_Ways(arcs, lattice.start[arcs], lattice.stop[arcs], taken, score))

        small = lattice.geometry[:, SMALL] > 0
        dirt = np.flatnonzero(small)
        add(dirt, 0, scores.dirt[dirt, None])
        signs = np.flatnonzero(np.isfinite(scores.signs).any(axis=1))
        as_signs = np.array([[_as_sign(label, sign) for label in labels] for sign in PLACED])
        suggested = scores.signs[signs].argmax(axis=1)
        add(
            signs,
            1,
            scores.signs[signs].max(axis=1)[:, None] + as_signs.reshape(len(PLACED), length)[suggested],
        )
        known = np.array([label in self._classes for label in labels], bool)
        shapes = self._scorer.shape_logs(np.where(known, np.maximum(likelihoods, _LEAST), _UNKNOWN))
        characters = np.flatnonzero(~small)
        add(characters, 1, scores.characters[characters, None] + shapes[characters])
        wide = lattice.geometry[:, WIDTH] >= _LEAST_TWO
        two = np.flatnonzero(~small & wide & (lattice.stop == lattice.start + 1))
        if length > 1:
            geometry = scores.characters[two] - self._scorer.shape_logs(self._whole[two])
            add(two, 2, geometry[:, None] + _MERGED)
        return _stacked(ways, length)


def _runs_in_pieces(lattice: Lattice) -> Ints:
    """Runs of atoms that are no arc and narrow enough to be one character all the same: int (M, 2)."""
    arcs = set(zip(lattice.start.tolist(), lattice.stop.tolist(), strict=True))
    lefts, rights = lattice.atoms[:, 0].tolist(), lattice.atoms[:, 2].tolist()
    runs = []
    for start in range(lattice.places):
        for stop in range(start + 2, min(start + _PIECES, lattice.places) + 1):
            if lefts[stop - 1] - rights[stop - 2] > _WIDEST_GAP * lattice.height:
                break
            narrow = max(rights[start:stop]) - min(lefts[start:stop]) <= _WIDEST * lattice.height
            if narrow and (start, stop) not in arcs:
                runs.append((start, stop))
    return np.array(runs, np.int64).reshape(-1, 2)


def _stacked(ways: Sequence[_Ways], length: int) -> tuple[Moves, Ints]:
    """All ways as moves along a text of so many characters, and their arcs, in the order of their start."""
    scores = []
    for its in ways:
        rows = np.full((len(its.arcs), length + 1), -np.inf)
        rows[:, : length + 1 - its.taken] = its.scores
        scores.append(rows)
    start = np.concatenate([its.start for its in ways])
    order = np.argsort(start, kind="stable")
    stop = np.concatenate([its.stop for its in ways])[order]
    taken = np.repeat([its.taken for its in ways], [len(its.arcs) for its in ways])[order]
    arcs = np.concatenate([its.arcs for its in ways])[order]
    return Moves(start[order], stop, taken, np.concatenate(scores)[order]), arcs


def _overlap(one: Ints, other: Ints) -> float:
    """Columns that two boxes both cover, as a share of those that either does."""
    (left, _, right, _), (start, _, stop, _) = one.tolist(), other.tolist()
    return float((min(right, stop) - max(left, start)) / (max(right, stop) - min(left, start)))


def _as_sign(label: str, mark: str) -> float:
    if not is_sign(label):
        return -math.inf
    return 0.0 if label == mark else _ANOTHER_SIGN
