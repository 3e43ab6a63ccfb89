import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

SAMPLES = Path(__file__).parents[2] / "samples"
HAND = ["hand/first", "hand/second"]
NAMES = sorted(path.stem for path in SAMPLES.glob("*.jpg"))


@pytest.fixture(scope="module")
def draw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_draw", SAMPLES / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_there_are_samples_and_no_others(draw: ModuleType) -> None:
    assert len(NAMES) >= 6
    assert sorted(draw.SAMPLES) == NAMES
    assert {path.suffix for path in SAMPLES.iterdir() if path.is_file()} == {".jpg", ".txt", ".py"}


def test_there_are_two_pages_of_a_hand(draw: ModuleType) -> None:
    assert sorted(path.name for path in (SAMPLES / "hand").glob("*.jpg")) == ["first.jpg", "second.jpg"]
    assert sorted(draw.HAND) == HAND


@pytest.mark.parametrize("name", [*NAMES, *HAND])
def test_each_has_its_text_and_a_small_file(draw: ModuleType, name: str) -> None:
    text = (SAMPLES / f"{name}.gt.txt").read_text("utf-8")
    assert text == "\n".join({**draw.SAMPLES, **draw.HAND}[name].text) + "\n"
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.- \n")
    assert (SAMPLES / f"{name}.jpg").stat().st_size < 150_000


@pytest.mark.parametrize("name", ["note", "blackboard", "table"])
def test_drawing_again_gives_the_same_picture(draw: ModuleType, name: str) -> None:
    with Image.open(SAMPLES / f"{name}.jpg") as file:
        kept = np.asarray(file.convert("RGB")).astype(int)
    drawn = draw.SAMPLES[name].draw()
    assert drawn.shape == kept.shape
    # JPEG rounds; another libjpeg may round otherwise.
    assert np.abs(drawn - kept).mean() < 6


def test_draw_writes_pictures_and_texts(
    draw: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw, "SAMPLES", {"note": draw.SAMPLES["note"]})
    monkeypatch.setattr(draw, "HAND", {"hand/second": draw.HAND["hand/second"]})
    monkeypatch.setattr(draw, "ACCENTED", {})
    draw.main(tmp_path)
    drawn = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*"))
    assert drawn == ["hand/second.gt.txt", "hand/second.jpg", "note.gt.txt", "note.jpg"]
    assert (tmp_path / "note.gt.txt").read_bytes() == (SAMPLES / "note.gt.txt").read_bytes()
