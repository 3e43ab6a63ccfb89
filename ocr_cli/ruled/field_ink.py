"""A patch of a form -> the ink of the writing in its field: rules out, neighbours out, grain out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.ruled.cutting import Patch
from ocr_cli.ruled.frames import without_box
from ocr_cli.ruled.light import missing_light, without_surfaces
from ocr_cli.ruled.pieces import boxes_of, label_pieces
from ocr_cli.ruled.ruled_ink import own_ink
from ocr_cli.ruled.ruling import Rule, beside_rules, common_shift, find_comb, find_rules, take_out

Floats = npt.NDArray[np.float32]
Bitmap = npt.NDArray[np.bool_]

_STROKE = 0.45
"""Rows that strokes are wide at most, for the paper's light to be known under them. Set by hand."""
_SURFACE = 0.35
"""Rows that what is no stroke measures both ways at least. Set by hand."""
_SMALL = 2.0
"""Rows that a field is wide at most that may be a box to tick. Set by hand."""
_SMOOTH = 0.012
"""Rows by which the picture is smoothed, its grain with it. Set by hand."""
_PAPER = 12
"""Per cent of a field that are surely paper. Set by hand."""
_INSET = 0.15
"""Of a field's height, from its upper and lower edge, within which the pen's darkness is not measured."""
_DARKEST = 99.0
"""Per cent of a field that are paler than its pen: one short stroke covers more. Set by hand."""
_AT_SIDE = 0.35
"""Rules so near a field's upper or lower side, in rows, part it from others."""
_GRAIN = 5.0
"""Standard deviations of the paper's grain above which there is ink. Set by hand."""
_FAINTEST = 0.045
"""Share of the paper's light that ink swallows at least. Set by hand."""
_WEAK = 0.7
"""Paler ink hangs together with full ink down to this share of the threshold: a watermark does not. Set by
hand."""
OF_PEN = 0.35
"""Threshold as a share of the pen's darkness. Set by hand."""
_INSIDE = 0.5
"""Share of a piece that lies within the field if it belongs to it. Set by hand."""
_MOSTLY, _PART = 0.75, 0.15
"""The same of a piece that goes on beyond the patch; and of one that is cut off at the field's edge. Set by
hand."""
_LETTER = 0.8
"""Rows that letters are high or wide at most, whose piece is not of two rows. Set by hand."""
_DATES = (6, 8)
"""Digits of a date."""
_CLEARER = 1.5
"""How much clearer walls are that part a comb into two cells more, those of a date's signs, if it is said to
hold none. Set by hand."""
_CAPTION = 0.4
"""Pieces that lie across a side of the field and are lower than this, in rows, are of its caption. Set by
hand."""
_EDGE = 0.1
"""Rows beside the left and right side of a field in which a scrap is what stands beside it. Set by hand."""
THIN, _REST = 0.16, 0.4
_ON_RULE, _ALL_ON_RULE = 0.6, 0.9
"""Pieces thinner than this in rows are rests of a rule if they lie where one was: such a share of those that
are short, nearly all of others. Set by hand."""
_DOT, _DOTS, _LEVEL = 0.16, 4, 0.06
"""So many dots no larger than this in rows, at one height within the third number, are a dotted rule. Set by
hand."""
_SPECK = 0.05
"""Pieces smaller than this each way, in rows, are specks. Set by hand."""
_WRITTEN = 0.012
"""Least area of all writing in a field, in squares of a row's height: a stroke half as high as the row and a
fortieth as wide. Set by hand."""
_LARGE = 0.22
"""Least height or width of its largest piece in rows. Set by hand."""


class FieldInk(NamedTuple):
    """The writing in a field.

    Attributes:
        strength: float32 (H, W) in [0, 1] of the patch, 0 wherever nothing is written.
        labels: int32 (H, W), its connected pieces from 1 on.
        walls: of a comb, where its cells begin and end, float (cells + 1,), at half the field's height.
        written: how sure it is, in [0, 1], that something is written: 0.5 and more if it is taken for it.
        pen: usual share of the paper's light that its strokes swallow.
    """

    strength: Floats
    labels: npt.NDArray[np.int32]
    walls: npt.NDArray[np.float64]
    written: float
    pen: float


def light_of(pixels: Floats, row: float) -> Floats:
    """``missing_light`` of a field whose rows are so high."""
    return missing_light(pixels, _STROKE * row, _SMOOTH * row)


def field_ink(
    patch: Patch,
    *,
    lines: int = 1,
    cells: int | None = None,
    dated: bool = False,
    inside: float = _INSIDE,
    marked: bool = False,
    missing: Floats | None = None,
    level: Sequence[Rule] | None = None,
    walls: Sequence[Rule] = (),
    beyond: int = 0,
) -> FieldInk:
    """Find what is written in a field.

    Args:
        patch: the field with its surroundings; its pixels are not looked at if ``missing`` is given.
        lines: rows of writing.
        cells: of a comb; None if it has none.
        dated: whether it is of a date, which often has cells for the signs between as well.
        inside: share of a piece that lies within the field if it belongs to it.
        marked: whether there are marks in it, and no letters: what the network at rules knows are letters.
        missing: float32 (H, W), what is missing of the patch's light, as of ``light_of``, where it is known.
        level: its level rules, where they are known.
        walls: of its cells that were taken out before; some rest may be left.
        beyond: how many rows of it at the top, and at the bottom, are beyond the picture.
    """
    left, top, right, bottom = patch.box
    row = patch.row
    if missing is None:
        missing = light_of(patch.pixels, row)
    grain = _grain(_on_picture(missing[top:bottom, left:right]))
    if not marked:
        missing = without_surfaces(missing, _SURFACE * row)
        if not cells and right - left < _SMALL * row:
            missing = without_box(missing, patch.box, max(_FAINTEST, _GRAIN * grain))
    # Near its edges, rules and what lies beyond them would be taken for the pen's ink.
    inset = round(_INSET * (bottom - top))
    pen = _pen(missing[top + inset : bottom - inset, left:right], grain)
    if level is None:
        level = find_rules(missing, (left, right), _levels(patch, lines), row)
    if cells or marked:
        ink = take_out(missing, level, pen, row)
    else:
        ink = _without_level(missing, level, pen, patch, beyond)
    upright, sides = _walls(missing, patch, cells, dated=dated)
    ink = np.ascontiguousarray(take_out(ink.T, upright, pen, row).T)
    ruled = beside_rules(missing.shape, level, row)
    ruled |= beside_rules(missing.T.shape, [*upright, *walls], row).T
    edge = round(_EDGE * row)
    ruled[:, : left + edge] = ruled[:, max(0, right - edge) :] = True
    pen = _pen(ink[top + inset : bottom - inset, left:right], grain)
    threshold = max(_FAINTEST, _GRAIN * grain, OF_PEN * pen)
    labels = _without_rests(_pieces(ink, threshold, patch, inside), ruled, patch)
    mask = labels > 0
    strength = np.where(mask, np.clip(ink / max(pen, threshold), 0, 1), 0).astype(np.float32)
    return FieldInk(strength, labels, sides, _written(labels, row), pen)


def _on_picture(missing: Floats) -> Floats:
    """What of a field is on its picture: beyond the edges of that, nothing is missing anywhere."""
    return missing[missing.any(axis=1)][:, missing.any(axis=0)]


def _grain(missing: Floats) -> float:
    """Standard deviation of the paper's grain, from the lightest part of what is written on."""
    usual = float(np.percentile(missing, _PAPER))
    below = missing[missing <= usual]
    return 1.4826 * float(np.median(np.abs(below - usual))) + 0.3 * usual


def _pen(missing: Floats, grain: float) -> float:
    """How dark the strokes are: the median of the darkest ink, whatever pale print is there; 0 without."""
    darkest = float(np.percentile(missing, _DARKEST)) if missing.size else 0.0
    if darkest <= max(_FAINTEST, _GRAIN * grain):
        return 0.0
    return float(np.median(missing[missing > 0.5 * darkest]))


def _without_level(missing: Floats, rules: Sequence[Rule], pen: float, patch: Patch, beyond: int) -> Floats:
    """The ink without level rules, and without what comes up to them from the fields beside this one."""
    _, top, _, bottom = patch.box
    ink = missing
    for rule in rules:
        upper, lower = (abs(rule.place - side) < _AT_SIDE * patch.row for side in (top, bottom))
        if pen > 0 and (upper or lower):
            ink = own_ink(ink, rule.places, pen, above=lower, beyond=beyond)
        else:
            ink = take_out(ink, [rule], pen, patch.row)
    return ink


def _levels(patch: Patch, lines: int) -> list[tuple[float, float]]:
    """Where level rules may be, and how far from there."""
    _, top, _, bottom = patch.box
    row = patch.row
    inner = [(top + number * row, 0.2 * row) for number in range(1, lines)]
    return [(top, 0.25 * row), (bottom, 0.25 * row), (bottom - 0.2 * row, 0.12 * row), *inner]


def _walls(
    missing: Floats, patch: Patch, cells: int | None, *, dated: bool
) -> tuple[list[Rule], npt.NDArray[np.float64]]:
    """The sides of a field, or the walls of its cells, and where they are at half its height."""
    left, top, right, bottom = patch.box
    inset = round(0.06 * (bottom - top))
    turned, span = np.ascontiguousarray(missing.T), (top + inset, bottom - inset)
    count = cells or 1
    if cells in _DATES:
        even, more = (
            common_shift(turned, span, np.linspace(left, right, n + 1), 0.25 * (right - left) / n)[1]
            for n in (cells, cells + 2)
        )
        if more > (1.0 if dated else _CLEARER) * even:
            count = cells + 2
    width = (right - left) / count
    expected = np.asarray(left + width * np.arange(count + 1), np.float64)
    rules = find_comb(
        turned,
        span,
        expected,
        min(0.25 * width, 0.25 * patch.row),
        patch.row,
        together=cells is not None,
    )
    places = [
        place if rule is None else rule.places[(top + bottom) // 2]
        for place, rule in zip(expected.tolist(), rules, strict=True)
    ]
    return [rule for rule in rules if rule is not None], np.array(places)


def _pieces(ink: Floats, threshold: float, patch: Patch, least: float) -> npt.NDArray[np.int32]:
    """Connected pieces of ink that belong to the field: int32 (H, W), from 1 on."""
    left, top, right, bottom = patch.box
    weak = label_pieces(ink > _WEAK * threshold)
    boxes = boxes_of(weak).tolist()
    count = len(boxes)
    strong = np.zeros(count + 1, bool)
    strong[np.unique(weak[ink > threshold])] = True
    strong[0] = False
    areas = np.bincount(weak.ravel(), minlength=count + 1)
    inside = np.bincount(weak[top:bottom, left:right].ravel(), minlength=count + 1)
    keep = np.zeros(count + 1, bool)
    cut = np.zeros(count + 1, bool)
    height, width = ink.shape
    for number, (x0, y0, x1, y1) in enumerate(boxes, 1):
        if not strong[number] or not inside[number]:
            continue
        high, wide = y1 - y0, x1 - x0
        if max(high, wide) < _SPECK * patch.row:
            continue
        # What goes on beyond the patch is more outside than can be seen.
        seen = y0 > 0 and x0 > 0 and y1 < height and x1 < width
        share = inside[number] / areas[number]
        # Captions end where a field begins, and their last letter may be on its edge.
        beside = share < 1 and (x0 < left or x1 > right) and high < _CAPTION * patch.row
        keep[number] = share >= (least if seen else min(1.0, least + _MOSTLY - _INSIDE)) and not beside
        # Letters of two rows that touch each other are one piece, and cut where the field ends.
        large = max(high, wide) > _LETTER * patch.row
        cut[number] = not keep[number] and large and share > _PART
    mask = keep[weak]
    within = np.zeros_like(mask)
    within[top:bottom, left:right] = True
    mask |= cut[weak] & within
    return label_pieces(mask)


def _without_rests(labels: npt.NDArray[np.int32], ruled: Bitmap, patch: Patch) -> npt.NDArray[np.int32]:
    """Pieces without what is left of rules: scraps beside them, and the dots of dotted ones."""
    boxes = boxes_of(labels)
    if not len(boxes):
        return labels
    row = patch.row
    areas = np.bincount(labels.ravel(), minlength=len(boxes) + 1)[1:]
    on_rule = np.bincount(labels[ruled].ravel(), minlength=len(boxes) + 1)[1:]
    sizes = boxes[:, 2:] - boxes[:, :2]
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    thin = sizes.min(axis=1) < THIN * row
    gone = thin & (sizes.max(axis=1) < _REST * row) & (on_rule >= _ON_RULE * areas)
    gone |= thin & (on_rule >= _ALL_ON_RULE * areas)
    # The dots of i stand in the upper half.
    place = (middles - patch.box[1]) / row % 1.0
    dots = (sizes.max(axis=1) < _DOT * row) & (place > 0.5)
    level = np.abs(middles[:, None] - middles[None]) < _LEVEL * row
    gone |= dots & ((level & dots[None]).sum(axis=1) >= _DOTS)
    return np.where(np.concatenate([[True], gone])[labels], np.int32(0), labels)


def _written(labels: npt.NDArray[np.int32], row: float) -> float:
    """How sure it is that there is writing."""
    areas = np.bincount(labels.ravel())[1:]
    if not areas.any():
        return 0.0
    boxes = boxes_of(labels)
    largest = int((boxes[:, 2:] - boxes[:, :2]).max())
    share = min(float(areas.sum()) / (row * row) / _WRITTEN, largest / (row * _LARGE))
    return float(share / (1 + share))
