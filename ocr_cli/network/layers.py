"""The fully connected layer and its gradients, derived by hand."""

from __future__ import annotations

import numpy as np

from ocr_cli.network.activations import Array


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
