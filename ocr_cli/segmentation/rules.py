"""Ruled lines and the frames of form boxes: found by their straight runs and taken out of the ink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate, running
from ocr_cli.imaging.runs import find_runs
from ocr_cli.segmentation.components import Components
from ocr_cli.segmentation.sides import find_sides

_LENGTH = 4.0
"""A straight run longer than this many letter heights is a rule, not a stroke. Set by hand."""
_LOW_SIDE = 0.25
"""Lowest side of a box or tooth of a comb, in letter heights. Set by hand."""
_THICKNESS = 0.22
"""A rule is thinner than this share of the letter height. Set by hand."""
_REST = 0.28
"""Share of the outline of a component, from which on it is a rest of what was taken out around it. Of letters
in boxes and on rules as dark as the ink it is at most 0.24, of blurred corners and gaps between boxes a third
and more. Set by hand."""


def remove_rules(mask: npt.NDArray[np.bool_], letter_height: float) -> npt.NDArray[np.bool_]:
    """Take out horizontal and vertical rules and the sides of boxes, and keep the strokes that cross them.

    A rule is what a morphological opening with a long line leaves. Where ink stands on both sides of a
    removed rule, the gap is closed again.

    Args:
        mask: bool (H, W), True on ink.
        letter_height: usual height of a letter in pixels.

    Returns:
        bool (H, W): the ink without the rules.
    """
    length = round(_LENGTH * letter_height)
    level = _horizontal_rules(mask, length, letter_height)
    cleaned = _take_out(mask, level, letter_height)
    upright = _horizontal_rules(cleaned.T, length, letter_height).T
    if level.any():
        low = _horizontal_rules(cleaned.T, round(_LOW_SIDE * letter_height), letter_height).T
        upright |= find_sides(low, level, letter_height)
    return np.asarray(_take_out(cleaned.T, upright.T, letter_height).T)


def remove_level_rules(mask: npt.NDArray[np.bool_], letter_height: float) -> npt.NDArray[np.bool_]:
    """Take out horizontal rules alone, as ``remove_rules`` does; the given mask if there are none."""
    level = _horizontal_rules(mask, round(_LENGTH * letter_height), letter_height)
    return _take_out(mask, level, letter_height)


def are_rests(components: Components, removed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which components are rests of rules and frames: much of their outline lies along what was taken out.

    Args:
        components: of the page.
        removed: bool (H, W), ink that was taken out.

    Returns:
        bool (N,).
    """
    rests = np.zeros(len(components), bool)
    if not removed.any():
        return rests
    labels = components.labels
    y, x = np.divmod(np.flatnonzero(removed), removed.shape[1])
    free = labels[y, x] == 0
    y, x = y[free], x[free]
    # The outline is counted in sides of pixels, those towards removed ink for each component at once. At the
    # picture's edge a pixel stands for its neighbour beyond: it is paper.
    bottom, right = labels.shape[0] - 1, labels.shape[1] - 1
    across = (labels[y, np.maximum(x - 1, 0)], labels[y, np.minimum(x + 1, right)])
    down = (labels[np.maximum(y - 1, 0), x], labels[np.minimum(y + 1, bottom), x])
    along = np.bincount(np.concatenate([*across, *down]), minlength=len(components) + 1)[1:]
    # No outline is shorter than that of the component's box.
    possible = along >= _REST * 2 * (components.widths + components.heights)
    for k in np.flatnonzero(possible).tolist():
        left, top, right, bottom = components.boxes[k].tolist()
        own = np.pad(components.labels[top:bottom, left:right] == k + 1, 1)
        sides = np.count_nonzero(own[1:] ^ own[:-1]) + np.count_nonzero(own[:, 1:] ^ own[:, :-1])
        rests[k] = along[k] >= _REST * sides
    return rests


def _thickness(letter_height: float) -> int:
    return max(2, round(_THICKNESS * letter_height))


def _horizontal_rules(
    mask: npt.NDArray[np.bool_], length: int, letter_height: float
) -> npt.NDArray[np.bool_]:
    """Ink in thin horizontal runs of at least ``length`` pixels: bool (H, W)."""
    # Thickening by a pixel up and down lets a run go on where the rule steps, as tilted rules do.
    runs = _horizontal_opening(dilate(mask, (3, 1)), length)
    if not runs.any():
        return np.zeros_like(mask)
    rule = dilate(runs, (3, 1)) & mask
    too_thick = _horizontal_opening(rule.T, _thickness(letter_height) + 3).T
    return np.asarray(rule & ~too_thick)


def _take_out(
    mask: npt.NDArray[np.bool_], rule: npt.NDArray[np.bool_], letter_height: float
) -> npt.NDArray[np.bool_]:
    """The ink without horizontal rules, but for the pixels that join the ink above and below them."""
    if not rule.any():
        return mask
    kept = mask & ~rule
    reach = _thickness(letter_height) + 2
    above = _ink_above(kept, reach)
    below = _ink_above(kept[::-1], reach)[::-1]
    return np.asarray(kept | (rule & above & below))


def _horizontal_opening(mask: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Pixels in horizontal runs of at least ``length``: an opening by a line, by counting along the rows."""
    runs = find_runs(mask)
    return runs.keep(runs.lengths >= length)


def _ink_above(mask: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Whether there is ink in the pixel or within ``reach`` pixels above: bool (H, W)."""
    return running(np.logical_or, np.pad(mask, ((reach, 0), (0, 0))), reach + 1, axis=0)
