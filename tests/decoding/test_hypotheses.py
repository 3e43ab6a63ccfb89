import numpy as np
import pytest

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.hypotheses import Shapes
from ocr_cli.decoding.tokens import CAPITAL, DIGIT, SIGN, kinds_of

CLASSES = "ABCDEFGH12"
KINDS = kinds_of([*CLASSES, *PLACED])


def shapes_of(*rows, misread=np.inf):
    """Of candidates with these log probabilities; all other classes have -30."""
    logs = np.full((len(rows), len(CLASSES)), -30.0)
    for k, row in enumerate(rows):
        for text, log in row.items():
            logs[k, CLASSES.index(text)] = log
    return Shapes(logs, KINDS, 1.5, misread)


def test_likely_classes_are_tried_the_likeliest_first_arc_by_arc():
    shapes = shapes_of({"A": -2.0, "1": -0.5, "B": -20.0}, {"C": 0.0})
    found = shapes.characters([0, 0, 1], [-1, PLACED.index("."), -1], tolerant=False)
    dot = len(CLASSES) + PLACED.index(".")
    assert found.columns.tolist() == [CLASSES.index("1"), CLASSES.index("A"), dot, CLASSES.index("C")]
    assert found.scores.tolist() == found.tolerant.tolist() == [-0.5, -2.0, 0.0, 0.0]
    assert found.kinds.tolist() == [DIGIT, CAPITAL, SIGN, CAPITAL]
    assert [found.columns[part].tolist() for part in found.parts] == [[8, 0], [dot], [2]]
    assert found.arcs.tolist() == [0, 0, 1, 2]


def test_no_more_than_six_classes_are_tried():
    shapes = shapes_of({text: -0.1 * k for k, text in enumerate(CLASSES)})
    assert len(shapes.characters([0], [-1], tolerant=False).columns) == 6
    assert np.isfinite(shapes.scores).sum() == 6


def test_every_class_may_be_meant_where_words_are_known_the_dearer_the_surer_the_shape():
    shapes = shapes_of({"A": -1e-6}, {"A": -1.0, "B": -1.5})
    sure, unsure = (shapes.characters([k], [-1], tolerant=True) for k in (0, 1))
    assert sure.columns.tolist() == list(range(len(CLASSES)))
    assert np.isneginf(sure.scores[1:]).all()
    assert -30 < sure.tolerant[5] < unsure.tolerant[5] < -1.5
    assert sure.tolerant[0] == sure.scores[0]


def test_what_a_misread_character_costs_has_a_bound():
    shapes = shapes_of({"A": -1e-6}, misread=6.0)
    assert shapes.tolerant.min() == pytest.approx(-6, abs=1e-3)
