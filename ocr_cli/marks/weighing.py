"""With and without a mark: what arcs may be, once letters are weighed that have one.

Of an arc that can be taken apart, the look of the whole competes with the look of the letter alone, times how
likely what is parted is a mark that this letter may have. Both go into the arc's probabilities, which are of
letters without marks, as language and all else know them; which mark each of them would have is noted beside
them (``Marks``), to be composed where the text is known (``decoding.composing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import BELOW, MARKS, look_alike, with_mark
from ocr_cli.lattice.geometry import PIECES, SMALL, WIDTH
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.marks.marks_file import MarkNetworks
from ocr_cli.marks.parts import BELOW as PLACED_BELOW
from ocr_cli.marks.parts import Parts
from ocr_cli.marks.undivided import LETTERS
from ocr_cli.windows.evidence import Evidence

Floats = npt.NDArray[np.float32]

_MOST_APART = 0.7
"""Most nats by which the look of the letter counts, for or against, where nothing had to be parted: a bare
stroke is hardly a character. Set by hand."""
_MOST = 8.0
"""Greatest log odds of a look that are believed. Set by hand."""
_PARTED, _UNDIVIDED = 0.5, 0.5
"""What the look of a parted mark, and that of the undivided arc for its letter, count beside the other look.
Chosen by the likelihood of drawn words."""
_AGREE = 0.1
"""Least share that both looks must have in common, or the parted ink is no mark. Set by hand."""
_FLOOR = 1e-3
"""Least probability of a class to the network that sees arcs undivided."""
_UNLIKELY = -1.0
"""Log odds of a mark, as the undivided arc looks, below which it is not taken apart and has none. Measured on
120 drawn words: of those that are right without it, one is lost, and nine with 0.5 and half the detour."""
_LEAST = 0.005
"""Marks that are less likely than this are not weighed. Set by hand."""
_SELDOM = {"double acute": 0.1, "dot above": 0.2, "ogonek": 0.3, "caron": 0.5}
"""How common some marks are beside the others, where several could be meant. Set by hand."""
_RARE, _UNUSUAL = 0.03, 1e-4
"""Shares of what is a letter with a mark that it has in few languages, and that Unicode does not have as one
character. Set by hand."""
_USUAL = {
    "grave": "aeiou",
    "acute": "aeiouycnrsz",
    "circumflex": "aeiouwy",
    "tilde": "ano",
    "diaeresis": "aeiouy",
    "ring": "au",
    "double acute": "ou",
    "caron": "cdenrstz",
    "dot above": "z",
    "cedilla": "cst",
    "ogonek": "aeiu",
}
"""The letters that have each mark in languages of Europe with many speakers."""
_UNHEARD = 0.7
"""So much of what windows say of which letter it is counts for nothing where it has a mark. Set by hand."""
_LOST = 0.15
"""Share of the single dots on a, o and u that are of two, the other of which was lost. Set by hand."""
_NARROW = 0.5
"""Arcs narrower than this, in letter heights, are seen with what is above them: ``AtomInk.of_run``."""
_DOT, _DIAERESIS = (list(MARKS).index(name) for name in ("dot above", "diaeresis"))
IS_APART = 5
"""Which of ``Seen.features`` says that the mark would stand apart."""
Look = Callable[[npt.NDArray[np.uint8]], tuple[Floats, Floats]]
"""Crops -> probabilities of the classes (K, C), and of being a character (K,)."""


class Marks(NamedTuple):
    """What marks the arcs of a lattice may have.

    Attributes:
        joint: of some arcs, float32 (C, 1 + marks): how likely each class is written there with each of
            ``network.CLASSES``; the first column is of no mark.
        boxes: int (N, 4), of all arcs, without what is rather a mark.
        apart: those arcs of ``joint`` whose mark would stand apart.
    """

    joint: Mapping[int, Floats]
    boxes: npt.NDArray[np.int64]
    apart: Set[int] = frozenset()


class Seen(NamedTuple):
    """What says whether some arcs have marks.

    Attributes:
        arcs: int (K,), which.
        parts: int (K,), the likeliest way to take each apart; -1 for none.
        joint: float32 (K, C, marks), how likely each is which letter with which mark, if it has one.
        whole: float32 (K,), how likely it is then one character.
        features: float (K, F), what tells whether it has one.
        odds: float (K,), the log odds that it has, as far as that tells.
        boxes: int (P, 4), of the letters of the parts alone.
    """

    arcs: npt.NDArray[np.intp]
    parts: npt.NDArray[np.intp]
    joint: Floats
    whole: Floats
    features: npt.NDArray[np.float64]
    odds: npt.NDArray[np.float64]
    boxes: npt.NDArray[np.integer[Any]]


class MarkWeigher:
    """Weighs letters with marks against whole arcs.

    Args:
        networks: that know marks.
        classes: the characters that the classifier knows.
    """

    def __init__(self, networks: MarkNetworks, classes: Sequence[str]) -> None:
        self._networks = networks
        self._able = np.array([[_able(text, mark) for mark in MARKS] for text in classes], np.float32)
        self._common = np.array([_SELDOM.get(mark, 1.0) for mark in MARKS], np.float32)
        self._two_dots = np.array([text.lower() in "aou" for text in classes], np.float32)
        alike = [look_alike(text) for text in classes]
        self._alike = np.array([[one == other for other in alike] for one in alike], np.float32)
        self._above = np.array([mark not in BELOW for mark in MARKS])
        stroke = np.array([look_alike(text) == look_alike("l") for text in classes])
        self._dotless = np.eye(len(classes), dtype=np.float32)
        able = np.isin(classes, ["i", "I"])
        if able.any():
            self._dotless[stroke] = able / np.float32(able.sum())
        self._letters = np.array([[one == text for text in classes] for one in LETTERS], np.float32)

    def weigh(
        self,
        lattice: Lattice,
        probabilities: Floats,
        is_character: Floats,
        seen: Seen,
        log_odds: npt.NDArray[np.float64],
    ) -> tuple[Floats, Floats, Marks]:
        """What the arcs of a lattice may be, with marks weighed.

        Args:
            lattice: of one row.
            probabilities: float32 (N, C), of each arc as a whole.
            is_character: float32 (N,), likewise.
            seen: of its arcs.
            log_odds: float (K,), of a mark on those.

        Returns:
            The same two, and the marks.
        """
        boxes = lattice.boxes.astype(np.int64)
        odds = np.exp(log_odds)
        kept = np.flatnonzero(odds > _LEAST)
        mixed, certain = probabilities.copy(), is_character.copy()
        every: dict[int, Floats] = {}
        for k in kept.tolist():
            arc, part = int(seen.arcs[k]), int(seen.parts[k])
            plain = np.float32(1 / (1 + odds[k]))
            known = np.concatenate([plain * probabilities[arc][:, None], (1 - plain) * seen.joint[k]], axis=1)
            every[arc] = known
            mixed[arc] = known.sum(axis=1)
            certain[arc] = min(1.0, plain * is_character[arc] + (1 - plain) * seen.whole[k])
            if plain < 0.5 and part >= 0:
                boxes[arc] = seen.boxes[part]
        apart = seen.arcs[kept][seen.features[kept, IS_APART] > 0]
        return mixed, certain, Marks(every, boxes, frozenset(apart.tolist()))

    def seen(
        self,
        lattice: Lattice,
        probabilities: Floats,
        is_character: Floats,
        look: Look,
        asked: npt.NDArray[np.intp],
    ) -> Seen:
        """What says whether arcs have marks, and which.

        Args:
            lattice: of one row, with its ink.
            probabilities: float32 (N, C), of each arc as a whole.
            is_character: float32 (N,), likewise.
            look: at letters without their marks.
            asked: int (M,), the arcs that may have marks, in rising order.

        Raises:
            ValueError: if the lattice was made without ink.
        """
        if lattice.ink is None:
            raise ValueError("a lattice without its ink")
        asked = asked[lattice.geometry[asked, SMALL] == 0]
        entire = lattice.ink.entire(asked, lattice.crops)
        undivided, letters = self._networks.undivided.rate(entire.crops, entire.stands)
        kept = np.flatnonzero(_log_odds(undivided) > _UNLIKELY)
        arcs, accented = asked[kept], entire.accented[kept]
        undivided, letters = undivided[kept], letters[kept]
        parts = lattice.ink.parts(arcs)
        part, both, odds = self._best(parts, undivided, arcs)
        has = part >= 0
        below = np.zeros(len(arcs), bool)
        touching = np.ones(len(arcs), bool)
        marks, parted_odds = undivided[:, 1:], np.zeros(len(arcs))
        below[has] = parts.places[part[has], PLACED_BELOW] > 0
        touching[has] = parts.touching[part[has]]
        marks[has] = both[part[has]]
        parted_odds[has] = np.clip(odds[part[has]], -_MOST, _MOST)
        bodies, whole = probabilities[arcs].copy(), is_character[arcs].copy()
        # What stands above a wide letter is not in its crop: it has been looked at.
        new = has.copy()
        new[has] &= ~(parts.accents[part[has]] & (lattice.geometry[arcs[has], WIDTH] >= _NARROW))
        if new.any():
            bodies[new], whole[new] = look(parts.bodies[part[new]])
        bodies = np.where((below | ~has)[:, None], bodies, bodies @ self._dotless)
        shape = _normal(bodies ** (1 - _UNDIVIDED) * (letters @ self._letters + _FLOOR) ** _UNDIVIDED)
        marks = _normal(marks) * self._common
        joint = shape[:, :, None] * marks[:, None, :] * self._able[None]
        joint[:, :, _DIAERESIS] += shape * marks[:, [_DOT]] * (_LOST / _SELDOM["dot above"] * self._two_dots)
        together = np.maximum(joint.sum(axis=(1, 2)), 1e-9)
        joint /= together[:, None, None]
        # Which of its look-alikes it is does not matter here.
        plausible = whole * (bodies @ self._alike).max(axis=1, initial=0)
        as_whole = is_character[arcs] * (probabilities[arcs] @ self._alike).max(axis=1, initial=0)
        ratio = np.log(np.maximum(plausible, 1e-3)) - np.log(np.maximum(as_whole, 1e-3))
        apart = has & ~touching
        features = np.stack(
            [
                np.ones(len(arcs)),
                np.clip(_log_odds(undivided), -_MOST, _MOST),
                np.where(touching, parted_odds, 0.0),
                np.where(apart, parted_odds, 0.0),
                has & touching,
                apart,
                accented,
                (lattice.is_cut | (lattice.geometry[:, PIECES] > 0))[arcs],
                np.log(together),
                np.where(has & touching, ratio, 0.0),
                np.where(apart, np.clip(ratio, -_MOST_APART, _MOST_APART), 0.0),
            ],
            axis=1,
        )
        likely = features @ self._networks.deciding
        return Seen(arcs, part, joint.astype(np.float32), whole, features, likely, parts.boxes)

    def _best(
        self, parts: Parts, undivided: Floats, arcs: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
        """The likeliest way to take each arc apart: int (M,), -1 for none; of all ways, marks and log odds.

        Args:
            parts: the ways.
            undivided: float32 (M, 1 + marks), what each arc looks like as it is.
            arcs: int (M,), their numbers, in rising order.
        """
        places = np.searchsorted(arcs, parts.arcs)
        likely = self._networks.parts.rate(parts)
        odds = _log_odds(likely)
        # What is parted below is no mark above, whatever it looks like.
        below = parts.places[:, PLACED_BELOW] > 0
        fits = np.where(below[:, None], ~self._above, self._above)
        both = _normal(likely[:, 1:]) ** _PARTED * _normal(undivided[places, 1:]) ** (1 - _PARTED) * fits
        agree = both.sum(axis=1)
        known = np.flatnonzero(agree > _AGREE)
        best = np.full(len(arcs), -1)
        worth = odds[known] + np.log(agree[known])
        for k in known[np.argsort(worth, kind="stable")].tolist():
            best[places[k]] = k
        return best, both, odds


def _log_odds(shares: Floats) -> Floats:
    """Of any mark against none: float (K,)."""
    none = shares[:, 0]
    return np.asarray(np.log(np.maximum(1 - none, 1e-6)) - np.log(np.maximum(none, 1e-6)))


def _normal(shares: Floats) -> Floats:
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9))


def doubted(heard: Evidence, marks: Marks) -> Evidence:
    """What windows say, less sure of which letter it is that has a mark: they know none with marks.

    Args:
        heard: of the arcs.
        marks: that they may have.
    """
    characters = heard.characters.copy()
    for arc, joint in marks.joint.items():
        marked = 1 - float(joint[:, 0].sum()) / max(float(joint.sum()), 1e-9)
        letters = characters[arc, : len(joint)]
        letters += _UNHEARD * marked * (letters.max() - letters)
    return heard._replace(characters=characters)


def _able(text: str, mark: str) -> float:
    """How readily a letter has a mark."""
    if with_mark(text, mark) is None:
        return _UNUSUAL
    return 1.0 if text.lower() in _USUAL[mark] else _RARE
