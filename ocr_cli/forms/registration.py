"""Where a template lies on a picture: its print found again, and a projective transform through it.

A first guess (``guesses``) is made better: pieces of the template's print are looked for where the guess has
them, at finer and finer scale, and the transform that most of them agree with is taken (RANSAC; M. Fischler
and R. Bolles, "Random sample consensus", 1981). What is written on the form is no print of the template and
fits nowhere.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage
from skimage.feature import corner_harris, match_template
from skimage.measure import ransac
from skimage.transform import ProjectiveTransform

from ocr_cli.forms.guesses import SEED, SIDE, STROKE, by_features, by_outlines, find_print
from ocr_cli.ruled.cutting import projected
from ocr_cli.ruled.light import missing_light

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

_TINY = 96
"""Longer side of the copies on which guesses are compared. Set by hand."""
_GUESSES = 3
"""Guesses that are followed up."""
_STAGES = ((300, 0.14, 0.07, 40), (500, 0.09, 0.025, 60), (1000, 0.05, 0.008, 90))
"""Of each stage: longer side of the copies, size of the pieces and how far they are looked for, both as
shares of the longer side, and how many pieces. Set by hand."""
_TRIALS = 400
_AGREE = 0.004
"""Share of the longer side by which pieces that agree are off at most. Set by hand."""
_ALIKE = 0.45
"""Least correlation of a piece with what it is found in. Set by hand."""
_SUPPORT, _LEAST = 0.4, 8
"""Share of the pieces, and number of them, that agree at least. Set by hand."""
_NEAR = 0.15
"""Share of the longer side within which pieces tell how far a field is shifted. Set by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """A template on a picture.

    Attributes:
        matrix: float (3, 3), from places on the template to places on the picture.
        residual: how far off the print is, root of the mean square, in pixels of the template; None if the
            template has no image, and nothing could be compared.
        support: share of the pieces of print that agree.
        anchors: float (N, 2), the middles of those that do, on the template.
        shifts: float (N, 2), how far on the template each is from where the transform has it.
    """

    matrix: Matrix
    residual: float | None
    support: float
    anchors: npt.NDArray[np.float64]
    shifts: npt.NDArray[np.float64]

    def quad(self, box: tuple[float, float, float, float], side: float) -> npt.NDArray[np.float64]:
        """The corners of a box of the template on the picture, float (4, 2), shifted as its surroundings are.

        Args:
            box: left, top, right, bottom.
            side: the longer side of the template.
        """
        left, top, right, bottom = box
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
        if len(self.anchors):
            middle = corners.mean(axis=0)
            distances = np.linalg.norm(self.anchors - middle, axis=1)
            weights = np.exp(-0.5 * (distances / (_NEAR * side / 2)) ** 2)
            # As if one piece far away were not shifted at all.
            corners = corners + (weights[:, None] * self.shifts).sum(axis=0) / (weights.sum() + 1)
        return projected(self.matrix, corners)


def unregistered(size: tuple[int, int], image: Image.Image) -> Placing:
    """A template of that size as large as the picture: what is taken without an image of the blank."""
    nothing = np.zeros((0, 2))
    matrix = np.diag([image.width / size[0], image.height / size[1], 1.0])
    return Placing(matrix, None, 1.0, nothing, nothing)


class Registrar:
    """Finds one template on pictures.

    Args:
        blank: picture of the form, RGB.
        size: width and height of the template's page in its own pixels.
    """

    def __init__(self, blank: Image.Image, size: tuple[int, int]) -> None:
        self._size = size
        scale = SIDE / max(size)
        copy = blank.resize([max(8, round(side * scale)) for side in size], Image.Resampling.BOX)
        self._print = find_print(copy)

    def place(self, image: Image.Image) -> Placing | None:
        """Where the template lies on a picture, RGB; None if it does not."""
        shrink = max(1, max(image.size) // (2 * SIDE))
        small = image.reduce(shrink) if shrink > 1 else image
        to_small = np.diag([small.width / image.width, small.height / image.height, 1.0])
        best: Placing | None = None
        asked = (self._print, self._size, small)
        guesses = sorted(by_outlines(*asked), key=lambda guess: -self._likeness(small, guess))
        for guess in itertools.chain(guesses[:_GUESSES], by_features(*asked)):
            found = self._refined(small, guess)
            if found is not None and (best is None or found.support > best.support):
                best = found
            if best is not None and best.support > 0.7:
                break
        if best is None:
            return None
        return Placing(
            np.linalg.inv(to_small) @ best.matrix, best.residual, best.support, best.anchors, best.shifts
        )

    def _likeness(self, image: Image.Image, guess: Matrix) -> float:
        """Correlation of template and picture where a guess has it, on small copies."""
        here, there = self._both(image, guess, _TINY)
        return _correlation(ndimage.gaussian_filter(here, 1.0), ndimage.gaussian_filter(there, 1.0))

    def _both(self, image: Image.Image, matrix: Matrix, side: int) -> tuple[Floats, Floats]:
        """The template's ink, and that of the picture as the template would see it, so large."""
        factor = side / max(self._size)
        width, height = (max(8, round(one * factor)) for one in self._size)
        here = np.asarray(
            Image.fromarray(self._print).resize((width, height), Image.Resampling.BOX), np.float32
        )
        seen = matrix @ np.diag([1 / factor, 1 / factor, 1.0])
        # The picture is looked at finer, and brought down, where it has more pixels.
        over = 2 if side < SIDE else 1
        fine = seen @ np.diag([1 / over, 1 / over, 1.0])
        data = (fine / fine[2, 2]).reshape(-1)[:8].tolist()
        warped = image.transform(
            (width * over, height * over),
            Image.Transform.PERSPECTIVE,
            data,
            Image.Resampling.BILINEAR,
            fillcolor=_paper(image),
        )
        stroke = STROKE * side * over / SIDE
        ink = missing_light(np.asarray(warped, np.float32) / np.float32(255), max(8.0, stroke), 0.8)
        there = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX), np.float32)
        return here, there

    def _refined(self, image: Image.Image, matrix: Matrix) -> Placing | None:
        """A guess made better, at finer and finer scale; None if the print is not there."""
        found = None
        for side, size, reach, count in _STAGES:
            factor = side / max(self._size)
            here, there = self._both(image, matrix, side)
            pieces = _pieces(here, round(size * side), count)
            source, target = _matched(here, there, pieces, round(size * side), max(2, round(reach * side)))
            if len(source) < _LEAST:
                return None
            change, agree = _agreed(source, target, _AGREE * side + 0.5)
            if change is None or agree.sum() < max(_LEAST, _SUPPORT * len(pieces)):
                return None
            to_pixels = np.diag([factor, factor, 1.0])
            matrix = matrix @ np.linalg.inv(to_pixels) @ change @ to_pixels
            back = np.asarray(np.linalg.inv(change), np.float64)
            off = projected(back, target[agree]) - source[agree]
            residual = float(np.sqrt((off**2).sum(axis=1).mean())) / factor
            found = Placing(
                matrix, residual, float(agree.sum() / len(pieces)), source[agree] / factor, off / factor
            )
        return found


def _paper(image: Image.Image) -> tuple[int, int, int]:
    """The usual colour of the picture."""
    small = np.asarray(image.reduce(max(1, max(image.size) // 100))).reshape(-1, 3)
    red, green, blue = np.median(small, axis=0).astype(int).tolist()
    return red, green, blue


def _correlation(here: Floats, there: Floats) -> float:
    a, b = here - here.mean(), there - there.mean()
    return float((a * b).sum() / max(1e-9, np.sqrt((a * a).sum() * (b * b).sum())))


def _pieces(ink: Floats, size: int, count: int) -> list[tuple[int, int]]:
    """Middles, x and y, of squares with telling print: the best in each square of a grid."""
    height, width = ink.shape
    half = size // 2
    telling = ndimage.uniform_filter(np.maximum(corner_harris(ink, sigma=1.5), 0) ** 0.25, size)
    if height <= size or width <= size:
        return []
    step = max(4, round(np.sqrt(height * width / (1.5 * count))))
    found = []
    for top, left in itertools.product(range(half, height - half, step), range(half, width - half, step)):
        part = telling[top : min(top + step, height - half), left : min(left + step, width - half)]
        y, x = np.unravel_index(part.argmax(), part.shape)
        found.append((float(part[y, x]), left + int(x), top + int(y)))
    found.sort(reverse=True)
    strong = [one for one in found if one[0] > 0.15 * found[0][0]] if found else []
    return [(x, y) for _, x, y in strong[:count]]


def _matched(
    here: Floats, there: Floats, pieces: list[tuple[int, int]], size: int, reach: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where pieces of the template are found on the picture: places on both, float (N, 2)."""
    half = size // 2
    padded = np.pad(there, reach + half)
    source, target = [], []
    for x, y in pieces:
        piece = here[y - half : y + half + 1, x - half : x + half + 1]
        if piece.std() < 1e-3:
            continue
        part = padded[y : y + 2 * (reach + half) + 1, x : x + 2 * (reach + half) + 1]
        scores = match_template(part, piece)
        down, across = np.unravel_index(scores.argmax(), scores.shape)
        if scores[down, across] < _ALIKE:
            continue
        source.append((x + 0.5, y + 0.5))
        target.append(
            (
                x + 0.5 + across - reach + _peak(scores[down], int(across)),
                y + 0.5 + down - reach + _peak(scores[:, across], int(down)),
            )
        )
    return np.array(source, float).reshape(-1, 2), np.array(target, float).reshape(-1, 2)


def _peak(values: npt.NDArray[np.floating], place: int) -> float:
    """By how much the top of a parabola through a maximum and its neighbours is off it, in pixels."""
    if not 0 < place < len(values) - 1:
        return 0.0
    before, at, after = (float(value) for value in values[place - 1 : place + 2])
    bend = before - 2 * at + after
    return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, 0.5 * (before - after) / bend))


def _agreed(
    source: npt.NDArray[np.float64], target: npt.NDArray[np.float64], within: float
) -> tuple[Matrix | None, npt.NDArray[np.bool_]]:
    """The projective transform that most pairs agree with, and which do."""
    model, agree = ransac(
        (source, target),
        ProjectiveTransform,
        min_samples=4,
        residual_threshold=within,
        max_trials=_TRIALS,
        rng=SEED,
    )
    if agree is None or agree.sum() < 4 or model is None:
        return None, np.zeros(len(source), bool)
    return np.asarray(model.params), np.asarray(agree)
