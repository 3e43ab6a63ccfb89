"""Rules of a field: found as lines that go on through the whole of it, and taken out of the ink.

A template says where they ought to be. Print, paper and lens shift them by a little, and tilt and bend them:
each is looked for near its place as the straight line along which ink is least often missing, and followed
from there. Faint, dotted and broken rules are lines, too; a stroke of writing is none, because it does not
go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import gaussian_blur, neighbours

Floats = npt.NDArray[np.float32]
Bitmap = npt.NDArray[np.bool_]

_STEADY = 30
"""Per cent of a rule's length that may be missing, or under the dots of a dotted one. Set by hand."""
FAINTEST = 0.035
"""Share of the paper's light that a rule swallows at least. Set by hand."""
_SLANT = 0.03
"""Most that a rule rises over its length, beside what rows allow. Set by hand."""
_SAMPLES = 120
"""Places along a rule that are looked at."""
_FOLLOWED = 0.05
"""Rows by which a rule may leave the straight line. Set by hand."""
_THICKEST = 0.14
"""Rows that a rule is thick at most on each side of its middle. Set by hand."""
_BESIDE = 0.08
"""Rows beside a rule within which scraps are rests of it. Set by hand."""
_NARROWEST, _CLEARER = 0.4, 1.5
"""Narrowest cell of an uneven comb, in usual ones, and how much clearer its rules are than even ones. Set by
hand."""
_NEIGHBOURS = 2
"""Rules that may be near one place."""
_FEW = 4
"""So many rules of a comb tell how dark they mostly are."""
_CROSSING = 0.3
"""Share of a pen's darkness, from which on there is ink beside a rule. Set by hand."""


NOWHERE = -1000.0
"""Place of a rule in columns where there is none: far from any picture."""


class Rule(NamedTuple):
    """A line across a picture.

    Attributes:
        places: float (W,), how far down its middle is in each column; the picture may be a turned one.
            ``NOWHERE`` where it does not go on.
        profile: float (2 R + 1,), its usual strength from R pixels above its middle to R below.
    """

    places: npt.NDArray[np.float64]
    profile: Floats

    @property
    def place(self) -> float:
        """How far down it is in the middle."""
        return float(np.median(self.places[self.places > NOWHERE]))


def find_rules(
    strength: Floats, span: tuple[int, int], places: Iterable[tuple[float, float]], row: float
) -> list[Rule]:
    """The level rules of a picture near the places where some may be, the clearest first.

    Args:
        strength: float32 (H, W), share of the paper's light that is missing.
        span: first and last column of what rules go through.
        places: how far down one may be, and within how many pixels.
        row: height of a row of writing in pixels.

    Returns:
        Those that are there.
    """
    start, stop = max(0, span[0]), min(strength.shape[1], span[1])
    if stop - start < 4:
        return []
    # Dots of a dotted rule, and its gaps, become one.
    along = _means(strength, max(1, round(0.1 * row)))
    columns = np.unique(np.linspace(start, stop - 1, _SAMPLES).astype(int))
    found = []
    for place, within in places:
        # Rules of neighbouring fields may be as near as the field's own.
        for _ in range(_NEIGHBOURS):
            rule = _find_rule(strength, along, columns, place, within, row)
            if rule is None:
                break
            found.append(rule)
            along = along.copy()
            along[beside_rules(along.shape, [rule], row)] = 0
    return found


def _find_rule(
    strength: Floats, along: Floats, columns: npt.NDArray[np.int64], place: float, within: float, row: float
) -> Rule | None:
    height = len(strength)
    low, high = max(0, round(place - within)), min(height - 1, round(place + within))
    if low > high:
        return None
    ends = np.arange(low, high + 1)
    rise = max(2.0, _SLANT * float(columns[-1] - columns[0]), 0.1 * row)
    left, right = (grid.ravel() for grid in np.meshgrid(ends, ends))
    near = np.abs(left - right) <= rise
    left, right = left[near], right[near]
    share = np.linspace(0, 1, len(columns))
    lines = np.rint(left[:, None] + (right - left)[:, None] * share).astype(int)
    values = along[lines, columns]
    scores = np.percentile(values, _STEADY, axis=1)
    best = int(scores.argmax())
    if scores[best] < FAINTEST:
        return None
    straight = np.interp(
        np.arange(strength.shape[1]), columns, left[best] + (right[best] - left[best]) * share
    )
    followed = _followed(along, straight, max(1, round(_FOLLOWED * row)))
    profile = _profile(strength, followed, max(2, round(_THICKEST * row)), columns)
    middle = len(profile) // 2
    # A rule is a line, and what is dark all around is none.
    if min(profile[0], profile[-1]) > 0.6 * profile[middle]:
        return None
    return Rule(followed, profile)


def find_comb(
    strength: Floats,
    span: tuple[int, int],
    expected: npt.NDArray[np.float64],
    within: float,
    row: float,
    *,
    together: bool,
) -> list[Rule | None]:
    """The level rules that part cells of one size, as the teeth of a comb.

    A letter's stem may be as long and as straight as they are: they are looked for together first, and then
    each for itself near by. What is darker than they mostly are is writing on them.

    Args:
        strength: float32 (H, W).
        span: first and last column of what rules go through.
        expected: float (N,), how far down they ought to be.
        within: so many pixels they may be off.
        row: height of a row of writing in pixels.
        together: whether they are off alike.

    Returns:
        Each; None where there is none.
    """
    shift, score = common_shift(strength, span, expected, within) if together else (0.0, 0.0)
    uneven = _uneven(strength, span, expected, score) if together else None
    if uneven is not None:
        expected, shift = uneven, 0.0
    near = within if not together else max(2.0, 0.035 * row)
    rules = [
        rule[0] if (rule := find_rules(strength, span, [(float(place), near)], row)) else None
        for place in expected + shift
    ]
    peaks = [float(rule.profile.max()) for rule in rules if rule is not None]
    if not together or len(peaks) < _FEW:
        return rules
    profile = np.median([rule.profile for rule in rules if rule is not None], axis=0).astype(np.float32)
    return [
        None if rule is None else rule._replace(profile=np.minimum(rule.profile, profile)) for rule in rules
    ]


def _steadiness(strength: Floats, span: tuple[int, int]) -> npt.NDArray[np.float64]:
    """How steadily ink is missing along each row of a picture: float (H,)."""
    part = strength[:, max(0, span[0]) : span[1]]
    # Along a rule ink is hardly ever missing.
    return np.asarray(np.percentile(part, _STEADY, axis=1), float)


def _uneven(
    strength: Floats, span: tuple[int, int], expected: npt.NDArray[np.float64], score: float
) -> npt.NDArray[np.float64] | None:
    """Where the rules of a comb are whose cells are not of one size: float (N,); None if they are.

    Args:
        strength: float32 (H, W).
        span: first and last column of what rules go through.
        expected: float (N,), where they would be.
        score: how steady they are there.
    """
    steady = gaussian_blur(_steadiness(strength, span)[None].astype(np.float32), 1.0, 4)[0]
    width = float(expected[1] - expected[0])
    low, high = expected[0] + _NARROWEST * width, expected[-1] - _NARROWEST * width
    reach = round(0.4 * width)
    tops = np.flatnonzero(steady >= neighbours(steady, reach, reach).max(axis=1))
    tops = tops[(tops > low) & (tops < high) & (steady[tops] > FAINTEST)]
    tops = tops[np.argsort(-steady[tops])][: len(expected) - 2]
    if len(tops) < max(_FEW - 1, len(expected) - 2):
        return None
    if steady[tops].min() < 0.4 * steady[tops].max() or steady[tops].mean() < _CLEARER * score:
        return None
    return np.concatenate([expected[:1], np.sort(tops), expected[-1:]]).astype(float)


def common_shift(
    strength: Floats, span: tuple[int, int], expected: npt.NDArray[np.float64], within: float
) -> tuple[npt.NDArray[np.float64], float]:
    """By how much each of several rules is off its place if they stand evenly: float (N,).

    And how steadily ink is missing along them, in the mean.
    """
    steady = _steadiness(strength, span)
    steady = neighbours(np.minimum(steady, np.percentile(steady, 97)), 1, 1).max(axis=1)
    offsets = np.arange(-within, within + 1)
    first, last = (grid.ravel() for grid in np.meshgrid(offsets, offsets))
    share = np.linspace(0, 1, len(expected))
    shifts = first[:, None] + (last - first)[:, None] * share
    places = np.clip(np.rint(expected + shifts), 0, len(steady) - 1).astype(int)
    # Of equally good ones, the one that is least off.
    scores = steady[places].mean(axis=1) - 1e-4 * np.abs(shifts).max(axis=1)
    best = int(scores.argmax())
    return shifts[best], float(scores[best])


def _followed(along: Floats, straight: npt.NDArray[np.float64], reach: int) -> npt.NDArray[np.float64]:
    """A rule's middle in each column, smoothed: where the ink near the straight line has its weight."""
    height, width = along.shape
    columns = np.arange(width)
    offsets = np.arange(-reach, reach + 1)
    rows = np.clip(np.rint(straight)[None] + offsets[:, None], 0, height - 1).astype(int)
    values = along[rows, columns] ** 2 + 1e-6
    shift = (values * offsets[:, None]).sum(axis=0) / values.sum(axis=0)
    smooth = np.sort(neighbours(shift, 30, 30), axis=1)[:, 30]
    places = np.rint(straight) + neighbours(smooth, 7, 7).mean(axis=1)
    # Beyond the edge of the picture there is none.
    return np.asarray(np.clip(places, 0, height - 1))


def _means(strength: Floats, reach: int) -> Floats:
    """The mean of so many pixels on each side: float32 (H, W)."""
    size = 2 * reach + 1
    sums = np.cumsum(np.pad(strength, ((0, 0), (reach + 1, reach)), "edge"), axis=1, dtype=np.float64)
    return np.asarray((sums[:, size:] - sums[:, :-size]) / size, np.float32)


def _profile(
    strength: Floats, places: npt.NDArray[np.float64], reach: int, columns: npt.NDArray[np.int64]
) -> Floats:
    offsets = np.arange(-reach, reach + 1)
    rows = np.clip(np.rint(places[columns])[None] + offsets[:, None], 0, len(strength) - 1).astype(int)
    values = strength[rows, columns]
    # Half of the columns: writing crosses some. Of dotted rules, more are empty.
    return np.asarray(np.maximum(np.median(values, axis=1), 0.6 * values.mean(axis=1)), np.float32)


def take_out(strength: Floats, rules: Sequence[Rule], pen: float, row: float) -> Floats:
    """The ink without rules, but for strokes that cross them and what is much darker than they are.

    Args:
        strength: float32 (H, W).
        rules: of it.
        pen: usual strength of the writing.
        row: height of a row in pixels.

    Returns:
        float32 (H, W).
    """
    left: Floats = strength.copy()
    for rule in rules:
        left = _without(left, rule, pen, row)
    return left


def beside_rules(shape: tuple[int, ...], rules: Sequence[Rule], row: float) -> Bitmap:
    """Where level rules are, and a little beside them: bool of the shape."""
    height, width = shape
    mask = np.zeros((height, width), bool)
    reach = round(_BESIDE * row)
    columns = np.arange(width)
    for rule in rules:
        for step in range(-reach, reach + 1):
            rows = np.rint(rule.places).astype(int) + step
            inside = (rows >= 0) & (rows < height)
            mask[rows[inside], columns[inside]] = True
    return mask


def _without(strength: Floats, rule: Rule, pen: float, row: float) -> Floats:
    height, width = strength.shape
    middle = len(rule.profile) // 2
    peak = float(rule.profile.max())
    part = rule.profile > max(0.25 * peak, 0.5 * FAINTEST)
    reach = [0, 0]
    for side, step in enumerate((-1, 1)):
        while reach[side] < middle and part[middle + step * (reach[side] + 1)]:
            reach[side] += 1
    above, below = reach[0] + 2, reach[1] + 2
    offsets = np.arange(-above, below + 1)
    columns = np.arange(width)
    rows = np.rint(rule.places)[None].astype(int) + offsets[:, None]
    inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    values = strength[rows, columns]
    profile = np.zeros(len(offsets), np.float32)
    known = np.abs(offsets) <= middle
    profile[known] = rule.profile[middle + offsets[known]]
    # What a pale rule adds to a stroke is little; what it leaves of the paper is less than a pen does.
    rest = np.where(values > 1.4 * profile[:, None] + 0.3 * pen, values, 0)
    beside = max(2, round(0.05 * row))
    ink = _CROSSING * pen
    over = _any_ink(strength, rule.places - above, -beside, 0, ink)
    under = _any_ink(strength, rule.places + below, 0, beside, ink)
    reach_across = max(1, (above + below) // 3)
    over, under = (
        np.asarray(neighbours(one, reach_across, reach_across).any(axis=1)) for one in (over, under)
    )
    crossing = over & under
    kept = np.where(crossing[None], values, rest)
    left: Floats = strength.copy()
    left[rows[inside], np.broadcast_to(columns, rows.shape)[inside]] = kept[inside]
    return left


def _any_ink(strength: Floats, places: npt.NDArray[np.float64], first: int, last: int, ink: float) -> Bitmap:
    height, width = strength.shape
    rows = np.rint(places)[None].astype(int) + np.arange(first, last + 1)[:, None]
    values = strength[np.clip(rows, 0, height - 1), np.arange(width)]
    values[(rows < 0) | (rows >= height)] = 0
    return np.asarray((values > ink).sum(axis=0) >= max(1, (last - first) // 2))
