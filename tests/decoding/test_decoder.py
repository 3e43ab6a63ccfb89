import numpy as np
import pytest

from ocr_cli.classifier import Classification
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.decoder import Decoder
from ocr_cli.segmentation.lattice import Atom, Candidate, Lattice

CLASSES = tuple("AIO01N7!")
CROP = np.zeros((32, 32), np.uint8)


def page(*lines):
    """Lattices of rows of single letters, and what a network says of them: each is surely what it is."""
    lattices, rows = [], []
    for line in lines:
        boxes = [(40 * k, 0, 40 * k + 25, 40) for k in range(len(line))]
        atoms = tuple(Atom((k,), box, None, "letter") for k, box in enumerate(boxes))
        candidates = tuple(Candidate(k, k + 1, box, CROP, None) for k, box in enumerate(boxes))
        lattices.append(Lattice(atoms, candidates, 40.0))
        rows += [[0.99 if text == name else 0.001 for name in CLASSES] for text in line]
    probabilities = np.array(rows, np.float32).reshape(-1, len(CLASSES))
    return lattices, Classification(probabilities, np.full(len(rows), 0.99, np.float32))


def new_decoder():
    return Decoder(CLASSES, BeamSearch(CLASSES, None))


def read(*lines):
    decoder = new_decoder()
    return ["".join(sign.text for sign in signs) for signs in decoder.read(decoder.by_shape(*page(*lines)))]


def test_each_row_is_read_with_its_own_candidates():
    assert read("ANNA", "70", "NAN") == ["ANNA", "70", "NAN"]


def test_of_each_character_its_place_and_its_probabilities_are_known():
    decoder = new_decoder()
    (signs,) = decoder.read(decoder.by_shape(*page("NA7")))
    assert [sign.step.candidate.box[0] for sign in signs] == [0, 40, 80]
    assert [sign.new_word for sign in signs] == [True, False, False]
    for sign in signs:
        assert sign.confidence == pytest.approx(0.99)
        assert sign.probabilities.shape == (len(CLASSES),)
        assert CLASSES[sign.probabilities.argmax()] == sign.text


def test_the_likeliest_characters_by_shape_have_no_spaces():
    decoder = new_decoder()
    (row,) = decoder.by_shape(*page("A07"))
    signs = decoder.likeliest(row)
    assert [(sign.text, sign.new_word) for sign in signs] == [("A", False), ("0", False), ("7", False)]


@pytest.mark.parametrize("lines", [("!!!A",), ("!", "!")])
def test_a_page_of_signs_is_a_texture(lines):
    assert read(*lines) == [""] * len(lines)


@pytest.mark.parametrize("line", ["1", "II", "A1", "10110", "11!", "1111111111"])
def test_strokes_may_be_writing(line):
    assert len(read(line)[0]) == len(line)


def test_no_rows_are_no_text():
    assert new_decoder().read([]) == []
