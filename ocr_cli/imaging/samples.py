"""Samples of pictures that are not of 8 bits and opaque."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_cli.errors import ImageError


def checked_array(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The array as uint8 (H, W), (H, W, 3) or (H, W, 4).

    Args:
        array: of one of these shapes, or (H, W, 1), of uint8, uint16, bool, other integers in 0 to 255, or
            floating point in [0, 1].

    Raises:
        ImageError: if it has another shape, dtype or range.
    """
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)) or array.size == 0:
        raise ImageError(f"an array of shape {array.shape} is not (H, W), (H, W, 3) or (H, W, 4) with pixels")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    scaled: NDArray[np.uint8]
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        return _scaled(array)
    if array.dtype == np.bool_:
        scaled = array.astype(np.uint8) * np.uint8(255)
        return scaled
    if np.issubdtype(array.dtype, np.floating):
        if not (np.all(array >= 0.0) and np.all(array <= 1.0)):  # Written so that NaN fails, too.
            raise ImageError("an array of floating-point numbers must lie in [0, 1]")
        scaled = np.rint(array * 255.0).astype(np.uint8)
        return scaled
    if np.issubdtype(array.dtype, np.integer):
        if array.min() < 0 or array.max() > 255:
            raise ImageError(f"an array of {array.dtype} must lie in 0 to 255")
        return array.astype(np.uint8)
    raise ImageError(f"an array of {array.dtype} is not of integers, bool or floating point")


def eight_bits(image: Image.Image) -> Image.Image:
    """An image of deeper samples, or of floating point, in mode L."""
    return Image.fromarray(_scaled(np.asarray(image)))


def _scaled(samples: NDArray[Any]) -> NDArray[np.uint8]:
    """Deep samples (integers, or floating point of any range) scaled to 0..255 by the bit depth they need."""
    values: NDArray[np.float32] = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0)
    brightest = float(values.max())
    if brightest <= 1.0 and np.issubdtype(samples.dtype, np.floating):
        white = 1.0
    else:
        white = float(2 ** max(8, int(brightest).bit_length()) - 1)
    scaled: NDArray[np.uint8] = np.rint(np.clip(values * (255.0 / white), 0.0, 255.0)).astype(np.uint8)
    return scaled


def on_paper(image: Image.Image) -> Image.Image:
    """An image of mode RGBA in mode RGB: on white, or on black if light writing is on a transparent page."""
    opacity = np.asarray(image.getchannel("A"), dtype=np.float32) / 255.0
    lightness = np.asarray(image.convert("L"), dtype=np.float32)
    mostly_clear = float(opacity.mean()) < 0.5
    light_ink = float((lightness * opacity).sum()) > 127.5 * float(opacity.sum())
    paper = "black" if mostly_clear and light_ink else "white"
    return Image.alpha_composite(Image.new("RGBA", image.size, paper), image).convert("RGB")
