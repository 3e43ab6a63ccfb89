"""Picture -> ink: colours made grey, light evened out, noise taken away, strokes told from paper.

Grey is brightness, or what else parts ink from paper where both are equally bright.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr_cli.imaging import filters
from ocr_cli.imaging.filters import closing, gaussian_blur, otsu
from ocr_cli.imaging.runs import bounding_boxes, connected_to, find_runs, label_runs

_FAINTEST = 0.06
"""Least share of the paper's light that a stroke must swallow to be ink at all. Set by hand."""
_FAINTEST_ALONE = 0.015
"""The same where nothing on the picture is so dark: four levels of 255. Set by hand."""
_NOISE_FACTOR = 5.0
"""How many standard deviations of the paper's own grain a stroke must stand out. Set by hand."""
_STEADY_RANGE = (1.4, 0.5)
"""Thresholds at which ink should be nearly the same, as multiples of the one that is used. Set by hand."""
_NEARLY_ALL = 0.85
"""Hardly any ink swallows more of the light. Set by hand."""
_PALER, _PALEST = 0.75, 0.27
"""Ink this share as dark as the page's darkest in the mean is of the same pen: that varies by as much. What
is paler than the second share can shine through, or be the edge of something. Set by hand."""
_DARK = 0.2
"""Share of what hangs together, from which on it is ink of the page's darkest pen, beside something pale.
Set by hand."""
_DARKEST = 0.9
"""The page's darkest ink is darker in the mean of its component than this share of all ink. Set by hand."""
_LOW, _HIGH = 0.4, 4.0
"""Letter heights within which a letter of another pen is high, or a word of it whose letters touch.
Set by hand."""
_LONG = 12.0
"""Heights of its own that such a word is wide at most: what is longer is a rule. Set by hand."""
_SHARP, _LESS_SHARP = 1.05, 0.5
"""What shines through from the other side of the paper is blurred by it. The edges of ink are as steep, for
its darkness, as the first share of those of the darkest ink, less the second times its share of that
darkness. Of paler pens on drawn pages it is 0.86 and more, of what shines through a photographed one 0.77 to
0.85. Set by hand."""
_PEERS = 3
"""A paler pen writes so many letters at least: one or two can be anything. Set by hand."""
_GRAIN_SAMPLES = 40_000
"""Pixels, spread evenly over the picture, from which the grain is measured."""


class InkMap(NamedTuple):
    """Where the ink is.

    Attributes:
        strength: float32 (H, W) in [0, 1]: share of the paper's light that is missing, over that of full ink.
        mask: bool (H, W), True on ink.
        level: the share of light that full ink swallows, in [0, 1].
        inverted: True if the picture shows light writing on a dark ground.
        paper: float32 (H, W) in [0, 1], the light of the paper without ink; of the negative if inverted.
        steadiness: how little the ink changes with the threshold, in [0, 1]: the area that is darker than
            1.4 times the threshold as a share of what is darker than half of it.
    """

    strength: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]
    level: float
    inverted: bool
    paper: npt.NDArray[np.float32]
    steadiness: float


def to_grey(pixels: npt.NDArray[np.uint8], scale: float = 1.0) -> npt.NDArray[np.float32]:
    """Grey values of a colour picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, or (H, W), grey.
        scale: of the result's size to the picture's; anti-aliased.

    Returns:
        float32 (h, w) in [0, 1], at least 1x1, ITU-R 601 luma.
    """
    image = Image.fromarray(pixels)
    if image.mode != "L":
        image = image.convert("L")
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    # Bytes are resized in a third of the time that floating-point numbers take.
    grey = np.array(image.resize((width, height), Image.Resampling.BICUBIC), np.float32)
    grey /= np.float32(255)
    return grey


def resize(grey: npt.NDArray[np.float32], scale: float) -> npt.NDArray[np.float32]:
    """The picture at ``scale`` times its size, anti-aliased: float32 (h, w), at least 1x1."""
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    if (height, width) == grey.shape:
        return grey
    return np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BICUBIC))


def find_ink(
    grey: npt.NDArray[np.float32],
    letter_height: float,
    weakest: float = 0.55,
    *,
    inverted: bool | None = None,
    paler: bool = False,
) -> InkMap:
    """Tell the ink from the paper.

    The paper's light is estimated by a morphological closing, which fills strokes that are narrower than its
    window and follows shadow edges that are wider; what the ink swallows is measured against it. The
    threshold with hysteresis is Otsu's between paper and ink, and never within the paper's own grain.

    Args:
        grey: float32 (H, W) in [0, 1].
        letter_height: about how high the letters are, in pixels of ``grey``.
        weakest: ink that hangs together with full ink may be so many times weaker than Otsu's threshold. In
            small scans a thin stroke is now strong, now weak, as it falls on one pixel or between two.
        inverted: whether the writing is light on dark; by default that is found out.
        paler: whether to look for the writing of a paler pen beside that of a darker one. Where ink is paler
            than most, the threshold is lower and the strength is that of full ink.

    Returns:
        The ink; its mask is empty if nothing stands out from the paper's grain. Grain that spreads over many
        pixels is taken for faint ink; what is writing is decided later.
    """
    sigma = min(1.0, letter_height / 40)
    grey = gaussian_blur(grey, sigma, reach=round(2 * sigma))
    window = max(5, round(letter_height * 0.8))
    if inverted is None:
        inverted = is_light_on_dark(grey)
    if inverted:
        grey = 1 - grey
    paper = _paper_light(grey, window)
    # In place, here and below: at this size new memory takes longer than the arithmetic.
    missing = paper - grey
    missing /= np.maximum(paper, np.float32(0.08))
    np.clip(missing, 0, 1, out=missing)
    noise = _grain(grey, paper)
    for faintest in (_FAINTEST, _FAINTEST_ALONE):
        floor = max(faintest, _NOISE_FACTOR * noise)
        # Sorted once for all that is asked of them.
        candidates = np.sort(missing[missing > floor])
        if candidates.size > letter_height:
            break
    if candidates.size < 4 or candidates[0] == candidates[-1]:
        return InkMap(np.zeros_like(missing), np.zeros(missing.shape, bool), 0.0, inverted, paper, 0.0)
    level = filters.quantile(candidates, 0.9)
    high = max(floor, otsu(candidates))
    low = max(floor * 0.7, high * weakest)
    darker = _STEADY_RANGE[0] * high
    if darker > _NEARLY_ALL:
        # Where most candidates are full ink, as of one character that fills the picture.
        darker = (high + max(high, level)) / 2
    strong, weak = (int(np.count_nonzero(missing > one)) for one in (darker, _STEADY_RANGE[1] * high))
    strength = missing
    if paler:
        strength = _as_dark(missing, max(floor * 0.7, _PALEST * low), low, high, letter_height)
    mask = connected_to(strength > low, strength > high)
    strength /= np.float32(max(level, 1e-6))
    np.clip(strength, 0, 1, out=strength)
    return InkMap(strength, mask, level, inverted, paper, strong / max(1, weak))


def is_light_on_dark(grey: npt.NDArray[np.float32]) -> bool:
    """Whether bright shapes stand out from their surroundings more than dark ones do.

    Args:
        grey: float32 (H, W) in [0, 1].
    """
    small = resize(grey, min(1.0, 400 / max(grey.shape)))
    # Pillow's blur is a row of means of neighbours: nearly a Gaussian, in a tenth of the time.
    image = Image.fromarray(np.rint(np.clip(small, 0, 1) * np.float32(255)).astype(np.uint8))
    difference = small - np.asarray(image.filter(ImageFilter.GaussianBlur(8)), np.float32) / np.float32(255)
    # Squared, so that a few strong strokes count for more than much faint grain.
    bright = float((np.maximum(difference, 0) ** 2).sum())
    dark = float((np.minimum(difference, 0) ** 2).sum())
    return bright > dark


def _paper_light(grey: npt.NDArray[np.float32], window: int) -> npt.NDArray[np.float32]:
    """The light that the paper would throw back without ink: float32 (H, W)."""
    reduction = max(1, window // 12)
    small = Image.fromarray(grey).reduce(reduction)
    filled = closing(np.asarray(small), max(3, round(window / reduction)))
    # A median smooths and, unlike a mean, leaves the edges of shadows as sharp as they are.
    smooth = filters.median_filter(filled, max(3, round(0.3 * window / reduction)))
    if reduction == 1:
        return smooth
    height, width = grey.shape
    enlarged = Image.fromarray(smooth).resize(
        (smooth.shape[1] * reduction, smooth.shape[0] * reduction), Image.Resampling.BILINEAR
    )
    return np.asarray(enlarged)[:height, :width]


def _as_dark(
    missing: npt.NDArray[np.float32], palest: float, low: float, high: float, letter_height: float
) -> npt.NDArray[np.float32]:
    """What is missing, with the letters of a paler pen made about as dark as those of a darker one.

    Ink that hangs together is of one pen. What holds nothing as dark as ink of the page should be, and is as
    high as letters, is measured by its own darkness, if there are enough of the kind.

    Args:
        missing: float32 (H, W) in [0, 1], the share of the paper's light that is missing.
        palest: what is paler is paper.
        low: threshold of the page's ink.
        high: threshold of what makes it ink, likewise.
        letter_height: in pixels.

    Returns:
        float32 (H, W); the same array if there is one pen only.
    """
    runs = find_runs(missing > palest)
    if not len(runs):
        return missing
    labels, count = label_runs(runs, diagonal=False)
    places = runs.places()
    values = missing.take(places)
    begins = np.cumsum(runs.lengths) - runs.lengths
    # The darker a pixel, the more it counts: the edges of strokes are pale on all pages.
    areas, dark, amounts, squares = (
        np.bincount(labels, weights=np.add.reduceat(one, begins, dtype=np.float64), minlength=count)
        for one in (np.ones_like(values), values > high, values, values * values)
    )
    paler = dark < _DARK * areas
    if np.count_nonzero(paler) < _PEERS:
        return missing
    darkness = squares / amounts
    order = np.argsort(darkness)
    below = np.cumsum(amounts[order])
    darkest = darkness[order[np.searchsorted(below, _DARKEST * below[-1])]]
    left, top, right, bottom = bounding_boxes(runs, labels, count).T
    heights, widths = bottom - top, right - left
    paler &= (darkness >= _PALEST * darkest) & (widths <= _LONG * heights)
    paler &= (heights >= _LOW * letter_height) & (heights <= _HIGH * letter_height)
    if np.count_nonzero(paler) < _PEERS:
        return missing
    sharpness = _sharpness(missing, places, np.repeat(labels, runs.lengths), count) / darkness
    dark = (dark >= _DARK * areas) & (heights >= _LOW * letter_height)
    usual = filters.median(sharpness[dark]) if dark.any() else 0.0
    paler &= sharpness >= usual * (_SHARP - _LESS_SHARP * darkness / darkest)
    if np.count_nonzero(paler) < _PEERS:
        return missing
    factors = np.where(paler, np.minimum(darkness / (_PALER * darkest), 1), 1).astype(np.float32)
    strength = missing.copy()
    strength.reshape(-1)[places] /= np.repeat(factors[labels], runs.lengths)
    return np.asarray(strength)


def _sharpness(
    missing: npt.NDArray[np.float32], places: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.float64]:
    """How steep the edges of components are, the steepest counting most: float (count,).

    Args:
        missing: float32 (H, W).
        places: int (P,), where their pixels are in it, flattened.
        labels: int (P,), the component of each.
        count: of components.
    """
    flat, width = missing.reshape(-1), missing.shape[1]
    across, down = (
        flat.take(places + step, mode="clip") - flat.take(places - step, mode="clip") for step in (1, width)
    )
    squares = across * across + down * down
    steepness = np.bincount(labels, weights=np.sqrt(squares), minlength=count)
    return np.asarray(np.bincount(labels, weights=squares, minlength=count) / np.maximum(steepness, 1e-9))


def _grain(grey: npt.NDArray[np.float32], paper: npt.NDArray[np.float32]) -> float:
    """Standard deviation of the paper's grain as a share of its light, from the median absolute deviation."""
    step = max(1, math.isqrt(grey.size // _GRAIN_SAMPLES))
    height, width = grey.shape
    padded = np.pad(grey, 2, "symmetric")
    around = np.zeros_like(grey[::step, ::step])
    for y in range(5):
        for x in range(5):
            around += padded[y : y + height : step, x : x + width : step]
    difference = grey[::step, ::step] - around / np.float32(25)
    return 1.4826 * filters.median(np.abs(difference / np.maximum(paper[::step, ::step], 0.08)))


_SIDE = 200
"""Pixels across of the copy, of some of the picture's pixels, on which the colours are looked at.
Set by hand."""
_AROUND = 6
"""Strokes differ from what is around them within so many pixels of that copy. Set by hand."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R 601, as Pillow has it."""
_TELLING = 0.4
"""Least share of the differences between neighbours that brightness shows for it to be enough. Of photographs
of pages, and of scenes without writing, it shows 0.45 and more, of yellow ink on white 0.17, of red ink on
green, or blue on brown, as bright as each other, nearly nothing. Set by hand."""
_MOST = 3.0
"""Differences of colour are made so many times as large at most: the grain is, too. Set by hand."""


def grey_levels(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A picture without its colours, with ink and paper as far apart as they are.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        uint8 (H, W): luma, ITU-R 601; where that hardly shows the differences there are between neighbouring
        pixels, the mixture of red, green and blue that shows them best.
    """
    image = Image.fromarray(pixels)
    mixture = _mixture(pixels)
    return np.asarray(image.convert("L") if mixture is None else image.convert("L", mixture))


def _mixture(pixels: npt.NDArray[np.uint8]) -> tuple[float, float, float, float] | None:
    """Weights of red, green and blue, and what is added; None where luma serves."""
    step = -(-max(pixels.shape) // _SIDE)
    small = np.ascontiguousarray(pixels[::step, ::step])
    values = small.reshape(-1, 3).astype(np.float32)
    around = np.asarray(Image.fromarray(small).filter(ImageFilter.BoxBlur(_AROUND)), np.float32)
    differences = values - around.reshape(-1, 3)
    energies, directions = np.linalg.eigh(differences.T @ differences)
    if (differences @ _LUMA) @ (differences @ _LUMA) >= _TELLING * energies[-1] * (_LUMA @ _LUMA):
        return None
    weights = directions[:, -1] * (1 if directions[:, -1].sum() >= 0 else -1)
    mixed = np.sort(values @ weights)
    low, high = mixed[[len(mixed) // 100, -1 - len(mixed) // 100]].tolist()
    gain = min(_MOST, 255 / max(1.0, high - low))
    red, green, blue = (gain * weights).tolist()
    return red, green, blue, 255 / 2 - gain * (low + high) / 2
