import itertools

import numpy as np
import pytest

from ocr_cli.decoding.measures import model_gaps


def word_starts(rows):
    """For each gap of each row whether a space is likelier than none."""
    return [
        [bool(model.log_odds(gap) > 0) for gap in row]
        for model, row in zip(model_gaps(rows), rows, strict=True)
    ]


def written(text, letter=0.3, word=1.3, jitter=0.0, seed=0):
    """Gaps of a row of text, with the given mean widths."""
    rng = np.random.default_rng(seed)
    gaps = []
    for before, after in itertools.pairwise(text):
        if after == " ":
            continue
        gaps.append((word if before == " " else letter) * float(np.exp(rng.normal(0, jitter))))
    return gaps


def read(rows, starts):
    """The texts again, with the spaces that were found."""
    return [
        "".join([text[0], *(" " * start + character for character, start in zip(text[1:], row, strict=True))])
        for text, row in zip([row.replace(" ", "") for row in rows], starts, strict=True)
    ]


LINES = ["THE QUICK BROWN FOX", "JUMPS OVER THE", "LAZY DOG"]


@pytest.mark.parametrize(("letter", "word"), [(0.3, 1.3), (0.1, 0.7), (0.6, 2.4), (-0.1, 0.6)])
def test_two_kinds_of_gaps_are_told_apart_however_wide_the_hand(letter, word):
    rows = [written(line, letter, word) for line in LINES]
    assert read(LINES, word_starts(rows)) == LINES


@pytest.mark.parametrize("seed", range(5))
def test_gaps_that_vary_are_told_apart(seed):
    rows = [written(line, jitter=0.15, seed=10 * seed + n) for n, line in enumerate(LINES)]
    assert read(LINES, word_starts(rows)) == LINES


@pytest.mark.parametrize("width", [0.05, 0.3, 0.9, 2.0])
@pytest.mark.parametrize("jitter", [0.0, 0.15])
def test_letters_at_even_distances_are_one_word(width, jitter):
    rows = [written("ABCDEFGHIJ", letter=width, jitter=jitter, seed=n) for n in range(3)]
    assert not any(start for row in word_starts(rows) for start in row)


def test_a_row_of_letters_far_apart_stays_together_beside_words():
    starts = word_starts([written("ABCDEFG", letter=0.3), written("ABCDEFG", letter=0.45)])
    assert not any(start for row in starts for start in row)


def test_rows_of_single_letters_have_no_gaps():
    assert word_starts([[], [], []]) == [[], [], []]
    assert word_starts([]) == []


def test_a_row_of_one_letter_among_others_has_no_gap():
    assert word_starts([[], [0.2, 0.2, 1.5, 0.2], []]) == [[], [False, False, True, False], []]


@pytest.mark.parametrize("gap", [-0.2, 0.1, 0.4, 4.0])
def test_one_gap_alone_has_nothing_to_differ_from(gap):
    assert word_starts([[gap]]) == [[False]]


def test_a_single_wide_gap_in_a_short_row_starts_a_word():
    assert word_starts([[0.25, 0.3, 2.0, 0.2]]) == [[False, False, True, False]]


def test_a_slightly_wider_gap_in_a_short_row_starts_none():
    assert word_starts([[0.25, 0.3, 0.5, 0.2]]) == [[False] * 4]


def test_in_a_widely_spaced_row_a_far_wider_gap_starts_a_word():
    assert word_starts([[0.6, 0.6, 0.6, 1.7, 0.6, 0.6]]) == [[False, False, False, True, False, False]]
    assert word_starts([[0.6, 0.6, 0.6, 1.2, 0.6, 0.6]]) == [[False] * 6]


def test_the_shape_of_the_answer_is_that_of_the_rows():
    rows = [[0.2] * n for n in (3, 0, 7, 1)]
    starts = word_starts(rows)
    assert [len(row) for row in starts] == [3, 0, 7, 1]
    assert all(type(start) is bool for row in starts for start in row)


def test_rows_help_each_other():
    # Four gaps tell little alone; beside a page of the same hand they do.
    rows = [written(line, letter=0.15, word=0.8) for line in [*LINES, "ON IT"]]
    assert word_starts(rows)[-1] == [False, True, False]


def test_the_odds_of_a_space_grow_with_the_gap_and_are_bounded():
    (model,) = model_gaps([[0.3, 0.25, 0.35, 1.4, 0.3, 0.28, 1.5, 0.3]])
    odds = model.log_odds([-5.0, 0.3, model.border, 1.4, 50.0])
    assert (np.diff(odds) >= 0).all()
    assert odds[2] == 0
    assert odds[1] < -3
    assert odds[3] > 3
    assert np.isfinite(odds).all()
    assert odds[-1] == -odds[0]
