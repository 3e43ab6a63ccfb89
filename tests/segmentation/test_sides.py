import numpy as np
import pytest

from ocr_cli.segmentation.rules import remove_rules
from ocr_cli.segmentation.sides import find_sides

HEIGHT = 40.0


def page(rules, uprights, size=(200, 500)):
    """Level rules (left, right, y), three pixels thick, and uprights (x, top, bottom) of the same width."""
    level, upright = np.zeros(size, bool), np.zeros(size, bool)
    for left, right, y in rules:
        level[y : y + 3, left:right] = True
    for x, top, bottom in uprights:
        upright[top:bottom, x : x + 3] = True
    return level, upright & ~level


def found(rules, uprights):
    """For each upright whether it is a side."""
    level, upright = page(rules, uprights)
    sides = find_sides(upright, level, HEIGHT)
    assert not (sides & ~upright).any()
    return [bool(sides[(top + bottom) // 2, x + 1]) for x, top, bottom in uprights]


COMB = [(x, 80, 100) for x in range(40, 441, 50)]


def test_teeth_at_even_distances_on_a_rule_are_a_comb_even_if_one_is_missing():
    assert all(found([(40, 443, 100)], COMB))
    assert all(found([(40, 443, 100)], COMB[:3] + COMB[4:]))


@pytest.mark.parametrize(
    "stems",
    [
        pytest.param([(70, 60, 100), (95, 60, 100), (160, 60, 100), (300, 60, 100)], id="letters"),
        pytest.param(COMB[1:-1], id="ones-at-even-distances"),
        pytest.param([(40, 60, 100), (440, 60, 100)], id="a-letter-at-each-end"),
    ],
)
def test_stems_that_stand_on_a_rule_stay(stems):
    assert not any(found([(40, 443, 100)], stems))


def test_teeth_of_a_comb_are_told_from_higher_letters_between_them():
    letters = [(x + 22, 60, 100) for x, _, _ in COMB[:-1]]
    assert found([(40, 443, 100)], COMB + letters) == [True] * len(COMB) + [False] * len(letters)


def test_stems_between_the_rules_of_a_notebook_stay():
    rules = [(0, 500, y) for y in (50, 100, 150)]
    stems = [(x, 53, 100) for x in (60, 85, 150, 163, 240, 300, 315)]
    assert not any(found(rules, stems))


def test_a_stem_that_fits_between_two_sides_stays():
    rules = [(40, 443, 50), (40, 443, 100)]
    sides = [(x, 53, 100) for x in range(40, 441, 50)]
    assert found(rules, [*sides, (110, 53, 100)]) == [True] * len(sides) + [False]


def test_what_is_left_of_a_side_that_a_letter_touches_goes_too():
    level, upright = page([(40, 443, 50), (40, 443, 100)], [(x, 53, 100) for x in range(40, 441, 50)])
    upright[70:80, 190:193] = False
    assert (find_sides(upright, level, HEIGHT) == upright).all()


def test_sides_of_a_row_of_boxes_that_goes_on_beyond_the_picture_are_found():
    rules = [(0, 500, 50), (0, 500, 100)]
    assert all(found(rules, [(x, 53, 100) for x in range(20, 480, 50)]))


def test_a_comb_goes_and_leaves_its_letters():
    level, upright = page([(40, 443, 100)], COMB)
    letters = np.zeros_like(level)
    for x in range(60, 430, 50):
        letters[55:95, x : x + 5] = letters[55:60, x - 6 : x + 12] = True
    np.testing.assert_array_equal(remove_rules(level | upright | letters, HEIGHT), letters)
