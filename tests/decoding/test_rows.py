import numpy as np
import pytest
from small_lattices import lattice_of, letter, scorer_of, small

from ocr_cli.alphabet import PLACED
from ocr_cli.classifier import Classification
from ocr_cli.decoding.rows import decode_row

TELLING = np.array([True, False])


def test_a_row_knows_its_characters_their_probabilities_and_gaps():
    lattice = lattice_of([letter(0, 20, 0), small(30, 1, "."), letter(56, 76, 2)])
    probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], np.float32)
    classification = Classification(probabilities, np.array([1.0, 0.1, 0.5], np.float32))
    decoded = decode_row(lattice, classification, scorer_of("A1"), TELLING)
    assert decoded.placed.tolist() == [-1, PLACED.index("."), -1]
    assert decoded.path.tolist() == [0, 1, 2]
    assert decoded.read.tolist() == [0, 2]
    np.testing.assert_array_equal(decoded.probabilities, probabilities[[0, 2]])
    assert decoded.gaps == pytest.approx([10 / 40, 20 / 40])
    assert decoded.likelihood == pytest.approx(np.sqrt(0.9 * 0.4))
    assert decoded.height == 40.0
    assert decoded.telling == pytest.approx(0.9 + 0.2)


def test_a_row_of_signs_alone_has_no_characters():
    lattice = lattice_of([small(0, 0, "."), small(20, 1, ".")])
    classification = Classification(np.full((2, 2), 0.5, np.float32), np.ones(2, np.float32))
    decoded = decode_row(lattice, classification, scorer_of("A1"), TELLING)
    assert decoded.path.tolist() == [0, 1]
    assert decoded.probabilities.shape == (0, 2)
    assert decoded.likelihood == 0.0


def test_dirt_is_not_on_the_path():
    lattice = lattice_of([small(0, 0), letter(20, 40, 1)])
    classification = Classification(np.full((2, 2), 0.5, np.float32), np.ones(2, np.float32))
    assert decode_row(lattice, classification, scorer_of("A1"), TELLING).path.tolist() == [1]
