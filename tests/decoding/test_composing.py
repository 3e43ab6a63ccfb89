import numpy as np
import pytest

from ocr_cli.alphabet import MARKS
from ocr_cli.decoding.accents import Spellings, Words
from ocr_cli.decoding.composing import Composing
from ocr_cli.decoding.hypotheses import Choice
from ocr_cli.marks.weighing import Marks

TEXTS = "PA1e-"
NAMES = ("", *MARKS)


class Loaded:
    """Counts how often the lists are asked for."""

    def __init__(self, *words, letters=None):
        self.times, self.spellings = 0, Spellings([Words(words)], letters or {})

    def __call__(self):
        self.times += 1
        return self.spellings


def joint(**shares):
    """Of one arc: class and mark, and how likely; the rest is nothing."""
    table = np.zeros((len(TEXTS), len(NAMES)), np.float32)
    for name, share in shares.items():
        letter, _, mark = name.partition("_")
        table[TEXTS.index(letter), NAMES.index(mark.replace("_", " "))] = share
    return table


def composed(text, tables, loaded, allowed=None, gain=None, apart=()):
    choices = [Choice(arc, TEXTS.index(one), False) for arc, one in enumerate(text)]
    marks = Marks(tables, np.zeros((len(text), 4), int), frozenset(apart))
    found = Composing(TEXTS, loaded, allowed).compose(choices, marks, lambda words: [gain] * len(words))
    return "".join(one.text for one in found), [one.probability for one in found]


def test_without_ink_there_is_no_accent_and_no_list_is_asked():
    loaded = Loaded("papá")
    assert composed("PAPA", {}, loaded) == ("PAPA", [1.0] * 4)
    assert loaded.times == 0


def test_a_sure_mark_is_composed():
    text, sure = composed("PAPe", {3: joint(e_acute=0.95, e_=0.05)}, Loaded(letters={"é": -2.0}))
    assert text == "PAPé"
    assert 0.5 < sure[3] < 1
    assert sure[:3] == [1.0] * 3


@pytest.mark.parametrize(("words", "expected"), [(["papá"], "PAPÁ"), ([], "PAPA")])
def test_words_decide_what_the_ink_leaves_open(words, expected):
    tables = {3: joint(A_acute=0.5, A_=0.5)}
    assert composed("PAPA", tables, Loaded(*words))[0] == expected


def test_a_letter_that_only_the_row_suggests_needs_no_mark():
    tables = {3: joint(A_=0.99, e_acute=0.01)}
    assert composed("PAPe", tables, Loaded())[0] == "PAPe"


def test_words_choose_among_marks():
    tables = {3: joint(A_acute=0.5, A_grave=0.45, A_=0.05)}
    assert composed("PAPA", tables, Loaded("papà"))[0] == "PAPÀ"
    assert composed("PAPA", tables, Loaded("papá"))[0] == "PAPÁ"


def test_many_doubtful_letters_take_no_time():
    tables = {arc: joint(A_acute=0.5, A_grave=0.3, A_tilde=0.1, A_=0.1) for arc in range(40)}
    text, _ = composed("A" * 40, tables, Loaded())
    assert len(text) == 40


def test_marks_that_are_not_allowed_stay_away():
    tables = {0: joint(A_acute=0.99, A_=0.01)}
    assert composed("A", tables, Loaded(), lambda text: text.isascii())[0] == "A"
    assert composed("A", tables, Loaded(), lambda text: text == "Á")[0] == "Á"
    composing = Composing(TEXTS, Loaded(), lambda text: text == "Á")
    assert composing.allows("A")
    assert not composing.allows("P")


def test_what_takes_no_mark_has_none():
    assert composed("1-", {0: joint(**{"1_acute": 0.9, "1_": 0.1})}, Loaded())[0] == "1-"


def test_signs_part_words():
    tables = {0: joint(A_acute=0.5, A_=0.5), 2: joint(A_acute=0.5, A_=0.5)}
    assert composed("A-A", tables, Loaded("á"))[0] == "Á-Á"


@pytest.mark.parametrize(
    ("gain", "apart", "expected"), [(None, (), "PAPÁ"), (3.0, (), "PAPA"), (3.0, (3,), "PAPÁ")]
)
def test_what_the_language_knows_without_has_no_mark_that_only_seems_to_touch(gain, apart, expected):
    tables = {3: joint(A_acute=0.9, A_=0.1)}
    found = composed("PAPA", tables, Loaded(letters={"á": -2.0}), gain=gain, apart=apart)
    assert found[0] == expected


def test_what_may_not_be_read_with_its_mark_is_read_without():
    tables = {3: joint(A_acute=0.97, A_grave=0.02, A_=0.01)}
    loaded = Loaded(letters={"á": -0.1, "à": -0.1})
    assert composed("PAPA", tables, loaded, allowed=lambda text: text != "Á")[0] == "PAPA"
