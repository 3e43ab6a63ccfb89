import numpy as np
import pytest

from ocr_cli.decoding.trie import BOUNDARY, OTHER, Trie, Vocabulary, symbols_of

A, B, C = symbols_of("ABC")


@pytest.fixture
def words():
    """A one half; AB and CA a quarter each."""
    return Vocabulary.of(
        Trie(
            np.array([2, 2, 1, 0, 1, 1, 0, 0], np.uint8),
            np.array([A, C, BOUNDARY, B, A, BOUNDARY, BOUNDARY], np.uint8),
            np.array([2, 11, 3, 9, 0, 0, 0], np.uint8),
        )
    )


def walk(words, text):
    """The states before and after each of a word's characters."""
    states = [np.int32(words.START)]
    for symbol in symbols_of(text):
        states.append(words.advance(states[-1], symbol)[()])
    return states


def test_a_word_is_as_likely_as_its_share(words):
    for text, share in (("A", 1 / 2), ("AB", 1 / 4), ("CA", 1 / 4)):
        total = words.log_probability(walk(words, text), symbols_of(text + " ")).sum()
        assert total == pytest.approx(np.log(share), abs=0.1)


def test_what_is_no_word_is_impossible(words):
    assert words.log_probability(walk(words, "C")[-1], BOUNDARY) == -np.inf
    assert walk(words, "B")[-1] == walk(words, "ABA")[-1] == words.DEAD
    assert words.log_probability(words.DEAD, [A, BOUNDARY]).tolist() == [-np.inf] * 2
    assert words.advance(words.DEAD, [A, BOUNDARY]).tolist() == [words.DEAD] * 2


def test_other_characters_are_in_no_word(words):
    """Their column would else be the first one of the next state."""
    for state in range(8):
        assert words.log_probability(state, OTHER) == -np.inf
        assert words.advance(state, OTHER) == words.DEAD


def test_states_and_symbols_broadcast(words):
    states, symbols = np.arange(8)[:, None], np.arange(OTHER + 1)
    scores, after = words.log_probability(states, symbols), words.advance(states, symbols)
    assert scores.shape == after.shape == (8, OTHER + 1)
    assert np.array_equal(np.isfinite(scores), after != words.DEAD)
    for state in range(8):
        assert after[state].tolist() == [words.advance(state, symbol) for symbol in symbols]
