"""A row of components -> a lattice of character candidates.

The row is taken apart into atoms. A candidate is a run of neighbouring atoms that could be one character.
Choosing among the paths through the lattice is the decoder's work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import placed_sign
from ocr_cli.imaging.filters import dilate
from ocr_cli.segmentation.atoms import (
    Atom,
    atom_ink,
    box_around,
    box_of,
    cut_atoms,
    gap,
    ink_of,
    may_be_cut,
    whole_atoms,
)
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.crop import crop_inks
from ocr_cli.segmentation.pieces import CUTS, MARKS, UNCUT, find_cuts, view_around
from ocr_cli.segmentation.rows import Row
from ocr_cli.sharing import Each, in_turn

_LEAST_CUT = 0.4
"""Pieces of a component that are lower than this, in letter heights, are no character."""
_LONGEST, _LONGEST_CUT = 4, 7
"""Most atoms that are tried as one character; pieces of one component are smaller."""
_SURE_UP_TO = 1.1
"""Components wider than this, in letter heights or their own, may be two letters that look like one: LL
like U, ui like U."""
_WIDEST = 1.6
"""Widest character, in letter heights; single components may be wider."""
_WIDEST_GAP = 0.3
"""Widest gap inside a character, in letter heights."""
_FROM_CUTS = 8.0
"""About so many candidates come of each letter height of the width of components that are cut."""
_PAPER, _OTHERS = -1, -2
"""Numbers that stand for no atom: of pixels without ink, and with ink that is none of the row's atoms."""


class Candidate(NamedTuple):
    """A run of atoms that could be one character.

    Attributes:
        start: its first atom.
        stop: one past its last atom.
        box: left, top, right, bottom in pixels.
        crop: uint8 (32, 32), for the classifier.
        mark: the sign that its place and size suggest (``.``, ``-``, ``,`` or ``'``), for a small atom alone.
        cuts: float32 (CUTS,), how it was cut from its neighbours, as of ``pieces.find_cuts``, and the row
            round it, as of ``pieces.view_around``; zeros if it was not.
    """

    start: int
    stop: int
    box: tuple[int, int, int, int]
    crop: npt.NDArray[np.uint8]
    mark: str | None = None
    cuts: npt.NDArray[np.float32] = UNCUT

    @property
    def is_cut(self) -> bool:
        """Whether it was cut from its neighbours."""
        return bool(self.cuts.any())


class Lattice(NamedTuple):
    """All candidates of one row.

    Attributes:
        atoms: from left to right.
        candidates: ordered by ``start``, then ``stop``; every single atom is one, but for low pieces of
            components that are cut.
        height: the row's letter height in pixels.
    """

    atoms: tuple[Atom, ...]
    candidates: tuple[Candidate, ...]
    height: float


Judge: TypeAlias = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.bool_]]
"""Tells of crops uint8 (N, 32, 32) which are surely one whole character: bool (N,)."""


def build_lattices(
    components: Components,
    strength: npt.NDArray[np.float32],
    rows: Sequence[Row],
    are_whole: Judge | None = None,
    each: Each = in_turn,
) -> tuple[Lattice, ...]:
    """The character candidates of the rows of a page.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].
        rows: which components, and how they lie.
        are_whole: letters that it is sure of are not cut unless they are very wide. To cut them, and to
            classify all that the pieces may be, takes several times as long as to ask.
        each: goes through the rows.

    Returns:
        The lattices; a row has at least one letter, so each has at least one atom.
    """
    atoms = [whole_atoms(components, row) for row in rows]
    whole: Collection[tuple[int, ...]] = ()
    if are_whole is not None:
        asked, inks = [], []
        for row, row_atoms in zip(rows, atoms, strict=True):
            row_ink = _RowInk(components, strength, row_atoms)
            for number, atom in enumerate(row_atoms):
                left, top, right, bottom = atom.box
                if may_be_cut(atom, row.height) and right - left < _SURE_UP_TO * min(
                    bottom - top, row.height
                ):
                    asked.append(atom.components)
                    inks.append(row_ink.of_run(number, number + 1, atom.box, row.height))
        if asked:
            whole = {one for one, sure in zip(asked, are_whole(crop_inks(inks)), strict=True) if sure}

    def parts(number: int) -> _RowParts:
        row = rows[number]
        return _find(components, strength, row, cut_atoms(components, row, atoms[number], whole))

    sizes = [_size(some, row.height, whole) for row, some in zip(rows, atoms, strict=True)]
    found = each(parts, range(len(rows)), sizes)
    return tuple(_lattice(of_row, row) for of_row, row in zip(found, rows, strict=True))


def _size(atoms: Sequence[Atom], height: float, whole: Collection[tuple[int, ...]]) -> float:
    """About how many candidates will come of a row's atoms."""
    cut = [atom.box for atom in atoms if may_be_cut(atom, height) and atom.components not in whole]
    return len(atoms) + _FROM_CUTS / height * sum(right - left for left, _, right, _ in cut)


def build_lattice(components: Components, strength: npt.NDArray[np.float32], row: Row) -> Lattice:
    """The character candidates of one row; as ``build_lattices``, and all that may be cut is."""
    (lattice,) = build_lattices(components, strength, [row])
    return lattice


class _RowParts(NamedTuple):
    """What a lattice is made of: few large arrays, which can be sent between processes in a short time.

    Attributes:
        atoms: of the row.
        runs: start, stop, box and mark of each candidate.
        crops: uint8 (N, 32, 32).
        cuts: float32 (N, CUTS).
    """

    atoms: Sequence[Atom]
    runs: Sequence[tuple[int, int, tuple[int, int, int, int], str | None]]
    crops: npt.NDArray[np.uint8]
    cuts: npt.NDArray[np.float32]


def _lattice(parts: _RowParts, row: Row) -> Lattice:
    candidates = tuple(
        Candidate(start, stop, box, crop, mark, cuts)
        for (start, stop, box, mark), crop, cuts in zip(parts.runs, parts.crops, parts.cuts, strict=True)
    )
    return Lattice(tuple(parts.atoms), candidates, row.height)


def _find(
    components: Components, strength: npt.NDArray[np.float32], row: Row, atoms: Sequence[Atom]
) -> _RowParts:
    row_ink = _RowInk(components, strength, atoms)
    counts = Counter(atom.components for atom in atoms)
    runs, inks = [], []
    for start in range(len(atoms)):
        close, box = True, atoms[start].box
        for stop in range(start + 1, len(atoms) + 1):
            run = atoms[start:stop]
            if len(run) > 1:
                close = close and gap(run[-2], run[-1]) <= _WIDEST_GAP * row.height
                box = box_around([box, run[-1].box])
            if len(run) > 1 and not (close and box[2] - box[0] <= _WIDEST * row.height):
                # Wide as it is, an uncut component may still be one wide letter.
                if run[0].components != run[-1].components:
                    break
                if _same_ink(run, atoms[stop : stop + 1]) or _same_ink(run, atoms[max(0, start - 1) : start]):
                    continue
            if len(run) > _LONGEST and not _is_piecework(run, counts):
                continue
            if box[3] - box[1] < _LEAST_CUT * row.height and _same_ink(
                run, [*atoms[max(0, start - 1) : start], *atoms[stop : stop + 1]]
            ):
                continue
            runs.append((start, stop, box, _mark(run[0], row) if len(run) == 1 else None))
            inks.append(row_ink.of_run(start, stop, box, row.height))
    cuts = np.zeros((len(runs), CUTS), np.float32)
    for number, (start, stop, box, _) in enumerate(runs):
        cuts[number, :MARKS] = find_cuts(atoms[start].piece, atoms[stop - 1].piece, box, row.height)
    cut = cuts.any(axis=1)
    boxes = np.array([box for _, _, box, _ in runs])[cut]
    cuts[cut, MARKS:] = row_ink.views(boxes, row.height)
    return _RowParts(atoms, runs, crop_inks(inks), cuts)


def whole_letters(lattice: Lattice) -> list[npt.NDArray[np.uint8]]:
    """The crops of the components as high as letters, each as a whole, whether it was also cut or not."""
    pieces = Counter(atom.components for atom in lattice.atoms)
    crops = []
    for candidate in lattice.candidates:
        run = lattice.atoms[candidate.start : candidate.stop]
        uncut = len({atom.components for atom in run}) == 1 and pieces[run[0].components] == len(run)
        if uncut and run[0].kind == "letter":
            crops.append(candidate.crop)
    return crops


def _same_ink(run: Sequence[Atom], neighbour: Sequence[Atom]) -> bool:
    """Whether a neighbouring atom is cut from the same component as the run."""
    return any(atom.components == run[0].components for atom in neighbour)


def _is_piecework(run: Sequence[Atom], counts: Mapping[tuple[int, ...], int]) -> bool:
    """Whether a run is long because what it is made of was cut: part of one component, or all of a few."""
    its = Counter(atom.components for atom in run)
    whole = all(counts[components] == number for components, number in its.items())
    return (len(its) == 1 and len(run) <= _LONGEST_CUT) or (len(its) <= _LONGEST and whole)


def _mark(atom: Atom, row: Row) -> str | None:
    """The sign that a small atom's shape and place in the row suggest."""
    if atom.kind != "small":
        return None
    left, top, right, bottom = atom.box
    width, height = (right - left) / row.height, (bottom - top) / row.height
    middle = float(row.middle((left + right) / 2))
    above_baseline = (middle + row.height / 2 - (top + bottom) / 2) / row.height
    return placed_sign(width, height, above_baseline)


class _RowInk:
    """The ink of a row, told apart by atoms once, so that any run of them is cut out quickly."""

    def __init__(
        self, components: Components, strength: npt.NDArray[np.float32], atoms: Sequence[Atom]
    ) -> None:
        self._components = components
        self._strength = strength
        self._atoms = atoms
        boxes = [atom.box for atom in atoms]
        boxes += [box_of(components, k) for atom in atoms for k in atom.accents]
        self._left, self._top, right, bottom = _with_margin(box_around(boxes), strength.shape)
        self._labels = components.labels[self._top : bottom, self._left : right]
        owners = np.full(len(components) + 1, _OTHERS, np.int16)
        owners[0] = _PAPER
        for number, atom in enumerate(atoms):
            owners[np.array(atom.components) + 1] = number
        # int16 (H, W), the atom to which each pixel belongs.
        self._numbers = owners[self._labels]
        for number, atom in enumerate(atoms):
            if atom.piece is not None:
                part = self._part(atom.box)
                self._numbers[part][atom_ink(atom, self._labels[part], atom.box[:2])] = number

    def of_run(
        self, start: int, stop: int, box: tuple[int, int, int, int], height: float
    ) -> npt.NDArray[np.float32]:
        """The ink of a run of atoms alone, what else is in its box left out.

        Args:
            start: its first atom.
            stop: one past its last atom.
            box: around them.
            height: the row's letter height in pixels.

        Returns:
            float32 (H, W) in [0, 1], ink strength.
        """
        # I and J are dotted by many people; on wider letters the network does not know dots and accents.
        narrow = box[2] - box[0] < 0.5 * height
        dots = [k for atom in self._atoms[start:stop] for k in atom.accents] if narrow else []
        if dots:
            box = box_around([box, *(box_of(self._components, k) for k in dots)])
        left, top, right, bottom = _with_margin(box, self._strength.shape)
        part = self._part((left, top, right, bottom))
        numbers = self._numbers[part]
        own = (numbers >= start) & (numbers < stop)
        if dots:
            own |= ink_of(dots, self._labels[part])
        near = dilate(own, (3, 3)) & ((numbers == _PAPER) | own)
        return np.where(near, self._strength[top:bottom, left:right], np.float32(0))

    def views(self, boxes: npt.NDArray[np.int64], height: float) -> npt.NDArray[np.float32]:
        """What of the row is round boxes of the page: ``pieces.view_around``, float32 (N, VIEW)."""
        corner = np.array([self._left, self._top, self._left, self._top])
        return view_around(self._numbers >= 0, boxes - corner, height)

    def _part(self, box: tuple[int, int, int, int]) -> tuple[slice, slice]:
        """Where a box of the page lies on the row."""
        left, top, right, bottom = box
        return slice(top - self._top, bottom - self._top), slice(left - self._left, right - self._left)


def _with_margin(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box and a pixel round it, as far as the page goes: that keeps the soft edge of the strokes."""
    left, top, right, bottom = box
    return max(0, left - 1), max(0, top - 1), min(shape[1], right + 1), min(shape[0], bottom + 1)
