"""The ink of a comb's cells, and what was read in them as the text of their field."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.forms.certainty import of_signs
from ocr_cli.forms.field_text import FieldText
from ocr_cli.page import Alternative, Box, Character
from ocr_cli.ruled.cutting import Patch
from ocr_cli.ruled.field_ink import FieldInk

Cell = npt.NDArray[np.float32]
"""The ink of a cell, of the shape of its field's patch."""

_CELL_SPECK = 0.006
"""Least area of what is written in a cell, in squares of a row's height. Set by hand."""
_CELL_LARGE = 0.12
"""Least height or width of it in rows: a dash is as wide. Set by hand."""
_CELL_GAP = 0.15
"""Paper on each side of what is written in a cell where neighbours are read together, in rows."""
_STRAY = 0.3
"""Share of a piece that may lie beyond its cell's wall without being cut there. Set by hand."""


def comb_cells(patch: Patch, ink: FieldInk) -> list[Cell | None]:
    """The ink of each cell of a comb; None where a cell is empty.

    A piece belongs to the cell in which most of it lies; one that reaches far into others is cut there.
    """
    walls = np.rint(ink.walls).astype(int)
    count = int(ink.labels.max(initial=0))
    cells: list[Cell | None] = []
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


def runs_of(cells: list[Cell | None]) -> list[tuple[int, int]]:
    """Where neighbouring cells that are written in begin and end."""
    bounds, start = [], None
    for number, cell in enumerate([*cells, None]):
        if cell is not None and start is None:
            start = number
        elif cell is None and start is not None:
            bounds.append((start, number))
            start = None
    return bounds


def set_apart(cells: Sequence[Cell], row: float) -> tuple[npt.NDArray[np.float32], list[tuple[float, float]]]:
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


def cell_box(patch: Patch, walls: npt.NDArray[np.float64], number: int) -> Box:
    """Where on the patch a cell is."""
    left = max(0, int(walls[number]))
    return Box(left, patch.box[1], max(left + 1, int(walls[number + 1])), patch.box[3])


def of_cells(every: Sequence[Character | None]) -> FieldText:
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
