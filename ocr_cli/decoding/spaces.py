"""Where one word ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.quantiles import median

_LEAST_RATIO = {True: 3.0, False: 3.2}
"""Gaps between words are in the mean so many times as wide as those between letters, or there are none. The
key says whether there are ``_MANY`` gaps: few of them fall into two kinds by chance."""
_LEAST_WIDTH = {True: 0.5, False: 0.8}
"""Narrowest mean gap between words, in letter heights."""
_MANY = 12
_BORDER = 0.45
"""Where the border is, on the way from the mean gap between letters to that between words."""
_GREATEST_SHARE = 0.45
"""Most of the gaps are between letters."""
_FLOOR = 0.15
"""Letters closer than this, in letter heights, count as this far apart."""
_SURE = 8.0
"""Greatest log odds: language may still part words that stand close, or join letters that stand apart."""


class GapModel(NamedTuple):
    """What the gaps of a row say for or against a space.

    Attributes:
        border: gaps wider than this, in letter heights, are rather between words.
        spread: gaps wider or narrower than the border by this are surely so.
    """

    border: float
    spread: float

    def log_odds(self, gaps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Log odds (nats) that there is a space, of gaps in letter heights."""
        off = (np.asarray(gaps, np.float64) - self.border) / self.spread
        return np.asarray(_SURE * np.clip(off, -1, 1))


def model_gaps(rows: Sequence[Sequence[float]]) -> list[GapModel]:
    """Tell the gaps between words from those between letters.

    If the page's gaps fall into two kinds (Otsu's criterion, then tests that gaps of one kind fail), the
    border is about midway between the two. Else a gap is one between words only if it is far wider than the
    usual gap of its own row: rows of single letters stay together.

    Args:
        rows: for each row the gaps between neighbouring characters, in letter heights.

    Returns:
        For each row what its gaps mean.
    """
    every = np.array([gap for row in rows for gap in row], float)
    if len(every):
        two_kinds = _two_kinds(np.sort(every))
        if two_kinds is not None:
            return [two_kinds] * len(rows)
    usual_on_page = max(_FLOOR, median(every)) if len(every) else _FLOOR
    models = []
    for row in rows:
        usual = max(_FLOOR, median(row)) if len(row) >= 4 else usual_on_page
        border = 0.5 + 1.75 * usual
        models.append(GapModel(border, border - usual))
    return models


def _two_kinds(gaps: npt.NDArray[np.float64]) -> GapModel | None:
    """The width that parts two kinds of gaps, given in rising order; None if they are of one kind."""
    best, model = 0.0, None
    # Of every way to split the gaps, the one with the greatest spread between the two means.
    for k in range(max(2, round(len(gaps) * (1 - _GREATEST_SHARE))), len(gaps)):
        low, high = gaps[:k], gaps[k:]
        spread = k * (len(gaps) - k) * (high.mean() - low.mean()) ** 2
        if spread > best:
            best = spread
            narrow, wide = max(_FLOOR, float(low.mean())), float(high.mean())
            many = len(gaps) >= _MANY
            fits = wide > _LEAST_RATIO[many] * narrow and wide > _LEAST_WIDTH[many]
            model = GapModel(narrow + _BORDER * (wide - narrow), (wide - narrow) / 2) if fits else None
    return model
