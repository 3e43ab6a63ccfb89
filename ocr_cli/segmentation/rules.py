"""Ruled lines and the frames of form boxes: found by their straight runs and taken out of the ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

_LENGTH = 4.0
"""A straight run longer than this many letter heights is a rule, not a stroke."""
_THICKNESS = 0.22
"""A rule is thinner than this share of the letter height."""


def remove_rules(mask: npt.NDArray[np.bool_], letter_height: float) -> npt.NDArray[np.bool_]:
    """Take out horizontal and vertical rules, and keep the strokes that cross them.

    A rule is what a morphological opening with a long line leaves. Where ink stands on both sides of a
    removed rule, the gap is closed again.

    Args:
        mask: bool (H, W), True on ink.
        letter_height: usual height of a letter in pixels.

    Returns:
        bool (H, W): the ink without the rules.
    """
    cleaned = _remove_horizontal(mask, letter_height)
    return _remove_horizontal(cleaned.T, letter_height).T


def _remove_horizontal(mask: npt.NDArray[np.bool_], letter_height: float) -> npt.NDArray[np.bool_]:
    length = round(_LENGTH * letter_height)
    thickness = max(2, round(_THICKNESS * letter_height))
    if mask.shape[1] < length:
        return mask
    # Thickening by a pixel up and down lets a run go on where the rule steps, as tilted rules do.
    thick = ndimage.binary_dilation(mask, np.ones((3, 1), bool))
    runs = _horizontal_opening(thick, length)
    if not runs.any():
        return mask
    rule = ndimage.binary_dilation(runs, np.ones((3, 1), bool)) & mask
    too_thick = _horizontal_opening(rule.T, thickness + 3).T
    rule &= ~too_thick
    kept = mask & ~rule
    reach = thickness + 2
    above = _shifted_any(kept, reach)
    below = _shifted_any(kept[::-1], reach)[::-1]
    crossing = rule & above & below
    return kept | crossing


def _horizontal_opening(mask: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Pixels in horizontal runs of at least ``length``: an opening by a line, by counting along the rows."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    row_start, start = np.nonzero(steps == 1)
    _, stop = np.nonzero(steps == -1)
    long = stop - start >= length
    marks = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int32)
    np.add.at(marks, (row_start[long], start[long]), 1)
    np.add.at(marks, (row_start[long], stop[long]), -1)
    return np.asarray(np.cumsum(marks, axis=1)[:, :-1] > 0)


def _shifted_any(mask: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Whether there is ink within ``reach`` pixels above: bool (H, W)."""
    counted = np.cumsum(np.pad(mask, ((reach + 1, 0), (0, 0))), axis=0, dtype=np.int32)
    return np.asarray(counted[reach:-1] - counted[: -reach - 1] > 0)
