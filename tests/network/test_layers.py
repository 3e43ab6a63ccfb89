from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from ocr_cli.network.mlp import ACTIVATIONS, MLP, Linear, cross_entropy


def numerical_gradient(loss: Callable[[], float], array: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Central differences of ``loss`` by each element of ``array``, which is nudged in place."""
    gradient = np.empty_like(array)
    for place in np.ndindex(array.shape):
        value = array[place]
        array[place] = value + step
        above = loss()
        array[place] = value - step
        gradient[place] = (above - loss()) / (2 * step)
        array[place] = value
    return gradient


def random_network(activation: str, sizes: tuple[int, ...] = (5, 4, 6, 3)) -> MLP:
    """A float64 network, so that differences of the loss are exact enough to compare with."""
    rng = np.random.default_rng(3)
    pairs = list(itertools.pairwise(sizes))
    return MLP.from_arrays(
        [rng.normal(size=p) for p in pairs], [rng.normal(size=p[1]) for p in pairs], activation
    )


def test_linear_gradients_match_finite_differences() -> None:
    rng = np.random.default_rng(4)
    layer = Linear(rng.normal(size=(3, 4)), rng.normal(size=4))
    x, slope = rng.normal(size=(5, 3)), rng.normal(size=(5, 4))

    def loss() -> float:
        return float(np.vdot(slope, layer.forward(x)))

    layer.backward(x, slope)
    np.testing.assert_allclose(layer.weight_gradient, numerical_gradient(loss, layer.weight), atol=1e-8)
    np.testing.assert_allclose(layer.bias_gradient, numerical_gradient(loss, layer.bias), atol=1e-8)
    np.testing.assert_allclose(layer.input_gradient(slope), numerical_gradient(loss, x), atol=1e-8)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_gradient_of_a_network_matches_finite_differences(activation: str, soft: bool) -> None:
    network = random_network(activation)
    rng = np.random.default_rng(6)
    x = rng.normal(size=(7, 5))
    targets = rng.dirichlet(np.ones(3), 7) if soft else rng.integers(0, 3, 7)

    def loss() -> float:
        return cross_entropy(network.forward(x), targets)[0]

    network.backward(cross_entropy(network.forward_training(x), targets)[1])
    for parameter, gradient in zip(network.parameters, network.gradients, strict=True):
        np.testing.assert_allclose(gradient, numerical_gradient(loss, parameter), atol=1e-7)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_under_dropout_match_finite_differences(activation: str) -> None:
    network = random_network(activation)
    x, targets = np.random.default_rng(7).normal(size=(6, 5)), np.array([0, 1, 2, 0, 1, 2])

    def loss() -> float:  # the same seed silences the same units
        return cross_entropy(network.forward_training(x, 0.4, np.random.default_rng(8)), targets)[0]

    logits = network.forward_training(x, 0.4, np.random.default_rng(8))
    network.backward(cross_entropy(logits, targets)[1])
    gradients = [gradient.copy() for gradient in network.gradients]
    for parameter, gradient in zip(network.parameters, gradients, strict=True):
        np.testing.assert_allclose(gradient, numerical_gradient(loss, parameter), atol=1e-7)
