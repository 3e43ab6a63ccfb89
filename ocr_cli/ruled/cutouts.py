"""A line cut out of a form: its frame, the walls of its cells and its rules found, and taken out.

Nothing says where they are. Level rules lie near the upper and lower edge, and go on; walls reach from one of
them to the other, or are cut through by both edges of the picture, where the pen's strokes end short of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.ruled.cutting import ROW, WIDEST, Patch
from ocr_cli.ruled.field_ink import THIN, field_ink, light_of
from ocr_cli.ruled.levels import find_levels
from ocr_cli.ruled.pieces import boxes_of
from ocr_cli.ruled.ruling import NOWHERE, Rule
from ocr_cli.ruled.walls import AT_SIDE, SHORT, TALL, band_of, find_walls, without_walls

Floats = npt.NDArray[np.float32]

_AROUND = 1.15
"""A picture of a row's field is so many times as high as that. Set by hand."""
_LEAST = 8
"""Pixels of a picture that is higher and wider, at least."""
_CUT, _LOWER = 0.3, 0.75
"""Print beside a field is cut by the picture's edge along so much of its height, and so much lower than the
highest letter. Set by hand."""
_BEYOND = 0.35 * ROW
"""Pixels beyond the picture's edge at which a side is out of reach. Set by hand."""


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
    level = list(find_levels(missing))
    places = [rule.place for rule in level]
    top = max((place for place in places if place < size[1] / 2), default=0.0)
    bottom = min((place for place in places if place > size[1] / 2), default=float(size[1]))
    walls = find_walls(missing, (round(top), round(bottom)), framed=len(level) > 0)
    if not level and not walls:
        return None
    sides, bands = [wall.place for wall in walls], [0.0, 0.0]
    if level:
        span = slice(round(top), round(bottom))
        bands = [band_of(missing[span]), band_of(missing[span, ::-1])]
        sides += [bands[0], size[0] - bands[1]]
    # Where no rule was found, a letter beside the edge is not to be taken for one: the box ends beyond it.
    out = 0.0 if level else _BEYOND
    left = max((x for x in sides if 0 < x < AT_SIDE * ROW), default=-out)
    right = min((x for x in sides if size[0] > x > size[0] - AT_SIDE * ROW), default=size[0] + out)
    inner = [wall for wall in walls if left < wall.place < right]
    missing = without_walls(missing, inner)
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
    ink = field_ink(
        patch,
        missing=np.pad(missing, margin),
        level=_within(level, margin),
        walls=_within(inner, margin),
        beyond=margin,
    )
    if len(level) == 1 and not walls and not ink.labels.any():
        # A single stroke is a dash.
        return None
    gone = _hanging(ink.labels, margin + round(top), row) | _edges(ink.labels, margin, row)
    if level:
        gone |= _beside(ink.labels, margin, left > 0, right < size[0])
    strength = np.where(gone[ink.labels], np.float32(0), ink.strength)
    for part, band in zip((strength, strength[:, ::-1]), bands, strict=True):
        part[:, : margin + round(band + SHORT * ROW) if band else 0] = 0
    return Cutout(strength, scale, margin)


def _within(rules: Sequence[Rule], margin: int) -> list[Rule]:
    """Rules of a picture with so much around it."""
    places = [np.where(rule.places > NOWHERE, rule.places + margin, NOWHERE) for rule in rules]
    return [
        rule._replace(places=np.pad(own, margin, "edge")) for rule, own in zip(rules, places, strict=True)
    ]


def _hanging(labels: npt.NDArray[np.int32], top: int, row: float) -> npt.NDArray[np.bool_]:
    """Which pieces hang from the upper side: ends of what is written above. By labels, bool (N + 1,)."""
    starts, stops = boxes_of(labels)[:, 1::2].T
    return np.append(False, (starts <= top + SHORT * row) & (stops < top + TALL * row))


def _beside(labels: npt.NDArray[np.int32], margin: int, *walled: bool) -> npt.NDArray[np.bool_]:
    """Which pieces are cut by the left or right edge of the picture, and low: what is printed beside a field.

    Args:
        labels: int32 (H, W).
        margin: pixels around the picture.
        walled: whether the field ends before its left, and its right edge.

    Returns:
        By labels, bool (N + 1,).
    """
    boxes = boxes_of(labels)
    heights = np.append(0, boxes[:, 3] - boxes[:, 1])
    gone = np.zeros(len(heights), bool)
    for is_walled, edge in zip(walled, (labels[:, : margin + 2], labels[:, -margin - 2 :]), strict=True):
        for number in np.unique(edge[edge > 0]).tolist():
            along = (edge == number).any(axis=1).sum()
            gone[number] |= not is_walled and along > _CUT * heights[number]
    others = heights[1:][~gone[1:]]
    return np.asarray(gone & (heights < _LOWER * others.max(initial=0)))


def _edges(labels: npt.NDArray[np.int32], margin: int, row: float) -> npt.NDArray[np.bool_]:
    """Which pieces lie along an edge of the picture: rests of rules. By labels, bool (N + 1,)."""
    boxes = boxes_of(labels)
    starts, stops = boxes[:, :2], boxes[:, 2:]
    thick, long = stops - starts, (stops - starts)[:, ::-1]
    at_edge = (starts < margin + SHORT * row) | (stops > np.array(labels.shape[::-1]) - margin - SHORT * row)
    thin = at_edge & (thick < THIN * row) & (long > np.maximum(THIN * row, 2 * thick))
    return np.append(False, thin.any(axis=1))
