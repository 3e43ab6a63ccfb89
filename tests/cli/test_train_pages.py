from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from ocr_cli.network.model_file import load_model

SAMPLES = Path(__file__).parents[2] / "samples"
SMALL = ("--hidden", "8", "--epochs", "2")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Two pages with their text, one without, one with another's."""
    for name in ("a", "b", "c", "d"):
        shutil.copy(SAMPLES / "table.jpg", tmp_path / f"{name}.jpg")
    text = (SAMPLES / "table.gt.txt").read_text()
    (tmp_path / "a.gt.txt").write_text(text)
    # Letters with accents are learned as what they are without.
    (tmp_path / "b.gt.txt").write_text(text.replace("E", "É").replace("U", "Ü"), encoding="utf-8")
    (tmp_path / "d.gt.txt").write_text("SOMETHING ELSE\nALTOGETHER")
    return tmp_path


def test_pages_with_text_are_learned_and_whole_ones_held_out(ocr, pages: Path, tmp_path: Path) -> None:
    result = ocr(
        "train", "--pages", pages, *SMALL, "--validation", "0.34", "-o", tmp_path / "m.npz", "--seed", "1"
    )
    assert result.status == 0
    assert "1 pictures have no transcript; --self-train would learn from them, too" in result.err
    assert "characters from 2 of 3" in result.err
    model = load_model(tmp_path / "m.npz")
    assert "K" in model.classes
    assert "".join(model.classes).isascii()
    assert model.provenance["data"] == pages.name
    assert {model.provenance["samples"], model.provenance["validation_samples"]} <= {44, 88, 0}


def test_pages_join_single_characters(ocr, pages: Path, tmp_path: Path) -> None:
    crops = np.zeros((6, 32, 32), np.uint8)
    crops[:, 8:24, 14:18] = 255
    np.savez(tmp_path / "data.npz", images=crops, labels=np.array(list("!!!!!!")))
    result = ocr(
        "train",
        tmp_path / "data.npz",
        "--pages",
        pages,
        *SMALL,
        "--validation",
        "0",
        "-o",
        tmp_path / "m.npz",
    )
    assert result.status == 0
    assert {"!", "K"} <= set(load_model(tmp_path / "m.npz").classes)


def test_without_any_transcript_it_is_said(ocr, pages: Path, tmp_path: Path) -> None:
    for path in pages.glob("*.gt.txt"):
        path.unlink()
    result = ocr("train", "--pages", pages, "-o", tmp_path / "m.npz")
    assert result.status == 1
    assert "no picture has a transcript" in result.err
    assert not (tmp_path / "m.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rehearse",), "--rehearse is for --init-from"),
        (("--self-train",), "--self-train is for --pages"),
        (("--pages", ".", "--lexicon", "words.txt"), "--lexicon is for --self-train"),
        (("--pages", ".", "--self-train", "--validation", "0"), "--self-train needs pages that are held out"),
    ],
)
def test_options_that_need_another_one(ocr, arguments: tuple[str, ...], message: str) -> None:
    result = ocr("train", *arguments)
    assert result.status == 2
    assert message in result.err
