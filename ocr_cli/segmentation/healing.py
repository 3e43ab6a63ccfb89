"""Broken strokes are healed: where two ends of strokes face each other over a gap, ink goes in between.

A dry pen, a ball that skips and a threshold leave such gaps. The two ends lie on one line, and the gap is
hardly longer than the pen is wide; neither is true of the dot and the stem of an i, nor of neighbouring
letters, most of which turn a side and not an end to each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr_cli.segmentation.components import Components, find_components
from ocr_cli.segmentation.crop import stroke_width

Points = npt.NDArray[np.float64]

_LONGEST = 2.5
"""Longest gap that is healed, in pen widths."""
_REACH = 2.4
"""How far back from its end a stroke is looked at, in pen widths."""
_SPREAD = 0.5
"""Most by which the ink there may lie beside the line over the gap: standard deviation in pen widths. It is
0.29 for a straight stroke in that direction."""
_LENGTH = 1.4
"""Least length of that ink along the line, in pen widths: a dot is no stroke."""
_WIDEST = 1.3
"""What is wider than so many times its height would be two letters, not one."""
_TALL, _WIDEST_OF_TALL = 0.7, 0.75
"""So it is of two pieces that are both so high, in heights of the whole: R and Z have ends that meet, too."""
_MOST = 3000
"""Pages of more components are grain: nothing is healed."""
_MOST_PAIRS = 4_000_000
"""Pixels of one piece times those of the other, beyond which they are blots, not strokes."""
_SMALLEST = 1.0
"""Least area of a piece, in squares of the pen's width."""


def heal_strokes(
    components: Components, strength: npt.NDArray[np.float32]
) -> tuple[Components, npt.NDArray[np.float32]]:
    """Join components that are pieces of one stroke.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].

    Returns:
        The components and the strength with the gaps filled; the given ones if there is none,
        or if there are too many components for a page of writing.
    """
    if len(components) > _MOST:
        return components, strength
    mask = components.labels > 0
    pen = stroke_width(mask.astype(np.float32))
    bridges = [bridge for pair in _near_pairs(components, pen) if (bridge := _bridge(components, *pair))]
    if not bridges:
        return components, strength
    picture = Image.new("L", mask.shape[::-1])
    draw = ImageDraw.Draw(picture)
    for start, stop, width in bridges:
        draw.line([start, stop], fill=255, width=max(1, round(width)))
    filled = (np.asarray(picture) > 0) & ~mask
    strength = np.where(filled, np.maximum(strength, np.float32(np.median(strength[mask]))), strength)
    return find_components(mask | filled, strength), strength


def _near_pairs(components: Components, pen: float) -> list[tuple[int, int]]:
    """Pairs of components no farther apart than a gap may be long, that could be one letter together."""
    chosen = np.flatnonzero(components.areas >= _SMALLEST * pen**2)
    chosen = chosen[np.argsort(components.boxes[chosen, 0], kind="stable")]
    boxes, tall = components.boxes[chosen], components.heights[chosen]
    reach = _LONGEST * pen
    # From left to right, each with those that begin before it ends.
    stops = np.searchsorted(boxes[:, 0], boxes[:, 2] + reach, "right")
    pairs = []
    for a, stop in enumerate(stops.tolist()):
        others = boxes[a + 1 : stop]
        down = np.maximum(boxes[a, 1] - others[:, 3], others[:, 1] - boxes[a, 3])
        wide = np.maximum(boxes[a, 2], others[:, 2]) - boxes[a, 0]
        high = np.maximum(boxes[a, 3], others[:, 3]) - np.minimum(boxes[a, 1], others[:, 1])
        letters = np.minimum(tall[a], tall[a + 1 : stop]) > _TALL * high
        near = (down <= reach) & (wide <= np.where(letters, _WIDEST_OF_TALL, _WIDEST) * high)
        pairs += [(int(chosen[a]), int(chosen[a + 1 + b])) for b in np.flatnonzero(near)]
    return pairs


def _bridge(
    components: Components, a: int, b: int
) -> tuple[tuple[float, float], tuple[float, float], float] | None:
    """The two ends of the gap between two pieces of one stroke, x and y each, and the pen's width."""
    boxes = components.boxes[[a, b]]
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    labels = components.labels[top:bottom, left:right]
    inks = [labels == a + 1, labels == b + 1]
    pen = stroke_width((inks[0] | inks[1]).astype(np.float32))
    # Only the ink about the gap is looked at.
    far = 2 * _LONGEST * pen
    points = []
    for ink, other in zip(inks, boxes[::-1] - (left, top, left, top), strict=True):
        xy = np.argwhere(ink)[:, ::-1].astype(float)
        near = (xy >= other[:2] - far) & (xy < other[2:] + far)
        points.append(xy[near.all(axis=1)])
    one, two = points
    if not 0 < len(one) * len(two) <= _MOST_PAIRS:
        return None
    distances = np.hypot(one[:, None, 0] - two[:, 0], one[:, None, 1] - two[:, 1])
    least = float(distances.min())
    if least > _LONGEST * pen + 1:
        return None
    # A ring in two halves has two gaps: one is enough to join them.
    nearest = np.unravel_index(distances.argmin(), distances.shape)
    ends = [
        _middle(ink, at, near <= least + 0.4 * pen, pen)
        for ink, at, near in zip(points, nearest, (distances.min(axis=1), distances.min(axis=0)), strict=True)
    ]
    line = ends[1] - ends[0]
    length = float(np.hypot(*line))
    if length < 1e-6 or not (
        _is_end(one, ends[0], -line / length, pen) and _is_end(two, ends[1], line / length, pen)
    ):
        return None
    start, stop = ((float(x) + int(left), float(y) + int(top)) for x, y in ends)
    return start, stop, pen


def _middle(ink: Points, at: np.intp, near: npt.NDArray[np.bool_], pen: float) -> Points:
    """The middle of a stroke's edge on the gap: of the ink ``near`` the other piece about the nearest."""
    about = np.hypot(*(ink - ink[at]).T) <= 1.5 * pen
    return np.asarray(ink[near & about].mean(axis=0))


def _is_end(ink: Points, end: Points, direction: Points, pen: float) -> bool:
    """Whether a stroke ends here that comes from this direction."""
    off = ink - end
    off = off[np.hypot(*off.T) <= _REACH * pen]
    if not len(off):
        return False
    along, beside = off @ direction, off @ np.array([-direction[1], direction[0]])
    return bool(np.ptp(along) >= _LENGTH * pen and beside.std() <= _SPREAD * pen)
