"""Rows that lie awkwardly or that lines cross: what ``awkward.py`` draws, five pictures of each kind."""

from __future__ import annotations

import awkward
import numpy as np
import pytest

from ocr_cli.reader import Reader

READ = (
    "sideways",
    "felt_pen",
    "low_letters",
    "fan",
    "bullets",
    "heading",
    "strip",
    "tilted",
    "double_page",
    "dark_rules",
    "notebook",
    "underlined",
    "struck",
    "circled",
    "stained",
    "combs",
    "tight_boxes",
    "dotted_boxes",
    "plate",
    "diagram",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("kind", READ)
def test_nine_of_ten_characters_are_read(reader, kind):
    drawn = [awkward.draw(kind, seed) for seed in range(5)]
    assert np.mean([awkward.share_right(text, reader.read(pixels).text) for pixels, text in drawn]) >= 0.9


def test_what_is_invented_counts_against_what_is_right():
    assert awkward.share_right("ABCD", "ABCD") == 1.0
    assert awkward.share_right("ABCD", "AB") == 0.5
    assert awkward.share_right("ABCD", "ABCDXXXXXX") == 0.0


def test_the_same_picture_is_drawn_again():
    (first, text), (again, same) = (awkward.draw("combs", 3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert text == same
