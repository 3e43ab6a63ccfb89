"""Filters over grey pictures and bitmaps, and quantiles of plain arrays.

SciPy has the filters. Reading one page would spend more time on importing ``scipy.ndimage`` than on
filtering; these few, made of additions and comparisons of shifted pictures, come with NumPy and are as fast.
Outside the picture, all of them see its mirror image. NumPy's own quantiles look for masked arrays and for
NaN: for the few values of a row of writing that takes ten times as long as the sorting, and to import what
masks arrays takes as long as reading a short line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Bitmap: TypeAlias = npt.NDArray[np.bool_]

_BAND = 32
"""Rows that are blurred at once. Set by hand."""
_SMALL = 5000
"""Pictures of fewer pixels are blurred by products of matrices, as wide as they are. Set by hand."""


def gaussian_blur(grey: Floats, sigma: float, reach: int) -> Floats:
    """Convolution with a Gaussian.

    Args:
        grey: float32 (H, W).
        sigma: standard deviation in pixels.
        reach: pixels on each side beyond which the Gaussian is cut off.

    Returns:
        float32 (H, W).
    """
    weights = np.exp(-0.5 * (np.arange(reach + 1) / sigma) ** 2)
    weights = (weights / (2 * weights.sum() - weights[0])).astype(np.float32)
    if grey.size < _SMALL:
        padded = np.pad(grey, reach, "symmetric")
        down, across = (_neighbour_weights(length, weights) for length in grey.shape)
        return np.asarray(down @ padded @ across.T)
    return _in_bands(grey, reach, reach, lambda band: _weighted(_weighted(band, weights, 0), weights, 1))


def _in_bands(grey: Floats, before: int, after: int, work: Callable[[Floats], Floats]) -> Floats:
    """Work on a picture and its mirror image around it, a band of rows at a time.

    A band stays in the processor's cache, which takes less than half the time.

    Args:
        grey: float32 (H, W).
        before: rows and columns that the work needs above and on the left of each pixel.
        after: likewise, below and on the right.
        work: makes (h, w) of float32 (h + before + after, w + before + after).

    Returns:
        float32 (H, W).
    """
    padded = np.pad(grey, (before, after), "symmetric")
    result = np.empty_like(grey)
    for top in range(0, len(grey), _BAND):
        result[top : top + _BAND] = work(padded[top : top + _BAND + before + after])
    return result


def _neighbour_weights(length: int, weights: Floats) -> Floats:
    """What each place of a padded line counts for each of its ``length`` own ones: (length, places)."""
    reach = len(weights) - 1
    apart = np.abs(np.arange(length + 2 * reach) - reach - np.arange(length)[:, None])
    counted: Floats = np.append(weights, np.float32(0))[np.minimum(apart, reach + 1)]
    return counted


def _weighted(values: Floats, weights: Floats, axis: int) -> Floats:
    """Weighted sums of neighbours on both sides of each row (axis 0) or column (axis 1) but the outermost."""
    reach = len(weights) - 1
    length = values.shape[axis] - 2 * reach
    total = _part(values, axis, reach, length) * weights[0]
    for k in range(1, reach + 1):
        both = _part(values, axis, reach - k, length) + _part(values, axis, reach + k, length)
        both *= weights[k]
        total += both
    return np.asarray(total, np.float32)


def median_filter(grey: Floats, size: int) -> Floats:
    """The median of ``size`` neighbours down and then across: smooth, with edges kept as sharp as they are.

    Args:
        grey: float32 (H, W).
        size: pixels, 1 to 7; of an even number the greater one of the middle two is taken.

    Returns:
        float32 (H, W).
    """
    if size < 2:
        return grey
    after = size - 1 - size // 2
    return _in_bands(grey, size // 2, after, lambda band: _middle(_middle(band, size, 0), size, 1))


def _middle(values: Floats, size: int, axis: int) -> Floats:
    """The median of each ``size`` neighbours, 2 to 7: fewer by ``size - 1`` along the axis.

    Neighbours are sorted in pairs, each pair once for all the places that it counts for. Of three pairs,
    neither the least of all nor the greatest is the middle one; what is left of the lesser ones and of the
    greater ones are two pairs again. Of two pairs, the same is left as one.
    """
    length = values.shape[axis] - size + 1
    one, other = (_part(values, axis, k, values.shape[axis] - 1) for k in (0, 1))
    pairs = [
        (_part(low, axis, k, length), _part(high, axis, k, length))
        for low, high in [(np.minimum(one, other), np.maximum(one, other))]
        for k in range(0, size - size % 2, 2)
    ]
    if len(pairs) == 3:
        lows, highs = zip(*pairs, strict=True)
        pairs = [
            (_middle_of_three(*lows), np.maximum(np.maximum(lows[0], lows[1]), lows[2])),
            (np.minimum(np.minimum(highs[0], highs[1]), highs[2]), _middle_of_three(*highs)),
        ]
    if len(pairs) == 2:
        (first, high), (low, last) = pairs
        pairs = [(np.maximum(first, low), np.minimum(high, last))]
    low, high = pairs[0]
    return (
        _middle_of_three(low, high, _part(values, axis, size - 1, length))
        if size % 2
        else np.maximum(low, high)
    )


def _middle_of_three(a: Floats, b: Floats, c: Floats) -> Floats:
    return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))


def closing(grey: Floats, size: int) -> Floats:
    """Morphological closing: what is dark and narrower than a square of ``size`` pixels is filled.

    Args:
        grey: float32 (H, W).
        size: at least 1.

    Returns:
        float32 (H, W).
    """
    for combine, before in ((np.maximum, (size - 1) // 2), (np.minimum, size // 2)):
        grey = _in_bands(grey, before, size - 1 - before, partial(_over_square, combine, size))
    return grey


def _over_square(combine: Callable[..., Any], size: int, values: Floats) -> Floats:
    """``combine`` of all in each square of ``size``."""
    return running(combine, running(combine, values, size, 0), size, 1)


def dilate(mask: Bitmap, size: tuple[int, int]) -> Bitmap:
    """Whether ``mask`` is True within a rectangle of odd ``size`` (down, across) around: bool (H, W)."""
    height, width = mask.shape
    down, across = (side // 2 for side in size)
    wider = np.zeros((height + 2 * down, width + 2 * across), bool)
    wider[down : down + height, across : across + width] = mask
    for axis, side in enumerate(size):
        wider = running(np.logical_or, wider, side, axis)
    return wider


def grown(mask: Bitmap, by: int) -> Bitmap:
    """Whether ``mask`` is True within so many pixels, in both directions: bool (H, W)."""
    return dilate(mask, (2 * by + 1, 2 * by + 1))


def shrunk(mask: Bitmap, by: int) -> Bitmap:
    """The mask without the pixels so near to its edge; beyond the picture it goes on."""
    return ~grown(~mask, by)


def distance_to(masks: Bitmap, limit: float) -> Floats:
    """Euclidean distance of each pixel to the nearest True one, as far as it is at most ``limit``.

    Args:
        masks: bool (H, W), or (H, W, N) for N bitmaps: side by side in memory, they take less time each.
        limit: in pixels.

    Returns:
        float32 of the same shape; what is farther away has some value above ``limit``.
    """
    reach = math.ceil(limit)
    far = (reach + 1) ** 2
    # Squares of small distances fit into bytes, of which the processor compares many at once.
    whole = np.min_scalar_type(far + reach**2)
    height, width = masks.shape[:2]
    square = np.full((height + 2 * reach, width + 2 * reach, *masks.shape[2:]), far, whole)
    square[reach : reach + height, reach : reach + width] *= ~masks
    # Squared distances down and across add up, so one is found from the other.
    for axis in (0, 1):
        shifted = [_part(square, axis, k, square.shape[axis] - 2 * reach) for k in range(2 * reach + 1)]
        square = shifted[reach]
        for k in range(1, reach + 1):
            nearer = np.minimum(shifted[reach - k], shifted[reach + k])
            nearer += whole.type(k * k)
            square = np.minimum(square, nearer)
    return np.sqrt(square, dtype=np.float32)


def otsu(values: Floats) -> float:
    """The threshold that parts values into two groups with the greatest variance between them.

    Source: N. Otsu, "A threshold selection method from gray-level histograms", 1979.

    Args:
        values: float32 (N,), sorted, not all the same.
    """
    # Edges in double precision: between values that differ in the last bit there is no room for float32.
    edges = np.linspace(np.float64(values[0]), np.float64(values[-1]), 65)
    # Of the sorted values, to find the edges among them takes a tenth of the time of a histogram.
    counts = np.diff([*np.searchsorted(values, edges[:-1]).tolist(), len(values)])
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middles)
    above = below[-1] - below
    # The last bin has none above it.
    means_apart = sums[:-1] / below[:-1] - (sums[-1] - sums[:-1]) / above[:-1]
    return float(middles[np.argmax(below[:-1] * above[:-1] * means_apart**2)])


def running(combine: Callable[..., Any], values: npt.NDArray[Any], size: int, axis: int) -> npt.NDArray[Any]:
    """``combine`` of each ``size`` neighbours, by doubling: of 2, of 4, of 8 and so on.

    Args:
        combine: of two arrays, where neither their order nor taking a value twice makes a difference, such as
            ``np.maximum``.
        values: (H, W).
        size: how many neighbours, at least 1.
        axis: 0 for neighbours down, 1 for those across.

    Returns:
        ``size - 1`` rows or columns fewer than ``values``.
    """
    span = 1
    while span < size:
        step = min(span, size - span)
        length = values.shape[axis] - step
        values = combine(_part(values, axis, 0, length), _part(values, axis, step, length))
        span += step
    return values


def neighbours(values: npt.NDArray[Any], before: int, after: int) -> npt.NDArray[Any]:
    """A curve's values around each place; beyond its ends it goes on level.

    Args:
        values: (N,).
        before: how many places before each one.
        after: how many after it.

    Returns:
        (N, before + 1 + after), a view.
    """
    padded = np.pad(values, (before, after), "edge")
    return np.lib.stride_tricks.sliding_window_view(padded, before + 1 + after)


def _part(values: npt.NDArray[Any], axis: int, start: int, length: int) -> npt.NDArray[Any]:
    """A view of ``length`` rows (axis 0) or columns (axis 1) from ``start`` on."""
    part = slice(start, start + length)
    return values[part] if axis == 0 else values[:, part]


def stroke_width(ink: npt.NDArray[np.float32] | npt.NDArray[np.bool_]) -> float:
    """Mean stroke width of an ink picture in its own pixels.

    A stroke of width w and length l covers w * l pixels and has edges of total length 2 * l, whether they
    are sharp or blurred; so w = 2 * area / (total variation).

    Args:
        ink: float32 (H, W) in [0, 1], or bool, which takes less time.

    Returns:
        The width in pixels; 0 for an empty picture.
    """
    padded = np.zeros((ink.shape[0] + 2, ink.shape[1] + 2), ink.dtype)
    padded[1:-1, 1:-1] = ink
    if padded.dtype == bool:
        down, across = padded[1:, :-1] ^ padded[:-1, :-1], padded[:-1, 1:] ^ padded[:-1, :-1]
        # A step both down and across is as long as the diagonal of a square.
        steps = np.count_nonzero(down) + np.count_nonzero(across)
        edges = steps - (2 - math.sqrt(2)) * np.count_nonzero(down & across)
        area = float(np.count_nonzero(ink))
    else:
        dy = padded[1:, :-1] - padded[:-1, :-1]
        dx = padded[:-1, 1:] - padded[:-1, :-1]
        edges = float(np.sqrt(dx * dx + dy * dy).sum())
        area = float(ink.sum())
    return 2.0 * area / edges if edges > 0 else 0.0


def quantile(values: npt.ArrayLike, share: float) -> float:
    """The value below which a share of the values lies, between two of them on a straight line.

    Args:
        values: of any shape, at least one, none NaN.
        share: in [0, 1].
    """
    flat: npt.NDArray[Any] = np.ravel(values)
    place = (len(flat) - 1) * share
    around = [int(place), min(int(place) + 1, len(flat) - 1)]
    # So few values are sorted in a third of the time in which they are parted in two places.
    low, high = np.sort(flat)[around].tolist()
    return float(low + (high - low) * (place - int(place)))


def median(values: npt.ArrayLike) -> float:
    """The middle value, or the mean of the middle two; arguments as for ``quantile``."""
    return quantile(values, 0.5)
