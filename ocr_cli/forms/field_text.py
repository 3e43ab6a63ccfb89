"""What is written in a field: its text, where the characters stand, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.presentation import Presentation
from ocr_cli.forms.certainty import Evidence, of_lines, of_signs
from ocr_cli.forms.field_rows import Told
from ocr_cli.forms.points import with_points
from ocr_cli.imaging.load import Picture
from ocr_cli.page import Alternative, Box, Character, Page
from ocr_cli.ruled.field_ink import FieldInk

if TYPE_CHECKING:
    from ocr_cli.segmentation.layout import Layout

_EDGE = 0.35
"""Paper left around the ink of a field, in rows."""
UNSURE = 0.05
"""Confidence of what was read where nothing that may stand there looks like it."""


class FieldText(NamedTuple):
    """What is written in a field.

    Attributes:
        text: of all of it.
        confidence: that it is right, in [0, 1].
        characters: with boxes in pixels of the patch.
        alternatives: other texts, the most probable first.
        evidence: of how sure it is.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    evidence: Evidence = of_signs(())


class Part(NamedTuple):
    """A picture of ink, and where on the patch it begins."""

    picture: Picture
    left: int
    top: int


def part_of(strength: npt.NDArray[np.float32], row: float) -> Part:
    """The part of a patch in which there is ink, with paper around it."""
    rows, columns = np.nonzero(strength > 0)
    edge = round(_EDGE * row)
    left, right = int(columns.min()), int(columns.max()) + 1
    top, bottom = int(rows.min()), int(rows.max()) + 1
    part = np.pad(strength[top:bottom, left:right], edge)
    grey = np.asarray(255 - np.rint(255 * part), np.uint8)
    pixels = np.repeat(grey[..., None], 3, axis=2)
    return Part(Picture(pixels, pixels.shape[1], pixels.shape[0]), left - edge, top - edge)


def without_points(ink: FieldInk, points: Sequence[tuple[int, Box]]) -> npt.NDArray[np.float32]:
    """The ink of a field without that of points."""
    return np.where(np.isin(ink.labels, [number for number, _ in points]), np.float32(0), ink.strength)


def with_its_points(found: FieldText, points: list[tuple[int, Box]]) -> FieldText:
    """What was read without points, with them."""
    if not points or not found.text:
        return found
    characters = with_points(found.characters, points)
    return found._replace(
        text="".join(one.text for one in characters), characters=characters, alternatives=()
    )


def of_rows(rows: Sequence[Told], part: Part, size: tuple[int, ...], presentation: Presentation) -> FieldText:
    """What was told of the rows of a field as its text."""
    characters: list[Character] = []
    texts, shares = [], []
    for row in rows:
        line = presentation.line(row.line, partial(_box, row.layout, part, size))
        if line is None or not row.texts:
            continue
        (text, share), *_ = row.texts
        texts.append(text)
        shares.append(share)
        characters += _as_told(list(map(decided, line.characters)), text)
    if not texts:
        return FieldText("", 0.0)
    others = tuple(Alternative(*one) for one in rows[0].texts[1:]) if len(texts) == 1 else ()
    text = " ".join(" ".join(texts).split())
    evidence = of_lines(shares, [row.fits for row in rows if row.texts], len(text))
    return FieldText(text, math.prod(shares), tuple(characters), others, evidence)


def _as_told(found: Sequence[Character], text: str) -> list[Character]:
    """The characters of a reading, as those of a text that is nearly the same.

    What is another one has the place of its neighbours.
    """
    told = "".join(text.split())
    if len(found) == len(told):
        return [
            one if one.text == sign else replace(one, text=sign, confidence=min(0.5, one.confidence))
            for one, sign in zip(found, told, strict=True)
        ]
    places = np.linspace(0, len(found) - 1, len(told)).round().astype(int).tolist() if found else []
    return [replace(found[place], text=sign) for place, sign in zip(places, told, strict=False)]


def _box(layout: Layout, part: Part, size: tuple[int, ...], box: tuple[int, int, int, int]) -> Box:
    """Where on a patch of this size a box of a part of it lies."""
    x0, y0, x1, y1 = layout.to_pixels(box)
    left, top = min(max(0, int(x0) + part.left), size[1] - 1), min(max(0, int(y0) + part.top), size[0] - 1)
    right, bottom = min(round(x1) + part.left, size[1]), min(round(y1) + part.top, size[0])
    return Box(left, top, max(left + 1, right), max(top + 1, bottom))


def decided(one: Character) -> Character:
    """A refused character as what it was read as: a field is shown with its doubts, not with gaps."""
    if not one.rejected or not one.alternatives:
        return one
    first, *others = one.alternatives
    confidence = min(UNSURE, first.confidence)
    return Character(one.box, first.text, confidence, tuple(others))


def spaced(page: Page, characters: tuple[Character, ...]) -> str:
    """The text of some characters, in the words of a page that has as many."""
    texts = iter(characters)
    return " ".join(
        " ".join("".join(next(texts).text for _ in word.characters) for word in line.words)
        for line in page.lines
    )


def on_whole(page: Page, left: int, top: int, width: int, height: int) -> Page:
    """A page of a part as a page of the whole; boxes are clipped to it."""

    def moved(one: Character) -> Character:
        box = one.box
        x0, y0 = min(max(0, box.left + left), width - 1), min(max(0, box.top + top), height - 1)
        x1, y1 = min(max(x0 + 1, box.right + left), width), min(max(y0 + 1, box.bottom + top), height)
        return replace(one, box=Box(x0, y0, x1, y1))

    lines = tuple(
        replace(
            line,
            words=tuple(replace(word, characters=tuple(map(moved, word.characters))) for word in line.words),
        )
        for line in page.lines
    )
    return replace(page, width=width, height=height, lines=lines)
