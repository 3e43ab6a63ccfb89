"""Whether a classifier's probabilities are true: of what it is 90 % sure of, 90 % should be right.

Source: C. Guo et al., "On calibration of modern neural networks", ICML 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from ocr_cli.network.mlp import Array, cross_entropy, softmax

_TEMPERATURES = (0.1, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Samples sorted by confidence, the probability of the likeliest class, into bins of equal width.

    Attributes:
        counts: int64 (bins,), samples in the bin.
        confidence: float64 (bins,), their mean confidence in [0, 1]; NaN in an empty bin.
        accuracy: float64 (bins,), the share of them read right, in [0, 1]; NaN in an empty bin.
    """

    counts: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap between confidence and accuracy, in [0, 1]."""
        filled = self.counts > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float(np.average(gaps, weights=self.counts[filled]))


def reliability(confidence: Array, right: npt.NDArray[np.bool_], bins: int = 15) -> Reliability:
    """Compare confidence with accuracy, bin by bin; bin m holds confidences in (m / bins, (m + 1) / bins].

    Args:
        confidence: (N,), N at least 1, the probability in [0, 1] of the class that was read.
        right: (N,), whether that class is the true one.
        bins: at least 1.

    Raises:
        ValueError: if there are no samples or no bins.
    """
    if not len(confidence) or bins < 1:
        raise ValueError(f"{len(confidence)} samples in {bins} bins")
    # Rounding can leave a probability a little above 1.
    number = np.clip(np.ceil(confidence * bins).astype(np.intp) - 1, 0, bins - 1)
    counts = np.bincount(number, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            counts,
            np.bincount(number, weights=confidence, minlength=bins) / counts,
            np.bincount(number, weights=right, minlength=bins) / counts,
        )


def chance_error(confidence: Array, bins: int = 15, draws: int = 200) -> float:
    """The calibration error that confidences which are wholly true show with so few samples, in the mean.

    Args:
        confidence: (N,), N at least 1, in [0, 1].
        bins: at least 1.
        draws: how often it is drawn which of the samples are right, always alike.

    Raises:
        ValueError: if there are no samples or no bins.
    """
    rng = np.random.default_rng(0)
    errors = [
        reliability(confidence, rng.random(len(confidence)) < confidence, bins).error for _ in range(draws)
    ]
    return float(np.mean(errors))


def expected_calibration_error(
    probabilities: Array, labels: npt.NDArray[np.integer[Any]], bins: int = 15
) -> float:
    """``sum_m |B_m| / N |accuracy(B_m) - confidence(B_m)|``, equation 3 of Guo 2017.

    Args:
        probabilities: (N, C), N at least 1, values in [0, 1], each row sums to 1.
        labels: class indices (N,).
        bins: at least 1.

    Raises:
        ValueError: if there are no samples or no bins.
    """
    if not len(probabilities):
        raise ValueError("no samples to measure the calibration on")
    right = probabilities.argmax(axis=1) == labels
    return reliability(probabilities.max(axis=1), right, bins).error


def fit_temperature(logits: Array, labels: npt.NDArray[np.integer[Any]], *, by_error: bool = False) -> float:
    """The divisor of the logits that makes the probabilities most nearly true: the least cross-entropy.

    It changes no answer, only how sure the answers are.

    Args:
        logits: (N, C) of samples that the network did not learn from, N at least 1.
        labels: class indices (N,).
        by_error: look for the least expected calibration error instead, for large sets of which some labels
            are wrong: cross-entropy is ruled by these few.

    Returns:
        A temperature in [0.1, 10], to three digits; above 1 where the network was too sure.

    Raises:
        ValueError: if there are no samples.
    """
    if not len(logits):
        raise ValueError("no samples to fit a temperature to")
    if by_error:
        tried = np.geomspace(0.4, 2.5, 93)
        errors = [
            expected_calibration_error(softmax(logits * logits.dtype.type(1 / t)), labels) for t in tried
        ]
        return float(f"{tried[np.argmin(errors)]:.3g}")
    best = minimize_scalar(
        lambda log_t: cross_entropy(logits * logits.dtype.type(math.exp(-log_t)), labels)[0],
        bounds=[math.log(t) for t in _TEMPERATURES],
        method="bounded",
    )
    return float(f"{math.exp(best.x):.3g}")
