"""Writing that the camera's movement smeared along a line, and the page as it was before.

Where each dot became a line, the spectrum is that of the page times that of the line. Its logarithm makes a
sum of this, and in the transform of the logarithm, the cepstrum, a line of so many pixels stands out as a
minimum at its end (D. Gennery, "Determination of optical transfer function by inspection of frequency-domain
plot", 1973). Once the line is known, a Wiener filter takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import median

Floats = npt.NDArray[np.float64]

_TILE = 512
"""Pixels of a side of the parts that are transformed, so that large pages take little memory. Set by hand."""
_SHORTEST, _LONGEST = 9, 64
"""Pixels of a smear's length: shorter ones are read as they are, longer ones by nobody. Set by hand."""
_STANDS_OUT = 12.0
"""Standard deviations by which the end of a smear is below what else is as far from the middle. Measured: of
40 drawn smears (everyday.py motion) each is at 15 or more, of 157 notes, pages, cases and write-ins without
one none is above 10.5."""
_NOISE = 0.01
"""Power of the noise, over that of the page, that the filter assumes. Set by hand."""


class Smear(NamedTuple):
    """A line from end to end, in pixels, in one direction or the other."""

    across: int
    down: int


def find_smear(pixels: npt.NDArray[np.uint8]) -> Smear | None:
    """The line along which a picture is smeared; None if it is not.

    Args:
        pixels: uint8 (H, W, 3), RGB.
    """
    grey = _grey(pixels)
    if min(grey.shape) < 2 * _SHORTEST:
        return None
    height, width = min(_TILE, grey.shape[0]), min(_TILE, grey.shape[1])
    window = np.outer(np.hanning(height), np.hanning(width)) ** 0.25
    total = np.zeros((height, width // 2 + 1))
    for top, left in _places(grey.shape, (height, width), (height, width)):
        part = grey[top : top + height, left : left + width].astype(np.float64)
        power = np.abs(np.fft.rfft2((part - median(part)) * window)) ** 2
        # What is empty says nothing.
        if power.max() > 0:
            total += np.log(power + 0.1 * median(power) + 1e-9)
    cepstrum = np.fft.fftshift(np.fft.irfft2(total, (height, width)))
    # Nothing is looked at beyond the longest smear, and what it is softened with.
    top, left = (max(0, side // 2 - _LONGEST - 2) for side in (height, width))
    cepstrum = _softened(cepstrum[top : height - top, left : width - left])
    middle = np.array([height // 2 - top, width // 2 - left])
    down, across = np.mgrid[: cepstrum.shape[0], : cepstrum.shape[1]] - middle[:, None, None]
    length = np.hypot(across, down)
    ring = (length >= _SHORTEST) & (length <= _LONGEST) & (across >= 0)
    # As far from the middle in any direction there is what the pen's width makes of it.
    around = np.rint(length[ring]).astype(int)
    usual = np.bincount(around, weights=cepstrum[ring]) / np.maximum(1, np.bincount(around))
    values = cepstrum[ring] - usual[around]
    least = int(values.argmin())
    if -values[least] <= _STANDS_OUT * values.std():
        return None
    return Smear(int(across[ring][least]), int(down[ring][least]))


def without_smear(pixels: npt.NDArray[np.uint8], smear: Smear) -> npt.NDArray[np.uint8]:
    """A picture as it was before it was smeared.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        smear: of it.

    Returns:
        uint8 (H, W, 3), grey.
    """
    grey = _grey(pixels)
    # What the filter does reaches some lengths of the smear beyond.
    margin = 3 * max(abs(smear.across), abs(smear.down))
    padded = np.pad(grey, margin, mode="edge")
    side = _TILE + 2 * margin
    line = np.fft.rfft2(_line(smear, side))
    takes_back = np.conj(line) / (np.abs(line) ** 2 + _NOISE)
    found = np.empty_like(grey)
    for top, left in _places(grey.shape, (1, 1), (_TILE, _TILE)):
        part = padded[top : top + side, left : left + side].astype(np.float64)
        usual = median(part)
        spectrum = np.fft.rfft2(part - usual, (side, side))
        sharp = np.fft.irfft2(spectrum * takes_back, (side, side)) + usual
        height, width = found[top : top + _TILE, left : left + _TILE].shape
        inside = sharp[margin : margin + height, margin : margin + width]
        found[top : top + height, left : left + width] = np.clip(np.rint(inside), 0, 255)
    return np.repeat(found[..., None], 3, axis=2)


def _grey(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).convert("L"))


def _places(size: tuple[int, ...], part: tuple[int, int], step: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Tops and lefts of the parts of this size, so far from each other, that lie on a picture wholly."""
    for top in range(0, size[0] - part[0] + 1, step[0]):
        for left in range(0, size[1] - part[1] + 1, step[1]):
            yield top, left


def _softened(values: Floats) -> Floats:
    """The mean of each value and its neighbours, nearer ones counting for more: ends lie between pixels."""
    for axis in (0, 1):
        values = (np.roll(values, 1, axis) + 2 * values + np.roll(values, -1, axis)) / 4
    return values


def _line(smear: Smear, side: int) -> Floats:
    """What a dot at the origin becomes: float (side, side), its sum 1, wrapped around."""
    steps = np.linspace(-0.5, 0.5, 8 * max(abs(smear.across), abs(smear.down)) + 1)
    x, y = steps * smear.across, steps * smear.down
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    line = np.zeros((side, side))
    for right in (0, 1):
        for below in (0, 1):
            share = np.abs(1 - right - (x - left)) * np.abs(1 - below - (y - top))
            np.add.at(line, ((top + below) % side, (left + right) % side), share / len(steps))
    return line
