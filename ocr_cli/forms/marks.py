"""Marks in check boxes and on options: whether there is one, and of what sort."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.ruled.cutting import Patch
from ocr_cli.ruled.field_ink import field_ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocr_cli.forms.fields import Field

    ReadPrint = Callable[[npt.NDArray[np.float32], float], str]

Floats = npt.NDArray[np.float32]

_PAPER = 90
"""Per cent of a patch's pixels that are darker than its paper. Set by hand."""
_DARK = 0.45
"""Share of the darkest ink, from which on a pixel is of a mark. Set by hand."""
_INSET = 0.14
"""Of a check box, left out on each side: what is left of its frame. Set by hand."""
_PART = 0.12
"""Share of a mark that lies within its box: ticks reach far out. Set by hand."""
_MARKED, _UNSURE = 0.035, 0.015
"""Share of a check box that a mark covers at least, and of one that may be a mark or dirt. Set by hand."""
_FILLED = 0.5
"""The same of a box that is filled. Set by hand."""
_MORE = 1.6
"""A marked option has so many times the ink of the next one. Set by hand."""
_ALSO = 0.6
"""One with such a share of the ink of the darkest is marked, too. Set by hand."""
_GAP = 0.5
"""Paper between two options, in heights of the field, at least. Set by hand."""
_FAINTEST = 0.08


class Mark(NamedTuple):
    """What a check box or a choice says.

    Attributes:
        text: sort of the mark, or label of the marked option; empty if there is none.
        confidence: that it is right, in [0, 1].
        doubt: what speaks against it; empty if nothing does.
    """

    text: str
    confidence: float
    doubt: str = ""


def read_check(patch: Patch) -> Mark:
    """The mark in a check box: ``ticked``, ``crossed``, ``filled``, ``circled``, ``unclear`` or none."""
    ink = field_ink(patch, inside=_PART, marked=True)
    left, top, right, bottom = patch.box
    inset = round(_INSET * min(right - left, bottom - top))
    inner = (slice(top + inset, bottom - inset), slice(left + inset, right - inset))
    mask = ink.strength > _DARK
    filled = float((_missing(patch)[inner] > _DARK * _darkest(patch)).mean())
    # What is no darker than the paper's grain is no mark.
    covered = float(mask[inner].mean()) if ink.pen else 0.0
    share = max(covered, filled if filled > _FILLED else 0.0)
    around = _around(mask, patch)
    if share < _UNSURE:
        return Mark("circled", 0.7) if around else Mark("", _sure(share, _MARKED))
    if share < _MARKED:
        return Mark("unclear", 0.5, "a mark or dirt")
    return Mark(_sort(mask, inner, share), _sure(_MARKED, share))


def _missing(patch: Patch) -> Floats:
    """Share of the paper's light that is missing, also in the middle of what is filled: float32 (H, W)."""
    paper = np.percentile(patch.pixels.reshape(-1, 3), _PAPER, axis=0)
    return np.asarray(np.clip(1 - (patch.pixels / np.maximum(paper, 0.05)).min(axis=2), 0, 1), np.float32)


def _darkest(patch: Patch) -> float:
    return max(_FAINTEST, float(np.percentile(_missing(patch), 99)))


def _sure(less: float, more: float) -> float:
    """Confidence from how far apart two measures are."""
    return float(more / max(1e-6, less + more))


def _around(mask: npt.NDArray[np.bool_], patch: Patch) -> bool:
    """Whether a stroke goes round the box."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    left, top, right, bottom = patch.box
    for down, across in ndimage.find_objects(labels)[:count]:
        if down.start <= top and down.stop >= bottom and across.start <= left and across.stop >= right:
            return True
    return False


def _sort(mask: npt.NDArray[np.bool_], inner: tuple[slice, slice], share: float) -> str:
    """The sort of a mark, from where its ink lies within its own box."""
    if share > _FILLED:
        return "filled"
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    numbers = np.unique(labels[inner])
    own = np.isin(labels, numbers[numbers > 0])
    down, across = np.nonzero(own)
    part = own[down.min() : down.max() + 1, across.min() : across.max() + 1]
    height, width = part.shape
    # Of a tick, one arm is short: a corner of its box, mostly the upper left one, is empty; of a cross, none.
    corners = [
        part[rows, columns].any()
        for rows in (slice(0, max(1, height // 3)), slice(height - height // 3, height))
        for columns in (slice(0, max(1, width // 3)), slice(width - width // 3, width))
    ]
    middle = part[height // 3 : height - height // 3, width // 3 : width - width // 3].any()
    if all(corners) and middle:
        return "crossed"
    return "ticked"


def read_choice(patch: Patch, field: Field, read_print: ReadPrint) -> Mark:
    """The label of the option that is marked.

    Args:
        patch: the field.
        field: its options; where none are named, what is printed at each place is its label.
        read_print: reads ink (H, W) whose rows are so high.
    """
    missing = _missing(patch)
    dark = missing > _DARK * _darkest(patch)
    labels = list(field.options)
    parts = _option_parts(dark, patch, field)
    if len(parts) < 2:
        return Mark("", 0.3, "no options found")
    amounts = np.array([dark[part].sum() for part in parts], float)
    order = np.argsort(-amounts)
    best, second = amounts[order[0]], amounts[order[1]]
    usual = float(np.median(amounts[order[1:]]))
    if best < _MORE * max(usual, 1.0):
        return Mark("", _sure(best / max(usual, 1.0) - 1, _MORE - 1))
    number = int(order[0])
    doubt = ""
    others = float(np.median(amounts[order[2:]])) if len(order) > 2 else usual
    if second > max(_MORE * max(others, 1.0), _ALSO * best):
        doubt = "two options are marked"
    confidence = 0.5 if doubt else _sure(second, best)
    if not labels:
        labels = _read_labels(missing, dark, parts, number, patch, read_print)
    return Mark(labels[number], confidence, doubt)


def _option_parts(dark: npt.NDArray[np.bool_], patch: Patch, field: Field) -> list[tuple[slice, slice]]:
    """Where on a patch the options are."""
    left, top, right, bottom = patch.box
    if field.boxes:
        across, down = field.box[2] - field.box[0], field.box[3] - field.box[1]
        scale = np.array([(right - left) / across, (bottom - top) / down] * 2)
        parts = []
        for box in field.boxes:
            x0, y0, x1, y1 = np.rint(
                (np.array(box) - np.array(field.box[:2] * 2)) * scale + [left, top, left, top]
            ).astype(int)
            parts.append((slice(max(0, y0), max(1, y1)), slice(max(0, x0), max(1, x1))))
        return parts
    level = right - left >= bottom - top
    if field.options:
        count = len(field.options)
        ends = np.rint(np.linspace(left if level else top, right if level else bottom, count + 1)).astype(int)
    else:
        ends = _gaps(dark[top:bottom, left:right] if level else dark[top:bottom, left:right].T)
        ends = ends + (left if level else top)
    cuts = [slice(int(a), int(b)) for a, b in pairwise(ends)]
    # A circle about an option leaves the field.
    if level:
        return [(slice(top, bottom), cut) for cut in cuts]
    return [(cut, slice(left, right)) for cut in cuts]


def _gaps(dark: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Where options part: the first and last column, and the middles of the wide gaps between."""
    columns = np.flatnonzero(dark.any(axis=0))
    if not len(columns):
        return np.array([0, dark.shape[1]])
    high = np.flatnonzero(dark.any(axis=1))
    wide = _GAP * float(np.ptp(high) + 1)
    steps = np.flatnonzero(np.diff(columns) > max(3.0, min(wide, 0.5 * dark.shape[0])))
    middles = (columns[steps] + columns[steps + 1]) // 2
    return np.concatenate([[0], middles, [dark.shape[1]]])


def _read_labels(
    missing: Floats,
    dark: npt.NDArray[np.bool_],
    parts: list[tuple[slice, slice]],
    marked: int,
    patch: Patch,
    read_print: ReadPrint,
) -> list[str]:
    """The labels that are printed at the options; that of the marked one follows from the others' order."""
    texts = []
    for number, part in enumerate(parts):
        ink = np.where(dark[part], missing[part], 0)
        if number == marked:
            ink = _without_largest(ink)
        texts.append(read_print(np.asarray(ink, np.float32), patch.row).strip() if (ink > 0).any() else "")
    letters = [chr(ord("A") + number) for number in range(len(texts))]
    others = [text.upper() == letter for text, letter in zip(texts, letters, strict=True)]
    single = sum(len(text) <= 1 for text in texts) > len(texts) / 2
    if single or sum(others) >= len(texts) / 2:
        return letters
    return [text or letter for text, letter in zip(texts, letters, strict=True)]


def _without_largest(ink: Floats) -> Floats:
    """The print that a mark goes round: without the piece that is largest."""
    labels, count = ndimage.label(ink > 0, np.ones((3, 3)))
    if not count:
        return ink
    sizes = [
        (down.stop - down.start) * (across.stop - across.start)
        for down, across in ndimage.find_objects(labels)
    ]
    return np.where(labels == 1 + int(np.argmax(sizes)), np.float32(0), ink)
