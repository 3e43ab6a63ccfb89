from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ocr_cli import Page

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    shutil.copy(SAMPLES / "table.jpg", tmp_path / "page.jpg")
    shutil.copy(SAMPLES / "table.gt.txt", tmp_path / "page.gt.txt")
    return tmp_path / "page.jpg"


def test_the_text_beside_the_page_is_taken(ocr, page: Path, tmp_path: Path) -> None:
    result = ocr("harvest", page, "-o", tmp_path / "mine.npz", "--picture", tmp_path / "mine.png")
    assert (result.status, result.err) == (0, "")
    first, last = result.out.splitlines()
    assert first.startswith(f"{page}: 44 characters, alignment score 0.9")
    assert last == f"{tmp_path / 'mine.npz'}: 44 characters of 24 classes"
    assert (tmp_path / "mine.png").stat().st_size > 1000


def test_a_corrected_page_of_json_is_taken(ocr, page: Path, tmp_path: Path) -> None:
    read = json.loads(ocr("read", page, "--format", "json").out)
    read["lines"][1]["words"][1]["characters"][0]["text"] = "N"
    (tmp_path / "page.json").write_text(json.dumps(read))
    assert Page.from_dict(read).text.splitlines()[1] == "48 NILL LANE"
    assert ocr("harvest", page, "--text", tmp_path / "page.json", "-o", tmp_path / "a.npz").status == 0
    with np.load(tmp_path / "a.npz") as file:
        assert "".join(file["labels"][file["line"] == 1]) == "48NILLLANE"


def test_what_is_doubtful_or_fits_nothing_is_listed(ocr, page: Path, tmp_path: Path) -> None:
    page.with_name("page.gt.txt").write_text(
        "J KOWALSKI\n48 MIXLL LANE\nSOMETHING\nOXFORD OX2 6QY\nUNITED KINGDOM"
    )
    out = ocr("harvest", page, "-o", tmp_path / "a.npz").out
    assert "  line 2, doubtful: 48 MIXLL LANE\n    X (character 5): 0." in out
    assert "  line 3 left out, it fits no row: SOMETHING\n" in out


def test_a_wrong_transcript_harvests_nothing(ocr, page: Path, tmp_path: Path) -> None:
    page.with_name("page.gt.txt").write_text("QUITE\nANOTHER PAGE\nWITH LONGER TEXT")
    result = ocr("harvest", page, "-o", tmp_path / "a.npz", "--picture", tmp_path / "a.png")
    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith(f"ocr: error: {page}: the transcript is not this page's: alignment score 0.")
    assert len(result.err.splitlines()) == 1
    assert not (tmp_path / "a.npz").exists()
    assert not (tmp_path / "a.png").exists()


def test_a_bad_page_does_not_cost_the_good_one(ocr, page: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.gt.txt").write_text("ABC")
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    result = ocr("harvest", tmp_path / "bad.jpg", page, "-o", tmp_path / "a.npz")
    assert result.status == 1
    assert "bad.jpg" in result.err
    assert result.out.endswith("a.npz: 44 characters of 24 classes\n")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--text", "page.gt.txt", "--text", "page.gt.txt"), 1, "2 transcripts for 1 pictures"),
        (("--text", "missing.txt"), 1, "missing.txt: cannot be read: No such file"),
        (("--model", "missing"), 3, "no model of this name"),
        (("--picture", "a.doc"), 4, "the name must end in one of"),
        (("--output", "nowhere/a.npz"), 4, "cannot be written"),
    ],
)
def test_trouble_is_one_line(
    ocr, page: Path, tmp_path: Path, monkeypatch, arguments: tuple[str, ...], status: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = ocr("harvest", page, "-o", "a.npz", *arguments)
    assert result.status == status
    assert message in result.err
    assert len(result.err.splitlines()) == 1
    assert not (tmp_path / "a.npz").exists()


def test_folders_of_classes(ocr, page: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = ocr("harvest", page, "--folders", "classes")
    assert result.status == 0
    assert result.out.splitlines()[-1] == "classes: 44 characters of 24 classes"
    assert len(list(Path("classes").glob("*/*.png"))) == 44
    assert not Path("harvest.npz").exists()
    assert ocr("harvest", page, "--folders", "classes", "-o", "too.npz").status == 0
    assert Path("too.npz").exists()
    Path("file").write_text("")
    result = ocr("harvest", page, "--folders", "file")
    assert (result.status, len(result.err.splitlines())) == (4, 1)
