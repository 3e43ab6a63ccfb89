"""A line cut out of a form: its frame, the walls of its cells and its rules found, and taken out.

Nothing says where they are. Level rules lie near the upper and lower edge, and go on; walls reach from one of
them to the other, or are cut through by both edges of the picture, where the pen's strokes end short of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from ocr_cli.ruled.cutting import ROW, WIDEST, Patch
from ocr_cli.ruled.field_ink import field_ink, light_of
from ocr_cli.ruled.ruling import FAINTEST, Rule, find_rules, take_out

Floats = npt.NDArray[np.float32]

_AROUND = 1.15
"""A picture of a row's field is so many times as high as that. Set by hand."""
_LEAST = 8
"""Pixels of a picture that is higher and wider, at least."""
_ZONE = 0.28
"""Of the picture's height, from its upper and lower edge, within which its level rules lie. Set by hand."""
_LONG, _WIDE = 0.75, 1.3
"""They are so long at least, as a share of the picture's width, and of its height: strokes of a 7 or a T may
be as wide as their picture. Set by hand."""
_WHOLE, _DARK = 0.93, 0.4
"""Share of a rule's length that is there, and how dark that is beside its usual. Set by hand."""
_ASIDE, _BARE = 7, 0.5
"""Of a rule, half has no ink so many pixels beside its middle; where writing is as long, most has.
Set by hand."""
_DOTS = 14
"""Pixels from a dot of a dotted rule, which is half as thick, to the next. Set by hand."""
_AT_SIDE = 0.4
"""Rows from the picture's left and right edge within which a wall is a side of the field. Set by hand."""
_BEYOND = 0.35 * ROW
"""Pixels beyond the picture's edge at which a side is out of reach. Set by hand."""
_CUT = 0.7
"""At the picture's edge a wall is so dark, beside its usual: strokes of a pen fade at their ends. Set by
hand."""
_TALL, _SHORT = 0.3, 0.05
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
_PEN, _STROKE = 97, 0.35
"""Per cent of a picture that are paler than its pen, and the share of the darkest from which on there is ink.
Set by hand."""


class Cutout(NamedTuple):
    """What is written on a picture of a field.

    Attributes:
        strength: float32 (H, W) in [0, 1], its ink, 0 wherever nothing is written.
        scale: pixels of that per pixel of the picture.
        margin: pixels of it around the picture.
    """

    strength: Floats
    scale: float
    margin: int


def cut_out(pixels: npt.NDArray[np.uint8]) -> Cutout | None:
    """Find what is written on a picture of one row, dark on light, that has rules or a frame.

    Args:
        pixels: uint8 (H, W, 3), RGB.

    Returns:
        None where there are none.
    """
    height, width = pixels.shape[:2]
    scale = _AROUND * ROW / height
    size = (round(width * scale), round(height * scale))
    if min(height, width) < _LEAST or size[0] > WIDEST:
        return None
    image = Image.fromarray(pixels)
    if scale < 0.5:
        image = image.reduce(int(1 / scale))
    shown = np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32) / np.float32(255)
    missing = light_of(shown, ROW)
    level = list(_level(missing))
    places = [_place(rule) for rule in level]
    top = max((place for place in places if place < size[1] / 2), default=0.0)
    bottom = min((place for place in places if place > size[1] / 2), default=float(size[1]))
    walls = _walls(missing, (round(top), round(bottom)), framed=len(level) > 0)
    if not level and not walls:
        return None
    sides = [_place(wall) for wall in walls]
    if level:
        span = slice(round(top), round(bottom))
        sides += [_band(missing[span]), size[0] - _band(missing[span, ::-1])]
    # Where no rule was found, a letter beside the edge is not to be taken for one: the box ends beyond it.
    left = max((x for x in sides if 0 < x < _AT_SIDE * ROW), default=-_BEYOND)
    right = min((x for x in sides if size[0] > x > size[0] - _AT_SIDE * ROW), default=size[0] + _BEYOND)
    inner = [wall for wall in walls if left < _place(wall) < right]
    missing = _without(missing, inner)
    margin = ROW // 2
    box = (margin + round(left), margin + round(top), margin + round(right), margin + round(bottom))
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST:
        return None
    row = float(box[3] - box[1])
    if not any(place < size[1] / 2 for place in places):
        box = (box[0], box[1] - round(_BEYOND), *box[2:])
    if not any(place > size[1] / 2 for place in places):
        box = (*box[:3], box[3] + round(_BEYOND))
    patch = Patch(np.zeros((0, 0, 3), np.float32), box, row, np.eye(3))
    ink = field_ink(patch, missing=np.pad(missing, margin))
    if len(level) == 1 and not walls and not ink.labels.any():
        # A single stroke is a dash.
        return None
    hanging = _hanging(ink.labels, margin + round(top), row)
    return Cutout(np.where(hanging[ink.labels], np.float32(0), ink.strength), scale, margin)


def _hanging(labels: npt.NDArray[np.int32], top: int, row: float) -> npt.NDArray[np.bool_]:
    """Which pieces hang from the upper side: ends of what is written above. By labels, bool (N + 1,)."""
    found = [
        where is not None and where[0].start <= top + _SHORT * row and where[0].stop < top + _TALL * row
        for where in ndimage.find_objects(labels)
    ]
    return np.array([False, *found])


def _place(rule: Rule) -> float:
    return float(np.median(rule.places))


def _band(missing: Floats) -> float:
    """Columns that are dark all the way from the left edge on: of a side that is thicker than a rule."""
    if not missing.size:
        return 0.0
    dark = (missing > _DARK * float(np.percentile(missing, 99))).mean(axis=0) >= _WHOLE
    start = int(dark[: round(_SHORT * ROW) + 1].argmax())
    return float(start + np.append(dark[start:], False).argmin()) if dark[start] else 0.0


def _level(missing: Floats) -> Iterator[Rule]:
    """Level rules near the upper and lower edge."""
    high, wide = missing.shape
    zone = _ZONE / 2 * high
    for place in (zone, high - zone):
        for rule in find_rules(missing, (0, wide), [(place, zone)], ROW):
            if _is_long(missing, rule, _ASIDE, 1) or _is_long(missing, rule, _ASIDE // 2, _DOTS):
                yield rule


def _is_long(missing: Floats, rule: Rule, aside: int, dots: int) -> bool:
    """Whether a level rule goes on through most of a picture, with writing on few places of it.

    Args:
        missing: float32 (H, W).
        rule: of it.
        aside: pixels from its middle to where there is paper.
        dots: pixels from one of its dots to the next, at most.
    """
    high, wide = missing.shape
    found = _along(missing, rule, (0, wide), aside)
    there = np.flatnonzero(ndimage.maximum_filter1d(found.dark, dots))
    length = there[-1] - there[0] + 1 if len(there) else 0
    whole = length >= max(_LONG * wide, _WIDE * high) and len(there) >= _WHOLE * length
    return whole and found.bare >= _BARE


class _Along(NamedTuple):
    """What is seen along a level rule, or what may be one.

    Attributes:
        dark: bool (span,), where there is ink.
        bare: share of these places without ink above and below: writing goes on there.
        ends: how dark both ends are, beside the usual.
    """

    dark: npt.NDArray[np.bool_]
    bare: float
    ends: float


def _along(missing: Floats, rule: Rule, span: tuple[int, int], aside: int) -> _Along:
    """What is seen along it, and so many pixels beside."""
    columns = np.arange(*span)
    middle = np.rint(rule.places[columns]).astype(int)
    padded = np.pad(missing[:, slice(*span)], ((aside + 1, aside + 1), (0, 0)))
    places, own = middle + aside + 1, np.arange(len(columns))
    values = padded[np.clip(places + np.array([[-1], [0], [1]]), 0, len(padded) - 1), own].max(axis=0)
    usual = float(np.median(values[values > FAINTEST])) if (values > FAINTEST).any() else 1.0
    faintest = max(FAINTEST, _DARK * usual)
    dark = values > faintest
    beside = padded[np.clip(places + np.array([[-aside], [aside]]), 0, len(padded) - 1), own].max(axis=0)
    bare = float((beside[dark] <= faintest).mean()) if dark.any() else 0.0
    return _Along(dark, bare, float(min(values[:2].mean(), values[-2:].mean())) / usual)


def _walls(missing: Floats, span: tuple[int, int], *, framed: bool) -> list[Rule]:
    """The sides of a field and the walls of its cells, from left to right.

    Args:
        missing: float32 (H, W).
        span: rows that they go through.
        framed: whether there are level rules that they end on.
    """
    turned = np.ascontiguousarray(missing.T)
    span = max(0, span[0]), min(len(missing), span[1])
    if span[1] - span[0] < _AT_SIDE * ROW:
        return []
    part = turned[:, slice(*span)]
    usual = ndimage.gaussian_filter1d(part.mean(axis=1), 1.0)
    # Few stems are there all the way, so that few places are looked at closely.
    whole = (ndimage.maximum_filter1d(part, _NEAR, axis=0) > FAINTEST).mean(axis=1) >= _WHOLE
    tops = np.flatnonzero((usual >= ndimage.maximum_filter1d(usual, _NEAR)) & whole)
    found = []
    for x in tops.tolist():
        around = turned[max(0, x - ROW // 2) : x + ROW // 2]
        first = max(0, x - ROW // 2)
        for rule in find_rules(around, span, [(float(x - first), _NEAR // 2)], ROW)[:1]:
            rule = rule._replace(places=rule.places + first)
            seen = _along(turned, rule, span, _ASIDE)
            if seen.dark.mean() >= _WHOLE and (
                seen.bare >= _BARE if framed else seen.bare >= _WHOLE and seen.ends > _CUT
            ):
                found.append(rule)
    if not framed and not _are_longer(missing, found):
        return []
    return _of_cells(found, len(turned))


def _without(missing: Floats, walls: Sequence[Rule]) -> Floats:
    pen = float(np.percentile(missing, _PEN))
    return np.ascontiguousarray(take_out(np.ascontiguousarray(missing.T), walls, pen, ROW).T)


def _are_longer(missing: Floats, walls: Sequence[Rule]) -> bool:
    """Whether all letters end short of the edges that walls reach."""
    high = len(missing)
    darkest = float(np.percentile(missing, 99))
    labels, _ = ndimage.label(_without(missing, walls) > max(FAINTEST, _STROKE * darkest), np.ones((3, 3)))
    spans = [(down.start, down.stop) for down, _ in ndimage.find_objects(labels)]
    tall = [(start, stop) for start, stop in spans if stop - start > _TALL * high]
    return bool(tall) and all(start > _SHORT * high and stop < (1 - _SHORT) * high for start, stop in tall)


def _of_cells(walls: list[Rule], wide: int) -> list[Rule]:
    """Those at the sides, and those between that part cells of one size.

    A stem may be as long as they are, but what is printed in one form is about as dark.
    """
    peaks = np.array([wall.profile.max() for wall in walls])
    usual = float(np.median(peaks)) if len(peaks) else 0.0
    walls = [wall for wall, peak in zip(walls, peaks, strict=True) if _PALE * usual < peak < usual / _PALE]
    places = np.array([_place(wall) for wall in walls])
    gaps = np.diff(places)
    alike = np.abs(gaps - np.median(gaps)) < _ALIKE * np.median(gaps) if len(gaps) else np.zeros(0, bool)
    before, after = np.append(False, alike), np.append(alike, False)
    kept = (places < _AT_SIDE * ROW) | (places > wide - _AT_SIDE * ROW) | (before & after)
    if len(walls) > _MANY:
        kept |= before | after
    return [wall for wall, is_kept in zip(walls, kept.tolist(), strict=True) if is_kept]
