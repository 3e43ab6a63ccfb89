"""Walls of a line cut out of a form: the sides of its field, and what parts its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import gaussian_blur, neighbours, running
from ocr_cli.ruled.cutting import ROW
from ocr_cli.ruled.field_ink import OF_PEN
from ocr_cli.ruled.levels import BARE, DARK, FREE, WHOLE, Along, see_along
from ocr_cli.ruled.pieces import boxes_of, label_pieces
from ocr_cli.ruled.ruling import FAINTEST, Rule, find_rules, take_out

Floats = npt.NDArray[np.float32]

AT_SIDE = 0.4
"""Rows from the picture's left and right edge within which a wall is a side of the field. Set by hand."""
TALL, SHORT = 0.3, 0.05
"""Of the picture's height: what is higher is a letter, and how far at least it ends from the edges that walls
reach. Set by hand."""
_ALIKE = 0.2
"""Cells of a comb differ by this share of their usual width at most. Set by hand."""
_PALE = 0.5
"""And are so much paler or darker than usual at most. Set by hand."""
_NEAR = 9
"""Pixels within which a wall leans. Set by hand."""
_MANY = 4
"""Of more walls than this, those beside one such cell are taken, too. Set by hand."""
_PEN = 97
"""Per cent of a picture that are paler than its pen. Set by hand."""


def find_walls(missing: Floats, span: tuple[int, int], *, framed: bool) -> list[Rule]:
    """The sides of a field and the walls of its cells, from left to right.

    Args:
        missing: float32 (H, W).
        span: rows that they go through.
        framed: whether there are level rules that they end on.
    """
    turned = np.ascontiguousarray(missing.T)
    span = max(0, span[0]), min(len(missing), span[1])
    if span[1] - span[0] < AT_SIDE * ROW:
        return []
    part = turned[:, slice(*span)]
    usual = gaussian_blur(part.mean(axis=1)[None], 1.0, 4)[0]
    # Few stems are there all the way, so that few places are looked at closely.
    near = np.pad(part > FAINTEST, ((_NEAR // 2, _NEAR // 2), (0, 0)))
    whole = running(np.logical_or, near, _NEAR, 0).mean(axis=1) >= WHOLE
    tops = np.flatnonzero((usual >= neighbours(usual, _NEAR // 2, _NEAR // 2).max(axis=1)) & whole)
    found = []
    for x in tops.tolist():
        for rule, seen in _wall(turned, span, float(x)):
            if seen.dark.mean() >= WHOLE and (seen.bare >= (BARE if framed else WHOLE)):
                found.append((rule, seen.bare))
    if not framed and not _are_longer(missing, [rule for rule, _ in found]):
        return []
    bands = tuple(band_of(side) for side in (missing[slice(*span)], missing[slice(*span), ::-1]))
    sides = bands[0], len(turned) - bands[1]
    walls, broken = _of_cells(found, len(turned), sides)
    if framed and not any(sides[0] + AT_SIDE * ROW < wall.place < sides[1] - AT_SIDE * ROW for wall in walls):
        walls += _all_broken(turned, span, sides)
    for x in broken.tolist():
        found_there = [rule for rule, seen in _wall(turned, span, x) if seen.bare >= FREE]
        # Of one that is nearly gone, some scrap may be left.
        walls += found_there or [Rule(np.full(turned.shape[1], x), np.zeros(3, np.float32))]
    return walls


def _all_broken(turned: Floats, span: tuple[int, int], sides: tuple[float, float]) -> list[Rule]:
    """Walls that part a field into a few cells of one size, if each is broken and begins or ends at a rule.

    Args:
        turned: float32 (W, H), a picture turned on its side.
        span: its columns from rule to rule.
        sides: of the field.
    """
    end = max(1, round(2 * SHORT * (span[1] - span[0])))
    for cells in range(3, _MANY + 2):
        places = np.linspace(*sides, cells + 1)[1:-1].tolist()
        found = [wall for x in places for wall in _wall(turned, span, x)]
        walls = [
            rule
            for rule, seen in found
            if seen.dark.mean() > BARE and seen.bare >= FREE and (seen.dark[:end] | seen.dark[-end:]).any()
        ]
        if len(walls) == len(places):
            return walls
    return []


def _wall(turned: Floats, span: tuple[int, int], x: float) -> Iterator[tuple[Rule, Along]]:
    """The upright rule near a column, if there is one, and what is seen along it.

    Args:
        turned: float32 (W, H), a picture turned on its side.
        span: its columns through which it goes.
        x: place of the rule.
    """
    first = max(0, round(x) - ROW // 2)
    around = turned[first : round(x) + ROW // 2]
    for rule in find_rules(around, span, [(x - first, _NEAR // 2)], ROW)[:1]:
        rule = rule._replace(places=rule.places + first)
        yield rule, see_along(turned, rule, span)


def without_walls(missing: Floats, walls: Sequence[Rule]) -> Floats:
    """What is missing of light, float32 (H, W), without walls, but for strokes that cross them."""
    pen = float(np.percentile(missing, _PEN))
    return np.ascontiguousarray(take_out(np.ascontiguousarray(missing.T), walls, pen, ROW).T)


def _are_longer(missing: Floats, walls: Sequence[Rule]) -> bool:
    """Whether all letters end short of the edges that walls reach."""
    high = len(missing)
    darkest = float(np.percentile(missing, 99))
    labels = label_pieces(without_walls(missing, walls) > max(FAINTEST, OF_PEN * darkest))
    starts, stops = boxes_of(labels)[:, 1::2].T
    tall = stops - starts > TALL * high
    ends = (starts > SHORT * high) & (stops < (1 - SHORT) * high)
    return bool(tall.any() and ends[tall].all())


def _of_cells(
    walls: list[tuple[Rule, float]], wide: int, sides: tuple[float, float]
) -> tuple[list[Rule], npt.NDArray[np.float64]]:
    """Those at the sides, and those between that part cells of one size, and where others ought to be.

    A stem may be as long as they are, but what is printed in one form is about as dark, and where cells are
    few, nothing is written beside their walls.
    """
    peaks = np.array([wall.profile.max() for wall, _ in walls])
    usual = float(np.median(peaks)) if len(peaks) else 0.0
    alike = (peaks > _PALE * usual) & (peaks < usual / _PALE)
    walls = [wall for wall, is_alike in zip(walls, alike.tolist(), strict=True) if is_alike]
    places = np.array([wall.place for wall, _ in walls])
    kept = (places < AT_SIDE * ROW) | (places > wide - AT_SIDE * ROW)
    # Where no side was found, the cells end at the edges of the picture.
    left = float(places[kept & (places < wide / 2)].max(initial=sides[0]))
    right = float(places[kept & (places > wide / 2)].min(initial=sides[1]))
    inner = np.flatnonzero(~kept)
    broken = np.zeros(0)
    if len(inner) > _MANY:
        gaps = np.diff(np.concatenate([[left], places[inner], [right]]))
        near = np.abs(gaps - np.median(gaps)) < _ALIKE * np.median(gaps)
        kept[inner] = near[:-1] | near[1:]
    else:
        inner = np.array([number for number in inner.tolist() if walls[number][1] >= FREE], int)
        kept[inner], broken = _on_grid(places[inner], left, right)
    return [wall for (wall, _), is_kept in zip(walls, kept.tolist(), strict=True) if is_kept], broken


def _on_grid(
    places: npt.NDArray[np.float64], left: float, right: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which of a few walls part a field into cells of one size, if half of those that do are there.

    And where those are that do and are not there.
    """
    found: npt.NDArray[np.bool_] = np.zeros(len(places), bool)
    broken, most = np.zeros(0), 0
    for cells in range(2, 2 * len(places) + 2):
        width = (right - left) / cells
        expected = left + width * np.arange(1, cells)
        near = np.abs(places[:, None] - expected) < _ALIKE * width
        there = near.any(axis=0)
        if there.sum() > most and there.mean() >= BARE:
            found, most = np.asarray(near.any(axis=1)), int(there.sum())
            broken = np.asarray(expected[~there], np.float64)
    return found, broken


def band_of(missing: Floats) -> float:
    """Columns that are dark all the way from the left edge on: of a side that is thicker than a rule."""
    if not missing.size:
        return 0.0
    dark = (missing > DARK * float(np.percentile(missing, 99))).mean(axis=0) >= WHOLE
    start = int(dark[: round(SHORT * ROW) + 1].argmax())
    return float(start + np.append(dark[start:], False).argmin()) if dark[start] else 0.0
