"""What ``find_layout`` knows at each stage, for an observer who wants to see where a letter was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.ink import InkMap
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.rows import Row


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


Stage: TypeAlias = GreyStage | InkStage | TurnedStage | RulesStage | ComponentsStage | RowsStage
Observer: TypeAlias = Callable[[Stage], None]
"""Called with each stage as soon as it is reached, in order; on a tilted page, with some of them twice."""


def ignore(stage: Stage) -> None:
    """The observer who does not look."""
