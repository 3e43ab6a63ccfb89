from __future__ import annotations

import numpy as np
import pytest
from small_lattices import lattice_of, letter, runs_of, scorer_of, slices, small

from ocr_cli.classifier import Classification
from ocr_cli.learning.forced import ForcedAligner, label_of

CLASSES = "ABCIO01Z2"


def letters(count):
    """Letters side by side that do not touch."""
    return [letter(40 * k, 40 * k + 24, k) for k in range(count)]


def aligner(lattice, reading, whole=None):
    """An aligner for a network that reads candidate (start, stop) as ``reading[start, stop]``, 97 % sure."""
    probabilities = np.full((len(lattice), len(CLASSES)), 0.03 / (len(CLASSES) - 1), np.float32)
    is_character = np.full(len(lattice), 0.02, np.float32)
    for row, run in enumerate(runs_of(lattice)):
        if run in reading:
            probabilities[row, CLASSES.index(reading[run])] = 0.97
            is_character[row] = (whole or {}).get(run, 0.99)
    return ForcedAligner(lattice, Classification(probabilities, is_character), scorer_of(CLASSES))


def singly(text):
    return {(k, k + 1): c for k, c in enumerate(text)}


def places(forced, lattice=None):
    """Where each character lies; without a lattice, each atom alone is an arc."""
    runs = [(k, k + 1) for k in range(20)] if lattice is None else runs_of(lattice)
    return [(one.text, None if one.arc is None else runs[one.arc]) for one in forced.placed]


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
    assert places(aligner(lattice, reading).align("AB"), lattice) == [("A", (0, 1)), ("B", (1, 2))]
    assert places(aligner(lattice, reading).align("C"), lattice) == [("C", (0, 2))]


def test_two_letters_that_nothing_parts_have_no_place_of_their_own():
    wide = letter(40, 90, 1)
    after = letter(104, 128, 2)
    forced = aligner(lattice_of([letters(1)[0], wide, after]), {(0, 1): "A", (2, 3): "C"}).align("AZBC")
    assert [one.probability > 0.9 for one in forced.placed] == [True, False, False, True]


def test_a_letter_in_pieces_that_are_no_arc_leaves_the_others_alone():
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
    lattice = lattice_of([*letters(2), small(80, 2, ".")])
    for text, probability in (("AB.", 0.9), ("AB,", 0.9)):
        sign = aligner(lattice, singly("AB")).align(text).placed[2]
        assert sign.placed
        assert sign.arc == 2
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
    monkeypatch.setattr(one, "_moves", lambda *a: seen.append(original(*a)) or seen[-1])
    forced = one.align("IA")
    ((moves, arcs),) = seen

    def paths(atom, used):
        if atom == 3:
            yield -10.0 * (2 - used), []
            return
        for lost in range(3 - used):
            for move in np.flatnonzero(moves.start == atom).tolist():
                after = used + lost + int(moves.taken[move])
                if after <= 2:
                    own = -10.0 * lost + float(moves.scores[move, used + lost])
                    for rest, ways in paths(int(moves.stop[move]), after):
                        yield own + rest, [(move, used + lost), *ways]

    every = list(paths(0, 0))
    total = sum(np.exp(score) for score, _ in every)
    for t, placed in enumerate(forced.placed):
        same = [
            np.exp(score)
            for score, ways in every
            if any(moves.taken[m] == 1 and arcs[m] == placed.arc and at == t for m, at in ways)
        ]
        assert placed.probability >= sum(same) / total - 1e-9
