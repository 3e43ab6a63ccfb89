"""With and without a mark: what arcs may be, once letters are weighed that have one.

Of an arc that can be taken apart, the look of the whole competes with the look of the letter alone, times how
likely what is parted is a mark that this letter may have. Both go into the arc's probabilities, which are of
letters without marks, as language and all else know them; which mark each of them would have is noted beside
them (``Marks``), to be composed where the text is known (``decoding.composing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import BELOW, MARKS, look_alike, with_mark
from ocr_cli.lattice.geometry import PIECES, SMALL, WIDTH
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.marks.network import MarkNetwork
from ocr_cli.marks.parts import BELOW as PLACED_BELOW
from ocr_cli.marks.parts import Parts
from ocr_cli.windows.evidence import Evidence

Floats = npt.NDArray[np.float32]

_APART, _ACCENTED, _TOUCHING = 1.0, 0.5, 0.06
"""Odds of a mark before it is looked at: of ink that stands apart, of ink that has to be parted where some
more stands apart above, and of other ink that has to be parted. Set by hand."""
_GATHERED = 0.3
"""Share of these odds where the letter was cut out of others, or is of several pieces: the dot over it may be
that of an i in it. Set by hand."""
_MOST_APART = 2.0
"""Most by which the look of the letter counts, for or against, where nothing had to be parted: a bare stroke
is hardly a character. Set by hand."""
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
Look = Callable[[npt.NDArray[np.uint8]], tuple[Floats, Floats]]
"""Crops -> probabilities of the classes (K, C), and of being a character (K,)."""


class Marks(NamedTuple):
    """What marks the arcs of a lattice may have.

    Attributes:
        joint: of some arcs, float32 (C, 1 + marks): how likely each class is written there with each of
            ``network.CLASSES``; the first column is of no mark.
        boxes: int (N, 4), of all arcs, without what is rather a mark.
    """

    joint: Mapping[int, Floats]
    boxes: npt.NDArray[np.int64]


class MarkWeigher:
    """Weighs letters with marks against whole arcs.

    Args:
        network: that knows marks.
        classes: the characters that the classifier knows.
    """

    def __init__(self, network: MarkNetwork, classes: Sequence[str]) -> None:
        self._network = network
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

    def weigh(
        self, lattice: Lattice, probabilities: Floats, is_character: Floats, look: Look
    ) -> tuple[Floats, Floats, Marks]:
        """What the arcs of a lattice may be, with marks weighed.

        Args:
            lattice: with its parts.
            probabilities: float32 (N, C), of each arc as a whole.
            is_character: float32 (N,), likewise.
            look: at letters without their marks.

        Returns:
            The same two, and the marks.
        """
        boxes = lattice.boxes.astype(np.int64)
        parts = lattice.parts
        if parts is None or not len(parts):
            return probabilities, is_character, Marks({}, boxes)
        likely = self._network.rate(parts)
        accented = np.isin(parts.arcs, parts.arcs[parts.accents]) & (parts.places[:, PLACED_BELOW] == 0)
        prior = np.where(parts.touching, np.where(accented, _ACCENTED, _TOUCHING), _APART)
        gathered = lattice.is_cut | (lattice.geometry[:, PIECES] > 0)
        prior = prior * np.where(gathered[parts.arcs], _GATHERED, 1.0)
        odds = prior * (1 - likely[:, 0]) / np.maximum(likely[:, 0], 1e-6)
        kept = np.flatnonzero((odds > _LEAST) & (lattice.geometry[parts.arcs, SMALL] == 0))
        if not len(kept):
            return probabilities, is_character, Marks({}, boxes)
        arcs = parts.arcs[kept]
        bodies, whole = self._bodies(lattice, parts, kept, probabilities, is_character, look)
        marks = likely[kept, 1:] / np.maximum(likely[kept, 1:].sum(axis=1, keepdims=True), 1e-9)
        below = parts.places[kept, PLACED_BELOW] > 0
        fits = np.where(below[:, None], ~self._above, self._above)
        shape = np.where(below[:, None], bodies, bodies @ self._dotless)
        # How likely each class has each mark; how well letter and mark go together counts as well.
        marks = marks * fits * self._common
        joint = shape[:, :, None] * marks[:, None, :] * self._able[None]
        lost = shape * marks[:, [_DOT]] * (_LOST / _SELDOM["dot above"] * self._two_dots)
        joint[:, :, _DIAERESIS] += lost.astype(np.float32)
        together = joint.sum(axis=(1, 2))
        joint /= np.maximum(together, 1e-9)[:, None, None]
        # Which of its look-alikes it is does not matter here.
        plausible = whole * (bodies @ self._alike).max(axis=1)
        as_whole = np.maximum(is_character[arcs] * (probabilities[arcs] @ self._alike).max(axis=1), 1e-3)
        ratio = np.maximum(plausible, 1e-3) / as_whole
        ratio = np.where(parts.touching[kept], ratio, np.clip(ratio, 1 / _MOST_APART, _MOST_APART))
        odds = odds[kept] * together * ratio
        return self._mixed(arcs, odds, joint, whole, parts.boxes[kept], boxes, probabilities, is_character)

    @staticmethod
    def _mixed(
        arcs: npt.NDArray[np.integer[Any]],
        odds: npt.NDArray[np.float64],
        joint: Floats,
        whole: Floats,
        bodies: npt.NDArray[np.integer[Any]],
        boxes: npt.NDArray[np.int64],
        probabilities: Floats,
        is_character: Floats,
    ) -> tuple[Floats, Floats, Marks]:
        total = np.ones(len(boxes))
        np.add.at(total, arcs, odds)
        shares = (odds / total[arcs]).astype(np.float32)
        mixed, certain = probabilities.copy(), is_character.copy()
        every: dict[int, Floats] = {}
        for arc in sorted(set(arcs.tolist())):
            its = np.flatnonzero(arcs == arc)
            plain = np.float32(1 / total[arc])
            with_marks = np.tensordot(shares[its], joint[its], 1)
            known = np.concatenate([plain * probabilities[arc][:, None], with_marks], axis=1)
            every[arc] = known
            mixed[arc] = known.sum(axis=1)
            certain[arc] = plain * is_character[arc] + shares[its] @ whole[its]
            if plain < 0.5:
                boxes[arc] = bodies[its[int(shares[its].argmax())]]
        return mixed, np.minimum(certain, np.float32(1)), Marks(every, boxes)

    @staticmethod
    def _bodies(
        lattice: Lattice,
        parts: Parts,
        kept: npt.NDArray[np.intp],
        probabilities: Floats,
        is_character: Floats,
        look: Look,
    ) -> tuple[Floats, Floats]:
        """What the letters without their marks look like: float32 (K, C) and (K,).

        What stands above a wide letter is not in its crop: it has been looked at.
        """
        arcs = parts.arcs[kept]
        bodies, whole = probabilities[arcs].copy(), is_character[arcs].copy()
        seen = parts.accents[kept] & (lattice.geometry[arcs, WIDTH] >= _NARROW)
        new = np.flatnonzero(~seen)
        if len(new):
            bodies[new], whole[new] = look(parts.bodies[kept[new]])
        return bodies, whole


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
