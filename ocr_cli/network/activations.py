"""What comes between the layers, and the loss at the end.

Each hidden activation ``y = f(x)`` has a derivative that can be told from ``y`` alone, so the forward pass
need not keep ``x``: ``sigmoid' = y (1 - y)``, ``tanh' = 1 - y^2``, ``relu' = [y > 0]``.

All functions keep the floating-point type they are given: float32 in the program, float64 in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Targets: TypeAlias = npt.NDArray[np.integer[Any]] | Array
"""Class indices (N,), or probabilities (N, C) whose rows sum to 1."""


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """Logistic function ``1 / (1 + exp(-x))``, by way of tanh, which cannot overflow.

    Args:
        x: any shape.
        out: where to put the result; may be ``x`` itself.

    Returns:
        Values in [0, 1].
    """
    y = np.multiply(x, 0.5, out=out)
    np.tanh(y, out=y)
    y += 1.0
    y *= 0.5
    return y


def sigmoid_gradient(y: Array) -> Array:
    """The derivative of ``sigmoid`` where its value is ``y``."""
    return y - y * y


def tanh(x: Array, out: Array | None = None) -> Array:
    """Hyperbolic tangent, values in [-1, 1]; ``out`` may be ``x`` itself."""
    y: Array = np.tanh(x, out=out)
    return y


def tanh_gradient(y: Array) -> Array:
    """The derivative of ``tanh`` where its value is ``y``."""
    return 1.0 - y * y


def relu(x: Array, out: Array | None = None) -> Array:
    """Rectifier ``max(x, 0)`` of (..., N); ``out`` may be ``x`` itself."""
    # NumPy compares with a row of zeros three times as fast as with one zero.
    y: Array = np.maximum(x, np.zeros(x.shape[-1], x.dtype), out=out)
    return y


def relu_gradient(y: Array) -> npt.NDArray[np.bool_]:
    """The derivative of ``relu`` where its value is ``y``; 0 is chosen at the kink."""
    return np.greater(y, 0.0)


class Activation(NamedTuple):
    """A function (with an ``out`` argument) and its derivative in terms of its value."""

    function: Callable[[Array, Array | None], Array]
    gradient: Callable[[Array], npt.NDArray[Any]]


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_gradient),
    "tanh": Activation(tanh, tanh_gradient),
    "relu": Activation(relu, relu_gradient),
}


def softmax(logits: Array) -> Array:
    """Probabilities ``exp(z_i) / sum_j exp(z_j)`` of each row.

    The row maximum is subtracted first. That changes nothing in exact arithmetic, because the factor
    ``exp(-max)`` cancels, and keeps every exponent at or below 0.

    Args:
        logits: (N, C), finite.

    Returns:
        (N, C), values in [0, 1], each row sums to 1.
    """
    _, exponentials, sums = _exponentials(logits)
    exponentials /= sums
    return exponentials


def cross_entropy(logits: Array, targets: Targets) -> tuple[float, Array]:
    """Softmax and cross-entropy in one, because together their gradient is simply ``p - t``.

    The loss of a row is ``-sum_i t_i log p_i = log sum_j exp(z_j) - sum_i t_i z_i``; no logarithm of a
    probability that was rounded to 0 is ever taken.

    Args:
        logits: (N, C).
        targets: class indices (N,), or probabilities (N, C) whose rows sum to 1 (for smoothed or distilled
            labels).

    Returns:
        The loss summed over the rows, and the gradient of that sum by the logits, (N, C).
    """
    shifted, gradient, sums = _exponentials(logits)
    gradient /= sums
    loss = np.log(sums).sum()
    if targets.ndim == 2:
        loss -= np.vdot(targets, shifted)
        gradient -= targets
    else:
        # One index into the flat array is looked up faster than a row and a column.
        places = np.arange(0, logits.size, logits.shape[1]) + targets
        loss -= shifted.reshape(-1)[places].sum()
        gradient.reshape(-1)[places] -= 1.0
    return float(loss), gradient


def _exponentials(logits: Array) -> tuple[Array, Array, Array]:
    """Logits less their row's maximum and the exponentials of that, (N, C), and the sums of these, (N, 1)."""
    # Logits further apart than the type's range give a shift of -inf and a probability of exactly 0.
    with np.errstate(over="ignore"):
        shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    return shifted, exponentials, np.add.reduce(exponentials, axis=1, keepdims=True)
