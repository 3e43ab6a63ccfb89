"""Connected components of the ink: what hangs together, and how big, how dark it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import median, stroke_width
from ocr_cli.imaging.runs import bounding_boxes, find_runs, label_runs
from ocr_cli.verdict import MANY

GRAIN = 3000
"""Pages of more components are grain, not writing: nothing is looked for among so many. Set by hand."""
LEAST_LETTER, LARGE, TALL = 0.45, 1.3, 1.6
"""Components up to the first height, in letter heights, are dots, accents and dashes; letters are higher.
What is higher than the second is hardly one letter, than the third rather two of two rows. Set by hand."""
_SIDE, _STRAIGHT = 0.1, 0.88
"""A frame's side lies within this share of its height or width from the edge of its box, and at least this
share of it is ink; those of O and D are rounder. Set by hand."""
WORD, STROKE = 1.4, 0.35
"""What is so many times as wide as high is a word whose letters touch, and what is narrower than the second
share of its height a mere stroke. Set by hand."""
PIECE = 0.85
"""Pieces of broken letters are lower than this, in letter heights. Set by hand."""
_OUT = 0.3
"""What is not straight may stand out so far, in heights or widths of the box. Set by hand."""
_LEAST_FRAME = 8
"""Pixels of a side below which letters are as square as boxes. Set by hand."""
_DOTS, _DOTTED = 4, 0.1
"""No more components, and no greater a share of the ink, may be dots and accents of a word as wide as the
page. Set by hand."""
_TITLE = 2.2
"""Letters of a heading are higher than so many usual ones. Set by hand."""


@dataclass(frozen=True, eq=False)
class Components:
    """Connected components of a page, numbered from 0; component k has the label k + 1.

    Attributes:
        labels: int32 (H, W), 0 on paper.
        boxes: int (N, 4): left, top, right, bottom in pixels, the last two exclusive.
        areas: int (N,), pixels.
        darkness: float (N,), mean ink strength in [0, 1].
    """

    labels: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.int64]
    areas: npt.NDArray[np.int64]
    darkness: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.boxes)

    @cached_property
    def widths(self) -> npt.NDArray[np.int64]:
        """Widths in pixels, int (N,)."""
        return self.boxes[:, 2] - self.boxes[:, 0]

    @cached_property
    def heights(self) -> npt.NDArray[np.int64]:
        """Heights in pixels, int (N,)."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @cached_property
    def are_words(self) -> npt.NDArray[np.bool_]:
        """Which are so wide that they are words whose letters touch, bool (N,)."""
        return np.asarray(self.widths > WORD * self.heights)

    @cached_property
    def centres(self) -> npt.NDArray[np.float64]:
        """Middles of the boxes, float (N, 2): x, y; of words whose letters touch, the height of their ink.

        Of a word the box shows which of its letters reach above and below the others.
        """
        centres = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        for k in np.flatnonzero(self.are_words).tolist():
            rows = self.ink(k).sum(axis=1)
            centres[k, 1] = self.boxes[k, 1] + np.average(np.arange(len(rows)), weights=rows) + 0.5
        return centres

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Where there is ink: bool (H, W); not to be changed."""
        return self.labels > 0

    @cached_property
    def pen(self) -> float:
        """Mean stroke width in pixels."""
        return stroke_width(self.mask)

    def part(self, k: int) -> tuple[slice, slice]:
        """Where a component's box is in arrays of the page's pixels."""
        left, top, right, bottom = self.boxes[k].tolist()
        return slice(top, bottom), slice(left, right)

    def ink(self, k: int) -> npt.NDArray[np.bool_]:
        """A component alone, in its box: bool (h, w)."""
        return np.asarray(self.labels[self.part(k)] == k + 1)

    def high(self, height: float) -> npt.NDArray[np.bool_]:
        """Which are about as high as a letter: bool (N,).

        Args:
            height: usual height of a letter in pixels.
        """
        return (self.heights > 0.5 * height) & (self.heights < 2 * height)

    @cached_property
    def frames(self) -> npt.NDArray[np.bool_]:
        """Which are boxes with four straight sides, whatever may touch them inside: bool (N,)."""
        frames = np.zeros(len(self), bool)
        hollow = self.areas < 0.75 * self.widths * self.heights
        for k in np.flatnonzero(hollow & (np.minimum(self.widths, self.heights) >= _LEAST_FRAME)).tolist():
            own = self.ink(k)
            frames[k] = all(touched_sides(np.rot90(own, turn))[0].mean() >= _STRAIGHT for turn in range(4))
        return frames


def find_components(mask: npt.NDArray[np.bool_], strength: npt.NDArray[np.float32]) -> Components:
    """Label the 8-connected components of ``mask``.

    Args:
        mask: bool (H, W), True on ink.
        strength: float32 (H, W), ink strength in [0, 1].

    Returns:
        The components, from top to bottom by their first pixel.
    """
    runs = find_runs(mask)
    of_run, count = label_runs(runs)
    boxes = bounding_boxes(runs, of_run, count)
    of_pixel, places = np.repeat(of_run, runs.lengths), runs.places()
    labels = np.zeros(mask.shape, np.int32)
    labels.reshape(-1)[places] = of_pixel + 1
    areas = np.bincount(of_pixel, minlength=count)
    sums = np.bincount(of_pixel, weights=strength.take(places), minlength=count)
    return Components(labels, boxes, areas, sums / areas)


def find_neighbours(
    components: Components, least: float, reach: float = 0.0
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Each component, from left to right, with those that begin before it ends; higher or lower as they may.

    Args:
        components: of the page.
        least: area in pixels; smaller ones are left out.
        reach: so many pixels after its end others may still begin.
    """
    chosen = np.flatnonzero(components.areas >= least)
    chosen = chosen[np.argsort(components.boxes[chosen, 0], kind="stable")]
    left, right = components.boxes[chosen][:, [0, 2]].T
    stops = np.searchsorted(left, right + reach, "right")
    for number, (k, stop) in enumerate(zip(chosen.tolist(), stops.tolist(), strict=True)):
        yield k, chosen[number + 1 : stop]


def letter_height(components: Components) -> float | None:
    """The usual height of a letter on the page, in pixels; None if nothing looks like writing.

    The median of the heights, larger components counting for more, taken again among those of about that
    height, so that neither specks nor frames decide.
    """
    widths, heights = components.widths, components.heights
    page_height, page_width = components.labels.shape
    likely = (
        ~components.frames
        & (np.maximum(widths, heights) >= 5)
        & (heights < 0.9 * page_height + 10)
        & (widths < 12 * heights)
        & (heights < 15 * widths)
    )
    # What is as wide as the page may be a frame; if there is hardly anything else, it is a word that hangs
    # together, whose dots are the rest.
    narrow = likely & (widths < 0.6 * page_width + 10)
    rest = components.areas[narrow].sum() / max(1, components.areas[likely].sum())
    if narrow.sum() > _DOTS or rest > _DOTTED:
        likely = narrow
    if not likely.any():
        return None
    sizes = heights[likely].astype(float)
    weights = np.sqrt(components.areas[likely]) * components.darkness[likely]
    height = weighted_median(sizes, weights)
    near = (sizes > height / 2.2) & (sizes < height * 2.2)
    return weighted_median(sizes[near], weights[near])


def weighted_median(
    values: npt.NDArray[np.floating | np.integer], weights: npt.NDArray[np.floating]
) -> float:
    """The value below which half of the weight lies, of one value at least."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def touched_sides(
    ink: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Where ink comes near the upper edge of its box.

    Args:
        ink: bool (H, W).

    Returns:
        Of each column whether it does, bool (W,), and its first row with ink, int (W,), 0 if it has none.
    """
    first = ink.argmax(axis=0)
    near = max(2, round(_SIDE * len(ink)))
    # The edge is not where a few columns reach further, as grain does on a thin line.
    edge = min(int(np.sort(first)[int((1 - _STRAIGHT) * len(first))]), round(_OUT * len(ink)))
    return np.asarray(ink[: edge + near].any(axis=0)), np.asarray(first)


def is_writing(components: Components, height: float) -> npt.NDArray[np.bool_]:
    """Which components can belong to letters of about ``height`` pixels: bool (N,).

    Left out are dirt (much smaller or fainter than the letters' strokes), lines, frames, and shapes that are
    cut off by the picture's edge and larger than a letter.
    """
    if not len(components):
        return np.zeros(0, bool)
    widths, heights, areas = components.widths, components.heights, components.areas
    letters = components.high(height)
    single = letters & (widths < height * 2.5)
    if single.any():
        letters = single
    if not letters.any():
        return np.zeros(len(components), bool)
    darkness = median(components.darkness[letters])
    # The pen's width: area over length; a letter's strokes are about 2.5 times as long as it is high.
    pen = median(areas[letters] / (2.5 * np.maximum(widths, heights)[letters]))
    speck = areas < np.maximum(4, 0.5 * pen**2)
    faint = components.darkness < 0.55 * darkness
    long, short = np.maximum(widths, heights), np.minimum(widths, heights)
    # A tilted line's ink is hardly more than its length times the pen's width; that of touching letters is.
    thin = (short < 0.2 * height) | ((short < 0.2 * long) & (areas < 1.8 * pen * long))
    line = (long > 2.5 * height) & thin
    hollow = (widths > 2 * height) & (heights > 2 * height) & (areas < 0.5 * pen * long + pen * widths * 2.2)
    page_height, page_width = components.labels.shape
    left, top, right, bottom = components.boxes.T
    cut_off = (left <= 1) | (top <= 1) | (right >= page_width - 1) | (bottom >= page_height - 1)
    # On a picture of one row, cut out closely, each letter with a stem reaches its edge.
    large = ((heights > 2.2 * height) & (page_height > 4 * height)) | (widths > 8 * height)
    dirt = speck | faint | line | hollow | (cut_off & large) | (heights > 4 * height)
    dirt |= _outlines(components, ~(speck | faint), height)
    return np.asarray(~dirt) | _heading(components, ~(speck | faint | cut_off), height)


def _outlines(
    components: Components, possible: npt.NDArray[np.bool_], height: float
) -> npt.NDArray[np.bool_]:
    """Outlines of a drawing around words: ink on all sides of letters that it is larger than.

    Args:
        components: of the page.
        possible: bool (N,), which may be letters at all.
        height: usual height of a letter in pixels.

    Returns:
        bool (N,).
    """
    found = np.zeros(len(components), bool)
    smaller = np.minimum(components.widths, components.heights)
    letters = possible & components.high(height)
    for k in np.flatnonzero(smaller > LARGE * height).tolist():
        found[k] = surrounds(components, k, components.boxes[letters])
    return found


def surrounds(components: Components, k: int, boxes: npt.NDArray[np.int64]) -> bool:
    """Whether a component has ink on all four sides of something.

    Args:
        components: of the page.
        k: the component.
        boxes: int (M, 4), of what it may surround.
    """
    left, top, right, bottom = components.boxes[k].tolist()
    within = boxes[((boxes[:, :2] > (left, top)) & (boxes[:, 2:] < (right, bottom))).all(axis=1)]
    own = components.ink(k)
    for x, y in ((within[:, :2] + within[:, 2:]) // 2 - (left, top)).tolist():
        if all(side.any() for side in (own[y, :x], own[y, x:], own[:y, x], own[y:, x])):
            return True
    return False


def _heading(components: Components, possible: npt.NDArray[np.bool_], height: float) -> npt.NDArray[np.bool_]:
    """Letters of a row much larger than the others: alike in height, beside each other, nothing in them.

    Args:
        components: of the page.
        possible: bool (N,), which may be letters at all.
        height: usual height of a letter in pixels.

    Returns:
        bool (N,).
    """
    found = np.zeros(len(components), bool)
    tall = np.flatnonzero(possible & (components.heights > _TITLE * height) & ~components.frames)
    if not MANY <= len(tall) <= GRAIN:
        return found
    left, top, right, bottom = components.boxes[tall].T
    middles = components.centres[components.high(height)].T
    x, y = middles[:, None]
    within = (x > left[:, None]) & (x < right[:, None]) & (y > top[:, None]) & (y < bottom[:, None])
    likely = ~within.any(axis=1) & (right - left < 2 * (bottom - top))
    for k in np.flatnonzero(likely).tolist():
        shared = np.minimum(bottom, bottom[k]) - np.maximum(top, top[k])
        row = likely & (shared > 0.7 * np.maximum(bottom - top, bottom[k] - top[k]))
        if row.sum() >= MANY:
            found[tall[row]] = True
    return found
