"""Each optimiser against a plain transcription of its paper's formulas, and in a bowl."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.network.optimisers import OPTIMISERS, SGD, Adam, Muon, orthogonal

GRADIENTS = np.random.default_rng(0).normal(size=(6, 4, 3))
RATE = 0.05


def start() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, 3))


def test_sgd() -> None:
    parameter = start()
    optimiser = SGD([parameter])
    for gradient in GRADIENTS:
        optimiser.step([gradient.copy()], RATE)
    np.testing.assert_allclose(parameter, start() - RATE * GRADIENTS.sum(axis=0))


def test_momentum() -> None:
    parameter, expected, velocity = start(), start(), 0.0
    optimiser = SGD([parameter], momentum=0.8)
    for gradient in GRADIENTS:
        optimiser.step([gradient.copy()], RATE)
        velocity = 0.8 * velocity + gradient
        expected = expected - RATE * velocity
    np.testing.assert_allclose(parameter, expected)


def test_adam() -> None:
    parameter, expected, mean, square = start(), start(), 0.0, 0.0
    optimiser = Adam([parameter])
    for step, gradient in enumerate(GRADIENTS, start=1):
        optimiser.step([gradient.copy()], RATE)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        corrected = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        expected = expected - RATE * corrected
    np.testing.assert_allclose(parameter, expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (5, 5)])
def test_an_orthogonal_matrix_has_the_same_directions_and_even_strengths(shape: tuple[int, int]) -> None:
    left, strengths, right = np.linalg.svd(np.random.default_rng(2).normal(size=shape), full_matrices=False)
    strengths = np.geomspace(1, 0.02, len(strengths))
    found = orthogonal((left * strengths) @ right)
    assert found.shape == shape
    along = left.T @ found @ right.T
    np.testing.assert_allclose(along, np.diag(np.diag(along)), atol=1e-9)
    assert np.all((np.diag(along) > 0.6) & (np.diag(along) < 1.25))


def test_muon_moves_matrices_by_orthogonal_momentum_and_the_rest_as_adam_does() -> None:
    matrix, rest, other = start(), start(), start()
    muon, adam = Muon([rest, matrix], [1]), Adam([other], betas=(0.9, 0.98))
    for gradient in GRADIENTS:
        muon.step([gradient.copy(), gradient.copy()], RATE)
        adam.step([gradient.copy()], RATE)
    np.testing.assert_allclose(rest, other)
    velocity, expected = np.zeros((4, 3)), start()
    for gradient in GRADIENTS:
        velocity = 0.95 * velocity + gradient
        expected -= RATE * 0.2 * 2 * orthogonal(gradient + 0.95 * velocity)
    np.testing.assert_allclose(matrix, expected, rtol=1e-5)


def test_muon_goes_on_where_it_was() -> None:
    whole, parts = start(), start()
    first, second = Muon([whole], [0]), Muon([parts], [0])
    for gradient in GRADIENTS:
        first.step([gradient.copy()], RATE)
    for gradient in GRADIENTS[:3]:
        second.step([gradient.copy()], RATE)
    again = Muon([parts], [0])
    for own, other in zip(again.state, second.state, strict=True):
        own[...] = other
    again.steps = second.steps
    for gradient in GRADIENTS[3:]:
        again.step([gradient.copy()], RATE)
    np.testing.assert_allclose(parts, whole)
    assert again.steps == first.steps == len(GRADIENTS)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_weight_decay_shrinks_weights_and_not_biases(name: str) -> None:
    weight, bias = np.ones((2, 2)), np.ones(2)
    OPTIMISERS[name]([weight, bias], 0.1).step([np.zeros((2, 2)), np.zeros(2)], 0.5)
    np.testing.assert_allclose(weight, 0.95)
    np.testing.assert_array_equal(bias, 1)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_state_and_steps_are_all_that_the_next_step_needs(name: str) -> None:
    parameter = start()
    first = OPTIMISERS[name]([parameter], 0.1)
    for gradient in GRADIENTS[:3]:
        first.step([gradient.copy()], RATE)
    twin = parameter.copy()
    second = OPTIMISERS[name]([twin], 0.1)
    second.steps = first.steps
    for array, saved in zip(second.state, first.state, strict=True):
        array[...] = saved
    for gradient in GRADIENTS[3:]:
        first.step([gradient.copy()], RATE)
        second.step([gradient.copy()], RATE)
    np.testing.assert_array_equal(twin, parameter)
    assert first.steps == second.steps == len(GRADIENTS)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_bottom_of_a_bowl_is_found(name: str) -> None:
    parameter = np.array([3.0, -2.0], np.float32)
    optimiser = OPTIMISERS[name]([parameter], 0.0)
    for _ in range(300):
        optimiser.step([2 * parameter], 0.05)
    assert parameter.dtype == np.float32
    assert abs(parameter).max() < 0.02
