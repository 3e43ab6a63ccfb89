"""Runs of ink along the rows, and which of them hang together.

A page has a hundred times fewer runs than pixels, so components are found from runs in a few passes of
NumPy over short arrays. What else is linked in pairs hangs together by union-find (``DisjointSets``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The horizontal runs of True in a mask, row by row, from left to right.

    Attributes:
        rows: int (N,), the row of each.
        starts: int (N,), its first column.
        stops: int (N,), one past its last column.
        mask: bool (H, W), what they are runs of.
    """

    rows: Ints
    starts: Ints
    stops: Ints
    mask: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> Ints:
        """Pixels of each, int (N,)."""
        return self.stops - self.starts

    def places(self, kept: npt.NDArray[np.bool_] | slice = np.s_[:]) -> Ints:
        """Where the pixels of the runs, or of some of them, are in the flattened mask, in order: int (P,).

        To look at them there takes a third of the time that it takes to ask the mask of each pixel.
        """
        lengths = self.lengths[kept]
        ends = np.cumsum(lengths)
        first = (self.rows * self.mask.shape[1] + self.starts)[kept] - ends + lengths
        return np.repeat(first, lengths) + np.arange(ends[-1] if len(ends) else 0)

    def keep(self, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """The mask (H, W) with only those runs for which ``kept`` (N,) is True."""
        mask = np.zeros(self.mask.shape, bool)
        mask.reshape(-1)[self.places(kept)] = True
        return mask

    def any_of(self, marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether a pixel of each run is True in ``marks`` (H, W): bool (N,)."""
        if not len(self):
            return np.zeros(0, bool)
        begins = np.cumsum(self.lengths) - self.lengths
        return np.asarray(np.logical_or.reduceat(marks.take(self.places()), begins))


def find_runs(mask: npt.NDArray[np.bool_]) -> Runs:
    """The runs of True in each row of ``mask``, bool (H, W)."""
    height, width = mask.shape
    # All rows in one line, with a False before each and after the last: a run begins and ends at a change.
    line = np.zeros(height * (width + 1) + 1, bool)
    line[:-1].reshape(height, width + 1)[:, 1:] = mask
    changes = np.flatnonzero(line[1:] != line[:-1])
    rows, starts = np.divmod(changes[::2], width + 1)
    return Runs(rows, starts, changes[1::2] - rows * (width + 1), mask)


def label_runs(runs: Runs, *, diagonal: bool = True) -> tuple[Ints, int]:
    """Number the connected components.

    Each run begins as a tree of its own. In turn the trees that touch each other are hung onto the one with
    the first run, and all runs onto their tree's root, until no two trees touch.
    Source: Y. Shiloach, U. Vishkin, "An O(log n) parallel connectivity algorithm", 1982.

    Args:
        runs: of a mask.
        diagonal: whether pixels that meet at a corner hang together (8-connected), too.

    Returns:
        The component of each run, int (N,), from 0 on in the order of their first runs, and their number.
    """
    upper, lower = _touching(runs, diagonal)
    root = np.arange(len(runs))
    while len(upper):
        a, b = root[upper], root[lower]
        apart = a != b
        upper, lower, a, b = upper[apart], lower[apart], a[apart], b[apart]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(root, higher := root[root]):
            root = higher
    is_root = root == np.arange(len(runs))
    return (np.cumsum(is_root) - 1)[root], int(is_root.sum())


def _touching(runs: Runs, diagonal: bool) -> tuple[Ints, Ints]:
    """The pairs of runs of neighbouring rows that touch each other: the upper one's indices, the lower's."""
    stride = runs.mask.shape[1] + 1
    starts, stops = runs.rows * stride + runs.starts, runs.rows * stride + runs.stops
    # The runs under a run stand side by side in the next row: from the first that does not end before it
    # to the last that does not begin after it. A stop is one too far, which is just what a diagonal needs.
    first = np.searchsorted(stops, starts + stride, "left" if diagonal else "right")
    last = np.searchsorted(starts, stops + stride, "right" if diagonal else "left")
    counts = last - first
    upper = np.repeat(np.arange(len(runs)), counts)
    within = np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, first[upper] + within


def bounding_boxes(runs: Runs, labels: Ints, count: int) -> Ints:
    """The box around each component: int (count, 4), left, top, right, bottom, the last two exclusive."""
    boxes = np.zeros((count, 4), np.int64)
    boxes[:, :2] = max(runs.mask.shape)
    np.minimum.at(boxes[:, 0], labels, runs.starts)
    np.minimum.at(boxes[:, 1], labels, runs.rows)
    np.maximum.at(boxes[:, 2], labels, runs.stops)
    np.maximum.at(boxes[:, 3], labels, runs.rows + 1)
    return boxes


def connected_to(weak: npt.NDArray[np.bool_], strong: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The 4-connected components of ``weak`` that hold a pixel of ``strong``: hysteresis; bool (H, W) all."""
    runs = find_runs(weak)
    labels, count = label_runs(runs, diagonal=False)
    found = np.zeros(count, bool)
    found[labels[runs.any_of(strong)]] = True
    return runs.keep(found[labels])


class DisjointSets:
    """Sets of numbers from 0, each number alone at first.

    Source: R. E. Tarjan and J. van Leeuwen, "Worst-case analysis of set union algorithms", 1984.

    Args:
        count: of numbers.
    """

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def find(self, k: int) -> int:
        """The number that stands for the set of ``k``."""
        parents = self._parents
        while parents[k] != k:
            parents[k] = parents[parents[k]]
            k = parents[k]
        return k

    def join(self, k: int, other: int) -> None:
        """Put the set of ``other`` to that of ``k``, whose number from now on stands for both."""
        self._parents[self.find(other)] = self.find(k)

    def all(self) -> list[int]:
        """The number that stands for each number's set."""
        return [self.find(k) for k in range(len(self._parents))]
