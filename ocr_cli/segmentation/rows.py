"""Components -> rows of writing, in reading order, on tilted and drifting lines too.

Letters of two rows that touch each other are one component, which is taken apart between the rows.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import median
from ocr_cli.segmentation.chains import CLOSE, REACH, SHAPED, MidLine, find_chains, join_chains, line_of
from ocr_cli.segmentation.columns import split_columns
from ocr_cli.segmentation.components import LEAST_LETTER, PIECE, TALL, Components, find_components
from ocr_cli.verdict import MOST

_STEEPEST, _STEEPEST_OF_ALL = 20.0, 65.0
"""Degrees within which the tilt of the rows is looked for, and within which it is if that shows no rows.
Set by hand."""
_NO_ROWS = 0.15
"""Share of the letters near each other that are on a row together, below which the page is turned more. It is
0.22 and more on the development pages, and up to 0.07 on drawn ones that are turned by 30 to 60 degrees.
Set by hand."""
_ROUGH = 2.5
"""Degrees by which the tilt that letters near each other show may be wrong. Set by hand."""
_NEAR = 2.5
"""Letter heights within which letters are near each other. Set by hand."""
_FAR = 3.0
"""Letters so many times as far apart are not compared to learn the rough tilt. Set by hand."""
_LEVEL = 0.7
"""Letter heights from its middle within which level strokes do that are as far off as it has a ``REACH``:
bullets, and dashes after which nothing comes. Set by hand."""
_BELOW = 0.15
"""Letter heights by which what lies wholly below a letter counts as farther away: stops and commas begin at
the letters' feet, so it rather is an accent of the next row. Set by hand."""


class Row(NamedTuple):
    """A row of writing.

    Attributes:
        letters: indices of components about as high as letters, from left to right.
        small: indices of dots, accents, dashes and broken-off pieces that belong to the row.
        height: median height of the letters in pixels.
        line: through the letters' middles.
    """

    letters: npt.NDArray[np.int64]
    small: npt.NDArray[np.int64]
    height: float
    line: MidLine

    def box(self, components: Components) -> tuple[int, int, int, int]:
        """The smallest box around its letters: left, top, right, bottom, the last two exclusive."""
        boxes = components.boxes[self.letters]
        left, top = boxes[:, :2].min(axis=0).tolist()
        right, bottom = boxes[:, 2:].max(axis=0).tolist()
        return left, top, right, bottom

    def middle(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Height on the page of the row's middle at ``x``, in pixels."""
        return self.line(x)


def find_tilt(components: Components, chosen: npt.NDArray[np.bool_], height: float) -> float:
    """The angle of the rows in degrees, positive if they fall to the right.

    The letters' middles are projected along many directions; along the rows' own the projection is the most
    sharply peaked. One row alone has no other to tell it from, so its tilt is the slope of its line.

    Args:
        components: of the page.
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.

    Returns:
        Degrees within +-65; 0 if there are too few letters to tell.
    """
    letters = chosen & components.high(height)
    points = components.centres[letters]
    if len(points) < 4:
        return 0.0
    # Rows of two columns, too, may line up when they are turned. Letters near each other know better. Few are
    # on a line by chance, and words whose letters touch lie as the page does.
    words = components.are_words[letters]
    steep = len(points) >= SHAPED and words.mean() < MOST
    rough = _tilt_of_near(points, height, steep)
    angles = rough + np.arange(-_ROUGH, _ROUGH + 0.01, 0.25)
    angles = np.append(angles[np.abs(angles) <= max(_STEEPEST, abs(rough))], 0.0)
    turns = np.radians(angles)[:, None]
    across = points[:, 1] * np.cos(turns) - points[:, 0] * np.sin(turns)
    sharpness = np.array([_share_on_row(one[:, None] - one, height).mean() for one in across])
    best = int(np.argmax(sharpness * _upright(angles)))
    return float(angles[best]) if sharpness[best] > 1.03 * sharpness[-1] else 0.0


def _tilt_of_near(points: npt.NDArray[np.float64], height: float, steep: bool) -> float:
    """The tilt that letters near each other show, to a degree; beyond 20 of them if it may be so steep."""
    offsets = points[:, None] - points
    square = (offsets**2).sum(axis=2)
    nearest = np.sqrt(np.where(square > 0, square, np.inf).min(axis=1))
    reach = max(_NEAR * height, 1.5 * median(nearest))
    # Each pair once.
    near = np.triu(square < (_FAR * reach) ** 2, 1)
    # Of a full page there are a hundred thousand: single precision takes a fifth of the time.
    (x, y), weights = offsets[near].astype(np.float32).T, np.exp(-0.5 * square[near] / reach**2)

    def sharpest(angles: npt.NDArray[np.float64]) -> tuple[float, float]:
        sharpness = np.array(
            [
                weights @ _share_on_row(y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn)), height)
                for turn in np.radians(angles).tolist()
            ]
        )
        best = int(np.argmax((sharpness + len(points) / 2) * _upright(angles)))
        return float(angles[best]), float(sharpness[best])

    likely, sharpness = sharpest(np.arange(-_STEEPEST, _STEEPEST + 0.01))
    if steep and sharpness < _NO_ROWS * weights.sum():
        steeper = np.arange(_STEEPEST + 1, _STEEPEST_OF_ALL + 0.01)
        turned, sharper = sharpest(np.concatenate([-steeper, steeper]))
        if sharper > sharpness:
            return turned
    return likely


def _upright(angles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A small leaning towards the upright page decides between directions that are as good as each other."""
    return np.asarray(1 - 0.004 * np.abs(angles))


def _share_on_row(across: npt.NDArray[np.floating], height: float) -> npt.NDArray[np.floating]:
    """How far two letters are on one row that are so many pixels apart across it, in [0, 1]."""
    return np.asarray(np.exp(np.maximum(-0.5 / (0.18 * height) ** 2 * across**2, -25)))


def find_rows(
    components: Components,
    chosen: npt.NDArray[np.bool_],
    height: float,
    fold: float | None = None,
    *,
    columns: bool = True,
) -> list[Row]:
    """Group the writing into rows.

    Args:
        components: of the page, its tilt already taken out.
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.
        fold: where the fold of a double page may be, x in pixels; no row goes on across it.
        columns: whether there may be columns, which are read one after the other.

    Returns:
        Rows in reading order: from top to bottom, column after column where there are columns.
    """
    letters = np.flatnonzero(chosen & (components.heights > LEAST_LETTER * height))
    if not len(letters):
        return []
    blocks = [
        join_chains(components, find_chains(components, block, height), height)
        for page in _pages(components, letters, fold)
        for block in (split_columns(components, page, height) if columns else [page])
    ]
    chains = [chain for block in blocks for chain in _from_the_top(components, block)]
    accents = _accents_and_pieces(components, chains)
    rows = [row_of(components, chain) for chain in chains if not np.isin(chain, accents).all()]
    small = np.flatnonzero(chosen & (components.heights <= LEAST_LETTER * height))
    return _add_small(components, rows, np.concatenate([small, accents]))


def _pages(
    components: Components, letters: npt.NDArray[np.int64], fold: float | None
) -> list[npt.NDArray[np.int64]]:
    """The letters of both pages beside a fold, as far as there are some on both and none in it."""
    left, _, right, _ = components.boxes[letters].T
    if fold is None or ((left < fold) & (right > fold)).any():
        return [letters]
    pages = [letters[right < fold], letters[left > fold]]
    return pages if all(map(len, pages)) else [letters]


def _from_the_top(components: Components, chains: list[npt.NDArray[np.int64]]) -> list[npt.NDArray[np.int64]]:
    return sorted(chains, key=lambda chain: float(components.centres[chain, 1].mean()))


def _accents_and_pieces(components: Components, chains: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Members of chains that are no rows of their own.

    Each stands right above a letter twice as high, or all are low and lie in a longer row, as the pieces of
    its broken letters do.
    """
    found = [chain[:0] for chain in chains[:1]]
    for chain in chains:
        others = np.concatenate([other for other in chains if other is not chain] or [chain[:0]])
        accents = len(others) and all(_is_above_letter(components, int(k), others) for k in chain)
        if accents or any(_lies_in(components, chain, row) for row in chains):
            found.append(chain)
    return np.concatenate(found)


def _lies_in(components: Components, chain: npt.NDArray[np.int64], letters: npt.NDArray[np.int64]) -> bool:
    """Whether a chain is of pieces of a row's letters."""
    height = median(components.heights[letters])
    x, y = components.centres[chain].T
    left, right = components.boxes[letters, 0].min(), components.boxes[letters, 2].max()
    if (
        len(chain) >= len(letters)
        or components.heights[chain].max() > PIECE * height
        or not ((x > left) & (x < right)).all()
    ):
        return False
    return bool((np.abs(y - line_of(components, letters)(x)) < CLOSE * height).all())


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
    height = median(components.heights[letters])
    small = np.zeros(0, np.int64) if small is None else small
    return Row(letters, small, height, line_of(components, letters))


def _add_small(components: Components, rows: list[Row], small: npt.NDArray[np.int64]) -> list[Row]:
    """Give each small component to the row in whose band it lies; leave out what lies in none.

    Where the bands of two rows overlap, an accent of the lower one may be nearer to the middle of the upper
    one. What counts there is the empty space between it and the letters above and below.
    """
    if not rows or not len(small):
        return rows
    distance = np.stack([_distance(components, row, small) for row in rows])
    owner = np.where(np.isfinite(distance.min(axis=0)), distance.argmin(axis=0), -1)
    return [Row(row.letters, small[owner == number], row.height, row.line) for number, row in enumerate(rows)]


def _distance(components: Components, row: Row, small: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Empty pixels between a row's letters and small components; infinite if they are not in its band."""
    x, y = components.centres[small].T
    left, top, right, bottom = components.boxes[small].T
    letters = components.boxes[row.letters]
    # The nearest letter's top and bottom: small letters and tails do not fill the row's height.
    beside = np.maximum(letters[:, [0]] - right, left - letters[:, [2]])
    nearest = np.clip(beside, 0, None).argmin(axis=0)
    over, under = letters[nearest, 1] - bottom, top - letters[nearest, 3]
    space = np.maximum(over, under + np.where(under > 0, _BELOW * row.height, 0))
    off = np.abs(y - row.middle(x))
    reach = np.where((off < _LEVEL * row.height) & (right - left > bottom - top), REACH, CLOSE)
    outside = np.maximum(letters[:, 0].min() - x, x - letters[:, 2].max()) > reach * row.height
    far = off >= CLOSE * row.height
    return np.where(outside | far, np.inf, np.maximum(space, 0) + 0.05 * off)


def split_tall(
    components: Components,
    strength: npt.NDArray[np.float32],
    chosen: npt.NDArray[np.bool_],
    height: float,
) -> Components:
    """Cut components that reach over two rows, between the rows where they have the least ink.

    Args:
        components: of the page, its tilt already taken out.
        strength: float32 (H, W), ink strength in [0, 1].
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.

    Returns:
        The components with the cut ones in pieces; the same object if there is nothing to cut.
    """
    tall = chosen & (components.heights > TALL * height)
    if not tall.any():
        return components
    rows = find_rows(components, chosen & ~tall, height)
    mask = components.mask.copy()
    for k in np.flatnonzero(tall).tolist():
        own, (left, top, right, _) = components.ink(k), components.boxes[k].tolist()
        middles = _middles_inside(components, rows, k, height)
        for upper, lower in itertools.pairwise(middles):
            # The cut keeps clear of both rows' middles.
            start = round(upper + 0.25 * (lower - upper)) - top
            stop = max(start + 1, round(lower - 0.25 * (lower - upper)) - top)
            cut = start + int(own[start:stop].sum(axis=1).argmin())
            mask[top + cut, left:right] &= ~own[cut]
    if (mask == components.mask).all():
        return components
    return find_components(mask, strength)


def _middles_inside(components: Components, rows: list[Row], k: int, height: float) -> list[float]:
    """Where the middles of the rows that run through component k lie, from top to bottom."""
    left, top, right, bottom = components.boxes[k].tolist()
    found = []
    for row in rows:
        x = float(np.clip((left + right) / 2, *_extent(components, row)))
        beside = components.boxes[row.letters][:, [0, 2]]
        distance = np.maximum(beside[:, 0] - right, left - beside[:, 1]).min()
        middle = float(row.middle(x))
        if distance < REACH * height and top < middle < bottom:
            found.append(middle)
    return sorted(found)


def _extent(components: Components, row: Row) -> tuple[int, int]:
    boxes = components.boxes[row.letters]
    return int(boxes[:, 0].min()), int(boxes[:, 2].max())
