from __future__ import annotations

import itertools

import numpy as np
import pytest

from ocr_cli.classifier import Classification
from ocr_cli.decoding.forced import ForcedAligner, label_of
from ocr_cli.decoding.path import Prices
from ocr_cli.segmentation.atoms import Atom
from ocr_cli.segmentation.lattice import Candidate, Lattice

CLASSES = "ABCIO01Z2"
HEIGHT = 40


def lattice_of(atoms, *runs, marks=None):
    """A lattice with every single atom and the given longer runs as candidates."""
    candidates = []
    for start, stop in sorted({*((k, k + 1) for k in range(len(atoms))), *runs}):
        left, top, right, bottom = np.array([atom.box for atom in atoms[start:stop]]).T
        box = int(left.min()), int(top.min()), int(right.max()), int(bottom.max())
        mark = (marks or {}).get(start) if stop == start + 1 else None
        candidates.append(Candidate(start, stop, box, np.zeros((32, 32), np.uint8), mark))
    return Lattice(tuple(atoms), tuple(candidates), float(HEIGHT))


def letters(count):
    """Letters side by side that do not touch."""
    return [Atom((k,), (40 * k, 0, 40 * k + 24, HEIGHT), None, "letter") for k in range(count)]


def slices(*edges, component=0):
    """Atoms cut from one component."""
    return [Atom((component,), (a, 0, b, HEIGHT), None, "letter") for a, b in itertools.pairwise(edges)]


def aligner(lattice, reading, whole=None):
    """An aligner for a network that reads candidate (start, stop) as ``reading[start, stop]``, 97 % sure."""
    probabilities = np.full((len(lattice.candidates), len(CLASSES)), 0.03 / (len(CLASSES) - 1), np.float32)
    is_character = np.full(len(lattice.candidates), 0.02, np.float32)
    for row, one in enumerate(lattice.candidates):
        if (one.start, one.stop) in reading:
            probabilities[row, CLASSES.index(reading[one.start, one.stop])] = 0.97
            is_character[row] = (whole or {}).get((one.start, one.stop), 0.99)
    return ForcedAligner(lattice, Classification(probabilities, is_character), CLASSES, Prices())


def singly(text):
    return {(k, k + 1): c for k, c in enumerate(text)}


def places(forced):
    return [
        (one.text, one.step and (one.step.candidate.start, one.step.candidate.stop)) for one in forced.placed
    ]


def test_each_character_finds_its_ink_and_spaces_do_not_matter():
    forced = aligner(lattice_of(letters(3)), singly("ABC")).align("A B C")
    assert places(forced) == [("A", (0, 1)), ("B", (1, 2)), ("C", (2, 3))]
    assert min(one.probability for one in forced.placed) > 0.99
    assert forced.score > 0.95
    assert forced.extra < 0.01


def test_a_misread_letter_keeps_its_place_between_its_neighbours():
    forced = aligner(lattice_of(letters(3)), singly("ACC")).align("ABC")
    assert places(forced) == [("A", (0, 1)), ("B", (1, 2)), ("C", (2, 3))]
    assert forced.placed[1].probability > 0.9
    assert forced.placed[1].likelihood < 0.01
    assert 0.6 < forced.score < 0.8


def test_a_line_all_of_which_is_misread_still_aligns_and_scores_low():
    forced = aligner(lattice_of(letters(4)), singly("ABAB")).align("CZCZ")
    assert [place for _, place in places(forced)] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert forced.score < 0.1


def test_ink_without_text_is_extra():
    forced = aligner(lattice_of(letters(4)), singly("ABCZ")).align("ABC")
    assert places(forced) == [("A", (0, 1)), ("B", (1, 2)), ("C", (2, 3))]
    assert forced.extra == pytest.approx(1, abs=0.01)
    assert forced.score == pytest.approx(0.97**0.5 * 3 / 4, abs=0.02)


def test_text_without_ink_has_no_sure_place():
    forced = aligner(lattice_of(letters(2)), singly("AC")).align("ABC")
    assert places(forced)[0] == ("A", (0, 1))
    assert places(forced)[2] == ("C", (1, 2))
    assert forced.placed[1].probability < 0.1


def test_touching_letters_are_parted_where_the_text_has_two():
    lattice = lattice_of(slices(0, 22, 44), (0, 2))
    reading = {(0, 1): "A", (1, 2): "B", (0, 2): "C"}
    assert places(aligner(lattice, reading).align("AB")) == [("A", (0, 1)), ("B", (1, 2))]
    assert places(aligner(lattice, reading).align("C")) == [("C", (0, 2))]


def test_two_letters_that_nothing_parts_have_no_place_of_their_own():
    wide = Atom((1,), (40, 0, 90, HEIGHT), None, "letter")
    after = Atom((2,), (104, 0, 128, HEIGHT), None, "letter")
    forced = aligner(lattice_of([letters(1)[0], wide, after]), {(0, 1): "A", (2, 3): "C"}).align("AZBC")
    assert [one.probability > 0.9 for one in forced.placed] == [True, False, False, True]


def test_a_letter_in_pieces_that_are_no_candidate_leaves_the_others_alone():
    forced = aligner(lattice_of([*letters(1), *slices(40, 46, 52, 58, 64), *letters(3)[2:]]), {(0, 1): "A"})
    alone = forced.align("ABC")
    assert places(alone)[0] == ("A", (0, 1))
    assert places(alone)[2] == ("C", (5, 6))
    assert alone.placed[1].probability < 0.5


def test_slices_that_show_nearly_the_same_ink_are_one_place():
    atoms = slices(0, 30, 33, 36)
    reading = {(0, 1): "A", (0, 2): "A", (0, 3): "A"}
    forced = aligner(lattice_of(atoms, (0, 2), (0, 3)), reading).align("A")
    assert forced.placed[0].probability > 0.9


def test_signs_go_to_small_ink_and_may_be_missing():
    stop = Atom((2,), (80, 34, 84, 40), None, "small")
    lattice = lattice_of([*letters(2), stop], marks={2: "."})
    for text, probability in (("AB.", 0.9), ("AB,", 0.9)):
        sign = aligner(lattice, singly("AB")).align(text).placed[2]
        assert sign.step is not None
        assert sign.step.mark == "."
        assert sign.probability > probability
    assert aligner(lattice, singly("AB")).align("AB").score > 0.95


def test_look_alikes_count_as_read():
    forced = aligner(lattice_of(letters(3)), singly("012")).align("OIZ")
    assert [one.label for one in forced.placed] == ["O", "I", "Z"]
    assert forced.score > 0.9


def test_characters_without_a_class_are_placed_and_fit_nothing():
    forced = aligner(lattice_of(letters(3)), singly("ABC")).align("AЖC")
    assert forced.placed[1].probability > 0.9
    assert forced.placed[1].likelihood == 0
    assert aligner(lattice_of(letters(3)), singly("ABC")).align("ЖЖЖ").score == 0


def test_no_text_fits_nothing():
    forced = aligner(lattice_of(letters(2)), singly("AB")).align("  ")
    assert forced.placed == ()
    assert forced.score == 0


@pytest.mark.parametrize(
    ("character", "classes", "label"),
    [
        ("a", "ABab", "a"),
        ("a", "AB", "A"),
        ("É", "ABE", "E"),
        ("é", "ABE", "E"),
        ("é", "Ee", "e"),
        ("ß", "AB", "ß"),
    ],
)
def test_small_and_accented_letters_become_what_the_alphabet_has(character, classes, label):
    assert label_of(character, classes) == label


def test_probabilities_of_a_place_sum_over_all_ways(monkeypatch):
    """Against a sum over every single path, one by one."""
    lattice = lattice_of(slices(0, 15, 30, 45), (0, 2), (1, 3))
    reading = {(0, 1): "I", (1, 3): "A", (0, 2): "B", (2, 3): "1"}
    one = aligner(lattice, reading)
    seen = []
    original = one._moves
    monkeypatch.setattr(one, "_moves", lambda *a: seen.extend(original(*a)) or original(*a))
    forced = one.align("IA")

    def paths(atom, taken):
        if atom == 3:
            yield -10.0 * (2 - taken), []
            return
        for lost in range(3 - taken):
            for move in seen:
                after = taken + lost + move.taken
                if move.start == atom and after <= 2:
                    own = -10.0 * lost + float(move.scores[taken + lost])
                    for rest, steps in paths(move.stop, after):
                        yield own + rest, [(move, taken + lost), *steps]

    every = list(paths(0, 0))
    total = sum(np.exp(score) for score, _ in every)
    for t, placed in enumerate(forced.placed):
        step = placed.step
        same = [
            np.exp(score)
            for score, steps in every
            if any(m.taken == 1 and m.step and m.step.place == step.place and at == t for m, at in steps)
        ]
        assert placed.probability >= sum(same) / total - 1e-9
        assert sum(same) / total > 0.5
