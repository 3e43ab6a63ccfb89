"""In which order lines are read that are on several sheets, and around them."""

from ocr_cli.page import Box
from ocr_cli.placement import reading_order


def lines(left, top, count, width=100):
    """Lines of 20 pixels, 30 apart."""
    return [Box(left, top + 30 * k, left + width, top + 30 * k + 20) for k in range(count)]


def test_lines_of_one_page_keep_their_order():
    page = [*lines(0, 0, 3), *lines(200, 0, 3)]
    assert reading_order([page]) == [(0, k) for k in range(6)]


def test_nothing_written_is_in_no_order():
    assert reading_order([]) == []
    assert reading_order([[], []]) == []


def test_sheets_are_read_row_by_row():
    """Wherever they were found first; one may hang a little lower than its neighbour."""
    sheets = [lines(0, 300, 2), lines(220, 20, 3), lines(0, 0, 3), lines(440, 10, 1)]
    assert [part for part, line in reading_order(sheets) if line == 0] == [2, 1, 3, 0]


def test_lines_of_a_sheet_stay_together():
    sheets = [lines(200, 0, 4), [*lines(0, 0, 2), *lines(100, 0, 2, width=60)]]
    assert reading_order(sheets) == [(1, k) for k in range(4)] + [(0, k) for k in range(4)]


def test_what_is_around_a_sheet_is_read_before_and_after_it():
    around = [*lines(0, 0, 2, width=300), *lines(0, 200, 2, width=300)]
    note = lines(100, 90, 2)
    order = reading_order([note, around])
    assert order == [(1, 0), (1, 1), (0, 0), (0, 1), (1, 2), (1, 3)]


def test_columns_around_sheets_are_blocks_of_their_own():
    """Pages that were not told from the desk, with a label between them."""
    around = [*lines(0, 0, 3), *lines(300, 0, 3)]
    label = lines(150, 10, 1, width=80)
    order = reading_order([label, around])
    assert order == [(1, 0), (1, 1), (1, 2), (0, 0), (1, 3), (1, 4), (1, 5)]
