"""Several sheets in one picture: notes on a desk, cards, strips of another colour, each cut out and straight.

A sheet is a quadrilateral of one colour with strokes on it. The picture is divided only where that is clear;
what is left around the sheets is one more picture, if there are strokes on it as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import Bitmap, Floats, grown, median, median_filter, otsu, shrunk
from ocr_cli.imaging.quadrilateral import overlap, quadrilateral, shortest
from ocr_cli.imaging.runs import bounding_boxes, connected_to, find_runs, label_runs
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
_LEAST, _LEAST_ENCLOSED = 0.008, 0.004
"""Share of the picture that a sheet takes at least, beside others, and if edges enclose it. Set by hand."""
_LEAN = 0.4
"""Least share of the upright rectangle about it that one fills: a square on its corner fills half of it.
Set by hand."""
_SHORTEST = 22
"""Pixels of the small copy that a side is long at least: bricks and bars are shorter, labels beside larger
sheets may be. Set by hand."""
_APART = 24.0
"""Grey values, of red, green or blue, by which a sheet differs from what is around it at least.
Set by hand."""
_STEPS, _RIM = (5.0, 10.0, 20.0, 40.0), 4
"""Grey values, of red, green or blue, by which colours change at the edge of a sheet, the weakest first, and
pixels of the small copy at the rim of the picture that belong to none. Set by hand."""
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
    """A sheet on the small copy.

    Attributes:
        region: bool (h, w), where it is.
        corners: float (4, 2), x and y, clockwise from the upper left.
        edge: pixels at its edge that may not be its own.
    """

    region: Bitmap
    corners: npt.NDArray[np.float64]
    edge: int


def part_sheets(pixels: npt.NDArray[np.uint8], small: Floats) -> list[Sheet]:
    """The sheets in a picture, and at last what is left, if there are strokes on it, too.

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
    enclosed = _enclosed(ground, strokes)
    shown = (_with_labels([*enclosed, *_sheets(light, ground, strokes)]) for light in _lights(ground))
    found = max(shown, key=_worth)
    if not found:
        return []
    scale = np.array(pixels.shape[1::-1]) / small.shape[1::-1]
    image = Image.fromarray(pixels)
    sheets = [_cut_out(image, one.corners * scale, one.edge * float(scale.max())) for one in found]
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
    """The sheets that thresholds show."""
    found: list[_Found] = []
    for threshold in _thresholds(np.sort(light[::2, ::2], axis=None)):
        bright = light > threshold
        for side in (bright, ~bright):
            for region in _regions(_opened(side), _LEAST, []):
                one = _as_sheet(region, ground, strokes)
                if one is not None:
                    found.append(one)
    return found


def _with_labels(found: Sequence[_Found]) -> list[_Found]:
    """Those that do not overlap, the first first; none if that is a page alone, or labels alone."""
    large = _apart([one for one in found if shortest(one.corners) >= _SHORTEST])
    if not large or (len(large) == 1 and not _is_note(large[0])):
        return []
    return _apart([*large, *found])


def _enclosed(ground: Floats, strokes: Bitmap) -> list[_Found]:
    """The sheets that edges enclose, those first that are the most like quadrilaterals.

    From the rim of the picture no way leads into them without a step in colour; of light that changes slowly
    on them, or on what they lie on, or of a shadow across them, nothing depends then.
    """
    steps = _steps(ground)
    rim = np.ones_like(strokes)
    rim[_RIM:-_RIM, _RIM:-_RIM] = False
    found: list[_Found] = []
    known: list[npt.NDArray[np.int64]] = []
    # Narrow gaps part sheets that lie close together, and lead into those whose edges are weak somewhere.
    for step, closed in itertools.product(_STEPS, (0, 1)):
        level = shrunk(steps < step, closed)
        around = grown(connected_to(level, rim & level), closed)
        for region in _regions(_opened(~around), _LEAST_ENCLOSED, known):
            sheet = shrunk(region, 1)
            corners = quadrilateral(sheet)
            if corners is not None and _is_written_on(shrunk(sheet, _EDGE), strokes):
                found.append(_Found(sheet, corners, 1))
    return sorted(found, key=lambda one: -overlap(one.region, one.corners))


def _steps(ground: Floats) -> Floats:
    """The greatest change of colour from one side of each pixel to the other: float32 (h, w)."""
    around = np.pad(ground, ((1, 1), (1, 1), (0, 0)), mode="edge")
    down, across = around[2:, 1:-1] - around[:-2, 1:-1], around[1:-1, 2:] - around[1:-1, :-2]
    return np.maximum(most_of(np.abs(down)), most_of(np.abs(across)))


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


def _regions(mask: Bitmap, least: float, known: list[npt.NDArray[np.int64]]) -> Iterator[Bitmap]:
    """The components that take so large a share of the picture, without their holes.

    Args:
        mask: bool (h, w).
        least: that share.
        known: boxes of those that were looked at before, which are left out; these are added.
    """
    runs = find_runs(mask)
    labels, count = label_runs(runs, diagonal=False)
    areas = np.bincount(labels, weights=runs.lengths, minlength=count)
    boxes = bounding_boxes(runs, labels, count)
    left, top, right, bottom = boxes.T
    likely = (areas > least * mask.size) & (areas > _LEAN * (right - left) * (bottom - top))
    for k in np.flatnonzero(likely).tolist():
        if any(np.abs(box - boxes[k]).max() <= 1 for box in known):
            continue
        known.append(boxes[k])
        region, part = runs.keep(labels == k), np.s_[top[k] : bottom[k], left[k] : right[k]]
        region[part] = _without_holes(region[part])
        if region.mean() < MOST:
            yield region


def _without_holes(mask: Bitmap) -> Bitmap:
    around = np.pad(~mask, 1, constant_values=True)
    runs = find_runs(around)
    labels, _ = label_runs(runs, diagonal=False)
    return ~runs.keep(labels == labels[0])[1:-1, 1:-1]


def _opened(mask: Bitmap) -> Bitmap:
    return grown(shrunk(mask, 2), 2)


def _as_sheet(region: Bitmap, ground: Floats, strokes: Bitmap) -> _Found | None:
    """The region as a sheet, if it is one."""
    corners = quadrilateral(region)
    inside, edge = shrunk(region, _EDGE), shrunk(region, 1) & ~shrunk(region, _EDGE + 1)
    if corners is None or not _is_written_on(inside, strokes) or strokes[edge].mean() > _STROKES_AT_EDGE:
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
    return _Found(region, corners, _EDGE)


def _is_written_on(inside: Bitmap, strokes: Bitmap) -> bool:
    """Whether about as much of a region is strokes as on what is written on."""
    return bool(inside.any()) and _STROKES < float(strokes[inside].mean()) < _MOST_STROKES
