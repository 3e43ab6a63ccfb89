"""Further looks at a page whose first one shows little.

Where strokes fall into crumbs, with a wider pen; with ``--thorough`` turned, and at other sizes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr_cli.imaging.ink import is_light_on_dark, to_grey
from ocr_cli.imaging.load import WORKING_SIDE, Picture

SECONDS = 20.0
"""No further look is begun after so many seconds; the one under way is finished. Set by hand."""
SURE = 0.9
"""Mean confidence of a page's characters from which on it needs no further look. Set by hand."""
_SCALE = 2.0
"""So many times smaller, grain and crumbling strokes run together; as many times larger, thin gaps stay.
Set by hand."""
_WIDER = 0.075
"""By so much, in letter heights, strokes of crumbs are made wider on each side. Set by hand."""
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
    for scale in (1.0, 1 / _SCALE, _SCALE):
        picture = _scaled(page, scale)
        for turn in (0, 1, 3, 2) if turned and picture is not None else (0,):
            if picture is None or (scale == 1.0 and turn == 0):
                continue
            if time.monotonic() >= until:
                return
            yield picture, (quarters + turn) % 4


def thickened(pixels: npt.NDArray[np.uint8], letter_height: float) -> npt.NDArray[np.uint8]:
    """A page with all of its strokes wider, so that crumbs run together.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        letter_height: usual height of a letter in pixels.
    """
    wider = ImageFilter.MaxFilter(3) if is_light_on_dark(to_grey(pixels)) else ImageFilter.MinFilter(3)
    image = Image.fromarray(pixels)
    for _ in range(max(1, round(_WIDER * letter_height))):
        image = image.filter(wider)
    return np.asarray(image)


def _scaled(page: Picture, scale: float) -> Picture | None:
    """The page at another size; None if that is too small to be read, or larger than pages are read at."""
    height, width = (round(scale * side) for side in page.pixels.shape[:2])
    if (scale < 1 and min(height, width) < _LEAST_SIDE) or (scale > 1 and max(height, width) > WORKING_SIDE):
        return None
    if scale == 1.0:
        return page
    image = Image.fromarray(page.pixels).resize((width, height), Image.Resampling.BICUBIC)
    return Picture(np.asarray(image), page.width, page.height)
