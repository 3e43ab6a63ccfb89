"""A sheet of paper on a table: found in the picture, and all around it painted over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import Bitmap, Floats, closing, gaussian_blur, grown, median, otsu, shrunk
from ocr_cli.imaging.ink import resize
from ocr_cli.imaging.quadrilateral import FILLED
from ocr_cli.imaging.runs import connected_to, find_runs, label_runs

_SIDE = 256
"""Longer side, in pixels, of the small copy on which the sheet is looked for. Set by hand."""
_STROKES = 11
"""Side of the closing's window, in pixels of that copy: writing is narrower, and so are a form's rules.
Set by hand."""
LEAST_ALONE, MOST = 0.12, 0.97
"""Share of the picture that a sheet may take if there is no other: less is a note. Set by hand."""
_ALL_AROUND = 0.9
"""Share of the surroundings that must be darker than the sheet. Set by hand."""
_DARKER = 0.8
"""What is around a sheet throws back less of the light than this share, right at the sheet's edge.
Set by hand."""
SHADOW, TINT = 0.3, 0.03
"""A shadow that falls on a sheet leaves more of the light than this share, and nearly the same colour: the
difference of the shares that red, green and blue have in the light. Set by hand."""
TOUCHED = 0.25
"""A sheet goes on beyond a side of the picture if it covers this share of it. Set by hand."""
_DIMMEST = 24
"""Light, of 255, of which no colour can be told. Set by hand."""
_REACH = 3
"""Pixels of the small copy from the sheet's edge to where its two sides are compared. Set by hand."""


def small_copy(pixels: npt.NDArray[np.uint8]) -> Floats:
    """A picture on which sheets are looked for, its longer side of ``_SIDE`` pixels.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        float32 (h, w, 3), in 0..255.
    """
    height, width = pixels.shape[:2]
    scale = _SIDE / max(height, width)
    # Whole pixels first, which is faster, then the rest of the way.
    image = Image.fromarray(pixels).reduce(max(1, int(0.5 / scale)))
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    return np.asarray(image.resize(size, Image.Resampling.BOX), np.float32)


def paint_surroundings(pixels: npt.NDArray[np.uint8], small: Floats | None = None) -> npt.NDArray[np.uint8]:
    """The picture with all that surrounds the sheet of paper in it painted like the paper.

    The sheet is a bright, compact region with an edge all around. Where it is not clearly one, or reaches
    beyond the picture on several sides as paper does that is half in a shadow, nothing is painted.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        small: float32 (h, w, 3), in 0..255, the same as ``small_copy`` has it, if that is at hand.

    Returns:
        uint8 (H, W, 3); the same array if no sheet was found.
    """
    height, width = pixels.shape[:2]
    if small is None:
        small = small_copy(pixels)
    if min(small.shape[:2]) < 8 * _REACH:
        return pixels
    # Paper without its writing.
    paper = np.stack([closing(small[..., c], _STROKES) for c in range(3)], axis=2)
    sheet = _find_sheet(small, paper)
    if sheet is None:
        return pixels
    surely = shrunk(sheet, 2 * _REACH)
    # With the rules, which make paper darker than it is between them.
    ruled = np.stack([gaussian_blur(small[..., c], _REACH, _REACH) for c in range(3)], axis=2)
    colour = continued(ruled, surely)
    sheet &= ~_from_outside(small, continued(paper, surely), sheet)
    painted = enlarged(colour.astype(np.uint8), (width, height))
    inside = enlarged(shrunk(sheet, 2).astype(np.uint8) * 255, (width, height))
    # NumPy takes eight times as long to choose between pixels of three colours.
    painted.paste(Image.fromarray(pixels), mask=inside.point([0] * 128 + [255] * 128))
    return np.asarray(painted)


def enlarged(picture: npt.NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    """A small copy, uint8, at the size (width, height) of the picture."""
    return Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR)


def _find_sheet(small: Floats, paper: Floats) -> Bitmap | None:
    """Where the sheet is: bool (h, w); None if there is clearly none.

    Args:
        small: float32 (h, w, 3), the small copy.
        paper: float32 (h, w, 3), the same without its writing.
    """
    # White paper differs from wood most in the colour that it throws back least, and even where a lamp shines
    # on one and not on the other, in how white it is.
    for measure in (mean_of, least_of, _whiteness):
        light = measure(paper)
        if np.ptp(light) < 1:
            continue
        threshold = otsu(np.sort(light, axis=None))
        sheet = _largest(grown(shrunk(light > threshold, 2), 2))
        if sheet.any():
            sheet = ~_from_edge(~sheet)
            if _is_sheet(sheet, light, paper):
                # At the picture's edge, narrow strips of the surroundings were taken for strokes.
                return sheet & ~_from_edge(grown(shrunk(measure(small) < threshold, 1), 1))
    return None


def mean_of(colour: Floats) -> Floats:
    """The mean of red, green and blue, in a fifth of the time that NumPy takes along so short an axis."""
    return np.asarray((colour[..., 0] + colour[..., 1] + colour[..., 2]) / np.float32(3))


def least_of(colour: Floats) -> Floats:
    """The least of red, green and blue, likewise."""
    return np.minimum(np.minimum(colour[..., 0], colour[..., 1]), colour[..., 2])


def most_of(colour: Floats) -> Floats:
    """The greatest of red, green and blue, likewise."""
    return np.maximum(np.maximum(colour[..., 0], colour[..., 1]), colour[..., 2])


def _whiteness(colour: Floats) -> Floats:
    """The least of red, green and blue as a share of the greatest, of 255: however much light there is."""
    most = np.maximum(most_of(colour), np.float32(_DIMMEST))
    return np.asarray(np.float32(255) * least_of(colour) / most)


def _is_sheet(sheet: Bitmap, light: Floats, paper: Floats) -> bool:
    """Whether a region, bool (h, w), has a sheet's size and shape, and its surroundings are not its own."""
    if not LEAST_ALONE < sheet.mean() < MOST or sheet.sum() < FILLED * _hull_area(sheet):
        return False
    inner, outer = shrunk(sheet, _REACH), ~grown(sheet, _REACH)
    inside, outside = inner & ~shrunk(inner, 2), outer & grown(~outer, 2)
    if not inside.any() or not outside.any():
        return False
    here, there = median(light[inside]), median(light[outside])
    if there > _DARKER * here:
        return False
    if min((light[part] < (here + there) / 2).mean() for part in (outer, outside)) < _ALL_AROUND:
        return False
    tints = [np.array([median(colour) for colour in paper[part].T]) for part in (inside, outside)]
    shares = [tint / max(1.0, float(tint.sum())) for tint in tints]
    another_colour = float(np.abs(shares[0] - shares[1]).max()) > TINT
    touched = sum(side.mean() > TOUCHED for side in (sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]))
    return touched <= 1 or there < SHADOW * here or another_colour


def _from_outside(small: Floats, paper: Floats, sheet: Bitmap) -> Bitmap:
    """What hangs together with a sheet's surroundings and is as dark beside the paper as they are.

    Where a lamp shines on both, the sheet seems to go on beyond its edge.

    Args:
        small: float32 (h, w, 3), the small copy.
        paper: float32 (h, w, 3), the paper's colour, also where something is written and at the edge.
        sheet: bool (h, w).
    """
    darker = mean_of(small) < _DARKER * mean_of(paper)
    # Strokes are narrower.
    wide = grown(shrunk(darker, 1), 1)
    return connected_to(wide, ~sheet) & sheet & ~shrunk(sheet, 2 * _REACH)


def _largest(mask: Bitmap) -> Bitmap:
    """The largest component; all False if there is none."""
    runs = find_runs(mask)
    labels, count = label_runs(runs)
    if not count:
        return mask
    return runs.keep(labels == np.bincount(labels, weights=runs.lengths).argmax())


def _from_edge(mask: Bitmap) -> Bitmap:
    """The components of a mask that reach the picture's edge."""
    edge = np.ones_like(mask)
    edge[1:-1, 1:-1] = False
    return connected_to(mask, mask & edge)


def _hull_area(mask: Bitmap) -> float:
    """Area of the convex hull of a mask in pixels, at most about a hundredth too large.

    Of a polygon around it with very many sides, each touching it, that is: half the sum of each side's length
    times its distance from the middle.
    """
    runs = find_runs(mask)
    # The corners of the first and the last pixel of each run.
    ends = np.concatenate([runs.starts, runs.stops] * 2)
    rows = np.concatenate([runs.rows] * 2 + [runs.rows + 1] * 2)
    directions = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    step = directions[1]
    points = np.stack([ends - ends.mean(), rows - rows.mean()], axis=1)
    reach = (points @ np.stack([np.cos(directions), np.sin(directions)])).max(axis=0)
    lengths = (np.roll(reach, 1) + np.roll(reach, -1) - 2 * np.cos(step) * reach) / np.sin(step)
    return float((reach * lengths).sum() / 2)


def continued(colour: Floats, known: Bitmap) -> Floats:
    """The colours where they are known, and smoothly on from there: float32 (h, w, 3).

    Each halving of the picture fills gaps with their neighbours' mean; what is still unknown then is taken
    from the picture of half the size.
    """
    height, width = known.shape
    if known.all() or max(height, width) == 1:
        return colour
    even = ((0, height % 2), (0, width % 2))
    weight = np.pad(known, even).astype(np.float32)
    weighted = np.pad(colour, (*even, (0, 0))) * weight[..., None]
    counts, sums = (
        grid[::2, ::2] + grid[::2, 1::2] + grid[1::2, ::2] + grid[1::2, 1::2] for grid in (weight, weighted)
    )
    mean = np.asarray(sums / np.maximum(counts, 1)[..., None], np.float32)
    half = continued(mean, np.asarray(counts > 0))
    coarse = np.stack([resize(half[..., c], 2) for c in range(3)], axis=2)
    return np.where(known[..., None], colour, coarse[:height, :width])
