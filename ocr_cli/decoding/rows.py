"""A row's best path, and whether what it reads is writing at all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import Arc, Prices, Step, best_path, find_arcs
from ocr_cli.imaging.filters import running
from ocr_cli.segmentation.lattice import Lattice

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

_LIKELY, _LONG, _DIRT, _STEADY, _BLOTS, _ODDS = 3.9, 1.3, -1.2, 9.6, -8.7, -4.4
"""Weights of what speaks for and against a row (``_evidence``), and the log odds without. They are those of
a logistic regression on 3,400 rows of writing, photographed or drawn, by many hands, faint and strong, on
many surfaces, against 670 rows on pictures without (``tests/benchmarks/writing.py``)."""
_WORDS, _MOST_BY_WORDS = 0.3, 3.5
"""How much each nat of common words adds to that, and how much they add at most: rows of touching letters are
the less likely, the more they touch, but dirt seldom reads HELLO."""
FAINT = 0.15
"""Ink less steady than this may be very faint writing as well as none: that tells nothing more."""
_LEAST_EVIDENCE = -3.5
"""Log odds that a row is writing, below which it is none: of those 3,400 rows 7 are lost."""
_PEN = 7
"""Side, in pixels of a crop, of a square that fits into blots and into no stroke: ``crop.STROKE_RANGE``."""
_INK = 128
"""Least value of a crop's pixel that is ink."""


class DecodedRow(NamedTuple):
    """The characters and signs of one row by shape and gaps alone, spaces and look-alikes not yet decided.

    Attributes:
        lattice: of the row.
        arcs: what its candidates may be.
        classification: of its candidates' crops, in their order.
        steps: the chosen candidates from left to right.
        probabilities: float32 (N, C) of the steps that are characters, in their order.
        likelihood: in the geometric mean, the probability that a character is one, and of the likeliest
            group of look-alikes; 0 without characters.
    """

    lattice: Lattice
    arcs: tuple[Arc, ...]
    classification: Classification
    steps: tuple[Step, ...]
    probabilities: npt.NDArray[np.float32]
    likelihood: float

    @property
    def height(self) -> float:
        """The row's letter height in pixels."""
        return self.lattice.height

    @property
    def gaps(self) -> list[float]:
        """Gaps between neighbouring characters, in letter heights."""
        boxes = [step.candidate.box for step in self.steps]
        return [(b[0] - a[2]) / self.height for a, b in itertools.pairwise(boxes)]


def decode_row(
    lattice: Lattice, classification: Classification, folded: npt.NDArray[np.float32], prices: Prices
) -> DecodedRow:
    """Choose the row's characters by shape and gaps alone.

    Args:
        lattice: of one row.
        classification: of its candidates' crops, in their order.
        folded: float32 (N,), probability of the likeliest group of look-alikes of each candidate.
        prices: of the alphabet.
    """
    arcs = find_arcs(lattice, classification.is_character, prices)
    steps = best_path(arcs, folded)
    read = [step.place for step in steps if step.mark is None]
    likely = classification.is_character[read] * folded[read]
    likelihood = float(np.exp(np.log(np.maximum(likely, 1e-6)).mean())) if read else 0.0
    probabilities = classification.probabilities[read]
    return DecodedRow(lattice, tuple(arcs), classification, tuple(steps), probabilities, likelihood)


def keep_writing(
    rows: Sequence[DecodedRow], steadiness: float, familiarity: Callable[[DecodedRow], float]
) -> list[DecodedRow]:
    """The rows that are writing, in their order.

    Args:
        rows: of a page.
        steadiness: of the page's ink, as of ``InkMap``.
        familiarity: asked where the rest leaves doubts: by how many nats common words make a row likelier
            than letters drawn at random.
    """
    dirt = page_dirt(rows)
    kept = []
    for row in plausible_rows(rows):
        missing = _LEAST_EVIDENCE - _evidence(row, dirt, steadiness)
        if missing <= 0 or (missing <= _MOST_BY_WORDS and missing <= _WORDS * familiarity(row)):
            kept.append(row)
    return kept


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


def _evidence(row: DecodedRow, dirt: float, steadiness: float) -> float:
    """Log odds that a row is writing, by all that is known of it but its words.

    Args:
        row: that has characters.
        dirt: of the page, as of ``page_dirt``.
        steadiness: of the page's ink.

    Returns:
        At least so much where that is enough: whether there are blots is then not looked at.
    """
    evidence = _ODDS + _LIKELY * math.log(row.likelihood) + _LONG * math.log(len(row.probabilities))
    evidence += _DIRT * dirt + _STEADY * max(FAINT, steadiness)
    if evidence + _BLOTS >= _LEAST_EVIDENCE:
        # However much of it is blots.
        return evidence + _BLOTS
    return evidence + _BLOTS * share_of_blots(row)


def share_of_blots(row: DecodedRow) -> float:
    """The share of the characters' ink that is thicker than the pen, in [0, 1]."""
    crops = [step.candidate.crop for step in row.steps if step.mark is None]
    if not crops:
        return 0.0
    ink = np.stack(crops, axis=2) >= _INK
    blots = ink
    for axis in (0, 1):
        blots = running(np.logical_and, blots, _PEN, axis)
    blots = np.pad(blots, ((_PEN - 1, _PEN - 1), (_PEN - 1, _PEN - 1), (0, 0)))
    for axis in (0, 1):
        blots = running(np.logical_or, blots, _PEN, axis)
    return float((blots.sum(axis=(0, 1)) / np.maximum(1, ink.sum(axis=(0, 1)))).mean())


def _least_likelihood(row: DecodedRow) -> float:
    """How likely a row must be: more if it is short, for one cut out of one blot, as a printed code is."""
    cut = sum(step.candidate.is_cut for step in row.steps)
    count = len(row.probabilities)
    if cut > _MOSTLY_CUT * len(row.steps):
        return _SURE_CUT if count <= _SHORT_CUT else _LEAST_LIKELY
    return _SURE if count <= _SHORT else _LEAST_LIKELY
