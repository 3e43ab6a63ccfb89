"""How much of the paper's light is missing: ink of any colour, under any light."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import closing, gaussian_blur

Floats = npt.NDArray[np.float32]

_COARSE = 4
"""Pixels that are one where the paper's light is found: it is smooth."""
_DARKEST = 0.05
"""Paper is never darker."""


def missing_light(pixels: Floats, stroke: float, smooth: float) -> Floats:
    """Share of the paper's light that is missing in each pixel.

    Args:
        pixels: float32 (H, W, 3) in [0, 1].
        stroke: width in pixels that strokes have at most: what is wider is a dark paper.
        smooth: standard deviation in pixels of the Gaussian that takes out grain.

    Returns:
        float32 (H, W) in [0, 1]: of red, green and blue the one of which most is missing.
    """
    height, width = pixels.shape[:2]
    small = pixels[: height // _COARSE * _COARSE, : width // _COARSE * _COARSE]
    small = small.reshape(height // _COARSE, _COARSE, width // _COARSE, _COARSE, 3).mean(axis=(1, 3))
    size = 2 * round(stroke / _COARSE) + 1
    missing = np.zeros((height, width), np.float32)
    for number in range(3):
        paper = closing(np.ascontiguousarray(small[..., number], np.float32), size)
        paper = gaussian_blur(paper, size / 4, size)
        light = np.asarray(Image.fromarray(paper).resize((width, height), Image.Resampling.BILINEAR))
        missing = np.maximum(missing, 1 - pixels[..., number] / np.maximum(light, _DARKEST))
    return np.clip(gaussian_blur(missing, smooth, max(1, round(4 * smooth))), 0, 1)


def without_surfaces(missing: Floats, side: float) -> Floats:
    """What is missing of light, without what is missing all over a square: a shaded cell, a band of print.

    Strokes on a shade stay, by as much as they are darker.

    Args:
        missing: as of ``missing_light``.
        side: of the square in pixels: no stroke is as wide both ways.
    """
    shade = -closing(-missing, max(3, round(side)))
    return np.asarray(missing - shade, np.float32)
