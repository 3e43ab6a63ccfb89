"""What each command does when its results cannot be written, or when it is asked to end."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import ocr_cli.files
from ocr_cli.cli.progress import Progress
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.learning import adapt as adapt_module
from ocr_cli.options import ReadOptions
from ocr_cli.pipeline import PageRows
from ocr_cli.reader import Reader

SAMPLES = Path(__file__).parents[2] / "samples"
SHORT = ["--epochs", "2", "--hidden", "4"]
PRINTING = {
    "compare": ["compare", "letters.npz", *SHORT, "--lr", "0.1", "--lr", "0.01"],
    "completion": ["completion", "bash"],
    "config": ["config"],
    "evaluate": ["evaluate", "letters.npz"],
    "evaluate --pages": ["evaluate", "--pages", "page.jpg"],
    "harvest": ["harvest", "page.jpg"],
    "inspect": ["inspect", "block"],
    "learn": ["learn", "page.jpg"],
    "man": ["man"],
    "models": ["models"],
    "train": ["train", "letters.npz", *SHORT],
}
"""Commands with results on standard output."""
WRITING = {
    "compare --plot": [*PRINTING["compare"], "--plot", "out.png"],
    "evaluate --confusion": [*PRINTING["evaluate"], "--confusion", "out.png"],
    "evaluate --reliability": [*PRINTING["evaluate"], "--reliability", "out.png"],
    "evaluate --worst": [*PRINTING["evaluate --pages"], "--worst", "out.png"],
    "harvest": [*PRINTING["harvest"], "-o", "out.npz"],
    "harvest --picture": [*PRINTING["harvest"], "-o", os.devnull, "--picture", "out.png"],
    "inspect --weights": [*PRINTING["inspect"], "--weights", "out.png", "--units", "1"],
    "learn": [*PRINTING["learn"], "-o", "out.npz"],
    "train": [*PRINTING["train"], "-o", "out.npz"],
    "train --plot": [*PRINTING["train"], "-o", os.devnull, "--plot", "out.png"],
}
"""Commands with results in a file, whose name comes last but for an option."""
OLD = b"what was there before" * 1000


@pytest.fixture(scope="module")
def letters() -> dict[str, np.ndarray]:
    samples = draw_dataset("AX1", writers=10, samples_per_class=1, seed=5)
    return {"images": samples.images, "labels": samples.labels}


@pytest.fixture(scope="module")
def rows() -> PageRows:
    """What is found on the page, once for all tests."""
    return Reader("block", ReadOptions(language=None)).rows(SAMPLES / "table.jpg")


@pytest.fixture
def folder(tmp_path: Path, letters, rows: PageRows, monkeypatch) -> Path:
    """The working directory: characters, and a page with its text; learning is short."""
    monkeypatch.setattr(Reader, "rows", lambda self, image: rows)
    shutil.copy(SAMPLES / "table.jpg", tmp_path / "page.jpg")
    text = (SAMPLES / "table.gt.txt").read_text(encoding="utf-8")
    (tmp_path / "page.gt.txt").write_text(text.replace("K", "H"), encoding="utf-8")
    np.savez(tmp_path / "letters.npz", **letters)
    monkeypatch.setattr(adapt_module, "SETTINGS", replace(adapt_module.SETTINGS, epochs=1, batch_size=32))
    monkeypatch.setattr(adapt_module, "BATCHES", 3)
    monkeypatch.setattr(adapt_module, "_WRITERS", 2)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def target(command: list[str]) -> Path:
    return Path(next(one for one in command if one.startswith("out.")))


def litter(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".")]


@contextlib.contextmanager
def printing_to(descriptor: int, monkeypatch) -> Iterator[None]:
    """Inside, standard output goes there; leaving flushes it, as the end of a process does."""
    with open(descriptor, "w") as stream, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        yield


@pytest.mark.parametrize("command", PRINTING.values(), ids=PRINTING)
def test_a_reader_that_went_away_ends_it_silently(ocr, folder: Path, command, monkeypatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with printing_to(writer, monkeypatch):
        result = ocr(*command, "--quiet")
    assert (result.status, result.err) == (4, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("command", PRINTING.values(), ids=PRINTING)
def test_a_full_disk_behind_standard_output_is_one_line(ocr, folder: Path, command, monkeypatch) -> None:
    with printing_to(os.open("/dev/full", os.O_WRONLY), monkeypatch):
        result = ocr(*command, "--quiet")
    said = "standard output: cannot be written: No space left on device (write elsewhere, or make room)"
    assert (result.status, result.err) == (4, f"ocr: error: {said}\n")


@pytest.mark.parametrize("command", WRITING.values(), ids=WRITING)
def test_a_missing_folder_is_found_before_the_work(ocr, folder: Path, command, monkeypatch) -> None:
    name = str(target(command))
    command = [f"missing/{one}" if one == name else one for one in command]
    result = ocr(*command)
    said = f"missing/{name}: cannot be written: No such file or directory (write elsewhere, or make room)"
    assert (result.status, result.out, result.err) == (4, "", f"ocr: error: {said}\n")
    assert not Path("missing").exists()


@pytest.mark.parametrize("command", WRITING.values(), ids=WRITING)
def test_a_read_only_folder_is_found_before_the_work(ocr, folder: Path, command, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    # Whoever runs this may write everywhere.
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    result = ocr(*command)
    said = f"{target(command)}: cannot be written: Read-only file system (write elsewhere, or make room)"
    assert (result.status, result.out, result.err) == (4, "", f"ocr: error: {said}\n")


@contextlib.contextmanager
def small_disk() -> Iterator[None]:
    """No file can grow beyond 4 kB: only while a command runs, as what pytest writes is such a file, too."""
    resource = pytest.importorskip("resource", reason="the size of files is limited by POSIX means")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("command", WRITING.values(), ids=WRITING)
def test_a_disk_that_fills_up_leaves_the_old_file(ocr, folder: Path, command) -> None:
    path = target(command)
    path.write_bytes(OLD)
    with small_disk():
        result = ocr(*command, "--quiet")
    said = f"{path}: cannot be written: File too large (write elsewhere, or make room)"
    assert (result.status, result.err.splitlines()[-1]) == (4, f"ocr: error: {said}")
    assert path.read_bytes() == OLD
    assert litter(folder) == []


ENDS = {signal.SIGINT: (130, "ocr: interrupted\n"), signal.SIGTERM: (143, "ocr: terminated\n")}


@pytest.fixture
def _no_harm() -> Iterator[None]:
    """A signal that the command does not handle fails the test instead of ending all of them."""

    def unhandled(number: int, frame: object) -> None:
        raise AssertionError(f"{signal.Signals(number).name} was not handled")

    before = signal.signal(signal.SIGTERM, unhandled)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("_no_harm")
@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("harvest", signal.SIGINT),
        ("harvest", signal.SIGTERM),
        ("learn", signal.SIGTERM),
        ("train", signal.SIGINT),
        ("train", signal.SIGTERM),
    ],
)
def test_a_signal_while_the_result_is_written_leaves_the_old_file(
    ocr, folder: Path, command, number, monkeypatch
) -> None:
    def end(descriptor: int) -> None:
        if not list(folder.glob("*.checkpoint")) or command != "train":
            signal.raise_signal(number)

    path = target(WRITING[command])
    path.write_bytes(OLD)
    monkeypatch.setattr(ocr_cli.files.os, "fsync", end)
    result = ocr(*WRITING[command], "--quiet")
    assert (result.status, result.err) == ENDS[number]
    assert path.read_bytes() == OLD
    assert litter(folder) == []


@pytest.mark.usefixtures("_no_harm")
@pytest.mark.parametrize(
    ("command", "number"), [("compare", signal.SIGTERM), ("train", signal.SIGTERM), ("learn", signal.SIGINT)]
)
def test_a_signal_amid_a_training(ocr, folder: Path, command, number, monkeypatch) -> None:
    epochs = []

    def end(self: Progress, epoch: object) -> None:
        epochs.append(epoch)
        signal.raise_signal(number)

    monkeypatch.setattr(Progress, "on_epoch", end)
    result = ocr(*PRINTING[command], "--quiet")
    assert (result.status, len(epochs)) == (ENDS[number][0], 1)
    assert "Traceback" not in result.err
    assert litter(folder) == []
    if command == "train":
        # It is at an end at once; where it stood is kept.
        assert result.err == "ocr: terminated\n"
        assert not Path("model.npz").exists()
        assert "going on after epoch 1" in ocr(*PRINTING[command], "--resume").err


@pytest.mark.parametrize("command", ["evaluate --pages", "harvest", "learn", "train --pages"])
def test_a_transcript_longer_than_any_page_is_refused_unread(ocr, folder: Path, command, monkeypatch) -> None:
    monkeypatch.delattr(Reader, "rows")
    monkeypatch.delattr(Reader, "read")
    (folder / "page.gt.txt").write_text("AB " * 400_000)
    known = PRINTING | {"train --pages": ["train", "--pages", ".", "--validation", "0", "--verbose"]}
    result = ocr(*known[command])
    assert result.status == 1
    assert "page.jpg: a transcript of 1,200,000 characters is no page's" in result.err


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["read", "page.jpg", "--page", "7"], "--page chooses among those that there are"),
        (["read", ".", "--glob", "*.bmp"], "its folders: --recursive"),
        (["harvest", "page.jpg", "-t", "a.json"], "ocr read --format json writes it"),
        (["harvest", "page.jpg", "-t", "a.hocr"], "plain text will do as well: .txt"),
        (["learn", "page.jpg", "-t", "b", "-t", "c"], "give --text once for each, in their order"),
        (["evaluate", "--pages", "empty"], "the text of a.jpg belongs into a.gt.txt"),
        (["inspect", "block", "--weights", "a.xyz"], "another name is needed"),
    ],
)
def test_an_error_says_what_helps(ocr, folder: Path, command, hint) -> None:
    (folder / "empty").mkdir()
    shutil.copy(folder / "page.jpg", folder / "empty" / "a.jpg")
    for name in ("a.json", "a.hocr"):
        (folder / name).write_text("neither")
    result = ocr(*command)
    assert result.status in (1, 4)
    assert result.err.endswith(f" ({hint})\n")
    assert result.err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_control_c_before_the_command_line_is_there(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    done = subprocess.run(
        [sys.executable, "-m", "ocr_cli", "--version"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "ocr: interrupted\n")
