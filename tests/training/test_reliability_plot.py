from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.errors import OutputError
from ocr_cli.training.evaluation import Evaluation, compare
from ocr_cli.training.reliability_plot import plot_reliability


def evaluation(confidence: float) -> Evaluation:
    said = np.tile(np.array([confidence, 1 - confidence], np.float32), (10, 1))
    return compare(np.array(list("AAAAAAAABB")), said, ("A", "B"))


def picture(path: Path, confidence: float, title: str = "") -> np.ndarray:
    plot_reliability(path, evaluation(confidence), title)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_the_mark_stands_where_the_confidence_is(tmp_path: Path) -> None:
    places = []
    for confidence in (0.6, 0.8):
        pixels = picture(tmp_path / "r.png", confidence)
        assert min(pixels.shape[:2]) > 400
        # The legend lies in the lower half of the diagram.
        blue = (pixels[: len(pixels) // 3] == (0x00, 0x72, 0xB2)).all(axis=2)
        places.append(np.flatnonzero(blue.any(axis=0)).mean() / pixels.shape[1])
    assert places[1] - places[0] == pytest.approx(0.2 * 0.79, abs=0.02)


def test_the_title_is_taken_as_it_is(tmp_path: Path) -> None:
    bare, titled = (picture(tmp_path / "r.png", 0.8, title) for title in ("", "$ign$_1.npz"))
    assert bare.shape == titled.shape
    assert (bare != titled).any()


@pytest.mark.parametrize("name", ["r.doc", "no/such/r.png"])
def test_a_picture_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError):
        plot_reliability(tmp_path / name, evaluation(0.8))
    assert not list(tmp_path.iterdir())
