"""Broken letters are mended: broken strokes go on, and pieces above each other are gathered.

A dry pen, a ball that skips and a threshold leave gaps. The two ends lie on one line, and the gap is hardly
longer than the pen is wide; neither is true of the dot and the stem of an i, nor of neighbouring letters,
most of which turn a side and not an end to each other: where two ends face each other, ink goes in between.
Where a stroke has a wide gap, or one at a crossing, nothing tells that it goes on; but what lies closely
above and below each other, and together is no higher than a letter, is one letter and not parts of two rows.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import median, stroke_width
from ocr_cli.imaging.runs import DisjointSets
from ocr_cli.segmentation.components import (
    GRAIN,
    LARGE,
    LEAST_LETTER,
    PIECE,
    WORD,
    Components,
    find_components,
    find_neighbours,
    letter_height,
    weighted_median,
)
from ocr_cli.verdict import MOST

Points = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.int64]

_LONGEST = 2.4
"""Longest gap between two pieces of a stroke, or of a letter, and how far back from its end a stroke is
looked at, in pen widths. Set by hand."""
_SPREAD = 0.5
"""Most by which the ink there may lie beside the line over the gap: standard deviation in pen widths. It is
0.29 for a straight stroke in that direction. Set by hand."""
_TALL = 0.75
"""Two pieces that are both so high, in heights of the whole, would be two letters if that is as wide: R and Z
have ends that meet, too. Set by hand."""
_MOST_NEAR = 600
"""Pages of more pairs that are so near are grain, too: pages of a thousand letters have some 200.
Set by hand."""
_MOST_PAIRS = 4_000_000
"""Pixels of one piece times those on the other's edge, beyond which they are blots, not strokes.
Set by hand."""
_LEAST_PIECE = 1.8
"""Smallest piece, in squares of the pen's width: dots are none. Set by hand."""


def heal_strokes(
    components: Components, strength: npt.NDArray[np.float32]
) -> tuple[Components, npt.NDArray[np.float32]]:
    """Join components that are pieces of one stroke.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].

    Returns:
        The components and the strength with the gaps filled; the given ones if there is none,
        or if there are too many components, or too near to each other, for a page of writing.
    """
    if len(components) > GRAIN:
        return components, strength
    mask = components.mask
    pairs = _near_pairs(components, components.pen)
    if len(pairs) > _MOST_NEAR:
        return components, strength
    strokes = {k: _Stroke(components, k) for k in {k for pair in pairs for k in pair}}
    bridges = [bridge for a, b in pairs if (bridge := _bridge(strokes[a], strokes[b]))]
    if not bridges:
        return components, strength
    from PIL import ImageDraw  # Brings the fonts along, which most pages do not need.

    picture = Image.new("L", mask.shape[::-1])
    draw = ImageDraw.Draw(picture)
    for start, stop, width in bridges:
        draw.line([start, stop], fill=255, width=max(1, round(width)))
    filled = (np.asarray(picture) > 0) & ~mask
    usual = np.float32(median(strength.take(np.flatnonzero(mask))))
    strength, places = strength.copy(), np.flatnonzero(filled)
    strength.reshape(-1)[places] = np.maximum(strength.take(places), usual)
    return find_components(mask | filled, strength), strength


def _near_pairs(components: Components, pen: float) -> list[tuple[int, int]]:
    """Pairs of components no farther apart than a gap may be long, that could be one letter together."""
    tall, reach = components.heights, _LONGEST * pen
    pairs = []
    for a, others in find_neighbours(components, _LEAST_PIECE * pen**2, reach):
        left, top, right, bottom = components.boxes[a]
        _, tops, rights, bottoms = components.boxes[others].T
        down = np.maximum(top - bottoms, tops - bottom)
        wide = np.maximum(right, rights) - left
        high = np.maximum(bottom, bottoms) - np.minimum(top, tops)
        letters = np.minimum(tall[a], tall[others]) > _TALL * high
        near = (down <= reach) & (wide <= np.where(letters, _TALL, WORD) * high)
        pairs += [(a, b) for b in others[near].tolist()]
    return pairs


class _Stroke:
    """A component as points, x and y each, for all the pairs that it is in."""

    def __init__(self, components: Components, k: int) -> None:
        self._box = components.boxes[k]
        ink, corner = components.ink(k), self._box[:2]
        self._ink = np.argwhere(ink)[:, ::-1] + corner
        self._edge = np.argwhere(ink & ~_inside(ink))[:, ::-1] + corner
        self.area = len(self._ink)
        self.length = self.area / stroke_width(ink)

    def near(self, other: _Stroke, far: float) -> tuple[Pixels, Pixels]:
        """Its ink, and what of that is on its edge, no farther than ``far`` from another one's box."""
        first, last = other._box[:2] - far, other._box[2:] + far
        return tuple(
            points[((points >= first) & (points < last)).all(axis=1)] for points in (self._ink, self._edge)
        )


def _bridge(one: _Stroke, two: _Stroke) -> tuple[tuple[float, float], tuple[float, float], float] | None:
    """The two ends of the gap between two pieces of one stroke, x and y each, and the pen's width."""
    pen = (one.area + two.area) / (one.length + two.length)
    # Only the ink about the gap is looked at; what is nearest to the other piece is on the edge.
    far = 2 * _LONGEST * pen
    points, edges = zip(one.near(two, far), two.near(one, far), strict=True)
    if not 0 < max(len(points[0]) * len(edges[1]), len(points[1]) * len(edges[0])) <= _MOST_PAIRS:
        return None
    apart = _squares(*edges)
    least = math.sqrt(apart.min())
    if least > _LONGEST * pen + 1:
        return None
    # A ring in two halves has two gaps: one is enough to join them.
    nearest = np.unravel_index(apart.argmin(), apart.shape)
    limit = (least + 0.4 * pen) ** 2
    ends = [
        _middle(ink, edge[at], other, limit, pen)
        for ink, edge, at, other in zip(points, edges, nearest, edges[::-1], strict=True)
    ]
    line = ends[1] - ends[0]
    length = float(np.hypot(*line))
    if length < 1e-6 or not (
        _is_end(points[0], ends[0], -line / length, pen) and _is_end(points[1], ends[1], line / length, pen)
    ):
        return None
    start, stop = ((float(x), float(y)) for x, y in ends)
    return start, stop, pen


def _inside(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Ink with ink above, below, on its left and on its right: bool (H, W)."""
    inside = np.zeros_like(ink)
    inside[1:-1, 1:-1] = ink[:-2, 1:-1] & ink[2:, 1:-1] & ink[1:-1, :-2] & ink[1:-1, 2:]
    return inside


def _squares(one: Pixels, two: Pixels) -> Points:
    """Squared distances of all points of the one set to all of the other: float (N, M), whole numbers."""
    # By the products of their places: a third of the time that differences take.
    own = (one**2).sum(axis=1)[:, None] + (two**2).sum(axis=1)
    return np.asarray(own - 2 * (one.astype(float) @ two.T.astype(float)))


def _middle(ink: Pixels, at: Pixels, other: Pixels, limit: float, pen: float) -> Points:
    """The middle of a stroke's edge on the gap.

    Args:
        ink: of the stroke.
        at: where it is nearest to the other piece.
        other: the other piece's edge.
        limit: square of how far from that the stroke's edge may be.
        pen: its width.
    """
    about = ink[np.hypot(*(ink - at).T) <= 1.5 * pen]
    return np.asarray(about[_squares(about, other).min(axis=1) <= limit].mean(axis=0))


def _is_end(ink: Pixels, end: Points, direction: Points, pen: float) -> bool:
    """Whether a stroke ends here that comes from this direction."""
    off = ink - end
    off = off[np.hypot(*off.T) <= _LONGEST * pen]
    if not len(off):
        return False
    beside = off @ np.array([-direction[1], direction[0]])
    return bool(beside.std() <= _SPREAD * pen)


_HIGHER, _WIDE = 1.8, 0.6
"""Letters that are gathered are no higher than so many times what was there before, or else the usual width
is at least this share of their height. Of 50 words in broken letters (tests/benchmarks/words.py) they grow by
1.73 at most; those of rows close together and of rows on their side by 2 and more, to 0.45 and less.
Set by hand."""

Pairs = npt.NDArray[np.int64]


def gather_pieces(components: Components) -> tuple[Components, float | None]:
    """Join components that are pieces of one letter, and find the letters' height.

    Args:
        components: of the page, strokes healed.

    Returns:
        The components and ``letter_height``.
    """
    height = letter_height(components)
    if height is None or len(components) > GRAIN:
        return components, height
    pairs = _stacked(components, components.pen)
    if not len(pairs):
        return components, height
    height = _height_of_whole(components, pairs, height)
    pieces = (components.heights[pairs] < PIECE * height).all(axis=1)
    gathered = _joined(components, pairs[pieces], LARGE * height)
    return gathered, letter_height(gathered)


def _height_of_whole(components: Components, pairs: Pairs, height: float) -> float:
    """The letters' height once their pieces are together, or ``height`` if that are several letters.

    Letters of rows close together, or of a row on its side, lie above each other just as pieces do. But
    together they are much higher, and narrower, than a letter.
    """
    together = letter_height(_joined(components, pairs, np.inf))
    if together is None:
        return height
    wide = components.heights > LEAST_LETTER * height
    width = weighted_median(components.widths[wide], np.sqrt(components.areas[wide]))
    return together if together <= _HIGHER * height or width >= _WIDE * together else height


def _stacked(components: Components, pen: float) -> Pairs:
    """Pairs of components that lie closely above each other, with most of the narrower one: int (N, 2)."""
    wide = components.widths
    pairs = []
    for a, others in find_neighbours(components, _LEAST_PIECE * pen**2):
        _, top, right, bottom = components.boxes[a]
        lefts, tops, rights, bottoms = components.boxes[others].T
        shared = np.minimum(right, rights) - lefts
        apart = np.maximum(top - bottoms, tops - bottom)
        near = (apart <= _LONGEST * pen) & (shared >= MOST * np.minimum(wide[a], wide[others]))
        pairs += [(a, b) for b in others[near].tolist()]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _joined(components: Components, pairs: Pairs, highest: float) -> Components:
    """The components with those of pairs as one, as far as that is no higher, ordered by their first."""
    letters = DisjointSets(len(components))
    boxes = components.boxes.copy()
    for pair in pairs.tolist():
        first, second = sorted(map(letters.find, pair))
        top, bottom = boxes[[first, second], 1].min(), boxes[[first, second], 3].max()
        if first != second and bottom - top <= highest:
            letters.join(first, second)
            np.minimum(boxes[first, :2], boxes[second, :2], out=boxes[first, :2])
            np.maximum(boxes[first, 2:], boxes[second, 2:], out=boxes[first, 2:])
    roots = np.array(letters.all())
    kept = np.flatnonzero(roots == np.arange(len(roots)))
    number = np.searchsorted(kept, roots)
    if len(kept) == len(components):
        return components
    labels = np.zeros_like(components.labels)
    places = np.flatnonzero(components.mask)
    labels.reshape(-1)[places] = (number + 1)[components.labels.take(places) - 1]
    areas = np.bincount(number, components.areas).astype(np.int64)
    darkness = np.bincount(number, components.areas * components.darkness) / areas
    return Components(labels, boxes[kept], areas, darkness)
