"""Level rules of a line cut out of a form: near its upper and lower edge, and they go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.ruled.cutting import ROW
from ocr_cli.ruled.ruling import FAINTEST, NOWHERE, Rule, find_rules

Floats = npt.NDArray[np.float32]

_ZONE = 0.28
"""Of the picture's height, from its upper and lower edge, within which its level rules lie. Set by hand."""
_LONG, _WIDE = 0.75, 1.3
"""They are so long at least, as a share of the picture's width, and of its height: strokes of a 7 or a T may
be as wide as their picture. Set by hand."""
WHOLE, DARK = 0.93, 0.4
"""Share of a rule's length that is there, and how dark that is beside its usual. Set by hand."""
ASIDE, BARE = 7, 0.5
"""Of a rule, half has no ink so many pixels beside its middle; where writing is as long, most has.
Set by hand."""
FREE = 0.85
"""Of a wall of a field of few cells, most has no ink beside it. Set by hand."""
_DOTS = 14
"""Pixels from a dot of a dotted rule, which is half as thick, to the next. Set by hand."""


class Along(NamedTuple):
    """What is seen along a level rule, or what may be one.

    Attributes:
        dark: bool (span,), where there is ink.
        bare: share of these places without ink above and below: writing goes on there.
    """

    dark: npt.NDArray[np.bool_]
    bare: float


def see_along(missing: Floats, rule: Rule, span: tuple[int, int], aside: int) -> Along:
    """What is seen along a rule, and so many pixels beside it.

    Args:
        missing: float32 (H, W).
        rule: of it.
        span: first and last column that are looked at.
        aside: pixels from its middle to where there is paper.
    """
    columns = np.arange(*span)
    middle = np.rint(rule.places[columns]).astype(int)
    padded = np.pad(missing[:, slice(*span)], ((aside + 1, aside + 1), (0, 0)))
    places, own = middle + aside + 1, np.arange(len(columns))
    values = padded[np.clip(places + np.array([[-1], [0], [1]]), 0, len(padded) - 1), own].max(axis=0)
    usual = float(np.median(values[values > FAINTEST])) if (values > FAINTEST).any() else 1.0
    faintest = max(FAINTEST, DARK * usual)
    dark = values > faintest
    beside = padded[np.clip(places + np.array([[-aside], [aside]]), 0, len(padded) - 1), own].max(axis=0)
    bare = float((beside[dark] <= faintest).mean()) if dark.any() else 0.0
    return Along(dark, bare)


def find_levels(missing: Floats) -> Iterator[Rule]:
    """Level rules near the upper and lower edge; of one that leaves the picture, the part that is on it.

    Args:
        missing: float32 (H, W), share of the paper's light that is missing.
    """
    high, wide = missing.shape
    zone = _ZONE / 2 * high
    for place in (zone, high - zone):
        for span in _spans(wide):
            found = [
                _on(missing, rule, span)
                for rule in find_rules(missing, span, [(place, zone)], ROW)
                if _is_long(missing, rule, span, ASIDE, 1) or _is_long(missing, rule, span, ASIDE // 2, _DOTS)
            ]
            yield from found
            if found:
                break


def _spans(wide: int) -> Iterator[tuple[int, int]]:
    """All of a picture, its halves, and its outer thirds."""
    yield 0, wide
    for parts in (2, 3):
        yield 0, wide // parts
        yield wide - wide // parts, wide


def _on(missing: Floats, rule: Rule, span: tuple[int, int]) -> Rule:
    """A rule of a part of a picture as far as it goes on."""
    wide = missing.shape[1]
    if span == (0, wide):
        return rule
    columns = np.arange(*span)
    line = np.polyfit(columns, rule.places[columns], 1)
    places = np.asarray(np.polyval(line, np.arange(wide)), np.float64)
    places[columns] = rule.places[columns]
    straight = rule._replace(places=places)
    dark = see_along(missing, straight, (0, wide), ASIDE).dark
    whole = ndimage.uniform_filter1d(dark.astype(float), ROW // 2) > BARE
    whole[columns] = True
    labels, _ = ndimage.label(whole)
    places[labels != labels[span[0]]] = NOWHERE
    return straight


def _is_long(missing: Floats, rule: Rule, span: tuple[int, int], aside: int, dots: int) -> bool:
    """Whether a level rule goes on through most of a span of a picture, with writing on few places of it.

    Args:
        missing: float32 (H, W).
        rule: of it.
        span: first and last column.
        aside: pixels from its middle to where there is paper.
        dots: pixels from one of its dots to the next, at most.
    """
    high, wide = len(missing), span[1] - span[0]
    found = see_along(missing, rule, span, aside)
    there = np.flatnonzero(ndimage.maximum_filter1d(found.dark, dots))
    length = there[-1] - there[0] + 1 if len(there) else 0
    # What may be a stroke of a few letters is looked at more closely.
    free = BARE if wide == missing.shape[1] or length > 2 * _WIDE * high else FREE
    whole = length >= max(_LONG * wide, _WIDE * high) and len(there) >= WHOLE * length
    return whole and found.bare >= free
