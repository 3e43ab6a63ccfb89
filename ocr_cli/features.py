"""From 32x32 crops to the vectors that the network sees.

Two kinds: the pixels themselves, as in the course, and *gradient* features, which tell a stroke's direction
in each zone of the crop and leave out how dark or how wide it is. They follow C.-L. Liu et al.,
"Handwritten digit recognition: benchmarking of state-of-the-art techniques", Pattern Recognition 36 (2003),
and "investigation of normalization and feature extraction techniques", Pattern Recognition 37 (2004).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.segmentation.crop import CROP_SIZE

_DIRECTIONS = 8
# Crops handled at once: their direction planes still fit in a processor's cache, which is 7 times as fast.
_CHUNK = 64
_MEAN, _SCALE = np.float32(0.12), np.float32(5.0)


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How a crop becomes a vector; stored in the model file, so that training and reading agree.

    Attributes:
        kind: ``pixels`` are the 1024 grey values in [0, 1]; ``gradient`` are the strengths of 8 stroke
            directions in ``zones`` x ``zones`` soft zones, and the picture shrunk to ``thumbnail`` x
            ``thumbnail`` grey values (none if 0).
        zones: zones a side.
        softness: standard deviation of a zone's Gaussian window, in zone widths.
        thumbnail: side of the shrunken picture in pixels, a divisor of 32, or 0.
    """

    kind: Literal["pixels", "gradient"] = "gradient"
    zones: int = 8
    softness: float = 0.6
    thumbnail: int = 16

    def __post_init__(self) -> None:
        if self.kind not in ("pixels", "gradient"):
            raise ValueError(f"unknown features: {self.kind}")
        if not (isinstance(self.zones, int) and isinstance(self.thumbnail, int)):
            raise ValueError(f"zones {self.zones} or thumbnail {self.thumbnail} is not a whole number")
        if not 1 <= self.zones <= CROP_SIZE or not 0.05 <= self.softness <= 100:
            raise ValueError(f"zones: {self.zones} of softness {self.softness}")
        if self.thumbnail and (self.thumbnail < 0 or CROP_SIZE % self.thumbnail):
            raise ValueError(f"thumbnail: {self.thumbnail} does not divide {CROP_SIZE}")

    @property
    def size(self) -> int:
        """Length of the feature vector."""
        if self.kind == "pixels":
            return CROP_SIZE * CROP_SIZE
        return _DIRECTIONS * self.zones**2 + self.thumbnail**2

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the model file."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> FeatureSettings:
        """The inverse of ``to_dict``.

        Raises:
            ValueError: if a setting is unknown or out of range.
        """
        try:
            return FeatureSettings(**data)
        except TypeError as error:
            raise ValueError(f"feature settings: {error}") from error


def extract(crops: npt.NDArray[np.uint8], settings: FeatureSettings) -> npt.NDArray[np.float32]:
    """The feature vectors of a batch of crops.

    Args:
        crops: uint8 (N, 32, 32), ink 255 on 0.
        settings: which features.

    Returns:
        float32 (N, settings.size): pixels in [0, 1]; gradient features shifted and scaled to a mean of
        about 0 and a variance of about 1, with which networks learn faster.
    """
    features = np.empty((len(crops), settings.size), np.float32)
    for start in range(0, len(crops), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        grey = crops[chunk].astype(np.float32) / np.float32(255)
        if settings.kind == "pixels":
            features[chunk] = grey.reshape(len(grey), -1)
            continue
        split = _DIRECTIONS * settings.zones**2
        features[chunk, :split] = _directions(grey, settings.zones, settings.softness)
        if settings.thumbnail:
            block = CROP_SIZE // settings.thumbnail
            blocks = grey.reshape(-1, settings.thumbnail, block, settings.thumbnail, block)
            features[chunk, split:] = blocks.mean(axis=(2, 4)).reshape(len(grey), -1)
        features[chunk] -= _MEAN
        features[chunk] *= _SCALE
    return features


def _directions(grey: npt.NDArray[np.float32], zones: int, softness: float) -> npt.NDArray[np.float32]:
    """Strength of 8 gradient directions in soft zones: float32 (N, 8 * zones * zones)."""
    dx, dy = _sobel(grey)
    along, across = (dx + dy) * np.float32(0.5**0.5), (dy - dx) * np.float32(0.5**0.5)
    planes = np.empty((len(grey), _DIRECTIONS, CROP_SIZE, CROP_SIZE), np.float32)
    # The parallelogram rule splits a gradient between its two neighbouring directions. For a direction n
    # at an angle t from the gradient g that share is |g| (cos t - |sin t|), nothing beyond 45 degrees.
    for k, (a, b) in enumerate(((dx, dy), (along, across), (dy, dx), (across, along))):
        side = np.abs(b)
        np.maximum(a - side, 0, out=planes[:, k])
        np.maximum(-a - side, 0, out=planes[:, k + 4])
    window = _windows(zones, softness)
    rows = planes.reshape(-1, CROP_SIZE) @ window
    columns = rows.reshape(-1, CROP_SIZE, zones).swapaxes(1, 2).reshape(-1, CROP_SIZE) @ window
    # The square root makes the strengths, which are squeezed towards 0, more nearly normal (Liu 2003).
    strengths: npt.NDArray[np.float32] = np.sqrt(columns, out=columns).reshape(len(grey), -1)
    return strengths


def _sobel(grey: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Horizontal and vertical derivative, float32 (N, 32, 32) each, in [-1, 1]."""
    padded = np.pad(grey, ((0, 0), (1, 1), (1, 1)))
    smooth_y = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    smooth_x = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    quarter = np.float32(0.25)
    return (
        (smooth_y[:, :, 2:] - smooth_y[:, :, :-2]) * quarter,
        (smooth_x[:, 2:] - smooth_x[:, :-2]) * quarter,
    )


@cache
def _windows(zones: int, softness: float) -> npt.NDArray[np.float32]:
    """Gaussian windows, float32 (32, zones): column z weighs the pixels of zone z, sum 1."""
    width = CROP_SIZE / zones
    centres = (np.arange(zones) + 0.5) * width - 0.5
    distance = (np.arange(CROP_SIZE)[:, None] - centres) / (softness * width)
    weights = np.exp(-0.5 * distance**2)
    windows: npt.NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32)
    return windows
