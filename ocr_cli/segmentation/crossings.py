"""What is drawn across or around letters and hangs together with them: rings, slanting lines, paler smears.

Level and upright rules are gone already. What is left and much larger than a letter would be dirt as a whole,
with all the letters in it; here it is taken apart, as far as letters come out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import grown, median
from ocr_cli.segmentation.components import LEAST_LETTER, Components, find_components
from ocr_cli.segmentation.rules import LONGEST_STROKE, SIDE_DEPTH, remove_level_rules

Bitmap = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_LARGE = 1.2
"""What is higher and wider than so many letter heights may be a ring. Set by hand."""
_CONVEX = 0.93
"""Share of its convex hull that lies inside a ring. Set by hand."""
_HIGHEST = 1.7
"""Height, and width, of what may be a letter, in letter heights. Set by hand."""
_ANGLES = np.arange(-90.0, 90.0, 1.0)
"""Degrees of the lines that are looked for. Set by hand."""
_BAND = 3.0
"""Width in pixels of the bands in which ink is counted. Set by hand."""
_MOST_POINTS = 3000
"""So many pixels of a component are looked at to find its lines. Set by hand."""
_COVERED = 0.85
"""Share of its length over which a line has ink. Set by hand."""
_PALE = 0.75
"""Share of the letters' darkness, below which the ink of what crosses them is paler. Set by hand."""
_MOST = 60
"""Pages of more large components are no pages of writing. Set by hand."""


def part_crossed(
    components: Components, strength: npt.NDArray[np.float32], letter_height: float
) -> Components:
    """Take out rings around letters, straight lines across them, and smears that are paler than they are.

    Args:
        components: of the page, rules and frames taken out.
        strength: float32 (H, W), ink strength in [0, 1].
        letter_height: usual height of a letter in pixels.

    Returns:
        The components without those; the same object if there are none.
    """
    wide, tall = components.widths / letter_height, components.heights / letter_height
    ring = (wide > _LARGE) & (tall > _LARGE)
    large = ring | (wide > LONGEST_STROKE) | (tall > LONGEST_STROKE)
    if not large.any() or large.sum() > _MOST:
        return components
    letters = (tall > LEAST_LETTER) & (tall < _HIGHEST) & (wide < _HIGHEST)
    dark = median(components.darkness[letters]) if letters.any() else 0.0
    mask = components.mask.copy()
    for k in np.flatnonzero(large).tolist():
        left, top, right, bottom = components.boxes[k].tolist()
        part, own = components.part(k), components.ink(k)
        middles = components.centres[letters & (np.arange(len(components)) != k)]
        inside = ((middles > (left, top)) & (middles < (right, bottom))).all(axis=1).any()
        rest = next(_rests(own, strength[part], letter_height, dark, bool(inside)), own)
        mask[part] &= ~own | rest
    return find_components(mask, strength) if (mask != components.mask).any() else components


def _rests(
    own: Bitmap, strength: npt.NDArray[np.float32], letter_height: float, dark: float, around: bool
) -> Iterator[Bitmap]:
    """What is left of a component without what crosses its letters, as far as there are letters in it."""
    # The edges of dark strokes are pale, too.
    rest = own & grown(own & (strength > _PALE * dark), 1)
    if rest.sum() < _PALE * own.sum() and _letters(rest, letter_height):
        yield rest
    inner = _without_ring(own, letter_height) if around else None
    if inner is not None:
        yield inner
    rest = own
    while (thinner := _without_line(rest, letter_height)) is not None:
        rest = thinner
    if rest is not own and _letters(rest, letter_height):
        yield rest


def _letters(ink: Bitmap, letter_height: float) -> int:
    """How many pieces of ink are as high as letters."""
    tall = find_components(ink, ink.astype(np.float32)).heights / letter_height
    return int(((tall > LEAST_LETTER) & (tall < _HIGHEST)).sum())


def _without_ring(own: Bitmap, letter_height: float) -> Bitmap | None:
    """What is inside a closed, convex outline of even thickness; None if that is none.

    Args:
        own: bool (H, W), ink of a component in its box.
        letter_height: in pixels.
    """
    if min(own.shape) < _LARGE * letter_height or not _is_convex(own):
        return None
    depths = [_depth(np.rot90(own, turn)) for turn in range(4)]
    thickness = median(np.concatenate([depth[depth > 0] for depth in depths]))
    rest = own.copy()
    for turn in range(4):
        seen = np.rot90(own, turn)
        first = seen.argmax(axis=0)
        y = np.arange(len(seen))[:, None]
        np.rot90(rest, turn)[seen & (y < first + np.ceil(SIDE_DEPTH * thickness))] = False
    return np.asarray(rest)


def _depth(ink: Bitmap) -> npt.NDArray[np.int64]:
    """How many pixels of ink follow the first one of each column: int (W,)."""
    first = ink.argmax(axis=0)
    y = np.arange(len(ink))[:, None]
    unbroken = np.minimum.accumulate(np.where(y >= first, ink, True), axis=0)
    return np.asarray(unbroken.sum(axis=0) - first, np.int64)


def _is_convex(ink: Bitmap) -> bool:
    """Whether the outline seen from above and below bulges everywhere."""
    columns = ink.any(axis=0)
    if not columns.all():
        return False
    upper = ink.argmax(axis=0).astype(float)
    lower = len(ink) - 1.0 - ink[::-1].argmax(axis=0)
    inside = float((lower - upper + 1).sum())
    hull = float((-_hull(-lower) - _hull(upper) + 1).sum())
    return inside >= _CONVEX * hull


def _hull(y: Floats) -> Floats:
    """The lower convex hull of a curve of one value a place: float (N,)."""
    corners: list[int] = []
    for k in range(len(y)):
        while len(corners) > 1:
            a, b = corners[-2:]
            if (y[b] - y[a]) * (k - a) < (y[k] - y[a]) * (b - a):
                break
            corners.pop()
        corners.append(k)
    return np.interp(np.arange(len(y)), corners, y[corners])


def _without_line(own: Bitmap, letter_height: float) -> Bitmap | None:
    """The ink without its longest straight line, but for strokes that cross it; None if there is no line."""
    if np.hypot(*own.shape) < LONGEST_STROKE * letter_height or not own.any():
        return None
    angle = _angle_of_line(own, letter_height)
    if angle is None:
        return None
    steep = abs(angle) > 45
    ink = own.T if steep else own
    slope = np.tan(np.radians(90 * np.sign(angle) - angle if steep else angle))
    shift = np.rint(slope * np.arange(ink.shape[1])).astype(np.int64)
    shift -= shift.min()
    tall = len(ink) + int(shift.max())
    # Each column is moved until the line is level; nothing is resampled.
    y, x = np.nonzero(ink)
    level = np.zeros((tall, ink.shape[1]), bool)
    level[y + shift.max() - shift[x], x] = True
    kept = remove_level_rules(level, letter_height)
    if kept is level:
        return None
    rest = np.zeros_like(ink)
    rest[y, x] = kept[y + shift.max() - shift[x], x]
    rest = rest.T if steep else rest
    return rest if rest.sum() < own.sum() else None


def _angle_of_line(own: Bitmap, letter_height: float) -> float | None:
    """Degrees by which a component's longest straight line falls to the right; None if there is none.

    Source: R. Duda, P. Hart, "Use of the Hough transformation to detect lines and curves", 1972.
    """
    y, x = np.nonzero(own)
    step = -(-len(y) // _MOST_POINTS)

    def best(angles: Floats, band: float, chosen: slice) -> tuple[float, int]:
        counts = []
        for angle in np.radians(angles).tolist():
            across = (y[chosen] * np.cos(angle) - x[chosen] * np.sin(angle)) / band
            counts.append(int(np.bincount((across - across.min()).astype(np.int64)).max()))
        return float(angles[int(np.argmax(counts))]), max(counts)

    angle, _ = best(_ANGLES, _BAND, np.s_[::step])
    for width in (0.2, 0.05):
        angle, _ = best(angle + width * np.arange(-6.0, 7.0), 1.5, np.s_[::step])
    turn = np.radians(angle)
    across = y * np.cos(turn) - x * np.sin(turn)
    band = (across - across.min()).astype(np.int64)
    line = np.abs(band - np.bincount(band).argmax()) <= 1
    along = np.sort((x * np.cos(turn) + y * np.sin(turn))[line])
    covered = len(np.unique(along.astype(np.int64)))
    length = float(np.ptp(along)) if len(along) else 0.0
    return angle if length >= LONGEST_STROKE * letter_height and covered >= _COVERED * length else None
