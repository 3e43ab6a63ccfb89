from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings
from ocr_cli.network.model_file import load_model, save_model
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import train_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "mine.npz"
    training = draw_dataset("AX1", writers=8, samples_per_class=1, seed=1)
    settings = TrainingSettings(epochs=2, seed=3)
    save_model(
        path, train_model(training, features=FeatureSettings("pixels"), settings=settings, hidden=(6, 4))[0]
    )
    return path


def test_the_text_says_what_is_in_the_file(ocr, model: Path) -> None:
    result = ocr("inspect", model)
    assert (result.status, result.err) == (0, "")
    facts, provenance = (
        dict(line.split(maxsplit=1) for line in part.splitlines() if " " in line)
        for part in result.out.split("\n\nprovenance\n")
    )
    assert facts["file"] == str(model)
    assert facts["bytes"] == f"{model.stat().st_size:,}"
    assert facts["layers"] == "1024 - 6 - 4 - 3"
    assert facts["activation"] == "sigmoid"
    assert facts["weights"] == "6,193"  # 1024 * 6 + 6 + 6 * 4 + 4 + 4 * 3 + 3
    assert facts["classes"] == "3: 1AX"
    assert facts["features.kind"] == "pixels"
    assert facts["crop.size"] == "32"
    assert "temperature" in facts
    assert provenance["network.sizes"] == "1024, 6, 4, 3"
    assert provenance["training.seed"] == "3"
    assert provenance["training.learning_rate"] == "0.01"


def test_the_json_object_holds_the_same(ocr, model: Path) -> None:
    result = ocr("inspect", model, "--format", "json")
    assert result.out.count("\n") == 1
    data = json.loads(result.out)
    loaded = load_model(model)
    assert data == {
        "file": str(model),
        "bytes": model.stat().st_size,
        "sizes": [1024, 6, 4, 3],
        "cut_sizes": None,
        "window_sizes": None,
        "activation": "sigmoid",
        "weights": 6193,
        "classes": ["1", "A", "X"],
        "prototypes": 0,
        "settings": loaded.settings,
        "provenance": loaded.provenance,
    }


def test_a_model_that_comes_with_ocr_is_found_by_name(ocr) -> None:
    result = ocr("inspect", "block")
    assert result.status == 0
    assert "36: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\n" in result.out
    assert "and one for what is no character" in result.out
    (line,) = (line for line in result.out.splitlines() if line.startswith("for cut characters "))
    assert line.endswith(" - 37")
    (line,) = (line for line in result.out.splitlines() if line.startswith("prototypes "))
    assert int(line.split()[1]) >= 4 * 36


def test_a_foreign_model_cannot_play_with_the_terminal(ocr, model: Path, tmp_path: Path) -> None:
    loaded = load_model(model)
    provenance = {"by\x1b[2J": "me\x9b31m\nfile  other", "notes": [1, "\r"], "nothing": None}
    save_model(tmp_path / "m.npz", replace(loaded, classes=("\x07", "\n", "B"), provenance=provenance))
    out = ocr("inspect", tmp_path / "m.npz").out
    assert r"3: \x07\nB" in out
    assert [line.split(maxsplit=1) for line in out.split("provenance\n")[1].splitlines()] == [
        [r"by\x1b[2J", r"me\x9b31m\nfile  other"],
        ["notes", r"1, \r"],
    ]


def test_the_weights_are_drawn_before_and_after_training(ocr, model: Path, tmp_path: Path) -> None:
    result = ocr("inspect", model, "--weights", tmp_path / "weights.svg", "--units", 4)
    assert (result.status, result.err) == (0, "")
    picture = (tmp_path / "weights.svg").read_text(encoding="utf-8")
    assert "before training" in picture
    assert "the first 4 of 6 hidden units" in picture


def test_of_a_model_that_does_not_say_only_the_trained_weights_are_drawn(
    ocr, model: Path, tmp_path: Path
) -> None:
    save_model(tmp_path / "m.npz", replace(load_model(model), provenance={}))
    result = ocr("inspect", tmp_path / "m.npz", "--weights", tmp_path / "weights.svg")
    assert result.status == 0
    assert result.err.startswith("ocr: the first weights are not known")
    assert result.err.count("\n") == 1
    assert "provenance" not in result.out
    picture = (tmp_path / "weights.svg").read_text(encoding="utf-8")
    assert "before training" not in picture
    assert "after training" in picture


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["./none.npz"], 3, "./none.npz: no such model file"),
        (["./noise.npz"], 3, "noise.npz: damaged, or not a model file"),
        (["./strange.npz", "--weights", "w.png"], 3, "the model's settings are not known here"),
        (["./mine.npz", "--weights", "no/such/w.png"], 4, "cannot be written"),
        (["./mine.npz", "--weights", "w.doc"], 4, "a picture's name ends in"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    ocr, model: Path, tmp_path: Path, monkeypatch, arguments: list[str], status: int, message: str
) -> None:
    (tmp_path / "mine.npz").write_bytes(model.read_bytes())
    (tmp_path / "noise.npz").write_bytes(b"noise")
    save_model(tmp_path / "strange.npz", replace(load_model(model), settings={}))
    monkeypatch.chdir(tmp_path)
    result = ocr("inspect", *arguments)
    assert result.status == status
    assert result.err.startswith("ocr: error: ")
    assert message in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["./mine.npz", "--units", "3"], ["mine.npz", "--weights", "w.png", "--units", "0"]]
)
def test_wrong_usage(ocr, model: Path, monkeypatch, arguments: list[str]) -> None:
    monkeypatch.chdir(model.parent)
    result = ocr("inspect", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.endswith("(ocr inspect --help explains)\n")
