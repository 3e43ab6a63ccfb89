from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ocr_cli.errors import DataError
from ocr_cli.evaluation.transcripts import Transcribed, find_transcribed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a.jpg", "alone.png"):
        Image.new("L", (8, 8), 255).save(tmp_path / name)
    (tmp_path / "a.gt.txt").write_text("ÄPFEL\nTWO", encoding="utf-8-sig")
    (tmp_path / "b.gt.txt").write_text("", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_its_transcribed_pictures_by_name(folder: Path) -> None:
    assert find_transcribed([folder]) == [
        Transcribed(folder / "a.jpg", "ÄPFEL\nTWO"),
        Transcribed(folder / "b.png", ""),
    ]


def test_single_pictures_and_folders_come_in_the_order_given(folder: Path) -> None:
    found = find_transcribed([folder / "b.png", str(folder)])
    assert [page.picture.name for page in found] == ["b.png", "a.jpg", "b.png"]


def test_a_picture_asked_for_must_have_its_transcript(folder: Path) -> None:
    with pytest.raises(DataError, match=r"alone\.gt\.txt: cannot be read: No such file"):
        find_transcribed([folder / "alone.png"])


def test_a_folder_without_transcripts_is_an_error(folder: Path) -> None:
    for path in folder.glob("*.gt.txt"):
        path.unlink()
    with pytest.raises(DataError, match="no picture with a transcript"):
        find_transcribed([folder])


def test_a_transcript_that_is_no_text_is_an_error(folder: Path) -> None:
    (folder / "a.gt.txt").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(DataError, match="not UTF-8 text"):
        find_transcribed([folder])
