"""How the gradients move the weights.

Every step works in place and uses the gradients as scratch space, so nothing is allocated; the next backward
pass overwrites them anyway.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from itertools import compress
from operator import not_
from typing import Protocol

import numpy as np

from ocr_cli.network.mlp import Array


class Optimiser(Protocol):
    """Changes the parameters that it was made for.

    Attributes:
        state: the arrays that outlast a step; with ``steps`` and the parameters, all that the next one needs.
        steps: how many were made.
    """

    state: list[Array]
    steps: int

    def step(self, gradients: Sequence[Array], learning_rate: float) -> None:
        """Move the parameters once.

        Args:
            gradients: of the loss, one for each parameter, same shapes; their contents are lost.
            learning_rate: step size, above 0.
        """


class SGD:
    """Stochastic gradient descent, with (heavy ball) momentum if ``momentum`` is not 0.

    ``v <- momentum v + g``, ``p <- p - learning_rate v``: B. Polyak, 1964.

    Args:
        parameters: arrays to change in place.
        momentum: share of the last step that is kept, in [0, 1).
        weight_decay: share of every weight, times the learning rate, that a step takes away; biases keep
            theirs.
    """

    def __init__(
        self, parameters: Sequence[Array], *, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        self.parameters = list(parameters)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.state = [np.zeros_like(p) for p in self.parameters] if momentum else []
        self.steps = 0

    def step(self, gradients: Sequence[Array], learning_rate: float) -> None:
        """Move the parameters once; see ``Optimiser.step``."""
        _decay(self.parameters, learning_rate * self.weight_decay)
        self.steps += 1
        if not self.momentum:
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                gradient *= learning_rate
                parameter -= gradient
            return
        for parameter, gradient, velocity in zip(self.parameters, gradients, self.state, strict=True):
            velocity *= self.momentum
            velocity += gradient
            np.multiply(velocity, learning_rate, out=gradient)
            parameter -= gradient


class Adam:
    """Steps scaled by running means of the gradient and of its square.

    Source: D. Kingma and J. Ba, "Adam", ICLR 2015, algorithm 1. Instead of the means ``m`` and ``v`` their
    sums ``m / (1 - beta1)`` and ``v / (1 - beta2)`` are kept, which saves two passes over the weights; the
    factors and the bias corrections are in the step size and in epsilon. The weight decay is decoupled from
    the gradient (I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019).

    Args:
        parameters: arrays to change in place.
        betas: memory of the means of the gradient and of its square, each in [0, 1).
        epsilon: keeps the division finite.
        weight_decay: as in ``SGD``.
    """

    def __init__(
        self,
        parameters: Sequence[Array],
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = list(parameters)
        self.betas = betas
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.sums = [np.zeros_like(p) for p in self.parameters]
        self.squares = [np.zeros_like(p) for p in self.parameters]
        self.state = [*self.sums, *self.squares]
        self.steps = 0

    def step(self, gradients: Sequence[Array], learning_rate: float) -> None:
        """Move the parameters once; see ``Optimiser.step``."""
        _decay(self.parameters, learning_rate * self.weight_decay)
        self.steps += 1
        beta1, beta2 = self.betas
        # What the sums, and the root of the sum of squares, are divided by to be means without bias.
        count = (1.0 - beta1**self.steps) / (1.0 - beta1)
        root = math.sqrt((1.0 - beta2**self.steps) / (1.0 - beta2))
        for parameter, gradient, total, square in zip(
            self.parameters, gradients, self.sums, self.squares, strict=True
        ):
            total *= beta1
            total += gradient
            np.square(gradient, out=gradient)
            square *= beta2
            square += gradient
            np.sqrt(square, out=gradient)
            gradient += self.epsilon * root
            np.divide(total, gradient, out=gradient)
            gradient *= learning_rate * root / count
            parameter -= gradient


class Muon:
    """Momentum, made orthogonal, for the matrices between hidden units; ``Adam`` for all else.

    A step moves such a matrix alike in all directions in which its gradients agree, weak ones as well:
    ``v <- momentum v + g``, ``p <- p - learning_rate 0.2 sqrt(longer side) orthogonal(g + momentum v)``.
    Source: K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; the factor,
    with which steps are about as long as Adam's: J. Liu et al., "Muon is scalable for LLM training", 2025.

    Args:
        parameters: arrays to change in place.
        hidden: which of them are such matrices.
        momentum: share of the last step that is kept, in [0, 1).
        betas: as in ``Adam``.
        weight_decay: as in ``SGD``.
    """

    def __init__(
        self,
        parameters: Sequence[Array],
        hidden: Collection[int],
        *,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.98),
        weight_decay: float = 0.0,
    ) -> None:
        self._hidden = [number in hidden for number in range(len(parameters))]
        self._matrices = list(compress(parameters, self._hidden))
        self.momentum = momentum
        self.weight_decay = weight_decay
        self._adam = Adam(
            list(compress(parameters, map(not_, self._hidden))), betas=betas, weight_decay=weight_decay
        )
        self._velocities = [np.zeros_like(p) for p in self._matrices]
        self.state = [*self._velocities, *self._adam.state]

    @property
    def steps(self) -> int:
        """How many were made."""
        return self._adam.steps

    @steps.setter
    def steps(self, steps: int) -> None:
        self._adam.steps = steps

    def step(self, gradients: Sequence[Array], learning_rate: float) -> None:
        """Move the parameters once; see ``Optimiser.step``."""
        _decay(self._matrices, learning_rate * self.weight_decay)
        own = compress(gradients, self._hidden)
        for parameter, gradient, velocity in zip(self._matrices, own, self._velocities, strict=True):
            velocity *= self.momentum
            velocity += gradient
            gradient += self.momentum * velocity
            length = learning_rate * 0.2 * math.sqrt(max(gradient.shape))
            parameter -= np.float32(length) * orthogonal(gradient)
        self._adam.step(list(compress(gradients, map(not_, self._hidden))), learning_rate)


def orthogonal(matrix: Array) -> Array:
    """About the nearest matrix whose singular values are all 1: they come to lie in [0.7, 1.2].

    Five steps of a Newton-Schulz iteration whose polynomial lifts small singular values fast (K. Jordan).

    Args:
        matrix: float (M, N), not all 0.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    found = wide / (np.linalg.norm(wide) + 1e-7)
    for _ in range(5):
        square = found @ found.T
        found = 3.4445 * found + (-4.7750 * square + 2.0315 * square @ square) @ found
    return np.asarray(found if wide is matrix else found.T)


def _decay(parameters: Sequence[Array], amount: float) -> None:
    """Shrink the weights by ``amount``; vectors are biases and stay."""
    if amount:
        for parameter in parameters:
            if parameter.ndim > 1:
                parameter *= 1.0 - amount


OPTIMISERS: dict[str, Callable[[Sequence[Array], float], Optimiser]] = {
    "sgd": lambda parameters, weight_decay: SGD(parameters, weight_decay=weight_decay),
    "momentum": lambda parameters, weight_decay: SGD(parameters, momentum=0.9, weight_decay=weight_decay),
    "adam": lambda parameters, weight_decay: Adam(parameters, weight_decay=weight_decay),
}
