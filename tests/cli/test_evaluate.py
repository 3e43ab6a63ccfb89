from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings
from ocr_cli.network.model_file import save_model
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import train_model


def store(path: Path, samples: Dataset) -> Path:
    np.savez(path, images=samples.images, labels=samples.labels)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of A, O, X and 0, and characters to try it on, two of which it does not know."""
    folder = tmp_path_factory.mktemp("evaluate")
    training = draw_dataset("AOX0", writers=60, samples_per_class=1, seed=1)
    model, _ = train_model(
        training, features=FeatureSettings("pixels"), settings=TrainingSettings(epochs=25), hidden=(16,)
    )
    save_model(folder / "model.npz", model)
    store(folder / "known.npz", draw_dataset("AOX0", writers=15, samples_per_class=1, seed=2))
    store(folder / "more.npz", draw_dataset("XaB", writers=5, samples_per_class=1, seed=3))
    return folder


def test_the_tables(ocr, folder: Path) -> None:
    result = ocr("evaluate", folder / "known.npz", folder / "more.npz", "--model", folder / "model.npz")
    assert result.status == 0
    assert result.err == ""
    lines = result.out.splitlines()
    assert lines[0].split() == ["samples", "65"]
    assert lines[1].split() == ["left", "out", "10"]
    assert lines[2].startswith("accuracy ")
    assert lines[3].startswith("folded accuracy ")
    assert lines[4].startswith("calibration error ")
    coverage = lines[lines.index("surest  confidence  accuracy") + 1 :][:3]
    assert [row.split()[0] for row in coverage] == ["99%", "95%", "90%"]
    start = next(k for k, line in enumerate(lines) if line.startswith("source "))
    assert [row.split()[:2] for row in lines[start + 1 :][:2]] == [
        [str(folder / "known.npz"), "60"],
        [str(folder / "more.npz"), "5"],
    ]
    table = lines[lines.index("class  samples  accuracy") + 1 :][:4]
    assert [row.split()[:2] for row in table] == [["0", "15"], ["A", "15"], ["O", "15"], ["X", "20"]]
    assert "written  read as  times" in lines  # O and 0 cannot all be told apart


def test_the_json_object(ocr, folder: Path) -> None:
    result = ocr("evaluate", folder / "known.npz", "-m", folder / "model.npz", "--format", "json")
    assert result.out.count("\n") == 1
    data = json.loads(result.out)
    figures = ["samples", "left_out", "accuracy", "folded_accuracy", "calibration_error"]
    assert list(data) == [*figures, "coverage", "per_class", "confusions", "sources"]
    assert data["sources"] == [
        {"source": str(folder / "known.npz")} | {figure: data[figure] for figure in figures}
    ]
    assert data["samples"] == 60
    assert data["left_out"] == 0
    assert data["folded_accuracy"] >= data["accuracy"]
    assert data["folded_accuracy"] > 0.9
    wrong = sum(pair["count"] for pair in data["confusions"])
    assert data["accuracy"] == pytest.approx(1 - wrong / 60)
    assert sum(entry["samples"] for entry in data["per_class"].values()) == 60


def test_the_order_of_the_samples_does_not_matter(ocr, folder: Path, tmp_path: Path) -> None:
    with np.load(folder / "known.npz") as archive:
        order = np.argsort(archive["labels"], kind="stable")
        np.savez(tmp_path / "known.npz", images=archive["images"][order], labels=archive["labels"][order])
    model = ["--model", folder / "model.npz", "--format", "json"]
    sorted_, mixed = (json.loads(ocr("evaluate", d / "known.npz", *model).out) for d in (tmp_path, folder))
    assert sorted_["per_class"] == mixed["per_class"]


def test_the_confusion_matrix_is_drawn(ocr, folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "matrix.png"
    known, model = folder / "known.npz", folder / "model.npz"
    assert ocr("evaluate", known, "--model", model, "--confusion", picture).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_one_set_has_no_table_of_sources(ocr, folder: Path) -> None:
    result = ocr("evaluate", folder / "known.npz", "--model", folder / "model.npz")
    assert "source" not in result.out


def test_only_chosen_classes_are_scored(ocr, folder: Path) -> None:
    files = [folder / "known.npz", folder / "more.npz"]
    model = ["--model", folder / "model.npz", "--format", "json"]
    data = json.loads(ocr("evaluate", *files, *model, "--classes", "AOX").out)
    assert (data["samples"], data["left_out"]) == (50, 25)
    assert list(data["per_class"]) == ["A", "O", "X"]
    # Without the digit beside it, every O is an O.
    assert not [pair for pair in data["confusions"] if "0" in (pair["truth"], pair["read"])]
    assert data["accuracy"] > 0.9
    assert [(one["samples"], one["left_out"]) for one in data["sources"]] == [(45, 15), (5, 10)]


def test_a_set_without_the_chosen_classes_is_skipped_and_named(ocr, folder: Path) -> None:
    files = [folder / "known.npz", folder / "more.npz"]
    result = ocr("evaluate", *files, "--model", folder / "model.npz", "--classes", "O0")
    assert result.status == 0
    assert result.out.splitlines()[0].split() == ["samples", "30"]
    assert result.err.startswith("ocr: ")
    assert "more.npz: none of its labels" in result.err
    assert result.err.count("\n") == 1


def test_no_set_holds_the_chosen_classes(ocr, folder: Path, tmp_path: Path) -> None:
    files = [
        store(tmp_path / name, draw_dataset("A", writers=2, samples_per_class=1))
        for name in ("a.npz", "b.npz")
    ]
    result = ocr("evaluate", *files, "--model", folder / "model.npz", "--classes", "O")
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines()[-1] == (
        "ocr: error: no set holds a class to score (ocr inspect shows the classes of a model)"
    )


def test_a_chosen_class_that_the_model_does_not_have(ocr, folder: Path) -> None:
    result = ocr("evaluate", folder / "known.npz", "--model", folder / "model.npz", "--classes", "AQ-")
    assert (result.status, result.out) == (2, "")
    assert "--classes: the model has no class - Q (" in result.err


def test_the_reliability_is_drawn(ocr, folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "reliability.svg"
    known, model = folder / "known.npz", folder / "model.npz"
    assert ocr("evaluate", known, "--model", model, "--reliability", picture).status == 0
    assert picture.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["none.npz", "--model", "./model.npz"], 1, "none.npz: "),
        (["known.npz", "--model", "./known.npz"], 3, "not a model file"),
        (["known.npz", "--model", "./none.npz"], 3, "none.npz: "),
        (["unknown.npz", "--model", "./model.npz"], 1, "none of its labels is a class of the model"),
        (["known.npz", "--model", "./model.npz", "--confusion", "no/such/m.png"], 4, "cannot be written"),
        (["known.npz", "--model", "./model.npz", "--confusion", "m.doc"], 4, "a picture's name ends in"),
        (["known.npz", "--model", "./model.npz", "--reliability", "m.doc"], 4, "a picture's name ends in"),
        (["known.npz", "--model", "./model.npz", "--classes", ""], 1, "none of its labels"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    ocr, folder: Path, tmp_path: Path, monkeypatch, arguments: list[str], status: int, message: str
) -> None:
    for name in ("known.npz", "model.npz"):
        shutil.copy(folder / name, tmp_path)
    store(tmp_path / "unknown.npz", draw_dataset("B", writers=3, samples_per_class=1, seed=3))
    monkeypatch.chdir(tmp_path)
    result = ocr("evaluate", *arguments)
    assert result.status == status
    assert message in result.err
    assert result.err.startswith("ocr: error: ")
    assert result.err.count("\n") == 1
    assert result.out == ""


def test_data_must_be_given(ocr) -> None:
    result = ocr("evaluate")
    assert result.status == 2
    assert "DATA" in result.err
