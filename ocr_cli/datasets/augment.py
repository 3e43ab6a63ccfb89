"""Deformed copies of crops, drawn anew for each epoch.

Affine and elastic deformation after P. Simard et al., "Best practices for convolutional neural networks
applied to visual document analysis", ICDAR 2003, and D. Ciresan et al., "Deep, big, simple neural nets for
handwritten digit recognition", Neural Computation 22 (2010); and changes of stroke width, sharpness and
resolution such as a pen, a lens and a small scan make them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.lattice.crop import CROP_SIZE, MARGIN

_CHUNK = 64
_CENTRE = (CROP_SIZE - 1) / 2


@dataclass(frozen=True, slots=True)
class Deformation:
    """How far a copy may depart from its original; each strength is a standard deviation or a bound.

    Attributes:
        rotation: standard deviation in degrees.
        shear: standard deviation of the horizontal shear (tangent of the slant).
        stretch: standard deviation of the logarithm of width : height.
        perspective: standard deviation of the growth from the middle to an edge.
        elastic: standard deviation of the displacement in crop pixels.
        smoothness: standard deviation in pixels of the Gaussian that smooths the displacement.
        jitter: standard deviation in pixels of the whole crop's shift, as an uneven outline makes it.
        size: standard deviation of the logarithm of the size within the crop.
        stroke: bound of the change of stroke width in pixels, either way.
        blur: greatest standard deviation in pixels of the Gaussian that blurs a crop.
        blurred: share of the crops that are blurred.
        erased: share of the crops that lose a spot of ink, as a failing pen or threshold makes it.
    """

    rotation: float = 5.0
    shear: float = 0.14
    stretch: float = 0.12
    perspective: float = 0.06
    elastic: float = 0.85
    smoothness: float = 4.5
    jitter: float = 0.35
    size: float = 0.03
    stroke: float = 0.6
    blur: float = 1.0
    blurred: float = 0.4
    erased: float = 0.1


def deform(
    crops: npt.NDArray[np.uint8], deformation: Deformation, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """A randomly deformed copy of each crop, fitted into its frame again.

    Args:
        crops: uint8 (N, 32, 32), ink 255 on 0.
        deformation: how much.
        rng: the only source of chance.

    Returns:
        uint8 (N, 32, 32), in the order of ``crops``.
    """
    copies = np.empty_like(crops)
    for start in range(0, len(crops), _CHUNK):
        chunk = crops[start : start + _CHUNK]
        moved = _resample(chunk, _sampling_grid(chunk, deformation, rng))
        copies[start : start + _CHUNK] = _weather(moved, deformation, rng)
    return copies


def _sampling_grid(
    crops: npt.NDArray[np.uint8], deformation: Deformation, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For each pixel of each copy the x and y in the original that it shows: float32 (N, 32, 32) each."""
    n = len(crops)
    angle = np.radians(rng.normal(0, deformation.rotation, n))
    shear = rng.normal(0, deformation.shear, n)
    stretch = np.exp(rng.normal(0, deformation.stretch / 2, n))
    matrices = np.zeros((n, 2, 2))
    matrices[:, 0, 0] = matrices[:, 1, 1] = np.cos(angle)
    matrices[:, 0, 1] = -np.sin(angle)
    matrices[:, 1, 0] = np.sin(angle)
    matrices = matrices @ np.stack(
        [np.stack([stretch, shear], -1), np.stack([0 * angle, 1 / stretch], -1)], 1
    )
    lowest, highest = _deformed_bounds(crops, matrices)
    extent = (highest - lowest).max(axis=1)
    scale = (extent + 1) / (CROP_SIZE - 2 * MARGIN) * np.exp(rng.normal(0, deformation.size, n))
    middle = (lowest + highest) / 2 + rng.normal(0, deformation.jitter, (n, 2)) * scale[:, None]

    axis = np.arange(CROP_SIZE) - _CENTRE
    x, y = np.meshgrid(axis, axis)
    lean = rng.normal(0, deformation.perspective / CROP_SIZE, (n, 2, 1, 1))
    growth = 1 + 2 * (lean[:, 0] * x + lean[:, 1] * y)
    targets = np.empty((n, 2, CROP_SIZE * CROP_SIZE))
    for k, plane in enumerate((x, y)):
        targets[:, k] = (plane * growth * scale[:, None, None] + middle[:, k, None, None]).reshape(n, -1)
    sources = (np.linalg.inv(matrices) @ targets).reshape(n, 2, CROP_SIZE, CROP_SIZE) + _CENTRE
    if deformation.elastic > 0:
        noise = rng.standard_normal((n, 2, CROP_SIZE, CROP_SIZE), np.float32)
        field = ndimage.gaussian_filter(noise, (0, 0, deformation.smoothness, deformation.smoothness))
        # Smoothing white noise with a Gaussian of width s divides its deviation by 2 s sqrt(pi).
        sources += field * (deformation.elastic * 2 * deformation.smoothness * np.sqrt(np.pi))
    return sources[:, 0].astype(np.float32), sources[:, 1].astype(np.float32)


def _deformed_bounds(
    crops: npt.NDArray[np.uint8], matrices: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Least and greatest x, y of the ink after the affine map: (N, 2) each, relative to the centre."""
    axis = np.arange(CROP_SIZE) - _CENTRE
    points = np.stack(np.meshgrid(axis, axis)).reshape(2, -1)
    moved = (matrices @ points).astype(np.float32)
    ink = (crops > 100).reshape(len(crops), 1, -1)
    # A crop without ink keeps its whole frame.
    ink |= ~ink.any(axis=2, keepdims=True)
    return (
        np.where(ink, moved, np.inf).min(axis=2).astype(np.float64),
        np.where(ink, moved, -np.inf).max(axis=2).astype(np.float64),
    )


def _resample(
    crops: npt.NDArray[np.uint8], grid: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
) -> npt.NDArray[np.float32]:
    """Bilinear values of each crop at its own grid, paper outside: float32 (N, 32, 32) in [0, 1]."""
    side = CROP_SIZE + 2
    padded = np.pad(crops, ((0, 0), (1, 1), (1, 1))).astype(np.float32).ravel() / np.float32(255)
    x, y = (np.clip(plane + 1, 0, side - 1.001) for plane in grid)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    corner = np.arange(len(crops), dtype=np.int32)[:, None, None] * side**2 + top * side + left
    upper = padded[corner] * (1 - x) + padded[corner + 1] * x
    lower = padded[corner + side] * (1 - x) + padded[corner + side + 1] * x
    return np.asarray(upper * (1 - y) + lower * y, np.float32)


def _weather(
    grey: npt.NDArray[np.float32], deformation: Deformation, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Change stroke width and sharpness, rub out a spot: uint8 (N, 32, 32)."""
    n = len(grey)
    axis = np.arange(CROP_SIZE, dtype=np.float32)
    sigma = np.where(
        rng.random(n) < deformation.blurred, rng.uniform(0.4, max(0.4, deformation.blur), n), 0.4
    )
    distance = axis[:, None] - axis
    kernel = np.exp(-0.5 * (distance / sigma[:, None, None]) ** 2).astype(np.float32)
    kernel /= kernel.sum(axis=2, keepdims=True)
    soft = kernel @ grey @ kernel.swapaxes(1, 2)
    # On a soft edge the grey value is a distance: another level moves the outline in or out. The gain makes
    # the edge as sharp again as ``crop_ink`` draws it: blur takes detail away, it does not leave grey crops.
    gain = (sigma * np.sqrt(2 * np.pi) + 0.5)[:, None, None]
    shift = rng.uniform(-deformation.stroke, deformation.stroke, (n, 1, 1)) / 2
    grey = np.clip((soft - 0.5) * gain + shift + 0.5, 0, 1) * (soft > 0.02)
    if deformation.erased > 0:
        centre = rng.uniform(MARGIN, CROP_SIZE - MARGIN, (2, n, 1))
        radius = np.where(rng.random(n) < deformation.erased, rng.uniform(1.0, 3.0, n), 0.1)[:, None]
        dy, dx = ((axis - c) / radius for c in centre)
        grey *= 1 - np.exp(-0.5 * dy**2)[:, :, None] * np.exp(-0.5 * dx**2)[:, None, :]
    return np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
