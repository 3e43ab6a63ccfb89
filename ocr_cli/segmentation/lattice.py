"""A row of components -> a lattice of character candidates.

The row is taken apart into *atoms*: components, dots apart, and slices of components that are too wide for
one letter. A candidate is a run of neighbouring atoms that could be one character. Choosing among the paths
through the lattice is the decoder's work.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate, neighbours
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.crop import crop_ink, stroke_width
from ocr_cli.segmentation.rows import Row

_LONGEST = 4
"""Most atoms that are tried as one character."""
_WIDEST = 1.6
"""Widest character, in letter heights; single components may be wider."""
_WIDEST_GAP = 0.3
"""Widest gap inside a character, in letter heights."""
_CUT_FROM = 0.9
"""Components wider than this, in letter heights, are also tried cut into several."""
_THIN = 1.9
"""Columns with less ink than so many pen widths are cutting places if their neighbours have more."""
_THICK = 4.5
_STEM, _DOUBLE = 0.65, 1.4
"""A stem fills this share of the letter height; two of them side by side are so many pens wide."""
_NOTCH = 0.12
"""Depth of a notch in the outline, in letter heights, from which it is a cutting place, if the ink there is
less than ``_THICK`` pen widths."""


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest piece that is kept together.

    Attributes:
        components: indices of its components.
        box: left, top, right, bottom in pixels.
        columns: the part of the page it is cut from, left to right in pixels; None if it is not cut.
        kind: ``letter`` if it is as high as one, else ``small``.
        accents: components above it, dots and accents, that are not needed to know most letters.
    """

    components: tuple[int, ...]
    box: tuple[int, int, int, int]
    columns: tuple[int, int] | None
    kind: Literal["letter", "small"]
    accents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A run of atoms that could be one character.

    Attributes:
        start: its first atom.
        stop: one past its last atom.
        box: left, top, right, bottom in pixels.
        crop: uint8 (32, 32), for the classifier.
        mark: the sign that its place and size suggest (``.``, ``-``, ``,`` or ``'``), for a small atom alone.
    """

    start: int
    stop: int
    box: tuple[int, int, int, int]
    crop: npt.NDArray[np.uint8]
    mark: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All candidates of one row.

    Attributes:
        atoms: from left to right.
        candidates: ordered by ``start``, then ``stop``; every single atom is one.
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
    candidates = []
    for start in range(len(atoms)):
        for stop in range(start + 1, len(atoms) + 1):
            run = atoms[start:stop]
            if len(run) > 1 and not _may_be_one(run, row.height):
                # Wide as it is, an uncut component may still be one wide letter.
                if run[0].components != run[-1].components:
                    break
                if _same_ink(run, atoms[stop : stop + 1]) or _same_ink(run, atoms[max(0, start - 1) : start]):
                    continue
            box = _around([atom.box for atom in run])
            mark = _mark(run[0], row) if len(run) == 1 else None
            candidates.append(Candidate(start, stop, box, _crop(components, strength, run, row.height), mark))
    return Lattice(tuple(atoms), tuple(candidates), row.height)


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
        if _is_accent(components, k, letter, row.height):
            letters[host] = Atom(letter.components, letter.box, None, "letter", (*letter.accents, k))
        else:
            box = _around([letter.box, _box(components, k)])
            letters[host] = Atom((*letter.components, k), box, None, "letter", letter.accents)
    cut = [piece for atom in letters for piece in _cut(components, atom, row.height)]
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


def _is_accent(components: Components, k: int, letter: Atom, height: float) -> bool:
    left, _, right, bottom = _box(components, k)
    return bottom < letter.box[1] + 0.15 * height and right - left < 0.6 * height


def _cut(components: Components, atom: Atom, height: float) -> list[Atom]:
    """Slices of an atom that may be several touching letters: cut where the ink is a stroke thin."""
    left, top, right, bottom = atom.box
    if right - left < _CUT_FROM * height:
        return [atom]
    ink = _ink_of(atom.components, components.labels[top:bottom, left:right])
    cuts = [left + column for column in _cutting_places(ink, height)]
    if not cuts:
        return [atom]
    edges = [left, *cuts, right]
    slices = []
    for start, stop in itertools.pairwise(edges):
        part = ink[:, start - left : stop - left]
        rows = np.flatnonzero(part.any(axis=1))
        if len(rows):
            box = (start, top + int(rows[0]), stop, top + int(rows[-1]) + 1)
            slices.append(Atom(atom.components, box, (start, stop), "letter"))
    # Accents go with the slice below them.
    for k in atom.accents:
        x = float(components.centres[k, 0])
        under = min(range(len(slices)), key=lambda n: abs((slices[n].box[0] + slices[n].box[2]) / 2 - x))
        piece = slices[under]
        slices[under] = Atom(piece.components, piece.box, piece.columns, piece.kind, (*piece.accents, k))
    return slices


def _cutting_places(ink: npt.NDArray[np.bool_], height: float) -> list[int]:
    """Columns at which touching letters may be parted.

    Letters touch where little ink stands in a column, where the outline above or below has a notch, or where
    two upright strokes stand side by side.

    Args:
        ink: bool (H, W), a component.
        height: letter height in pixels.
    """
    margin = max(2, round(0.18 * height))
    reach = max(3, round(0.3 * height)) | 1
    smoothing = max(1, round(0.06 * height))
    profile = _smooth(ink.sum(axis=0), smoothing)
    pen = stroke_width(ink.astype(np.float32))
    rows, _ = ink.shape
    above = np.where(ink.any(axis=0), ink.argmax(axis=0), rows)
    below = np.where(ink.any(axis=0), ink[::-1].argmax(axis=0), rows)
    thin = _valleys(profile, reach) & (profile < _THIN * pen)
    notches = np.zeros(len(profile), bool)
    for outline in (above, below):
        depth = -_smooth(outline, smoothing)
        sides = [neighbours(depth, *side).max(axis=1) - depth for side in ((reach - 1, 0), (0, reach - 1))]
        notches |= _valleys(depth, reach) & (np.minimum(*sides) > _NOTCH * height) & (profile < _THICK * pen)
    columns = np.flatnonzero(thin | notches | _double_stems(profile, pen, height))
    columns = columns[(columns >= margin) & (columns < len(profile) - margin)]
    if not len(columns):
        return []
    # A level stretch has many lowest places: the middle is one. Places closer than a pen are one, too.
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > max(2.0, 0.8 * pen)) + 1)
    return [int(group[len(group) // 2]) for group in groups]


def _double_stems(profile: npt.NDArray[np.float64], pen: float, height: float) -> npt.NDArray[np.bool_]:
    """The middles of upright strokes that are wider than one stroke: bool (N,)."""
    tall = np.flatnonzero(np.diff(np.pad(profile > _STEM * height, 1).astype(np.int8)))
    middles = np.zeros(len(profile), bool)
    for start, stop in tall.reshape(-1, 2):
        if stop - start > _DOUBLE * pen:
            middles[(start + stop) // 2] = True
    return middles


def _valleys(values: npt.NDArray[np.float64], reach: int) -> npt.NDArray[np.bool_]:
    """Where a curve is as low as anywhere within half of an odd ``reach``: bool (N,)."""
    return np.asarray(values == neighbours(values, reach // 2, reach // 2).min(axis=1))


def _smooth(values: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
    """Means of ``size`` neighbours, float (N,)."""
    return np.asarray(neighbours(values, size // 2, size - 1 - size // 2).mean(axis=1))


def _same_ink(run: Sequence[Atom], neighbour: Sequence[Atom]) -> bool:
    """Whether a neighbouring atom is cut from the same component as the run."""
    return any(atom.components == run[0].components for atom in neighbour)


def _may_be_one(run: Sequence[Atom], height: float) -> bool:
    """Whether a run is short, narrow and close enough to be one character."""
    if len(run) > _LONGEST or any(gap(a, b) > _WIDEST_GAP * height for a, b in itertools.pairwise(run)):
        return False
    left, _, right, _ = _around([atom.box for atom in run])
    return right - left <= _WIDEST * height


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


def _crop(
    components: Components, strength: npt.NDArray[np.float32], run: Sequence[Atom], height: float
) -> npt.NDArray[np.uint8]:
    """The ink of a run of atoms alone, what else is in its box left out."""
    boxes = [atom.box for atom in run]
    left, _, right, _ = _around(boxes)
    # I and J are dotted by many people; on wider letters the network does not know dots and accents.
    dots = [k for atom in run for k in atom.accents] if right - left < 0.5 * height else []
    left, top, right, bottom = _around(boxes + [_box(components, k) for k in dots])
    page_height, page_width = strength.shape
    # A margin of a pixel keeps the soft edge of the strokes.
    rows = slice(max(0, top - 1), min(page_height, bottom + 1))
    columns = slice(max(0, left - 1), min(page_width, right + 1))
    labels = components.labels[rows, columns]
    x = np.arange(columns.start, columns.stop)
    own = _ink_of(dots, labels)
    for atom in run:
        first, last = atom.columns or (columns.start, columns.stop)
        own |= _ink_of(atom.components, labels) & (x >= first) & (x < last)
    near = dilate(own, (3, 3)) & ((labels == 0) | own)
    return crop_ink(np.where(near, strength[rows, columns], np.float32(0)))


def _ink_of(components: Sequence[int], labels: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Where the labels are those of a few components."""
    ink = np.zeros(labels.shape, bool)
    for k in components:
        ink |= labels == k + 1
    return ink
