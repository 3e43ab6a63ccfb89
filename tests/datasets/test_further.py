from functools import partial

import numpy as np
import pytest

from ocr_cli.alphabet import row_of
from ocr_cli.datasets.accents import Accents
from ocr_cli.datasets.further import further
from ocr_cli.datasets.pieces import PRINTABLE, Hands, reach
from ocr_cli.options import FURTHER


def lent(text, missing=""):
    """A box as high as the character is, or a level line; nothing for what is missing."""
    if text in missing:
        return None
    if text in "-/":
        return [np.array([[0.0, -0.43], [0.4, -0.43]], np.float32)]
    top, bottom = reach(text)
    corners = np.array([[0, -bottom], [0, -top], [0.5, -top], [0.5, -bottom], [0, -bottom]], np.float32)
    return [corners] if text != "i" else [corners, corners / 3]


def box(strokes):
    every = np.concatenate(strokes)
    return *every.min(axis=0).tolist(), *every.max(axis=0).tolist()


@pytest.mark.parametrize("text", FURTHER)
def test_each_stands_where_its_row_of_the_table_says(text):
    for seed in range(20):
        strokes = further(text, lent, np.random.default_rng(seed))
        assert strokes is not None
        left, top, right, bottom = box(strokes)
        row = row_of(text)
        assert left == pytest.approx(0, abs=1e-4)
        assert 0 < right < 2
        # y is below 0 above the base line.
        assert -top == pytest.approx(row.top, abs=0.45)
        assert -bottom == pytest.approx(row.bottom, abs=0.45)
        assert all(stroke.dtype == np.float32 for stroke in strokes)


def test_hands_differ_and_the_same_seed_writes_the_same():
    one, other, again = (further("€", lent, np.random.default_rng(seed)) for seed in (1, 2, 1))
    assert box(one) != box(other)
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("text", "missing"), [("ø", "o"), ("ß", "3"), ("«", "<"), ("\u2013", "-/"), ("§", "sS")]
)
def test_what_has_no_parts_is_not_written(text, missing):
    assert further(text, partial(lent, missing=missing), np.random.default_rng(0)) is None


def test_another_character_is_none_of_them():
    with pytest.raises(KeyError):
        further("a", lent, np.random.default_rng(0))


def test_words_with_accents_have_them_too():
    hand = {text: [lent(text)] for text in PRINTABLE}
    word = Accents(Hands((hand,)), np.random.default_rng(0)).word("größe")
    assert word.text == "größe"
    assert [name for name, _, _ in word.marks] == ["diaeresis"]
    assert len(word.letters) == 5
