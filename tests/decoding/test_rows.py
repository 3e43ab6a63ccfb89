import numpy as np
import pytest

from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import Step
from ocr_cli.decoding.rows import DecodedRow, decode_row, keep_writing
from ocr_cli.segmentation.lattice import Atom, Candidate, Lattice

CROP = np.zeros((32, 32), np.uint8)


def row_of(count, likelihood):
    return DecodedRow((), np.full((count, 2), 0.5, np.float32), likelihood, 40.0)


def lattice(*boxes):
    atoms = tuple(Atom((k,), box, None, "letter") for k, box in enumerate(boxes))
    candidates = tuple(Candidate(k, k + 1, box, CROP) for k, box in enumerate(boxes))
    return Lattice(atoms, candidates, 40.0)


def test_a_row_keeps_its_characters_their_probabilities_and_their_mean_likelihood():
    found = Classification(np.array([[0.9, 0.1], [0.2, 0.8]], np.float32), np.array([1.0, 0.5], np.float32))
    row = decode_row(lattice((0, 0, 20, 40), (30, 0, 50, 40)), found, np.array([0.9, 0.8], np.float32))
    assert [step.candidate.box[0] for step in row.steps] == [0, 30]
    np.testing.assert_array_equal(row.probabilities, found.probabilities)
    assert row.likelihood == pytest.approx((0.9 * 0.4) ** 0.5, rel=1e-5)
    assert row.gaps == [0.25]


def test_a_row_without_characters_is_unlikely():
    atom = Atom((0,), (0, 30, 5, 35), None, "small")
    dot = Candidate(0, 1, atom.box, CROP, ".")
    nothing = Classification(np.full((1, 2), 0.5, np.float32), np.zeros(1, np.float32))
    row = decode_row(Lattice((atom,), (dot,), 40.0), nothing, np.full(1, 0.5, np.float32))
    assert row.steps == (Step(dot, 0, "."),)
    assert row.likelihood == 0
    assert keep_writing([row]) == []


def test_likely_rows_are_writing_and_unlikely_ones_are_not():
    good, dirt = row_of(5, 0.9), row_of(5, 0.05)
    assert keep_writing([good, dirt, good]) == [good, good]
    assert keep_writing([]) == []


def test_a_short_row_must_be_likelier():
    line, sure, unsure = row_of(8, 0.9), row_of(1, 0.95), row_of(1, 0.45)
    assert keep_writing([line, sure, unsure]) == [line, sure]


def test_short_rows_in_much_dirt_are_dirt():
    chance = row_of(1, 0.95)
    dirt = [row_of(4, 0.02) for _ in range(6)]
    assert keep_writing([*dirt, chance]) == []
    assert keep_writing([chance]) == [chance]
