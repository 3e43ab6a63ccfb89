"""The fold of an open book: a narrow shadow from top to bottom, beside which nothing is written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_BANDS = 5
"""Parts of the page's height, in each of which the shadow is looked for. Set by hand."""
_ROWS = 8
"""Rows of pixels in each that are looked at. Set by hand."""
_STEP = 4
"""Pixels between the columns that are looked at. Set by hand."""
_BESIDE = 2.0
"""Letter heights from the middle of the shadow, on both sides, at which the paper is light again.
Set by hand."""
_DARKER = 0.1
"""Share of that light that is missing in the fold at least, in all parts of the page but one. Set by hand."""
_MIDDLE = (0.2, 0.8)
"""Shares of the page's width between which the fold is. Set by hand."""


def find_fold(paper: npt.NDArray[np.float32], letter_height: float) -> float | None:
    """Where the fold of a double page is.

    Args:
        paper: float32 (H, W) in [0, 1], the light of the paper.
        letter_height: usual height of a letter in pixels.

    Returns:
        Its x in pixels; None if there is none.
    """
    height, width = paper.shape
    reach = round(_BESIDE * letter_height / _STEP)
    first, last = (round(share * width / _STEP) for share in _MIDDLE)
    if first < reach or height < _BANDS * _ROWS:
        return None
    rows = np.linspace(0, height - 1, _BANDS * _ROWS).astype(np.int64)
    light = np.sort(paper[rows, ::_STEP].reshape(_BANDS, _ROWS, -1), axis=1)[:, _ROWS // 2]
    beside = np.minimum(light[:, first - reach : last - reach], light[:, first + reach : last + reach])
    missing = 1 - light[:, first:last] / np.maximum(beside, 1e-3)
    # The second least of the parts: a hand or a thing may lie across the fold in one of them.
    depth = np.sort(missing, axis=0)[1]
    if not len(depth) or depth.max() < _DARKER:
        return None
    return float((first + int(depth.argmax())) * _STEP)
