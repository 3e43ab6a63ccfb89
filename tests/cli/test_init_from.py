from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import load_model


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples = draw_dataset("AXB", writers=20, samples_per_class=1, seed=5)
    labels = np.where(samples.labels == "B", "ß", samples.labels)
    path = tmp_path_factory.mktemp("data") / "letters.npz"
    np.savez(path, images=samples.images, labels=labels)
    return path


@pytest.fixture
def old(ocr, letters: Path, tmp_path: Path) -> Path:
    arguments = ["--hidden", "9,5", "--activation", "tanh", "--features", "gradient", "--epochs", "3"]
    result = ocr("train", letters, "--classes", "AX", *arguments, "-o", tmp_path / "old.npz")
    assert result.status == 0
    return tmp_path / "old.npz"


def test_sizes_activation_and_features_are_the_models(ocr, letters: Path, old: Path) -> None:
    new = old.with_name("new.npz")
    result = ocr("train", letters, "--init-from", old, "--epochs", 2, "-o", new)
    assert result.status == 0, result.err
    model = load_model(new)
    assert model.network.sizes[1:] == (9, 5, 3)
    assert model.network.activation == "tanh"
    assert model.settings["features"] == load_model(old).settings["features"]
    assert model.classes == ("A", "X", "ß")
    assert model.provenance["init_from"]["name"] == "old.npz"
    assert model.provenance["training"]["learning_rate"] == 0.001


def test_the_shipped_model_learns_a_hand_and_keeps_its_classes(ocr, letters: Path, tmp_path: Path) -> None:
    result = ocr("train", letters, "--init-from", "block", "--epochs", 1, "--half", "-o", tmp_path / "m.npz")
    assert result.status == 0, result.err
    block, model = load_model(find_model("block")), load_model(tmp_path / "m.npz")
    assert model.classes == (*block.classes, "ß")
    assert "" in model.classes
    assert result.out.startswith(f"{tmp_path / 'm.npz'}: 37 classes, ")
    score = model.provenance["validation_score"]
    assert score["accuracy"] > 0.6  # two of three classes it could read from the first
    assert ocr("inspect", tmp_path / "m.npz").status == 0
    assert ocr("evaluate", letters, "--model", tmp_path / "m.npz").status == 0


def test_settings_that_agree_are_no_contradiction(ocr, letters: Path, old: Path) -> None:
    agreeing = ["--hidden", "9,5", "--activation", "tanh", "--features", "gradient", "--lr", "0.002"]
    new = old.with_name("new.npz")
    result = ocr("train", letters, "--init-from", old, *agreeing, "--epochs", 1, "-o", new)
    assert result.status == 0
    assert load_model(new).provenance["training"]["learning_rate"] == 0.002


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hidden", "64"], "--hidden: the model of --init-from has 9,5"),
        (["--activation", "sigmoid"], "--activation: the model of --init-from has tanh"),
        (["--features", "pixels"], "--features: the model of --init-from has gradient"),
        (["--init", "xavier"], "--init draws the first weights, --init-from takes them from a model"),
    ],
)
def test_contradictions_are_wrong_usage(
    ocr, letters: Path, old: Path, arguments: list[str], message: str
) -> None:
    before = old.read_bytes()
    result = ocr("train", letters, "--init-from", old, *arguments, "-o", old)
    assert result.status == 2
    assert result.err == f"ocr: error: {message} (ocr train --help explains)\n"
    assert old.read_bytes() == before


def test_a_model_that_is_not_there(ocr, letters: Path, tmp_path: Path) -> None:
    result = ocr("train", letters, "--init-from", "nosuch", "-o", tmp_path / "m.npz")
    assert result.status == 3
    assert result.err.startswith("ocr: error: nosuch: no model of this name")
    (tmp_path / "bad.npz").write_bytes(b"no model")
    result = ocr("train", letters, "--init-from", tmp_path / "bad.npz", "-o", tmp_path / "m.npz")
    assert result.status == 3
    assert result.err.count("\n") == 1


def test_a_checkpoint_belongs_to_the_model_it_started_from(
    ocr, letters: Path, old: Path, monkeypatch
) -> None:
    import signal

    from ocr_cli.cli.progress import Progress

    new, other = old.with_name("new.npz"), old.with_name("other.npz")
    assert ocr("train", letters, "--init-from", old, "--epochs", 1, "-o", other).status == 0
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "on_epoch", lambda self, epoch: signal.raise_signal(signal.SIGINT))
        assert ocr("train", letters, "--init-from", old, "-o", new).status == 130
    result = ocr("train", letters, "--init-from", other, "--resume", "-o", new)
    assert result.status == 3
    assert "it differs in" in result.err
    assert "init_from" in result.err
    assert ocr("train", letters, "--init-from", old, "--resume", "-o", new).status == 0
