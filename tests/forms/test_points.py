"""Points between digits."""

import numpy as np

from ocr_cli import Box, Character
from ocr_cli.forms.points import find_points, with_points


def test_a_point_between_digits_is_found_and_a_speck_above_is_not():
    labels = np.zeros((60, 200), np.int32)
    for number, left in enumerate((10, 50, 110), 1):
        labels[10:50, left : left + 20] = number
    labels[44:50, 88:94] = 4
    labels[2:8, 140:146] = 5
    points = find_points(labels)
    assert [number for number, _ in points] == [4]
    digits = tuple(Character(Box(left, 10, left + 20, 50), "4", 0.9) for left in (10, 50, 110))
    assert "".join(one.text for one in with_points(digits, points)) == "44.4"


def test_two_pieces_have_no_point_between():
    labels = np.zeros((60, 100), np.int32)
    labels[10:50, 10:30] = 1
    labels[44:50, 40:46] = 2
    assert find_points(labels) == []
