import numpy as np
import pytest

from ocr_cli.segmentation.columns import split_columns
from ocr_cli.segmentation.components import find_components

HEIGHT = 40


def bars(*rows, bend=0.0):
    """Components of rows of upright bars, each row (x, y, number); all sink by ``bend`` pixels a pixel."""
    ink = np.zeros((900, 1600), np.float32)
    for x, y, count in rows:
        for k in range(count):
            left = x + 30 * k
            top = round(y + bend * left)
            ink[top : top + HEIGHT, left : left + 10] = 1
    return find_components(ink > 0.5, ink)


def blocks(components):
    """Left, top, and number of letters of each block."""
    found = split_columns(components, np.arange(len(components)), HEIGHT)
    assert sorted(np.concatenate(found)) == list(range(len(components)))
    return [(*components.boxes[block, :2].min(axis=0).tolist(), len(block)) for block in found]


def column(x, y, pitch, rows, letters=8):
    return [(x, y + pitch * k, letters) for k in range(rows)]


@pytest.mark.parametrize("pitch", [60, 75, 90])
def test_columns_whose_rows_do_not_line_up_are_parted(pitch):
    components = bars(*column(20, 20, 80, 5), *column(400, 60, pitch, 5))
    assert blocks(components) == [(20, 20, 40), (400, 60, 40)]


def test_rows_that_line_up_are_read_across():
    rng = np.random.default_rng(0)
    right = [(400, 20 + 80 * k + int(rng.normal(0, 5)), 8) for k in range(5)]
    assert len(blocks(bars(*column(20, 20, 80, 5), *right))) == 1


@pytest.mark.parametrize("bend", [-0.15, 0.15])
def test_rows_that_line_up_on_a_bent_page_are_read_across(bend):
    rows = [*column(20, 250, 80, 5), *column(400, 250, 80, 5)]
    assert len(blocks(bars(*rows, bend=bend))) == 1


def test_two_columns_on_a_bent_page_are_parted():
    rows = [*column(20, 20, 80, 5), *column(400, 60, 80, 5)]
    assert [size for _, _, size in blocks(bars(*rows, bend=0.1))] == [40, 40]


def test_a_strip_no_wider_than_the_gaps_between_words_parts_nothing():
    words = [*column(20, 20, 80, 5, 4), *column(220, 20, 80, 5, 4)]
    assert len(blocks(bars(*words, *column(420, 60, 80, 5)))) == 1


@pytest.mark.parametrize("letters", [1, 2])
def test_numbers_before_a_list_are_no_column(letters):
    assert len(blocks(bars(*column(20, 20, 80, 5, letters), *column(200, 60, 80, 5)))) == 1


def test_a_single_row_beside_others_is_no_column():
    assert len(blocks(bars(*column(20, 20, 80, 5), *column(400, 60, 80, 1)))) == 1


def test_a_heading_over_both_columns_comes_first_and_a_row_below_them_last():
    rows = [*column(20, 120, 80, 5), *column(400, 160, 80, 4)]
    components = bars((20, 20, 20), *rows, (20, 560, 20))
    assert blocks(components) == [(20, 20, 20), (20, 120, 40), (400, 160, 32), (20, 560, 20)]


def test_three_columns_come_from_left_to_right():
    rows = [*column(20, 20, 80, 5, 5), *column(320, 55, 90, 5, 5), *column(620, 30, 70, 5, 5)]
    assert blocks(bars(*rows)) == [(20, 20, 25), (320, 55, 25), (620, 30, 25)]


def test_few_letters_are_one_block():
    assert blocks(bars((20, 20, 3))) == [(20, 20, 3)]
