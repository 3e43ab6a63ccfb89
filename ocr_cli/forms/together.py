"""Fields of a form that hold lines of text, read together: what one of them holds tells of the others.

Each row has candidates, found by the models that there are, and all that knows something of them judges each
(``candidates``). How the characters of a column follow each other is learned from the fields themselves: what
was read is counted, and each field is judged again by what the others have in common (``forms.habits``), a
few times over, as by the EM algorithm. A field never learns from itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.notations import Notations
from ocr_cli.forms.field_rows import FieldRow, Usual
from ocr_cli.forms.habits import Habits, Habitual
from ocr_cli.forms.shapes import Shape
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.segmentation.known import Known, find_known_layout

if TYPE_CHECKING:
    from ocr_cli.loading import Tools

_FEW = 5
"""Fewer fields have no habits. Set by hand."""
_ROUNDS = 3
"""Times that habits are learned."""
_ALIKE = 0.2
"""Fields are of one column if neither their widths nor their heights differ by more than this, as logarithms.
Set by hand."""


class Shown(NamedTuple):
    """A field to be read.

    Attributes:
        pixels: uint8 (H, W, 3), its ink alone.
        size: its width and height on the form.
    """

    pixels: npt.NDArray[np.uint8]
    size: tuple[float, float]


class Lines:
    """The rows of some fields, with what may be written in them.

    Attributes:
        rows: of all fields, each with the number of its own.

    Args:
        tools: of all models that there are, those that know fewer characters first.
        fields: of one hand.
        shown: what each shows.
        shape: what their texts look like.
    """

    def __init__(self, tools: Sequence[Tools], fields: Sequence[Shown], shown: Known, shape: Shape) -> None:
        self._tools, self._usual = tools[-1], Usual(tools[-1])
        self.rows: list[FieldRow] = []
        for number, field in enumerate(fields):
            layout = find_known_layout(field.pixels, shown)
            if layout.components is not None:
                inks = row_inks(layout.components, layout.strength, layout.rows)
                self.rows += [FieldRow(number, layout, ink, tools[-1].weights.forms, shape) for ink in inks]
        decoded = []
        for one in tools:
            found = one.decoder.by_shape(one.scorer.lattices([row.ink for row in self.rows]))
            decoded.append(found)
            anything = Habitual(one.decoder.texts, Habits([], one.decoder.texts))
            known, free = one.decoder.read(found), one.decoder.read(found, also=[anything] * len(found))
            for row, first, second in zip(self.rows, known, free, strict=True):
                row.lines.append((first, second))
        for number, row in enumerate(self.rows):
            row.judge([found[number] for found in decoded], tools, self._usual)
        self._columns = [column for column in _columns(fields) if len(column) >= _FEW]

    def learn(self) -> None:
        """Judge rows by what the others of their column say, a few times over."""
        for row in self.rows:
            row.expect(Notations([]))
        for number in range(_ROUNDS + 1):
            for column in self._columns:
                own = [row for row in self.rows if row.owner in column and row.texts]
                counted = [row.counted() if number else [] for row in own]
                habits = Habits(chain(*counted), self._tools.decoder.texts)
                notations = Notations(chain(*counted))
                for row, words in zip(own, counted, strict=True):
                    habits.count(words, -1.0)
                    notations.count(words, -1.0)
                    if number and (known := notations.words()):
                        row.ask_words(known, self._usual)
                    row.expect(notations, Habitual(self._tools.decoder.texts, habits))
                    habits.count(words)
                    notations.count(words)


def _columns(fields: Sequence[Shown]) -> list[list[int]]:
    """Numbers of the fields that are of one size."""
    sizes = np.log(np.array([field.size for field in fields], float).reshape(-1, 2))
    left = list(range(len(fields)))
    columns = []
    while left:
        near = (np.abs(sizes[left] - sizes[left[0]]).max(axis=1) < _ALIKE).tolist()
        columns.append([number for number, is_near in zip(left, near, strict=True) if is_near])
        left = [number for number, is_near in zip(left, near, strict=True) if not is_near]
    return columns
