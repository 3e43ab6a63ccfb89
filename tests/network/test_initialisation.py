from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.network.initialisation import INITIALISATIONS, he, xavier, zero


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_shape_type_and_seed(name: str) -> None:
    draw = INITIALISATIONS[name]
    weights = draw(30, 20, np.random.default_rng(5))
    assert weights.shape == (30, 20)
    assert weights.dtype == np.float32
    np.testing.assert_array_equal(weights, draw(30, 20, np.random.default_rng(5)))


def test_zero_is_zero() -> None:
    assert not zero(4, 3, np.random.default_rng(0)).any()


def test_xavier_stays_in_its_bounds_with_its_variance() -> None:
    weights = xavier(300, 200, np.random.default_rng(0))
    assert abs(weights).max() <= np.sqrt(6 / 500)
    assert weights.var() == pytest.approx(2 / 500, rel=0.02)
    assert abs(weights.mean()) < 1e-3


def test_he_keeps_the_power_of_a_signal_through_relu() -> None:
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(200, 500))
    for _ in range(4):
        signal = np.maximum(signal, 0) @ he(500, 500, rng)
    assert (signal**2).mean() == pytest.approx(2 * 0.5, rel=0.3)
