import numpy as np
import pytest
from small_lattices import Ink, lattice_of, weights_of

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.hypotheses import Choice
from ocr_cli.decoding.knowledge import Knowledge
from ocr_cli.decoding.language import load_language
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.measures import GapModel
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.model_store import find_language
from ocr_cli.scorer import Scores

CLASSES = tuple("ABEKORIS01258")
CAPITALS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
GAPS = GapModel(border=1.0, spread=0.5)
"""Gaps of 0.3 are surely none between words, those of 2 surely are."""


@pytest.fixture(scope="module")
def english():
    return load_language(find_language("en"))


def probabilities_of(shapes, classes):
    """Of each character its classes with their odds, the rest nearly nothing."""
    rows = np.full((len(shapes), len(classes)), 1e-4)
    for line, shape in zip(rows, shapes, strict=True):
        for text, odds in (shape if isinstance(shape, dict) else {shape: 1.0}).items():
            line[classes.index(text)] = odds
    return rows / rows.sum(axis=1, keepdims=True)


def search(probabilities, classes, spaces=(), marks=None, language=None, **options):
    """The readings of characters side by side; ``spaces`` are the places with a wide gap before them."""
    boxes, left = [], 0.0
    for k in range(len(probabilities)):
        left += 80 if k in spaces else 12
        boxes.append((round(left), 0, round(left + 28), 40))
        left += 28
    logs = np.log(np.maximum(probabilities, 1e-9))
    return beam_of(classes, language, **options).search(*row_of(boxes, marks), logs, GAPS)


def row_of(boxes, marks=None):
    """A lattice of atoms that cost nothing, and its scores; ``marks`` are signs by their place."""
    lattice = lattice_of([Ink(box, k) for k, box in enumerate(boxes)])
    characters, dirt = np.zeros(len(boxes)), np.full(len(boxes), -np.inf)
    signs = np.full((len(boxes), len(PLACED)), -np.inf)
    for k, text in (marks or {}).items():
        characters[k], dirt[k], signs[k, PLACED.index(text)] = -np.inf, -50.0, 0.0
    return lattice, Scores(characters, signs, dirt)


def beam_of(classes, language=None, **options):
    return BeamSearch(Knowledge(classes, language, weights_of(), **options))


def text_of(found, classes):
    return "".join(
        (" " if choice.new_word and k else "") + [*classes, *PLACED][choice.column]
        for k, choice in enumerate(found.choices)
    )


def read(shapes, spaces=(), numbered=False):
    """The chosen text without spaces; ``numbered`` puts a full stop after the first character."""
    marks = {}
    if numbered:
        shapes = [shapes[0], CLASSES[0], *shapes[1:]]
        spaces, marks = [k + 1 for k in spaces], {1: "."}
    found = search(probabilities_of(shapes, CLASSES), CLASSES, spaces, marks)
    return text_of(found[0], CLASSES).replace(" ", "").replace(".", "")


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
    found = search(np.array([[0.2, 0.5, 0.3], [0.1, 0.3, 0.6]]), tuple(classes))
    assert [choice.column for choice in found[0].choices] == [1, 2]


def test_a_row_of_dirt_is_read_as_nothing():
    lattice, scores = row_of([(0, 0, 9, 9), (10, 0, 19, 9)])
    scores = scores._replace(characters=np.full(2, -np.inf), dirt=np.full(2, -1.0))
    (found,) = beam_of(CLASSES).search(lattice, scores, np.zeros((2, len(CLASSES))), GAPS)
    assert found.choices == ()
    assert found.score == pytest.approx(-2.0)


def test_the_choice_is_the_best_of_all_sequences():
    """Against brute force: of all letter-digit sequences the one of least price."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        probabilities = rng.dirichlet(np.full(len(CLASSES), 1.0), 5) + 1e-3
        starts = [True, *(rng.random(4) < 0.4)]
        digit = np.array([text.isdigit() for text in CLASSES])
        logs = np.log(probabilities)

        def score(kinds, logs=logs, starts=starts, digit=digit):
            shapes = sum(logs[k][digit == kind].max() for k, kind in enumerate(kinds))
            changes = [k for k in range(1, 5) if kinds[k] != kinds[k - 1]]
            return shapes - sum(1.0 if starts[k] else 3.0 for k in changes)

        best = max(np.ndindex(2, 2, 2, 2, 2), key=score)
        expected = [np.where(digit == kind, logs[k], -np.inf).argmax() for k, kind in enumerate(best)]
        spaces = [k for k in range(1, 5) if starts[k]]
        found = search(probabilities, CLASSES, spaces)[0]
        np.testing.assert_array_equal([choice.column for choice in found.choices], expected)


MIXED = tuple("ABEIKLOSZabehiklosxz0125!(")


def read_mixed(*shapes, spaces=()):
    return text_of(search(probabilities_of(shapes, MIXED), MIXED, spaces)[0], MIXED).replace(" ", "")


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


def capitals(*shapes, **options):
    """The readings of shapes, each a string of its likeliest capitals, the first the likeliest."""
    rows = [dict(zip(shape, (0.5, 0.3, 0.2), strict=False)) for shape in shapes]
    found = search(probabilities_of(rows, CAPITALS), CAPITALS, **options)
    return [text_of(one, CAPITALS) for one in found]


def test_language_chooses_among_doubtful_shapes(english):
    shapes = ["W", "HA", "T", "F" + "E", "KR"]
    assert capitals(*shapes)[0] == "WHTFK"
    assert capitals(*shapes, language=english)[0] == "WATER"


def test_language_does_not_overrule_a_sure_shape(english):
    assert capitals("W", "A", "T", "E", "P", language=english)[0] == "WATEP"
    assert capitals("X", "Q", "J", "Z", "K", language=english)[0] == "XQJZK"


@pytest.mark.parametrize("code", ["A1B2C3", "K7QX", "21250", "ABCDEFG", "QXZJ"])
def test_codes_and_rows_of_letters_stay_as_they_are(english, code):
    assert capitals(*code, language=english)[0] == code


def test_language_parts_words_at_doubtful_gaps_alone(english):
    """A gap just below the border: between two words it is a space, within one it is none."""
    rows = probabilities_of(list("THEWATER"), CAPITALS)
    doubtful = GapModel(border=0.31, spread=0.5)
    row = row_of([(40 * k, 0, 40 * k + 28, 40) for k in range(8)])
    with_language = beam_of(CAPITALS, english).search(*row, np.log(rows), doubtful)
    without = beam_of(CAPITALS).search(*row, np.log(rows), doubtful)
    assert text_of(with_language[0], CAPITALS) == "THE WATER"
    assert text_of(without[0], CAPITALS) == "THEWATER"


def test_what_the_language_says_of_each_word(english):
    """Of words more than of letters in no order; nothing of what has digits or no letters, nor without it."""
    texts = ["WINDOW", "XQZKVB", "XQZ", "A1B2", "125", "-"]
    columns = [*CAPITALS, *PLACED]
    words = [[Choice(0, columns.index(text), new_word=False) for text in word] for word in texts]
    word, no_word, short, *silent = beam_of(CAPITALS, english).known.language_gains(words)
    assert word > 1 > 0 > no_word > short  # what is no word loses as much whatever its length
    assert short == pytest.approx(7 / 4 * no_word)
    assert silent == [None, None, None]
    assert beam_of(CAPITALS).known.language_gains(words) == [None] * len(texts)
    parted = words[0] + words[-1] + words[0]
    assert beam_of(CAPITALS, english).known.language_gains([parted]) == [pytest.approx(word)]


def test_the_users_words_are_preferred(english):
    lexicon = Lexicon(["XPLVSH", "other"])
    shapes = ["KX", "RP", "ZL", "YV", "S", "KH"]
    assert capitals(*shapes, language=english)[0] != "XPLVSH"
    assert capitals(*shapes, language=english, lexicon=lexicon)[0] == "XPLVSH"


def test_only_the_users_words_and_numbers_if_wished():
    lexicon = Lexicon(["HELLO", "WORLD"])
    options = {"lexicon": lexicon, "lexicon_only": True}
    assert capitals("HN", "FE", "LI", "LI", "0O", **options)[0] == "HELLO"
    assert capitals("1", "2", "5", **options)[0] == "125"


def unexpected(*shapes, **options):
    """Which characters of the reading are not what the user expects."""
    rows = [dict(zip(shape, (0.5, 0.3, 0.2), strict=False)) for shape in shapes]
    probabilities = probabilities_of(rows, CAPITALS)
    found = search(probabilities, CAPITALS, **options)[0]
    beam = beam_of(
        CAPITALS,
        options.get("language"),
        **{k: v for k, v in options.items() if k in ("lexicon", "lexicon_only", "pattern")},
    )
    good = beam.known.expected(found.choices, np.log(probabilities))
    return "".join(text_of(found, CAPITALS)[k] if good[k] else "?" for k in range(len(good)))


def test_words_far_from_all_of_the_users_are_not_expected():
    options = {"lexicon": Lexicon(["HELLO"]), "lexicon_only": True}
    assert unexpected("X", "Q", **options) == "??"
    assert unexpected("4", "8", "X", **options) == "???"
    assert unexpected("4", "8", **options) == "48"
    assert unexpected("H", "E", "L", "L", "O", **options) == "HELLO"


def test_a_word_is_read_as_the_nearest_of_the_users():
    options = {"lexicon": Lexicon(["HELLO", "WORLD"]), "lexicon_only": True}
    assert unexpected("H", "E", "X", "L", "O", **options) == "HELLO"


def test_fields_are_read_as_they_may_be():
    digits = {"pattern": Pattern(["[0-9]{5}"])}
    assert unexpected("2", "1", "2", "S" + "5", "O" + "0", **digits) == "21250"
    plates = {"pattern": Pattern(["AA-999"])}
    rows = probabilities_of([{"B": 0.9}, {"0": 0.6, "O": 0.4}, {"X": 1.0}, {"7": 0.9}, "7", "8"], CAPITALS)
    found = search(rows, CAPITALS, marks={2: "-"}, **plates)
    assert text_of(found[0], CAPITALS) == "BO-778"


def test_what_does_not_fit_a_field_is_not_expected():
    digits = {"pattern": Pattern(["[0-9]{5}"])}
    assert unexpected("2", "1", "H", "5", "0", **digits) == "21?50"
    assert unexpected("2", "1", "2", "5", **digits) == "????"
    assert unexpected("H", "E", "L", "L", "O", **digits) == "?????"


def test_a_field_may_have_a_space():
    pattern = Pattern(["AA9 9AA"])
    rows = probabilities_of(list("OX26QY"), CAPITALS)
    assert text_of(search(rows, CAPITALS, spaces=[3], pattern=pattern)[0], CAPITALS) == "OX2 6QY"


def test_each_word_is_a_field_of_its_own():
    pattern = Pattern(["999", "AA"])
    rows = probabilities_of(["B", {"0": 0.6, "O": 0.4}, {"O": 0.6, "0": 0.4}, "1", "2"], CAPITALS)
    assert text_of(search(rows, CAPITALS, spaces=[2], pattern=pattern)[0], CAPITALS) == "BO 012"


def test_a_listed_word_may_be_written_badly_but_not_surely_otherwise(english):
    lexicon = Lexicon(["MATHILDE", "BENJAMIN"])
    assert capitals("QDO", *"ATHILDE", language=english, lexicon=lexicon)[0] == "MATHILDE"
    assert capitals(*"WATER", language=english, lexicon=Lexicon(["WATCH", "MATHILDE"]))[0] == "WATER"


def test_other_readings_follow_in_order(english):
    found = search(probabilities_of([{"O": 0.6, "D": 0.4}, "N"], CAPITALS), CAPITALS, language=english)
    texts = [text_of(one, CAPITALS) for one in found]
    assert texts[0] == "ON"
    assert "DN" in texts
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
