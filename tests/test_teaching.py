"""Training, learning and evaluating from Python, as the commands do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import ocr_cli
import ocr_cli.cli
from ocr_cli import DataError, ImageError, KnowledgeError, Reader
from ocr_cli.evaluation.pages import Comparison
from ocr_cli.learning import adapt
from ocr_cli.network.model_file import load_model

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with its transcript; learning is short."""
    for name in ("table.jpg", "table.gt.txt"):
        shutil.copy(SAMPLES / name, tmp_path / name)
    monkeypatch.setattr(adapt, "SETTINGS", replace(adapt.SETTINGS, epochs=2, batch_size=32))
    monkeypatch.setattr(adapt, "BATCHES", 3)
    monkeypatch.setattr(adapt, "_WRITERS", 2)
    return tmp_path


def test_a_model_is_trained_written_and_evaluated(letters: Path, tmp_path: Path) -> None:
    told = []
    output = tmp_path / "mine.npz"
    model, course = ocr_cli.train([letters], output=output, epochs=20, seed=3, on_epoch=told.append)
    assert model.classes == load_model(output).classes == ("1", "A", "X")
    assert told == list(course.history)
    assert model.provenance["training"]["learning_rate"] == 0.01
    found = ocr_cli.evaluate([letters], model=output)
    assert found.samples == 60
    assert found.accuracy > 0.8
    assert ocr_cli.evaluate([letters], model=output, classes="AX").samples == 40


def test_the_command_writes_the_same_model(letters: Path, tmp_path: Path, capfd) -> None:
    ocr_cli.train([letters], output=tmp_path / "a.npz", epochs=2, hidden=(8,))
    with pytest.raises(SystemExit):
        ocr_cli.cli.main(
            ["-q", "train", str(letters), "--epochs", "2", "--hidden", "8", "-o", str(tmp_path / "b.npz")]
        )
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_training_begins_with_a_model(letters: Path) -> None:
    model, _ = ocr_cli.train([letters], init_from="block", epochs=1)
    assert model.provenance["init_from"]["name"] == "block.npz"
    assert model.provenance["training"]["learning_rate"] == 0.001


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"features": "colours"}, {"activation": "step"}])
def test_settings_out_of_range(letters: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"epochs|colours|step"):
        ocr_cli.train([letters], **wrong)


def test_a_class_that_the_model_lacks(letters: Path) -> None:
    with pytest.raises(KnowledgeError, match="no class ß"):
        ocr_cli.evaluate([letters], model="block", classes="Aß")


def test_a_hand_is_learned(folder: Path) -> None:
    told = []
    output = folder / "me.npz"
    result = ocr_cli.learn([folder], output=output, on_page=told.append)
    assert (result.samples, len(told)) == (44, 1)
    assert output.exists()
    assert Reader(result.model).read(folder / "table.jpg").lines


def test_pages_that_bring_nothing_are_faults(folder: Path) -> None:
    (folder / "table.gt.txt").write_text("QUITE ANOTHER TEXT\nTHAN IS WRITTEN\n")
    with pytest.raises(DataError):
        ocr_cli.learn([folder])
    (folder / "table.jpg").write_bytes(b"no picture")
    with pytest.raises(ImageError, match="not a picture"):
        ocr_cli.learn([folder])
    Image.new("L", (200, 100), 255).save(folder / "table.jpg")
    (folder / "table.gt.txt").write_text("\n")
    with pytest.raises(DataError):
        ocr_cli.learn([folder])


def test_pages_are_evaluated(folder: Path) -> None:
    (one,) = ocr_cli.evaluate_pages([folder], model="block")
    assert (one.score.characters.errors, one.page.model) == (0, "block")
    (folder / "table.gt.txt").write_text(one.truth.text.replace("MILL", "Mill"))
    (one,) = ocr_cli.evaluate_pages([folder / "table.jpg"], model="block")
    assert one.score.characters.errors == 3
    comparison = Comparison(ignore_case=True)
    (one,) = ocr_cli.evaluate_pages([folder], model="block", comparison=comparison)
    assert one.score.characters.errors == 0
