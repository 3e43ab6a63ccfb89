"""Dotted and dashed lines: small pieces of ink at even distances on a level or upright line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.quantiles import median
from ocr_cli.segmentation.components import Components, find_components
from ocr_cli.segmentation.disjoint import DisjointSets

_THICK, _LONG = 0.2, 0.5
"""Greatest thickness and length of a dot or dash, in letter heights. Set by hand."""
_APART = 0.35
"""Widest gap between two dots, in letter heights. Set by hand."""
_ASIDE = 0.05
"""Letter heights by which a dot may stand beside its line. Set by hand."""
_FEWEST = 7
"""Dots of a line: nobody writes so many stops. Set by hand."""
_SHORTEST = 0.9
"""Letter heights that a line is long at least: six dots and no more may be an ellipsis in a heavy hand.
Set by hand."""
_MOST = 4000
"""Pages of more small pieces are grain. Set by hand."""


def remove_dotted_lines(
    components: Components, strength: npt.NDArray[np.float32], letter_height: float
) -> Components:
    """Take out lines of dots or dashes.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].
        letter_height: usual height of a letter in pixels.

    Returns:
        The components without those; the same object if there are none.
    """
    sides = np.stack([components.widths, components.heights])
    small = (sides.min(axis=0) <= _THICK * letter_height) & (sides.max(axis=0) <= _LONG * letter_height)
    if not _FEWEST <= small.sum() <= _MOST:
        return components
    dotted = np.zeros(len(components), bool)
    for axis in (0, 1):
        dots = np.flatnonzero(small & (sides[1 - axis] <= _THICK * letter_height))
        dotted[dots[_on_lines(components.boxes[dots], axis, letter_height)]] = True
    if not dotted.any():
        return components
    return find_components(components.mask & ~np.append(False, dotted)[components.labels], strength)


def _on_lines(boxes: npt.NDArray[np.int64], axis: int, letter_height: float) -> npt.NDArray[np.bool_]:
    """Which dots stand on lines along an axis (0: level, 1: upright): bool (N,)."""
    order = np.argsort(boxes[:, axis], kind="stable")
    starts, stops = boxes[order, axis], boxes[order, axis + 2]
    across = (boxes[order, 1 - axis] + boxes[order, 3 - axis]) / 2
    lines = DisjointSets(len(order))
    firsts = np.searchsorted(starts, stops)
    lasts = np.searchsorted(starts, stops + _APART * letter_height, "right")
    aside = _ASIDE * letter_height
    for k, (first, last) in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True)):
        following = np.flatnonzero(np.abs(across[first:last] - across[k]) <= aside)
        if len(following):
            lines.join(k, first + int(following[0]))
    roots = np.array(lines.all(), np.int64)
    found = np.zeros(len(order), bool)
    for root in np.flatnonzero(np.bincount(roots, minlength=1) >= _FEWEST).tolist():
        chain = np.flatnonzero(roots == root)
        length = stops[chain].max() - starts[chain[0]]
        if length < _SHORTEST * letter_height:
            continue
        # What is broken off a stroke, or runs together, stands between the dots at any distance.
        beside = np.abs(across - median(across[chain])) <= 2 * aside + 0.01 * length
        found |= beside & (starts >= starts[chain[0]]) & (stops <= stops[chain].max())
    result = np.zeros(len(order), bool)
    result[order] = found
    return result
