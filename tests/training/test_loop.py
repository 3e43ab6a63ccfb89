from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.errors import DivergenceError
from ocr_cli.network.mlp import MLP
from ocr_cli.training.loop import Epoch, Training, TrainingSettings, TrainingState, _smooth, fit, score
from ocr_cli.training.sources import ArraySource


def blobs(seed: int = 0, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of points in four dimensions: float32 (count, 4) and their classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    return (rng.normal(size=(count, 4)) + 2 * np.eye(4)[labels]).astype(np.float32), labels


def train(settings: TrainingSettings, **keywords: object) -> Training:
    network = MLP([4, 8, 3], "tanh", rng=np.random.default_rng(settings.seed))
    source = ArraySource(*blobs(), settings.batch_size, settings.seed)
    return fit(network, source, settings, validation=blobs(1), **keywords)


BASE = {"epochs": 5, "batch_size": 16, "learning_rate": 0.02}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reduction": "mean", "learning_rate": 0.3},
        {"optimiser": "momentum", "learning_rate": 0.002},
        {"optimiser": "adam", "learning_rate": 0.02, "schedule": "cosine", "warmup_epochs": 0.5},
        {"dropout": 0.3},
        {"label_smoothing": 0.1},
        {"weight_decay": 0.01},
        {"weight_average": 0.98},
    ],
)
def test_every_way_of_training_learns_and_repeats_itself(changes: dict[str, object]) -> None:
    settings = TrainingSettings(**{**BASE, **changes})
    first, again = train(settings), train(settings)
    assert first.best_epoch.validation is not None
    assert first.best_epoch.validation.accuracy > 0.8
    assert first.history[-1].training.loss < first.history[0].training.loss
    for ours, theirs in zip(first.last.parameters, again.last.parameters, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)


def test_another_seed_gives_other_weights() -> None:
    first, other = train(TrainingSettings(**BASE)), train(TrainingSettings(**BASE, seed=1))
    assert not np.array_equal(first.last.parameters[0], other.last.parameters[0])


def test_summed_gradients_are_averaged_ones_at_a_rate_times_the_batch_size() -> None:
    summed = train(TrainingSettings(epochs=2, batch_size=20, learning_rate=0.01))
    averaged = train(TrainingSettings(epochs=2, batch_size=20, learning_rate=0.2, reduction="mean"))
    for ours, theirs in zip(summed.last.parameters, averaged.last.parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_the_best_epoch_is_the_one_that_validation_prefers() -> None:
    result = train(TrainingSettings(epochs=8, batch_size=16, learning_rate=0.3))
    scores = [(e.validation.accuracy, -e.validation.loss) for e in result.history if e.validation]
    assert result.best_epoch is result.history[scores.index(max(scores))]
    assert score(result.best, *blobs(1)) == result.best_epoch.validation
    assert score(result.last, *blobs(1)) == result.history[-1].validation


def test_without_validation_the_training_score_decides() -> None:
    result = fit(
        MLP([4, 8, 3], rng=np.random.default_rng(0)),
        ArraySource(*blobs(), 16, 0),
        TrainingSettings(epochs=3, batch_size=16),
    )
    assert all(epoch.validation is None for epoch in result.history)
    assert result.best_epoch.score == max((e.training for e in result.history), key=lambda s: s.accuracy)


def test_reports_come_batch_by_batch_and_epoch_by_epoch() -> None:
    losses: list[float] = []
    epochs: list[Epoch] = []
    result = train(TrainingSettings(**BASE), on_batch=losses.append, on_epoch=epochs.append)
    assert len(losses) == 5 * 13  # 200 samples in batches of 16
    assert tuple(epochs) == result.history
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5]
    weights = [16] * 12 + [8]
    assert np.average(losses[:13], weights=weights) == pytest.approx(epochs[0].training.loss)


def test_zero_weights_stay_alike_through_a_whole_training() -> None:
    network = MLP([4, 6, 3], "sigmoid", "zero")
    result = fit(network, ArraySource(*blobs(), 16, 0), TrainingSettings(**BASE))
    weight = result.last.layers[0].weight
    np.testing.assert_allclose(weight, np.repeat(weight[:, :1], 6, axis=1), rtol=1e-5)


def test_ctrl_c_keeps_the_best_so_far() -> None:
    whole = train(TrainingSettings(**BASE))

    def interrupt(epoch: Epoch) -> None:
        if epoch.number == 3:
            raise KeyboardInterrupt

    result = train(TrainingSettings(**BASE), on_epoch=interrupt)
    assert result.interrupted
    assert not whole.interrupted
    assert [e.training for e in result.history] == [e.training for e in whole.history[:3]]
    assert score(result.best, *blobs(1)) == result.best_epoch.validation


def test_ctrl_c_right_after_going_on_keeps_what_there_was() -> None:
    states: list[TrainingState] = []
    train(TrainingSettings(**BASE | {"epochs": 1}), on_state=lambda state: states.append(state))

    def interrupt(loss: float) -> None:
        raise KeyboardInterrupt

    result = train(TrainingSettings(**BASE), start=states[0], on_batch=interrupt)
    assert result.interrupted
    assert result.history == states[0].history
    assert score(result.best, *blobs(1)) == result.best_epoch.validation


def test_ctrl_c_before_the_first_epoch_is_over_leaves_nothing_to_keep() -> None:
    def interrupt(loss: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TrainingSettings(**BASE), on_batch=interrupt)


def test_a_training_that_breaks_down_says_so_in_one_line() -> None:
    network = MLP([4, 8, 8, 3], "relu", "he", np.random.default_rng(0))
    with pytest.raises(DivergenceError, match="smaller than 1e") as caught:
        fit(network, ArraySource(*blobs(), 16, 0), TrainingSettings(learning_rate=1e6, epochs=20))
    assert "\n" not in str(caught.value)


def test_a_last_step_that_breaks_down_is_seen_by_validation() -> None:
    x, labels = blobs(count=16)
    with pytest.raises(DivergenceError, match="broke down in epoch 1"):
        fit(
            MLP([4, 3], rng=np.random.default_rng(0)),
            ArraySource(x, labels, 16, 0),
            TrainingSettings(learning_rate=1e38, epochs=1),
            validation=(x * 10, labels),
        )


def test_the_rate_warms_up_and_sinks() -> None:
    settings = TrainingSettings(learning_rate=0.1, epochs=10, warmup_epochs=2, schedule="cosine")
    rates = [settings.rate(progress) for progress in (0, 1, 2, 6, 10)]
    np.testing.assert_allclose(rates, [0, 0.05, 0.1, 0.05, 0], atol=1e-12)
    assert TrainingSettings(learning_rate=0.1).rate(39.9) == 0.1
    assert TrainingSettings(learning_rate=0.1, epochs=1, warmup_epochs=3, schedule="cosine").rate(1) < 0.1


def test_smoothing_spreads_a_share_over_all_classes() -> None:
    np.testing.assert_allclose(_smooth(np.array([1]), 4, 0.2), [[0.05, 0.85, 0.05, 0.05]])
    soft = np.array([[0.5, 0.5, 0, 0]], np.float32)
    np.testing.assert_allclose(_smooth(soft, 4, 0.2), [[0.45, 0.45, 0.05, 0.05]])


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"batch_size": 0},
        {"epochs": 0},
        {"optimiser": "newton"},
        {"reduction": "median"},
        {"schedule": "steps"},
        {"warmup_epochs": -1.0},
        {"dropout": 1.0},
        {"label_smoothing": -0.1},
        {"weight_average": 1.0},
        {"weight_decay": float("nan")},
    ],
)
def test_settings_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        TrainingSettings(**wrong)
