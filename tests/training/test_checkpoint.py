from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_cli.errors import CheckpointError, OutputError
from ocr_cli.network.archive import write_archive
from ocr_cli.network.mlp import MLP
from ocr_cli.training.checkpoint import (
    FORMAT,
    VERSION,
    Checkpoint,
    _epoch,
    load_checkpoint,
    save_checkpoint,
)
from ocr_cli.training.loop import Epoch, Score, Training, TrainingSettings, TrainingState, fit
from ocr_cli.training.sources import ArraySource

FINGERPRINT = {"data": "abc", "epochs": 4, "rates": [0.1, 0.2], "init_from": None}
WAYS = [
    {},
    {"optimiser": "momentum", "learning_rate": 0.002},
    {"optimiser": "adam", "schedule": "cosine", "warmup_epochs": 1.5, "weight_decay": 0.01},
    {"dropout": 0.3, "label_smoothing": 0.1},
    {"optimiser": "adam", "weight_average": 0.98, "dropout": 0.2, "reduction": "mean"},
]


def samples(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 70)
    return (rng.normal(size=(70, 4)) + 2 * np.eye(4)[labels]).astype(np.float32), labels


def train(settings: TrainingSettings, network_seed: int = 0, **keywords: Any) -> Training:
    network = MLP([4, 8, 6, 3], "tanh", rng=np.random.default_rng(network_seed))
    source = ArraySource(*samples(0), settings.batch_size, settings.seed)
    return fit(network, source, settings, validation=samples(1), **keywords)


def checkpoint() -> Checkpoint:
    history = (
        Epoch(1, Score(1.5, 0.1), Score(1.25, 0.2), 0.5),
        Epoch(2, Score(1 / 3, 0.7), None, 1.0),
    )
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3, np.float32)]
    return Checkpoint(FINGERPRINT, TrainingState(history, 26, arrays))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz.checkpoint"
    save_checkpoint(path, checkpoint())
    return path


@pytest.mark.parametrize("changes", WAYS)
def test_a_training_that_went_on_from_a_file_is_one_that_never_stopped(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    settings = TrainingSettings(**{"epochs": 4, "batch_size": 16, "learning_rate": 0.02, **changes})

    def save(state: TrainingState) -> None:
        save_checkpoint(tmp_path / str(len(state.history)), Checkpoint({}, state))

    whole = train(settings, on_state=save)
    for epoch in (1, 2, 3, 4):
        # What the network held before is overwritten.
        result = train(settings, network_seed=9, start=load_checkpoint(tmp_path / str(epoch)).state)
        for ours, theirs in zip(
            [*result.last.parameters, *result.best.parameters],
            [*whole.last.parameters, *whole.best.parameters],
            strict=True,
        ):
            np.testing.assert_array_equal(ours, theirs)
        assert [(e.number, e.training, e.validation) for e in result.history] == [
            (e.number, e.training, e.validation) for e in whole.history
        ]
        assert result.best_epoch.number == whole.best_epoch.number
        seconds = [e.seconds for e in result.history]
        assert seconds[:epoch] == [e.seconds for e in whole.history[:epoch]]
        assert seconds == sorted(seconds)
        assert not result.interrupted


def test_the_state_of_another_kind_of_training_is_refused() -> None:
    states: list[TrainingState] = []
    train(TrainingSettings(epochs=1), on_state=states.append)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        train(TrainingSettings(optimiser="adam"), start=states[0])
    network = MLP([4, 8, 5, 3], "tanh")
    with pytest.raises(ValueError, match=r"\(8, 6\) for float32 \(8, 5\)"):
        fit(network, ArraySource(*samples(0), 16, 0), TrainingSettings(), start=states[0])


def test_what_is_saved_is_loaded(saved: Path) -> None:
    loaded, expected = load_checkpoint(saved), checkpoint()
    assert loaded.fingerprint == FINGERPRINT
    assert loaded.state.history == expected.state.history
    assert loaded.state.steps == 26
    for ours, theirs in zip(loaded.state.arrays, expected.state.arrays, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_a_later_checkpoint_replaces_an_earlier_one(saved: Path) -> None:
    save_checkpoint(saved, Checkpoint({}, checkpoint().state))
    assert load_checkpoint(saved).fingerprint == {}
    assert list(saved.parent.iterdir()) == [saved]


def test_a_training_is_known_by_its_fingerprint() -> None:
    ours = checkpoint()
    ours.check(json.loads(json.dumps(FINGERPRINT)))
    with pytest.raises(CheckpointError, match=r"another training: it differs in data, rates$"):
        ours.check(FINGERPRINT | {"rates": [0.1], "data": "abd"})
    with pytest.raises(CheckpointError, match=r"differs in dropout$"):
        ours.check(FINGERPRINT | {"dropout": 0.5})


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_damage_anywhere_is_noticed_or_harmless(saved: Path) -> None:
    content = saved.read_bytes()
    for keep in (0, 1, len(content) // 2, len(content) - 1):
        saved.write_bytes(content[:keep])
        assert refusal(saved) == "damaged, or not a checkpoint"
    noticed = 0
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        saved.write_bytes(damaged)
        try:
            loaded = load_checkpoint(saved)
        except CheckpointError:
            noticed += 1
        else:  # a time stamp or the like
            assert loaded.state.history == checkpoint().state.history
            np.testing.assert_array_equal(loaded.state.arrays[0], checkpoint().state.arrays[0])
    assert noticed > len(content) / 7 / 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "ocr_cli model"}, "something else"),
        ({"version": VERSION + 1}, "a newer one may read it"),
        ({"history": []}, "epochs are missing"),
        (
            {
                "history": [
                    {"number": 2, "training": {"loss": 1, "accuracy": 1}, "validation": None, "seconds": 1}
                ]
            },
            "epochs are missing",
        ),
        ({"history": [{"number": 1, "training": None, "validation": None, "seconds": 1}]}, "without a score"),
        ({"history": [1]}, "not a checkpoint of this program"),
        ({"history": [{}]}, "no 'training'"),
        ({"steps": None}, "not a checkpoint of this program"),
        ({"fingerprint": 3}, "not a checkpoint of this program"),
    ],
)
def test_contents_that_make_no_sense(saved: Path, changes: dict[str, Any], message: str) -> None:
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "fingerprint": {},
        "steps": 3,
        "history": [{"number": 1, "training": {"loss": 1, "accuracy": 1}, "validation": None, "seconds": 1}],
    }
    write_archive(saved, {"array_0": np.zeros(2)}, metadata, compress=False)
    load_checkpoint(saved)
    write_archive(saved, {"array_0": np.zeros(2)}, metadata | changes, compress=False)
    assert message in refusal(saved)


def test_arrays_that_were_packed_are_no_checkpoint_of_ours(saved: Path) -> None:
    metadata = {"format": FORMAT, "version": VERSION, "fingerprint": {}, "steps": 0, "history": []}
    write_archive(saved, {"array_0": np.zeros(2**20)}, metadata, compress=True)
    assert "claims to unpack to more" in refusal(saved)


def test_a_missing_file_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none") == "cannot be read: No such file or directory"
    with pytest.raises(OutputError):
        save_checkpoint(tmp_path / "no" / "such", checkpoint())


@pytest.mark.parametrize("name", ["seconds", "loss", "accuracy"])
def test_numbers_that_are_not_finite_are_refused(saved: Path, name: str) -> None:
    score = {"loss": 1.0, "accuracy": 0.5}
    epoch = {"number": 1, "training": score, "validation": None, "seconds": 1.0}
    # JSON has no such numbers, and Python reads 1e999 as one.
    text = json.dumps(epoch).replace(f'"{name}": {(epoch | score)[name]}', f'"{name}": 1e999')
    with pytest.raises(ValueError, match="not finite"):
        _epoch(json.loads(text))
