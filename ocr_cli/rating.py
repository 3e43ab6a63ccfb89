"""Pixels of a page -> its rows, rated: turned as it reads best, by the model that suits it.

Two models there are as long as none of them reads everything well. One knows capitals and digits alone, and
so takes no O for an o; the other knows small letters and signs as well. What tells at once which of them is
the right one are the letters whose small form is none of their capital's: for which of the two does the wider
model take those of the page? Where that leaves a doubt, as few letters do, it counts as well how sure each of
them is of what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.lattice.lattice import RowInk, row_inks
from ocr_cli.loading import Loading, Tools
from ocr_cli.options import Rotation, Shown
from ocr_cli.placement import turned
from ocr_cli.segmentation.known import Known, find_known_layout
from ocr_cli.segmentation.layout import Layout, find_layout, ignore
from ocr_cli.speed.sharing import Each
from ocr_cli.stages import LayoutObserver
from ocr_cli.weights import PrintWeights

SAMPLE = 40
"""At most so many letters of a page are asked which of two models is to read it, and are looked at in all
orientations; only the likeliest one is read. Set by hand."""
_SMALL: Final = frozenset("abdefghnqrty")
_CAPITALS: Final = frozenset("ABDEFGHLNQRT")
"""Letters that no hand writes like one of the other kind, in the same size or another."""
_UNSEEN = 0.5
"""Letters of either kind that a page is thought to have besides its own. Set by hand."""
_PRIOR, _SURER = 1.1, 5.0
"""Log odds for the wider model where no letter tells, and weight of the difference of the two models' mean
confidence. Set by hand, together with the two numbers below, near the least loss of a scan over 930 pages,
notes, lines and words of many hands, each kind counting alike: tests/benchmarks/choice_of_model.py."""
_DOUBT, _DOUBT_IN_FEW = 0.8, 10.0
"""Log odds below which both models read the page, and by how much more, divided by the number of letters.
Set by hand."""


class Told(NamedTuple):
    """What single letters of a page tell of the model to read it with.

    Attributes:
        odds: log odds for the wider model.
        letters: how many were looked at.
    """

    odds: float = _PRIOR
    letters: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Whether it counts as well how sure each of the models is of the page."""
        return abs(self.odds) < _DOUBT + _DOUBT_IN_FEW / max(1, self.letters)

    def is_wide(self, narrow: float | None = None, wide: float | None = None) -> bool:
        """Whether the wider model is the right one.

        Args:
            narrow: mean confidence of the characters that the other one read on the page, if it did.
            wide: that of the wider one.
        """
        more = 0.0 if narrow is None or wide is None else wide - narrow
        return self.odds + _SURER * more > 0


def told_by(found: Classification, classes: Sequence[str]) -> Told:
    """What letters tell.

    Args:
        found: what the wider model takes them for.
        classes: the characters of its columns.
    """
    small, capitals = (
        float(found.probabilities[:, [text in kind for text in classes]].sum()) + _UNSEEN
        for kind in (_SMALL, _CAPITALS)
    )
    return Told(_PRIOR + float(np.log(small / capitals)), len(found.is_character))


_DIRT, _UPRIGHT = 0.2, 0.9
"""Pages whose characters are in the mean less likely or likelier are not tried in other orientations.
Set by hand."""
_TURNED, _LIKELIER = 0.85, 0.08
"""A turned page must be so likely, and so much likelier than the page as it is, to be believed.
Set by hand."""
_ENOUGH = 12
"""Pages of fewer characters are not turned, but for a column: JULES upside down is 53716. Set by hand."""
_COLUMN, _BESIDE = 4, 1.25
"""Rows from which on single letters above each other may be a row on its side, and most components of such a
row in the mean. Set by hand."""
_CRUMBS = 0.4
"""Dots, accents and pieces for each letter from which on strokes fall into crumbs. Set by hand: of real pages
they are at most 0.36, but for a drying marker's 0.77 and pencil in boxes' 1.11."""
_FILLS = 0.4
"""Letters higher than this, as a share of the picture's height, may fill a picture that was cut out closely.
Set by hand: of words cut to their ink the usual letter has half of the height and more."""
_CUT_OUT = 250
"""Only pictures lower than this, in pixels, are taken to be cut out closely: photographs are higher, and what
fills them is a surface. Set by hand."""


class Rated(NamedTuple):
    """The rows of a page after it was turned counter-clockwise by so many quarters.

    Attributes:
        quarters: the turn.
        layout: of the turned page, without its ink.
        rows: with their best paths by shape.
        tools: what they were rated with; None without rows.
        told: what the page's letters tell of the tools to take.
        inks: of the rows, if they are to be read with other tools as well.
        known: what the page was taken to show; None for a page like any other.
    """

    quarters: int
    layout: Layout
    rows: list[DecodedRow]
    tools: Tools | None = None
    told: Told = Told()
    inks: tuple[RowInk, ...] = ()
    known: Known | None = None

    @property
    def likelihood(self) -> float:
        """Mean of the rows' likelihoods, long rows counting for more; 0 without characters."""
        weights = [len(row.probabilities) for row in self.rows]
        total = sum(n * row.likelihood for n, row in zip(weights, self.rows, strict=True))
        return total / max(1, sum(weights))

    @property
    def characters(self) -> int:
        """How many there are."""
        return sum(len(row.probabilities) for row in self.rows)

    @property
    def is_short_turned(self) -> bool:
        """Whether it was turned to its side though it has few characters."""
        return self.quarters % 2 == 1 and self.characters < _ENOUGH

    @property
    def is_one_row(self) -> bool:
        """Whether it shows a single short row, upright, on a picture that may be cut out closely."""
        height = self.layout.size[1] / self.layout.scale
        return len(self.rows) == 1 and self.characters < _ENOUGH and not self.quarters and height <= _CUT_OUT

    @property
    def is_crumbled(self) -> bool:
        """Whether its strokes fall into crumbs, as a drying marker's do."""
        letters = sum(len(row.letters) for row in self.layout.rows)
        small = sum(len(row.small) for row in self.layout.rows)
        return letters >= _ENOUGH and small >= _CRUMBS * letters

    @property
    def is_column(self) -> bool:
        """Whether single letters stand above each other, as those of a row on its side do."""
        rows = self.layout.rows
        return len(rows) >= _COLUMN and sum(len(row.letters) for row in rows) <= _BESIDE * len(rows)


class Rater:
    """Rates the rows of pages.

    Args:
        tools: what knows characters; they may still be loading. Of two, each page is rated with those that
            suit it.
        layout: what pictures show.
        rotation: how pictures are turned before they are read.
        ignore_print: whether printed text beside the handwriting is left out.
        each: does the work with each row.

    Attributes:
        known: what all pictures show; None for pages.
        turns: whether pages that read badly are turned.
    """

    def __init__(
        self, tools: Loading, layout: Shown, rotation: Rotation, ignore_print: bool, each: Each
    ) -> None:
        self._tools, self._ignore_print, self._each = tools, ignore_print, each
        self.known: Known | None = None if layout == "page" else layout
        # What is known to be a line or a word stands as it is cut out.
        self._quarters = 0 if rotation == "auto" else -rotation // 90 % 4
        self.turns = rotation == "auto" and self.known is None

    def upright(self, pixels: npt.NDArray[np.uint8], tools: Tools | None = None) -> Rated:
        """The rows of a page as it stands, or turned if it reads so well only then.

        Args:
            pixels: uint8 (H, W, 3), RGB.
            tools: to rate it with; those that suit it if None.
        """
        best = self.turned(pixels, self._quarters, tools)
        if not self.turns or not _DIRT < best.likelihood < _UPRIGHT:
            return best
        if best.is_column:
            turns: tuple[int, ...] = (1, 3)
        else:
            turns = (_likeliest_turn(best),) if best.characters >= _ENOUGH else (0,)
        others = [self.turned(pixels, quarters, tools) for quarters in turns if quarters]
        other = max(others, key=lambda one: one.likelihood, default=best)
        least = max(_TURNED, best.likelihood + _LIKELIER)
        return other if other.likelihood > least and other.characters >= best.characters / 2 else best

    def turned(self, pixels: npt.NDArray[np.uint8], quarters: int, tools: Tools | None = None) -> Rated:
        """The rows of a page turned counter-clockwise by so many quarters."""
        layout = self.layout(turned(pixels, quarters), self.known)
        return self._rows(layout, quarters, tools)._replace(known=self.known)

    def filling(self, pixels: npt.NDArray[np.uint8]) -> Rated | None:
        """The rows of a page whose letters may fill it to its edges.

        None if the page is large, or no letter is nearly as high as it.
        """
        if len(pixels) > _CUT_OUT:
            return None
        layout = self.layout(pixels, "block")
        height = layout.size[1] - 2 * layout.border * layout.scale
        if not any(row.height >= _FILLS * height for row in layout.rows):
            return None
        return self._rows(layout, 0)._replace(known="block")

    def alone(self, pixels: npt.NDArray[np.uint8]) -> Rated:
        """The row of a page that shows nothing else."""
        return self._rows(self.layout(pixels, "line"), 0)._replace(known="line")

    def rated(self, tools: Tools, page: Rated) -> Rated:
        """The rows of a page rated with some tools: the same if they were."""
        if tools is page.tools:
            return page
        lattices = tools.scorer.lattices(page.inks, self._each)
        return page._replace(tools=tools, rows=tools.decoder.by_shape(lattices))

    def layout(
        self, pixels: npt.NDArray[np.uint8], known: Known | None, observe: LayoutObserver = ignore
    ) -> Layout:
        """The layout of a page that shows what is known, before the eyes of an observer."""
        if known is None:
            return find_layout(pixels, observe, printed=self._printed())
        return find_known_layout(pixels, known, observe, printed=self._printed())

    def _printed(self) -> PrintWeights | None:
        """What tells print, if it is to be left out."""
        return self._tools.get()[0].weights.printed if self._ignore_print else None

    def _rows(self, layout: Layout, quarters: int, tools: Tools | None = None) -> Rated:
        inks = tuple(row_inks(layout.components, layout.strength, layout.rows))
        page = Rated(quarters, layout.without_ink(), [], inks=inks)
        if not inks:
            return page
        *narrower, wide = self._tools.get()
        if tools or not narrower:
            return self.rated(tools or wide, page)._replace(inks=())
        crops = _some(np.concatenate([row.doubtful for row in inks]), SAMPLE)
        if len(crops):
            classifier = wide.scorer.classifier
            page = page._replace(told=told_by(classifier.classify(crops), classifier.classes))
        page = self.rated(wide if page.told.is_wide() else narrower[0], page)
        return page if page.told.is_doubtful else page._replace(inks=())


def _likeliest_turn(page: Rated) -> int:
    """Quarters counter-clockwise by which letters of a page, turned alone, look most like letters."""
    lattices = [row.lattice for row in page.rows]
    crops = np.concatenate([lattice.crops[lattice.of_letters] for lattice in lattices])
    if not len(crops) or page.tools is None:
        return 0
    scorer, sample = page.tools.scorer, _some(crops, SAMPLE)
    turns = [np.ascontiguousarray(np.rot90(sample, quarters, (1, 2))) for quarters in range(4)]
    found = [scorer.classifier.classify(turn) for turn in turns]
    return int(np.argmax([(one.is_character * scorer.folded(one)).mean() for one in found]))


def _some(crops: npt.NDArray[np.uint8], most: int) -> npt.NDArray[np.uint8]:
    """At most so many crops, from all over the page."""
    return crops[:: max(1, -(-len(crops) // most))]
