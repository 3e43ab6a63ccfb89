"""Grey picture -> ink: light evened out, noise taken away, strokes told from paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

_FAINTEST = 0.06
"""Least share of the paper's light that a stroke must swallow to be ink at all."""
_NOISE_FACTOR = 5.0
"""How many standard deviations of the paper's own grain a stroke must stand out."""


@dataclass(frozen=True, slots=True, eq=False)
class InkMap:
    """Where the ink is.

    Attributes:
        strength: float32 (H, W) in [0, 1]: share of the paper's light that is missing, over that of full ink.
        mask: bool (H, W), True on ink.
        level: the share of light that full ink swallows, in [0, 1].
        inverted: True if the picture shows light writing on a dark ground.
    """

    strength: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]
    level: float
    inverted: bool


def to_grey(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Grey values of a colour picture.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        float32 (H, W) in [0, 1], ITU-R 601 luma.
    """
    return np.asarray(Image.fromarray(pixels).convert("L"), np.float32) / np.float32(255)


def resize(grey: npt.NDArray[np.float32], scale: float) -> npt.NDArray[np.float32]:
    """The picture at ``scale`` times its size, anti-aliased: float32 (h, w), at least 1x1."""
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    if (height, width) == grey.shape:
        return grey
    return np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BICUBIC))


def find_ink(grey: npt.NDArray[np.float32], letter_height: float, weakest: float = 0.55) -> InkMap:
    """Tell the ink from the paper.

    The paper's light is estimated by a morphological closing, which fills strokes that are narrower than its
    window and follows shadow edges that are wider; what the ink swallows is measured against it. The
    threshold with hysteresis is Otsu's between paper and ink, and never within the paper's own grain.

    Args:
        grey: float32 (H, W) in [0, 1].
        letter_height: about how high the letters are, in pixels of ``grey``.
        weakest: ink that hangs together with full ink may be so many times weaker than Otsu's threshold. In
            small scans a thin stroke is now strong, now weak, as it falls on one pixel or between two.

    Returns:
        The ink; its mask is empty for a picture without writing.
    """
    grey = ndimage.gaussian_filter(grey, min(1.0, letter_height / 40), truncate=2.0)
    window = max(5, round(letter_height * 0.8))
    inverted = _is_light_on_dark(grey)
    if inverted:
        grey = 1 - grey
    paper = _paper_light(grey, window)
    missing = np.clip((paper - grey) / np.maximum(paper, 0.08), 0, 1)
    noise = _grain(grey, paper)
    floor = max(_FAINTEST, _NOISE_FACTOR * noise)
    candidates = missing[missing > floor]
    if candidates.size < 4:
        return InkMap(np.zeros_like(missing), np.zeros(missing.shape, bool), 0.0, inverted)
    level = float(np.percentile(candidates, 90))
    high = max(floor, _otsu(candidates, floor))
    low = max(floor * 0.7, high * weakest)
    mask = _hysteresis(missing, low, high)
    strength = np.clip(missing / max(level, 1e-6), 0, 1)
    return InkMap(strength.astype(np.float32), mask, level, inverted)


def _is_light_on_dark(grey: npt.NDArray[np.float32]) -> bool:
    """Whether bright shapes stand out from their surroundings more than dark ones do."""
    small = resize(grey, min(1.0, 250 / max(grey.shape)))
    difference = small - ndimage.median_filter(small, size=15)
    # Squared, so that a few strong strokes count for more than much faint grain.
    bright = float((np.maximum(difference, 0) ** 2).sum())
    dark = float((np.minimum(difference, 0) ** 2).sum())
    return bright > dark


def _paper_light(grey: npt.NDArray[np.float32], window: int) -> npt.NDArray[np.float32]:
    """The light that the paper would throw back without ink: float32 (H, W)."""
    reduction = max(1, window // 12)
    small = _block_mean(grey, reduction)
    filled = _close(small, max(3, round(window / reduction)))
    smooth = ndimage.gaussian_filter(filled, max(1.0, 0.12 * window / reduction))
    if reduction == 1:
        return np.asarray(smooth, np.float32)
    height, width = grey.shape
    enlarged = Image.fromarray(np.asarray(smooth, np.float32)).resize(
        (smooth.shape[1] * reduction, smooth.shape[0] * reduction), Image.Resampling.BILINEAR
    )
    return np.asarray(enlarged)[:height, :width]


def _block_mean(grey: npt.NDArray[np.float32], block: int) -> npt.NDArray[np.float32]:
    if block == 1:
        return grey
    height, width = (-side % block for side in grey.shape)
    padded = np.pad(grey, ((0, height), (0, width)), mode="edge")
    rows, columns = padded.shape
    return padded.reshape(rows // block, block, columns // block, block).mean(axis=(1, 3), dtype=np.float32)


def _close(grey: npt.NDArray[np.float32], window: int) -> npt.NDArray[np.float32]:
    return np.asarray(ndimage.grey_closing(grey, size=(window, window)), np.float32)


def _grain(grey: npt.NDArray[np.float32], paper: npt.NDArray[np.float32]) -> float:
    """Standard deviation of the paper's grain as a share of its light, from the median absolute deviation."""
    difference = (grey - ndimage.uniform_filter(grey, 5)) / np.maximum(paper, 0.08)
    return float(1.4826 * np.median(np.abs(difference)))


def _otsu(values: npt.NDArray[np.float32], floor: float) -> float:
    """Otsu's threshold (1979) between faint and full ink, on a histogram of 64 bins above ``floor``."""
    counts, edges = np.histogram(values, bins=64, range=(floor, max(floor + 1e-3, float(values.max()))))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = below * above * (sums[:-1] / below - (sums[-1] - sums[:-1]) / above) ** 2
    return float(centres[int(np.nanargmax(spread))])


def _hysteresis(missing: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.bool_]:
    """Pixels above ``low`` that hang together with one above ``high``: bool (H, W)."""
    labels, count = ndimage.label(missing > low, structure=np.ones((3, 3)))
    if count == 0:
        return np.zeros(missing.shape, bool)
    strong = np.zeros(count + 1, bool)
    strong[np.unique(labels[missing > high])] = True
    strong[0] = False
    return np.asarray(strong[labels], bool)
