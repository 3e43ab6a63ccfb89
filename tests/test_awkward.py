"""Rows that lie awkwardly or that lines cross: what ``awkward.py`` draws, five pictures of each kind."""

from __future__ import annotations

import awkward
import kinds
import numpy as np
import pytest

UNREAD = {"close_rows", "squares"}
"""Kinds that are not read well yet."""
MOST_WRONG = 0.1
"""Share of the characters of the five pictures together."""
FEWER = {"circled", "sideways_row"}
"""Kinds of which the first three are: letters that a ring crosses, and few on their side, are not yet."""
SLOW = {"strip", "sideways"}
"""Kinds that take some seconds each."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.slow if kind in SLOW else [])
        for kind in awkward.KINDS
        if kind not in UNREAD
    ],
)
def test_nine_of_ten_characters_are_read(kind):
    read = [kinds.read(awkward.draw, "auto", (kind, seed)) for seed in range(3 if kind in FEWER else 5)]
    assert kinds.share_wrong(read) <= MOST_WRONG, [(one.truth, one.found) for one in read]


def test_what_is_invented_counts_against_what_is_right():
    assert kinds.score("ABCD", "ABCD").characters.share == 0.0
    assert kinds.score("ABCD", "AB").characters.share == 0.5
    assert kinds.score("ABCD", "ABCDXXXXXX").characters.share == 1.5


def test_the_same_picture_is_drawn_again():
    (first, text), (again, same) = (awkward.draw("combs", 3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert text == same
