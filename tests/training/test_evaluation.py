from __future__ import annotations

import json

import numpy as np
import pytest

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.training.evaluation import Confusion, Coverage, compare, evaluate, join


def sure(read: list[int], confidence: float = 1.0, classes: int = 3) -> np.ndarray:
    """Probabilities of answers that are all this sure, the rest spread evenly."""
    rest = (1 - confidence) / (classes - 1)
    return np.where(np.eye(classes, dtype=bool)[read], confidence, rest).astype(np.float32)


class TopLeftPixel:
    """A classifier that reads the class written into a crop's first pixel."""

    def __init__(self, classes: str) -> None:
        self.classes = tuple(classes)

    def probabilities(self, crops: np.ndarray) -> np.ndarray:
        return np.eye(len(self.classes), dtype=np.float32)[crops[:, 0, 0]]


def dataset(labels: str, read: str, classes: str) -> Dataset:
    images = np.zeros((len(labels), 32, 32), np.uint8)
    images[:, 0, 0] = [classes.index(character) for character in read]
    return Dataset(images, np.array(list(labels), "<U1"), None, "made")


def test_accuracy_per_class_and_confusions() -> None:
    result = compare(np.array(list("AAABBC")), sure([0, 0, 1, 1, 2, 2]), ("A", "B", "C"))
    assert result.samples == 6
    assert result.accuracy == pytest.approx(4 / 6)
    assert result.per_class == {"A": (3, pytest.approx(2 / 3)), "B": (2, 0.5), "C": (1, 1.0)}
    assert result.confusions == (Confusion("A", "B", 1), Confusion("B", "C", 1))
    np.testing.assert_array_equal(result.matrix, [[2, 1, 0], [0, 1, 1], [0, 0, 1]])


def test_the_most_frequent_confusion_comes_first() -> None:
    result = compare(np.array(list("ABBB")), sure([1, 0, 0, 1], classes=2), ("A", "B"))
    assert result.confusions == (Confusion("B", "A", 2), Confusion("A", "B", 1))


def test_classes_may_be_in_any_order() -> None:
    result = compare(np.array(list("ZA0")), sure([0, 1, 2]), ("Z", "A", "0"))
    assert result.accuracy == 1


def test_look_alikes_are_folded() -> None:
    classes = "0O1I2Z5SB8"
    result = evaluate(TopLeftPixel(classes), dataset("0O1I2Z5SB8", "O0I1Z2S58B", classes))
    assert result.accuracy == 0
    assert result.folded_accuracy == pytest.approx(0.8)


def test_case_that_shape_does_not_tell_is_folded_and_other_case_is_not() -> None:
    classes = "CcOo0lI1Aa"
    result = evaluate(TopLeftPixel(classes), dataset("CcOolIAa", "cCo01laA", classes))
    assert result.accuracy == 0
    assert result.folded_accuracy == pytest.approx(6 / 8)


def test_labels_that_the_model_does_not_know_are_left_out_and_counted() -> None:
    samples = dataset("ABab", "ABAA", "AB")
    result = evaluate(TopLeftPixel("AB"), samples)
    assert (result.samples, result.left_out, result.accuracy) == (2, 2, 1.0)
    assert set(result.per_class) == {"A", "B"}


def test_no_known_label_at_all() -> None:
    with pytest.raises(DataError, match="none of its labels"):
        evaluate(TopLeftPixel("AB"), dataset("ab", "AA", "AB"))


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    result = compare(np.array(list("AAAB")), sure([0, 0, 0, 0], 0.9), ("A", "B", "C"))
    assert result.reliability.error == pytest.approx(0.9 - 0.75)
    assert result.reliability.counts.sum() == 4


def test_coverage_keeps_the_surest() -> None:
    probabilities = np.concatenate([sure([0] * 90, 0.9), sure([0] * 5, 0.8), sure([0] * 5, 0.4)])
    labels = np.array(["A"] * 90 + ["B"] * 10)
    order = np.random.default_rng(0).permutation(100)
    result = compare(labels[order], probabilities[order], ("A", "B", "C"))
    assert result.accuracy == pytest.approx(0.9)
    assert result.coverages == (
        Coverage(0.99, pytest.approx(0.4), pytest.approx(0.9)),
        Coverage(0.95, pytest.approx(0.8), pytest.approx(90 / 95)),
        Coverage(0.9, pytest.approx(0.9), 1.0),
    )


def test_coverage_keeps_all_that_are_as_sure_as_the_last_one() -> None:
    result = compare(np.array(["A"] * 5 + ["B"] * 5), sure([0] * 10, 0.7), ("A", "B", "C"))
    assert [c.accuracy for c in result.coverages] == [0.5, 0.5, 0.5]


class Doubter(TopLeftPixel):
    """Is as sure of A as the first pixel says, of B half of what is left, of C and D a quarter."""

    def probabilities(self, crops: np.ndarray) -> np.ndarray:
        first = crops[:, 0, 0].astype(np.float32) / 100
        return np.stack([first, *(np.float32(share) * (1 - first) for share in (0.5, 0.25, 0.25))], axis=1)


def test_among_chosen_classes_the_others_have_no_say() -> None:
    result = evaluate(Doubter("ABCD"), dataset("BDA", "AAA", "A"), classes="BD")
    assert result.classes == ("B", "D")
    assert (result.samples, result.left_out) == (2, 1)
    np.testing.assert_array_equal(result.matrix, [[1, 0], [1, 0]])
    np.testing.assert_allclose(result.confidence, [2 / 3, 2 / 3])


def test_chosen_classes_that_the_network_holds_for_impossible() -> None:
    samples = dataset("BD", "AA", "A")
    samples.images[:, 0, 0] = 100
    assert evaluate(Doubter("ABCD"), samples, classes="BD").confidence.tolist() == [0, 0]


def test_chosen_classes_that_the_set_does_not_hold() -> None:
    with pytest.raises(DataError, match="made: none of its labels is one of the classes asked for"):
        evaluate(Doubter("ABCD"), dataset("AB", "AA", "A"), classes="CD")


def test_joined_sets_are_scored_as_one() -> None:
    classes = "AB0O"
    one, two = dataset("AB", "AA", classes), dataset("0Ox", "OOA", classes)
    result = join([evaluate(TopLeftPixel(classes), each) for each in (one, two)])
    assert (result.samples, result.left_out) == (4, 1)
    assert result.accuracy == pytest.approx(2 / 4)
    assert result.folded_accuracy == pytest.approx(3 / 4)
    assert result.per_class == {"A": (1, 1.0), "B": (1, 0.0), "0": (1, 0.0), "O": (1, 1.0)}


def test_the_dict_is_plain_json() -> None:
    result = compare(np.array(list("0OO")), sure([1, 1, 0], 0.75, 2), ("0", "O"), left_out=4)
    data = json.loads(json.dumps(result.to_dict()))
    assert data == {
        "samples": 3,
        "left_out": 4,
        "accuracy": pytest.approx(1 / 3),
        "folded_accuracy": 1.0,
        "calibration_error": pytest.approx(0.75 - 1 / 3),
        "coverage": [
            {"share": share, "confidence": 0.75, "accuracy": pytest.approx(1 / 3)}
            for share in (0.99, 0.95, 0.9)
        ],
        "per_class": {"0": {"samples": 1, "accuracy": 0.0}, "O": {"samples": 2, "accuracy": 0.5}},
        "confusions": [
            {"truth": "0", "read": "O", "count": 1},
            {"truth": "O", "read": "0", "count": 1},
        ],
    }
