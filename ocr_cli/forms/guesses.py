"""First guesses of where a template lies on a picture.

They come from the whole picture, from the sheet of paper on it, from the extent of its print, and from what
both have in common (ORB features).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage
from skimage.feature import ORB, match_descriptors
from skimage.filters import threshold_otsu
from skimage.measure import ransac
from skimage.transform import ProjectiveTransform

from ocr_cli.ruled.cutting import square_to_square
from ocr_cli.ruled.light import missing_light

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

SIDE = 1000
"""Longer side in pixels of the copies that are compared. Set by hand."""
STROKE = 24.0
"""For ``missing_light``, in pixels of those copies. Set by hand."""
_SMOOTH = 0.8
"""Likewise."""
_LEAST = 8
"""Features that both have, at least. Set by hand."""
_TRIALS = 1600
SEED = 7
"""Of all that is drawn at random."""


def find_print(image: Image.Image) -> Floats:
    """The ink of a copy of a picture, RGB, with a longer side as those that are compared have."""
    return missing_light(np.asarray(image, np.float32) / np.float32(255), STROKE, _SMOOTH)


def by_outlines(printed: Floats, size: tuple[int, int], image: Image.Image) -> Iterator[Matrix]:
    """Transforms from a template to a picture that the form may lie by, in four orientations.

    Args:
        printed: its print, as ``find_print`` has it.
        size: width and height of the template's page in its own pixels.
        image: RGB.
    """
    width, height = size
    page = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    for quad in _sheets(image):
        for turn in range(4):
            yield square_to_square(page, np.roll(quad, turn, axis=0))
    # Print against print: scans that are cut off otherwise, or have wider edges.
    there, here = _extent(find_print(_thumb(image))), _extent(printed)
    if there is not None and here is not None:
        source = _corners(here) * (max(size) / SIDE)
        target = _corners(there) * (max(image.size) / SIDE)
        for turn in range(4):
            yield square_to_square(source, np.roll(target, turn, axis=0))


def by_features(printed: Floats, size: tuple[int, int], image: Image.Image) -> Iterator[Matrix]:
    """The transform through features that template and picture have in common, if there is one.

    Args:
        printed: as of ``by_outlines``.
        size: likewise.
        image: likewise.
    """
    found = []
    there = find_print(_thumb(image))
    for ink in (printed, there):
        orb = ORB(n_keypoints=800, fast_threshold=0.05)
        try:
            orb.detect_and_extract(ink)
        except (RuntimeError, IndexError):
            return
        found.append((orb.keypoints[:, ::-1], orb.descriptors))
    (places, words), (others, other_words) = found
    pairs = match_descriptors(words, other_words, cross_check=True, max_ratio=0.9)
    if len(pairs) < _LEAST:
        return
    source = places[pairs[:, 0]] * (max(size) / SIDE)
    target = others[pairs[:, 1]] * (max(image.size) / SIDE)
    model, inliers = ransac(
        (source, target),
        ProjectiveTransform,
        min_samples=4,
        residual_threshold=0.01 * max(image.size),
        max_trials=_TRIALS,
        rng=SEED,
    )
    if inliers is not None and inliers.sum() >= _LEAST:
        yield np.asarray(model.params)


def _thumb(image: Image.Image) -> Image.Image:
    """The picture with a longer side as the copies that are compared have."""
    scale = SIDE / max(image.size)
    return image.resize([max(8, round(side * scale)) for side in image.size], Image.Resampling.BOX)


def _sheets(image: Image.Image) -> Iterator[npt.NDArray[np.float64]]:
    """Corners, float (4, 2), clockwise, of what may be the form: the picture, and the paper on it."""
    width, height = image.size
    yield np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    small = np.asarray(image.reduce(max(1, max(image.size) // 256)).convert("L"), np.float32)
    light = ndimage.grey_closing(small, 9)
    if np.ptp(light) < 1:
        return
    labels, count = ndimage.label(ndimage.binary_opening(light > threshold_otsu(light), iterations=2))
    if not count:
        return
    sizes = np.bincount(labels.ravel())[1:]
    sheet = ndimage.binary_fill_holes(labels == 1 + sizes.argmax())
    share = sheet.mean()
    if not 0.1 < share < 0.97:
        return
    quad = _quad(sheet)
    scale = np.array([width / small.shape[1], height / small.shape[0]])
    yield quad * scale


def _quad(sheet: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The four corners of a region: of its hull, those that make the largest quadrilateral, roughly.

    From the two farthest apart, and the two farthest from the line through them.
    """
    rows, columns = np.nonzero(sheet ^ ndimage.binary_erosion(sheet))
    points = np.column_stack([columns, rows]).astype(float) + 0.5
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    hull = points[np.unique((points @ np.array([np.cos(angles), np.sin(angles)])).argmax(axis=0))]
    apart = np.linalg.norm(hull[:, None] - hull[None], axis=2)
    first, third = np.unravel_index(apart.argmax(), apart.shape)
    along = hull[third] - hull[first]
    off = (hull - hull[first]) @ np.array([-along[1], along[0]])
    corners = np.array([hull[first], hull[off.argmin()], hull[third], hull[off.argmax()]])
    # Clockwise from the upper left one.
    middle = corners.mean(axis=0)
    turn = np.argsort(np.arctan2(*(corners - middle).T[::-1]))
    corners = corners[turn]
    return np.asarray(np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0))


def _extent(ink: Floats) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of the print, without what little lies far out."""
    mask = ink > 0.25
    if mask.sum() < 100:
        return None
    across, down = (np.cumsum(mask.sum(axis=axis)) / mask.sum() for axis in (0, 1))
    left, right = np.searchsorted(across, [0.002, 0.998])
    top, bottom = np.searchsorted(down, [0.002, 0.998])
    if right - left < 8 or bottom - top < 8:
        return None
    return float(left), float(top), float(right), float(bottom)


def _corners(sides: tuple[float, float, float, float]) -> npt.NDArray[np.float64]:
    left, top, right, bottom = sides
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
