"""Cells of a comb: one character each, of those that may stand there."""

import numpy as np
import pytest

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.forms.cells import read_cells
from ocr_cli.forms.kinds import CELLS, LETTERS
from ocr_cli.reader import Reader


@pytest.fixture(scope="module")
def tools():
    return Reader("auto").tools


def cell(text):
    ink = draw_text([text], style=Style(seed=4), seed=2, height=50).ink
    return np.repeat((255 - 255 * ink).astype(np.uint8)[..., None], 3, axis=2)


def test_what_may_stand_there_decides(tools):
    zero = read_cells(tools, [cell("0")], CELLS["digits"], words=False)
    letter = read_cells(tools, [cell("0")], LETTERS, words=False)
    assert [one.text for one in (*zero, *letter)] == ["0", "O"]
    assert zero[0].confidence > 0.5


def test_each_cell_has_one_character_and_others_that_it_may_be(tools):
    found = read_cells(tools, [cell(text) for text in "4718"], CELLS["digits"], words=False)
    assert "".join(one.text for one in found) == "4718"
    for one in found:
        assert one.text not in [other.text for other in one.alternatives]
        assert one.confidence + sum(other.confidence for other in one.alternatives) <= 1.001


def test_letters_of_neighbouring_cells_make_words(tools):
    found = read_cells(tools, [cell(text) for text in "NORTH"], LETTERS, words=True)
    assert "".join(one.text for one in found) == "NORTH"
