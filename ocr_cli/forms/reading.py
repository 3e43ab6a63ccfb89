"""The ink of a field -> its text: as one line or several, or cell by cell of a comb."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.decoding.presentation import Presentation
from ocr_cli.forms.cells import read_cells
from ocr_cli.forms.certainty import Evidence, of_lines, of_signs
from ocr_cli.forms.cutting import Patch
from ocr_cli.forms.field_ink import FieldInk
from ocr_cli.forms.field_rows import Told
from ocr_cli.forms.kinds import CELLS, FILLER, LETTERS, LOOK_ALIKES, PATTERNS, POINTED
from ocr_cli.forms.observing import LinesRead, Observer, ignore
from ocr_cli.forms.points import find_points, with_points
from ocr_cli.forms.together import Lines
from ocr_cli.forms.together import Shown as Fields
from ocr_cli.imaging.load import Picture
from ocr_cli.options import ReadOptions, Shown
from ocr_cli.page import Alternative, Box, Character, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocr_cli.forms.fields import Field
    from ocr_cli.reader import Reader
    from ocr_cli.segmentation.layout import Layout

    MakeReader = Callable[[ReadOptions], Reader]

_EDGE = 0.35
"""Paper left around the ink of a field, in rows."""
_CELL_SPECK = 0.006
"""Least area of what is written in a cell, in squares of a row's height. Set by hand."""
_CELL_LARGE = 0.12
"""Least height or width of it in rows: a dash is as wide. Set by hand."""
_CELL_GAP = 0.15
"""Paper on each side of what is written in a cell where neighbours are read together, in rows."""
_STRAY = 0.3
"""Share of a piece that may lie beyond its cell's wall without being cut there. Set by hand."""
_UNSURE = 0.05
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


class FieldReader:
    """Reads the ink of fields with what is known of each.

    Args:
        make: gives a reader with such options; asked once for each kind of field.
        options: what holds for all fields: language, lexicon, characters, case.
    """

    def __init__(self, make: MakeReader, options: ReadOptions) -> None:
        self._make = make
        self._options = replace(options, regions=(), rotation=0, ignore_print=False, unknown="?")
        self._readers: dict[ReadOptions, Reader] = {}

    def read(self, patch: Patch, ink: FieldInk, field: Field) -> FieldText:
        """What is written in a field.

        Args:
            patch: the field with its surroundings.
            ink: what is written in it.
            field: what is known of it.
        """
        return self._comb(patch, ink, field) if field.cells else self._lines(patch, ink, field)

    def read_together(
        self,
        cuts: Sequence[tuple[Patch, FieldInk, Field]],
        sizes: Sequence[tuple[float, float]],
        observe: Observer = ignore,
    ) -> list[FieldText]:
        """What is written in fields of one hand that hold lines of text of one kind.

        Args:
            cuts: each with its surroundings, what is written in it, and what is known of it.
            sizes: width and height of each on the form.
            observe: is told of their rows.
        """
        field = cuts[0][2]
        layout: Literal["line", "block"] = "line" if field.lines == 1 else "block"
        options = replace(_known(self._options, field), layout=layout)
        parts = [_part(ink.strength, patch.row) for patch, ink, _ in cuts]
        shown = [Fields(part.picture.pixels, size) for part, size in zip(parts, sizes, strict=True)]
        lines = Lines(self._reader(options).tools, shown, layout)
        lines.learn()
        observe(LinesRead(tuple(field for _, _, field in cuts), lines))
        presentation = Presentation(options)
        return [
            _of_rows(
                [row.told() for row in lines.rows if row.owner == number],
                part,
                ink.strength.shape,
                presentation,
            )
            for number, (part, (_, ink, _)) in enumerate(zip(parts, cuts, strict=True))
        ]

    def read_print(self, strength: npt.NDArray[np.float32], row: float) -> str:
        """What is printed, as the label of an option, in ink float32 (H, W) whose rows are so high."""
        return self._page(strength, row, replace(self._options, layout="line")).text

    def _reader(self, options: ReadOptions) -> Reader:
        if options not in self._readers:
            self._readers[options] = self._make(options)
        return self._readers[options]

    def _lines(self, patch: Patch, ink: FieldInk, field: Field) -> FieldText:
        options = _known(self._options, field)
        layout: Shown = "line" if field.lines == 1 else "block"
        # A reader of lines takes points for dirt, or for a part of a digit.
        points = find_points(ink.labels) if field.kind in POINTED and field.lines == 1 else []
        strength = np.where(
            np.isin(ink.labels, [number for number, _ in points]), np.float32(0), ink.strength
        )
        page = self._page(strength, patch.row, replace(options, layout=layout))
        if not page.lines:
            return FieldText("", 0.0)
        characters = tuple(map(_decided, page.characters))
        text = _spaced(page, characters)
        if points:
            characters = with_points(characters, points)
            text = "".join(one.text for one in characters)
        if options.patterns:
            sure = [_among(one, str.isdigit) for one in characters]
        else:
            sure = [line.confidence for line in page.lines]
        alternatives = page.lines[0].readings if len(page.lines) == 1 and not points else ()
        others = tuple(one for one in alternatives if one.text != text)
        return FieldText(text, math.prod(sure), characters, others, of_signs(sure))

    def _page(self, strength: npt.NDArray[np.float32], row: float, options: ReadOptions) -> Page:
        """What is read of ink; boxes are in pixels of it."""
        part = _part(strength, row)
        page = self._reader(options).read(part.picture)
        height, width = strength.shape
        return _shifted(page, part.left, part.top, width, height)

    def _comb(self, patch: Patch, ink: FieldInk, field: Field) -> FieldText:
        cells = comb_cells(patch, ink)
        every: list[Character | None] = [None] * len(cells)
        for start, stop in _words(cells):
            every[start:stop] = self._word(cells[start:stop], patch, ink.walls[start : stop + 1], field)
        return _joined(every)

    def _word(
        self,
        cells: list[npt.NDArray[np.float32] | None],
        patch: Patch,
        walls: npt.NDArray[np.float64],
        field: Field,
    ) -> list[Character]:
        """The characters of neighbouring cells: read together, or alone where that gives another number."""
        written = [cell for cell in cells if cell is not None]
        if field.pattern is None and field.lexicon is None and self._options.lexicon is None:
            allowed = CELLS[field.kind] + FILLER if field.kind in CELLS else None
            if field.kind == "letters":
                allowed = LETTERS
            found = read_cells(
                self._reader(replace(self._options, layout="character")).tools,
                [_part(cell, patch.row).picture.pixels for cell in written],
                allowed,
                words=field.kind in ("text", "letters"),
            )
            return [replace(one, box=_cell_box(patch, walls, number)) for number, one in enumerate(found)]
        known = _known(self._options, field)
        if field.kind in CELLS and field.pattern is None:
            known = replace(known, patterns=(f"[{CELLS[field.kind].replace('-', chr(92) + '-')}{FILLER}]+",))
        apart, places = _apart(written, patch.row)
        page = self._page(apart, patch.row, replace(known, layout="word"))
        found = list(page.characters)
        if len(found) != len(cells) or not all(
            start <= (one.box.left + one.box.right) / 2 < stop
            for one, (start, stop) in zip(found, places, strict=True)
        ):
            found = []
            for cell in written:
                alone = self._page(
                    cell, patch.row, replace(known, layout="character", lexicon=None, lexicon_only=False)
                )
                found += alone.characters[:1] or [Character(_whole(cell), "?", 0.0, rejected=True)]
        return [
            replace(self._fitting(one, field), box=_cell_box(patch, walls, number))
            for number, one in enumerate(found)
        ]

    def _fitting(self, one: Character, field: Field) -> Character:
        """A character of a cell as one that may stand there."""
        one = _decided(one)
        allowed = CELLS.get(field.kind)
        if allowed is None or field.pattern is not None or one.text in allowed + FILLER:
            return one
        for other in one.alternatives:
            if other.text in allowed:
                return replace(one, text=other.text, confidence=min(_UNSURE, other.confidence))
        return replace(one, text=LOOK_ALIKES.get(one.text, one.text), confidence=_UNSURE)


class _Part(NamedTuple):
    """A picture of ink, and where on the patch it begins."""

    picture: Picture
    left: int
    top: int


def _part(strength: npt.NDArray[np.float32], row: float) -> _Part:
    """The part of a patch in which there is ink, with paper around it."""
    rows, columns = np.nonzero(strength > 0)
    edge = round(_EDGE * row)
    left, right = int(columns.min()), int(columns.max()) + 1
    top, bottom = int(rows.min()), int(rows.max()) + 1
    part = np.pad(strength[top:bottom, left:right], edge)
    grey = np.asarray(255 - np.rint(255 * part), np.uint8)
    pixels = np.repeat(grey[..., None], 3, axis=2)
    return _Part(Picture(pixels, pixels.shape[1], pixels.shape[0]), left - edge, top - edge)


def _of_rows(
    rows: Sequence[Told], part: _Part, size: tuple[int, ...], presentation: Presentation
) -> FieldText:
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
        characters += _as_told(list(map(_decided, line.characters)), text)
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


def _box(layout: Layout, part: _Part, size: tuple[int, ...], box: tuple[int, int, int, int]) -> Box:
    """Where on a patch of this size a box of a part of it lies."""
    x0, y0, x1, y1 = layout.to_pixels(box)
    left, top = min(max(0, int(x0) + part.left), size[1] - 1), min(max(0, int(y0) + part.top), size[0] - 1)
    right, bottom = min(round(x1) + part.left, size[1]), min(round(y1) + part.top, size[0])
    return Box(left, top, max(left + 1, right), max(top + 1, bottom))


def _whole(ink: npt.NDArray[np.float32]) -> Box:
    return Box(0, 0, ink.shape[1], ink.shape[0])


def _cell_box(patch: Patch, walls: npt.NDArray[np.float64], number: int) -> Box:
    left = max(0, int(walls[number]))
    return Box(left, patch.box[1], max(left + 1, int(walls[number + 1])), patch.box[3])


def _words(cells: list[npt.NDArray[np.float32] | None]) -> list[tuple[int, int]]:
    """Where neighbouring cells that are written in begin and end."""
    bounds, start = [], None
    for number, cell in enumerate([*cells, None]):
        if cell is not None and start is None:
            start = number
        elif cell is None and start is not None:
            bounds.append((start, number))
            start = None
    return bounds


def _apart(
    cells: list[npt.NDArray[np.float32]], row: float
) -> tuple[npt.NDArray[np.float32], list[tuple[float, float]]]:
    """The ink of cells side by side with paper between, and where each has its place."""
    gap = round(_CELL_GAP * row)
    parts, places, end = [], [], 0
    for cell in cells:
        columns = np.flatnonzero((cell > 0).any(axis=0))
        part = np.pad(cell[:, columns[0] : columns[-1] + 1], ((0, 0), (gap, gap)))
        parts.append(part)
        places.append((float(end), float(end + part.shape[1])))
        end += part.shape[1]
    return np.concatenate(parts, axis=1), places


def _known(options: ReadOptions, field: Field) -> ReadOptions:
    """The options with what is known of a field's text."""
    if field.lexicon is not None:
        options = replace(options, lexicon=field.lexicon)
    if field.pattern is not None:
        return replace(options, patterns=(field.pattern,))
    if field.kind in PATTERNS:
        return replace(options, patterns=PATTERNS[field.kind], language=None)
    if field.kind == "letters":
        return replace(options, blacklist=options.blacklist + "0123456789")
    return options


def _decided(one: Character) -> Character:
    """A refused character as what it was read as: a field is shown with its doubts, not with gaps."""
    if not one.rejected or not one.alternatives:
        return one
    first, *others = one.alternatives
    confidence = min(_UNSURE, first.confidence)
    return Character(one.box, first.text, confidence, tuple(others))


def _among(one: Character, allows: Callable[[str], bool]) -> float:
    """A character's confidence if those that may not stand in its place are left out."""
    left = 1 - sum(other.confidence for other in one.alternatives if not allows(other.text))
    return min(1.0, one.confidence / max(left, one.confidence, 1e-6))


def _spaced(page: Page, characters: tuple[Character, ...]) -> str:
    texts = iter(characters)
    return " ".join(
        " ".join("".join(next(texts).text for _ in word.characters) for word in line.words)
        for line in page.lines
    )


def _shifted(page: Page, left: int, top: int, width: int, height: int) -> Page:
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


def comb_cells(patch: Patch, ink: FieldInk) -> list[npt.NDArray[np.float32] | None]:
    """The ink of each cell of a comb; None where a cell is empty.

    A piece belongs to the cell in which most of it lies; one that reaches far into others is cut there.
    """
    walls = np.rint(ink.walls).astype(int)
    count = int(ink.labels.max(initial=0))
    cells: list[npt.NDArray[np.float32] | None] = []
    width = ink.strength.shape[1]
    cell_of = np.clip(np.searchsorted(walls, np.arange(width), "right") - 1, 0, len(walls) - 2)
    shares = np.zeros((count + 1, len(walls) - 1))
    rows, columns = np.nonzero(ink.labels)
    np.add.at(shares, (ink.labels[rows, columns], cell_of[columns]), 1)
    own = shares.argmax(axis=1)
    strays = shares.max(axis=1) < (1 - _STRAY) * shares.sum(axis=1)
    home = own[ink.labels]
    home = np.where(strays[ink.labels], cell_of[None], home)
    for number in range(len(walls) - 1):
        mask = (ink.labels > 0) & (home == number)
        cells.append(
            np.where(mask, ink.strength, 0).astype(np.float32) if _is_written(mask, patch.row) else None
        )
    return cells


def _is_written(mask: npt.NDArray[np.bool_], row: float) -> bool:
    if mask.sum() < _CELL_SPECK * row * row:
        return False
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    largest = max(max(part.stop - part.start for part in where) for where in ndimage.find_objects(labels))
    return bool(largest >= _CELL_LARGE * row)


def _joined(every: list[Character | None]) -> FieldText:
    """The characters of a comb's cells as its text: spaces where cells in between are empty."""
    characters = tuple(one for one in every if one is not None)
    text = "".join(" " if one is None else one.text for one in every).strip()
    evidence = of_signs([one.confidence for one in characters])
    confidence = math.prod(one.confidence for one in characters) if characters else 0.0
    alternatives = []
    for number, one in enumerate(every):
        if one is not None and one.alternatives:
            other = one.alternatives[0]
            texts = [" " if two is None else two.text for two in every]
            texts[number] = other.text
            share = confidence / max(one.confidence, 1e-6) * other.confidence
            alternatives.append(Alternative("".join(texts).strip(), min(1.0, share)))
    alternatives.sort(key=lambda one: -one.confidence)
    return FieldText(" ".join(text.split()), confidence, characters, tuple(alternatives[:4]), evidence)
