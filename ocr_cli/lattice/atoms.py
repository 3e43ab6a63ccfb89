"""A row's components -> its atoms, the smallest pieces that are kept together.

Atoms are components, dots apart, and pieces of components that are too wide for one letter.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate
from ocr_cli.lattice.seams import cut_apart
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.rows import Row

_CUT_FROM = 0.75
"""Components wider than this, in letter heights, are also tried cut into several. Set by hand."""


_WELL = 0.1
"""So far from its sides, in letter heights, a letter ends inside of a component. Set by hand."""
_NO_ENDS = np.zeros(0)
_PAPER, _OTHERS = -1, -2
"""Numbers that stand for no atom: of pixels without ink, and with ink that is none of the row's atoms,
by definition."""


class Piece(NamedTuple):
    """Where on the page a piece of a component lies.

    Attributes:
        origin: left and top of the component's box, in pixels.
        numbers: int (H, W), the piece to which each pixel of that box belongs.
        number: of this piece, from 0 on the left.
        cost: ink that the cut on its left crosses, in pen widths; 0 for the first piece.
        crossed: bool (K - 1, H), in which rows of the box the cut behind each piece but the last parts ink.
    """

    origin: tuple[int, int]
    numbers: npt.NDArray[np.int16]
    number: int
    cost: float
    crossed: npt.NDArray[np.bool_]

    def inside(self, left: int, top: int, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
        """Which pixels of a part of the page are the piece's: bool, of the shape given.

        Args:
            left: of the part, in pixels.
            top: of the part, in pixels.
            shape: its height and width.
        """
        x, y = self.origin
        height, width = self.numbers.shape
        # Outside the box, the soft edges of strokes belong to what is nearest.
        rows = np.clip(np.arange(top, top + shape[0]) - y, 0, height - 1)
        columns = np.clip(np.arange(left, left + shape[1]) - x, 0, width - 1)
        return np.asarray(self.numbers[np.ix_(rows, columns)] == self.number)


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
    ink = ink_of(atom.components, labels)
    return ink if atom.piece is None else ink & atom.piece.inside(*origin, labels.shape)


def whole_atoms(components: Components, row: Row) -> list[Atom]:
    """The atoms of a row before any is cut: its letters from left to right, then what stands alone."""
    letters = [
        Atom((int(k),), box_of(components, int(k)), None, "letter")
        for k in row.letters[np.argsort(components.boxes[row.letters, 0], kind="stable")]
    ]
    loose = []
    for k in row.small.tolist():
        host = _host(components, k, letters, row.height)
        if host is None:
            loose.append(Atom((k,), box_of(components, k), None, "small"))
            continue
        letter = letters[host]
        if _is_accent(components, k, letter, row):
            letters[host] = Atom(letter.components, letter.box, None, "letter", (*letter.accents, k))
        else:
            box = box_around([letter.box, box_of(components, k)])
            letters[host] = Atom((*letter.components, k), box, None, "letter", letter.accents)
    return letters + loose


def may_be_cut(atom: Atom, height: float) -> bool:
    """Whether an atom is wide enough to be several touching letters, of this height in pixels."""
    return atom.kind == "letter" and atom.box[2] - atom.box[0] >= _CUT_FROM * height


def ends_inside(atom: Atom, ends: npt.NDArray[np.float64], height: float) -> npt.NDArray[np.float64]:
    """Of places where letters end, x in pixels, those well inside an atom that is as high as a letter."""
    left, _, right, _ = atom.box
    inside = (ends > left + _WELL * height) & (ends < right - _WELL * height)
    return ends[inside & (atom.kind == "letter")]


def cut_atoms(
    components: Components,
    row: Row,
    atoms: Sequence[Atom],
    whole: Collection[tuple[int, ...]] = (),
    ends: npt.NDArray[np.float64] = _NO_ENDS,
) -> list[Atom]:
    """The atoms of a row, in pieces where they may be several letters, from left to right.

    Args:
        components: of the page.
        row: the row.
        atoms: as ``whole_atoms`` finds them.
        whole: components of those atoms that are not cut, however wide they are.
        ends: x of places where letters end, in pixels, as far as that is known.
    """
    pieces = [
        piece
        for atom in atoms
        for its in [ends_inside(atom, ends, row.height)]
        for piece in (
            _cut(components, atom, row, its)
            if (may_be_cut(atom, row.height) or len(its)) and atom.components not in whole
            else [atom]
        )
    ]
    return sorted(pieces, key=lambda atom: atom.box[0] + atom.box[2])


def box_of(components: Components, k: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a component in pixels."""
    left, top, right, bottom = components.boxes[k].tolist()
    return left, top, right, bottom


def box_around(boxes: Sequence[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """The smallest box around one box or more."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _host(components: Components, k: int, letters: list[Atom], height: float) -> int | None:
    """The letter above, below or inside which a small component lies; None if it stands alone."""
    left, top, right, bottom = box_of(components, k)
    best, most = None, 0.5
    for number, letter in enumerate(letters):
        shared = min(right, letter.box[2] + 0.1 * height) - max(left, letter.box[0] - 0.1 * height)
        share = shared / (right - left)
        away = max(letter.box[1] - bottom, top - letter.box[3], 0)
        if share > most and away < 0.6 * height:
            best, most = number, share
    return best


def _is_accent(components: Components, k: int, letter: Atom, row: Row) -> bool:
    left, top, right, bottom = box_of(components, k)
    above = bottom < letter.box[1] + 0.15 * row.height and right - left < 0.6 * row.height
    # What does not stand out of the row is rather the end of a broken stroke.
    line = float(row.middle((left + right) / 2)) - row.height / 2
    return above and top + bottom < 2 * line


def _cut(components: Components, atom: Atom, row: Row, ends: npt.NDArray[np.float64]) -> list[Atom]:
    """Pieces of an atom that may be several touching letters."""
    left, top, right, bottom = atom.box
    ink = ink_of(atom.components, components.labels[top:bottom, left:right])
    found = cut_apart(ink, row.middle(np.arange(left, right)) - top, row.height, (ends - left).tolist())
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


def ink_of(components: Sequence[int], labels: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Where the labels are those of a few components."""
    ink = np.zeros(labels.shape, bool)
    for k in components:
        ink |= labels == k + 1
    return ink


class Masks(NamedTuple):
    """The ink of a run of atoms, on the part of the page round it.

    Attributes:
        own: bool (H, W), of the atoms.
        above: bool (H, W), of the accents above them.
        paper: bool (H, W), where there is no ink.
        strength: float32 (H, W) in [0, 1], of all ink.
        corner: left and top of that part, in pixels.
    """

    own: npt.NDArray[np.bool_]
    above: npt.NDArray[np.bool_]
    paper: npt.NDArray[np.bool_]
    strength: npt.NDArray[np.float32]
    corner: tuple[int, int]

    def only(self, some: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        """The strength of some of the ink, with the soft edge of its strokes: float32 (H, W)."""
        near = dilate(some, (3, 3)) & (self.paper | some)
        return np.where(near, self.strength, np.float32(0))


class AtomInk:
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
        self.origin = (self._left, self._top)
        self._labels = components.labels[self._top : bottom, self._left : right]
        owners = np.full(len(components) + 1, _OTHERS, np.int16)
        owners[0] = _PAPER
        for number, atom in enumerate(atoms):
            owners[np.array(atom.components) + 1] = number
        # int16 (H, W), the atom to which each pixel belongs.
        self.numbers = owners[self._labels]
        for number, atom in enumerate(atoms):
            if atom.piece is not None:
                part = self._part(atom.box)
                self.numbers[part][atom_ink(atom, self._labels[part], atom.box[:2])] = number

    def of_run(
        self, run: tuple[int, int], box: tuple[int, int, int, int], height: float
    ) -> npt.NDArray[np.float32]:
        """The ink of a run of atoms alone, what else is in its box left out.

        Args:
            run: its first atom, and one past its last.
            box: around them.
            height: the row's letter height in pixels.

        Returns:
            float32 (H, W) in [0, 1], ink strength.
        """
        start, stop = run
        # I and J are dotted by many people; on wider letters the network does not know dots and accents.
        narrow = box[2] - box[0] < 0.5 * height
        dots = [k for atom in self._atoms[start:stop] for k in atom.accents] if narrow else []
        if dots:
            box = box_around([box, *(box_of(self._components, k) for k in dots)])
        left, top, right, bottom = _with_margin(box, self._strength.shape)
        part = self._part((left, top, right, bottom))
        numbers = self.numbers[part]
        own = (numbers >= start) & (numbers < stop)
        if dots:
            own |= ink_of(dots, self._labels[part])
        near = dilate(own, (3, 3)) & ((numbers == _PAPER) | own)
        return np.where(near, self._strength[top:bottom, left:right], np.float32(0))

    def has_accents(self, run: tuple[int, int]) -> bool:
        """Whether there are accents above a run of atoms."""
        return any(atom.accents for atom in self._atoms[slice(*run)])

    def masks(self, run: tuple[int, int], box: tuple[int, int, int, int]) -> Masks:
        """Where the ink of a run of atoms is, and the accents above it; arguments as for ``of_run``."""
        start, stop = run
        accents = [k for atom in self._atoms[start:stop] for k in atom.accents]
        if accents:
            box = box_around([box, *(box_of(self._components, k) for k in accents)])
        left, top, right, bottom = _with_margin(box, self._strength.shape)
        part = self._part((left, top, right, bottom))
        numbers = self.numbers[part]
        above = ink_of(accents, self._labels[part])
        own = (numbers >= start) & (numbers < stop)
        return Masks(own, above, numbers == _PAPER, self._strength[top:bottom, left:right], (left, top))

    def _part(self, box: tuple[int, int, int, int]) -> tuple[slice, slice]:
        """Where a box of the page lies on the row."""
        left, top, right, bottom = box
        return slice(top - self._top, bottom - self._top), slice(left - self._left, right - self._left)


def _with_margin(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box and a pixel round it, as far as the page goes: that keeps the soft edge of the strokes."""
    left, top, right, bottom = box
    return max(0, left - 1), max(0, top - 1), min(shape[1], right + 1), min(shape[0], bottom + 1)
