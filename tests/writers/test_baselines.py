import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Box, Character, Line, Page, Word
from ocr_cli.writers.baselines import baseline, placed, to_pixels, writing_direction


def page_of(*boxes):
    letters = tuple(Character(Box(*box), "A", 0.9) for box in boxes)
    return Page(1000, 1000, (Line((Word(letters),)),))


@pytest.mark.parametrize(
    ("second", "direction"),
    [
        ((70, 40, 90, 60), (1, 0)),
        ((10, 40, 30, 60), (-1, 0)),
        ((40, 70, 60, 90), (0, 1)),
        ((40, 10, 60, 30), (0, -1)),
        ((40, 40, 60, 60), (1, 0)),
    ],
)
def test_letters_show_which_way_they_are_written(second, direction):
    page = page_of((40, 40, 60, 60), second)
    assert writing_direction(page) == direction
    letter = placed(page.characters[1], direction)
    corners = {
        to_pixels(u, v, direction) for u in (letter.start, letter.end) for v in (letter.top, letter.bottom)
    }
    left, top, right, bottom = second
    assert corners == {(left, top), (left, bottom), (right, top), (right, bottom)}


def test_a_page_without_lines_is_written_to_the_right():
    assert writing_direction(Page(9, 9)) == (1, 0)


def test_most_letters_stand_on_the_baseline():
    """One hangs below and one stands above: a g and an apostrophe."""
    page = page_of((0, 10, 20, 50), (30, 20, 50, 65), (60, 10, 80, 50), (90, 5, 95, 15), (100, 10, 120, 51))
    assert baseline(page.lines[0], page, (1, 0)) == ((0, 50), (120, 50))


def test_the_baseline_of_a_tilted_line_is_tilted():
    page = page_of(*((30 * i, 100 + 3 * i, 30 * i + 20, 140 + 3 * i) for i in range(10)))
    (left, first), (right, last) = baseline(page.lines[0], page, (1, 0))
    assert (left, right) == (0, 290)
    assert (first, last) == (139, 168)


@given(pages())
def test_no_baseline_leaves_the_page(page):
    direction = writing_direction(page)
    for line in page.lines:
        for x, y in baseline(line, page, direction):
            assert 0 <= x <= page.width
            assert 0 <= y <= page.height
