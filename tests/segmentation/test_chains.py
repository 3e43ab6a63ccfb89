import numpy as np
import pytest

from ocr_cli.segmentation.chains import find_chains, join_chains
from ocr_cli.segmentation.components import find_components

HEIGHT = 40


def bars(*places):
    """Components that are upright bars, letters high, at (left, top)."""
    return bars_between(*((left, round(top), round(top) + HEIGHT) for left, top in places))


def bars_between(*places):
    """Components that are upright bars at (left, top, bottom)."""
    ink = np.zeros((700, 2000), np.float32)
    for left, top, bottom in places:
        ink[top:bottom, left : left + 10] = 1
    return find_components(ink > 0.5, ink)


def tops(components, chains):
    return [components.boxes[chain, 1].tolist() for chain in chains]


def rows(components, farthest=7.0):
    chains = find_chains(components, np.arange(len(components)), HEIGHT, farthest)
    return join_chains(components, chains, HEIGHT)


@pytest.mark.parametrize("gap", [30, 100])
def test_letters_of_a_row_are_one_chain_from_left_to_right(gap):
    components = bars(*((20 + gap * k, 100) for k in range(6)))
    (chain,) = find_chains(components, np.arange(6), HEIGHT)
    assert (np.diff(components.boxes[chain, 0]) > 0).all()


def test_no_letters_are_no_chains():
    assert find_chains(bars((20, 20)), np.zeros(0, np.int64), HEIGHT) == []


def test_gaps_wider_than_asked_for_are_not_linked_across():
    components = bars((20, 100), (60, 100), (250, 100), (290, 100))
    assert len(find_chains(components, np.arange(4), HEIGHT, 3.0)) == 2
    assert len(find_chains(components, np.arange(4), HEIGHT, 7.0)) == 1


@pytest.mark.parametrize("slope", [-0.25, 0.25])
def test_words_far_apart_on_a_slope_find_their_own_row(slope):
    """Level with the second word of a row is the first word of its neighbour."""
    start = 300 if slope < 0 else 40
    words = [x for first in (20, 320, 620) for x in range(first, first + 160, 30)]
    components = bars(*((x, start + slope * x + 60 * row) for row in range(4) for x in words))
    found = rows(components)
    assert sorted(map(len, found)) == [18] * 4
    for chain in found:
        left, top = components.boxes[chain, :2].T
        assert np.ptp(top - slope * left) < 5


def test_a_wave_in_all_rows_is_followed():
    x = np.arange(20, 1900, 35)
    wave = 40 * np.sin(x / 150)
    components = bars(*((a, 60 + 65 * row + b) for row in range(5) for a, b in zip(x, wave, strict=True)))
    assert sorted(map(len, rows(components))) == [len(x)] * 5


def test_parts_of_a_row_too_far_apart_to_be_linked_are_joined():
    components = bars(*((x, 100) for x in (20, 60, 100, 140, 700, 740)), (20, 200), (60, 200))
    assert [set(row) for row in tops(components, rows(components))] == [{100}, {200}]


def test_one_slanting_neighbour_does_not_turn_its_row():
    """Pieces of a broken letter stand close together and not on a line."""
    components = bars((20, 100), (50, 115), (200, 100), (350, 100), (500, 100))
    assert len(rows(components)) == 1


@pytest.mark.parametrize("at", [200, 500])
def test_a_high_mark_and_a_letter_with_a_tail_do_not_make_one_row_of_two(at):
    """A quotation mark of the lower row is nearest to a letter of the upper one whose tail comes down."""
    upper = [(x, 100, 140) for x in range(20, 800, 30) if x != at] + [(at, 100, 165)]
    lower = [(x, 150, 190) for x in range(20, 800, 30) if abs(x - at) > 30] + [(at - 14, 141, 168)]
    components = bars_between(*upper, *lower)
    found = [set(one) for one in tops(components, rows(components))]
    assert sorted(found, key=sorted) == [{100}, {141, 150}]
