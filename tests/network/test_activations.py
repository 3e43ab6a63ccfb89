from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ocr_cli.network.mlp import ACTIVATIONS, cross_entropy, sigmoid, softmax

LOGITS = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(-50.0, 50.0, width=32)
)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gradient_told_from_the_output_is_the_slope(name: str) -> None:
    activation = ACTIVATIONS[name]
    x = np.linspace(-4.0, 4.0, 80)  # no point on relu's kink
    step = 1e-6
    slope = (activation.function(x + step, None) - activation.function(x - step, None)) / (2 * step)
    np.testing.assert_allclose(activation.gradient(activation.function(x, None)), slope, atol=1e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_can_write_over_its_input(name: str) -> None:
    x = np.linspace(-3, 3, 7, dtype=np.float32)
    expected = ACTIVATIONS[name].function(x, None)
    result = ACTIVATIONS[name].function(x, x)
    assert result is x
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x, expected)


def test_sigmoid_of_any_float_is_a_probability() -> None:
    largest = np.finfo(np.float32).max
    x = np.array([-np.inf, -largest, -1000, -1, 0, 1, 1000, largest, np.inf], np.float32)
    y = sigmoid(x)  # a warning would fail the test
    np.testing.assert_allclose(y[[0, 1, 2, 4, 6, 7, 8]], [0, 0, 0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(y[[3, 5]], [1 / (1 + np.e), np.e / (1 + np.e)], rtol=1e-6)


@given(LOGITS, st.integers(-(2**20), 2**20))
def test_softmax_does_not_change_under_a_shift(logits: np.ndarray, shift: int) -> None:
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=1e-8, atol=1e-12)


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=8),
        elements=st.floats(allow_nan=False, allow_infinity=False, width=32),
    )
)
def test_softmax_of_any_finite_floats_is_a_distribution(logits: np.ndarray) -> None:
    probabilities = softmax(logits)
    assert probabilities.dtype == np.float32
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
    rows = np.arange(len(logits))
    assert (probabilities[rows, logits.argmax(axis=1)] == probabilities.max(axis=1)).all()


def test_softmax_is_the_ratio_of_exponentials() -> None:
    logits = np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.0]])
    exponentials = np.exp(logits)
    np.testing.assert_allclose(softmax(logits), exponentials / exponentials.sum(axis=1, keepdims=True))


def test_cross_entropy_of_even_odds() -> None:
    loss, gradient = cross_entropy(np.zeros((3, 4)), np.array([0, 1, 2]))
    assert loss == pytest.approx(3 * np.log(4))
    np.testing.assert_allclose(gradient, 0.25 - np.eye(4)[:3])


def test_cross_entropy_takes_indices_or_probabilities() -> None:
    rng = np.random.default_rng(1)
    logits, indices = rng.normal(size=(5, 4)), np.array([3, 0, 0, 2, 1])
    by_index, by_row = cross_entropy(logits, indices), cross_entropy(logits, np.eye(4)[indices])
    assert by_index[0] == pytest.approx(by_row[0])
    np.testing.assert_allclose(by_index[1], by_row[1])


@pytest.mark.parametrize("soft", [False, True])
def test_the_gradient_of_cross_entropy_matches_finite_differences(soft: bool) -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(4, 5))
    targets = rng.dirichlet(np.ones(5), 4) if soft else np.array([0, 4, 2, 2])
    _, gradient = cross_entropy(logits, targets)
    step = 1e-6
    for place in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[place] = step
        rise = cross_entropy(logits + nudge, targets)[0] - cross_entropy(logits - nudge, targets)[0]
        assert gradient[place] == pytest.approx(rise / (2 * step), abs=1e-8)


def test_a_hopelessly_wrong_answer_has_a_large_finite_loss() -> None:
    loss, gradient = cross_entropy(np.array([[10_000.0, -10_000.0]], np.float32), np.array([1]))
    assert loss == pytest.approx(20_000)
    np.testing.assert_array_equal(gradient, [[1, -1]])
