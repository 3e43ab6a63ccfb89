"""Where one word ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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


def word_starts(rows: Sequence[Sequence[float]]) -> list[list[bool]]:
    """Tell the gaps between words from those between letters.

    If the page's gaps fall into two kinds (Otsu's criterion, then tests that gaps of one kind fail), the
    border is about midway between the two. Else a gap is one between words only if it is far wider than the
    usual gap of its own row: rows of single letters stay together.

    Args:
        rows: for each row the gaps between neighbouring characters, in letter heights.

    Returns:
        For each gap of each row whether a word starts after it.
    """
    every = np.array([gap for row in rows for gap in row], float)
    if not len(every):
        return [[] for _ in rows]
    border = _border(np.sort(every))
    if border is not None:
        return [[gap > border for gap in row] for row in rows]
    usual_on_page = max(_FLOOR, float(np.median(every)))
    starts = []
    for row in rows:
        usual = max(_FLOOR, float(np.median(row))) if len(row) >= 4 else usual_on_page
        starts.append([gap > 0.5 + 1.75 * usual for gap in row])
    return starts


def _border(gaps: npt.NDArray[np.float64]) -> float | None:
    """The width that parts two kinds of gaps, given in rising order; None if they are of one kind."""
    best, border = 0.0, None
    # Of every way to split the gaps, the one with the greatest spread between the two means.
    for k in range(max(2, round(len(gaps) * (1 - _GREATEST_SHARE))), len(gaps)):
        low, high = gaps[:k], gaps[k:]
        spread = k * (len(gaps) - k) * (high.mean() - low.mean()) ** 2
        if spread > best:
            best = spread
            narrow, wide = max(_FLOOR, float(low.mean())), float(high.mean())
            many = len(gaps) >= _MANY
            fits = wide > _LEAST_RATIO[many] * narrow and wide > _LEAST_WIDTH[many]
            border = narrow + _BORDER * (wide - narrow) if fits else None
    return border
