import numpy as np
import pytest

from ocr_cli.classifier import Classification
from ocr_cli.decoding.path import Prices, Step
from ocr_cli.decoding.rows import DecodedRow, decode_row, keep_writing
from ocr_cli.segmentation.atoms import Atom
from ocr_cli.segmentation.lattice import Candidate, Lattice
from ocr_cli.segmentation.pieces import CUTS

CROP = np.zeros((32, 32), np.uint8)


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


def row(count, likelihood):
    nothing = Classification(np.zeros((0, 2), np.float32), np.zeros(0, np.float32))
    probabilities = np.full((count, 2), 0.5, np.float32)
    return DecodedRow(lattice_of(), (), nothing, (), probabilities, likelihood)


def kept(rows, steadiness=0.4, familiarity=0.0):
    return keep_writing(rows, steadiness, lambda row: familiarity)


def test_a_row_knows_its_characters_their_probabilities_and_gaps():
    lattice = lattice_of((0, 0, 20, 40), (30, 30, 36, 36), (56, 0, 76, 40), marks=(None, ".", None))
    probabilities = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], np.float32)
    classification = Classification(probabilities, np.array([1.0, 0.1, 0.5], np.float32))
    decoded = decode_row(lattice, classification, np.array([0.9, 0.5, 0.8], np.float32), Prices.of("AB"))
    assert [step.mark for step in decoded.steps] == [None, ".", None]
    np.testing.assert_array_equal(decoded.probabilities, probabilities[[0, 2]])
    assert decoded.gaps == pytest.approx([10 / 40, 20 / 40])
    assert decoded.likelihood == pytest.approx(np.sqrt(0.9 * 0.4))
    assert decoded.height == 40.0


def test_a_row_of_signs_alone_is_no_writing():
    lattice = lattice_of((0, 30, 6, 36), (20, 30, 26, 36), marks=(".", "."))
    classification = Classification(np.full((2, 2), 0.5, np.float32), np.ones(2, np.float32))
    decoded = decode_row(lattice, classification, np.ones(2, np.float32), Prices.of("AB"))
    assert decoded.probabilities.shape == (0, 2)
    assert decoded.likelihood == 0.0
    assert kept([decoded]) == []


def test_likely_rows_are_kept_in_their_order_and_unlikely_ones_are_not():
    rows = [row(6, 0.9), row(6, 0.01), row(5, 0.7), row(8, 0.05)]
    assert kept(rows) == [rows[0], rows[2]]
    assert kept([]) == []


def test_a_short_row_must_be_likelier_than_a_long_one():
    long, good, doubtful = row(9, 0.45), row(1, 0.95), row(1, 0.45)
    assert kept([long, good, doubtful]) == [long, good]


def test_a_single_good_letter_alone_is_read():
    assert len(kept([row(1, 0.95)])) == 1


def test_in_much_dirt_a_short_row_that_looks_good_is_dirt_too():
    dirt = [row(6, 0.02) for _ in range(10)]
    assert kept([*dirt, row(1, 0.95), row(2, 0.9)]) == []


def test_short_rows_that_are_dirt_themselves_do_not_speak_for_others():
    assert kept([*[row(2, 0.4)] * 4, row(3, 0.57)]) == []


def test_dirt_beside_a_written_page_changes_nothing():
    written = [row(12, 0.9) for _ in range(5)]
    short = row(1, 0.95)
    assert kept([*written, row(6, 0.02), short, row(4, 0.01)]) == [*written, short]


def test_in_much_dirt_only_sure_rows_are_writing():
    sure, likely = row(5, 0.9), row(3, 0.45)
    dirt = [row(4, 0.02) for _ in range(8)]
    assert kept([sure, *dirt, likely]) == [sure]
    assert kept([sure, likely]) == [sure, likely]


@pytest.mark.parametrize(("cut", "is_kept"), [(3, False), (1, True), (0, True)])
def test_a_short_row_that_is_mostly_cut_out_of_a_blot_must_be_sure(cut, is_kept):
    marks = [np.full(CUTS, 0.5 * (k < cut), np.float32) for k in range(3)]
    candidates = [Candidate(k, k + 1, (30 * k, 0, 30 * k + 20, 40), CROP, None, marks[k]) for k in range(3)]
    doubtful = row(3, 0.37)._replace(steps=tuple(Step(one, k, None) for k, one in enumerate(candidates)))
    assert bool(kept([doubtful], steadiness=0.6)) == is_kept
    assert kept([doubtful._replace(likelihood=0.45)], steadiness=0.6)


def test_common_words_speak_for_a_row_that_is_nearly_likely_enough():
    doubtful, dirt = row(5, 0.3), row(5, 0.21)
    assert kept([doubtful], steadiness=0.2) == []
    assert kept([doubtful], steadiness=0.2, familiarity=9.0) == [doubtful]
    assert kept([dirt], steadiness=0.05, familiarity=99.0) == []


def test_words_are_asked_for_only_where_they_can_decide():
    asked = []
    keep_writing([row(9, 0.9), row(5, 0.3), row(6, 0.01)], 0.2, lambda one: asked.append(one) or 0.0)
    assert [one.likelihood for one in asked] == [0.3]


def test_rows_without_edges_must_be_long_or_likely():
    short, sure, long = row(3, 0.45), row(1, 0.99), row(8, 0.6)
    assert kept([short], steadiness=0.4) == [short]
    for one in (sure, long):
        assert kept([one], steadiness=0.05) == [one]
    assert kept([short], steadiness=0.05) == []


def test_among_much_dirt_rows_must_be_longer_and_likelier():
    short, long = row(3, 0.45), row(12, 0.9)
    dirt = [row(8, 0.3) for _ in range(2)]
    assert kept([short, *dirt], steadiness=0.3) == []
    assert kept([long, *dirt], steadiness=0.3)[0] is long


def test_characters_of_blots_thicker_than_a_pen_are_no_writing():
    strokes, blots = CROP.copy(), CROP.copy()
    strokes[3:29, 10:14] = 255
    blots[3:29, 6:26] = 255

    def of(crop):
        candidates = [Candidate(k, k + 1, (30 * k, 0, 30 * k + 20, 40), crop) for k in range(3)]
        steps = tuple(Step(one, k, None) for k, one in enumerate(candidates))
        return row(3, 0.5)._replace(steps=steps)

    assert kept([of(strokes)])
    assert not kept([of(blots)])
