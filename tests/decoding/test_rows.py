import numpy as np
import pytest

from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import Prices
from ocr_cli.decoding.rows import decode_row
from ocr_cli.segmentation.atoms import Atom
from ocr_cli.segmentation.lattice import Candidate, Lattice

CROP = np.zeros((32, 32), np.uint8)
TELLING = np.array([True, False])


def lattice_of(*boxes, marks=()):
    """A row of single atoms; those with a mark are small."""
    atoms = tuple(
        Atom((k,), box, None, "small" if k < len(marks) and marks[k] else "letter")
        for k, box in enumerate(boxes)
    )
    candidates = tuple(
        Candidate(k, k + 1, box, CROP, marks[k] if k < len(marks) else None) for k, box in enumerate(boxes)
    )
    return Lattice(atoms, candidates, 40.0)


def test_a_row_knows_its_characters_their_probabilities_and_gaps():
    lattice = lattice_of((0, 0, 20, 40), (30, 30, 36, 36), (56, 0, 76, 40), marks=(None, ".", None))
    probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], np.float32)
    classification = Classification(probabilities, np.array([1.0, 0.1, 0.5], np.float32))
    decoded = decode_row(lattice, classification, np.array([0.9, 0.5, 0.8], np.float32), Prices(), TELLING)
    assert [step.mark for step in decoded.steps] == [None, ".", None]
    np.testing.assert_array_equal(decoded.probabilities, probabilities[[0, 2]])
    assert decoded.gaps == pytest.approx([10 / 40, 20 / 40])
    assert decoded.likelihood == pytest.approx(np.sqrt(0.9 * 0.4))
    assert decoded.height == 40.0
    assert decoded.telling == pytest.approx(0.9 + 0.2)


def test_a_row_of_signs_alone_has_no_characters():
    lattice = lattice_of((0, 30, 6, 36), (20, 30, 26, 36), marks=(".", "."))
    classification = Classification(np.full((2, 2), 0.5, np.float32), np.ones(2, np.float32))
    decoded = decode_row(lattice, classification, np.ones(2, np.float32), Prices(), TELLING)
    assert decoded.probabilities.shape == (0, 2)
    assert decoded.likelihood == 0.0
