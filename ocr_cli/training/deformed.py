"""Strips as other hands, pens and cameras would have made them: each time around otherwise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from ocr_cli.windows.strip import CELL, HEIGHT

Pixels = npt.NDArray[np.uint8]

_COARSE, _SHRUNK = 0.4, (0.13, 0.4)
"""Share of the strips that are as coarse as if they came from a picture so many times as large."""
_THICK, _BROADEST = 0.12, 4
"""Share of the strips that are written with a pen broader by up to so many pixels on either side."""


def deformed(strip: Pixels, rng: np.random.Generator) -> Pixels:
    """The strip as somebody else might have written it: stretched, slanted, shifted, bolder or thinner.

    Now and then it is as coarse as from a small picture.
    """
    wide = float(np.exp(rng.normal(0, 0.13)))
    tall = float(np.exp(rng.normal(0, 0.08)))
    shear = float(rng.normal(0, 0.12))
    shift = float(rng.normal(0, 0.03 * HEIGHT))
    width = CELL * max(2, round(strip.shape[1] * wide / CELL))
    middle = HEIGHT / 2
    across = strip.shape[1] / width
    # Of each pixel of the new strip, where it comes from.
    matrix = (across, shear, -shear * middle, 0.0, 1 / tall, middle - (middle + shift) / tall)
    picture = Image.fromarray(strip).transform(
        (width, HEIGHT), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    ink = np.asarray(picture)
    kind = rng.random()
    if kind < 0.15:
        for _ in range(int(rng.integers(1, 3))):
            bolder = ink.copy()
            np.maximum(bolder[:, 1:], ink[:, :-1], out=bolder[:, 1:])
            np.maximum(bolder[1:], ink[:-1], out=bolder[1:])
            ink = bolder
    elif kind < 0.3:
        thinner = ink.copy()
        share = rng.random()
        np.minimum(thinner[:, 1:], ink[:, :-1], out=thinner[:, 1:])
        ink = (share * thinner + (1 - share) * ink).astype(np.uint8)
    if rng.random() < _THICK:
        ink = _thick(ink, int(rng.integers(1, _BROADEST + 1)))
    if rng.random() < _COARSE:
        ink = _coarse(ink, float(rng.uniform(*_SHRUNK)), float(rng.uniform(0, 0.5)))
    if rng.random() < 0.3:
        ink = np.clip(ink.astype(np.float32) * rng.uniform(0.6, 1.5), 0, 255).astype(np.uint8)
    if rng.random() < 0.1:
        # Scraps of other rows and of rules.
        ink = ink.copy()
        for _ in range(int(rng.integers(1, 4))):
            y = int(
                rng.choice([rng.integers(0, HEIGHT // 7), rng.integers(HEIGHT - HEIGHT // 7, HEIGHT - 1)])
            )
            x = int(rng.integers(0, max(1, width - 6)))
            ink[y : y + int(rng.integers(1, 8)), x : x + int(rng.integers(4, 40))] = 255
    return ink


def _thick(ink: Pixels, pixels: int) -> Pixels:
    """A strip written with a pen that is broader by so many pixels on either side."""
    for k in range(pixels):
        # A cross and a square by turns: about round.
        ink = ndimage.grey_dilation(ink, footprint=ndimage.generate_binary_structure(2, 1 + k % 2))
    return ink


def _coarse(ink: Pixels, size: float, bolder: float) -> Pixels:
    """A strip as it comes from a picture that shows it so much smaller: smooth, and mostly bolder."""
    picture = Image.fromarray(ink)
    small = tuple(max(1, round(side * size)) for side in picture.size)
    shrunk = picture.resize((small[0], small[1]), Image.Resampling.BOX)
    seen = np.asarray(shrunk.resize(picture.size, Image.Resampling.BICUBIC), np.float32)
    # What the threshold of a page leaves of its blurred edge, and how strong.
    return np.asarray(np.clip((seen - 20 * (1 - bolder)) * (1.3 + bolder), 0, 255), np.uint8)
