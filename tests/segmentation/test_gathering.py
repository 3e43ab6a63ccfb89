import numpy as np
import pytest

from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.healing import gather_pieces

PEN = 6


def page(*boxes, size=(200, 400)):
    ink = np.zeros(size, np.float32)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = 1
    return ink


def gathered(*boxes):
    ink = page(*boxes)
    return gather_pieces(find_components(ink > 0.5, ink))


def broken_e(left, top, gap=8):
    """An E of 60 pixels in three pieces: its upper bar, the rest, its foot."""
    return [
        (left, top, left + 40, top + PEN),
        (left, top + PEN + gap, left + PEN, top + 54 - gap),
        (left, top + 27, left + 30, top + 33),
        (left, top + 54, left + 40, top + 60),
    ]


def test_the_pieces_of_broken_letters_are_one_component_each():
    found, height = gathered(*broken_e(40, 50), *broken_e(110, 50), *broken_e(180, 50))
    assert height == 60
    np.testing.assert_array_equal(found.boxes, [(left, 50, left + 40, 110) for left in (40, 110, 180)])


def test_what_is_gathered_keeps_its_pixels_and_its_darkness():
    ink = page(*broken_e(40, 50), (120, 50, 126, 110))
    ink[104:110, 40:80] = 0.5
    before = find_components(ink > 0.2, ink)
    after, _ = gather_pieces(before)
    assert len(after) == 2
    np.testing.assert_array_equal(after.labels > 0, before.labels > 0)
    for k in range(len(after)):
        own = after.labels == k + 1
        y, x = np.nonzero(own)
        assert tuple(after.boxes[k]) == (x.min(), y.min(), x.max() + 1, y.max() + 1)
        assert after.areas[k] == own.sum()
        assert after.darkness[k] == pytest.approx(ink[own].mean())


@pytest.mark.parametrize(
    ("boxes", "together"),
    [
        pytest.param([(100, 50, 106, 76), (100, 84, 106, 110)], True, id="stem-in-two"),
        pytest.param([(100, 50, 106, 70), (100, 90, 106, 110)], False, id="far-apart"),
        pytest.param([(100, 50, 106, 76), (107, 84, 113, 110)], False, id="side-by-side"),
        pytest.param([(100, 50, 106, 108), (100, 114, 106, 172)], False, id="letters-of-two-rows"),
        pytest.param([(100, 50, 106, 90), (100, 98, 106, 138)], False, id="higher-than-a-letter"),
        pytest.param([(100, 50, 106, 110), (98, 38, 108, 44)], False, id="accent-of-a-capital"),
    ],
)
def test_pieces_are_gathered_that_are_no_higher_than_a_letter_together(boxes, together):
    others = [(left, 50, left + PEN, 110) for left in (20, 50, 80, 150, 180, 210)]
    found, height = gathered(*others, *boxes)
    assert height == 60
    assert len(found) == len(others) + (1 if together else 2)


def test_an_empty_page_and_one_of_specks_stay_as_they_are():
    found, height = gathered()
    assert len(found) == 0
    assert height is None
    found, height = gathered((20, 20, 22, 22), (20, 24, 22, 26))
    assert len(found) == 2
    assert height is None


def test_grain_is_left_alone():
    ink = np.zeros((400, 400), np.float32)
    ink[::6, ::6] = ink[1::6, ::6] = ink[2::6, ::6] = 1
    ink[100:160, 4:10] = 1
    before = find_components(ink > 0.5, ink)
    assert gather_pieces(before)[0] is before


def halves_of_e(left, top, gap):
    """An E of 60 pixels, 44 wide, cut in two at half its height."""
    stems = [(left, top, left + PEN, top + 30 - gap // 2), (left, top + 30 + gap // 2, left + PEN, top + 60)]
    bars = [(left, top, left + 44, top + PEN), (left, top + 54, left + 44, top + 60)]
    return [*stems, *bars]


def test_letters_in_halves_are_not_taken_for_letters_of_half_the_height():
    halves = [box for left in range(40, 340, 60) for box in halves_of_e(left, 50, 8)]
    found, height = gathered(*halves)
    assert height == 60
    assert len(found) == 5


@pytest.mark.parametrize("rows", [2, 3, 5])
def test_rows_close_together_are_not_taken_for_one_of_high_letters(rows):
    letters = [
        (left, 10 + 36 * row, left + 22, 40 + 36 * row) for left in range(20, 380, 30) for row in range(rows)
    ]
    ink = page(*letters)
    for left, top, right, bottom in letters:
        ink[top : bottom - PEN, left + PEN : right - PEN] = 0
    found, height = gather_pieces(find_components(ink > 0.5, ink))
    assert height == 30
    assert len(found) == len(letters)


def test_letters_of_a_row_on_its_side_stay_apart():
    letters = [(50, top, 80, top + 22) for top in range(10, 190, 30)]
    found, height = gathered(*letters)
    assert height == 22
    assert len(found) == len(letters)
