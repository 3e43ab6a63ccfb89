from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A sample with its transcript, and the same with one letter that is not on it, and without signs."""
    for name in ("right", "wrong"):
        shutil.copy(SAMPLES / "table.jpg", tmp_path / f"{name}.jpg")
    text = (SAMPLES / "table.gt.txt").read_text()
    (tmp_path / "right.gt.txt").write_text(text)
    (tmp_path / "wrong.gt.txt").write_text(text.replace("MILL", "MIXL").replace(".", "").lower())
    return tmp_path


def test_a_row_a_page_and_the_sum(ocr, pages: Path) -> None:
    result = ocr("evaluate", "--pages", pages, "--ignore-case", "--alphanumeric", "--model", "block")
    assert result.status == 0
    assert result.err == ""
    head, right, wrong, together, blank, edits, mistaken, *calibration = result.out.splitlines()
    assert head.split() == ["errors", "with", "spaces", "words", "characters", "page"]
    assert right.split() == ["0.00%", "0.00%", "0.00%", "44", str(pages / "right.jpg")]
    assert wrong.split()[0] == "2.27%"
    assert together.split()[3:] == ["88", "together:", "2", "pages"]
    assert blank == ""
    assert edits.split() == ["written", "read", "as", "times"]
    assert mistaken.split() == ["X", "L", "1"]
    assert calibration[1].startswith("confidence of words")
    assert sum(int(row.split()[3]) for row in calibration[2:-1]) == 20
    assert calibration[-1].startswith("calibration error of words")


def test_by_default_case_and_signs_count(ocr, pages: Path) -> None:
    together = json.loads(ocr("evaluate", "--pages", pages / "wrong.jpg", "-f", "json").out)
    assert together["character_error_rate"] > 0.5
    assert [page["page"] for page in together["pages"]] == [str(pages / "wrong.jpg")]
    assert together["pages"][0]["character_errors"] == together["character_errors"]


def test_wrong_transcripts_are_not_held_against_the_reader(ocr, pages: Path) -> None:
    # One of ten words is wrong, in the transcript alone.
    options = ("evaluate", "--pages", pages / "wrong.jpg", "--ignore-case", "--alphanumeric", "-f", "json")
    plain = json.loads(ocr(*options).out)
    known = json.loads(ocr(*options, "--wrong-transcripts", "0.1").out)
    assert known["word_calibration_error"] < plain["word_calibration_error"]
    assert 0 <= known["word_calibration_error_by_chance"] <= 1


def test_what_is_known_of_the_text_may_be_said(ocr, pages: Path) -> None:
    options = ("evaluate", "--pages", pages / "right.jpg", "-f", "json")
    digits = json.loads(ocr(*options, "--whitelist", "0123456789", "--unknown", "").out)
    assert digits["character_errors"] > 20
    assert all(edit["read"] in "0123456789" for edit in digits["edits"])


def test_a_picture_that_cannot_be_read_costs_one_page(ocr, pages: Path) -> None:
    (pages / "right.jpg").write_bytes(b"no picture")
    result = ocr("evaluate", "--pages", pages, "--ignore-case", "--alphanumeric")
    assert result.status == 1
    assert result.err.count("\n") == 1
    assert "right.jpg" in result.err
    assert "together: 1 pages" in result.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "either DATA or --pages"),
        (["data.npz", "--pages", "."], "either DATA or --pages"),
        (["data.npz", "--fold"], "are for --pages"),
        (["--pages", ".", "--classes", "AB"], "--classes is for DATA"),
        (["--pages", ".", "--confusion", "x.png"], "--confusion is for DATA"),
    ],
)
def test_wrong_usage(ocr, options: list[str], message: str) -> None:
    result = ocr("evaluate", *options)
    assert result.status == 2
    assert message in result.err


def test_no_transcripts_is_one_line(ocr, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "table.jpg", tmp_path)
    result = ocr("evaluate", "--pages", tmp_path)
    assert result.status == 1
    assert "no picture with a transcript" in result.err
    assert result.out == ""


def test_the_worst_lines_are_drawn(ocr, pages: Path, tmp_path: Path) -> None:
    target = tmp_path / "drawn" / "worst.png"
    target.parent.mkdir()
    assert ocr("evaluate", "--pages", pages, "--ignore-case", "--worst", target).status == 0
    with Image.open(target) as picture:
        assert picture.width == 900
        assert picture.height >= 2 * 130
    result = ocr("evaluate", "--pages", pages, "--worst", tmp_path / "worst.doc")
    assert result.status == 4
    assert "the name must end in" in result.err
