"""Grey picture -> ink: light evened out, noise taken away, strokes told from paper."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr_cli.imaging import filters, quantiles
from ocr_cli.imaging.filters import closing, gaussian_blur, otsu
from ocr_cli.imaging.runs import connected_to

_FAINTEST = 0.06
"""Least share of the paper's light that a stroke must swallow to be ink at all."""
_NOISE_FACTOR = 5.0
"""How many standard deviations of the paper's own grain a stroke must stand out."""
_STEADY_RANGE = (1.4, 0.5)
"""Thresholds at which ink should be nearly the same, as multiples of the one that is used."""
_PALER, _PALEST = 0.75, 0.45
"""Where ink is in the mean this share as dark as the page's darkest, it is of the same pen: that varies
by as much. Thresholds are lowered to the second share of the page's at most: what is paler than such ink can
be shines through, or is the edge of something."""
_DARKEST = 0.9
"""The page's darkest ink is darker in the mean of its place than this share of all ink."""
_CANDIDATE = 1.5
"""Multiple of the paper's grain from which on something has a say in how dark the ink is there."""
_INKED = 0.02
"""Share of candidates among the pixels about a place, from which on there is something to average."""
_CLEAR = 5.0
"""Candidates are so many times as dark as what is between them, where they are strokes and no grain."""
_CELLS = 6
"""Cells a letter height, in which darkness is measured, to be averaged over a letter height up and down."""
_ALONG = 4
"""It is averaged so many times as far along the rows: people change the pen between lines rather than in one,
and what is pale beside dark letters are boxes, rules and smears."""
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
    floor = max(_FAINTEST, _NOISE_FACTOR * noise)
    # Sorted once for all that is asked of them.
    candidates = np.sort(missing[missing > floor])
    if candidates.size < 4 or candidates[0] == candidates[-1]:
        return InkMap(np.zeros_like(missing), np.zeros(missing.shape, bool), 0.0, inverted, paper, 0.0)
    level = quantiles.quantile(candidates, 0.9)
    high = max(floor, otsu(candidates))
    low = max(floor * 0.7, high * weakest)
    strong, weak = (int(np.count_nonzero(missing > share * high)) for share in _STEADY_RANGE)
    strength = missing
    if paler:
        possible, certain = missing > floor * 0.7, missing > floor
        strength /= _darkness(missing, missing > _CANDIDATE * floor, letter_height)
        mask = connected_to(possible & (strength > low), certain & (strength > high))
    else:
        mask = connected_to(missing > low, missing > high)
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
    smooth = filters.median(filled, max(3, round(0.3 * window / reduction)))
    if reduction == 1:
        return smooth
    height, width = grey.shape
    enlarged = Image.fromarray(smooth).resize(
        (smooth.shape[1] * reduction, smooth.shape[0] * reduction), Image.Resampling.BILINEAR
    )
    return np.asarray(enlarged)[:height, :width]


def _darkness(
    missing: npt.NDArray[np.float32], candidates: npt.NDArray[np.bool_], letter_height: float
) -> npt.NDArray[np.float32]:
    """How dark the ink is about each place, as a share of the page's darkest.

    Args:
        missing: float32 (H, W) in [0, 1], the share of the paper's light that is missing.
        candidates: bool (H, W), what may be ink.
        letter_height: in pixels.

    Returns:
        float32 (H, W) in [``_PALEST``, 1]; 1 where there is hardly a difference, nothing, or grain.
    """
    cell = max(1, int(letter_height / _CELLS))
    wide = _ALONG * cell
    reach = letter_height / cell
    seen = np.where(candidates, missing, np.float32(0))
    square, amount, count, all_of_it = (
        gaussian_blur(np.asarray(Image.fromarray(one).reduce((wide, cell))), reach, round(3 * reach))
        for one in (seen * seen, seen, candidates.astype(np.float32), missing)
    )
    inked = count > _INKED
    if not inked.any():
        return np.ones_like(missing)
    # The darker a pixel, the more it counts: the edges of strokes are pale on all pages.
    mean = square[inked] / amount[inked]
    order = np.argsort(mean)
    below = np.cumsum(amount[inked][order])
    darkest = mean[order[np.searchsorted(below, _DARKEST * below[-1])]]
    paper = (all_of_it - amount)[inked] / (1 - np.minimum(count[inked], np.float32(0.99)))
    darkness = np.ones_like(amount)
    darkness[inked] = np.where(
        mean > _CLEAR * paper, np.clip(mean / (_PALER * darkest), _PALEST, 1), np.float32(1)
    )
    height, width = missing.shape
    return np.repeat(np.repeat(darkness, cell, axis=0), wide, axis=1)[:height, :width]


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
    return 1.4826 * quantiles.median(np.abs(difference / np.maximum(paper[::step, ::step], 0.08)))
