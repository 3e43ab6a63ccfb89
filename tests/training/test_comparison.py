from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from ocr_cli.errors import DataError, DivergenceError
from ocr_cli.network.mlp import MLP
from ocr_cli.training.comparison import compare_values, value_name
from ocr_cli.training.loop import Epoch, Score, Training

NETWORK = MLP([2, 2], rng=np.random.default_rng(0))


def train(value: object, on_epoch: Callable[[Epoch], None], *, interrupted: bool = False) -> Training:
    """Two epochs, the first of which is the better one."""
    history = tuple(Epoch(n, Score(0.1 * n, 0.9), Score(n, 1 / n), 2.5 * n) for n in (1, 2))
    for epoch in history:
        on_epoch(epoch)
    return Training(NETWORK, NETWORK, history, history[0], interrupted)


def test_each_value_is_trained_at_in_turn() -> None:
    result = compare_values("hidden", [(8,), (8, 4)], train)
    assert [trial.value for trial in result.trials] == [(8,), (8, 4)]
    assert [trial.name for trial in result.trials] == ["8", "8,4"]
    for trial in result.trials:
        assert [epoch.number for epoch in trial.history] == [1, 2]
        assert trial.best == trial.history[0]
    assert not result.failed
    assert not result.interrupted


@pytest.mark.parametrize(
    ("error", "said"),
    [(DivergenceError("the loss is nan"), "the loss is nan"), (MemoryError(), "out of memory")],
)
def test_a_training_that_breaks_down_is_a_result(error: Exception, said: str) -> None:
    def break_down_at_9(value: int, on_epoch: Callable[[Epoch], None]) -> Training:
        result = train(value, on_epoch)
        if value == 9:
            raise error
        return result

    result = compare_values("lr", [9, 1], break_down_at_9)
    broken, whole = result.trials
    assert (broken.failure, broken.best, len(broken.history)) == (said, None, 2)
    assert whole.failure is None
    assert not result.failed
    assert compare_values("lr", [9], break_down_at_9).failed


def test_data_that_cannot_be_used_end_it() -> None:
    def refuse(value: object, on_epoch: object) -> Training:
        raise DataError("nothing to tell apart")

    with pytest.raises(DataError, match="nothing"):
        compare_values("lr", [1, 2], refuse)


@pytest.mark.parametrize("completed_epochs", [True, False])
def test_ctrl_c_keeps_what_is_finished(completed_epochs: bool) -> None:
    def interrupt_at_2(value: int, on_epoch: Callable[[Epoch], None]) -> Training:
        if value == 2 and not completed_epochs:
            raise KeyboardInterrupt
        return train(value, on_epoch, interrupted=value == 2)

    result = compare_values("lr", [1, 2, 3], interrupt_at_2)
    assert [trial.value for trial in result.trials] == [1]
    assert result.interrupted
    with pytest.raises(KeyboardInterrupt):
        compare_values("lr", [2, 1], interrupt_at_2)


def test_it_becomes_json() -> None:
    data = json.loads(json.dumps(compare_values("hidden", [(8, 4)], train).to_dict()))
    assert data["setting"] == "hidden"
    (trial,) = data["trials"]
    assert trial["value"] == [8, 4]
    assert trial["best"] == trial["history"][0]
    assert trial["best"]["validation"] == {"loss": 1, "accuracy": 1.0}


@pytest.mark.parametrize(
    ("value", "name"),
    [(10.0, "10"), (1e-05, "1e-05"), (0.1, "0.1"), (3, "3"), ("relu", "relu"), ((5, 6), "5,6")],
)
def test_values_are_named_as_they_are_typed(value: object, name: str) -> None:
    assert value_name(value) == name
