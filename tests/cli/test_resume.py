from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_cli.cli.progress import Progress
from ocr_cli.network.model_file import load_model
from ocr_cli.training.checkpoint import load_checkpoint, save_checkpoint


@pytest.fixture
def interrupted(ocr, letters: Path, tmp_path: Path, monkeypatch) -> Path:
    """The model of a training of 6 epochs that Ctrl-C ended after the third."""

    def interrupt(self, epoch):
        if epoch.number == 3:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "on_epoch", interrupt)
        result = ocr("train", letters, *SHORT, "-o", tmp_path / "m.npz")
    assert result.status == 130
    assert result.err.splitlines()[-1].endswith("was kept; --resume goes on")
    return tmp_path / "m.npz"


SHORT = ["--epochs", "6", "--hidden", "8"]
FANCY = [
    *("--optimiser", "adam", "--lr", "0.002", "--schedule", "cosine", "--dropout", "0.1"),
    *("--weight-average", "0.98"),
]


def checkpoint_of(model: Path) -> Path:
    return model.with_name(f"{model.name}.checkpoint")


def train_in_a_process(*arguments: object, kill: tuple[int, float] | None = None) -> str:
    """Train to the end, or kill it some seconds after the line of an epoch; returns its standard error."""
    # Two threads of a small product take turns at waiting; their sums may also differ in the last bit.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "ocr_cli", "train", *map(str, arguments)]
    lines = []
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            lines.append(line)
            if kill and line.startswith(f"epoch {kill[0]}/"):
                time.sleep(kill[1])
                running.kill()
                break
    assert (running.returncode == 0) == (kill is None)
    return "".join(lines)


def test_a_training_killed_at_any_moment_and_resumed_writes_the_same_file(
    letters: Path, tmp_path: Path
) -> None:
    epochs, kills = 60, (6, 22, 38)
    options = [letters, "--epochs", epochs, *FANCY]
    whole, model = tmp_path / "whole" / "m.npz", tmp_path / "killed" / "m.npz"
    for folder in (whole.parent, model.parent):
        folder.mkdir()
    train_in_a_process(*options, "-o", whole)
    moments = random.Random(1)
    for epoch in kills:
        train_in_a_process(*options, "--resume", "-o", model, kill=(epoch, moments.uniform(0, 0.03)))
        assert not model.exists()
        # It is whole wherever the kill struck, and no epoch that was told of is lost.
        assert len(load_checkpoint(checkpoint_of(model)).state.history) >= epoch
    told = train_in_a_process(*options, "--resume", "-o", model)
    assert told.startswith(f"ocr: {checkpoint_of(model)}: going on after epoch ")
    assert f"epoch {kills[-1]}/" not in told
    assert model.read_bytes() == whole.read_bytes()
    assert os.listdir(model.parent) == ["m.npz"]


def test_what_a_kill_left_half_written_is_cleared_away(ocr, letters: Path, tmp_path: Path) -> None:
    from ocr_cli.files import atomic_write

    with atomic_write(tmp_path / "m.npz.checkpoint"):
        (part,) = tmp_path.iterdir()
        part.with_name(f"{part.name}x").write_bytes(b"half")
    checkpoint_of(tmp_path / "m.npz").unlink()
    assert ocr("train", letters, *SHORT, "-o", tmp_path / "m.npz").status == 0
    assert os.listdir(tmp_path) == ["m.npz"]


def test_after_ctrl_c_the_best_so_far_is_a_model_and_resume_goes_on(
    ocr, letters: Path, tmp_path: Path, interrupted: Path
) -> None:
    assert load_model(interrupted).provenance["epoch"] <= 3
    assert len(load_checkpoint(checkpoint_of(interrupted)).state.history) == 3
    result = ocr("train", letters, *SHORT, "--resume", "-o", interrupted)
    assert result.status == 0
    assert result.err.splitlines()[0] == f"ocr: {checkpoint_of(interrupted)}: going on after epoch 3"
    assert [line.split()[1] for line in result.err.splitlines()[1:]] == ["4/6", "5/6", "6/6"]
    ocr("train", letters, *SHORT, "-o", tmp_path / "whole.npz")
    assert interrupted.read_bytes() == (tmp_path / "whole.npz").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["m.npz", "whole.npz"]


def test_a_checkpoint_of_the_last_epoch_needs_no_more_epochs(
    ocr, letters: Path, tmp_path: Path, monkeypatch
) -> None:
    def end(*arguments, **keywords):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ocr_cli.training.run.save_model", end)
        assert ocr("train", letters, *SHORT, "-o", tmp_path / "m.npz").status == 130
    assert os.listdir(tmp_path) == ["m.npz.checkpoint"]
    result = ocr("train", letters, *SHORT, "--resume", "-o", tmp_path / "m.npz")
    assert (result.status, result.err.count("\n")) == (0, 1)
    ocr("train", letters, *SHORT, "-o", tmp_path / "whole.npz")
    assert (tmp_path / "m.npz").read_bytes() == (tmp_path / "whole.npz").read_bytes()


def test_ctrl_c_before_another_epoch_still_says_that_resume_goes_on(
    ocr, letters: Path, interrupted: Path, monkeypatch
) -> None:
    monkeypatch.setattr(Progress, "on_batch", lambda self, loss: signal.raise_signal(signal.SIGINT))
    result = ocr("train", letters, *SHORT, "--resume", "-o", interrupted)
    assert result.status == 130
    assert "interrupted after 3 epochs" in result.err
    assert result.err.endswith("--resume goes on\n")


def test_with_nothing_to_resume_it_begins_at_the_start_and_says_so(
    ocr, letters: Path, tmp_path: Path
) -> None:
    result = ocr("train", letters, *SHORT, "--resume", "-o", tmp_path / "m.npz")
    assert result.status == 0
    first, second = result.err.splitlines()[:2]
    assert (
        first == f"ocr: {tmp_path / 'm.npz'}.checkpoint: there is no such checkpoint; beginning at the start"
    )
    assert second.startswith("epoch 1/6")


def test_without_resume_an_old_checkpoint_is_replaced_and_said_to_be(
    ocr, letters: Path, interrupted: Path
) -> None:
    result = ocr("train", letters, *SHORT, "-o", interrupted)
    assert result.status == 0
    first, second = result.err.splitlines()[:2]
    assert first.startswith(f"ocr: {interrupted}.checkpoint: replacing this checkpoint; --resume would")
    assert second.startswith("epoch 1/6")
    assert not checkpoint_of(interrupted).exists()


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: b"hello"])
def test_a_damaged_checkpoint_is_one_line_and_stays(ocr, letters: Path, interrupted: Path, damage) -> None:
    before = interrupted.read_bytes()
    checkpoint_of(interrupted).write_bytes(damage(checkpoint_of(interrupted).read_bytes()))
    broken = checkpoint_of(interrupted).read_bytes()
    result = ocr("train", letters, *SHORT, "--resume", "-o", interrupted)
    assert result.status == 3
    said = f"{checkpoint_of(interrupted)}: damaged, or not a checkpoint"
    assert result.err == f"ocr: error: {said} (without --resume the training begins anew)\n"
    assert interrupted.read_bytes() == before
    assert checkpoint_of(interrupted).read_bytes() == broken


def test_a_checkpoint_of_other_arrays_is_one_line(ocr, letters: Path, interrupted: Path) -> None:
    good = load_checkpoint(checkpoint_of(interrupted))
    arrays = [array[..., None] for array in good.state.arrays]
    save_checkpoint(checkpoint_of(interrupted), replace(good, state=replace(good.state, arrays=arrays)))
    result = ocr("train", letters, *SHORT, "--resume", "-o", interrupted)
    assert result.status == 3
    assert result.err.splitlines()[-1].startswith("ocr: error: the checkpoint is not whole: ")


@pytest.mark.parametrize(
    ("options", "differing"),
    [
        (["--batch-size", "7"], "batch_size"),
        (["--hidden", "9", "--seed", "1"], "data, held-out data, seed, sizes"),
        (["--validation", "0"], "data, held-out data"),
        (["--features", "gradient"], "features"),
        (["--augment", "--init", "he"], "deformation, init"),
        (["--classes", "AX"], "classes, data, held-out data, sizes"),
    ],
)
def test_another_training_is_not_resumed(
    ocr, letters: Path, interrupted: Path, options: list[str], differing: str
) -> None:
    before = interrupted.read_bytes(), checkpoint_of(interrupted).read_bytes()
    result = ocr("train", letters, *SHORT, *options, "--resume", "-o", interrupted)
    assert result.status == 3
    message = f"the checkpoint is of another training: it differs in {differing}"
    assert result.err.splitlines()[-1] == f"ocr: error: {message} (without --resume the training begins anew)"
    assert (interrupted.read_bytes(), checkpoint_of(interrupted).read_bytes()) == before


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_training(
    ocr, letters: Path, tmp_path: Path
) -> None:
    (tmp_path / "m.npz.checkpoint").mkdir()
    result = ocr("train", letters, *SHORT, "-o", tmp_path / "m.npz")
    assert result.status == 0
    assert result.err.count("Is a directory; training goes on without a checkpoint") == 1
    assert load_model(tmp_path / "m.npz").classes == ("1", "A", "X")


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs /dev/null")
def test_a_device_gets_no_checkpoint(ocr, letters: Path) -> None:
    assert ocr("train", letters, *SHORT, "-o", "/dev/null").status == 0
    assert not os.path.exists("/dev/null.checkpoint")


def test_a_training_that_breaks_down_leaves_no_checkpoint(
    ocr, letters: Path, tmp_path: Path, monkeypatch
) -> None:
    from ocr_cli.training import loop

    def break_down(loss, index, settings, check=loop._check_finite):
        check(loss if index < 2 else float("nan"), index, settings)

    monkeypatch.setattr(loop, "_check_finite", break_down)
    result = ocr("train", letters, *SHORT, "-o", tmp_path / "m.npz")
    assert result.status == 1
    assert "broke down in epoch 3" in result.err
    assert os.listdir(tmp_path) == []
