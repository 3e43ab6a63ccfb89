"""Several sheets in one picture: notes on a desk, cards, strips of another colour, each cut out and straight.

A sheet is a quadrilateral of one colour with strokes on it. The picture is divided only where that is clear;
what is left around the sheets is one more picture, if there are strokes on it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import Bitmap, Floats, grown, median, median_filter, otsu, shrunk
from ocr_cli.imaging.runs import bounding_boxes, find_runs, label_runs
from ocr_cli.imaging.sheet import (
    LEAST_ALONE,
    MOST,
    SHADOW,
    TINT,
    TOUCHED,
    continued,
    enlarged,
    least_of,
    mean_of,
    most_of,
)

_LEAST_SIDE = 96
"""Pictures with a shorter side of fewer pixels are of one sheet. Set by hand."""
_STROKE = 7
"""Size, in pixels of the small copy, of the median that leaves the ground: strokes are narrower than half.
Set by hand."""
_LEAST = 0.008
"""Share of the picture that a sheet takes at least, beside others. Set by hand."""
_FILLED = 0.9
"""Least share that a sheet and the quadrilateral about it have in common. Set by hand."""
_LEAN = 0.4
"""Least share of the upright rectangle about it that one fills: a square on its corner fills half of it.
Set by hand."""
_SHORTEST, _SHORTEST_BESIDE = 22, 9
"""Pixels of the small copy that a side is long at least: bricks and bars are shorter. The second is for
labels beside larger sheets. Set by hand."""
_SLANT, _SHORTER = 0.5, 1.7
"""Most that the cosine of a sheet's corners is from 0, and by which a side is longer than the one across.
Set by hand."""
_APART = 24.0
"""Grey values, of red, green or blue, by which a sheet differs from what is around it at least.
Set by hand."""
_EVEN = 14.0
"""Grey values by which the ground of a sheet differs from its own middle at most, in the mean.
Set by hand."""
_STROKES, _CONTRAST = 0.008, 0.1
"""Least share of a sheet that is strokes, and least difference from the ground, of 255, that makes one.
Set by hand."""
_MOST_STROKES, _STROKES_AT_EDGE = 0.45, 0.1
_EDGE = 2
"""Pixels of the small copy beside a sheet's edge that are not looked at, and are cut off. Set by hand."""
_UPRIGHT = 0.012
"""A sheet whose corners are no farther from those of an upright rectangle, as a share of its longer side, is
cut out as it is. Set by hand."""


class Sheet(NamedTuple):
    """A sheet that was cut out of a picture.

    Attributes:
        pixels: uint8 (h, w, 3), RGB, the sheet's sides upright and level.
        to_picture: from places on it, float (N, 2), x and y in its pixels, to places on the picture.
    """

    pixels: npt.NDArray[np.uint8]
    to_picture: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


class _Found(NamedTuple):
    """A sheet on the small copy: where it is, bool (h, w), and its corners, float (4, 2), clockwise."""

    region: Bitmap
    corners: npt.NDArray[np.float64]


def part_sheets(pixels: npt.NDArray[np.uint8], small: Floats) -> list[Sheet]:
    """The sheets in a picture, in reading order, and what is left, if there are strokes on it, too.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        small: float32 (h, w, 3), in 0..255, the same as ``small_copy`` has it.

    Returns:
        None of them, an empty list, if the picture is of one page, whatever that lies on.
    """
    if min(pixels.shape[:2]) < _LEAST_SIDE:
        return []
    # On a quarter of the pixels, to be done with most pages at once.
    coarse = _ground(small[::2, ::2])
    usual = _usual(coarse[::4, ::4].reshape(-1, 3))
    if (most_of(np.abs(coarse - usual)) > _APART).mean() < _LEAST:
        return []
    ground = _ground(small)
    strokes = most_of(np.abs(small - ground)) > 255 * _CONTRAST
    found = max((_sheets(light, ground, strokes) for light in _lights(ground)), key=_worth, default=[])
    if not found:
        return []
    scale = np.array(pixels.shape[1::-1]) / small.shape[1::-1]
    image = Image.fromarray(pixels)
    sheets = [_cut_out(image, one.corners * scale, _EDGE * float(scale.max())) for one in _in_order(found)]
    rest = _rest(pixels, found, ground, strokes)
    return sheets if rest is None else [*sheets, Sheet(rest, lambda places: places)]


def _ground(small: Floats) -> Floats:
    """The colours without strokes, dark or light ones: float32 (h, w, 3)."""
    return np.stack([median_filter(small[..., c], _STROKE) for c in range(3)], axis=2)


def _usual(colours: Floats) -> Floats:
    """The medians of red, green and blue: (N, 3) -> (3,)."""
    return np.array([median(colour) for colour in colours.T], np.float32)


def _is_note(found: _Found) -> bool:
    """Whether a sheet is a small one that lies on something, or in a frame; a large one is the page."""
    edges = (found.region[0], found.region[-1], found.region[:, 0], found.region[:, -1])
    return found.region.mean() < LEAST_ALONE and not any(edge.any() for edge in edges)


def _in_order(found: Sequence[_Found]) -> list[_Found]:
    """From top to bottom; those beside each other, from left to right."""
    order: list[_Found] = []
    left = sorted(found, key=lambda one: one.corners[:, 1].min())
    while left:
        first = left[0]
        middle = first.corners[:, 1].mean()
        row = [one for one in left if one.corners[:, 1].min() < middle]
        order += sorted(row, key=lambda one: one.corners[:, 0].min())
        left = [one for one in left if not any(one is other for other in row)]
    return order


def _cut_out(image: Image.Image, corners: npt.NDArray[np.float64], edge: float) -> Sheet:
    """A sheet with its sides upright and level, without its edge of so many pixels."""
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = (max(1, round(float(max(sides[k], sides[k + 2])))) for k in (0, 1))
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    box = np.array([*corners.min(axis=0), *corners.max(axis=0)])
    rectangle = box[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2)
    inset = np.array([edge, edge])
    if np.abs(rectangle - corners).max() <= max(edge, _UPRIGHT * max(width, height)):
        left, top = (np.maximum(0, box[:2] + edge)).astype(int).tolist()
        right, bottom = (box[2:] - edge).astype(int).tolist()
        cut = image.crop((left, top, right, bottom))
        return Sheet(np.asarray(cut), lambda places: places + np.array([left, top]))
    from skimage.transform import estimate_transform

    to_picture = estimate_transform("projective", upright - inset, corners)
    size = (max(1, round(width - 2 * edge)), max(1, round(height - 2 * edge)))
    matrix = (to_picture.params / to_picture.params[2, 2]).ravel()[:8].tolist()
    cut = image.transform(size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC)
    return Sheet(np.asarray(cut), to_picture)


def _rest(
    pixels: npt.NDArray[np.uint8], found: Sequence[_Found], ground: Floats, strokes: Bitmap
) -> npt.NDArray[np.uint8] | None:
    """The picture with its sheets painted over like what is around them; None if nothing is written there."""
    sheets = np.any([one.region for one in found], axis=0)
    rest = ~grown(sheets, _STROKE)
    if rest.mean() < _LEAST or strokes[rest].mean() < _STROKES:
        return None
    height, width = pixels.shape[:2]
    around = enlarged(continued(ground, rest).astype(np.uint8), (width, height))
    mask = enlarged(grown(sheets, _EDGE).astype(np.uint8) * 255, (width, height))
    image = Image.fromarray(pixels)
    image.paste(around, mask=mask.point([0] * 128 + [255] * 128))
    return np.asarray(image)


def _worth(found: Sequence[_Found]) -> tuple[int, float]:
    return len(found), float(sum(one.region.sum() for one in found))


def _lights(ground: Floats) -> Iterator[Floats]:
    """What may tell sheets from what they lie on, each float32 (h, w)."""
    rim = np.concatenate([ground[0], ground[-1], ground[:, 0], ground[:, -1]])
    yield most_of(np.abs(ground - _usual(rim)))
    yield mean_of(ground)
    yield least_of(ground)


def _sheets(light: Floats, ground: Floats, strokes: Bitmap) -> list[_Found]:
    """The sheets that thresholds show, if they are no page alone."""
    found: list[_Found] = []
    small: list[_Found] = []
    for threshold in _thresholds(np.sort(light[::2, ::2], axis=None)):
        bright = light > threshold
        for side in (bright, ~bright):
            for region in _regions(_opened(side)):
                one = _as_sheet(region, ground, strokes)
                if one is not None:
                    (found if _shortest(one.corners) >= _SHORTEST else small).append(one)
    found = _apart(found)
    if not found or (len(found) == 1 and not _is_note(found[0])):
        return []
    return _apart([*found, *small])


def _apart(found: Sequence[_Found]) -> list[_Found]:
    """The first of those that overlap."""
    kept: list[_Found] = []
    for one in found:
        if not any((one.region & other.region).any() for other in kept):
            kept.append(one)
    return kept


def _thresholds(values: Floats) -> Iterator[float]:
    """What parts the values, sorted, in two, and each part in which there are two grounds in two again."""
    if values[-1] - values[0] < _APART:
        return
    threshold = otsu(values)
    yield threshold
    middle = int(np.searchsorted(values, threshold, "right"))
    for part in (values[middle:], values[:middle]):
        if len(part) < 2 * _LEAST * len(values) or part[-1] - part[0] < _APART:
            continue
        threshold = otsu(part)
        upper = int(np.searchsorted(part, threshold, "right"))
        if part[(upper + len(part)) // 2] - part[upper // 2] >= _APART:
            yield threshold


def _shortest(corners: npt.NDArray[np.float64]) -> float:
    """The shortest side of a quadrilateral, in pixels."""
    return float(np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).min())


def _regions(mask: Bitmap) -> Iterator[Bitmap]:
    """The components that are large enough, without their holes."""
    runs = find_runs(mask)
    labels, count = label_runs(runs, diagonal=False)
    areas = np.bincount(labels, weights=runs.lengths, minlength=count)
    left, top, right, bottom = bounding_boxes(runs, labels, count).T
    likely = (areas > _LEAST * mask.size) & (areas > _LEAN * (right - left) * (bottom - top))
    for k in np.flatnonzero(likely & (areas < MOST * mask.size)).tolist():
        yield _without_holes(runs.keep(labels == k))


def _without_holes(mask: Bitmap) -> Bitmap:
    around = np.pad(~mask, 1, constant_values=True)
    runs = find_runs(around)
    labels, _ = label_runs(runs, diagonal=False)
    return ~runs.keep(labels == labels[0])[1:-1, 1:-1]


def _opened(mask: Bitmap) -> Bitmap:
    return grown(shrunk(mask, 2), 2)


def _as_sheet(region: Bitmap, ground: Floats, strokes: Bitmap) -> _Found | None:
    """The region as a sheet, if it is one."""
    if not _LEAST < region.mean() < MOST:
        return None
    corners = _corners(region)
    if not _is_upright(corners) or _overlap(region, corners) < _FILLED:
        return None
    inside, edge = shrunk(region, _EDGE), shrunk(region, 1) & ~shrunk(region, _EDGE + 1)
    if strokes[edge].mean() > _STROKES_AT_EDGE:
        return None
    if not _STROKES < strokes[inside].mean() < _MOST_STROKES:
        return None
    even = ground[inside & ~strokes]
    beyond = grown(region, 3) & ~grown(region, 1)
    if not len(even) or not beyond.any():
        return None
    here, there = _usual(even), _usual(ground[beyond])
    if np.abs(even - here).mean() > _EVEN or np.abs(here - there).max() < _APART:
        return None
    edges = (region[0], region[-1], region[:, 0], region[:, -1])
    if sum(bool(edge.mean() > TOUCHED) for edge in edges) > 1:
        light, other = sorted((float(here.mean()), float(there.mean())))
        tint = np.abs(here / max(1.0, here.sum()) - there / max(1.0, there.sum())).max()
        if light > SHADOW * other and tint < TINT:
            return None
    return _Found(region, corners)


def _corners(region: Bitmap) -> npt.NDArray[np.float64]:
    """Corners of a quadrilateral about a region, (4, 2), x and y, from the upper left clockwise.

    They are the points farthest along the diagonals of the smallest rectangle around it.
    """
    runs = find_runs(region)
    ends = np.concatenate([runs.starts, runs.stops] * 2).astype(float)
    rows = np.concatenate([runs.rows] * 2 + [runs.rows + 1] * 2).astype(float)
    points = np.stack([ends, rows], axis=1)
    angles = np.radians(np.arange(-45, 45, 1.0))
    along = points @ np.stack([np.cos(angles), np.sin(angles)])
    across = points @ np.stack([-np.sin(angles), np.cos(angles)])
    best = int(np.argmin(np.ptp(along, axis=0) * np.ptp(across, axis=0)))
    x, y = along[:, best], across[:, best]
    x, y = (x - x.min()) / np.ptp(x), (y - y.min()) / np.ptp(y)
    return points[[(-x - y).argmax(), (x - y).argmax(), (x + y).argmax(), (y - x).argmax()]]


def _is_upright(corners: npt.NDArray[np.float64]) -> bool:
    """Whether the corners are about those of a large enough rectangle, seen from wherever."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    if lengths.min() < _SHORTEST_BESIDE:
        return False
    cosines = (sides * np.roll(sides, -1, axis=0)).sum(axis=1) / (lengths * np.roll(lengths, -1))
    ratios = lengths / np.roll(lengths, 2)
    return bool(np.abs(cosines).max() < _SLANT and ratios.max() < _SHORTER)


def _overlap(region: Bitmap, corners: npt.NDArray[np.float64]) -> float:
    """What a region and the quadrilateral about it have in common, as a share of both together."""
    y, x = np.mgrid[: region.shape[0], : region.shape[1]] + 0.5
    inside = np.ones_like(region)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (x1 - x0) * (y - y0) >= (y1 - y0) * (x - x0)
    return float((inside & region).sum() / (inside | region).sum())
