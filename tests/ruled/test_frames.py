"""Empty boxes that are printed where fields are."""

import numpy as np
import pytest

from ocr_cli.ruled.frames import without_box

FIELD = (30, 30, 100, 90)


def drawn(*sides, strength=0.4):
    """Light that is missing along the sides of a box of 60 by 50 pixels, and what more is given."""
    missing = np.zeros((120, 140), np.float32)
    for rows, columns in sides:
        missing[rows, columns] = strength
    return missing


TOP, BOTTOM = (slice(38, 42), slice(35, 95)), (slice(84, 88), slice(35, 95))
LEFT, RIGHT = (slice(38, 88), slice(35, 39)), (slice(38, 88), slice(91, 95))


def test_a_whole_box_goes_and_what_is_beside_it_stays():
    missing = drawn(TOP, BOTTOM, LEFT, RIGHT, (slice(50, 70), slice(110, 114)))
    left = without_box(missing, FIELD, 0.05)
    assert not left[:, :100].any()
    assert (left[:, 110:114] == missing[:, 110:114]).all()


@pytest.mark.parametrize("missing", [TOP, BOTTOM, LEFT, RIGHT], ids=["top", "bottom", "left", "right"])
def test_what_has_three_sides_is_no_box(missing):
    ink = drawn(*(side for side in (TOP, BOTTOM, LEFT, RIGHT) if side != missing))
    assert without_box(ink, FIELD, 0.05) is ink


def test_a_box_with_a_stroke_through_it_stays():
    ink = drawn(TOP, BOTTOM, LEFT, RIGHT, (slice(60, 66), slice(35, 95)))
    assert without_box(ink, FIELD, 0.05) is ink


def test_a_small_letter_in_a_wide_field_is_no_box():
    ink = drawn(TOP, BOTTOM, LEFT, RIGHT)
    assert without_box(ink, (30, 30, 139, 119), 0.05) is ink


def test_an_empty_picture_has_none():
    ink = drawn()
    assert without_box(ink, FIELD, 0.05) is ink
