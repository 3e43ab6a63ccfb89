"""Pieces of a component that was cut, and what the cuts that part a character from others look like."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

CUT_ZONES = 8
"""Zones from top to bottom in which it is noted where a side of a candidate was cut."""
CUTS = 2 * CUT_ZONES + 2
"""Numbers that say how a candidate was cut."""


UNCUT: Final = np.zeros(CUTS, np.float32)
"""What ``find_cuts`` returns of a candidate that was not cut: float32 (CUTS,), read-only."""
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
        float32 (CUTS,): for the left and for the right side, from top to bottom, the share of the rows in
        each of ``CUT_ZONES`` zones where ink was parted from ink; then width and height of the box in letter
        heights. All zeros if it was not cut.
    """
    if first is None and last is None:
        return UNCUT
    cuts = np.zeros(CUTS, np.float32)
    rows = np.arange(box[1], box[3])
    zones = np.arange(len(rows)) * CUT_ZONES // len(rows)
    for side, (piece, behind) in enumerate(((first, -1), (last, 0))):
        if piece is None or not 0 <= piece.number + behind < len(piece.crossed):
            continue
        crossed = piece.crossed[piece.number + behind]
        inside = np.pad(crossed, (1, 1))[np.clip(rows - piece.origin[1] + 1, 0, len(crossed) + 1)]
        counts = np.maximum(np.bincount(zones, minlength=CUT_ZONES), 1)
        cuts[side * CUT_ZONES :][:CUT_ZONES] = np.bincount(zones, inside, CUT_ZONES) / counts
        cuts[-2:] = (box[2] - box[0]) / height, (box[3] - box[1]) / height
    return cuts
