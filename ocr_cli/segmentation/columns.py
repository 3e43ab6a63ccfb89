"""Columns of text beside each other, which are read one after the other, not across.

Two columns and a table look much alike. A page is parted along an upright strip without letters if all of
this holds:

- the strip is clearly wider than the widest gaps within the rows beside it;
- on both sides there are at least two rows, and rows there usually have several letters;
- the rows on the one side do not continue those on the other: they miss each other by a good part of the
  distance from row to row. Rows at the same heights are read across, like those of a table.

What is above or below the strip, a heading over both columns for example, is read before or after them.

Of an open book, the fold parts the pages: a narrow shadow from top to bottom, beside which nothing is
written.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import median
from ocr_cli.segmentation.chains import find_chains
from ocr_cli.segmentation.components import Components
from ocr_cli.verdict import MANY

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NARROWEST = 1.5
"""Narrowest strip between columns, in letter heights. Set by hand."""
_WIDER = 1.3
"""The strip is so many times as wide as the widest gap of a usual row. Set by hand."""
_FEWEST_ROWS = 2
"""Rows of a column at least. Set by hand."""
_MISSED = {True: 0.16, False: 0.27}
"""Rows of two columns miss each other in the mean by so much of the row distance: half of it at most, a
quarter by chance. The key says whether there are ``MANY`` rows on the side that has fewer: of few rows that
do belong together one may well have drifted. Set by hand."""


class _Split(NamedTuple):
    """The letters around a strip, as masks of the region's letters."""

    above: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    right: npt.NDArray[np.bool_]
    below: npt.NDArray[np.bool_]

    @property
    def beside(self) -> int:
        """How many letters are on the strip's left and right."""
        return int(self.left.sum() + self.right.sum())


def split_columns(components: Components, letters: Indices, height: float) -> list[Indices]:
    """Part letters into blocks, none of whose rows goes on in another block.

    Args:
        components: of the page, its tilt already taken out.
        letters: indices of the components as high as letters.
        height: usual height of a letter in pixels.

    Returns:
        The letters of each block, the blocks in reading order; a single one if there are no columns.
    """
    best = _best_split(components, letters, height)
    if best is None:
        return [letters]
    parts = (best.above, best.left, best.right, best.below)
    return [
        block for part in parts if part.any() for block in split_columns(components, letters[part], height)
    ]


def _best_split(components: Components, letters: Indices, height: float) -> _Split | None:
    """The split by the strip with most letters beside it, of those that part columns; None without any."""
    if len(letters) < 2 * _FEWEST_ROWS * MANY:
        return None
    left, _, right, _ = components.boxes[letters].T
    found: list[_Split] = []
    seen: set[bytes] = set()
    width = _NARROWEST * height
    for start in np.arange(left.min(), right.max() - width, width / 3):
        for split in _strips(components.boxes[letters], start, start + width):
            # The same split again is not looked at again: its strip was only a bit farther left.
            key = split.left.tobytes() + split.right.tobytes()
            if key not in seen:
                seen.add(key)
                found.append(split)
    found.sort(key=lambda split: split.beside, reverse=True)
    return next((split for split in found if _parts_columns(components, letters, split, height)), None)


def _strips(boxes: Indices, start: float, stop: float) -> list[_Split]:
    """Splits along the parts of an upright strip that no letter reaches into."""
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    inside = (right > start) & (left < stop)
    # From one letter in the strip to the next one below it.
    order = np.flatnonzero(inside)[np.argsort(middle[inside], kind="stable")]
    firsts, lasts = np.append(-np.inf, bottom[order]), np.append(top[order], np.inf)
    # Of each part of the strip, a row of all letters.
    between = (middle > firsts[:, None]) & (middle < lasts[:, None]) & ~inside
    on_left, on_right = between & (right <= start), between & (left >= stop)
    return [
        _Split(middle <= firsts[k], on_left[k], on_right[k], middle >= lasts[k])
        for k in np.flatnonzero(on_left.any(axis=1) & on_right.any(axis=1))
    ]


def _parts_columns(components: Components, letters: Indices, split: _Split, height: float) -> bool:
    """Whether a strip is one between columns, by the rules at the top."""
    boxes = components.boxes[letters]
    sides = [letters[split.left], letters[split.right]]
    if min(map(len, sides)) < _FEWEST_ROWS * MANY:
        return False
    width = float(boxes[split.right, 0].min() - boxes[split.left, 2].max())
    rows: list[list[Indices]] = [[], []]
    # The smaller side first: it is looked through sooner, and rather has too few rows.
    for number in sorted((0, 1), key=lambda n: len(sides[n])):
        chains = find_chains(components, sides[number], height, width / height / _WIDER)
        beside = _rows_beside(components, chains, number == 0, height)
        if len(beside) < _FEWEST_ROWS or median([len(row) for row in beside]) < MANY:
            return False
        rows[number] = beside
    if any(width < _WIDER * _widest_gap(components, side, width * _WIDER, height) for side in sides):
        return False
    place = float(boxes[split.right, 0].min()) - width / 2
    fewer, more = sorted(_heights_at(components, rows, place), key=len)
    # Rows above or below all of the other column tell nothing.
    pitch = median(np.diff(more))
    fewer = fewer[(fewer > more[0] - pitch / 2) & (fewer < more[-1] + pitch / 2)]
    if len(fewer) < _FEWEST_ROWS:
        return False
    missed = np.abs(fewer[:, None] - more).min(axis=1) / pitch
    return bool(missed.mean() > _MISSED[len(fewer) >= MANY])


def _rows_beside(
    components: Components, chains: list[Indices], on_left: bool, height: float
) -> list[Indices]:
    """The rows that stand next to a strip, without those behind them in a further column."""
    ends = [float(components.boxes[c, 2].max() if on_left else -components.boxes[c, 0].min()) for c in chains]
    nearest: list[Indices] = []
    taken: list[float] = []
    for number in np.argsort(-np.array(ends), kind="stable"):
        y = float(components.centres[chains[number], 1].mean())
        if all(abs(y - other) > height for other in taken):
            nearest.append(chains[number])
            taken.append(y)
    return nearest


def _widest_gap(components: Components, letters: Indices, farthest: float, height: float) -> float:
    """The widest gap in a row of one side, usually, in pixels; at most ``farthest``."""
    chains = find_chains(components, letters, height, farthest / height)
    boxes = [components.boxes[chain] for chain in chains if len(chain) >= MANY]
    return median([(box[1:, 0] - box[:-1, 2]).max() for box in boxes] or [0.0])


def _heights_at(components: Components, rows: list[list[Indices]], place: float) -> list[Floats]:
    """How high on the page the rows of both sides would meet at x = ``place``, from the top."""
    ends = [[components.centres[row] for row in side] for side in rows]
    # A row is too short to know its slope; all of them together show how the page is bent there.
    slopes = [np.polyfit(end[:, 0], end[:, 1], 1)[0] for side in ends for end in side if len(end) >= MANY]
    slope = median(slopes)
    return [np.sort([end[:, 1].mean() + slope * (place - end[:, 0].mean()) for end in side]) for side in ends]


_BANDS = 5
"""Parts of the page's height, in each of which the shadow is looked for. Set by hand."""
_SAMPLED = 4
"""Pixels between the columns, and rows, that are looked at. Set by hand."""
_BESIDE = 2.0
"""Letter heights from the middle of the shadow, on both sides, at which the paper is light again.
Set by hand."""
_DARKER = 0.1
"""Share of that light that is missing in the fold at least, in all parts of the page but one. Set by hand."""
_ASIDE = 0.2
"""Share of the page's width, on each side, in which no fold is. Set by hand."""


def find_fold(paper: npt.NDArray[np.float32], letter_height: float) -> float | None:
    """Where the fold of a double page is.

    Args:
        paper: float32 (H, W) in [0, 1], the light of the paper.
        letter_height: usual height of a letter in pixels.

    Returns:
        Its x in pixels; None if there is none.
    """
    height, width = paper.shape
    reach = round(_BESIDE * letter_height / _SAMPLED)
    first, last = (round(share * width / _SAMPLED) for share in (_ASIDE, 1 - _ASIDE))
    if first < reach or height < _BANDS * _SAMPLED:
        return None
    bands = np.array_split(paper[::_SAMPLED, ::_SAMPLED], _BANDS)
    light = np.stack([band.mean(axis=0) for band in bands])
    beside = np.minimum(light[:, first - reach : last - reach], light[:, first + reach : last + reach])
    missing = 1 - light[:, first:last] / np.maximum(beside, 1e-3)
    # The second least of the parts: a hand or a thing may lie across the fold in one of them.
    depth = np.sort(missing, axis=0)[1]
    if not len(depth) or depth.max() < _DARKER:
        return None
    return float((first + int(depth.argmax())) * _SAMPLED)
