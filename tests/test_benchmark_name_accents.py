"""The name lines read by eye with their accents, and the benchmark that counts what is read of them."""

import csv
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import name_accents
import pytest

from ocr_cli.alphabet import MARKS, without_mark

TABLE = Path(__file__).parents[1] / "models" / "name_accents.csv"


@pytest.fixture(scope="module")
def rows():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["file"], row["text"]) for row in csv.DictReader(file)]


def test_lines_with_and_without_accents_are_named_once(rows):
    files = [file for file, _ in rows]
    assert files == sorted(set(files))
    assert all(Path(file).name == file and file.endswith(".jpg") for file in files)
    accented = sum(name_accents.accents_of(text) > 0 for _, text in rows)
    assert accented >= 200
    assert len(rows) - accented >= 100


def test_texts_are_composed_letters_with_known_marks(rows):
    for file, text in rows:
        assert text == unicodedata.normalize("NFC", text) == " ".join(text.split()), file
        for character in text:
            letter, mark = without_mark(character)
            assert letter in " -" or (letter.isascii() and letter.isalpha()), file
            assert mark is None or mark in MARKS, file


def test_marks_count_on_letters_that_are_right_alone():
    found = name_accents.score(
        [("ÉLOÏSE", "PRENOM\nÉL0ISE"), ("Zoé", "ZOÈ"), ("LÉA", "LFA"), ("ANNE", "ÄNNÉ"), ("EVA", "E V A.")]
    )
    assert (found.lines, found.right, found.right_bare) == (5, 1, 3)
    assert (found.characters, found.wrong, found.wrong_bare) == (19, 6, 2)
    assert found.marks.there == Counter(acute=2, diaeresis=1)
    assert found.marks.read == Counter(acute=2, grave=1, diaeresis=1)
    assert found.marks.both == Counter(acute=1)
    assert (found.plain, found.invented, found.invented_on) == (2, 2, 1)


def test_nothing_read_is_all_wrong():
    found = name_accents.score([("LÉA", "")])
    assert (found.right, found.wrong, found.marks.there) == (0, 3, Counter())


def test_without_the_lines_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["name_accents.py", str(tmp_path), "--language", "fr"])
    name_accents.main()
    assert capsys.readouterr().out == f"left out: {tmp_path} has none of the name lines\n"


def test_the_tables(capsys):
    name_accents.print_scores([("no options", name_accents.score([("LÉA", "LÉA"), ("EVA", "EVA")]))])
    out = capsys.readouterr().out.splitlines()
    assert out[2] == "| no options | 2 | 100.0% | 100.0% | 0.00% | 0.00% | 0 of 1 lines: 0 |"
    assert out[-2:] == ["| acute | 1 | 100.0% | 1 | 100.0% |", "| all | 1 | 100.0% | 1 | 100.0% |"]
