import os

import pytest

from ocr_cli.errors import NameClashError
from ocr_cli.files import ReadAndWritten


@pytest.fixture
def files():
    return ReadAndWritten()


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.jpg"
    path.write_bytes(b"a picture")
    return path


def names_of(page, tmp_path):
    """Other names of a file: relative, through a folder's link, a link, a hard link."""
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "link.txt").symlink_to(page)
    os.link(page, tmp_path / "hard.txt")
    return [
        os.path.relpath(page),
        tmp_path / "folder" / "page.jpg",
        tmp_path / "folder" / ".." / tmp_path.name / "page.jpg",
        tmp_path / "link.txt",
        tmp_path / "hard.txt",
    ]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("first", ["read", "written"])
def test_what_is_read_is_not_written_whatever_it_is_called(files, page, tmp_path, number, first):
    other = names_of(page, tmp_path)[number]
    if first == "read":
        files.reads(page)
    else:
        files.writes(other, "--output")
    with pytest.raises(
        NameClashError, match=r"is the same file as .*, which is read, and would be overwritten$"
    ):
        files.writes(other, "--output") if first == "read" else files.reads(page)


def test_where_the_file_system_does_not_tell_small_letters_from_capitals(files, page, monkeypatch):
    stat = os.stat
    monkeypatch.setattr(
        "os.stat", lambda path, *a, **o: stat(str(path).replace("PAGE.JPG", "page.jpg"), *a, **o)
    )
    files.reads(page)
    with pytest.raises(NameClashError, match="would be overwritten"):
        files.writes(page.with_name("PAGE.JPG"), "--output")


def test_two_results_are_not_written_to_one_file(files, tmp_path):
    (tmp_path / "folder").symlink_to(tmp_path)
    files.writes(tmp_path / "new.pdf", "--output")
    files.writes(tmp_path / "new.pdf", "--output")
    with pytest.raises(NameClashError, match=r"^--output and --boxes would both be written to .*new\.pdf$"):
        files.writes(tmp_path / "folder" / "new.pdf", "--boxes")
    files.writes(tmp_path / "other.pdf", "--boxes")


def test_what_is_written_and_then_named_to_be_read(files, tmp_path):
    files.writes(tmp_path / "a.pdf", "a.jpg")
    (tmp_path / "a.pdf").write_bytes(b"a result")
    with pytest.raises(NameClashError, match="would be overwritten"):
        files.reads(tmp_path / "a.pdf")


def test_a_transcript_that_is_there_is_kept(files, tmp_path):
    files.writes(tmp_path / "new.gt.txt", "new.jpg")
    (tmp_path / "a.gt.txt").write_text("BY HAND\n")
    with pytest.raises(NameClashError, match="is a transcript that is there already"):
        files.writes(tmp_path / "a.gt.txt", "a.jpg")
    files.writes(tmp_path / "a.gt.txt", "a.jpg", kept=True)


def test_what_is_no_plain_file_may_be_both(files):
    for _ in range(2):
        files.reads(os.devnull)
        files.writes(os.devnull, "--output")
        files.writes(os.devnull, "--boxes")


def test_names_that_no_file_can_have(files):
    files.reads("a\0b")
    files.reads("")
    files.reads("no/such/file")
