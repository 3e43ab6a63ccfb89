"""The one door for files that are read, and that every reader goes through it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ocr_cli import plain_files
from ocr_cli.batch.sources import Selection, Source, find_sources, with_content
from ocr_cli.cli.settings import find_files
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.decoding.language import load_language
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.errors import DataError, OcrError
from ocr_cli.evaluation.transcript_files import read_transcript
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.imaging.frames import chosen_frames
from ocr_cli.imaging.load import load_picture
from ocr_cli.learning.collection import find_collection
from ocr_cli.network.model_file import load_model, read_metadata
from ocr_cli.plain_files import NotPlainError, TooLargeError, open_plain, read_plain
from ocr_cli.training.checkpoint import load_checkpoint

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes that have names")

READERS: dict[str, Callable[[Path], Any]] = {
    "picture": load_picture,
    "lexicon": Lexicon.load,
    "model": load_model,
    "metadata of a model": read_metadata,
    "language": load_language,
    "checkpoint": load_checkpoint,
    "data": load_dataset,
    "transcript": read_transcript,
    "settings": lambda path: find_files(str(path), print),
}


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Whoever waits for a pipe waits for ever."""

    def give_up(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, 20)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "link to a pipe", "socket", "/dev/zero", "/proc/self/status"])
def special(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Something that is no plain file."""
    if request.param.startswith("/"):
        if not os.path.exists(request.param):
            pytest.skip(f"needs {request.param}")
        yield Path(request.param)
        return
    monkeypatch.chdir(tmp_path)  # The names of sockets are short.
    if request.param == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("it")
            yield Path("it")
        return
    os.mkfifo("pipe")
    os.symlink("pipe", "it")
    yield Path("pipe" if request.param == "pipe" else "it")


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_takes_what_is_no_plain_file(reader: str, special: Path) -> None:
    with pytest.raises(OcrError, match=r"not a plain file|is no plain file") as caught:
        READERS[reader](special)
    assert str(caught.value).startswith(f"{special}: ")
    assert "\n" not in str(caught.value)


def test_the_first_page_of_what_is_no_plain_file_says_what_it_is(special: Path) -> None:
    assert chosen_frames(special) == [1]
    assert with_content(Source(str(special)), always=True).content is None


def test_files_beside_others_are_no_exception(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    os.mkfifo(tmp_path / "a.gt.txt")
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(DataError):
        find_transcribed([tmp_path / "a.png"])
    with pytest.raises(DataError, match="is a pipe"):
        find_collection([tmp_path / "list.csv"])


def test_a_pipe_in_a_folder_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    (source,) = find_sources([str(tmp_path)], Selection(recursive=True), print)
    assert with_content(source) is source


@pytest.mark.parametrize("name", ["nul\0within", "half a pair \ud800", "x" * 5000])
@pytest.mark.parametrize("reader", READERS)
def test_names_that_no_file_has(reader: str, name: str) -> None:
    with pytest.raises(OcrError):
        READERS[reader](Path(name))


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_plain(path, 5) == b"12345"
    with open_plain(path, 5) as file:
        assert file.read(2) == b"12"
        assert file.seek(0) == 0
    with pytest.raises(TooLargeError) as caught:
        open_plain(path, 4)
    assert caught.value.strerror == "too large, more than 4 bytes"


def test_a_file_that_grows_while_it_is_read_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    status = os.stat(path)
    path.write_bytes(b"1234567")
    monkeypatch.setattr(plain_files.os, "stat", lambda _: status)
    monkeypatch.setattr(plain_files.os, "fstat", lambda _: status)
    with pytest.raises(TooLargeError):
        read_plain(path, 5)


def test_a_pipe_that_is_put_in_the_place_of_a_file_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.touch()
    status = os.stat(path)
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(plain_files.os, "stat", lambda _: status)
    with pytest.raises(NotPlainError):
        open_plain(path, 5)


def test_nothing_and_an_empty_file_are_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert read_plain(tmp_path / "empty", 0) == b""
    assert read_plain(os.devnull, 0) == b""


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="needs /dev/fd")
def test_a_pipe_that_a_shell_hands_over_is_read() -> None:
    script = "import sys; from ocr_cli.plain_files import read_plain; print(read_plain(sys.argv[1], 9))"
    reader, writer = os.pipe()
    os.write(writer, b"words")
    os.close(writer)
    command = [sys.executable, "-c", script, f"/dev/fd/{reader}"]
    done = subprocess.run(command, pass_fds=[reader], capture_output=True, check=True, timeout=60)
    os.close(reader)
    assert done.stdout == b"b'words'\n"
