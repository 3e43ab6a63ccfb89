"""What texts of a column have in common: what was seen is likelier, and all may be read."""

import string

import numpy as np
import pytest

from ocr_cli.forms.habits import Habits, Habitual

ALPHABET = string.ascii_letters + string.digits + "-."


def gain(word, seen):
    habits = Habits([(text, 1.0) for text in seen], ALPHABET)
    return Habitual(tuple(ALPHABET), habits, 0.0, 0.0).gain(word)


def test_probabilities_of_what_follows_add_up_to_one():
    habits = Habits([("Nf6", 1.0), ("e4", 0.5)], ALPHABET)
    for before in (["", "", ""], ["", "n", "f"], ["4", "-", "z"]):
        assert np.exp(habits.log_probabilities(before)).sum() == pytest.approx(1)


def test_the_kinds_of_others_tell_how_a_word_ends():
    moves = ["Nf3", "e4", "Bb5", "d7", "Qe2", "Rd8", "c3"]
    assert gain("Nc6", moves) > gain("Ncb", moves) + 1
    assert gain("Ncb", []) == pytest.approx(gain("Nca", []))


def test_case_does_not_count_and_weights_do():
    assert gain("PULUH", ["puluh"]) == gain("puluh", ["PULUH"])
    habits = Habits([("a", 5.0), ("b", 1.0)], ALPHABET)
    first = habits.log_probabilities(["", "", ""])
    assert first[habits.symbols.index("a")] > first[habits.symbols.index("b")]


def test_a_token_gains_what_its_word_does():
    habits = Habits([("x12", 2.0), ("x13", 1.0)], ALPHABET)
    token = Habitual(tuple(ALPHABET), habits, 3.0, 1.5)
    states, total = np.array([token.start]), 0.0
    for text in "x19":
        gains, states = token.gains(states, np.array([ALPHABET.index(text)]))
        total += float(gains[0])
    assert total + float(token.end(states)[0]) == pytest.approx(token.gain("x19"))
    assert token.gain("é") < 0


def test_one_symbol_is_as_probable_alone_as_among_all():
    habits = Habits([("nf3", 1.0), ("ne5", 0.4), ("0-0", 0.7)], ["N", "f", "E", "3", "5", "0", "-", "x"])
    for before in (["", "", ""], ["", "", "n"], ["", "n", "f"], ["x", "x", "x"]):
        every = habits.log_probabilities(before)
        alone = [habits.log_probability(symbol, before) for symbol in habits.symbols]
        assert alone == pytest.approx(every.tolist(), abs=1e-12)


def test_what_was_forgotten_was_never_counted():
    seen, other = [("nf3", 1.0), ("e4", 0.4)], [("0-0", 0.7), ("nf3", 0.2)]
    habits = Habits([*seen, *other], ALPHABET)
    habits.count(other, -1.0)
    for before in (["", "", ""], ["", "", "n"], ["", "0", "-"]):
        expected = Habits(seen, ALPHABET).log_probabilities(before)
        assert habits.log_probabilities(before) == pytest.approx(expected.tolist(), abs=1e-9)
