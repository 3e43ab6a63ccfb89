"""The ink of a field -> its text: as one line or several, or cell by cell of a comb."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.presentation import Presentation
from ocr_cli.forms.cells import read_cells
from ocr_cli.forms.certainty import of_empty, of_signs
from ocr_cli.forms.combs import Cell, cell_box, comb_cells, of_cells, runs_of, set_apart
from ocr_cli.forms.dates import CAPTIONED, is_caption
from ocr_cli.forms.field_text import (
    UNSURE,
    FieldText,
    decided,
    of_rows,
    on_whole,
    part_of,
    spaced,
    with_its_points,
    without_points,
)
from ocr_cli.forms.kinds import CELLS, FILLER, LETTERS, LOOK_ALIKES, PATTERNS, POINTED
from ocr_cli.forms.observing import LinesRead, Observer, ignore
from ocr_cli.forms.points import find_points, with_points
from ocr_cli.forms.shapes import Shape
from ocr_cli.forms.together import Lines
from ocr_cli.forms.together import Shown as Fields
from ocr_cli.options import ReadOptions, Shown
from ocr_cli.page import Box, Character, Page
from ocr_cli.ruled.cutting import Patch
from ocr_cli.ruled.field_ink import FieldInk

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocr_cli.forms.fields import Field
    from ocr_cli.reader import Reader
    from ocr_cli.weights import FormWeights

    MakeReader = Callable[[ReadOptions], Reader]


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
        points = [find_points(ink.labels) if field.kind in POINTED else [] for _, ink, _ in cuts]
        parts = [
            part_of(without_points(ink, some), patch.row)
            for (patch, ink, _), some in zip(cuts, points, strict=True)
        ]
        shown = [Fields(part.picture.pixels, size) for part, size in zip(parts, sizes, strict=True)]
        lines = Lines(self._reader(options).tools, shown, layout, Shape(field.kind))
        lines.learn()
        observe(LinesRead(tuple(field for _, _, field in cuts), lines))
        presentation = Presentation(options)
        return [
            with_its_points(
                of_rows(
                    [row.told() for row in lines.rows if row.owner == number],
                    part,
                    ink.strength.shape,
                    presentation,
                ),
                some,
            )
            for number, (part, (_, ink, _), some) in enumerate(zip(parts, cuts, points, strict=True))
        ]

    def read_print(self, strength: npt.NDArray[np.float32], row: float) -> str:
        """What is printed, as the label of an option, in ink float32 (H, W) whose rows are so high."""
        return self._page(strength, row, replace(self._options, layout="line")).text

    @property
    def weights(self) -> FormWeights:
        """What is learned of fields beside the networks that read them."""
        readers = list(self._readers.values()) or [self._reader(self._options)]
        return readers[0].tools[-1].weights.forms

    def _reader(self, options: ReadOptions) -> Reader:
        if options not in self._readers:
            self._readers[options] = self._make(options)
        return self._readers[options]

    def _lines(self, patch: Patch, ink: FieldInk, field: Field) -> FieldText:
        options = _known(self._options, field)
        layout: Shown = "line" if field.lines == 1 else "block"
        # A reader of lines takes points for dirt, or for a part of a digit.
        points = find_points(ink.labels) if field.kind in POINTED and field.lines == 1 else []
        page = self._page(without_points(ink, points), patch.row, replace(options, layout=layout))
        if not page.lines:
            return FieldText("", 0.0)
        characters = tuple(map(decided, page.characters))
        text = spaced(page, characters)
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
        part = part_of(strength, row)
        page = self._reader(options).read(part.picture)
        height, width = strength.shape
        return on_whole(page, part.left, part.top, width, height)

    def _comb(self, patch: Patch, ink: FieldInk, field: Field) -> FieldText:
        cells = comb_cells(patch, ink)
        if self._is_captioned(cells, patch.row):
            return FieldText("", 0.0, evidence=of_empty(ink.written))
        every: list[Character | None] = [None] * len(cells)
        for start, stop in runs_of(cells):
            every[start:stop] = self._word(cells[start:stop], patch, ink.walls[start : stop + 1], field)
        return of_cells(every)

    def _is_captioned(self, cells: Sequence[Cell | None], row: float) -> bool:
        """Whether there is nothing in a comb but what its cells are printed with for day, month, year."""
        written = [cell for cell in cells if cell is not None]
        if len(cells) not in CAPTIONED or len(written) < len(cells):
            return False
        tools = self._reader(replace(self._options, layout="character")).tools
        pictures = [part_of(cell, row).picture.pixels for cell in written]
        found = read_cells(tools, pictures, LETTERS, words=False, printed=True)
        return is_caption("".join(one.text for one in found))

    def _word(
        self,
        cells: Sequence[Cell | None],
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
                [part_of(cell, patch.row).picture.pixels for cell in written],
                allowed,
                words=field.kind in ("text", "letters"),
            )
            return [replace(one, box=cell_box(patch, walls, number)) for number, one in enumerate(found)]
        known = _known(self._options, field)
        if field.kind in CELLS and field.pattern is None:
            known = replace(known, patterns=(f"[{CELLS[field.kind].replace('-', chr(92) + '-')}{FILLER}]+",))
        apart, places = set_apart(written, patch.row)
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
            replace(self._fitting(one, field), box=cell_box(patch, walls, number))
            for number, one in enumerate(found)
        ]

    def _fitting(self, one: Character, field: Field) -> Character:
        """A character of a cell as one that may stand there."""
        one = decided(one)
        allowed = CELLS.get(field.kind)
        if allowed is None or field.pattern is not None or one.text in allowed + FILLER:
            return one
        for other in one.alternatives:
            if other.text in allowed:
                return replace(one, text=other.text, confidence=min(UNSURE, other.confidence))
        return replace(one, text=LOOK_ALIKES.get(one.text, one.text), confidence=UNSURE)


def _whole(ink: npt.NDArray[np.float32]) -> Box:
    return Box(0, 0, ink.shape[1], ink.shape[0])


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


def _among(one: Character, allows: Callable[[str], bool]) -> float:
    """A character's confidence if those that may not stand in its place are left out."""
    left = 1 - sum(other.confidence for other in one.alternatives if not allows(other.text))
    return min(1.0, one.confidence / max(left, one.confidence, 1e-6))
