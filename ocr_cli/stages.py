"""What an observer is told of the way from a picture to its lines: each stage as a record of its own.

Whoever wants to see where a letter was lost looks at them in their order; ``writers.stages`` draws them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import Sign
    from ocr_cli.decoding.rows import DecodedRow
    from ocr_cli.imaging.ink import InkMap
    from ocr_cli.lattice.lattice import Lattice
    from ocr_cli.page import Box, LeftOut
    from ocr_cli.segmentation.components import Components
    from ocr_cli.segmentation.rows import Row
    from ocr_cli.verdict import Reason


class GreyStage(NamedTuple):
    """The grey picture at the scale at which letters are taken apart; as it came if there are none.

    Attributes:
        grey: float32 (H, W) in [0, 1].
    """

    grey: npt.NDArray[np.float32]


class InkStage(NamedTuple):
    """Ink told from paper."""

    ink: InkMap


class TurnedStage(NamedTuple):
    """The ink of a tilted page, turned upright.

    Attributes:
        mask: bool (H, W), True on ink.
    """

    mask: npt.NDArray[np.bool_]


class RulesStage(NamedTuple):
    """Rules and frames taken out.

    Attributes:
        before: bool (H, W), the ink with them.
        after: bool (H, W), the ink without.
    """

    before: npt.NDArray[np.bool_]
    after: npt.NDArray[np.bool_]


class ComponentsStage(NamedTuple):
    """Writing told from dirt.

    Attributes:
        components: of the page.
        writing: bool (N,), those that can belong to letters.
        height: usual height of a letter in pixels.
    """

    components: Components
    writing: npt.NDArray[np.bool_]
    height: float


class RowsStage(NamedTuple):
    """Components grouped into rows; once more when what is printed has been left out."""

    components: Components
    rows: tuple[Row, ...]


class LatticesStage(NamedTuple):
    """Rows taken apart into what could be characters.

    Attributes:
        strength: float32 (H, W) in [0, 1], the ink.
        lattices: one a row, from top to bottom.
    """

    strength: npt.NDArray[np.float32]
    lattices: tuple[Lattice, ...]


class PathRow(NamedTuple):
    """A row with what was read in it.

    Attributes:
        row: as it was decoded by shape.
        signs: what was read; of a row that is no writing, the likeliest by shape.
        why: it was taken for none; None if it is writing.
    """

    row: DecodedRow
    signs: tuple[Sign, ...]
    why: Reason | None = None

    @property
    def kept(self) -> bool:
        """Whether it was taken for writing."""
        return self.why is None


class PathStage(NamedTuple):
    """The last stage: the path chosen through the lattice of each row.

    Attributes:
        strength: float32 (H, W) in [0, 1], the ink.
        rows: from top to bottom, dirt included.
    """

    strength: npt.NDArray[np.float32]
    rows: tuple[PathRow, ...]


class VerdictStage(NamedTuple):
    """After the last stage: what was taken for no writing on the page, and why.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, the page.
        left_out: in its pixels.
        lines: boxes of what was read, likewise.
    """

    pixels: npt.NDArray[np.uint8]
    left_out: tuple[LeftOut, ...]
    lines: tuple[Box, ...]


LayoutStage: TypeAlias = GreyStage | InkStage | TurnedStage | RulesStage | ComponentsStage | RowsStage
LayoutObserver: TypeAlias = Callable[[LayoutStage], None]
"""Called with each stage as soon as it is reached, in order; on a tilted page, with some of them twice."""
Stage: TypeAlias = LayoutStage | LatticesStage | PathStage | VerdictStage
Observer: TypeAlias = Callable[[Stage], None]
"""Called with each stage of the way from the picture to the path through the lattices, in order."""
