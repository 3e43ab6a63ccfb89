"""A round pen for Pillow, whose own lines have butt ends and gaps at their corners."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import ImageDraw

Floats = npt.NDArray[np.float64]


def draw_stroke(pen: ImageDraw.ImageDraw, line: Floats, radius: Floats) -> None:
    """Draw a stroke at full ink (255).

    Args:
        pen: draws on a picture of mode ``L``.
        line: float (M, 2), the points x, y in pixels, at least one.
        radius: float (M,), half the pen's width at each point in pixels.
    """
    xy = line.tolist()
    r = radius.tolist()
    widths = np.maximum(1, np.rint(radius[:-1] + radius[1:])).astype(int)
    ends = [*(np.flatnonzero(np.diff(widths)) + 1).tolist(), len(widths)]
    start = 0
    for end in ends if len(widths) else []:
        pen.line([tuple(p) for p in xy[start : end + 1]], fill=255, width=int(widths[start]))
        start = end
    # The butt ends of lines leave a wedge open where the stroke turns; a disc closes it.
    step = np.diff(line, axis=0)
    heading = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
    for i in {0, len(xy) - 1, *(np.flatnonzero(turn * radius[1:-1] > 1) + 1).tolist()}:
        x, y = xy[i]
        pen.ellipse((x - r[i], y - r[i], x + r[i], y + r[i]), fill=255)
