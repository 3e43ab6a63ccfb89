import numpy as np
import pytest

from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.tokens import Listed, Word, kinds_of
from ocr_cli.decoding.trie import BOUNDARY, Trie, Vocabulary, symbols_of

TEXTS = ["S", "A", "ß", "Æ", "B"]


def gained(token, columns):
    """What a word gains in all, each character after the other."""
    total, state = float(token.begin(np.array(columns[0]))), np.array(token.start)
    for column in columns:
        gain, state = token.gains(state, np.array(column))
        total += float(gain)
    return total + float(token.end(state))


@pytest.fixture
def vocabulary():
    """ASS, and nothing else."""
    a, s = symbols_of("AS")
    return Vocabulary.of(
        Trie(
            np.array([1, 1, 1, 1, 0], np.uint8),
            np.array([a, s, s, BOUNDARY], np.uint8),
            np.zeros(4, np.uint8),
        )
    )


def test_a_letter_that_words_spell_with_two_is_both(vocabulary):
    word = Word(TEXTS, kinds_of(TEXTS), vocabulary, 1.0)
    sharp, twice = gained(word, [1, 2]), gained(word, [1, 0, 0])
    assert np.isfinite(sharp)
    # Each character that is read is likelier than one at random; ß is one of them for two.
    assert sharp == pytest.approx(twice, abs=1e-6)
    assert gained(word, [1, 0]) == gained(word, [2]) == gained(word, [1, 2, 0]) == -np.inf


def test_all_at_once_they_gain_the_same(vocabulary):
    word = Word(TEXTS, kinds_of(TEXTS), vocabulary, 1.0)
    states, columns = np.arange(5)[:, None], np.arange(len(TEXTS))
    gains, after = word.gains(states, columns)
    for state in range(5):
        for column in range(len(TEXTS)):
            gain, one = word.gains(np.array(state), np.array(column))
            assert after[state, column] == one
            assert gains[state, column] == pytest.approx(gain)


def test_words_of_the_user_have_them_too():
    listed = Listed(TEXTS, Lexicon(["Baß", "Sæ"]), 1.0)
    assert gained(listed, [4, 1, 2]) == pytest.approx(gained(listed, [4, 1, 0, 0]))
    assert np.isfinite(gained(listed, [0, 3]))
    assert gained(listed, [4, 2]) == -np.inf
