import numpy as np
import pytest
from small_lattices import lattice_of, letter, scorer_of, weights_of

from ocr_cli.classifier import Classification
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.decoder import Decoder
from ocr_cli.decoding.knowledge import Knowledge

CLASSES = tuple("AIO01N7!")


def page(*lines):
    """Lattices of rows of single letters, and what a network says of them: each is surely what it is."""
    lattices, found = [], []
    for line in lines:
        lattices.append(lattice_of([letter(40 * k, 40 * k + 25, k) for k in range(len(line))]))
        rows = [[0.99 if text == name else 0.001 for name in CLASSES] for text in line]
        found.append(Classification(np.array(rows, np.float32), np.full(len(rows), 0.99, np.float32)))
    return list(zip(lattices, found, strict=True))


def new_decoder(allowed=None):
    weights = weights_of()
    search = BeamSearch(Knowledge(CLASSES, None, weights))
    return Decoder(scorer_of(CLASSES), search, weights.confidence, allowed)


def read(*lines):
    decoder = new_decoder()
    return [
        "".join(sign.text for sign in line.signs) for line in decoder.read(decoder.by_shape(page(*lines)))
    ]


def test_each_row_is_read_with_its_own_candidates():
    assert read("ANNA", "70", "NAN") == ["ANNA", "70", "NAN"]


def test_of_each_character_its_place_and_its_probabilities_are_known():
    decoder = new_decoder()
    (line,) = decoder.read(decoder.by_shape(page("NA7")))
    signs = line.signs
    assert [sign.box[0] for sign in signs] == [0, 40, 80]
    assert [sign.new_word for sign in signs] == [True, False, False]
    for sign in signs:
        assert sign.confidence > 0.85
        assert sign.probabilities.shape == (len(CLASSES),)
        assert CLASSES[sign.probabilities.argmax()] == sign.text


def test_the_likeliest_characters_by_shape_have_no_spaces():
    decoder = new_decoder()
    (row,) = decoder.by_shape(page("A07"))
    signs = decoder.likeliest(row)
    assert [(sign.text, sign.new_word) for sign in signs] == [("A", False), ("0", False), ("7", False)]


@pytest.mark.parametrize("line", ["1", "II", "A1", "10110", "11!", "1111111111"])
def test_strokes_may_be_writing(line):
    assert len(read(line)[0]) == len(line)


def doubtful_page(*shapes):
    """A row of characters, each with its probabilities."""
    ((lattice, found),) = page("A" * len(shapes))
    rows = [[shape.get(name, 0.001) for name in CLASSES] for shape in shapes]
    return [(lattice, Classification(np.array(rows, np.float32), found.is_character))]


def test_what_looks_like_nothing_that_is_allowed_is_refused_not_forced():
    decoder = new_decoder("017".__contains__)
    shapes = ({"7": 0.9}, {"O": 0.6, "0": 0.39}, {"A": 0.95, "7": 0.04}, {"N": 0.5, "A": 0.45})
    (line,) = decoder.read(decoder.by_shape(doubtful_page(*shapes)))
    assert "".join(sign.text if sign.expected else "?" for sign in line.signs) == "70??"
    assert line.signs[2].text == "A"


def test_what_may_not_be_counts_for_its_look_alikes():
    """An O where only digits may be is a 0 that was written like that."""
    decoder = new_decoder("017".__contains__)
    shapes = ({"O": 0.99, "0": 0.003}, {"I": 0.97, "1": 0.02, "7": 0.03}, {"N": 0.99})
    (line,) = decoder.read(decoder.by_shape(doubtful_page(*shapes)))
    assert "".join(sign.text if sign.expected else "?" for sign in line.signs) == "01?"
    capitals = new_decoder("OIAN".__contains__)
    (line,) = capitals.read(capitals.by_shape(doubtful_page({"0": 0.99}, {"1": 0.99}, {"7": 0.99})))
    assert "".join(sign.text if sign.expected else "?" for sign in line.signs) == "OI?"


def test_confidence_follows_the_doubt():
    decoder = new_decoder()
    shapes = ({"N": 0.99}, {"A": 0.55, "N": 0.4}, {"7": 0.8, "1": 0.15})
    (line,) = decoder.read(decoder.by_shape(doubtful_page(*shapes)))
    sure, doubtful, *_ = (sign.confidence for sign in line.signs)
    assert doubtful < sure
    assert line.signs[1].others[0][0] == "N"
    assert sum(share for _, share in line.signs[1].others) <= 1 - doubtful + 1e-6


def test_the_best_readings_of_a_line():
    decoder = new_decoder()
    shapes = ({"N": 0.99}, {"A": 0.55, "N": 0.4}, {"A": 0.99})
    (line,) = decoder.read(decoder.by_shape(doubtful_page(*shapes)))
    texts = [text for text, _ in line.readings]
    assert texts[:2] == ["NAA", "NNA"]
    assert len(set(texts)) == len(texts)
    shares = [share for _, share in line.readings]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-6
    assert shares[0] == line.confidence


def test_no_rows_are_no_text():
    assert new_decoder().read([]) == []
