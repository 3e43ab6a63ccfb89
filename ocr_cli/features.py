"""From 32x32 crops to the vectors that the network sees.

Two kinds: the pixels themselves, as in the course, and *gradient* features, which tell a stroke's direction
in each zone of the crop and leave out how dark or how wide it is. These are taken from the crop, which keeps
the character's proportions, and once more from a copy that is normalised by its moments, which evens them
out between writers. They follow C.-L. Liu et al., "Handwritten digit recognition: benchmarking of
state-of-the-art techniques", Pattern Recognition 36 (2003), and "investigation of normalization and feature
extraction techniques", Pattern Recognition 37 (2004).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from ocr_cli.lattice.crop import CROP_SIZE

DIRECTIONS = 8
"""Of strokes that are told apart. Models depend on it."""
# Crops handled at once: so few direction planes fit in a processor's cache, and in memory that the process
# keeps; 64 took five times as long, as the system had to hand out their memory anew each time.
_CHUNK = 8
MEAN, SCALE = np.float32(0.12), np.float32(5.0)
"""Of the square roots of strengths: shifted and scaled by these, they are about 0 and 1.
Models depend on it."""
PLANE_UNITS = np.float32(0.25) * np.array([1, 2**0.5] * (DIRECTIONS // 2), np.float32)
"""What ``direction_planes`` counts in: Sobel's weights sum to four. By definition."""
Number = TypeVar("Number", np.float32, np.int16)

_PIXELS = np.arange(CROP_SIZE, dtype=np.float32)
_FRAME = 1.2
"""Side of the frame over the ink's longer extent. Models depend on it."""
_LEAST_VARIANCE = 0.3
"""In square pixels; a single straight stroke is not blown up to more than this allows.
Models depend on it."""


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How a crop becomes a vector; stored in the model file, so that training and reading agree.

    Attributes:
        kind: ``pixels`` are the 1024 grey values in [0, 1]; ``gradient`` are the strengths of 8 stroke
            directions in ``zones`` x ``zones`` soft zones of the crop and ``moment_zones`` x
            ``moment_zones`` of its normalised copy, and the crop shrunk to ``thumbnail`` x ``thumbnail``
            grey values.
        zones: zones a side of the crop, or 0.
        softness: standard deviation of a zone's Gaussian window, in zone widths.
        thumbnail: side of the shrunken picture in pixels, a divisor of 32, or 0.
        moment_zones: zones a side of the crop normalised by its moments, or 0.

    Raises:
        ValueError: if a setting is unknown or out of range, or there would be no features.
    """

    kind: Literal["pixels", "gradient"] = "gradient"
    zones: int = 8
    softness: float = 0.6
    thumbnail: int = 0
    moment_zones: int = 8

    def __post_init__(self) -> None:
        if self.kind not in ("pixels", "gradient"):
            raise ValueError(f"unknown features: {self.kind}")
        counts = (self.zones, self.thumbnail, self.moment_zones)
        if not all(isinstance(count, int) for count in counts):
            raise ValueError(f"zones or thumbnail not a whole number: {counts}")
        if not all(0 <= count <= CROP_SIZE for count in counts) or not any(counts):
            raise ValueError(f"zones and thumbnail out of range: {counts}")
        if not 0.05 <= self.softness <= 100:
            raise ValueError(f"softness of the zones: {self.softness}")
        if self.thumbnail and CROP_SIZE % self.thumbnail:
            raise ValueError(f"thumbnail: {self.thumbnail} does not divide {CROP_SIZE}")

    @property
    def size(self) -> int:
        """Length of the feature vector."""
        if self.kind == "pixels":
            return CROP_SIZE * CROP_SIZE
        return DIRECTIONS * (self.zones**2 + self.moment_zones**2) + self.thumbnail**2

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
            # Model files older than this setting do not name it.
            return FeatureSettings(**{"moment_zones": 0, **data})
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
        parts = []
        if settings.zones:
            parts.append(_directions(grey, settings.zones, settings.softness))
        if settings.moment_zones:
            parts.append(_directions(normalise_moments(grey), settings.moment_zones, settings.softness))
        if settings.thumbnail:
            block = CROP_SIZE // settings.thumbnail
            blocks = grey.reshape(-1, settings.thumbnail, block, settings.thumbnail, block)
            parts.append(blocks.mean(axis=(2, 4)).reshape(len(grey), -1))
        np.concatenate(parts, axis=1, out=features[chunk])
        features[chunk] -= MEAN
        features[chunk] *= SCALE
    return features


def as_maps(vectors: npt.NDArray[np.float32], settings: FeatureSettings) -> list[npt.NDArray[np.float32]]:
    """Feature vectors, or weights of features, laid out as pictures.

    Args:
        vectors: float32 (N, settings.size).
        settings: what the vectors are made of.

    Returns:
        For each part that there is, float32 (N, K, side, side), row by row: for pixels the picture itself
        (K = 1); else the zones of the crop and of its normalised copy (K = 8 directions in which the ink
        grows: right, down right, down, and so on clockwise), and the shrunken picture (K = 1).
    """
    if settings.kind == "pixels":
        return [vectors.reshape(-1, 1, CROP_SIZE, CROP_SIZE)]
    parts, start = [], 0
    for side in (settings.zones, settings.moment_zones):
        if side:
            stop = start + DIRECTIONS * side**2
            parts.append(vectors[:, start:stop].reshape(-1, DIRECTIONS, side, side).swapaxes(2, 3))
            start = stop
    if settings.thumbnail:
        parts.append(vectors[:, start:].reshape(-1, 1, settings.thumbnail, settings.thumbnail))
    return parts


def normalise_moments(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Pictures stretched and shifted until their ink has its centre of gravity and its spread in common.

    With the second moments ``m`` of the ink, a character is ``4 sqrt(m_xx)`` wide and ``4 sqrt(m_yy)`` high;
    a ratio r <= 1 of the two becomes ``sqrt(sin(pi r / 2))``: thin characters stay thin, though less so.
    Source: Liu 2004, moment normalisation with aspect-ratio mapping.

    Args:
        grey: float32 (N, 32, 32), ink 1 on 0.

    Returns:
        float32 (N, 32, 32), bilinear samples of ``grey``; blank pictures stay blank.
    """
    (x, width), (y, height) = _centre_and_extent(grey.sum(axis=1)), _centre_and_extent(grey.sum(axis=2))
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    # The frame is filled by the longer side; for the shorter to fill its share, more of the crop is shown.
    across = shorter / np.sqrt(np.sin(np.pi / 2 * shorter / longer))
    columns = _samples(x, np.where(width >= height, longer, across))
    rows = _samples(y, np.where(width >= height, across, longer))
    return np.asarray(rows @ grey @ columns.swapaxes(1, 2))


def _centre_and_extent(
    profiles: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Mean and four standard deviations, in pixels, of ink profiles (N, 32): float32 (N,) each."""
    shares = profiles / np.maximum(profiles.sum(axis=1, keepdims=True), 1e-6)
    centre = shares @ _PIXELS
    variance = (shares * (_PIXELS - centre[:, None]) ** 2).sum(axis=1)
    return centre, 4 * np.sqrt(np.maximum(variance, _LEAST_VARIANCE))


def _samples(centre: npt.NDArray[np.float32], extent: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights float32 (N, 32, 32) of linear interpolation: row k takes sample k from a line of 32 pixels.

    Samples are spread evenly round ``centre``, over ``_FRAME`` times the extent.
    """
    step = extent * (_FRAME / CROP_SIZE)
    places = centre[:, None] + (_PIXELS - (CROP_SIZE - 1) / 2) * step[:, None]
    weights: npt.NDArray[np.float32] = np.abs(places[:, :, None] - _PIXELS).astype(np.float32, copy=False)
    return np.maximum(1 - weights, 0, out=weights)


def _directions(grey: npt.NDArray[np.float32], zones: int, softness: float) -> npt.NDArray[np.float32]:
    """Strength of 8 gradient directions in soft zones: float32 (N, 8 * zones * zones)."""
    window = _windows(zones, softness)
    rows = (direction_planes(grey).reshape(-1, CROP_SIZE) @ window).reshape(-1, CROP_SIZE, zones)
    strengths = (window.T @ rows).reshape(DIRECTIONS, len(grey), zones, zones)
    strengths *= PLANE_UNITS[:, None, None, None]
    # The square root makes the strengths, which are squeezed towards 0, more nearly normal (Liu 2003).
    np.sqrt(strengths, out=strengths)
    return np.asarray(strengths.transpose(1, 0, 3, 2).reshape(len(grey), -1))


def direction_planes(grey: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """How strongly the ink grows in each of 8 directions, pixel by pixel.

    Args:
        grey: float32 (N, H, W), ink 1 on 0; or int16, ink 255 on 0, in which more pixels are handled at once.

    Returns:
        Of that type, (8, N, H, W), at least 0: to the right, down right, down, and so on clockwise, each in
        units of ``PLANE_UNITS`` of full ink a pixel.
    """
    dx, dy = _sobel(grey)
    left, up = -dx, -dy
    level, upright = np.abs(dx), np.abs(dy)
    # The parallelogram rule splits a gradient between its two neighbouring directions. For a direction n
    # at an angle t from the gradient g that share is |g| (cos t - |sin t|), nothing beyond 45 degrees: of dx
    # and dy, the difference for a direction along an axis, and sqrt 2 times the lesser for one between two.
    planes = np.empty((DIRECTIONS, *grey.shape), grey.dtype)
    np.subtract(dx, upright, out=planes[0])
    np.minimum(dx, dy, out=planes[1])
    np.subtract(dy, level, out=planes[2])
    np.minimum(left, dy, out=planes[3])
    np.subtract(left, upright, out=planes[4])
    np.minimum(left, up, out=planes[5])
    np.subtract(up, level, out=planes[6])
    np.minimum(dx, up, out=planes[7])
    return np.maximum(planes, 0, out=planes)


def _sobel(grey: npt.NDArray[Number]) -> tuple[npt.NDArray[Number], npt.NDArray[Number]]:
    """Horizontal and vertical derivative, (N, H, W) each, up to four times the ink."""
    count, height, width = grey.shape
    padded = np.zeros((count, height + 2, width + 2), grey.dtype)
    padded[:, 1:-1, 1:-1] = grey
    upright = padded[:, :-2] + padded[:, 2:]
    upright += 2 * padded[:, 1:-1]
    level = padded[:, :, :-2] + padded[:, :, 2:]
    level += 2 * padded[:, :, 1:-1]
    return upright[:, :, 2:] - upright[:, :, :-2], level[:, 2:] - level[:, :-2]


@cache
def _windows(zones: int, softness: float) -> npt.NDArray[np.float32]:
    """Gaussian windows, float32 (32, zones): column z weighs the pixels of zone z, sum 1."""
    width = CROP_SIZE / zones
    centres = (np.arange(zones) + 0.5) * width - 0.5
    distance = (np.arange(CROP_SIZE)[:, None] - centres) / (softness * width)
    weights = np.exp(-0.5 * distance**2)
    windows: npt.NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32)
    return windows
