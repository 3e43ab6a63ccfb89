"""The upright sides of boxes and the teeth of combs, told from the stems of letters beside them.

A stem may stand on a rule as a side does, and now and then it reaches just to the next one. But sides are
thin, straight and end on the rules, they stand at the ends of the rules, and between those at even distances.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import median
from ocr_cli.imaging.runs import bounding_boxes, find_runs, label_runs

Bitmap = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_NEAR = 3
"""Pixels, beside the rules' thickness, by which a side may miss the rule that it ends on, or its place, or be
wide. Set by hand."""
ASKEW = 0.04
"""Share of its height by which a side may lean, and the ends of bars be higher than others; letter heights by
which a dot may stand beside its line. Set by hand."""
_ALIKE = 0.12
"""Teeth of a comb differ by this share of their height at most. Set by hand."""
_NARROWEST = 0.5
"""Narrowest box, in letter heights. Set by hand."""
_KEPT = 0.8
"""Share of the places at even distances at which there are sides. Set by hand."""
ROW = 4
"""Between rules without ends, so many sides at even distances are a row of boxes, and so many dots at one
height a rule. Set by hand."""


class _Uprights(NamedTuple):
    """Thin upright runs that stand on a rule, by their indices among all runs.

    Attributes:
        which: int (N,).
        x: float (N,), their middles.
        top: int (N,), their upper ends.
    """

    which: npt.NDArray[np.int64]
    x: Floats
    top: npt.NDArray[np.int64]

    def only(self, chosen: Bitmap) -> _Uprights:
        """Some of them."""
        return _Uprights(self.which[chosen], self.x[chosen], self.top[chosen])


def find_sides(uprights: Bitmap, level: Bitmap, letter_height: float) -> Bitmap:
    """The sides of boxes and the teeth of combs.

    Args:
        uprights: bool (H, W), ink in thin upright runs, without what is in level rules.
        level: bool (H, W), ink of level rules.
        letter_height: in pixels.

    Returns:
        bool (H, W).
    """
    runs = find_runs(uprights)
    of_run, count = label_runs(runs)
    boxes = bounding_boxes(runs, of_run, count)
    rules = find_runs(level)
    of_rule, rule_count = label_runs(rules)
    rule_boxes = bounding_boxes(rules, of_rule, rule_count)
    columns = find_runs(np.ascontiguousarray(level.T))
    thickness = median(columns.lengths)
    near = round(thickness) + _NEAR
    labels = np.zeros(level.shape, np.int32)
    labels.reshape(-1)[rules.places()] = np.repeat(of_rule, rules.lengths) + 1
    heights = boxes[:, 3] - boxes[:, 1]
    straight = boxes[:, 2] - boxes[:, 0] <= thickness + _NEAR + ASKEW * heights
    # The rule that each stands on, and the one that it reaches up to.
    ends = np.full((count, 2), -1)
    for k in np.flatnonzero(straight).tolist():
        left, top, right, bottom = boxes[k].tolist()
        for number, y in enumerate((top, bottom)):
            around = labels[max(0, y - near) : y + near, max(0, left - near) : right + near]
            ends[k, number] = around.max(initial=0) - 1
    sides = np.zeros(count, bool)
    for over, under in {(over, under) for over, under in ends.tolist() if under >= 0 and over != under}:
        which = np.flatnonzero((ends == (over, under)).all(axis=1))
        group = _Uprights(which, boxes[which][:, [0, 2]].mean(axis=1), boxes[which, 1])
        if over < 0:
            tall = rule_boxes[under, 3] - group.top
            group = group.only(np.abs(tall - median(tall)) <= _ALIKE * median(tall) + 2)
        outer = rule_boxes[[under] if over < 0 else [over, under]]
        first, last = float(outer[:, 0].max()), float(outer[:, 2].min()) - 1
        places = _places(group.x, first, last, near + thickness / 2, letter_height, closed=over < 0)
        if places is None:
            continue
        # A letter that touches a side parts it: both of its pieces are taken out.
        top, bottom = group.top.min() - near, rule_boxes[under, 3]
        inside = straight & (boxes[:, 1] >= top) & (boxes[:, 3] <= bottom + near)
        middles = boxes[:, [0, 2]].mean(axis=1)
        sides |= inside & (np.abs(middles[:, None] - places).min(axis=1) <= near)
    return runs.keep(sides[of_run])


def _places(
    x: Floats, first: float, last: float, near: float, letter_height: float, *, closed: bool
) -> Floats | None:
    """Where between the ends of rules their sides stand; None if what stands there are no sides.

    Args:
        x: float (N,), of the uprights.
        first: left end of the rules.
        last: their right end.
        near: how far from its place an upright may stand.
        letter_height: in pixels.
        closed: whether there must be one at each end.
    """
    at_ends = [bool((np.abs(x - end) <= near).any()) for end in (first, last)]
    if all(at_ends) or (any(at_ends) and not closed):
        for count in range(int((last - first) / (_NARROWEST * letter_height)), 1, -1):
            places = np.linspace(first, last, count + 1)
            if (np.abs(places[:, None] - x).min(axis=1) <= near).mean() >= _KEPT:
                return places
        return None if closed and len(x) < ROW - 1 else x
    if closed or len(x) < ROW:
        return None
    # Rules that go on beyond the picture: even distances are all that tells sides.
    order = np.sort(x)
    step = median(np.diff(order))
    if step < _NARROWEST * letter_height:
        return None
    places = order[0] + step * np.arange(round((order[-1] - order[0]) / step) + 1)
    found = np.abs(places[:, None] - x).min(axis=1) <= near
    return places if len(places) >= ROW and found.mean() >= _KEPT else None
