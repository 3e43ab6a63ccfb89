"""Which of the rows that were found are writing at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import row_of
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.imaging.filters import running
from ocr_cli.weights import WritingWeights

_LEAST_LIKELY = 0.2
"""A row whose characters are in the geometric mean less likely than this is dirt."""
_SHORT = 2
_SHORT_CUT = 3
_SURE, _SURE_CUT = 0.6, 0.4
"""Rows of at most ``_SHORT`` characters must be so likely, or of ``_SHORT_CUT`` if they are mostly cut: of
letters that touch nobody can be as sure."""
_MOSTLY_CUT = 0.7
"""Share of a row's characters that were cut from others."""
_MOSTLY_WRITING = 0.3
"""Least share of the page's characters in good rows for the page to be trusted. In much dirt some passes for
letters: there all rows must be ``_SURE``, and short ones are dirt."""

_PRIOR = 2
"""Characters that are telling, and as many that are not, that a page is thought to have besides its own."""
FAINT = 0.15
"""Ink less steady than this may be very faint writing as well as none: that tells nothing more."""
_OFF_LINE = 0.1
"""Letter heights by which tops and feet leave a straight line in most rows."""
_FEW = 3
"""Fewer characters are on a line, and alike, by chance."""
_ALIKE = 0.42
"""Mean correlation of a row's crops with each other up to which they are no copies; one written row in twenty
exceeds it, by little."""
_PEN = 7
"""Side, in pixels of a crop, of a square that fits into blots and into no stroke: ``crop.STROKE_RANGE``."""
_FILLED, _FILLS = 0.6, 1.5
"""One character that takes this share of the picture's height was cut out for its own sake: log odds more."""
_SECTORS, _ROUND = 24, 0.03
"""Directions in which a ring's distance from its middle is looked at, and most that it varies in a circle:
standard deviation over mean. Of 1,400 written rings, by all kinds of people, none is below it."""
_UNLIKE, _LIKE, _APART, _MANY = 0.8, 0.9, 0.8, 12
"""A row is another kind of line if it is no likelier than this, where the others are as likely as that and so
large a share of their characters stand apart, of so many at least."""
_INK = 128
"""Least value of a crop's pixel that is ink."""


class Looks(NamedTuple):
    """What speaks for and against a row, its strokes left out: they take longer to see.

    Attributes:
        likelihood: logarithm of the row's.
        length: logarithm of the number of its characters.
        dirt: of the page, as of ``page_dirt``.
        steadiness: of the page's ink, at least ``FAINT``.
        telling: logarithm of the share of the page's characters and signs that are, as of ``are_telling``; of
            few, it is nearer to one half.
        off_line: how far its characters' tops and feet leave straight lines, as of ``off_line``.
    """

    likelihood: float
    length: float
    dirt: float
    steadiness: float
    telling: float
    off_line: float


class Strokes(NamedTuple):
    """What speaks against a row in the crops of its characters, each in [0, 1].

    Attributes:
        blots: share of their ink that is thicker than the pen.
        copies: how much they are copies of each other, as of ``likeness``.
    """

    blots: float
    copies: float


def are_telling(classes: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which characters are hardly ever seen in what is no writing: neither signs nor strokes nor rings.

    Args:
        classes: an alphabet.

    Returns:
        bool (C,).
    """
    rows = [row_of(text) for text in classes]
    return np.array([row.kind != "sign" and not row.look for row in rows], bool)


def keep_writing(
    rows: Sequence[DecodedRow], steadiness: float, weights: WritingWeights, filled: float = 0.0
) -> list[DecodedRow]:
    """The rows that are writing, in their order.

    Args:
        rows: of a page.
        steadiness: of the page's ink, as of ``InkMap``.
        weights: of what speaks for and against a row.
        filled: share of the picture's height that its highest letter takes.
    """
    plausible = plausible_rows(rows)
    looks = page_looks(rows, plausible, steadiness)
    alone = _FILLS if filled >= _FILLED and sum(len(row.read) for row in plausible) == 1 else 0.0
    kept = [row for row, its in zip(plausible, looks, strict=True) if _is_writing(row, its, weights, alone)]
    return [row for row in kept if not _is_scribble(row, kept)]


def _is_writing(row: DecodedRow, looks: Looks, weights: WritingWeights, more: float) -> bool:
    """Whether a row is, if so much more log odds speak for it."""
    evidence = weights.odds + float(weights.looks @ looks) + more
    if evidence < weights.least or are_circles(row.lattice.crops[row.read]):
        return False
    if evidence + weights.blots + weights.copies >= weights.least:
        # Whatever its strokes are like: they speak against it.
        return True
    strokes = row_strokes(row)
    return evidence + weights.blots * strokes.blots + weights.copies * strokes.copies >= weights.least


def are_circles(crops: npt.NDArray[np.uint8]) -> bool:
    """Whether characters are nothing but circles, as cups, wheels and bubbles leave them.

    Args:
        crops: uint8 (N, 32, 32).

    Returns:
        True if each is a ring about its middle that is as far from it in all directions.
    """
    if not 0 < len(crops) <= _SHORT_CUT:
        return False
    y, x = np.mgrid[: crops.shape[1], : crops.shape[2]]
    for crop in crops:
        rows, columns = np.flatnonzero((crop >= _INK).any(axis=1)), np.flatnonzero((crop >= _INK).any(axis=0))
        if not len(rows):
            return False
        down, across = y - (rows[0] + rows[-1]) / 2, x - (columns[0] + columns[-1]) / 2
        sector = (np.arctan2(down, across) * (_SECTORS / (2 * np.pi)) + _SECTORS).astype(int) % _SECTORS
        ink = crop.ravel().astype(float)
        amounts = np.bincount(sector.ravel(), weights=ink, minlength=_SECTORS)
        if amounts.min() < _INK:
            return False
        radii = np.bincount(sector.ravel(), weights=ink * np.hypot(down, across).ravel()) / amounts
        if radii.std() > _ROUND * radii.mean():
            return False
    return True


def _is_scribble(row: DecodedRow, rows: Sequence[DecodedRow]) -> bool:
    """Whether a row is one line up and down, unlike all others on a page of separate letters: a signature."""
    others = [other for other in rows if other is not row]
    count = sum(len(other.read) for other in others)
    if len(row.read) < _FEW or row.likelihood > _UNLIKE or count < _MANY:
        return False
    apart = sum(int((~other.lattice.is_cut[other.read]).sum()) for other in others)
    likely = sum(len(other.read) * other.likelihood for other in others)
    all_cut = bool(row.lattice.is_cut[row.read].all())
    return all_cut and apart >= _APART * count and likely >= _LIKE * count


def plausible_rows(rows: Sequence[DecodedRow]) -> list[DecodedRow]:
    """The rows whose characters look like ones, in their order: without much else, not all are writing."""
    good = [row for row in rows if row.likelihood >= _least_likelihood(row)]
    found = sum(len(row.probabilities) for row in rows)
    if sum(len(row.probabilities) for row in good) >= _MOSTLY_WRITING * found:
        return good
    return [row for row in good if row.likelihood >= _SURE and len(row.probabilities) > _SHORT]


def page_dirt(rows: Sequence[DecodedRow]) -> float:
    """Log odds that what looks like a character on a page is none."""
    found = sum(len(row.probabilities) for row in rows)
    likely = sum(len(row.probabilities) * row.likelihood for row in rows)
    return math.log((1 + found - likely) / (1 + likely))


def page_looks(rows: Sequence[DecodedRow], plausible: Sequence[DecodedRow], steadiness: float) -> list[Looks]:
    """What speaks for and against each of the plausible rows of a page.

    Args:
        rows: of the page.
        plausible: those among them that are.
        steadiness: of the page's ink.
    """
    dirt = page_dirt(rows)
    told = _PRIOR + sum(row.telling for row in plausible)
    read = 2 * _PRIOR + sum(len(row.path) for row in plausible)
    return [
        Looks(
            math.log(row.likelihood),
            math.log(len(row.probabilities)),
            dirt,
            max(FAINT, steadiness),
            math.log(told / read),
            off_line(row),
        )
        for row in plausible
    ]


def off_line(row: DecodedRow) -> float:
    """How far the tops and feet of a row's characters leave straight lines, as those of scattered rings do.

    Returns:
        The mean of their standard deviations, in letter heights, as far as it is more than usual; 0 for few
        characters.
    """
    boxes = row.lattice.boxes[row.read].astype(float)
    if len(boxes) < _FEW:
        return 0.0
    across = boxes[:, [0, 2]].mean(axis=1)
    fit = np.column_stack([across, np.ones(len(across))])
    ends = boxes[:, [1, 3]]
    rest = ends - fit @ np.linalg.lstsq(fit, ends, rcond=None)[0]
    return max(0.0, float(rest.std(axis=0).mean()) / row.height - _OFF_LINE)


def row_strokes(row: DecodedRow) -> Strokes:
    """What speaks against a row in the crops of its characters."""
    crops = row.lattice.crops[row.read]
    return Strokes(_share_of_blots(crops), likeness(crops)) if len(crops) else Strokes(0.0, 0.0)


def _share_of_blots(crops: npt.NDArray[np.uint8]) -> float:
    ink = np.ascontiguousarray(crops.transpose(1, 2, 0)) >= _INK
    blots = ink
    for axis in (0, 1):
        blots = running(np.logical_and, blots, _PEN, axis)
    blots = np.pad(blots, ((_PEN - 1, _PEN - 1), (_PEN - 1, _PEN - 1), (0, 0)))
    for axis in (0, 1):
        blots = running(np.logical_or, blots, _PEN, axis)
    return float((blots.sum(axis=(0, 1)) / np.maximum(1, ink.sum(axis=(0, 1)))).mean())


def likeness(crops: npt.NDArray[np.uint8]) -> float:
    """How much characters are copies of each other, as pickets, tiles and empty boxes are, in [0, 1].

    Args:
        crops: uint8 (N, 32, 32).

    Returns:
        The mean correlation of two of them, as far as it is more than usual; 0 for few characters.
    """
    count = len(crops)
    if count < _FEW:
        return 0.0
    pixels = crops.reshape(count, -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    pixels /= np.maximum(1.0, np.linalg.norm(pixels, axis=1, keepdims=True))
    together = pixels.sum(axis=0)
    # Of all pairs, those of one with itself are left out.
    return max(0.0, float(together @ together - count) / (count * (count - 1)) - _ALIKE)


def _least_likelihood(row: DecodedRow) -> float:
    """How likely a row must be: more if it is short, for one cut out of one blot, as a printed code is."""
    cut = int(row.lattice.is_cut[row.path].sum())
    count = len(row.probabilities)
    if cut > _MOSTLY_CUT * len(row.path):
        return _SURE_CUT if count <= _SHORT_CUT else _LEAST_LIKELY
    return _SURE if count <= _SHORT else _LEAST_LIKELY
