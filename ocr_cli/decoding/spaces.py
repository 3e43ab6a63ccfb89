"""Where one word ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def word_starts(rows: Sequence[Sequence[float]]) -> list[list[bool]]:
    """Tell the gaps between words from those between letters.

    A gap parts two words if it is much wider than the usual gap of its own row. Rows with few gaps borrow
    the page's usual gap.

    Args:
        rows: for each row the gaps between neighbouring characters, in letter heights.

    Returns:
        For each gap of each row whether a word starts after it.
    """
    every = [gap for row in rows for gap in row]
    if not every:
        return [[] for _ in rows]
    usual_on_page = max(0.0, float(np.median(every)))
    starts = []
    for row in rows:
        # The mean of the narrower half: words are longer than one letter, mostly.
        usual = max(0.0, float(np.median(row))) if len(row) >= 4 else usual_on_page
        starts.append([gap > 0.35 + 1.6 * usual for gap in row])
    return starts
