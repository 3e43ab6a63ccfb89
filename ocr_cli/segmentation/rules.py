"""Lines that are no writing, taken out: rules, frames of boxes, and lines of dots.

Ruled lines and the sides of boxes that hang together are found by their straight runs. Boxes that stand apart
are told from letters by their four straight sides, dotted and dashed lines by small pieces of ink at even
distances.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import dilate, median, running
from ocr_cli.imaging.runs import DisjointSets, find_runs
from ocr_cli.segmentation.components import (
    GRAIN,
    LARGE,
    LEAST_LETTER,
    Components,
    find_components,
    surrounds,
    touched_sides,
)
from ocr_cli.segmentation.sides import ASKEW, find_sides

LONGEST_STROKE = 4.0
"""A straight run longer than this many letter heights is a rule, not a stroke. Set by hand."""
_LOW_SIDE = 0.25
"""Lowest side of a box or tooth of a comb, in letter heights. Set by hand."""
_THICKNESS = 0.22
"""A rule is thinner than this share of the letter height. Set by hand."""
_REST = 0.28
"""Share of the outline of a component, from which on it is a rest of what was taken out around it. Of letters
in boxes and on rules as dark as the ink it is at most 0.24, of blurred corners and gaps between boxes a third
and more. Set by hand."""

_FAR_ENDS = 0.6
"""Where ends of outlines went on are so far from each other, as a share of their longer side. Set by hand."""


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
    length = round(LONGEST_STROKE * letter_height)
    level = _horizontal_rules(mask, length, letter_height)
    cleaned = _take_out(mask, level, letter_height)
    upright = _horizontal_rules(cleaned.T, length, letter_height).T
    if level.any():
        low = _horizontal_rules(cleaned.T, round(_LOW_SIDE * letter_height), letter_height).T
        upright |= find_sides(low, level, letter_height)
    return np.asarray(_take_out(cleaned.T, upright.T, letter_height).T)


def remove_level_rules(mask: npt.NDArray[np.bool_], letter_height: float) -> npt.NDArray[np.bool_]:
    """Take out horizontal rules alone, as ``remove_rules`` does; the given mask if there are none."""
    level = _horizontal_rules(mask, round(LONGEST_STROKE * letter_height), letter_height)
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
        own = np.pad(components.ink(k), 1)
        sides = np.count_nonzero(own[1:] ^ own[:-1]) + np.count_nonzero(own[:, 1:] ^ own[:, :-1])
        rests[k] = along[k] >= _REST * sides
    return rests


def are_ends(
    components: Components,
    mask: npt.NDArray[np.bool_],
    removed: npt.NDArray[np.bool_],
    height: float,
) -> npt.NDArray[np.bool_]:
    """Which components are ends of outlines around words, whose straight sides were taken out.

    Args:
        components: of the page, rules and frames taken out.
        mask: bool (H, W), the ink with them.
        removed: bool (H, W), the ink of them.
        height: usual height of a letter in pixels.

    Returns:
        bool (N,): those that went on in what was taken out on two sides, have nothing of the outline beyond
        them on a third, and are of an outline with letters in it.
    """
    ends = np.zeros(len(components), bool)
    if not removed.any():
        return ends
    whole = find_components(mask, mask.astype(np.float32))
    tall = np.flatnonzero(components.heights > LEAST_LETTER * height)
    # Strokes that were healed may begin where there was no ink.
    outline = np.array([_most_of(whole.labels, components, k) for k in tall.tolist()], np.int64)
    large = np.minimum(whole.widths, whole.heights) > LARGE * height
    for k, one in zip(tall.tolist(), outline.tolist(), strict=True):
        if one < 0 or not large[one] or not _goes_on(components, k, removed):
            continue
        left, top, right, bottom = components.boxes[k].tolist()
        x, y = (left + right) // 2, (top + bottom) // 2
        across, down = whole.labels[y] == one + 1, whole.labels[:, x] == one + 1
        beyond = (across[:left], across[right:], down[:top], down[bottom:])
        others = components.boxes[tall[outline != one]]
        ends[k] = not all(side.any() for side in beyond) and surrounds(whole, one, others)
    return ends


def _most_of(labels: npt.NDArray[np.int32], components: Components, k: int) -> int:
    """The component of other ``labels`` that most of a component is in; -1 for none."""
    return int(np.bincount(labels[components.part(k)][components.ink(k)]).argmax()) - 1


def _goes_on(components: Components, k: int, removed: npt.NDArray[np.bool_]) -> bool:
    """Whether a component went on in what was taken out at places far from each other."""
    left, top, right, bottom = components.boxes[k].tolist()
    near = dilate(np.pad(removed, 1)[top : bottom + 2, left : right + 2], (3, 3))[1:-1, 1:-1]
    y, x = np.nonzero(components.ink(k) & near)
    return len(y) > 0 and max(np.ptp(x), np.ptp(y)) >= _FAR_ENDS * max(right - left, bottom - top)


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


SIDE_DEPTH = 1.6
"""A side's ink is taken out so many usual thicknesses deep: the rest is of a stroke that touches it.
Set by hand."""
_UNBROKEN = 0.85
"""What divides a frame into boxes has ink over this share of its length. Set by hand."""


def remove_frames(components: Components, strength: npt.NDArray[np.float32]) -> Components:
    """Take out the frames of boxes and keep what is written in them, even where it touches a side.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].

    Returns:
        The components without frames; the same object if there are none.
    """
    frames = np.flatnonzero(components.frames)
    if not len(frames):
        return components
    mask = components.mask.copy()
    for k in frames.tolist():
        own = components.ink(k)
        rest = own & ~_sides(own)
        pieces = find_components(rest, rest.astype(np.float32))
        for axis, lengths, breadths in (
            (0, pieces.heights, pieces.widths),
            (1, pieces.widths, pieces.heights),
        ):
            divider = (lengths > _UNBROKEN * own.shape[axis]) & (breadths < 0.25 * lengths)
            rest &= ~np.isin(pieces.labels, np.flatnonzero(divider) + 1)
        mask[components.part(k)] &= ~own | rest
    return find_components(mask, strength)


def _sides(frame: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The ink of a frame's four sides: bool (H, W)."""
    sides = np.zeros_like(frame)
    for turn in range(4):
        # A view, so that what is marked from each side is marked in the one array.
        ink, marked = np.rot90(frame, turn), np.rot90(sides, turn)
        reaches, first = touched_sides(ink)
        ends = np.minimum.accumulate(np.where(np.arange(len(ink))[:, None] >= first, ink, True), axis=0)
        thickness = ends.sum(axis=0) - first
        usual = median(thickness[reaches]) if reaches.any() else 0.0
        y = np.arange(len(ink))[:, None]
        marked |= ink & reaches & (y < first + np.ceil(SIDE_DEPTH * usual))
    return sides


_DASH = 0.5
"""Greatest length of a dash, in letter heights; it is as thin as a rule. Set by hand."""
_DOT_GAP = 0.35
"""Widest gap between two dots, in letter heights. Set by hand."""
_FEWEST = 7
"""Dots of a line: nobody writes so many stops. Set by hand."""


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
    small = (sides.min(axis=0) <= _THICKNESS * letter_height) & (sides.max(axis=0) <= _DASH * letter_height)
    if not _FEWEST <= small.sum() <= GRAIN:
        return components
    dotted = np.zeros(len(components), bool)
    for axis in (0, 1):
        dots = np.flatnonzero(small & (sides[1 - axis] <= _THICKNESS * letter_height))
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
    lasts = np.searchsorted(starts, stops + _DOT_GAP * letter_height, "right")
    aside = ASKEW * letter_height
    for k, (first, last) in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True)):
        following = np.flatnonzero(np.abs(across[first:last] - across[k]) <= aside)
        if len(following):
            lines.join(k, first + int(following[0]))
    roots = np.array(lines.all(), np.int64)
    found = np.zeros(len(order), bool)
    for root in np.flatnonzero(np.bincount(roots, minlength=1) >= _FEWEST).tolist():
        chain = np.flatnonzero(roots == root)
        length = stops[chain].max() - starts[chain[0]]
        # What is broken off a stroke, or runs together, stands between the dots at any distance.
        beside = np.abs(across - median(across[chain])) <= 2 * aside + 0.01 * length
        found |= beside & (starts >= starts[chain[0]]) & (stops <= stops[chain].max())
    result = np.zeros(len(order), bool)
    result[order] = found
    return result
