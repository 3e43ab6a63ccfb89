from __future__ import annotations

import json

import numpy as np
import pytest

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.training.evaluation import Confusion, compare, evaluate


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
    result = compare(np.array(list("AAABBC")), np.array([0, 0, 1, 1, 2, 2]), ("A", "B", "C"))
    assert result.samples == 6
    assert result.accuracy == pytest.approx(4 / 6)
    assert result.per_class == {"A": (3, pytest.approx(2 / 3)), "B": (2, 0.5), "C": (1, 1.0)}
    assert result.confusions == (Confusion("A", "B", 1), Confusion("B", "C", 1))
    np.testing.assert_array_equal(result.matrix, [[2, 1, 0], [0, 1, 1], [0, 0, 1]])


def test_the_most_frequent_confusion_comes_first() -> None:
    result = compare(np.array(list("ABBB")), np.array([1, 0, 0, 1]), ("A", "B"))
    assert result.confusions == (Confusion("B", "A", 2), Confusion("A", "B", 1))


def test_classes_may_be_in_any_order() -> None:
    result = compare(np.array(list("ZA0")), np.array([0, 1, 2]), ("Z", "A", "0"))
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


def test_the_dict_is_plain_json() -> None:
    result = compare(np.array(list("0OO")), np.array([1, 1, 0]), ("0", "O"), left_out=4)
    data = json.loads(json.dumps(result.to_dict()))
    assert data == {
        "samples": 3,
        "accuracy": pytest.approx(1 / 3),
        "folded_accuracy": 1.0,
        "left_out": 4,
        "per_class": {"0": {"samples": 1, "accuracy": 0.0}, "O": {"samples": 2, "accuracy": 0.5}},
        "confusions": [
            {"truth": "0", "read": "O", "count": 1},
            {"truth": "O", "read": "0", "count": 1},
        ],
    }
