from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from small_lattices import Ink, lattice_of

from ocr_cli.classifier import Classification
from ocr_cli.decoding.measures import find_writing_lines
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.scorer import Scores

CLASSES = ("C", "c", "O", "o", "S", "s", "H", "n", "p", "P", "'", "l")
EXTENTS = {"c": (0.58, 0.0), "o": (0.58, 0.0), "s": (0.58, 0.0), "n": (0.58, 0.0), "p": (0.58, -0.42)}
EXTENTS["'"] = (1.05, 0.75)
ALIKE = [{"C", "c"}, {"O", "o"}, {"S", "s"}, {"p", "P"}, {"'", "l"}]


def row_of(
    boxes: Sequence[tuple[int, int, int, int]], probabilities: npt.NDArray[np.float32], height: float = 32.0
) -> DecodedRow:
    count = len(boxes)
    lattice = replace(lattice_of([Ink(box, k) for k, box in enumerate(boxes)]), height=height)
    found = Classification(probabilities, np.ones(count, np.float32))
    nothing = Scores(np.zeros(count), np.zeros((count, 0)), np.zeros(count))
    return DecodedRow(lattice, nothing, found, np.arange(count), np.full(count, -1), 0.9, 0.0)


def weigh_by_size(rows: Sequence[DecodedRow], classes: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    """The probabilities of each row's characters, weighed by their size and place."""
    lines = find_writing_lines(rows, classes)
    assert lines is not None
    return [line.weigh(row.lattice.boxes, row.probabilities) for line, row in zip(lines, rows, strict=True)]


def written(text: str, capital: float = 40.0, base: float = 100.0, slope: float = 0.0) -> DecodedRow:
    """A row as a network sees it that tells shapes well and sizes not at all."""
    boxes, probabilities = [], []
    rng = np.random.default_rng(len(text))
    for k, character in enumerate(text):
        top, bottom = EXTENTS.get(character, (1.0, 0.0))
        wobble = rng.normal(0, 0.04 * capital, 2)
        line = base + slope * (50 * k + 15)
        box = (
            50 * k,
            round(line - top * capital + wobble[0]),
            50 * k + 30,
            round(line - bottom * capital + wobble[1]),
        )
        boxes.append(box)
        like = next((group for group in ALIKE if character in group), {character})
        probabilities.append(
            [0.96 / len(like) if name in like else 0.04 / (len(CLASSES) - len(like)) for name in CLASSES]
        )
    return row_of(boxes, np.array(probabilities, np.float32), capital * 0.8)


def read(rows: list[DecodedRow]) -> list[str]:
    return ["".join(CLASSES[k] for k in weighed.argmax(axis=1)) for weighed in weigh_by_size(rows, CLASSES)]


@pytest.mark.parametrize("text", ["SHoPs", "Hocn", "nHoCp", "SlOn", "Hps'", "COHSPH"])
def test_size_in_the_row_tells_small_letters_from_capitals(text: str) -> None:
    assert read([written(text)]) == [text]


@pytest.mark.parametrize("capital", [15.0, 40.0, 150.0])
def test_the_writing_may_be_of_any_size(capital: float) -> None:
    assert read([written("SoHnOcp", capital)]) == ["SoHnOcp"]


def test_rows_may_slope() -> None:
    assert read([written("SoHnOcpoScHos", slope=0.08)]) == ["SoHnOcpoScHos"]


def test_a_row_that_says_nothing_by_itself_is_read_by_the_others() -> None:
    page = [written("SHnopl"), written("oscso"), written("nHlPp"), written("COSCO")]
    assert read(page) == ["SHnopl", "oscso", "nHlPp", "COSCO"]


def test_rows_may_differ_in_size_where_their_letters_show_it() -> None:
    assert read([written("SHnopl"), written("SHnopl", 54.0)]) == ["SHnopl"] * 2


def test_probabilities_stay_probabilities() -> None:
    (weighed,) = weigh_by_size([written("SoHn")], CLASSES)
    assert weighed.dtype == np.float32
    np.testing.assert_allclose(weighed.sum(axis=1), 1, atol=1e-5)
    assert (weighed >= 0).all()


def test_what_the_shape_says_surely_a_little_size_does_not_overrule() -> None:
    """An H as low as a small letter stays an H."""
    row = written("SnHopl")
    boxes = row.lattice.boxes.tolist()
    boxes[2][1], boxes[2][3] = 72, 100
    assert read([row_of(boxes, row.probabilities)])[0][2] == "H"


def test_without_small_letters_or_characters_there_are_no_lines() -> None:
    row = written("SoH")
    assert (
        find_writing_lines([row_of(row.lattice.boxes.tolist(), row.probabilities[:, :2])], ("C", "S")) is None
    )
    assert find_writing_lines([], CLASSES) is None
    empty = row_of([], np.zeros((0, len(CLASSES)), np.float32))
    assert find_writing_lines([empty], CLASSES) is None


def test_an_empty_row_has_lines_where_others_do() -> None:
    empty = row_of([], np.zeros((0, len(CLASSES)), np.float32))
    assert read([written("SoHn"), empty]) == ["SoHn", ""]
