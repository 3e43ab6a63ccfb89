"""Level rules of a line cut out of a form: near its upper and lower edge, and they go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import neighbours
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
_ASIDE, BARE = 7, 0.5
"""Of a rule, half has no ink so many pixels beside its middle; where writing is as long, most has.
Set by hand."""
FREE = 0.85
"""Of a wall of a field of few cells, most has no ink beside it. Set by hand."""
_REGULAR, _TIMES = 0.4, 20
"""Correlation of a dotted rule with itself moved on by a dot, at least, and so many dots has it. Measured on
cut-outs of forms, name lines and drawn words: what letters have in common is less regular. Set by hand."""
_APART = ROW // 3
"""Pixels from dot to dot at most."""


class Along(NamedTuple):
    """What is seen along a level rule, or what may be one.

    Attributes:
        dark: bool (span,), where there is ink.
        bare: share of these places without ink above and below: writing goes on there.
    """

    dark: npt.NDArray[np.bool_]
    bare: float


def see_along(missing: Floats, rule: Rule, span: tuple[int, int]) -> Along:
    """What is seen along a rule, and beside it.

    Args:
        missing: float32 (H, W).
        rule: of it.
        span: first and last column that are looked at.
    """
    columns = np.arange(*span)
    middle = np.rint(rule.places[columns]).astype(int)
    padded = np.pad(missing[:, slice(*span)], ((_ASIDE + 1, _ASIDE + 1), (0, 0)))
    places, own = middle + _ASIDE + 1, np.arange(len(columns))
    values = padded[np.clip(places + np.array([[-1], [0], [1]]), 0, len(padded) - 1), own].max(axis=0)
    usual = float(np.median(values[values > FAINTEST])) if (values > FAINTEST).any() else 1.0
    faintest = max(FAINTEST, DARK * usual)
    dark = values > faintest
    beside = padded[np.clip(places + np.array([[-_ASIDE], [_ASIDE]]), 0, len(padded) - 1), own].max(axis=0)
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
                if _is_long(missing, rule, span) or _is_dotted(missing, rule, span)
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
    dark = see_along(missing, straight, (0, wide)).dark
    whole = neighbours(dark, ROW // 4, ROW // 4).mean(axis=1) > BARE
    whole[columns] = True
    gaps = np.concatenate([[-1], np.flatnonzero(~whole), [wide]])
    after = int(np.searchsorted(gaps, span[0]))
    places[: gaps[after - 1] + 1] = places[gaps[after] :] = NOWHERE
    return straight


def _is_dotted(missing: Floats, rule: Rule, span: tuple[int, int]) -> bool:
    """Whether a rule is one of dots, and not of the grain of the paper: that is regular everywhere."""
    on, above, below = (_regularity(missing, rule, span, off) for off in (0, -2 * _ASIDE, 2 * _ASIDE))
    return on >= _REGULAR > max(above, below)


def _regularity(missing: Floats, rule: Rule, span: tuple[int, int], off: int) -> float:
    """Greatest correlation of what is so many pixels below a rule with itself some pixels farther on."""
    columns = np.arange(*span)
    rows = np.rint(rule.places[columns]).astype(int) + off
    # Strokes are darker than dots.
    values = missing[np.clip(rows + np.array([[-1], [0], [1]]), 0, len(missing) - 1), columns].mean(axis=0)
    values = np.minimum(values, np.percentile(values, 75))
    values = values - neighbours(values, ROW // 4, ROW // 4).mean(axis=1)
    wide, most = len(values), min(_APART, len(values) // _TIMES)
    alike = [float(values[: wide - k] @ values[k:]) * wide / (wide - k) for k in range(1, most + 2)]
    tops = [b for a, b, c in zip(alike, alike[1:], alike[2:], strict=False) if a < b >= c]
    return max(tops, default=0.0) / max(float(values @ values), 1e-9)


def _is_long(missing: Floats, rule: Rule, span: tuple[int, int]) -> bool:
    """Whether a level rule goes on through most of a span of a picture, with writing on few places of it.

    Args:
        missing: float32 (H, W).
        rule: of it.
        span: first and last column.
    """
    high, wide = len(missing), span[1] - span[0]
    found = see_along(missing, rule, span)
    there = np.flatnonzero(found.dark)
    length = there[-1] - there[0] + 1 if len(there) else 0
    # What may be a stroke of a few letters is looked at more closely.
    free = BARE if wide == missing.shape[1] or length > 2 * _WIDE * high else FREE
    whole = length >= max(_LONG * wide, _WIDE * high) and len(there) >= WHOLE * length
    return whole and found.bare >= free
