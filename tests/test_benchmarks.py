"""The benchmarks run by hand; what they compare must still be the same work."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PATH = Path(__file__).with_name("benchmarks") / "contenders.py"


@pytest.fixture(scope="module")
def contenders() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contenders", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["contenders"] = module  # Its dataclasses look themselves up there.
    spec.loader.exec_module(module)
    return module


def task(contenders: ModuleType, activation: str, optimiser: str):
    """Three clouds of points that any network tells apart."""
    labels = np.random.default_rng(0).permutation(np.arange(240) % 3)
    features = 0.3 * np.random.default_rng(1).standard_normal((240, 5), np.float32)
    features[np.arange(240), labels] += 1
    return contenders.Task(features, labels, (8,), activation, optimiser, batch_size=24, epochs=60)


@pytest.mark.parametrize(("activation", "optimiser"), [("sigmoid", "sgd"), ("relu", "adam")])
def test_ours_learns(contenders: ModuleType, activation: str, optimiser: str) -> None:
    assert contenders.ours(task(contenders, activation, optimiser))() < 0.35 < np.log(3)


def test_operations_and_steps_are_counted(contenders: ModuleType) -> None:
    small = task(contenders, "relu", "adam")
    assert small.sizes == (5, 8, 3)
    assert small.steps == 600
    forward, weight_gradients, input_gradient = 5 * 8 + 8 * 3, 5 * 8 + 8 * 3, 8 * 3
    assert small.operations == 2 * 60 * 240 * (forward + weight_gradients + input_gradient)


def test_jobs_take_turns_and_the_first_turn_does_not_count(contenders: ModuleType) -> None:
    turns: list[str] = []
    times = contenders.measure({name: lambda name=name: turns.append(name) for name in "ab"}, 3)
    assert turns == list("abababab")
    assert set(times) == {"a", "b"}
    assert times["a"].wall >= 0


def test_the_products_alone_can_be_done(contenders: ModuleType) -> None:
    contenders.matrix_products([4, 3, 2], 5)()
