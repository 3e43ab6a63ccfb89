import numpy as np
import pytest
from written import save_characters, save_words

from ocr_cli.datasets.lines import Composer, Line
from ocr_cli.datasets.pieces import PRINTABLE, load_hands, load_pieces
from ocr_cli.datasets.strips import examples
from ocr_cli.datasets.texts import Texts
from ocr_cli.options import FURTHER
from ocr_cli.windows.strip import CELL, HEIGHT

WORDS = ["Abc", "no", "HE", "be", "had", "CAB", "a deed"]


@pytest.fixture
def composer(tmp_path):
    words = save_words(tmp_path / "words.npz", [(text, "ann", 0, 100) for text in WORDS])
    letters = save_characters(tmp_path / "letters.npz", "ABCDEHabcdeho0123456789", "ann")
    signs = save_characters(tmp_path / "signs.npz", ".,-:", "ann")

    def make(seed=0):
        hands = load_hands(letters, signs, {}, (), only=False)
        return Composer(load_pieces(words, (), only=False), hands, ["bead", "ache"], [], seed)

    return make


def test_the_same_seed_makes_the_same_lines(composer):
    one, other = composer(3), composer(3)
    for _ in range(20):
        a, b = one.drawn(), other.drawn()
        assert (a is None) == (b is None)
        if a and b:
            assert a[:2] == b[:2]
            np.testing.assert_array_equal(a[2], b[2])


def test_lines_are_words_after_each_other_with_gaps_between(composer):
    every = [composer(seed).line() for seed in range(60)]
    kinds = {kind for kind, _ in every}
    assert kinds == {"word", "words", "line", "characters"}
    for kind, line in every:
        assert isinstance(line, Line)
        assert line.text == " ".join(line.text.split())
        if kind == "words" and " " in line.text:
            columns = np.zeros(4000, bool)
            for stroke in line.strokes:
                columns[int(100 * stroke[:, 0].min()) : int(100 * stroke[:, 0].max()) + 1] = True
            inked = np.flatnonzero(columns)
            assert np.diff(inked).max() >= 29


def test_some_lines_have_letters_of_other_languages(composer):
    every = [composer(seed).any_line() for seed in range(60)]
    european = [line.text for kind, line in every if kind == "european"]
    assert 0 < len(european) < 30
    assert all(set(text) <= {*PRINTABLE, *FURTHER, " "} for text in european)


def test_what_a_hand_lacks_and_nobody_has_is_left_out(composer):
    line = composer().spelled("A~B")
    assert line.text == "AB"


def test_a_picture_shows_ink_on_paper(composer):
    drawn = [found for found in (composer(seed).drawn() for seed in range(8)) if found]
    assert drawn
    for _, text, pixels in drawn:
        assert text
        assert pixels.dtype == np.uint8
        assert pixels.shape[2] == 3
        assert int(np.quantile(pixels, 0.95)) > int(pixels.min()) + 40


@pytest.mark.parametrize("segmented", [0.0, 1.0])
def test_strips_are_as_the_windows_see_them(composer, segmented):
    made = examples(composer(1), 12, segmented, np.random.default_rng(0))
    assert len(made) == 12
    for strip, text, _ in made:
        assert strip.shape[0] == HEIGHT
        assert strip.shape[1] % CELL == 0
        assert strip.max() > 100
        assert text
        assert set(text) <= {*PRINTABLE, " ", *FURTHER}


def test_texts_are_of_characters_that_can_be_typed():
    texts = Texts(["bead", "ache"], np.random.default_rng(0))
    every = [texts.line() for _ in range(300)]
    assert set("".join(every)) <= set(PRINTABLE + " ")
    assert set("0123456789.,-:/$%()'") < set("".join(every))
    assert len(set(every)) > 250
    formal = [text for _ in range(200) for text in (texts.formula(), texts.code())]
    assert set("".join(formal)) <= set(PRINTABLE + " ")
    assert all(text.strip() for text in formal)
    assert set("{}[]();=<>+-x") < set("".join(formal))
