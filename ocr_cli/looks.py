"""Further looks at a page whose first one shows little: turned, and at other sizes (``--thorough``)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from PIL import Image

from ocr_cli.imaging.load import WORKING_SIDE, Picture

SECONDS = 20.0
"""No further look is begun after so many seconds; the one under way is finished. Set by hand."""
SURE = 0.9
"""Mean confidence of a page's characters from which on it needs no further look. Set by hand."""
_SCALES = (1.0, 0.5, 2.0)
"""Half as large, grain and crumbling strokes run together; twice as large, thin gaps stay. Set by hand."""
_LEAST_SIDE = 32
"""Pixels of the shorter side below which nothing is looked at half as large. Set by hand."""


def further_looks(page: Picture, quarters: int, *, turned: bool) -> Iterator[tuple[Picture, int]]:
    """The page at several sizes and in all orientations, the likeliest first, until the time is over.

    Args:
        page: as it was looked at first.
        quarters: counter-clockwise by which it was turned then.
        turned: whether it may stand in another orientation.

    Yields:
        The picture to look at, its places those of the page, and the quarters to turn it by.
    """
    until = time.monotonic() + SECONDS
    for scale in _SCALES:
        picture = _scaled(page, scale)
        for turn in (0, 1, 3, 2) if turned and picture is not None else (0,):
            if picture is None or (scale == 1.0 and turn == 0):
                continue
            if time.monotonic() >= until:
                return
            yield picture, (quarters + turn) % 4


def _scaled(page: Picture, scale: float) -> Picture | None:
    """The page at another size; None if that is too small to be read, or larger than pages are read at."""
    height, width = (round(scale * side) for side in page.pixels.shape[:2])
    if (scale < 1 and min(height, width) < _LEAST_SIDE) or (scale > 1 and max(height, width) > WORKING_SIDE):
        return None
    if scale == 1.0:
        return page
    image = Image.fromarray(page.pixels).resize((width, height), Image.Resampling.BICUBIC)
    return Picture(np.asarray(image), page.width, page.height)
