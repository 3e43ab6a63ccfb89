"""A row of components -> a lattice of character candidates.

The row is taken apart into *atoms*: components, dots apart, and pieces of components that are too wide for
one letter. A candidate is a run of neighbouring atoms that could be one character. Choosing among the paths
through the lattice is the decoder's work.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.crop import crop_inks
from ocr_cli.segmentation.cutting import cut_apart
from ocr_cli.segmentation.pieces import UNCUT, Piece, find_cuts
from ocr_cli.segmentation.rows import Row

_LEAST_CUT = 0.4
"""Pieces of a component that are lower than this, in letter heights, are no character."""
_LONGEST, _LONGEST_CUT = 4, 7
"""Most atoms that are tried as one character; pieces of one component are smaller."""
_WIDEST = 1.6
"""Widest character, in letter heights; single components may be wider."""
_WIDEST_GAP = 0.3
"""Widest gap inside a character, in letter heights."""
_CUT_FROM = 0.75
"""Components wider than this, in letter heights, are also tried cut into several."""
_PAPER, _OTHERS = -1, -2
"""Numbers that stand for no atom: of pixels without ink, and with ink that is none of the row's atoms."""


class Atom(NamedTuple):
    """The smallest piece that is kept together.

    Attributes:
        components: indices of its components.
        box: left, top, right, bottom in pixels.
        piece: the part of the page it is cut from; None if it is not cut.
        kind: ``letter`` if it is as high as one, else ``small``.
        accents: components above it, dots and accents, that are not needed to know most letters.
    """

    components: tuple[int, ...]
    box: tuple[int, int, int, int]
    piece: Piece | None
    kind: Literal["letter", "small"]
    accents: tuple[int, ...] = ()


class Candidate(NamedTuple):
    """A run of atoms that could be one character.

    Attributes:
        start: its first atom.
        stop: one past its last atom.
        box: left, top, right, bottom in pixels.
        crop: uint8 (32, 32), for the classifier.
        mark: the sign that its place and size suggest (``.``, ``-``, ``,`` or ``'``), for a small atom alone.
        cuts: float32 (CUTS,), how it was cut from its neighbours, as of ``pieces.find_cuts``; zeros if it
            was not.
    """

    start: int
    stop: int
    box: tuple[int, int, int, int]
    crop: npt.NDArray[np.uint8]
    mark: str | None = None
    cuts: npt.NDArray[np.float32] = UNCUT


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


def build_lattice(components: Components, strength: npt.NDArray[np.float32], row: Row) -> Lattice:
    """The character candidates of a row.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].
        row: which components, and how they lie.

    Returns:
        The lattice; a row has at least one letter, so it has at least one atom.
    """
    atoms = _atoms(components, row)
    row_ink = _RowInk(components, strength, atoms)
    counts = Counter(atom.components for atom in atoms)
    runs, inks = [], []
    for start in range(len(atoms)):
        for stop in range(start + 1, len(atoms) + 1):
            run = atoms[start:stop]
            if len(run) > 1 and not _may_be_one(run, row.height):
                # Wide as it is, an uncut component may still be one wide letter.
                if run[0].components != run[-1].components:
                    break
                if _same_ink(run, atoms[stop : stop + 1]) or _same_ink(run, atoms[max(0, start - 1) : start]):
                    continue
            if len(run) > _LONGEST and not _is_piecework(run, counts):
                continue
            box = _around([atom.box for atom in run])
            if box[3] - box[1] < _LEAST_CUT * row.height and _same_ink(
                run, [*atoms[max(0, start - 1) : start], *atoms[stop : stop + 1]]
            ):
                continue
            runs.append((start, stop, box, _mark(run[0], row) if len(run) == 1 else None))
            inks.append(row_ink.of_run(start, stop, row.height))
    candidates = tuple(
        Candidate(
            start,
            stop,
            box,
            crop,
            mark,
            find_cuts(atoms[start].piece, atoms[stop - 1].piece, box, row.height),
        )
        for (start, stop, box, mark), crop in zip(runs, crop_inks(inks), strict=True)
    )
    return Lattice(tuple(atoms), candidates, row.height)


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


def gap(left: Atom, right: Atom) -> int:
    """Empty columns between two atoms in pixels; negative if they overlap."""
    return right.box[0] - left.box[2]


def atom_ink(atom: Atom, labels: npt.NDArray[np.int32], origin: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Where an atom's ink is on a part of the page, accents left out.

    Args:
        atom: of any row.
        labels: int32 (H, W), a part of ``Components.labels``.
        origin: left and top of that part, in pixels.

    Returns:
        bool (H, W).
    """
    ink = _ink_of(atom.components, labels)
    return ink if atom.piece is None else ink & atom.piece.inside(*origin, labels.shape)


def _atoms(components: Components, row: Row) -> list[Atom]:
    letters = [
        Atom((int(k),), _box(components, int(k)), None, "letter")
        for k in row.letters[np.argsort(components.boxes[row.letters, 0], kind="stable")]
    ]
    loose = []
    for k in row.small.tolist():
        host = _host(components, k, letters, row.height)
        if host is None:
            loose.append(Atom((k,), _box(components, k), None, "small"))
            continue
        letter = letters[host]
        if _is_accent(components, k, letter, row):
            letters[host] = Atom(letter.components, letter.box, None, "letter", (*letter.accents, k))
        else:
            box = _around([letter.box, _box(components, k)])
            letters[host] = Atom((*letter.components, k), box, None, "letter", letter.accents)
    cut = [piece for atom in letters for piece in _cut(components, atom, row)]
    return sorted(cut + loose, key=lambda atom: atom.box[0] + atom.box[2])


def _box(components: Components, k: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = components.boxes[k].tolist()
    return left, top, right, bottom


def _around(boxes: Sequence[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _host(components: Components, k: int, letters: list[Atom], height: float) -> int | None:
    """The letter above, below or inside which a small component lies; None if it stands alone."""
    left, top, right, bottom = _box(components, k)
    best, most = None, 0.5
    for number, letter in enumerate(letters):
        shared = min(right, letter.box[2] + 0.1 * height) - max(left, letter.box[0] - 0.1 * height)
        share = shared / (right - left)
        away = max(letter.box[1] - bottom, top - letter.box[3], 0)
        if share > most and away < 0.6 * height:
            best, most = number, share
    return best


def _is_accent(components: Components, k: int, letter: Atom, row: Row) -> bool:
    left, top, right, bottom = _box(components, k)
    above = bottom < letter.box[1] + 0.15 * row.height and right - left < 0.6 * row.height
    # What does not stand out of the row is rather the end of a broken stroke.
    line = float(row.middle((left + right) / 2)) - row.height / 2
    return above and top + bottom < 2 * line


def _cut(components: Components, atom: Atom, row: Row) -> list[Atom]:
    """Pieces of an atom that may be several touching letters."""
    left, top, right, bottom = atom.box
    if right - left < _CUT_FROM * row.height:
        return [atom]
    ink = _ink_of(atom.components, components.labels[top:bottom, left:right])
    found = cut_apart(ink, row.middle(np.arange(left, right)) - top, row.height)
    if found is None:
        return [atom]
    pieces = []
    for number, cost in enumerate([0.0, *found.costs.tolist()]):
        y, x = np.nonzero(ink & (found.numbers == number))
        box = (left + int(x.min()), top + int(y.min()), left + int(x.max()) + 1, top + int(y.max()) + 1)
        place = Piece((left, top), found.numbers, number, cost, found.crossed)
        pieces.append(Atom(atom.components, box, place, "letter"))
    # Accents go with the piece below them.
    for k in atom.accents:
        middle = float(components.centres[k, 0])
        under = min(range(len(pieces)), key=lambda n: abs((pieces[n].box[0] + pieces[n].box[2]) / 2 - middle))
        piece = pieces[under]
        pieces[under] = piece._replace(accents=(*piece.accents, k))
    return pieces


def _same_ink(run: Sequence[Atom], neighbour: Sequence[Atom]) -> bool:
    """Whether a neighbouring atom is cut from the same component as the run."""
    return any(atom.components == run[0].components for atom in neighbour)


def _may_be_one(run: Sequence[Atom], height: float) -> bool:
    """Whether a run is narrow and close enough to be one character."""
    if any(gap(a, b) > _WIDEST_GAP * height for a, b in itertools.pairwise(run)):
        return False
    left, _, right, _ = _around([atom.box for atom in run])
    return right - left <= _WIDEST * height


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
    if width > 1.6 * height and 0.15 < width < 1.0 and 0.25 < above_baseline < 0.75:
        return "-"
    if max(width, height) < 0.32 and above_baseline < 0.3:
        return "."
    if height < 0.45 and above_baseline < 0.15:
        return ","
    if height < 0.45 and above_baseline > 0.75:
        return "'"
    return None


class _RowInk:
    """The ink of a row, told apart by atoms once, so that any run of them is cut out quickly."""

    def __init__(
        self, components: Components, strength: npt.NDArray[np.float32], atoms: Sequence[Atom]
    ) -> None:
        self._components = components
        self._strength = strength
        self._atoms = atoms
        boxes = [atom.box for atom in atoms]
        boxes += [_box(components, k) for atom in atoms for k in atom.accents]
        self._left, self._top, right, bottom = _with_margin(_around(boxes), strength.shape)
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

    def of_run(self, start: int, stop: int, height: float) -> npt.NDArray[np.float32]:
        """The ink of a run of atoms alone, what else is in its box left out.

        Args:
            start: its first atom.
            stop: one past its last atom.
            height: the row's letter height in pixels.

        Returns:
            float32 (H, W) in [0, 1], ink strength.
        """
        run = self._atoms[start:stop]
        boxes = [atom.box for atom in run]
        left, _, right, _ = _around(boxes)
        # I and J are dotted by many people; on wider letters the network does not know dots and accents.
        dots = [k for atom in run for k in atom.accents] if right - left < 0.5 * height else []
        box = _around(boxes + [_box(self._components, k) for k in dots])
        left, top, right, bottom = _with_margin(box, self._strength.shape)
        part = self._part((left, top, right, bottom))
        numbers = self._numbers[part]
        own = (numbers >= start) & (numbers < stop)
        if dots:
            own |= _ink_of(dots, self._labels[part])
        near = dilate(own, (3, 3)) & ((numbers == _PAPER) | own)
        return np.where(near, self._strength[top:bottom, left:right], np.float32(0))

    def _part(self, box: tuple[int, int, int, int]) -> tuple[slice, slice]:
        """Where a box of the page lies on the row."""
        left, top, right, bottom = box
        return slice(top - self._top, bottom - self._top), slice(left - self._left, right - self._left)


def _with_margin(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box and a pixel round it, as far as the page goes: that keeps the soft edge of the strokes."""
    left, top, right, bottom = box
    return max(0, left - 1), max(0, top - 1), min(shape[1], right + 1), min(shape[0], bottom + 1)


def _ink_of(components: Sequence[int], labels: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Where the labels are those of a few components."""
    ink = np.zeros(labels.shape, bool)
    for k in components:
        ink |= labels == k + 1
    return ink
