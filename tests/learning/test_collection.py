from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from ocr_cli.errors import DataError, TranscriptError
from ocr_cli.evaluation.transcripts import Transcribed
from ocr_cli.learning.collection import (
    find_collection,
    harvest_read,
    harvest_transcribed,
    join_harvests,
    sure_enough,
)
from ocr_cli.page import Box, Character, Line, Page, Word


class FakeReader:
    """Reads what it is told, line by line, with a confidence."""

    def __init__(self, readings):
        self._readings = readings

    def read(self, picture):
        lines = []
        for text, confidence in self._readings[Path(picture).name]:
            characters = tuple(Character(Box(0, 0, 1, 1), c, confidence) for c in text)
            lines.append(Line((Word(characters),), confidence))
        return Page(9, 9, tuple(lines))


@pytest.fixture
def folder(tmp_path, table):
    for name in ("a", "b", "c"):
        shutil.copy(table[0], tmp_path / f"{name}.jpg")
    (tmp_path / "a.gt.txt").write_text(table[1])
    (tmp_path / "b.gt.txt").write_text("QUITE ANOTHER\nTEXT THAN THIS")
    return tmp_path


def test_pictures_with_and_without_text_are_found(folder):
    found = find_collection([folder])
    assert [page.picture.name for page in found.transcribed] == ["a.jpg", "b.jpg"]
    assert found.others == (folder / "c.jpg",)


def test_a_table_names_files_seen_from_its_folder(folder):
    (folder / "labels.csv").write_text("part,file,text\n1,a.jpg,ONE\n2,sub/b.jpg,\n")
    found = find_collection([folder / "labels.csv"])
    assert found.transcribed == (Transcribed(folder / "a.jpg", "ONE"),)
    assert found.others == (folder / "sub/b.jpg",)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "name,text\na,b\n", "no rows with the columns file and text"),
        ("a.csv", "", "no rows with the columns"),
        ("a.txt", "ABC", "neither a folder of pictures nor a .csv"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_what_is_no_collection_is_an_error(tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=reason):
        find_collection([tmp_path / name])


def test_pages_that_do_not_fit_are_left_out_and_told(folder, block_reader):
    told = []
    harvests = harvest_transcribed(
        block_reader,
        find_collection([folder]).transcribed,
        lambda picture, one: told.append((picture.name, one)),
    )
    assert [name for name, _ in told] == ["a.jpg", "b.jpg"]
    assert isinstance(told[1][1], TranscriptError)
    assert len(harvests) == 1
    joined = join_harvests([*harvests, *harvests], "both")
    assert len(joined) == 2 * len(harvests[0].samples)
    assert joined.writers.tolist() == [0] * (len(joined) // 2) + [1] * (len(joined) // 2)
    with pytest.raises(DataError, match="no characters harvested"):
        join_harvests([], "none")


def test_how_sure_is_enough_is_where_97_of_100_characters_are_right():
    """Forty lines of ten characters: of the 30 surest, nothing is wrong; then every third character is."""
    readings = {f"{k}.png": [("ABCDEFGHIJ" if k < 30 else "ABXDEXGHXJ", 1 - k / 100)] for k in range(40)}
    pages = [Transcribed(Path(f"{k}.png"), "ABCDEFGHIJ") for k in range(40)]
    # Three errors a line from the 31st on: after the 33rd 9 of 330, after the 34th too many.
    assert sure_enough(FakeReader(readings), pages) == pytest.approx(1 - 32 / 100)
    assert sure_enough(FakeReader(readings), pages[:19]) == math.inf
    assert sure_enough(FakeReader(readings), pages[30:]) == math.inf


def test_look_alikes_and_the_order_of_lines_do_not_count_as_errors():
    readings = {f"{k}.png": [("0NE", 0.9), ("TWO", 0.8)] for k in range(12)}
    pages = [Transcribed(Path(f"{k}.png"), "two\none") for k in range(12)]
    assert sure_enough(FakeReader(readings), pages) == pytest.approx(0.8)


def test_only_what_is_read_surely_is_harvested(folder, block_reader):
    pictures = [folder / "c.jpg"]
    (sure,) = harvest_read(block_reader, pictures, 0.1)
    assert len(sure.samples) > 35
    told = []
    assert harvest_read(block_reader, pictures, 1.1, lambda picture, one: told.append(one)) == []
    assert isinstance(told[0], TranscriptError)
