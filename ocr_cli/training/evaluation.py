"""How much of a labelled set a classifier reads right, what it takes for what, and whether it knows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import fold
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.training.calibration import Reliability, reliability

COVERAGES = (0.99, 0.95, 0.9)
"""Shares of the samples, the surest ones, that ``Evaluation.coverages`` looks at."""


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


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is gained by keeping only sure answers.

    Attributes:
        share: of the samples to keep at least, in (0, 1].
        confidence: the least confidence that keeps so many, in [0, 1].
        accuracy: share of the kept ones that were read right, in [0, 1].
    """

    share: float
    confidence: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The result of ``evaluate``: each sample's class, what it was read as, and how surely.

    Attributes:
        classes: all characters that could be read, C of them.
        truth: intp (N,), N at least 1, indices into ``classes``.
        read: intp (N,), likewise.
        confidence: float32 (N,), the probability of ``read``, in [0, 1].
        left_out: samples not scored because their label is none of ``classes``.
    """

    classes: tuple[str, ...]
    truth: npt.NDArray[np.intp]
    read: npt.NDArray[np.intp]
    confidence: npt.NDArray[np.float32]
    left_out: int

    @property
    def samples(self) -> int:
        """Samples scored."""
        return len(self.truth)

    @property
    def accuracy(self) -> float:
        """Share of the scored samples that were read right, in [0, 1]."""
        return float((self.truth == self.read).mean())

    @property
    def folded_accuracy(self) -> float:
        """Share of samples read right if look-alikes (``ocr_cli.alphabet``) are one class."""
        folded = np.array([fold(name) for name in self.classes])
        return float((folded[self.truth] == folded[self.read]).mean())

    @cached_property
    def matrix(self) -> npt.NDArray[np.int64]:
        """Int64 (C, C): samples of the class of the row that were read as the class of the column."""
        matrix = np.zeros((len(self.classes), len(self.classes)), np.int64)
        np.add.at(matrix, (self.truth, self.read), 1)
        return matrix

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

    @cached_property
    def reliability(self) -> Reliability:
        """Confidence beside accuracy, in 15 bins; its ``error`` is the expected calibration error."""
        return reliability(self.confidence, self.truth == self.read)

    @property
    def coverages(self) -> tuple[Coverage, ...]:
        """The accuracy of the surest 99, 95 and 90 % of the samples."""
        right = self.truth == self.read
        falling = np.sort(self.confidence)[::-1]
        result = []
        for share in COVERAGES:
            least = falling[int(np.ceil(share * len(falling))) - 1]
            kept = self.confidence >= least
            result.append(Coverage(share, float(least), float(right[kept].mean())))
        return tuple(result)

    def summary(self) -> dict[str, Any]:
        """The figures of the whole set alone, ready for ``json.dumps``."""
        return {
            "samples": self.samples,
            "left_out": self.left_out,
            "accuracy": self.accuracy,
            "folded_accuracy": self.folded_accuracy,
            "calibration_error": self.reliability.error,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for ``json.dumps``."""
        return {
            **self.summary(),
            "coverage": [
                {"share": c.share, "confidence": c.confidence, "accuracy": c.accuracy} for c in self.coverages
            ],
            "per_class": {
                name: {"samples": count, "accuracy": accuracy}
                for name, (count, accuracy) in self.per_class.items()
            },
            "confusions": [
                {"truth": pair.truth, "read": pair.read, "count": pair.count} for pair in self.confusions
            ],
        }


def evaluate(
    classifier: CropClassifier, dataset: Dataset, classes: Collection[str] | None = None
) -> Evaluation:
    """Read every sample whose label the classifier knows and compare.

    Args:
        classifier: what reads.
        dataset: what is read.
        classes: if given, samples of other classes are left out, and the classifier, as if told so, chooses
            among these alone: their probabilities are scaled to a sum of 1.

    Raises:
        DataError: if no label of the set is among the classes.
    """
    columns = [k for k, name in enumerate(classifier.classes) if classes is None or name in classes]
    names = tuple(classifier.classes[k] for k in columns)
    known = np.isin(dataset.labels, names)
    if not known.any():
        chosen = "a class of the model" if classes is None else "one of the classes asked for"
        raise DataError(
            f"{dataset.name}: none of its labels is {chosen}", hint="ocr inspect shows the classes of a model"
        )
    scored = dataset.select(known)
    probabilities = classifier.probabilities(scored.images)[:, columns]
    # The sum is 0 where the network is certain of a class that was not asked for.
    probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return compare(scored.labels, probabilities, names, left_out=int((~known).sum()))


def compare(
    labels: npt.NDArray[np.str_],
    probabilities: npt.NDArray[np.floating[Any]],
    classes: tuple[str, ...],
    left_out: int = 0,
) -> Evaluation:
    """Compare labels with the likeliest classes.

    Args:
        labels: (N,), N at least 1, each one of ``classes``.
        probabilities: (N, C), values in [0, 1], one column for each of ``classes``.
        classes: different from each other.
        left_out: samples that were not read.
    """
    order = np.argsort(classes)
    truth = order[np.searchsorted(classes, labels, sorter=order)]
    read = probabilities.argmax(axis=1)
    return Evaluation(classes, truth, read, probabilities.max(axis=1).astype(np.float32), left_out)


def join(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Several sets, at least one, read with the same classes, as if they were one."""
    return Evaluation(
        evaluations[0].classes,
        np.concatenate([e.truth for e in evaluations]),
        np.concatenate([e.read for e in evaluations]),
        np.concatenate([e.confidence for e in evaluations]),
        sum(e.left_out for e in evaluations),
    )
