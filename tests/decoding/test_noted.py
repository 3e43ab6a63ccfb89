"""Moves, numbers in words and hundredths as words that a line may be made of."""

import math

import numpy as np
import pytest

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.notations import log_probabilities, shapes
from ocr_cli.decoding.noted import Noted
from ocr_cli.decoding.tokens import END, LETTER

TEXTS = tuple(dict.fromkeys((*"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/-", *PLACED)))
NOTED = Noted(TEXTS)


def gain(word):
    """What a word gains, with its end."""
    state, total = np.array(NOTED.start), float(NOTED.begin(np.array(TEXTS.index(word[0]))))
    for sign in word:
        more, state = NOTED.gains(state, np.array(TEXTS.index(sign)))
        total += float(more)
    return total + float(NOTED.end(state))


@pytest.mark.parametrize("word", ["Nf6", "e4", "dxc5", "Rfe8", "Rfxe8", "0-0", "O-O-O", "e8Q"])
def test_moves_are_as_likely_as_in_their_notation(word):
    alone = math.log(sum(math.exp(log) for log in log_probabilities(word)))
    random = len(word) * LETTER + END
    known = float(NOTED.begin(np.array(0))) - math.log(len(shapes()))
    assert gain(word) == pytest.approx(alone + random + known)


@pytest.mark.parametrize("word", ["Nfb", "N", "es", "axc5", "nf6", "HELLO", "0-", "12"])
def test_what_is_no_word_of_a_notation_is_impossible(word):
    assert gain(word) == -math.inf


@pytest.mark.parametrize("word", ["seratus", "Seratus", "SERATUS", "00/100", "xx/100"])
def test_numbers_in_words_and_hundredths(word):
    assert gain(word) > 0


def test_numbers_in_words_are_in_one_case():
    assert gain("serATUS") == -math.inf


def test_all_that_may_follow_is_certain():
    """Ends and characters share what is likely after each beginning."""
    columns = np.arange(len(TEXTS))
    for state in range(20):
        gains, _ = NOTED.gains(np.array(state), columns)
        end = float(NOTED.end(np.array(state)))
        assert np.exp(gains - LETTER).sum() + math.exp(end - END) == pytest.approx(1.0)
