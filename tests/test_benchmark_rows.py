"""The benchmark of rows must count what it says it counts."""

import drawn_pages
import pytest
import rows

from ocr_cli import Character, Line, Page, Word


@pytest.fixture(scope="module")
def drawn():
    return drawn_pages.draw("table", 1)


def page_of(drawn, *lines):
    """A page on which each line holds the characters of the drawn lines with these numbers."""
    height, width = drawn.ink.shape
    read = [
        tuple(Character(box, text, 0.9) for number in numbers for text, box in drawn.lines[number])
        for numbers in lines
    ]
    return Page(width, height, tuple(Line((Word(characters),)) for characters in read))


@pytest.mark.parametrize("kind", drawn_pages.KINDS)
def test_every_kind_draws_the_letters_of_its_text(kind):
    page = drawn_pages.draw(kind, 0)
    texts = ["".join(text for text, _ in line) for line in page.lines]
    assert texts == ["".join(filter(str.isalnum, line)) for line in page.text.splitlines()]
    height, width = page.ink.shape
    for _, box in (letter for line in page.lines for letter in line):
        assert page.ink[box.top : box.bottom, box.left : box.right].max() > 0.5
        assert box.right < width
        assert box.bottom < height


def test_a_page_is_drawn_the_same_again():
    again = drawn_pages.draw("crowded", 3), drawn_pages.draw("crowded", 3), drawn_pages.draw("crowded", 4)
    assert again[0].text == again[1].text != again[2].text
    assert (again[0].ink == again[1].ink).all()


@pytest.mark.parametrize(
    ("lines", "whole", "in_order"),
    [
        ([[0], [1], [2], [3], [4], [5], [6]], 7, 7),
        ([[1], [0], [2], [3], [4], [5], [6]], 7, 4),  # Lines 0 to 2 follow the wrong ones.
        ([[0, 1], [2], [3], [4], [5], [6]], 5, 4),
        ([[0], [2], [3], [4], [5], [6]], 6, 5),
        ([], 0, 0),
    ],
)
def test_lines_are_counted(drawn, lines, whole, in_order):
    found = rows.compare(drawn, page_of(drawn, *lines))
    assert (found.lines, found.whole, found.in_order) == (7, whole, in_order)


def test_a_line_in_two_parts_is_not_found(drawn):
    page = page_of(drawn, *([n] for n in range(7)))
    characters = page.lines[3].words[0].characters
    halves = [Line((Word(part),)) for part in (characters[:2], characters[2:])]
    page = Page(page.width, page.height, (*page.lines[:3], *halves, *page.lines[4:]))
    assert rows.compare(drawn, page).whole == 6
