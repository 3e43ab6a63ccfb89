"""Is what was read on a page its text at all?

Rows are judged one by one, and on a page without writing now and then one looks like letters: a corner of a
window is an L. What tells is the page: how much else on it looked like characters and is none, how steady its
ink is, and how large, how many and how sure those are that were read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ocr_cli.alphabet import is_sign, row_of
from ocr_cli.decoding.decoder import ReadLine, Sign
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.decoding.writing import FAINT, PRIOR
from ocr_cli.placement import Placement
from ocr_cli.verdict import Mark, Reason, no_page, signs, stray_marks, sureness
from ocr_cli.weights import WritingWeights

ENOUGH = 10
"""More characters than these make a page no surer to be one. Set by hand."""


class PageLooks(NamedTuple):
    """What speaks for and against the text of a page.

    Attributes:
        length: logarithm of the number of its characters.
        evidence: log odds that they are right, of ``ENOUGH`` at most.
        rest: logarithm of how many more looked like characters and are none, over those that are some.
        steadiness: of the page's ink, at least ``writing.FAINT``.
        telling: logarithm of the share that are telling, as of ``writing.are_telling``.
        size: logarithm of the letters' height over the page's longer side.
    """

    length: float
    evidence: float
    rest: float
    steadiness: float
    telling: float
    size: float


def page_looks(
    rows: Sequence[DecodedRow], read: Sequence[Sequence[Sign]], steadiness: float, side: float
) -> PageLooks:
    """What speaks for and against the text of a page.

    Args:
        rows: of the page.
        read: what was read in each of them; at least one has characters.
        steadiness: of the page's ink, as of ``InkMap``.
        side: the page's longer one, in the rows' pixels.
    """
    kept = [row for row, signs in zip(rows, read, strict=True) if signs]
    every = [sign.folded for signs in read for sign in signs]
    characters = sum(len(row.read) for row in kept)
    rest = sum(len(row.read) for row in rows) - characters
    told = PRIOR + sum(row.telling for row in kept)
    # Not NumPy's median: that loads a module more.
    height = sorted(row.height for row in kept)[len(kept) // 2]
    return PageLooks(
        math.log(len(every)),
        min(len(every), ENOUGH) * sureness(every),
        math.log((1 + rest) / (1 + characters)),
        max(FAINT, steadiness),
        math.log(told / (2 * PRIOR + len(every))),
        math.log(height / side),
    )


def why_no_text(
    rows: Sequence[DecodedRow], read: Sequence[ReadLine], place: Placement, weights: WritingWeights
) -> Reason | None:
    """Why the text of a page is none, or None.

    Args:
        rows: of the page.
        read: what was read in each of them that is writing, nothing in the others; some characters in all.
        place: where they lie.
        weights: of what speaks for and against the text.
    """
    every = [sign for line in read for sign in line.signs]
    texts = [sign.text for sign in every]
    why = signs(sum(map(is_sign, texts)), len(texts))
    if why is None and all(row_of(text).look == "stroke" for text in texts):
        why = _why_stray(every, place)
    if why is not None:
        return why
    layout = place.layout
    looks = page_looks(rows, [line.signs for line in read], layout.steadiness, max(layout.size))
    return no_page(weights.page.probability(looks), weights)


def _why_stray(read: Sequence[Sign], place: Placement) -> Reason | None:
    boxes = [place.on_page(sign.box) for sign in read]
    width, height = place.page.width, place.page.height
    return stray_marks(
        [
            Mark(
                box.height / max(width, height),
                min(box.left, width - box.right) / width,
                box.height / height,
            )
            for box in boxes
        ]
    )
