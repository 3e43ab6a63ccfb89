import numpy as np
import pytest

from ocr_cli.decoding.context import choose_classes

CLASSES = tuple("ABEKORIS01258")


def row(*shapes):
    """Probabilities by shape: of each character its classes with their odds, the rest nearly nothing."""
    rows = np.full((len(shapes), len(CLASSES)), 1e-4)
    for line, shape in zip(rows, shapes, strict=True):
        for text, odds in (shape if isinstance(shape, dict) else {shape: 1.0}).items():
            line[CLASSES.index(text)] = odds
    return (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def read(shapes, spaces=(), numbered=False):
    """The chosen text; ``spaces`` are the places before which a word starts."""
    starts = [k == 0 or k in spaces for k in range(len(shapes))]
    return "".join(CLASSES[k] for k in choose_classes(row(*shapes), CLASSES, starts, numbered))


ROUND = {"O": 0.5, "0": 0.5}
ROUND_MORE_0 = {"O": 0.35, "0": 0.65}
ROUND_MORE_O = {"O": 0.65, "0": 0.35}
STROKE_MORE_1 = {"I": 0.4, "1": 0.6}
STROKE_MORE_I = {"I": 0.6, "1": 0.4}


def test_among_letters_a_ring_is_an_o():
    assert read(["B", ROUND_MORE_0, "K"]) == "BOK"


def test_among_digits_a_ring_is_a_nought():
    assert read(["2", ROUND_MORE_O, "5"]) == "205"


@pytest.mark.parametrize(
    ("shapes", "text"),
    [
        (["R", STROKE_MORE_1, "K"], "RIK"),
        (["2", STROKE_MORE_I, "8"], "218"),
        ([STROKE_MORE_1, "E"], "IE"),
        ([STROKE_MORE_I, "8"], "18"),
    ],
)
def test_a_stroke_is_what_its_neighbours_are(shapes, text):
    assert read(shapes) == text


def test_several_doubtful_ones_follow_a_certain_one():
    assert read(["2", ROUND_MORE_O, ROUND_MORE_O, STROKE_MORE_I]) == "2001"
    assert read(["B", ROUND_MORE_0, ROUND_MORE_0, STROKE_MORE_1]) == "BOOI"


def test_a_doubtful_row_alone_goes_by_its_shapes():
    assert read([ROUND_MORE_O]) == "O"
    assert read([ROUND_MORE_0]) == "0"


def test_words_of_each_kind_stand_side_by_side():
    shapes = ["B", ROUND_MORE_0, "K", "2", ROUND_MORE_O, "5"]
    assert read(shapes, spaces=[3]) == "BOK205"


def test_a_certain_shape_outweighs_its_neighbours():
    assert read(["A", "5", "K"]) == "A5K"
    assert read(["B", {"0": 0.999, "O": 0.0004}, "K"]) == "B0K"


def test_codes_of_letters_and_digits_are_kept():
    assert read(["K", "2", "R", "8", "E", "5"]) == "K2R8E5"


def test_a_space_lowers_the_price_of_changing_kind():
    doubtful = {"O": 0.12, "0": 0.88}
    assert read(["B", doubtful]) == "BO"
    assert read(["B", doubtful], spaces=[1]) == "B0"


def test_the_first_of_a_numbered_item_is_rather_a_digit():
    shapes = [STROKE_MORE_I, "B", "A", "K", "E"]
    assert read(shapes, spaces=[1]) == "IBAKE"
    assert read(shapes, spaces=[1], numbered=True) == "1BAKE"


def test_a_certain_letter_before_a_full_stop_stays_a_letter():
    assert read(["A", "B", "E"], spaces=[1], numbered=True) == "ABE"


@pytest.mark.parametrize("classes", ["ABO", "015"])
def test_a_model_of_one_kind_goes_by_shape_alone(classes):
    probabilities = np.array([[0.2, 0.5, 0.3], [0.1, 0.3, 0.6]], np.float32)
    for numbered in (False, True):
        chosen = choose_classes(probabilities, tuple(classes), [True, False], numbered)
        np.testing.assert_array_equal(chosen, [1, 2])


def test_no_characters_give_no_classes():
    chosen = choose_classes(np.zeros((0, len(CLASSES)), np.float32), CLASSES, [])
    assert chosen.shape == (0,)
    assert np.issubdtype(chosen.dtype, np.integer)


def test_probabilities_of_nothing_are_no_trouble():
    probabilities = np.zeros((3, len(CLASSES)), np.float32)
    probabilities[:, CLASSES.index("8")] = 1
    assert [CLASSES[k] for k in choose_classes(probabilities, CLASSES, [True, True, False])] == list("888")


def test_the_choice_is_the_best_of_all_sequences():
    """Against brute force: of all letter-digit sequences the one of least price."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        probabilities = rng.dirichlet(np.full(len(CLASSES), 0.3), 5).astype(np.float32)
        starts = [True, *(rng.random(4) < 0.4)]
        digit = np.array([text.isdigit() for text in CLASSES])
        logs = np.log(np.maximum(probabilities, 1e-9))

        def score(kinds, logs=logs, starts=starts, digit=digit):
            shapes = sum(logs[k][digit == kind].max() for k, kind in enumerate(kinds))
            changes = [k for k in range(1, 5) if kinds[k] != kinds[k - 1]]
            return shapes - sum(1.0 if starts[k] else 3.0 for k in changes)

        best = max(np.ndindex(2, 2, 2, 2, 2), key=score)
        expected = [np.where(digit == kind, logs[k], -np.inf).argmax() for k, kind in enumerate(best)]
        np.testing.assert_array_equal(choose_classes(probabilities, CLASSES, starts), expected)


MIXED = tuple("ABEIKLOSZabehiklosxz0125!(")


def read_mixed(*shapes, spaces=()):
    rows = np.full((len(shapes), len(MIXED)), 1e-4)
    for line, shape in zip(rows, shapes, strict=True):
        for text, odds in (shape if isinstance(shape, dict) else {shape: 1.0}).items():
            line[MIXED.index(text)] = odds
    rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    starts = [k == 0 or k in spaces for k in range(len(shapes))]
    return "".join(MIXED[k] for k in choose_classes(rows, MIXED, starts))


STROKE = {"l": 0.3, "I": 0.37, "1": 0.33}
RING = {"o": 0.3, "O": 0.36, "0": 0.34}
BEND = {"s": 0.4, "S": 0.6}


def test_a_stroke_among_small_letters_is_a_small_letter():
    assert read_mixed("b", "a", STROKE, STROKE) == "ball"
    assert read_mixed("h", "e", STROKE, STROKE, RING) == "hello"


def test_a_first_capital_may_be_followed_by_either():
    assert read_mixed("K", BEND, STROKE, "b", RING) == "Kslbo"
    assert read_mixed("K", STROKE, "A", BEND, RING) == "KIASO"


def test_alone_a_stroke_is_the_capital_and_among_digits_a_digit():
    assert read_mixed("a", STROKE, "a", spaces=[1, 2]) == "aIa"
    assert read_mixed("2", STROKE, RING, "5") == "2105"


def test_a_sign_ends_a_word_or_begins_one():
    assert read_mixed("h", "i", {"!": 0.9, "l": 0.1}) == "hi!"
    assert read_mixed({"(": 0.8, "L": 0.1}, "A", "b", "e") == "(Abe"


def test_a_doubtful_sign_among_letters_is_a_letter():
    assert read_mixed("b", "a", {"!": 0.5, "l": 0.5}, "l") == "ball"


def test_a_capital_in_the_middle_must_be_certain():
    assert read_mixed("b", "a", BEND, "e") == "base"
    assert read_mixed("i", "B", "o", "x") == "iBox"
