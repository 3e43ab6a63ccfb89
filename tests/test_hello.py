"""HELLO written apart, with touching letters, with broken ones: what ``hello.py`` draws, in small."""

from __future__ import annotations

import numpy as np
import pytest
import words

from ocr_cli.evaluation.pages import NOTHING, Comparison, score_page
from ocr_cli.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(("kind", "most"), [("apart", 0.1), ("touching", 0.45), ("broken", 0.25)])
def test_most_characters_are_read(reader, kind, most):
    total = NOTHING
    for seed in range(15):
        read = reader.read(words.draw_word("HELLO", kind, seed)).text
        total += score_page("HELLO", read, Comparison(False, False, False))
    assert total.characters.share <= most


@pytest.mark.parametrize("seed", range(10))
def test_touching_letters_touch_and_broken_ones_are_broken(seed):
    apart, touching, broken = (words.count_components(words.draw_ink("HELLO", k, seed)) for k in words.KINDS)
    assert touching < apart < broken


def test_the_same_seed_draws_the_same_word():
    first, again, other = (words.draw_word("HI", "touching", seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


def test_random_words_are_capitals_of_the_lengths_asked_for():
    drawn = words.random_words(50, seed=1, lengths=(4, 6))
    assert {len(word) for word in drawn} == {4, 5, 6}
    assert all(word.isalpha() and word.isupper() for word in drawn)
    assert drawn == words.random_words(50, seed=1, lengths=(4, 6))
