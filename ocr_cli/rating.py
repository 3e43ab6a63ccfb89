"""Pixels of a page -> its rows, rated: turned as it reads best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.loading import Loading, Tools
from ocr_cli.options import Rotation, Shown
from ocr_cli.placement import turned
from ocr_cli.segmentation.known import Known, find_known_layout
from ocr_cli.segmentation.layout import Layout, find_layout, ignore
from ocr_cli.segmentation.surface import SAMPLE
from ocr_cli.speed.sharing import Each
from ocr_cli.stages import LayoutObserver
from ocr_cli.verdict import CLEAR, ENOUGH, LEAST_LIKELY
from ocr_cli.weights import PrintWeights

_TURNED, _LIKELIER = 0.85, 0.08
"""A turned page must be so likely to be believed unread, and at all so much likelier than the page as it is.
Set by hand."""
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
        known: what the page was taken to show; None for a page like any other.
    """

    quarters: int
    layout: Layout
    rows: list[DecodedRow]
    tools: Tools | None = None
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
    def is_one_row(self) -> bool:
        """Whether it shows a single short row, upright, on a picture that may be cut out closely."""
        height = self.layout.size[1] / self.layout.scale
        return len(self.rows) == 1 and self.characters < ENOUGH and not self.quarters and height <= _CUT_OUT

    @property
    def is_crumbled(self) -> bool:
        """Whether its strokes fall into crumbs, as a drying marker's do."""
        letters = sum(len(row.letters) for row in self.layout.rows)
        small = sum(len(row.small) for row in self.layout.rows)
        return letters >= ENOUGH and small >= _CRUMBS * letters

    @property
    def is_column(self) -> bool:
        """Whether single letters stand above each other, as those of a row on its side do."""
        rows = self.layout.rows
        return len(rows) >= _COLUMN and sum(len(row.letters) for row in rows) <= _BESIDE * len(rows)


class Rater:
    """Rates the rows of pages.

    Args:
        tools: what knows characters, last of all; they may still be loading.
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

    def orientations(self, pixels: npt.NDArray[np.uint8]) -> list[Rated]:
        """The rows of a page as it stands, or turned if they look so well only then.

        Args:
            pixels: uint8 (H, W, 3), RGB.

        Returns:
            One, or two of which only what is read in them can tell the right one.
        """
        best = self.turned(pixels, self._quarters)
        if not self.turns or not LEAST_LIKELY < best.likelihood < CLEAR:
            return [best]
        if best.is_column:
            turns: tuple[int, ...] = (1, 3)
        else:
            turns = (_likeliest_turn(best),) if best.characters >= ENOUGH else (0,)
        others = [self.turned(pixels, quarters) for quarters in turns if quarters]
        other = max(others, key=lambda one: one.likelihood, default=best)
        if other.likelihood <= best.likelihood + _LIKELIER or other.characters < best.characters / 2:
            return [best]
        if other.likelihood <= _TURNED:
            return [best, other]
        # Few letters may look as likely upside down.
        few = other.quarters % 2 == 1 and other.characters < ENOUGH
        return [other, self.turned(pixels, (other.quarters + 2) % 4)] if few else [other]

    def turned(self, pixels: npt.NDArray[np.uint8], quarters: int) -> Rated:
        """The rows of a page turned counter-clockwise by so many quarters."""
        layout = self.layout(turned(pixels, quarters), self.known)
        return self._rows(layout, quarters)._replace(known=self.known)

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

    def layout(
        self, pixels: npt.NDArray[np.uint8], known: Known | None, observe: LayoutObserver = ignore
    ) -> Layout:
        """The layout of a page that shows what is known, before the eyes of an observer."""
        if known is None:
            return find_layout(pixels, observe, printed=self._printed())
        return find_known_layout(pixels, known, observe, printed=self._printed())

    def _printed(self) -> PrintWeights | None:
        """What tells print, if it is to be left out."""
        return self._tools.get()[-1].weights.printed if self._ignore_print else None

    def _rows(self, layout: Layout, quarters: int) -> Rated:
        inks = row_inks(layout.components, layout.strength, layout.rows)
        page = Rated(quarters, layout.without_ink(), [])
        if not inks:
            # Without rows, nobody waits for the tools.
            return page
        tools = self._tools.get()[-1]
        lattices = tools.scorer.lattices(inks, self._each)
        return page._replace(tools=tools, rows=tools.decoder.by_shape(lattices))


def _likeliest_turn(page: Rated) -> int:
    """Quarters counter-clockwise by which letters of a page, turned alone, look most like letters."""
    lattices = [row.lattice for row in page.rows]
    crops = np.concatenate([lattice.crops[lattice.of_letters] for lattice in lattices])
    if not len(crops) or page.tools is None:
        return 0
    # From all over the page.
    scorer, sample = page.tools.scorer, crops[:: max(1, -(-len(crops) // SAMPLE))]
    turns = [np.ascontiguousarray(np.rot90(sample, quarters, (1, 2))) for quarters in range(4)]
    found = [scorer.classifier.classify(turn) for turn in turns]
    return int(np.argmax([(one.is_character * scorer.folded(one)).mean() for one in found]))
