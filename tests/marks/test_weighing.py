from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from small_lattices import lattice_of, letter

from ocr_cli.alphabet import MARKS
from ocr_cli.marks.network import CLASSES
from ocr_cli.marks.parts import BELOW, NO_PARTS, PLACE, STANDS, Entire, Parts
from ocr_cli.marks.undivided import LETTERS
from ocr_cli.marks.weighing import MarkWeigher

TEXTS = ("E", "e", "l", "i", "1", "c")
ARC = np.zeros(1, int)
"""The only arc."""


DECIDING = np.array([-1.0, 0.5, 0.7, 0.7, 0.0, 0.0, 0.0, 0.0, 0.3, 0.5, 0.5])
"""About as what ships decides: undivided and parted looks, and how well letter and mark go together."""


def shares_of(*rated):
    table = np.zeros((len(rated), len(CLASSES)), np.float32)
    for row, shares in zip(table, rated, strict=True):
        for name, share in shares.items():
            row[CLASSES.index(name)] = share
    return table


def weigher(rated, undivided=None):
    """Of networks that say such probabilities of parts and of the undivided arc, by the names of marks."""
    table = shares_of(*rated)
    seen = shares_of(undivided or {"": 0.5, **dict.fromkeys(MARKS, 0.5 / len(MARKS))})
    letters = np.full((1, len(LETTERS)), 1 / len(LETTERS), np.float32)
    return MarkWeigher(
        SimpleNamespace(
            parts=SimpleNamespace(rate=lambda parts: table[: len(parts)]),
            undivided=SimpleNamespace(rate=lambda crops, stands: (seen[: len(crops)], letters[: len(crops)])),
            deciding=DECIDING,
        ),
        TEXTS,
    )


def parts(*arcs, touching=False, below=False, accents=False):
    count = len(arcs)
    places = np.zeros((count, PLACE), np.float32)
    places[:, BELOW] = below
    every = np.ones(count, bool)
    crops = np.zeros((2, count, 32, 32), np.uint8)
    boxes = np.tile([1, 2, 3, 4], (count, 1))
    touches, stands = every & touching, every & accents
    return FakeInk(Parts(np.array(arcs, int), crops[0], crops[1], places, boxes, touches, stands), accents)


@dataclass
class FakeInk:
    """One arc that is taken apart into some parts."""

    some: Parts
    accented: bool

    def parts(self, arcs):
        return self.some if len(arcs) else NO_PARTS

    def entire(self, arcs, crops):
        count = len(arcs)
        return Entire(crops[arcs], np.ones((count, STANDS), np.float32), np.full(count, self.accented))


def likely(**shares):
    row = np.full(len(TEXTS), 1e-4, np.float32)
    for text, share in shares.items():
        row[TEXTS.index(text.removeprefix("_"))] = share
    return (row / row.sum())[None]


def weigh(rated, some, whole, body, wide=True, undivided=None):
    """What the one letter of a row may be, and its marks."""
    lattice = replace(lattice_of([letter(0, 30 if wide else 8, 0)]), ink=some)

    def look(crops):
        return np.repeat(body, len(crops), 0), np.full(len(crops), 0.9, np.float32)

    found = weighed(weigher(rated, undivided), lattice, whole, np.array([0.9], np.float32), look)
    assert found[0].sum() == pytest.approx(1, abs=1e-4)
    return found


def weighed(its, lattice, whole, is_character, look, asked=ARC):
    seen = its.seen(lattice, whole, is_character, look, asked)
    return its.weigh(lattice, whole, is_character, seen, seen.odds)


def mark_of(marks, text):
    return CLASSES[int(marks.joint[0][TEXTS.index(text)].argmax())]


def test_a_mark_that_touches_turns_what_looks_like_another_letter_into_its_own():
    rated = [{"acute": 0.99, "": 0.01}]
    probabilities, _, marks = weigh(rated, parts(0, touching=True), likely(E=0.5, c=0.5), likely(e=1))
    assert TEXTS[int(probabilities[0].argmax())] == "e"
    assert mark_of(marks, "e") == "acute"
    assert mark_of(marks, "E") == ""
    assert marks.boxes[0].tolist() == [1, 2, 3, 4]


def test_what_is_no_mark_changes_nothing():
    rated = [{"": 0.999, "acute": 0.001}]
    whole = likely(E=0.9, c=0.1)
    none = {"": 0.999, "acute": 0.001}
    probabilities, is_character, marks = weigh(
        rated, parts(0, touching=True), whole, likely(e=1), undivided=none
    )
    np.testing.assert_array_equal(probabilities, whole)
    assert is_character == pytest.approx(0.9)
    assert marks.joint == {}
    assert marks.boxes[0].tolist() == [0, 0, 30, 40]


def test_without_ink_no_marks_are_seen():
    with pytest.raises(ValueError, match="without its ink"):
        weigh([], None, likely(E=1), likely(e=1))


def test_what_is_not_asked_has_no_marks():
    lattice = replace(lattice_of([letter(0, 30, 0)]), ink=parts(0, touching=True))
    whole, none = likely(E=1), np.zeros(0, int)
    found = weighed(weigher([{"acute": 1}]), lattice, whole, np.ones(1, np.float32), None, none)
    np.testing.assert_array_equal(found[0], whole)
    assert found[2].joint == {}


def test_a_stroke_under_a_mark_is_an_i():
    rated = [{"acute": 0.99, "": 0.01}]
    probabilities, _, marks = weigh(rated, parts(0, accents=True), likely(E=1), likely(l=1), wide=False)
    assert TEXTS[int(probabilities[0].argmax())] == "i"
    assert mark_of(marks, "i") == "acute"


def test_what_stands_above_a_wide_letter_was_looked_at_without_it():
    def look(crops):
        raise AssertionError("looked at again")

    lattice = replace(lattice_of([letter(0, 30, 0)]), ink=parts(0, accents=True))
    whole = likely(e=1)
    found = weighed(weigher([{"grave": 0.9, "": 0.1}]), lattice, whole, np.ones(1, np.float32), look)
    assert mark_of(found[2], "e") == "grave"


@pytest.mark.parametrize("below", [False, True])
def test_marks_are_above_or_below(below):
    rated = [dict.fromkeys(CLASSES, 1 / len(CLASSES))]
    _, _, marks = weigh(rated, parts(0, below=below), likely(c=1), likely(c=1))
    found = marks.joint[0][TEXTS.index("c")][1:]
    able = [name for name, share in zip(MARKS, found.tolist(), strict=True) if share > 0.03]
    assert able == (["cedilla"] if below else ["acute", "caron"])


def test_a_mark_on_what_has_none_is_hardly_likely():
    rated = [{"acute": 0.9, "": 0.1}]
    _, _, marks = weigh(rated, parts(0, touching=True), likely(_1=1), likely(_1=1))
    assert mark_of(marks, "1") == ""


def test_the_likelier_of_two_ways_to_part_is_taken():
    rated = [{"acute": 0.2, "": 0.8}, {"diaeresis": 0.98, "": 0.02}]
    _, _, marks = weigh(rated, parts(0, 0), likely(e=1), likely(e=1))
    assert mark_of(marks, "e") == "diaeresis"


def test_a_mark_that_nothing_parts_is_seen_undivided():
    acute = {"acute": 0.999, "": 0.001}
    probabilities, _, marks = weigh([], parts(), likely(E=0.9, e=0.1), likely(e=1), undivided=acute)
    assert TEXTS[int(probabilities[0].argmax())] == "E"
    assert mark_of(marks, "E") == "acute"
    # The box stays that of the whole: nothing says where the letter ends.
    assert marks.boxes[0].tolist() == [0, 0, 30, 40]


def test_both_looks_at_a_mark_count():
    rated = [{"acute": 0.5, "grave": 0.45, "": 0.05}]
    grave = {"grave": 0.9, "": 0.05, "acute": 0.05}
    _, _, marks = weigh(rated, parts(0, touching=True), likely(e=1), likely(e=1), undivided=grave)
    assert mark_of(marks, "e") == "grave"
