import math

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Box, Character, Line, Page, Word
from ocr_cli.writers.text_layer import runs


def letter(text, left, top, right, bottom):
    return Character(Box(left, top, right, bottom), text, 0.9)


def only_run(*words, width=1000, height=1000):
    (run,) = runs(Page(width, height, (Line(tuple(map(Word, words))),)))
    return run


def test_cells_reach_to_the_next_ones_beginning():
    run = only_run((letter("A", 10, 20, 30, 60), letter("B", 40, 25, 55, 50)), (letter("C", 70, 20, 90, 55),))
    assert (run.x, run.y, run.direction, run.height) == (10, 60, (1, 0), 40)
    assert [(cell.text, cell.length) for cell in run.cells] == [("A", 30), ("B", 15), (" ", 15), ("C", 20)]


def test_a_wide_space_stays_narrow_and_the_next_word_is_in_its_place():
    run = only_run((letter("A", 0, 0, 10, 10),), (letter("B", 100, 0, 110, 10),))
    assert [(cell.text, cell.length) for cell in run.cells] == [("A", 94), (" ", 6), ("B", 10)]


def test_letters_that_overlap_have_narrow_cells_one_after_the_other():
    run = only_run((letter("A", 10, 0, 30, 20), letter("B", 5, 0, 25, 20), letter("C", 30, 0, 40, 20)))
    assert [(cell.text, cell.length) for cell in run.cells] == [("A", 1), ("B", 19), ("C", 10)]


@pytest.mark.parametrize(
    ("second", "direction", "corner"),
    [
        ((60, 40, 80, 60), (1, 0), (40, 60)),
        ((20, 40, 30, 60), (-1, 0), (60, 40)),
        ((40, 70, 60, 90), (0, 1), (40, 40)),
        ((40, 10, 60, 30), (0, -1), (60, 60)),
    ],
)
def test_pages_on_their_side_or_upside_down(second, direction, corner):
    run = only_run((letter("A", 40, 40, 60, 60), letter("B", *second)))
    assert (run.direction, (run.x, run.y)) == (direction, corner)


def test_a_tilted_line_is_as_high_as_its_letters_at_the_height_of_its_middle():
    letters = tuple(letter("A", 20 * i, 100 + 2 * i, 20 * i + 10, 130 + 2 * i) for i in range(11))
    run = only_run(letters)
    assert run.height == pytest.approx(30)
    assert run.y == pytest.approx(140)


@given(pages())
def test_every_character_has_a_cell_of_some_size(page):
    found = list(runs(page))
    assert ["".join(cell.text for cell in run.cells) for run in found] == [line.text for line in page.lines]
    assert all(cell.length > 0 and math.isfinite(cell.length) for run in found for cell in run.cells)
