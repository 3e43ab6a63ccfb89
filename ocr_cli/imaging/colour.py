"""Colours -> grey: brightness, or what else parts ink from paper where both are equally bright."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_SIDE = 200
"""Pixels across of the copy, of some of the picture's pixels, on which the colours are looked at."""
_AROUND = 6
"""Strokes differ from what is around them within so many pixels of that copy."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R 601, as Pillow has it."""
_TELLING = 0.4
"""Least share of the differences between neighbours that brightness shows for it to be enough. Of photographs
of pages, and of scenes without writing, it shows 0.45 and more, of yellow ink on white 0.17, of red ink on
green, or blue on brown, as bright as each other, nearly nothing."""
_MOST = 3.0
"""Differences of colour are made so many times as large at most: the grain is, too."""
_DARK, _LIGHT = 40.0, 250.0
"""Grey values of the extremes."""


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
    gain = min(_MOST, (_LIGHT - _DARK) / max(1.0, high - low))
    red, green, blue = (gain * weights).tolist()
    return red, green, blue, (_DARK + _LIGHT) / 2 - gain * (low + high) / 2
