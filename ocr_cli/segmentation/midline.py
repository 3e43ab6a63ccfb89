"""The line that a row runs along: straight where letters are few, and bent where many show that it bends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.quantiles import median

Floats = npt.NDArray[np.float64]

_FROM = 6
"""Letters from which a row may bend. Set by hand."""
_STIFFNESS = 2.5
"""Letter heights over which a bend is averaged: more than the next letter must show it. Set by hand."""
_DOUBT = 0.5
"""Weight, in letters, of the straight line in that average. Set by hand."""
_OUTLIER = 1.0
"""Letters farther from the straight line, in letter heights, count as so far. Set by hand."""


class MidLine(NamedTuple):
    """The line through the middles of a row's letters.

    Attributes:
        slope: of the straight line, down over right.
        offset: of the straight line at x = 0 in pixels.
        places: float (K,), rising, x in pixels of the places for which ``bends`` are known.
        bends: float (K,), how far the line is below the straight one there; before the first and after the
            last place the line goes on straight.
    """

    slope: float
    offset: float
    places: Floats
    bends: Floats

    def __call__(self, x: npt.ArrayLike) -> Floats:
        """Height on the page at ``x``, in pixels."""
        x = np.asarray(x, np.float64)
        return np.asarray(self.slope * x + self.offset + np.interp(x, self.places, self.bends))


def fit_midline(x: Floats, y: Floats, height: float) -> MidLine:
    """The line through points of a row that single ones cannot move.

    Args:
        x: float (N,), in pixels; N at least 1.
        y: float (N,), in pixels, downwards.
        height: of a letter in pixels.
    """
    slope = median_slope(x, y, height)
    offset = median(y - slope * x)
    if len(x) < _FROM:
        return MidLine(slope, offset, np.zeros(1), np.zeros(1))
    rising = np.sort(x)
    places = rising[np.append(True, np.diff(rising) > 0)]
    below = np.clip(y - slope * x - offset, -_OUTLIER * height, _OUTLIER * height)
    weights = np.exp(-0.5 * ((places[:, None] - x) / (_STIFFNESS * height)) ** 2)
    return MidLine(slope, offset, places, (weights @ below) / (weights.sum(axis=1) + _DOUBT))


def median_slope(x: Floats, y: Floats, height: float) -> float:
    """Slope of the line through points of a row: the median over all pairs, which a few cannot turn.

    Source: P. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968 (Theil-Sen).

    Args:
        x: float (N,), in pixels.
        y: float (N,), in pixels, downwards.
        height: of a letter in pixels; nearer pairs are not looked at.

    Returns:
        Down over right; 0 for fewer than four points or a row shorter than four letter heights.
    """
    if len(x) < 4 or np.ptp(x) <= 4 * height:
        return 0.0
    i, j = np.triu_indices(len(x), 1)
    far = np.abs(x[j] - x[i]) > height
    return median((y[j] - y[i])[far] / (x[j] - x[i])[far])
