"""What the characters of a page measure together: where words end, and where the lines of writing run.

How high a character reaches in its row says what its shape cannot: c or C, o or O, s or S. Writing runs
between lines: the base line, the height of small letters, the height of capitals, and the depth of tails.
Where they run on a page is found as the place in which what the network reads would lie best; each
character's probabilities are then weighed by how well each class would lie where the character does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import look_alike, row_of
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.imaging.filters import median
from ocr_cli.segmentation.chains import SHAPED, median_slope
from ocr_cli.verdict import ENOUGH

_LEAST_RATIO = {True: 3.0, False: 3.2}
"""Gaps between words are in the mean so many times as wide as those between letters, or there are none. The
key says whether there are ``ENOUGH`` gaps: few of them fall into two kinds by chance. Set by hand."""
_LEAST_WIDTH = {True: 0.5, False: 0.8}
"""Narrowest mean gap between words, in letter heights. Set by hand."""
_BORDER = 0.45
"""Where the border is, on the way from the mean gap between letters to that between words. Set by hand."""
_GREATEST_SHARE = 0.45
"""Most of the gaps are between letters. Set by hand."""
_FLOOR = 0.15
"""Letters closer than this, in letter heights, count as this far apart. Set by hand."""
SURE = 8.0
"""Greatest log odds: language may still part words that stand close, or join letters that stand apart. Set
by hand."""


_NEVER = 100.0
"""Log odds, the other way, where it is known that there are no spaces: no language parts words there.
Set by hand."""


class GapModel(NamedTuple):
    """What the gaps of a row say for or against a space.

    Attributes:
        border: gaps wider than this, in letter heights, are rather between words; infinite if none are.
        spread: gaps wider or narrower than the border by this are surely so.
    """

    border: float
    spread: float

    def log_odds(self, gaps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Log odds (nats) that there is a space, of gaps in letter heights."""
        if np.isinf(self.border):
            return np.full(np.shape(gaps), -_NEVER)
        off = (np.asarray(gaps, np.float64) - self.border) / self.spread
        return np.asarray(SURE * np.clip(off, -1, 1))


NO_SPACES = GapModel(np.inf, 1.0)
"""Of a row that is one word, by definition."""


def model_gaps(rows: Sequence[Sequence[float]]) -> list[GapModel]:
    """Tell the gaps between words from those between letters.

    If the page's gaps fall into two kinds (Otsu's criterion, then tests that gaps of one kind fail), the
    border is about midway between the two. Else a gap is one between words only if it is far wider than the
    usual gap of its own row: rows of single letters stay together.

    Args:
        rows: for each row the gaps between neighbouring characters, in letter heights.

    Returns:
        For each row what its gaps mean.
    """
    every = np.array([gap for row in rows for gap in row], float)
    if len(every):
        two_kinds = _two_kinds(np.sort(every))
        if two_kinds is not None:
            return [two_kinds] * len(rows)
    usual_on_page = max(_FLOOR, median(every)) if len(every) else _FLOOR
    models = []
    for row in rows:
        usual = max(_FLOOR, median(row)) if len(row) >= 4 else usual_on_page
        border = 0.5 + 1.75 * usual
        models.append(GapModel(border, border - usual))
    return models


def _two_kinds(gaps: npt.NDArray[np.float64]) -> GapModel | None:
    """The width that parts two kinds of gaps, given in rising order; None if they are of one kind."""
    best, model = 0.0, None
    # Of every way to split the gaps, the one with the greatest spread between the two means.
    for k in range(max(2, round(len(gaps) * (1 - _GREATEST_SHARE))), len(gaps)):
        low, high = gaps[:k], gaps[k:]
        spread = k * (len(gaps) - k) * (high.mean() - low.mean()) ** 2
        if spread > best:
            best = spread
            narrow, wide = max(_FLOOR, float(low.mean())), float(high.mean())
            many = len(gaps) >= ENOUGH
            fits = wide > _LEAST_RATIO[many] * narrow and wide > _LEAST_WIDTH[many]
            model = GapModel(narrow + _BORDER * (wide - narrow), (wide - narrow) / 2) if fits else None
    return model


Floats = npt.NDArray[np.float64]

_SPREAD = 0.12
"""Standard deviation of tops and bottoms, in capital heights, and between the rows of a page of the logarithm
of that height: hands vary by so much. Set by hand."""
_OUTLIER = 0.003
"""Density, relative to that in the right place, of characters that lie anywhere. Set by hand."""
_HEIGHTS, _BASES = 28, 25
"""Steps of the search. Set by hand."""


class WritingLines(NamedTuple):
    """Where the base line and the tops of capitals run in a row, and how the classes lie between them.

    Attributes:
        height: of capitals, in pixels.
        base: height on the page of the base line at the page's left edge, in pixels; y runs downwards.
        slope: by which the lines fall, pixels per pixel.
        extents: float (C, 2), top and bottom of each class, in capital heights above the base line.
        even: float32 (C, C), shares the probabilities of same-shaped letters out evenly.
    """

    height: float
    base: float
    slope: float
    extents: Floats
    even: npt.NDArray[np.float32]

    def weigh(
        self, boxes: npt.NDArray[np.integer[Any]], probabilities: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Probabilities weighed by how well each class would lie where the character does.

        Args:
            boxes: int (N, 4), left, top, right, bottom of characters in pixels.
            probabilities: float32 (N, C), by shape, or more columns, of classes that have none.

        Returns:
            float32, as many; the first C of each row sum to 1, the others stay.
        """
        known = len(self.extents)
        places = _places(boxes, self.slope)
        weights = _densities(places, self.extents, self.height, np.array([self.base]))[0] + _OUTLIER
        weighed = (probabilities[:, :known] @ self.even) * weights
        weighed /= np.maximum(weighed.sum(axis=1, keepdims=True), 1e-12)
        return np.concatenate([weighed.astype(np.float32), probabilities[:, known:]], axis=1)


def find_writing_lines(rows: Sequence[DecodedRow], classes: Sequence[str]) -> list[WritingLines] | None:
    """The lines of each row, as what the network reads would lie on them best.

    Args:
        rows: of one page.
        classes: the characters of the first columns of their probabilities.

    Returns:
        None if all classes lie alike, as capitals and digits do, and without characters.
    """
    extents = np.array([(row.top, row.bottom) for row in map(row_of, classes)])
    groups, member = np.unique(extents, axis=0, return_inverse=True)
    if len(groups) < 2 or not any(len(row.probabilities) for row in rows):
        return None
    member = member.reshape(-1)
    usual = [row.height for row in rows if len(row.probabilities)]
    heights = np.geomspace(0.55 * min(usual), 2.4 * max(usual), _HEIGHTS)
    sums = np.zeros((len(classes), len(groups)))
    sums[np.arange(len(classes)), member] = 1
    even = _evened(classes)
    boxes = [row.boxes[row.read] for row in rows]
    slopes = [_slope(of_row, row.height) for of_row, row in zip(boxes, rows, strict=True)]
    fits = [
        _fit(_places(of_row, slope), row.probabilities[:, : len(classes)] @ even @ sums, groups, heights)
        for of_row, slope, row in zip(boxes, slopes, rows, strict=True)
    ]
    page = int(np.sum([best for best, _ in fits], axis=0).argmax())
    off = np.log(heights / heights[page]) / _SPREAD
    lines = []
    for slope, (best, bases) in zip(slopes, fits, strict=True):
        k = int((best - 0.5 * off**2).argmax())
        lines.append(WritingLines(float(heights[k]), float(bases[k]), slope, extents, even))
    return lines


def _evened(classes: Sequence[str]) -> npt.NDArray[np.float32]:
    """Matrix float32 (C, C) that shares the probabilities of letters that are their capital in small evenly.

    A network that knows no sizes knows only how often each occurs in what it was trained on, which is nothing
    about this page.
    """
    matrix = np.eye(len(classes), dtype=np.float32)
    for place, text in enumerate(classes):
        capital = text.upper()
        if row_of(text).kind == "small" and capital in classes and look_alike(text) == look_alike(capital):
            pair = [place, classes.index(capital)]
            matrix[np.ix_(pair, pair)] = 0.5
    return matrix


def _fit(places: Floats, probabilities: Floats, groups: Floats, heights: Floats) -> tuple[Floats, Floats]:
    """For each capital height the log likelihood of the row at its best base line, and that base line.

    Args:
        places: (N, 2), tops and bottoms of the characters.
        probabilities: (N, G) of each group of classes that lie alike.
        groups: (G, 2), their tops and bottoms.
        heights: (K,), in pixels.
    """
    best, bases = np.zeros(len(heights)), np.zeros(len(heights))
    if len(places):
        bottoms = places[:, 1]
        for k, height in enumerate(heights):
            lines = np.linspace(bottoms.min() - 0.5 * height, bottoms.max() + 0.1 * height, _BASES)
            densities = _densities(places, groups, height, lines) + _OUTLIER
            # Boxes are measured in pixels: what is spread over more of them is less dense.
            likelihood = np.log((densities * probabilities).sum(axis=2)) - 2 * np.log(height)
            total = likelihood.sum(axis=1)
            best[k], bases[k] = total.max(), lines[total.argmax()]
    return best, bases


def _densities(places: Floats, groups: Floats, height: float, bases: Floats) -> Floats:
    """How well each character would lie as one of each group: (bases, N, G), 1 in the right place."""
    above = (bases[:, None, None] - places) / height
    off = (above[:, :, None] - groups) / _SPREAD
    return np.asarray(np.exp(-0.5 * (off**2).sum(axis=3)))


def _slope(boxes: npt.NDArray[np.integer[Any]], height: float) -> float:
    """By how much the characters' feet fall to the right, pixels per pixel; 0 for few of them."""
    if len(boxes) < SHAPED:
        return 0.0
    left, _, right, bottom = boxes.astype(float).T
    # The feet show the line: tops, and so middles, are lower where small letters are.
    return median_slope((left + right) / 2, bottom, height)


def _places(boxes: npt.NDArray[np.integer[Any]], slope: float) -> Floats:
    """Tops and bottoms in pixels, as they would be on a level line: (N, 2)."""
    corners = boxes.astype(float)
    x = (corners[:, 0] + corners[:, 2]) / 2
    return np.asarray(corners[:, [1, 3]] - slope * x[:, None])
