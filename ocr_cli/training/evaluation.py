"""How much of a labelled set a classifier reads right, and what it takes for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.lookalikes import fold


class CropClassifier(Protocol):
    """What can be evaluated: ``ocr_cli.classifier.Classifier``, a committee, another program's network."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The character of each column of ``probabilities``."""

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Class probabilities float32 (N, C) of crops uint8 (N, 32, 32)."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """``count`` samples of ``truth`` were read as ``read``."""

    truth: str
    read: str
    count: int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The result of ``evaluate``.

    Attributes:
        classes: all characters that the classifier knows.
        matrix: int64 (C, C): samples of the class of the row that were read as the class of the column.
        folded_accuracy: share of samples read right if look-alikes (``ocr_cli.lookalikes``) are one class.
        left_out: samples not scored because the classifier does not know their label.
    """

    classes: tuple[str, ...]
    matrix: npt.NDArray[np.int64]
    folded_accuracy: float
    left_out: int

    @property
    def samples(self) -> int:
        """Samples scored."""
        return int(self.matrix.sum())

    @property
    def accuracy(self) -> float:
        """Share of the scored samples that were read right, in [0, 1]."""
        return float(np.trace(self.matrix) / self.matrix.sum())

    @property
    def per_class(self) -> dict[str, tuple[int, float]]:
        """For each class with samples: how many, and the share read right."""
        counts = self.matrix.sum(axis=1)
        return {
            name: (int(counts[k]), float(self.matrix[k, k] / counts[k]))
            for k, name in enumerate(self.classes)
            if counts[k]
        }

    @property
    def confusions(self) -> tuple[Confusion, ...]:
        """All pairs that were confused, the most frequent first."""
        wrong = self.matrix - np.diag(np.diag(self.matrix))
        pairs = [
            Confusion(self.classes[truth], self.classes[read], int(wrong[truth, read]))
            for truth, read in np.argwhere(wrong)
        ]
        return tuple(sorted(pairs, key=lambda pair: -pair.count))

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for ``json.dumps``."""
        return {
            "samples": self.samples,
            "accuracy": self.accuracy,
            "folded_accuracy": self.folded_accuracy,
            "left_out": self.left_out,
            "per_class": {
                name: {"samples": count, "accuracy": accuracy}
                for name, (count, accuracy) in self.per_class.items()
            },
            "confusions": [
                {"truth": pair.truth, "read": pair.read, "count": pair.count} for pair in self.confusions
            ],
        }


def evaluate(classifier: CropClassifier, dataset: Dataset) -> Evaluation:
    """Read every sample whose label the classifier knows and compare.

    Raises:
        DataError: if it knows no label of the set.
    """
    known = np.isin(dataset.labels, classifier.classes)
    if not known.any():
        raise DataError(f"{dataset.name}: none of its labels is a class of the model")
    scored = dataset.select(known)
    read = classifier.probabilities(scored.images).argmax(axis=1)
    return compare(scored.labels, read, classifier.classes, left_out=int((~known).sum()))


def compare(
    labels: npt.NDArray[np.str_],
    read: npt.NDArray[np.integer[Any]],
    classes: tuple[str, ...],
    left_out: int = 0,
) -> Evaluation:
    """Compare labels with what was read.

    Args:
        labels: (N,), N at least 1, each one of ``classes``.
        read: (N,), indices into ``classes``.
        classes: different from each other.
        left_out: samples that were not read.
    """
    order = np.argsort(classes)
    truth = order[np.searchsorted(classes, labels, sorter=order)]
    matrix = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(matrix, (truth, read), 1)
    folded = np.array([fold(name) for name in classes])
    return Evaluation(classes, matrix, float((folded[truth] == folded[read]).mean()), left_out)
