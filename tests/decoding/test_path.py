import itertools

import numpy as np
import pytest

from ocr_cli.decoding.path import Prices, best_path, find_arcs, folding
from ocr_cli.errors import ModelFileError
from ocr_cli.segmentation.atoms import Atom
from ocr_cli.segmentation.lattice import Candidate, Lattice

HEIGHT = 40.0
CROP = np.zeros((32, 32), np.uint8)
CAPITALS, MIXED = Prices(cut=1.5, join=0.0), Prices(cut=1.0, join=2.5)


def letter(left, right, component):
    return Atom((component,), (left, 0, right, 40), None, "letter")


def slices(*edges, component=0):
    """Atoms cut from one component at the given columns."""
    return [Atom((component,), (a, 0, b, 40), None, "letter") for a, b in itertools.pairwise(edges)]


def small(left, right, component):
    return Atom((component,), (left, 30, right, 36), None, "small")


def around(atoms):
    left, top, right, bottom = np.array([atom.box for atom in atoms]).T
    return int(left.min()), int(top.min()), int(right.max()), int(bottom.max())


def lattice_of(atoms, *runs, marks=None):
    """A lattice with every single atom and the given longer runs as candidates."""
    every = sorted({*((k, k + 1) for k in range(len(atoms))), *runs})
    candidates = [
        Candidate(
            start,
            stop,
            around(atoms[start:stop]),
            CROP,
            (marks or {}).get(start) if stop == start + 1 else None,
        )
        for start, stop in every
    ]
    return Lattice(tuple(atoms), tuple(candidates), HEIGHT)


def decode(lattice, likely, prices=CAPITALS):
    """Runs and marks on the best path, given how likely each run is to be some one character."""
    values = np.array([likely.get((c.start, c.stop), 0.02) for c in lattice.candidates], np.float32)
    steps = best_path(find_arcs(lattice, values, prices), np.ones(len(values), np.float32))
    for step in steps:
        assert lattice.candidates[step.place] is step.candidate
    return [(step.candidate.start, step.candidate.stop, step.mark) for step in steps]


def test_two_small_letters_are_rather_not_one_in_two_pieces():
    """The l and the e of a closely written "le" look like a k together."""
    lattice = lattice_of([letter(0, 10, 0), letter(13, 30, 1)], (0, 2))
    likely = {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.97}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, MIXED) == [(0, 1, None), (1, 2, None)]
    assert decode(lattice, likely | {(1, 2): 0.05}, MIXED) == [(0, 2, None)]


def test_joined_small_letters_are_cut_more_readily():
    lattice = lattice_of(slices(0, 20, 40), (0, 2))
    likely = {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.3}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, MIXED) == [(0, 1, None), (1, 2, None)]


def test_cuts_that_the_classifier_knows_of_are_cheap():
    lattice = lattice_of(slices(0, 20, 40), (0, 2))
    likely = {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.5}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, CAPITALS.knowing_cuts()) == [(0, 1, None), (1, 2, None)]


def test_what_is_much_wider_than_a_letter_is_hardly_one():
    likely = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.9}
    narrow, wide = lattice_of(slices(0, 20, 40), (0, 2)), lattice_of(slices(0, 40, 90), (0, 2))
    assert decode(narrow, likely) == [(0, 2, None)]
    assert decode(wide, likely) == [(0, 1, None), (1, 2, None)]


def test_separate_letters_are_read_one_by_one():
    lattice = lattice_of([letter(0, 20, 0), letter(28, 48, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.3}) == [(0, 1, None), (1, 2, None)]


def test_the_likelier_of_whole_and_parts_is_taken_for_a_broken_letter():
    lattice = lattice_of([letter(0, 10, 0), letter(12, 30, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.3, (1, 2): 0.3, (0, 2): 0.9}) == [(0, 2, None)]


def test_one_wide_letter_wins_over_parts_that_are_letters_too():
    # W cut into I and N: each is a fine letter, and a cut has its price.
    lattice = lattice_of(slices(0, 12, 50), (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6}) == [(0, 2, None)]


def test_the_same_parts_win_where_they_do_not_hang_together():
    lattice = lattice_of([letter(0, 12, 0), letter(12, 50, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6}) == [(0, 1, None), (1, 2, None)]


def test_two_touching_letters_are_split_where_the_whole_is_no_letter():
    lattice = lattice_of(slices(0, 30, 62), (0, 2))
    assert decode(lattice, {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.02}) == [(0, 1, None), (1, 2, None)]


def test_the_split_goes_where_both_parts_are_letters():
    lattice = lattice_of(slices(0, 15, 30, 60), (0, 2), (1, 3), (0, 3))
    likely = {(0, 2): 0.9, (2, 3): 0.9, (0, 1): 0.5, (1, 3): 0.2, (0, 3): 0.05}
    assert decode(lattice, likely) == [(0, 2, None), (2, 3, None)]


def test_a_gap_inside_a_character_costs_by_its_width():
    likely = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.5}
    near = lattice_of([letter(0, 10, 0), letter(11, 21, 1)], (0, 2))
    far = lattice_of([letter(0, 10, 0), letter(26, 36, 1)], (0, 2))
    assert decode(near, likely) == [(0, 2, None)]
    assert decode(far, likely) == [(0, 1, None), (1, 2, None)]


def test_letters_that_overlap_by_their_width_are_rather_one():
    likely = {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.3}
    beside = lattice_of([letter(0, 20, 0), letter(20, 40, 1)], (0, 2))
    across = lattice_of([letter(0, 20, 0), letter(2, 22, 1)], (0, 2))
    assert decode(beside, likely) == [(0, 1, None), (1, 2, None)]
    assert decode(across, likely) == [(0, 2, None)]


@pytest.mark.parametrize("mark", [".", "-", ",", "'"])
def test_marks_are_kept(mark):
    lattice = lattice_of([letter(0, 20, 0), small(26, 32, 1), letter(40, 60, 2)], marks={1: mark})
    likely = {(0, 1): 0.9, (2, 3): 0.9}
    assert decode(lattice, likely) == [(0, 1, None), (1, 2, mark), (2, 3, None)]


def test_dirt_is_dropped_however_much_it_looks_like_a_letter():
    lattice = lattice_of([letter(0, 20, 0), small(26, 32, 1), letter(40, 60, 2)])
    likely = {(0, 1): 0.9, (1, 2): 1.0, (2, 3): 0.9}
    assert decode(lattice, likely) == [(0, 1, None), (2, 3, None)]


def test_dirt_at_both_ends_is_dropped():
    lattice = lattice_of([small(0, 4, 0), letter(10, 30, 1), small(40, 44, 2)])
    assert decode(lattice, {(1, 2): 0.9}) == [(1, 2, None)]


def test_a_small_piece_belongs_to_the_letter_that_is_better_with_it():
    lattice = lattice_of([letter(0, 20, 0), small(22, 28, 1)], (0, 2), marks={1: "-"})
    assert decode(lattice, {(0, 1): 0.1, (0, 2): 0.95}) == [(0, 2, None)]
    assert decode(lattice, {(0, 1): 0.95, (0, 2): 0.3}) == [(0, 1, None), (1, 2, "-")]


def test_a_lone_shape_that_is_no_character_is_still_on_the_path():
    assert decode(lattice_of([letter(0, 20, 0)]), {(0, 1): 0.0}) == [(0, 1, None)]


def test_being_a_character_and_being_a_known_one_both_count():
    lattice = lattice_of(slices(0, 30, 60), (0, 2))
    certain = np.ones(3, np.float32)
    doubtful = np.array([0.9, 0.001, 0.9], np.float32)
    assert [(c.start, c.stop) for c in lattice.candidates] == [(0, 1), (0, 2), (1, 2)]
    for is_character, folded in ((doubtful, certain), (certain, doubtful)):
        steps = best_path(find_arcs(lattice, is_character, CAPITALS), folded)
        assert [step.place for step in steps] == [0, 2]


def test_folding_adds_up_look_alikes_and_nothing_else():
    classes = ("A", "O", "0", "o", "1", "I", "C", "c")
    matrix = folding(classes)
    assert matrix.shape == (8, 4)
    assert (matrix.sum(axis=1) == 1).all()
    probabilities = np.array([[0.1, 0.3, 0.25, 0.05, 0.02, 0.08, 0.15, 0.05]], np.float32)
    assert sorted((probabilities @ matrix)[0]) == pytest.approx([0.1, 0.1, 0.2, 0.6])


def test_classes_that_are_all_different_are_not_folded():
    np.testing.assert_array_equal(folding(("A", "B", "K")), np.eye(3))


def test_a_model_that_does_not_say_its_prices_has_those_of_capitals() -> None:
    assert Prices.of({}) == CAPITALS
    assert Prices.of({"prices": {"join": 1}}) == CAPITALS._replace(join=1.0)
    assert Prices.of({"prices": MIXED._asdict()}) == MIXED


@pytest.mark.parametrize(
    "prices", [{"cut": "dear"}, {"cut": -1}, {"join": float("nan")}, {"gap": 1.0}, 3, [1.0, 2.0], None]
)
def test_prices_that_are_none_are_refused(prices: object) -> None:
    with pytest.raises(ModelFileError, match="settings"):
        Prices.of({"prices": prices})
