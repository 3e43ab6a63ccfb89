"""Pieces of a component that was cut, and what tells of the neighbours that a character was cut from."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

CUT_ZONES = 8
"""Zones from top to bottom in which it is noted where a side of a candidate was cut."""
MARKS = 2 * CUT_ZONES + 2
"""Numbers that say where a candidate was cut, and how large it is."""
_COLUMNS = 4
"""Columns of the view of its surroundings on its left, as many on its right and across itself."""
_REACH = 0.6
"""How far that looks to both sides, in letter heights."""
_OVER = 0.3
"""And above and below."""
VIEW = (CUT_ZONES + 2) * 3 * _COLUMNS
"""Numbers of the view."""
CUTS = MARKS + VIEW
"""Numbers that say how a candidate was cut, and out of what."""


UNCUT: Final = np.zeros(CUTS, np.float32)
"""What stands for the cuts of a candidate that was not cut: float32 (CUTS,), read-only."""
UNCUT.setflags(write=False)


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


def find_cuts(
    first: Piece | None, last: Piece | None, box: tuple[int, int, int, int], height: float
) -> npt.NDArray[np.float32]:
    """Where a candidate was cut from ink on its left and on its right, and how large it is.

    Args:
        first: its leftmost piece; None if nothing was cut there.
        last: its rightmost piece, likewise.
        box: left, top, right, bottom of the candidate in pixels.
        height: the row's letter height in pixels.

    Returns:
        float32 (MARKS,): for the left and for the right side, from top to bottom, the share of the rows in
        each of ``CUT_ZONES`` zones where ink was parted from ink; then width and height of the box in letter
        heights. All zeros if it was not cut.
    """
    cuts = np.zeros(MARKS, np.float32)
    if first is None and last is None:
        return cuts
    tall = box[3] - box[1]
    # The first row of each zone, and the one after the last: row k is in zone k * CUT_ZONES // tall.
    borders = [-(-zone * tall // CUT_ZONES) for zone in range(CUT_ZONES + 1)]
    counts = [max(1, stop - start) for start, stop in itertools.pairwise(borders)]
    for side, (piece, behind) in enumerate(((first, -1), (last, 0))):
        if piece is None or not 0 <= piece.number + behind < len(piece.crossed):
            continue
        crossed = piece.crossed[piece.number + behind]
        below = box[1] - piece.origin[1]
        parted = [0, *crossed.cumsum().tolist()]
        sums = [parted[min(max(0, below + border), len(crossed))] for border in borders]
        cuts[side * CUT_ZONES :][:CUT_ZONES] = [
            (later - sooner) / count
            for (sooner, later), count in zip(itertools.pairwise(sums), counts, strict=True)
        ]
        cuts[-2:] = (box[2] - box[0]) / height, (box[3] - box[1]) / height
    return cuts


def view_around(
    ink: npt.NDArray[np.bool_], boxes: npt.NDArray[np.int64], height: float
) -> npt.NDArray[np.float32]:
    """A coarse picture of the row where each candidate was cut out of it: the foot of an L runs on.

    Args:
        ink: bool (H, W), the row's.
        boxes: int (N, 4), left, top, right, bottom of the candidates on that picture.
        height: the row's letter height in pixels.

    Returns:
        float32 (N, VIEW) in [0, 1]: the shares of ink in the fields of a grid. Its rows are a strip above the
        box, ``CUT_ZONES`` zones of the box, and a strip below; its columns are as many on its left, across
        it and on its right.
    """
    if not len(boxes):
        return np.zeros((0, VIEW), np.float32)
    left, top, right, bottom = boxes.T[:, :, None].astype(float)
    beside, over = _REACH * height * np.arange(1, _COLUMNS + 1) / _COLUMNS, _OVER * height
    inner = np.arange(_COLUMNS + 1) / _COLUMNS
    x = np.concatenate([left - beside[::-1], left + inner * (right - left), right + beside], axis=1)
    zones = np.arange(CUT_ZONES + 1) / CUT_ZONES
    y = np.concatenate([top - over, top + zones * (bottom - top), bottom + over], axis=1)
    x, y = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
    # Ink above and left of each place: of four corners comes the ink of any field.
    sums = np.pad(ink.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32), ((1, 0), (1, 0)))
    corners = sums[np.clip(y, 0, ink.shape[0])[:, :, None], np.clip(x, 0, ink.shape[1])[:, None, :]]
    fields = np.diff(np.diff(corners, axis=1), axis=2)
    areas = np.maximum(np.diff(y, axis=1)[:, :, None] * np.diff(x, axis=1)[:, None, :], 1)
    return np.asarray((fields / areas).reshape(len(boxes), VIEW), np.float32)
