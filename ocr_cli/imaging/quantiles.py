"""Medians and other quantiles of plain arrays.

NumPy's own look for masked arrays and for NaN. For the few values of a row of writing that takes ten times as
long as the sorting, and to import what masks arrays takes as long as reading a short line.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def quantile(values: npt.ArrayLike, share: float) -> float:
    """The value below which a share of the values lies, between two of them on a straight line.

    Args:
        values: of any shape, at least one, none NaN.
        share: in [0, 1].
    """
    flat: npt.NDArray[Any] = np.ravel(values)
    place = (len(flat) - 1) * share
    around = [int(place), min(int(place) + 1, len(flat) - 1)]
    low, high = np.partition(flat, around)[around].tolist()
    return float(low + (high - low) * (place - int(place)))


def median(values: npt.ArrayLike) -> float:
    """The middle value, or the mean of the middle two; arguments as for ``quantile``."""
    return quantile(values, 0.5)
