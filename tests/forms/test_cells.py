"""Cells of a comb: one character each, of those that may stand there."""

import copy

import numpy as np
import pytest

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.forms.cells import read_cells
from ocr_cli.forms.kinds import CELLS, LETTERS
from ocr_cli.reader import Reader
from ocr_cli.windows.evidence import Said


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


class SayingSeven:
    """Windows that say 7 all along."""

    def __init__(self, windows):
        self.classes = windows.classes

    def read(self, strip, early):
        said = np.full(2 + len(self.classes), 1e-6, np.float32)
        said[2 + self.classes.index("7")] = 1.0
        return Said(np.tile(said / said.sum(), (strip.frames, 1)), strip, early)


def with_windows(tools, windows):
    *others, last = tools
    scorer = copy.copy(last.scorer)
    scorer.windows = windows
    return (*others, last._replace(scorer=scorer))


def share(found, text):
    return dict(
        [(found.text, found.confidence), *((one.text, one.confidence) for one in found.alternatives)]
    ).get(text, 0.0)


def test_windows_have_a_say_in_what_models_see(tools):
    cells = [cell("1"), cell("1")]
    saying = SayingSeven(tools[-1].scorer.windows)
    alone = read_cells(with_windows(tools, None), cells, "17", words=False)
    heard = read_cells(with_windows(tools, saying), cells, "17", words=False)
    for before, after in zip(alone, heard, strict=True):
        assert share(after, "7") > share(before, "7")


def test_models_without_windows_read_cells(tools):
    found = read_cells(
        with_windows(tools, None), [cell(text) for text in "4718"], CELLS["digits"], words=False
    )
    assert "".join(one.text for one in found) == "4718"
