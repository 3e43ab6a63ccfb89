import math

import pytest

from ocr_cli.decoding.notations import Notations, log_probabilities, notations, number_words

ENGLISH, GERMAN, CENTS = 0, 1, -1
GAME = [
    *("e4", "e5", "Nf3", "Nc6", "Bb5", "a6", "Bxc6", "dxc6", "0-0", "f6", "d4", "exd4", "Nxd4", "c5", "Ne2"),
    *("Qxd1+", "Rxd1", "e8Q+", "Nbd2", "R1e1", "O-O-O"),
]


@pytest.mark.parametrize("move", GAME)
def test_moves_are_known(move):
    assert math.isfinite(log_probabilities(move)[ENGLISH])


@pytest.mark.parametrize("word", ["Nf9", "Ni3", "N3f", "hello", "", "0-o", "e", "xe4", "Nff3x", "axc4"])
def test_what_is_no_move_is_impossible(word):
    assert log_probabilities(word)[ENGLISH] == -math.inf


def test_pieces_have_the_letters_of_a_language():
    assert math.isfinite(log_probabilities("Sf3")[GERMAN])
    assert log_probabilities("Sf3")[ENGLISH] == -math.inf


def test_the_more_of_a_column_are_moves_the_likelier_are_moves():
    seen = [Notations([(word, 1.0) for word in GAME[:count]]).gain("Qc7", 0.0) for count in (0, 5, 20)]
    assert seen == sorted(seen)
    assert seen[2] - seen[0] > 3
    assert Notations([("Smith", 1.0)] * 9).gain("Qc7", 0.0) < seen[0]


def test_a_german_column_tells_that_pieces_are_german():
    column = Notations([(word, 1.0) for word in ("Sf3", "Ld3", "Dc7", "Tad1", "e4")])
    assert column.gain("Sc6", -9.0) > column.gain("Nc6", -9.0) + 1
    assert "Sc6" in column.words()
    assert "Nc6" not in column.words()


def test_other_words_are_the_less_likely_the_more_are_moves():
    seen = [Notations([(word, 1.0) for word in GAME[:count]]).gain("Need", 5.0) for count in (0, 5, 20)]
    assert seen[0] == pytest.approx(5.0, abs=0.2)
    assert seen[0] > seen[1] > seen[2]


def test_what_was_forgotten_was_never_counted():
    column = Notations([("Sf3", 1.0), ("Ld3", 0.5)])
    column.count([("e4", 0.3), ("Nc6", 1.0)])
    column.count([("e4", 0.3), ("Nc6", 1.0)], -1.0)
    assert column.gain("Sc6", -9.0) == pytest.approx(
        Notations([("Sf3", 1.0), ("Ld3", 0.5)]).gain("Sc6", -9.0)
    )


def test_a_column_of_names_is_in_no_notation():
    assert Notations([(name, 1.0) for name in ("Ada", "Be", "e4", "Cy", "Dee")]).words() == []


def test_the_words_of_a_notation_make_one():
    for notation in notations():
        assert sum(notation.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("word", ["0/100", "07/100", "99/100", "No/100"])
def test_cents_are_hundredths(word):
    assert math.isfinite(log_probabilities(word)[CENTS])


def test_numbers_as_words_tell_of_their_language():
    assert "sembilan" in number_words(["SERATUS DUA pulub LIMA"])
    assert "vingt" in number_words(["deux cents", "doux cent"])
    assert not number_words(["Sembawang", "a y e"])


def test_what_is_all_of_one_notation_is_likelier_than_word_by_word():
    column = Notations([])
    words = ["seratus", "dua", "puluh"]
    assert column.gain_of_all(words) > sum(column.gain(word, -1.5) for word in words) + 3
    assert column.gain_of_all(["dua"]) == pytest.approx(column.gain("dua", -99.0), abs=0.1)
    assert column.gain_of_all(["seratus", "two"]) == -math.inf
