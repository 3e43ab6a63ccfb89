"""Quadrilaterals on a small copy: sheets of paper, seen from wherever."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import Bitmap
from ocr_cli.imaging.runs import find_runs

FILLED = 0.9
"""Least share of its convex hull, or of the quadrilateral about it, that a sheet fills. Set by hand."""
_SHORTEST = 9
"""Pixels that a side is long at least. Set by hand."""
_SLANT, _SHORTER = 0.5, 1.7
"""Most that the cosine of a sheet's corners is from 0, and by which a side is longer than the one across.
Set by hand."""


def quadrilateral(region: Bitmap) -> npt.NDArray[np.float64] | None:
    """The corners of a region, if it is about a rectangle, seen from wherever.

    Args:
        region: bool (h, w).

    Returns:
        float (4, 2), x and y in pixels, from the upper left clockwise; None if it is not.
    """
    if not region.any():
        return None
    corners = _corners(region)
    return corners if _is_upright(corners) and overlap(region, corners) >= FILLED else None


def overlap(region: Bitmap, corners: npt.NDArray[np.float64]) -> float:
    """What a region and the quadrilateral about it have in common, as a share of both together."""
    y, x = np.mgrid[: region.shape[0], : region.shape[1]] + 0.5
    inside = np.ones_like(region)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (x1 - x0) * (y - y0) >= (y1 - y0) * (x - x0)
    return float((inside & region).sum() / (inside | region).sum())


def shortest(corners: npt.NDArray[np.float64]) -> float:
    """The shortest side of a quadrilateral, in pixels."""
    return float(np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).min())


def _corners(region: Bitmap) -> npt.NDArray[np.float64]:
    """Corners of a quadrilateral about a region, (4, 2), x and y, from the upper left clockwise.

    They are the points farthest along the diagonals of the smallest rectangle around it.
    """
    runs = find_runs(region)
    ends = np.concatenate([runs.starts, runs.stops] * 2).astype(float)
    rows = np.concatenate([runs.rows] * 2 + [runs.rows + 1] * 2).astype(float)
    points = np.stack([ends, rows], axis=1)
    angles = np.radians(np.arange(-45, 45, 1.0))
    along = points @ np.stack([np.cos(angles), np.sin(angles)])
    across = points @ np.stack([-np.sin(angles), np.cos(angles)])
    best = int(np.argmin(np.ptp(along, axis=0) * np.ptp(across, axis=0)))
    x, y = along[:, best], across[:, best]
    x, y = (x - x.min()) / np.ptp(x), (y - y.min()) / np.ptp(y)
    return points[[(-x - y).argmax(), (x - y).argmax(), (x + y).argmax(), (y - x).argmax()]]


def _is_upright(corners: npt.NDArray[np.float64]) -> bool:
    """Whether the corners are about those of a large enough rectangle, seen from wherever."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    if lengths.min() < _SHORTEST:
        return False
    cosines = (sides * np.roll(sides, -1, axis=0)).sum(axis=1) / (lengths * np.roll(lengths, -1))
    ratios = lengths / np.roll(lengths, 2)
    return bool(np.abs(cosines).max() < _SLANT and ratios.max() < _SHORTER)
