"""A row of components -> its lattice: all runs of neighbouring atoms that could be one character, as arrays.

A lattice is made of ink alone: no model is asked, nothing has a price. What the arcs may be is the
scorer's to say (``ocr_cli.scorer``), which way through them is right that of whoever walks it (``paths``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.lattice.atoms import (
    Atom,
    AtomInk,
    box_around,
    cut_atoms,
    ends_inside,
    gap,
    may_be_cut,
    whole_atoms,
)
from ocr_cli.lattice.crop import CROP_SIZE, crop_inks
from ocr_cli.lattice.geometry import CUT_MARKS, CUTS, Borders, find_cuts, measure, view_around
from ocr_cli.marks.parts import ArcInk
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.rows import Row
from ocr_cli.windows.strip import Strip, strip_of

Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]

_LEAST_CUT = 0.4
"""Pieces of a component that are lower than this, in letter heights, are no character. Set by hand."""
_LONGEST, _LONGEST_CUT = 4, 7
"""Most atoms that are tried as one character; pieces of one component are smaller. Set by hand."""
_SURE_UP_TO = 1.1
"""Components wider than this, in letter heights or their own, may be two letters that look like one: LL
like U, ui like U. Set by hand."""
_WIDEST = 1.6
"""Widest character, in letter heights; single components may be wider. Set by hand."""
_WIDEST_GAP = 0.3
"""Widest gap inside a character, in letter heights. Set by hand."""
_FROM_CUTS = 8.0
"""About so many arcs come of each letter height of the width of components that are cut. Set by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All that one row may be: places 0..P between its atoms, and N arcs from place to place.

    Attributes:
        start: int (N,), place that each arc leaves, in rising order; it is also the arc's first atom.
        stop: int (N,), place that it reaches: one past its last atom. Of equal starts, in rising order.
        boxes: int (N, 4), left, top, right, bottom in pixels of the page as it was laid out.
        crops: uint8 (N, 32, 32), its ink alone, for the network.
        geometry: float (N, GEOMETRY), how it lies in the row, as of ``geometry.measure``.
        cuts: float32 (N, CUTS), how it was cut from its neighbours, as of ``geometry.find_cuts``, and the row
            round it, as of ``geometry.view_around``; zeros if it was not cut.
        doubt: int (N,), which of the letters that ``RowInk.doubtful`` shows is this very arc; -1 for none.
        atoms: int (P, 4), boxes of the atoms.
        parents: int (P,), which component each atom is cut from; the same number for pieces of one.
        small: bool (P,), which atoms are lower than letters: dots, dashes, commas, dirt.
        numbers: int16 (H, W), the atom to which each pixel of the row belongs; below 0 for none.
        origin: left and top of that part of the page, in pixels.
        height: the row's letter height in pixels.
        ink: of the arcs, to be taken apart into letters and marks; None if that was not asked for.
    """

    start: Ints
    stop: Ints
    boxes: Ints
    crops: npt.NDArray[np.uint8]
    geometry: npt.NDArray[np.float64]
    cuts: npt.NDArray[np.float32]
    doubt: Ints
    atoms: Ints
    parents: Ints
    small: Bools
    numbers: npt.NDArray[np.int16]
    origin: tuple[int, int]
    height: float
    ink: ArcInk | None = None

    def __len__(self) -> int:
        """How many arcs there are."""
        return len(self.start)

    def box(self, arc: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of an arc."""
        left, top, right, bottom = self.boxes[arc].tolist()
        return left, top, right, bottom

    @property
    def places(self) -> int:
        """The last place, P."""
        return len(self.atoms)

    @property
    def is_cut(self) -> Bools:
        """Which arcs were cut from their neighbours: bool (N,)."""
        return np.asarray(self.cuts.any(axis=1))

    @property
    def of_letters(self) -> Bools:
        """Which arcs are whole components as high as letters, cut up elsewhere or not: bool (N,)."""
        return _are_whole(self.start, self.stop, self.parents) & ~self.small[self.start]


class RowInk:
    """The ink of one row, of which its lattice is made.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].
        row: which components, and how they lie; it has at least one letter.
    """

    def __init__(self, components: Components, strength: npt.NDArray[np.float32], row: Row) -> None:
        self._components = components
        self._strength = strength
        self._row = row
        self._atoms = whole_atoms(components, row)
        self._doubtful = [number for number, atom in enumerate(self._atoms) if _may_be_one(atom, row.height)]

    @cached_property
    def doubtful(self) -> npt.NDArray[np.uint8]:
        """Crops of the letters that are wide enough to be several, but no wider than one: uint8 (M, S, S)."""
        if not self._doubtful:
            return crop_inks([])
        ink = AtomInk(self._components, self._strength, self._atoms)
        boxes = [self._atoms[number].box for number in self._doubtful]
        return crop_inks(
            [
                ink.of_run((k, k + 1), box, self._row.height)
                for k, box in zip(self._doubtful, boxes, strict=True)
            ]
        )

    def size(self, whole: Bools | None = None) -> float:
        """About how many arcs the lattice will have; the argument is that of ``lattice``."""
        height, sure = self._row.height, self._sure(whole)
        cut = [a.box for a in self._atoms if may_be_cut(a, height) and a.components not in sure]
        return len(self._atoms) + _FROM_CUTS / height * sum(right - left for left, _, right, _ in cut)

    def parted(self, ends: npt.NDArray[np.float64]) -> Bools:
        """Inside which of the letters that ``doubtful`` shows a letter ends: bool (M,).

        Args:
            ends: x of such places, in pixels.
        """
        atoms = (self._atoms[number] for number in self._doubtful)
        return np.array([len(ends_inside(atom, ends, self._row.height)) > 0 for atom in atoms], bool)

    def strip(self) -> Strip:
        """The row, straightened, for windows that slide along it."""
        return strip_of(self._components, self._strength, self._row)

    def lattice(
        self,
        whole: Bools | None = None,
        ends: npt.NDArray[np.float64] | None = None,
        *,
        marks: bool = False,
    ) -> Lattice:
        """The row's lattice.

        Args:
            whole: bool (M,), which of the letters that ``doubtful`` shows are surely one character each:
                nothing is cut from them. Without it the lattice is complete. Seams, and what the pieces may
                be, take several times as long as to ask a network first.
            ends: x of places where letters end, in pixels, as far as that is known.
            marks: whether arcs may be taken apart into letters and marks.
        """
        components, row = self._components, self._row
        known = np.zeros(0) if ends is None else ends
        atoms = cut_atoms(components, row, self._atoms, self._sure(whole), known)
        ink = AtomInk(components, self._strength, atoms)
        # Who knows where letters end knows signs that touch them as well.
        runs, boxes = _runs(atoms, row.height, _LEAST_CUT if ends is None else 0.0)
        (start, stop), borders = np.array(runs).T, _borders(atoms)
        entire = _are_whole(start, stop, borders.parents)
        doubt = self._doubts(atoms, start, entire)
        new = np.flatnonzero(doubt < 0)
        crops = np.empty((len(runs), CROP_SIZE, CROP_SIZE), np.uint8)
        crops[new] = crop_inks([ink.of_run(runs[k], boxes[k], row.height) for k in new.tolist()])
        if len(new) < len(runs):
            crops[doubt >= 0] = self.doubtful[doubt[doubt >= 0]]
        cuts = np.zeros((len(runs), CUTS), np.float32)
        for numbers, (first, after), box, one in zip(cuts, runs, boxes, entire.tolist(), strict=True):
            pieces = atoms[first].piece, atoms[after - 1].piece
            if pieces != (None, None) and not one:
                numbers[:CUT_MARKS] = find_cuts(*pieces, box, row.height)
        around = np.array(boxes)
        cut = cuts.any(axis=1)
        corner = np.array([*ink.origin, *ink.origin])
        cuts[cut, CUT_MARKS:] = view_around(ink.numbers >= 0, around[cut] - corner, row.height)
        base = row.middle((around[:, 0] + around[:, 2]) / 2) + row.height / 2
        geometry = measure(borders, start, stop, around, base, row.height)
        return Lattice(
            start,
            stop,
            around,
            crops,
            geometry,
            cuts,
            doubt,
            borders.boxes,
            borders.parents,
            borders.small,
            ink.numbers,
            ink.origin,
            row.height,
            ArcInk(ink, runs, boxes, base, row.height) if marks else None,
        )

    def _doubts(self, atoms: Sequence[Atom], start: Ints, whole: Bools) -> Ints:
        """Which of the doubtful letters each arc is: int (N,); -1 for none."""
        numbers = {self._atoms[number].components: k for k, number in enumerate(self._doubtful)}
        return np.array(
            [
                numbers.get(atoms[first].components, -1) if one else -1
                for first, one in zip(start.tolist(), whole.tolist(), strict=True)
            ]
        )

    def _sure(self, whole: Bools | None) -> Collection[tuple[int, ...]]:
        if whole is None:
            return ()
        return {self._atoms[k].components for k, sure in zip(self._doubtful, whole, strict=True) if sure}


def row_inks(
    components: Components | None, strength: npt.NDArray[np.float32], rows: Sequence[Row]
) -> list[RowInk]:
    """The ink of each row of a page.

    Args:
        components: of the page; None only if it has no rows.
        strength: float32 (H, W), ink strength in [0, 1].
        rows: in reading order.
    """
    return [] if components is None else [RowInk(components, strength, row) for row in rows]


def _may_be_one(atom: Atom, height: float) -> bool:
    """Whether an atom that may be several letters may as well be one."""
    left, top, right, bottom = atom.box
    return may_be_cut(atom, height) and right - left < _SURE_UP_TO * min(bottom - top, height)


def _are_whole(start: Ints, stop: Ints, parents: Ints) -> Bools:
    """Which arcs are one component, all of it: bool (N,).

    Args:
        start: int (N,), first atom of each.
        stop: int (N,), one past its last atom.
        parents: int (P,), the component of each atom.
    """
    changes = np.concatenate([[0], np.cumsum(parents[1:] != parents[:-1])])
    alike = changes[start] == changes[stop - 1]
    return np.asarray(alike & (np.bincount(parents)[parents[start]] == stop - start))


def _borders(atoms: Sequence[Atom]) -> Borders:
    numbers: dict[tuple[int, ...], int] = {}
    return Borders(
        np.array([atom.box for atom in atoms]),
        np.array([numbers.setdefault(atom.components, len(numbers)) for atom in atoms]),
        np.array([atom.kind == "small" for atom in atoms]),
        np.array([0.0 if atom.piece is None else atom.piece.cost for atom in atoms]),
    )


def _runs(
    atoms: Sequence[Atom], height: float, least: float
) -> tuple[list[tuple[int, int]], list[tuple[int, int, int, int]]]:
    """First atom and one past the last of each run that could be one character, and the box around it."""
    counts = Counter(atom.components for atom in atoms)
    runs, boxes = [], []
    for start in range(len(atoms)):
        close, box = True, atoms[start].box
        for stop in range(start + 1, len(atoms) + 1):
            run = atoms[start:stop]
            if len(run) > 1:
                close = close and gap(run[-2], run[-1]) <= _WIDEST_GAP * height
                box = box_around([box, run[-1].box])
            if len(run) > 1 and not (close and box[2] - box[0] <= _WIDEST * height):
                # Wide as it is, an uncut component may still be one wide letter.
                if run[0].components != run[-1].components:
                    break
                if _same_ink(run, atoms[stop : stop + 1]) or _same_ink(run, atoms[max(0, start - 1) : start]):
                    continue
            if len(run) > _LONGEST and not _is_piecework(run, counts):
                continue
            low = box[3] - box[1] < least * height
            if low and _same_ink(run, [*atoms[max(0, start - 1) : start], *atoms[stop : stop + 1]]):
                continue
            runs.append((start, stop))
            boxes.append(box)
    return runs, boxes


def _same_ink(run: Sequence[Atom], neighbour: Sequence[Atom]) -> bool:
    """Whether a neighbouring atom is cut from the same component as the run."""
    return any(atom.components == run[0].components for atom in neighbour)


def _is_piecework(run: Sequence[Atom], counts: Mapping[tuple[int, ...], int]) -> bool:
    """Whether a run is long because what it is made of was cut: part of one component, or all of a few."""
    its = Counter(atom.components for atom in run)
    whole = all(counts[components] == number for components, number in its.items())
    return (len(its) == 1 and len(run) <= _LONGEST_CUT) or (len(its) <= _LONGEST and whole)
