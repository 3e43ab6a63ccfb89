import numpy as np
import pytest

from ocr_cli.lattice.lattice import RowInk
from ocr_cli.marks.parts import BELOW, PLACE
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rows import find_rows

HEIGHT = 44
LETTER = [(40, 50, 46, 94), (64, 50, 70, 94), (40, 88, 70, 94)]
"""A U; others beside it make a row."""
NEIGHBOUR = [(100, 50, 106, 94), (124, 50, 130, 94), (100, 50, 130, 56)]


def parts_of(*boxes):
    """The parts of the first letter of a row of two."""
    ink = np.zeros((160, 200), np.float32)
    for left, top, right, bottom in (*boxes, *NEIGHBOUR):
        ink[top:bottom, left:right] = 1
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), HEIGHT)
    lattice = RowInk(components, ink, row).lattice(marks=True)
    first = np.flatnonzero((lattice.boxes[:, 2] <= 90) & (lattice.geometry[:, 5] == 0))
    return [
        (k, lattice.parts)
        for k in range(len(lattice.parts))
        if lattice.parts.arcs[k] in first and (lattice.parts.boxes[k, :3] == (40, 50, 70)).sum() >= 2
    ]


def test_an_accent_that_stands_apart_is_parted_from_its_letter():
    ((k, parts),) = [one for one in parts_of(*LETTER, (52, 34, 57, 44)) if one[1].accents[one[0]]]
    assert not parts.touching[k]
    assert parts.boxes[k].tolist() == [40, 50, 70, 94]
    place = parts.places[k] * HEIGHT
    # Width, height, gap and how far it lies to the right of the middle; then those of the letter.
    assert place[:6] == pytest.approx([5, 10, 6, -0.5, 30, 44], abs=0.01)
    assert parts.places[k, BELOW] == 0
    assert parts.places.shape[1] == PLACE


def test_two_dots_are_one_mark_of_two_pieces():
    every = parts_of(*LETTER, (44, 36, 49, 41), (60, 36, 65, 41))
    (k, parts), *_ = [one for one in every if one[1].accents[one[0]]]
    assert parts.places[k, -1] == pytest.approx(2 / 3)
    assert parts.masks[k][0].sum() == 50


def test_what_touches_its_letter_is_parted_at_the_neck():
    every = parts_of(*LETTER, (40, 34, 46, 50))
    touching = [one for one in every if one[1].touching[one[0]]]
    assert touching
    assert any(parts.masks[k][0].sum() >= 6 * 14 for k, parts in touching)


def test_a_tail_below_the_base_line_is_parted_likewise():
    every = parts_of(*LETTER, (52, 94, 58, 106))
    below = [one for one in every if one[1].places[one[0], BELOW]]
    ((k, parts),) = below
    assert parts.touching[k]
    assert parts.boxes[k, 3] <= 96


def test_a_letter_alone_has_nothing_above_it():
    assert not any(parts.accents[k] for k, parts in parts_of(*LETTER))


def test_lattices_have_no_parts_unless_they_are_asked_for():
    ink = np.zeros((160, 200), np.float32)
    for left, top, right, bottom in (*LETTER, *NEIGHBOUR):
        ink[top:bottom, left:right] = 1
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), HEIGHT)
    assert RowInk(components, ink, row).lattice().parts is None
