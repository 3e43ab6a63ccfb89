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


def lattice_of(*boxes, marks=True):
    """The lattice of a row of two letters, the first of these boxes."""
    ink = np.zeros((160, 200), np.float32)
    for left, top, right, bottom in (*boxes, *NEIGHBOUR):
        ink[top:bottom, left:right] = 1
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), HEIGHT)
    return RowInk(components, ink, row).lattice(marks=marks)


def parts_of(*boxes):
    """The parts of the first letter of a row of two."""
    lattice = lattice_of(*boxes)
    first = np.flatnonzero((lattice.boxes[:, 2] <= 90) & (lattice.geometry[:, 5] == 0))
    parts = lattice.ink.parts(first)
    assert set(parts.arcs.tolist()) <= set(first.tolist())
    return [(k, parts) for k in range(len(parts)) if (parts.boxes[k, :3] == (40, 50, 70)).sum() >= 2]


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


def test_all_that_is_above_a_letter_is_seen_with_it():
    dotted, bare = lattice_of(*LETTER, (52, 34, 57, 44)), lattice_of(*LETTER)
    for lattice, top in ((dotted, 34), (bare, 50)):
        arcs = np.flatnonzero((lattice.boxes == (40, 50, 70, 94)).all(axis=1))
        entire = lattice.ink.entire(arcs, lattice.crops)
        assert entire.accented.tolist() == [top < 50] * len(arcs)
        assert (entire.stands[0] * HEIGHT)[:2] == pytest.approx([30, 94 - top])
        assert (entire.stands[0, 2] - entire.stands[0, 3]) * HEIGHT == pytest.approx(94 - top, abs=1e-4)
        assert (entire.crops != lattice.crops[arcs]).any() == (top < 50)


def test_ink_is_not_kept_unless_it_is_to_be_taken_apart():
    assert lattice_of(*LETTER, marks=False).ink is None
