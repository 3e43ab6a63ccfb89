"""The arcs of a lattice taken apart into a letter and what may be a mark on it.

An accent that stands apart is known as such when atoms are made. One that touches its letter hangs on it by a
neck: rows of the arc's ink in which there is little of it. Whether what is parted there is a mark, nothing
here says: an i is parted from its dot, and T from its bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import stroke_width
from ocr_cli.lattice.atoms import AtomInk, Masks
from ocr_cli.lattice.crop import CROP_SIZE, crop_inks

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.integer[Any]]

_LEAST_BODY, _MOST_BODY = 0.35, 1.7
"""Height of a letter without its mark, in letter heights. Set by hand."""
_MARK = (0.08, 0.6)
"""Height of a mark, likewise. Set by hand."""
_NECK = (0.2, 1.4)
"""Widest stroke by which a mark hangs on its letter, in letter heights, or else in widths of the pen. Set by
hand."""
_STROKES = 2
"""By so many strokes at most. Set by hand."""
_FEET = (-0.25, 0.45)
"""How far below the base line a letter ends that has a mark below, in letter heights. Set by hand."""
_WIDEST = 1.0
"""Widest mark, in letter heights. Set by hand."""

PLACE = 11
"""Numbers that say how a mark lies on its letter."""
BELOW = 9
"""Which of them says whether it lies below."""


STANDS = 4
"""Numbers that say how an arc stands in its row."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Ways to take arcs apart, K of them, in the order of the arcs.

    Attributes:
        arcs: int (K,), which arc of the lattice.
        bodies: uint8 (K, 32, 32), crops of the letters alone.
        marks: uint8 (K, 32, 32), crops of what may be marks, alone.
        places: float32 (K, PLACE), of the marks: width, height, gap from the letter (below 0 if they
            overlap), how far its middle lies to the right of the letter's; width and height of the letter,
            foot and top of the letter above the base line, all in letter heights; whether it touches, whether
            it lies below, how many pieces it has side by side.
        boxes: int (K, 4), left, top, right, bottom of the letters alone, in pixels of the page.
        touching: bool (K,), whether ink was parted.
        accents: bool (K,), whether the mark is nothing but what atoms keep apart as accents.
        masks: of each part, where its mark is: bool (H, W), and that mask's left and top on the page.
    """

    arcs: Ints
    bodies: npt.NDArray[np.uint8]
    marks: npt.NDArray[np.uint8]
    places: npt.NDArray[np.float32]
    boxes: Ints
    touching: Bools
    accents: Bools
    masks: tuple[tuple[Bools, tuple[int, int]], ...] = ()

    def __len__(self) -> int:
        """How many there are."""
        return len(self.arcs)


NO_PARTS = Parts(
    np.zeros(0, np.intp),
    np.zeros((0, CROP_SIZE, CROP_SIZE), np.uint8),
    np.zeros((0, CROP_SIZE, CROP_SIZE), np.uint8),
    np.zeros((0, PLACE), np.float32),
    np.zeros((0, 4), np.intp),
    np.zeros(0, bool),
    np.zeros(0, bool),
)


class Entire(NamedTuple):
    """Arcs with all that is above them, M of them.

    Attributes:
        crops: uint8 (M, 32, 32).
        stands: float32 (M, STANDS), width, height, top and foot above the base line, in letter heights.
        accented: bool (M,), which have something above them.
    """

    crops: npt.NDArray[np.uint8]
    stands: npt.NDArray[np.float32]
    accented: Bools


class _Part(NamedTuple):
    """A letter and a mark, as pixels of an arc's masks."""

    body: Bools
    mark: Bools
    touching: bool
    below: bool
    accents: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ArcInk:
    """The ink of arcs, taken apart where that is asked: nothing else that is done with an arc takes as long.

    Attributes:
        ink: of the row.
        runs: first atom and one past the last of each arc.
        boxes: around them, in pixels of the page.
        base: float (N,), height on the page of the row's base line at each arc, in pixels.
        height: the row's letter height in pixels.
    """

    ink: AtomInk
    runs: Sequence[tuple[int, int]]
    boxes: Sequence[tuple[int, int, int, int]]
    base: npt.NDArray[np.float64]
    height: float

    def parts(self, arcs: Ints | None = None) -> Parts:
        """All that some arcs may be taken apart into; all arcs if None."""
        some = np.arange(len(self.runs)) if arcs is None else arcs
        found = parts_of(
            (self._masks(arc) for arc in some.tolist()),
            self.base[some].tolist(),
            self.height,
            stroke_width(self.ink.numbers >= 0),
        )
        return replace(found, arcs=some[found.arcs])

    def entire(self, arcs: Ints, crops: npt.NDArray[np.uint8]) -> Entire:
        """Some arcs with all that is above them.

        Args:
            arcs: int (M,).
            crops: uint8 (N, 32, 32), of all arcs without that.
        """
        some, looks = arcs.tolist(), crops[arcs]
        accented = np.array([self.ink.has_accents(self.runs[arc]) for arc in some], bool)
        lines = self.base[arcs].tolist()
        stands = np.array(
            [_stand(self.boxes[arc], base) for arc, base in zip(some, lines, strict=True)], np.float32
        ).reshape(-1, STANDS)
        inks = []
        for k in np.flatnonzero(accented).tolist():
            masks = self._masks(some[k])
            whole = masks.own | masks.above
            inks.append(masks.only(whole))
            left, top, right, bottom = _box(whole)
            stands[k] = _stand((left, top, right, bottom), lines[k] - masks.corner[1])
        looks[accented] = crop_inks(inks)
        return Entire(looks, stands / np.float32(self.height), accented)

    def _masks(self, arc: int) -> Masks:
        return self.ink.masks(self.runs[arc], self.boxes[arc])


def parts_of(every: Iterable[Masks], base: Sequence[float], height: float, pen: float) -> Parts:
    """All that some ink may be taken apart into, arc by arc.

    Args:
        every: the ink of each arc.
        base: height on the page of the base line at each, in pixels.
        height: of letters in pixels.
        pen: width of its strokes in pixels.
    """
    arcs, bodies, marks, places, around, parts, found = [], [], [], [], [], [], []
    for arc, (masks, line) in enumerate(zip(every, base, strict=True)):
        for part in _ways(masks, line - masks.corner[1], height, pen):
            body = _box(part.body)
            arcs.append(arc)
            bodies.append(masks.only(part.body))
            marks.append(masks.only(part.mark))
            places.append(_place(part, line - masks.corner[1], height))
            left, top = masks.corner
            around.append((body[0] + left, body[1] + top, body[2] + left, body[3] + top))
            parts.append(part)
            found.append((part.mark, masks.corner))
    return Parts(
        np.array(arcs, np.intp),
        crop_inks(bodies),
        crop_inks(marks),
        np.array(places, np.float32).reshape(-1, PLACE),
        np.array(around, np.intp).reshape(-1, 4),
        np.array([part.touching for part in parts], bool),
        np.array([part.accents for part in parts], bool),
        tuple(found),
    )


def _stand(box: tuple[int, int, int, int], base: float) -> tuple[float, float, float, float]:
    """Width, height, top and foot above the base line, in pixels."""
    left, top, right, bottom = box
    return right - left, bottom - top, base - top, base - bottom


def _ways(masks: Masks, base: float, height: float, pen: float) -> Iterator[_Part]:
    """The ways to take one arc apart.

    Args:
        masks: its ink.
        base: row of the base line.
        height: of letters.
        pen: width of the pen.
    """
    own, above = masks.own, masks.above
    inked = np.flatnonzero(own.any(axis=1))
    if not len(inked):
        return
    first, after = int(inked[0]), int(inked[-1]) + 1
    if above.any():
        for part in _fitting(own, above, height, touching=False, below=False):
            yield part._replace(accents=True)
    amounts = own.sum(axis=1)
    strokes = own[:, :1].sum(axis=1) + (own[:, 1:] & ~own[:, :-1]).sum(axis=1)
    widest = max(_NECK[0] * height, _NECK[1] * pen)
    neck = (strokes <= _STROKES) & (amounts <= widest * np.maximum(strokes, 1))
    rows = np.arange(len(own))
    least, most = (round(share * height) for share in _MARK)
    body = round(_LEAST_BODY * height)
    upper = neck & (rows >= first + least) & (rows <= min(first + most, after - body))
    for row in _narrowest(amounts, upper, last=True):
        touching = bool(amounts[row])
        mark = above | (own & (rows < row)[:, None])
        yield from _fitting(own & (rows >= row)[:, None], mark, height, touching=touching, below=False)
    low, high = (base + share * height for share in _FEET)
    lower = neck & (rows >= max(after - most, first + body)) & (rows < after - least)
    for row in _narrowest(amounts, lower & (rows > low) & (rows < high), last=False)[:1]:
        touching = bool(amounts[row])
        mark = own & (rows > row)[:, None]
        yield from _fitting(own & (rows <= row)[:, None], mark, height, touching=touching, below=True)


def _narrowest(amounts: Ints, allowed: Bools, *, last: bool) -> list[int]:
    """Rows in which there is least ink: the one nearest to the letter; and, if others part those, the next.

    Args:
        amounts: int (H,), of ink in each row.
        allowed: bool (H,), rows to choose from.
        last: whether the letter is below.
    """
    rows = np.flatnonzero(allowed)
    if not len(rows):
        return []
    if not last:
        rows = rows[::-1]
    least = amounts[rows].min()
    narrow = rows[amounts[rows] <= 1.2 * least + 0.5]
    nearest = int(narrow[-1])
    # Nearer to the letter there may be a neck that is wider: a ring's sides are thinner than where it stands.
    nearer = rows[(rows > nearest) if last else (rows < nearest)]
    found = [nearest]
    if len(nearer) > 1:
        second = nearer[amounts[nearer] <= 1.1 * amounts[nearer].min() + 0.5]
        between = amounts[min(nearest, int(second[-1])) : max(nearest, int(second[-1]))]
        if between.max(initial=0) > 1.3 * amounts[second[-1]] + 1:
            found.append(int(second[-1]))
    return found


def _fitting(body: Bools, mark: Bools, height: float, *, touching: bool, below: bool) -> Iterator[_Part]:
    """The part, if letter and mark are of such sizes as those have."""
    if not body.any() or not mark.any():
        return
    its, marks = _box(body), _box(mark)
    tall, mark_tall = its[3] - its[1], marks[3] - marks[1]
    if not _LEAST_BODY * height <= tall <= _MOST_BODY * height:
        return
    if marks[2] - marks[0] <= _WIDEST * height and mark_tall <= _MARK[1] * height:
        yield _Part(body, mark, touching, below)


def _place(part: _Part, base: float, height: float) -> list[float]:
    left, top, right, bottom = _box(part.body)
    its = _box(part.mark)
    gap = its[1] - bottom if part.below else top - its[3]
    columns = part.mark.any(axis=0).astype(np.int8)
    count = int((np.diff(columns, prepend=0) > 0).sum())
    lengths = (
        its[2] - its[0],
        its[3] - its[1],
        gap,
        (its[0] + its[2] - left - right) / 2,
        right - left,
        bottom - top,
        base - bottom,
        base - top,
    )
    return [
        *(length / height for length in lengths),
        float(part.touching),
        float(part.below),
        min(count, 3) / 3,
    ]


def _box(mask: Bools) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
