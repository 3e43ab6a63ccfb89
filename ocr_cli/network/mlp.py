"""The multilayer perceptron: linear layers with an activation between them, and the loss at the end.

Each hidden activation ``y = f(x)`` has a derivative that can be told from ``y`` alone, so the forward pass
need not keep ``x``: ``sigmoid' = y (1 - y)``, ``tanh' = 1 - y^2``, ``relu' = [y > 0]``. All functions keep
the floating-point type they are given: float32 in the program, float64 in the tests.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.network.initialisation import INITIALISATIONS

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


class MLP:
    """A network from feature vectors to logits (softmax of which are the class probabilities).

    Training is ``forward_training``, a gradient from ``cross_entropy``, ``backward``, and an optimiser's step
    over ``parameters`` and ``gradients``. ``forward`` alone changes nothing and may be used from threads.

    Args:
        sizes: inputs, units of each hidden layer, classes; at least two, each at least 1.
        activation: ``sigmoid``, ``tanh`` or ``relu``, of the hidden layers.
        initialisation: ``zero``, ``xavier`` or ``he``.
        rng: draws the first weights.

    Raises:
        ValueError: if a size or a name is not one of these.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "sigmoid",
        initialisation: str = "xavier",
        rng: np.random.Generator | None = None,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"not the sizes of a network: {list(sizes)}")
        if initialisation not in INITIALISATIONS:
            raise ValueError(f"unknown initialisation: {initialisation}")
        rng = rng or np.random.default_rng()
        draw = INITIALISATIONS[initialisation]
        self._set_layers(
            [
                Linear(draw(inputs, outputs, rng), np.zeros(outputs, np.float32))
                for inputs, outputs in itertools.pairwise(sizes)
            ],
            activation,
        )

    @classmethod
    def from_arrays(cls, weights: Sequence[Array], biases: Sequence[Array], activation: str) -> MLP:
        """A network of given weights (inputs, outputs) and biases (outputs,), first layer first.

        Raises:
            ValueError: if the shapes do not fit together or the activation is unknown.
        """
        if not weights or len(weights) != len(biases):
            raise ValueError(f"{len(weights)} weight arrays and {len(biases)} biases")
        inputs = weights[0].shape[0]
        for weight, bias in zip(weights, biases, strict=True):
            if weight.shape != (inputs, *bias.shape) or weight.size == 0:
                raise ValueError(f"weights {weight.shape} and bias {bias.shape} after {inputs} values")
            inputs = weight.shape[1]
        network = cls.__new__(cls)
        network._set_layers([Linear(w, b) for w, b in zip(weights, biases, strict=True)], activation)
        return network

    def _set_layers(self, layers: list[Linear], activation: str) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation: {activation}")
        self.layers = layers
        self.activation = activation
        # What forward_training leaves for backward: the inputs of each layer, the value of each hidden
        # activation, and the factors by which dropout thinned it (None without dropout).
        self._inputs: list[Array] = []
        self._hidden: list[tuple[Array, Array | None]] = []
        self._buffers: list[Array] = []
        self._work: list[tuple[Array, ...]] = []

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units, classes."""
        return (self.layers[0].weight.shape[0], *(layer.bias.shape[0] for layer in self.layers))

    @property
    def parameters(self) -> list[Array]:
        """Weight and bias of each layer, the arrays themselves."""
        return [array for layer in self.layers for array in (layer.weight, layer.bias)]

    @property
    def gradients(self) -> list[Array]:
        """The gradients of ``parameters`` after ``backward``, in the same order."""
        return [array for layer in self.layers for array in (layer.weight_gradient, layer.bias_gradient)]

    def copy(self) -> MLP:
        """A network with its own copy of the weights."""
        return MLP.from_arrays(
            [layer.weight.copy() for layer in self.layers],
            [layer.bias.copy() for layer in self.layers],
            self.activation,
        )

    def forward(self, x: Array) -> Array:
        """Logits (N, classes) of feature vectors (N, inputs)."""
        return self.finish(self.hidden(x)) if len(self.layers) > 1 else self.layers[0].forward(x)

    def hidden(self, x: Array) -> Array:
        """The first hidden units (N, units) of feature vectors (N, inputs); there must be hidden layers."""
        units = self.layers[0].forward(x)
        ACTIVATIONS[self.activation].function(units, units)
        return units

    def finish(self, units: Array) -> Array:
        """Logits (N, classes) of what ``hidden`` returned, which is not changed."""
        function = ACTIVATIONS[self.activation].function
        for layer in self.layers[1:-1]:
            units = layer.forward(units)
            function(units, units)
        return self.layers[-1].forward(units)

    def forward_training(
        self, x: Array, dropout: float = 0.0, rng: np.random.Generator | None = None
    ) -> Array:
        """Logits as from ``forward``, remembering what ``backward`` needs.

        Args:
            x: (N, inputs), not to be changed before ``backward``.
            dropout: probability that a hidden unit is silenced, in [0, 1). The others are scaled up to keep
                the sum ("inverted" dropout), so ``forward`` needs no correction. Source: N. Srivastava et
                al., "Dropout", JMLR 15, 2014.
            rng: draws the silenced units.

        Returns:
            (N, classes).
        """
        function = ACTIVATIONS[self.activation].function
        self._prepare(len(x))
        self._inputs, self._hidden = [x], []
        for layer, (output, thinned, factors, _) in zip(self.layers, self._work, strict=False):
            function(layer.forward(x, output), output)
            if dropout:
                (rng or np.random.default_rng()).random(dtype=factors.dtype.type, out=factors)
                np.greater_equal(factors, dropout, out=factors)
                factors /= 1.0 - dropout
                x = np.multiply(output, factors, out=thinned)
            else:
                x = output
            self._inputs.append(x)
            self._hidden.append((output, factors if dropout else None))
        return self.layers[-1].forward(x)

    def backward(self, gradient: Array) -> None:
        """Set ``gradients`` from dL/dlogits (N, classes) of the last ``forward_training``."""
        derivative = ACTIVATIONS[self.activation].gradient
        for index in reversed(range(len(self.layers))):
            layer = self.layers[index]
            layer.backward(self._inputs[index], gradient)
            if index > 0:
                gradient = layer.input_gradient(gradient, self._work[index - 1][3])
                output, factors = self._hidden[index - 1]
                if factors is not None:
                    gradient *= factors
                gradient *= derivative(output)

    def _prepare(self, rows: int) -> None:
        """Have four arrays (rows, units) for each hidden layer, which are used again at every step."""
        if self._work and len(self._work[0][0]) == rows:
            return
        if not self._buffers or self._buffers[0].shape[1] < rows:
            self._buffers = [
                np.empty((4, rows, len(layer.bias)), layer.bias.dtype) for layer in self.layers[:-1]
            ]
        self._work = [tuple(arrays[:, :rows]) for arrays in self._buffers]


class Linear:
    """``y = x W + b`` for a batch of rows ``x``.

    With ``g = dL/dy`` the chain rule, summed over the N rows of the batch, gives::

        y_nj = sum_i x_ni W_ij + b_j
        dL/dW_ij = sum_n x_ni g_nj    that is   x^T g
        dL/db_j  = sum_n g_nj         that is   the column sums of g
        dL/dx_ni = sum_j g_nj W_ij    that is   g W^T

    Attributes:
        weight: (inputs, outputs).
        bias: (outputs,).
        weight_gradient: dL/dW of the last ``backward``, same shape and type as ``weight``.
        bias_gradient: dL/db of the last ``backward``.
    """

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight = weight
        self.bias = bias
        # Memory that zeros_like would write to; the system hands out zeros unwritten to a reader of pages.
        self.weight_gradient = np.zeros(weight.shape, weight.dtype)
        self.bias_gradient = np.zeros_like(bias)

    def forward(self, x: Array, out: Array | None = None) -> Array:
        """The outputs (N, outputs) of inputs (N, inputs), in ``out`` if it is given."""
        y: Array = np.matmul(x, self.weight, out=out)
        y += self.bias
        return y

    def backward(self, x: Array, gradient: Array) -> None:
        """Set the gradients of weight and bias, given the inputs and dL/dy (N, outputs)."""
        np.matmul(x.T, gradient, out=self.weight_gradient)
        np.add.reduce(gradient, axis=0, out=self.bias_gradient)

    def input_gradient(self, gradient: Array, out: Array | None = None) -> Array:
        """DL/dx (N, inputs), given dL/dy (N, outputs)."""
        result: Array = np.matmul(gradient, self.weight.T, out=out)
        return result
