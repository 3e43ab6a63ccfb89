import numpy as np
import pytest
from written import save_characters, save_words

from ocr_cli.datasets.pieces import load_hands, load_pieces, people_of, reach

WORDS = [("Abc", "ann", 0, 100), ("no", "ann", 0, 100), ("HE", "bob", 1, 50), ("a b", "bob", 1, 50)]


@pytest.fixture
def words(tmp_path):
    return save_words(tmp_path / "words.npz", WORDS)


def extents(piece):
    ink = np.concatenate(piece.strokes)
    return (*ink.min(axis=0).tolist(), *ink.max(axis=0).tolist())


def test_words_stand_on_one_line_in_one_size(words):
    pieces = {piece.text: piece for piece in load_pieces(words, (), only=False)}
    assert set(pieces) == {"Abc", "no", "HE", "a b"}
    for text, top in (("Abc", -1.0), ("no", -0.58), ("HE", -1.0), ("a b", -1.0)):
        left, up, _, down = extents(pieces[text])
        assert left == pytest.approx(0, abs=1e-6)
        assert (up, down) == pytest.approx((top, 0.0), abs=0.05)
    assert pieces["HE"].width == pytest.approx(1.4, abs=0.05)


def test_people_are_held_out_or_are_those_that_are(words):
    assert {piece.person for piece in load_pieces(words, ("ann",), only=False)} == {"bob"}
    assert {piece.person for piece in load_pieces(words, ("ann",), only=True)} == {"ann"}


@pytest.mark.parametrize(
    "marks",
    [
        {"suspect": np.array([True, False, False, False])},
        {"case_ok": np.array([False, True, True, True])},
        {"rows": np.array([2, 1, 1, 1], np.uint8)},
        {"labels": np.array(["Äbc", "no", "HE", "a b"])},
    ],
)
def test_what_is_marked_is_left_out(tmp_path, marks):
    path = save_words(tmp_path / "words.npz", WORDS, **marks)
    assert len(load_pieces(path, (), only=False)) == 3


def test_ink_of_another_size_than_its_text_is_left_out(tmp_path):
    """A slip of the label: the hand writes capitals of 100 units, this would have them of 300."""
    hand = [(text, "ann", 0, 100) for text in ("Anna", "Abcd", "Bcde")]
    path = save_words(tmp_path / "words.npz", [*hand, ("Cdef", "ann", 0, 300)])
    assert [piece.text for piece in load_pieces(path, (), only=False)] == ["Anna", "Abcd", "Bcde"]


def test_single_characters_have_the_size_that_their_text_tells(tmp_path):
    some = save_characters(tmp_path / "letters.npz", "Aabcd", "ann1")
    more = save_characters(tmp_path / "signs.npz", "!?", "ann1")
    hands = load_hands(some, more, {"ann1": "ann"}, ("ann",), only=True)
    (hand,) = hands.people
    assert set(hand) == set("Aabcd!?")
    top = {text: -float(np.concatenate(hand[text][0])[:, 1].min()) for text in "Aa"}
    assert top == pytest.approx({"A": 1.0, "a": 0.58}, abs=0.02)
    assert not load_hands(some, more, {"ann1": "ann"}, ("ann",), only=False).people


def test_one_person_may_be_several_writers(words):
    assert people_of([words]) == {"ann-0": "ann", "ann-1": "ann", "bob-2": "bob", "bob-3": "bob"}


def test_a_text_reaches_as_far_as_its_letters():
    assert reach("ax") == (0.58, 0.0)
    top, bottom = reach("Ag")
    assert (top, bottom) == (1.0, -0.42)
    assert reach("-")[0] < 0.6
