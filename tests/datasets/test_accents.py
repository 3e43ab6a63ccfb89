import numpy as np
import pytest

from ocr_cli.alphabet import MARKS, with_mark, without_mark
from ocr_cli.datasets.accents import Accents, accented_texts, marked
from ocr_cli.datasets.pieces import Hands

BAR = [np.array([(0.0, 0.0), (0.0, -1.0)], np.float32)]
RING = [np.array([(0, 0), (0.5, 0), (0.5, -0.6), (0, -0.6), (0, 0)], np.float32)]
DOT = [np.array([(0.0, -0.02), (0.03, 0.0)], np.float32)]
DOTTED = [np.array([(0.0, 0.0), (0.0, -0.6)], np.float32), np.array([(0.0, -0.8), (0.02, -0.78)], np.float32)]
SIGNS = dict.fromkeys("'`/\\,()~^-\"vVsc5", BAR) | {".": DOT, "o": RING, "O": RING, "0": RING}


def accents(seed=0, **more):
    hand = {text: [ink] for text, ink in SIGNS.items()} | {"e": [RING], "A": [BAR], "i": [DOTTED]} | more
    return Accents(Hands((hand,)), np.random.default_rng(seed))


def ink(word, strokes):
    return np.concatenate([word.strokes[k] for k in range(*strokes)])


@pytest.mark.parametrize("name", list(MARKS))
def test_marks_lie_where_writers_set_them(name):
    letter = "e" if with_mark("e", name) else "A" if with_mark("A", name) else "o"
    for seed in range(20):
        word = accents(seed).word(with_mark(letter, name))
        ((said, first, after),) = word.marks
        assert said == name
        mark, below = ink(word, (first, after)), ink(word, word.letters[0])
        if name in ("cedilla", "ogonek"):
            assert mark[:, 1].max() > below[:, 1].max()
        else:
            assert mark[:, 1].min() < below[:, 1].min()
            assert mark[:, 1].max() < below[:, 1].min() + 0.1
        assert np.ptp(mark, axis=0).max() < 0.7


def test_strokes_are_those_of_letters_and_marks_and_of_nothing_else():
    word = accents().word("eéA")
    parts = [*word.letters, *(part[1:] for part in word.marks)]
    every = sorted(k for part in parts for k in range(*part))
    assert every == list(range(len(word.strokes)))
    assert word.text == "eéA"
    lefts = [ink(word, one)[:, 0].min() for one in word.letters]
    assert lefts == sorted(lefts)


def test_an_accent_stands_in_the_place_of_the_dot():
    word = accents().word("í")
    assert np.ptp(ink(word, word.letters[0])[:, 1]) == pytest.approx(0.6, rel=0.4)
    assert accents(i=[BAR]).word("í") is None


def test_what_nobody_has_makes_no_word():
    assert accents().word("xé") is None
    assert Accents(Hands(({"e": [RING]},)), np.random.default_rng(0)).word("é") is None


def test_words_are_written_in_all_ways():
    rng = np.random.default_rng(0)
    assert {accented_texts(["é"], rng), *(accented_texts(["été"], rng) for _ in range(40))} >= {
        "été",
        "ÉTÉ",
        "Été",
    }


@pytest.mark.parametrize(("text", "able"), [("été", True), ("ete", False), ("straße", False), ("ø", False)])
def test_texts_that_can_be_set(text, able):
    assert marked(text) == able


@pytest.mark.parametrize("name", list(MARKS))
def test_letters_are_composed_and_taken_apart(name):
    able = [with_mark(letter, name) for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    assert sum(one is not None for one in able) >= 4
    for one in filter(None, able):
        assert without_mark(one)[1] == name
    assert with_mark("7", name) is None


@pytest.mark.parametrize("text", ["a", "ß", "ệ", "7", "-"])
def test_what_has_no_mark_or_more_than_one_stays(text):
    assert without_mark(text) == (text, None)
