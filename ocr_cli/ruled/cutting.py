"""Fields cut from a form: each upright, with some of what is around it, its rows of one height."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

ROW = 72
"""Height in pixels of a row of a patch: letters of it are about as high as those of a page are read at."""
_MARGIN = 0.5
"""Of a patch around its field, in rows: strokes that leave the field, and rules that go on beyond it."""
WIDEST = 4000
"""Pixels that a patch is wide at most."""

Quad = npt.NDArray[np.float64]
"""Corners of a field on the picture, float (4, 2): from the upper left one clockwise."""


class Patch(NamedTuple):
    """A field cut out.

    Attributes:
        pixels: float32 (H, W, 3) in [0, 1].
        box: of the field in it: left, top, right, bottom in pixels.
        row: height of a row of the field in pixels.
        to_picture: float (3, 3), from homogeneous places on the patch to places on the picture.
    """

    pixels: npt.NDArray[np.float32]
    box: tuple[int, int, int, int]
    row: float
    to_picture: npt.NDArray[np.float64]

    def on_picture(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Places on the patch, float (N, 2), as places on the picture."""
        return projected(self.to_picture, places)


def projected(matrix: npt.NDArray[np.float64], places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Places, float (N, 2), after a projective transform, float (3, 3)."""
    found = np.column_stack([places, np.ones(len(places))]) @ matrix.T
    return np.asarray(found[:, :2] / found[:, 2:])


def cut_field(image: Image.Image, quad: Quad, lines: int = 1) -> Patch:
    """Cut a field out of a picture of a form.

    Args:
        image: RGB.
        quad: where it lies.
        lines: how many rows of writing it holds.

    Returns:
        The patch; what lies beyond the picture repeats its edge.
    """
    across = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    down = (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    scale = min(ROW * lines / max(1.0, float(down)), WIDEST / max(1.0, float(across)))
    width, height = max(4, round(across * scale)), max(4, round(down * scale))
    row = height / lines
    margin = max(4, round(_MARGIN * row))
    size = (width + 2 * margin, height + 2 * margin)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float) + margin
    to_picture = square_to_square(corners, np.asarray(quad, float))
    part, matrix = _part(image, to_picture, size, max(1, int(1.0 / scale)))
    data = (matrix / matrix[2, 2]).reshape(-1)[:8].tolist()
    # Pillow asks for the places of the pixels' middles.
    patch = part.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    pixels = np.asarray(patch, np.float32) / np.float32(255)
    return Patch(pixels, (margin, margin, margin + width, margin + height), row, to_picture)


def _part(
    image: Image.Image, to_picture: npt.NDArray[np.float64], size: tuple[int, int], shrink: int
) -> tuple[Image.Image, npt.NDArray[np.float64]]:
    """The part of a picture that a patch shows, and the transform of places on the patch to places on it.

    What lies beyond the picture repeats its edge. Where the picture has more pixels than the patch, each of
    the part's is the mean of ``shrink`` times ``shrink``.
    """
    width, height = size
    corners = projected(to_picture, np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    left, top = (int(low) for low in np.floor(corners.min(axis=0)) - 3)
    right, bottom = (int(high) for high in np.ceil(corners.max(axis=0)) + 3)
    inside = (
        min(max(0, left), image.width - 1),
        min(max(0, top), image.height - 1),
        max(1, min(right, image.width)),
        max(1, min(bottom, image.height)),
    )
    part = image.crop(inside)
    missing = (inside[0] - left, inside[1] - top, right - inside[2], bottom - inside[3])
    if any(missing):
        before, above, after, below = missing
        part = Image.fromarray(np.pad(np.asarray(part), ((above, below), (before, after), (0, 0)), "edge"))
    matrix = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], float) @ to_picture
    if shrink > 1:
        part = part.reduce(shrink)
        matrix = np.diag([1 / shrink, 1 / shrink, 1.0]) @ matrix
    return part, matrix


def square_to_square(
    source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The projective transform, float (3, 3), that takes four places to four others."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    found = np.linalg.solve(np.array(rows), np.array(right))
    return np.append(found, 1.0).reshape(3, 3)
