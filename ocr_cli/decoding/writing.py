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
from ocr_cli.verdict import (
    MANY,
    MOST_CIRCLES,
    Others,
    Reason,
    among_dirt,
    circles,
    scribble,
    unlike_writing,
    unlikely,
)
from ocr_cli.weights import WritingWeights

_PRIOR = 2
"""Characters that are telling, and as many that are not, that a page is thought to have besides its own.
Set by hand."""
FAINT = 0.15
"""Ink less steady than this may be very faint writing as well as none: that tells nothing more.
Set by hand."""
_OFF_LINE = 0.1
"""Letter heights by which tops and feet leave a straight line in most rows. Set by hand."""
_ALIKE = 0.42
"""Mean correlation of a row's crops with each other up to which they are no copies; one written row in twenty
exceeds it, by little. Set by hand."""
_USUAL, _WIDE = 0.9, 2.0
"""Mean width, in letter heights, up to which characters are as others, and from which on they tell nothing
more. Narrow ones do not speak for a row: single strokes are. Set by hand."""
_PEN = 7
"""Side, in pixels of a crop, of a square that fits into blots and into no stroke: ``crop.STROKE_RANGE``.
Set by hand."""
_SECTORS = 24
"""Directions in which a ring's distance from its middle is looked at. Set by hand."""
_INK = 128
"""Least value of a crop's pixel that is ink. Set by hand."""


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
        width: mean of its characters' widths, in letter heights, as far as they are wide.
    """

    likelihood: float
    length: float
    dirt: float
    steadiness: float
    telling: float
    off_line: float
    width: float


class Heard(NamedTuple):
    """What speaks for and against a row of a page on which nothing is writing by its looks.

    Attributes:
        dirt, steadiness, telling: as of ``Looks``.
        voiced, sure: how windows speak of it, as of ``windows.evidence.Manner``.
        blots, copies: as of ``Strokes``.
    """

    dirt: float
    steadiness: float
    telling: float
    voiced: float
    sure: float
    blots: float
    copies: float


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


def why_not_writing(
    rows: Sequence[DecodedRow], steadiness: float, weights: WritingWeights
) -> list[Reason | None]:
    """Why rows are no writing: a reason for each, or None.

    Args:
        rows: of a page.
        steadiness: of the page's ink, as of ``InkMap``.
        weights: of what speaks for and against a row.
    """
    reasons = plausibility(rows)
    plausible = [row for row, why in zip(rows, reasons, strict=True) if why is None]
    looks = page_looks(rows, plausible, steadiness)
    found = iter([_why_not(row, its, weights) for row, its in zip(plausible, looks, strict=True)])
    reasons = [why or next(found) for why in reasons]
    kept = [row for row, why in zip(rows, reasons, strict=True) if why is None]
    return [why or _why_scribble(row, kept) for row, why in zip(rows, reasons, strict=True)]


def _why_not(row: DecodedRow, looks: Looks, weights: WritingWeights) -> Reason | None:
    """Why a plausible row is no writing."""
    evidence = weights.odds + float(weights.looks @ looks)
    if evidence >= weights.least > evidence + weights.blots + weights.copies:
        # Whatever its strokes are like: they speak against it, and take longer to see.
        strokes = row_strokes(row)
        evidence += weights.blots * strokes.blots + weights.copies * strokes.copies
    why = unlike_writing(evidence, weights)
    few = why is None and len(row.read) <= MOST_CIRCLES
    return circles(variations(row.lattice.crops[row.read])) if few else why


def heard_alone(
    rows: Sequence[DecodedRow],
    reasons: Sequence[Reason | None],
    steadiness: float,
    weights: WritingWeights,
) -> list[Reason | None]:
    """Why rows of a page without writing are none, now that windows are heard.

    What one stroke of the pen writes has few shapes that look like characters, and a word alone has no rows
    beside it that speak for it.

    Args:
        rows: of the page.
        reasons: why each of them is none by its looks.
        steadiness: of the page's ink, as of ``InkMap``.
        weights: of what speaks for and against a row.

    Returns:
        The same reasons, but None for rows of which windows speak as they do of writing.
    """
    numbers = [number for number, row in enumerate(rows) if len(row.read)]
    some, found = [rows[number] for number in numbers], list(reasons)
    if any(row.classification.said is None for row in some):
        return found
    for number, its in zip(numbers, heard(some, steadiness), strict=True):
        by_looks = found[number] in (Reason.UNLIKELY, Reason.UNLIKE_WRITING)
        if by_looks and weights.alone.probability(its) >= weights.least_alone:
            found[number] = None
    return found


def heard(rows: Sequence[DecodedRow], steadiness: float) -> list[Heard]:
    """What speaks for and against rows of a page that windows read and that have characters."""
    found = []
    for row, looks in zip(rows, page_looks(rows, rows, steadiness), strict=True):
        assert row.classification.said is not None
        manner, strokes = row.classification.said.manner, row_strokes(row)
        found.append(Heard(looks.dirt, looks.steadiness, looks.telling, *manner, *strokes))
    return found


def variations(crops: npt.NDArray[np.uint8]) -> list[float]:
    """How much the radius of rings varies, standard deviation over mean; infinite of what is no ring.

    Args:
        crops: uint8 (N, 32, 32).
    """
    y, x = np.mgrid[: crops.shape[1], : crops.shape[2]]
    found = []
    for crop in crops:
        rows, columns = np.flatnonzero((crop >= _INK).any(axis=1)), np.flatnonzero((crop >= _INK).any(axis=0))
        if not len(rows):
            found.append(math.inf)
            continue
        down, across = y - (rows[0] + rows[-1]) / 2, x - (columns[0] + columns[-1]) / 2
        sector = (np.arctan2(down, across) * (_SECTORS / (2 * np.pi)) + _SECTORS).astype(int) % _SECTORS
        ink = crop.ravel().astype(float)
        amounts = np.bincount(sector.ravel(), weights=ink, minlength=_SECTORS)
        if amounts.min() < _INK:
            found.append(math.inf)
            continue
        radii = np.bincount(sector.ravel(), weights=ink * np.hypot(down, across).ravel()) / amounts
        found.append(float(radii.std() / radii.mean()))
    return found


def _why_scribble(row: DecodedRow, rows: Sequence[DecodedRow]) -> Reason | None:
    others = [other for other in rows if other is not row]
    count = sum(len(other.read) for other in others)
    apart = sum(int((~other.lattice.is_cut[other.read]).sum()) for other in others)
    likely = sum(len(other.read) * other.likelihood for other in others)
    rest = Others(count, apart / max(1, count), likely / max(1, count))
    return scribble(len(row.read), row.likelihood, bool(row.lattice.is_cut[row.read].all()), rest)


def plausibility(rows: Sequence[DecodedRow]) -> list[Reason | None]:
    """Why the characters of rows do not look like ones, or without much else are not all writing, if so."""
    counts = [len(row.probabilities) for row in rows]
    reasons = [
        unlikely(row.likelihood, count, int(row.lattice.is_cut[row.path].sum()) / max(1, len(row.path)))
        for row, count in zip(rows, counts, strict=True)
    ]
    good = sum(count for count, why in zip(counts, reasons, strict=True) if why is None) / max(1, sum(counts))
    return [
        why or among_dirt(row.likelihood, count, good)
        for row, count, why in zip(rows, counts, reasons, strict=True)
    ]


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
            _width(row),
        )
        for row in plausible
    ]


def _width(row: DecodedRow) -> float:
    boxes = row.lattice.boxes[row.read]
    width = float((boxes[:, 2] - boxes[:, 0]).mean()) / row.height
    return min(max(0.0, width - _USUAL), _WIDE - _USUAL)


def off_line(row: DecodedRow) -> float:
    """How far the tops and feet of a row's characters leave straight lines, as those of scattered rings do.

    Returns:
        The mean of their standard deviations, in letter heights, as far as it is more than usual; 0 for few
        characters.
    """
    boxes = row.lattice.boxes[row.read].astype(float)
    if len(boxes) < MANY:
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
    if count < MANY:
        return 0.0
    pixels = crops.reshape(count, -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    pixels /= np.maximum(1.0, np.linalg.norm(pixels, axis=1, keepdims=True))
    together = pixels.sum(axis=0)
    # Of all pairs, those of one with itself are left out.
    return max(0.0, float(together @ together - count) / (count * (count - 1)) - _ALIKE)
