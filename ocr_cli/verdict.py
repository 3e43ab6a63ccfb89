"""Is this writing, and if not, why: all that is left out of a page is left out here.

Each guard is a function from evidence, which is measured elsewhere, to a reason, or to None if it has nothing
against it. They are asked in the order in which they stand here: of the picture's ink, of what lies in a row,
of what a row looks like once its letters are rated, of the text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from ocr_cli.weights import WritingWeights


class Reason(Enum):
    """Why something is no writing: what is said of it, and what to try if it is."""

    NO_INK = "nothing stands out from the paper", "more light, or the writing alone in the picture"
    NO_LETTERS = "nothing is as high as letters are", "--layout line, word or character if it is one"
    SURFACE = (
        "what stands out has no edges, as shades, wood and cloth have none",
        "even light, the paper alone",
    )
    BARS = "bars of one height, as of a code or of empty boxes", ""
    SQUARES = "ink full of holes, as of a printed code", ""
    CUT_OFF = "the picture's edge cuts through its letters", "a picture with more paper around the writing"
    PRINTED = "printed", "without --ignore-print"
    UNLIKELY = "its shapes look like no letters", "a sharper or larger picture, --rotate, or --layout block"
    AMONG_DIRT = "too short to be told from the dirt around it", "the writing alone in the picture"
    UNLIKE_WRITING = "letters it may look like, but not a row of writing", "--layout block or line"
    CIRCLES = "nothing but circles", "--layout word or character"
    SCRIBBLE = "one line up and down, as a signature", "--layout line"
    UNSURE = "it is read as characters, but most unsurely", "a sharper or larger picture, or --layout block"
    SIGNS = "more signs than letters, as folds and grain look", "--layout block or line"
    STRAY_MARKS = "single strokes, small or at the edge", "--layout word or character"

    @property
    def said(self) -> str:
        """What there is to say of it."""
        return self.value[0]

    @property
    def advice(self) -> str:
        """What to try; may be empty."""
        return self.value[1]


_STEADY = 0.13
"""Least steadiness of ink with edges; twice as much for a picture that is full of it. It is above 0.2 on real
pages; on surfaces it mostly lies below 0.1. Set by hand."""
_THIRD = 1 / 3
"""Share of a full picture that is ink, or near it; of real pages at most 0.3. Ink without edges on as much of
the picture's rim is a shade, or what surrounds a sheet; and so much of a page's characters must be in likely
rows for it to be trusted. Set by hand."""
MOST = 0.5
"""More than half of something is most of it, by definition."""
_UNEVEN = 0.12
"""Most by which the stroke widths of letters of one pen vary: standard deviation over mean. Set by hand."""
MANY = 3
"""One or two can be anything: letters of one pen, on a line, or copies of each other, a heading or a row of a
column, rows of a column, letters above each other, bars of a code, waves of a scribble. Set by hand."""


class SurfaceEvidence(Protocol):
    """What speaks for and against it that ink is a surface; each is measured when it is asked for."""

    @property
    def steadiness(self) -> float:
        """As of ``InkMap``."""

    @property
    def fullness(self) -> float:
        """Share of the picture that is ink, or near it."""

    @property
    def rim(self) -> float:
        """Share of the pixels on the picture's edges that are ink."""

    @property
    def lettered(self) -> float:
        """Share of the ink that is in what is as high as letters are; 0 if nothing is."""

    @property
    def letters(self) -> int:
        """How many of those there are."""

    @property
    def unevenness(self) -> float:
        """Standard deviation over mean of the letters' stroke widths."""


def surface(ink: SurfaceEvidence) -> Reason | None:
    """Whether what was taken for ink has neither edges nor strokes of one width."""
    if ink.steadiness >= 2 * _STEADY or (ink.steadiness >= _STEADY and ink.fullness <= _THIRD):
        return None
    # Leaves and grass fill most of it, even if they are as wide as each other.
    full = ink.fullness > MOST or (ink.steadiness < _STEADY and ink.rim > _THIRD)
    if full or ink.lettered < MOST:
        return Reason.SURFACE
    return Reason.SURFACE if ink.letters >= MANY and ink.unevenness > _UNEVEN else None


_SAME, _SAME_IF_LEVEL = 0.9, 0.7
"""Least correlation of what stands in the upper, middle and lower part of bars; the second is for bars of
several widths that also end at the same heights, as of a code that is out of focus. Set by hand."""
_WIDTHS_VARY = 0.25
"""Least standard deviation over mean of the widths of bars; those of ones in a row are more alike.
Set by hand."""
LEVEL = 0.01
"""Or they end at the same heights above and below, as the sides of empty boxes do: standard deviation in
heights of the row. Nobody writes ones so evenly. Set by hand."""


class BarsEvidence(NamedTuple):
    """What speaks for it that a row is of bars.

    Attributes:
        pieces: how many may be bars.
        unevenness: standard deviation of the heights at which they end, in heights of the row.
        variety: standard deviation over mean of their widths.
        sameness: least correlation of what stands at two of three heights; 0 where one is full or empty.
    """

    pieces: int
    unevenness: float
    variety: float
    sameness: float


def bars(row: BarsEvidence) -> Reason | None:
    """Whether a row is a bar code, or the sides of empty boxes."""
    level = row.unevenness < LEVEL
    code = row.pieces >= MANY and row.variety > _WIDTHS_VARY
    least = _SAME_IF_LEVEL if code and level else _SAME
    return Reason.BARS if (code or level) and row.sameness > least else None


_HOLES = 6
"""Codes of squares are mostly ink, and have more holes than this for each of their heights in width. Writing
that hangs together has two for each letter at most. Set by hand."""


def squares(density: float, holes: float) -> Reason | None:
    """Whether most of a row is one piece of ink full of holes.

    Args:
        density: share of its box that is ink.
        holes: for each of its heights in width, one at least.
    """
    return Reason.SQUARES if density >= MOST and holes > _HOLES else None


_MOSTLY_CUT = 0.7
"""Share of a row's letters that end at the picture's upper or lower edge, from which on the edge cuts through
the row: where it was cropped closely, only the highest letters end there. And share of a row's characters
that were cut from others, from which on they are pieces. Set by hand."""
_FEWEST_CUT = 4
"""Fewer letters may all end at the edge and be whole. Set by hand."""


def cut_off(count: int, share: float) -> Reason | None:
    """Whether the picture's edge cuts through a row.

    Args:
        count: of its letters.
        share: of them that end at the edge.
    """
    return Reason.CUT_OFF if count >= _FEWEST_CUT and share >= _MOSTLY_CUT else None


LEAST_LIKELY = 0.2
"""A row whose characters are in the geometric mean less likely than this is dirt. Set by hand."""
_SURE, _SURE_CUT = 0.6, 0.4
"""Rows of fewer than ``MANY`` characters must be so likely, and of no more if they are mostly cut: of letters
that touch nobody can be as sure. Set by hand."""


def unlikely(likelihood: float, count: int, cut: float) -> Reason | None:
    """Whether a row's characters look too little like ones: more is asked of a short row than of a long one.

    Args:
        likelihood: that its characters are some, in the geometric mean.
        count: of them.
        cut: share of its characters and signs that were cut from others, as out of one blot.
    """
    least = _SURE if count < MANY else LEAST_LIKELY
    if cut > _MOSTLY_CUT:
        least = _SURE_CUT if count <= MANY else LEAST_LIKELY
    return None if likelihood >= least else Reason.UNLIKELY


def among_dirt(likelihood: float, count: int, good: float) -> Reason | None:
    """Whether a likely row stands on a page of little but dirt, and is not sure enough for that.

    Args:
        likelihood: of the row.
        count: of its characters.
        good: share of the page's characters that are in likely rows.
    """
    # In much dirt some passes for letters: there all rows must be sure, and short ones are dirt.
    fits = good >= _THIRD or (likelihood >= _SURE and count >= MANY)
    return None if fits else Reason.AMONG_DIRT


def unlike_writing(odds: float, weights: WritingWeights) -> Reason | None:
    """Whether what speaks against a row outweighs what speaks for it.

    Args:
        odds: log odds that it is writing.
        weights: that gave them.
    """
    return None if odds >= weights.least else Reason.UNLIKE_WRITING


_ROUND = 0.03
"""Most that a circle's radius varies: standard deviation over mean. Measured: of 1,400 written rings, by all
kinds of people, none is below it."""
MOST_CIRCLES = 3
"""More circles in a row are writing. Set by hand."""


def circles(variations: Sequence[float]) -> Reason | None:
    """Whether a row's characters are nothing but circles, as cups, wheels and bubbles leave them.

    Args:
        variations: of each one's radius, standard deviation over mean; what is no ring varies without end.
    """
    all_round = 0 < len(variations) <= MOST_CIRCLES and max(variations) <= _ROUND
    return Reason.CIRCLES if all_round else None


_UNLIKE, CLEAR, _APART = 0.8, 0.9, 0.8
"""A row is another kind of line if it is no likelier than the first, where the others are as likely as the
second, which is clear, and the third share of their characters stands apart. Set by hand."""
ENOUGH = 12
"""Fewer characters tell little of a page: which of its rows is unlike the others, which way it stands (JULES
upside down is 53716), whether its gaps are of two kinds. Set by hand."""


class Others(NamedTuple):
    """The other rows of a page.

    Attributes:
        letters: how many characters they have.
        apart: share of these that were not cut from others.
        likelihood: mean of theirs.
    """

    letters: int
    apart: float
    likelihood: float


def scribble(count: int, likelihood: float, all_cut: bool, others: Others) -> Reason | None:
    """Whether a row is one line up and down, unlike all others on a page of separate letters: a signature.

    Args:
        count: of its characters.
        likelihood: of the row.
        all_cut: whether all of them were cut from one another.
        others: the rest of the page.
    """
    unlike = count >= MANY and likelihood <= _UNLIKE and all_cut
    sure = others.letters >= ENOUGH and others.apart >= _APART and others.likelihood >= CLEAR
    return Reason.SCRIBBLE if unlike and sure else None


_LEAST_SURE = 1.15
"""Least sureness of a row beside surer ones. Measured: of 468 rows of pages, notes and cases 17 are below, in
which 32 characters more are invented than right; 5 at half of this number, and at twice of it 67 fewer
(tests/benchmarks/text_rows.py)."""
_SUREST = 0.98
"""No character speaks more for its row, or against it, than one so sure. Set by hand."""


def sureness(confidences: Sequence[float]) -> float:
    """Mean log odds that characters are right.

    Args:
        confidences: of at least one, in [0, 1].
    """
    sure = [min(max(one, 1 - _SUREST), _SUREST) for one in confidences]
    return sum(math.log(one / (1 - one)) for one in sure) / len(sure)


def unsure(confidences: Sequence[float]) -> Reason | None:
    """Whether a row is read so unsurely, once all that is known of words is weighed, that it is no text.

    Args:
        confidences: of its characters or ones that look alike, at least one, in [0, 1].
    """
    return Reason.UNSURE if sureness(confidences) < _LEAST_SURE else None


def signs(count: int, of: int) -> Reason | None:
    """Whether the text is mostly signs, as folds and grain look.

    Args:
        count: of the signs.
        of: so many characters.
    """
    return Reason.SIGNS if 2 * count > of else None


_MARK_SIZE, _MARK_MARGIN = 0.04, 0.01
"""Of nothing but strokes, one must be so high, as a share of the picture's longer side, and not at its left
or right edge, unless it has most of its height: staples, scratches, edges of paper and rests of rules are
read as ones, too. Set by hand."""


class Mark(NamedTuple):
    """A stroke.

    Attributes:
        height: share of the picture's longer side.
        margin: from the nearer side of the picture, as a share of its width.
        share: of the picture's height that it has.
    """

    height: float
    margin: float
    share: float


def stray_marks(marks: Sequence[Mark]) -> Reason | None:
    """Whether the strokes that are all of a page are too small, or too near to a side, to be writing."""
    stray = all(one.height < _MARK_SIZE or (one.margin <= _MARK_MARGIN and one.share < MOST) for one in marks)
    return Reason.STRAY_MARKS if stray else None
