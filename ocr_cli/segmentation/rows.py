"""Components -> rows of writing, in reading order, on tilted and drifting lines too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.segmentation.components import Components

LEAST_LETTER = 0.45
"""Components up to this height, in letter heights, are dots, accents and dashes; letters are higher."""
_STEEPEST = 20.0
"""Degrees within which the tilt of the rows is looked for."""
_BAND = 1.25
"""Letter heights from a row's middle within which dots and accents belong to it."""
_FARTHEST = 7.0
"""Letter heights between two neighbours of one row, beyond which only their height on the page joins them."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of writing.

    Attributes:
        letters: indices of components about as high as letters, from left to right.
        small: indices of dots, accents, dashes and broken-off pieces that belong to the row.
        height: median height of the letters in pixels.
        line: (slope, offset) of the straight line through the letters' middles, y = slope * x + offset.
    """

    letters: npt.NDArray[np.int64]
    small: npt.NDArray[np.int64]
    height: float
    line: tuple[float, float]

    def middle(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Height on the page of the row's middle at ``x``, in pixels."""
        return np.asarray(self.line[0] * np.asarray(x, np.float64) + self.line[1])


def find_tilt(components: Components, chosen: npt.NDArray[np.bool_], height: float) -> float:
    """The angle of the rows in degrees, positive if they fall to the right.

    The letters' middles are projected along many directions; along the rows' own the projection is the most
    sharply peaked. One row alone has no other to tell it from, so its tilt is the slope of its line.

    Args:
        components: of the page.
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.

    Returns:
        Degrees within +-20; 0 if there are too few letters to tell.
    """
    letters = chosen & (components.heights > 0.5 * height) & (components.heights < 2 * height)
    points = components.centres[letters]
    if len(points) < 4:
        return 0.0
    angles = np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.25)
    sharpness = np.array([_sharpness(points, angle, height) for angle in angles])
    # A small leaning towards the upright page decides between directions that are as good as each other.
    best = float(angles[np.argmax(sharpness * (1 - 0.004 * np.abs(angles)))])
    return best if sharpness.max() > 1.03 * sharpness[len(angles) // 2] else 0.0


def _sharpness(points: npt.NDArray[np.float64], angle: float, height: float) -> float:
    """Mean share of the letters that are on a letter's own row, if rows run at ``angle``."""
    across = points[:, 1] - np.tan(np.radians(angle)) * points[:, 0]
    distance = (across[:, None] - across) / (0.18 * height)
    return float(np.exp(-0.5 * np.minimum(distance**2, 50)).mean())


def find_rows(components: Components, chosen: npt.NDArray[np.bool_], height: float) -> list[Row]:
    """Group the writing into rows.

    Args:
        components: of the page, its tilt already taken out.
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.

    Returns:
        Rows from top to bottom.
    """
    letters = np.flatnonzero(chosen & (components.heights > LEAST_LETTER * height))
    if not len(letters):
        return []
    chains = _link_neighbours(components, letters, height)
    chains = _join_chains(components, chains, height)
    accents = _tall_accents(components, chains)
    rows = [row_of(components, chain) for chain in chains if not np.isin(chain, accents).all()]
    small = np.flatnonzero(chosen & (components.heights <= LEAST_LETTER * height))
    rows = _add_small(components, rows, np.concatenate([small, accents]))
    return sorted(rows, key=lambda row: float(row.middle(components.centres[row.letters, 0]).mean()))


def _link_neighbours(
    components: Components, letters: npt.NDArray[np.int64], height: float
) -> list[npt.NDArray[np.int64]]:
    """Chains of letters, each linked to the nearest one on its right that stands at its height."""
    boxes = components.boxes[letters].astype(float)
    left, top, right, bottom = boxes.T
    middle_x, middle_y = components.centres[letters].T
    tall = bottom - top
    order = np.argsort(middle_x, kind="stable")
    parent = np.arange(len(letters))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = int(parent[k])
        return k

    for position, k in enumerate(order):
        later = order[position + 1 :]
        overlap = np.minimum(bottom[k], bottom[later]) - np.maximum(top[k], top[later])
        apart = np.abs(middle_y[later] - middle_y[k])
        gap = left[later] - right[k]
        beside = (
            (overlap > 0.35 * np.minimum(tall[k], tall[later]))
            & (apart < 0.5 * np.maximum(tall[k], tall[later]))
            & (gap < _FARTHEST * height)
        )
        if beside.any():
            # Distance along the row, and more so across it: the next row's letter may be nearer.
            cost = np.where(beside, np.maximum(gap, 0) + 2 * apart, np.inf)
            parent[root(int(later[np.argmin(cost)]))] = root(int(k))
    roots = np.array([root(k) for k in range(len(letters))])
    return [letters[order][roots[order] == r] for r in dict.fromkeys(roots[order].tolist())]


def _join_chains(
    components: Components, chains: list[npt.NDArray[np.int64]], height: float
) -> list[npt.NDArray[np.int64]]:
    """Join chains that lie on one line: parts of a row far apart, and halves of broken letters."""
    chains = sorted(chains, key=len, reverse=True)
    joined: list[npt.NDArray[np.int64]] = []
    for chain in chains:
        best, nearest = None, 0.45
        for number, other in enumerate(joined):
            row = row_of(components, other)
            x, y = components.centres[chain].T
            ends = np.argsort(np.abs(x - components.centres[other, 0].mean()))[:2]
            # Far from the row's own letters its line says little: there it goes on level.
            reach = components.boxes[other][:, [0, 2]]
            near = np.clip(x[ends], reach.min() - 3 * height, reach.max() + 3 * height)
            distance = float(np.abs(y[ends] - row.middle(near)).mean()) / max(row.height, 0.5 * height)
            if distance < nearest:
                best, nearest = number, distance
        if best is None:
            joined.append(chain)
        else:
            both = np.concatenate([joined[best], chain])
            joined[best] = both[np.argsort(components.centres[both, 0], kind="stable")]
    return joined


def _tall_accents(components: Components, chains: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Members of chains that are no rows of their own: each stands right above a letter twice as high."""
    accents: list[npt.NDArray[np.int64]] = []
    for chain in chains:
        others = np.concatenate([other for other in chains if other is not chain] or [chain[:0]])
        if len(others) and all(_is_above_letter(components, int(k), others) for k in chain):
            accents.append(chain)
    return np.concatenate(accents) if accents else np.zeros(0, np.int64)


def _is_above_letter(components: Components, k: int, letters: npt.NDArray[np.int64]) -> bool:
    left, _, right, bottom = components.boxes[k]
    boxes, tall = components.boxes[letters], components.heights[letters]
    shared = np.minimum(right, boxes[:, 2]) - np.maximum(left, boxes[:, 0])
    apart = boxes[:, 1] - bottom
    near = (apart > -0.2 * tall) & (apart < 0.5 * tall) & (shared > 0.5 * (right - left))
    return bool((near & (components.heights[k] < 0.6 * tall)).any())


def row_of(
    components: Components, letters: npt.NDArray[np.int64], small: npt.NDArray[np.int64] | None = None
) -> Row:
    """A row of these components.

    Args:
        components: of the page.
        letters: indices from left to right, at least one.
        small: indices of dots, accents and the like.
    """
    x, y = components.centres[letters].T
    height = float(np.median(components.heights[letters]))
    slope = median_slope(x, y, height)
    line = (slope, float(np.median(y - slope * x)))
    return Row(letters, np.zeros(0, np.int64) if small is None else small, height, line)


def median_slope(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], height: float) -> float:
    """Slope of the line through points of a row: the median over all pairs, which a few cannot turn.

    Source: P. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968 (Theil-Sen).

    Args:
        x: float (N,), in pixels.
        y: float (N,), in pixels, downwards.
        height: of a letter in pixels; nearer pairs are not looked at.

    Returns:
        Down over right; 0 for fewer than four points or a row shorter than four letter heights.
    """
    if len(x) < 4 or np.ptp(x) <= 4 * height:
        return 0.0
    i, j = np.triu_indices(len(x), 1)
    far = np.abs(x[j] - x[i]) > height
    return float(np.median((y[j] - y[i])[far] / (x[j] - x[i])[far]))


def _add_small(components: Components, rows: list[Row], small: npt.NDArray[np.int64]) -> list[Row]:
    """Give each small component to the row in whose band it lies; leave out what lies in none."""
    if not rows or not len(small):
        return rows
    x, y = components.centres[small].T
    distance = np.stack([np.abs(y - row.middle(x)) / row.height for row in rows])
    for number, row in enumerate(rows):
        boxes = components.boxes[row.letters]
        outside = np.maximum(boxes[:, 0].min() - x, x - boxes[:, 2].max()) > 1.2 * row.height
        distance[number, outside] = np.inf
    owner = np.where(distance.min(axis=0) < _BAND, distance.argmin(axis=0), -1)
    return [Row(row.letters, small[owner == number], row.height, row.line) for number, row in enumerate(rows)]
