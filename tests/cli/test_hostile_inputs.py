"""What each command says of inputs that are no files, have no end, or hold what nobody writes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.batch import sources
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, save_model


def one_line(err: str) -> str:
    assert err.startswith("ocr: error: ")
    assert err.count("\n") == 1
    assert "fault in ocr" not in err
    return err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a picture and a pipe that nobody writes to."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "ocr" / "models").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    Image.new("L", (60, 40), 255).save("a.png")
    return tmp_path / "work"


@pytest.fixture
def pipe(folder: Path) -> Iterator[str]:
    """Whoever waits for it is interrupted, and fails."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs pipes that have names")
    os.mkfifo("pipe")

    def give_up(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, 30)
    yield "pipe"
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "command",
    [
        ["read", "a.png", "--lexicon", "pipe"],
        ["read", "--files-from", "pipe"],
        ["--config", "pipe", "read", "a.png"],
        ["harvest", "a.png", "--text", "pipe"],
        ["train", "pipe"],
        ["evaluate", "pipe"],
        ["evaluate", "--pages", "pipe"],
        ["inspect", "./pipe"],
        ["read", "a.png", "-m", "./pipe"],
    ],
)
def test_nobody_waits_for_a_pipe(ocr, pipe, command) -> None:
    result = ocr(*command)
    assert result.status
    assert "pipe" in one_line(result.err)


def test_a_list_may_name_a_pipe(ocr, pipe, fake_reader) -> None:
    Path("list").write_text("pipe\na.png\n")
    result = ocr("read", "--files-from", "list")
    assert result.status == 1
    assert one_line(result.err.splitlines(keepends=True)[0]).startswith(
        "ocr: error: pipe: is a pipe, not a plain file"
    )


def test_a_folder_with_a_pipe_is_read(ocr, pipe, fake_reader) -> None:
    os.mkdir("scans")
    os.rename("pipe", "scans/b.png")
    os.rename("a.png", "scans/a.png")
    result = ocr("read", "--recursive", "scans")
    assert result.status == 1
    assert "scans/b.png: is a pipe" in result.err


def test_models_are_listed_beside_a_pipe(ocr, pipe, folder: Path) -> None:
    os.rename("pipe", folder.parent / "data" / "ocr" / "models" / "mine.npz")
    result = ocr("models")
    assert "block" in result.out
    assert "mine.npz: cannot be read: is a pipe" in one_line(result.err)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
def test_the_time_limit_covers_opening_and_counting(ocr, folder: Path, fake_reader, monkeypatch) -> None:
    def count(*_: object, **__: object) -> list[int]:
        while True:
            pass

    monkeypatch.setattr(sources, "chosen_frames", count)
    result = ocr("read", "a.png", "--timeout", "0.2")
    assert result.status == 1
    assert one_line(result.err).startswith("ocr: error: a.png: given up after 0.2 seconds")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300", "1e10", "9" * 400, "0", "-1"])
def test_times_that_are_none(ocr, folder: Path, fake_reader, value) -> None:
    result = ocr("read", "a.png", "--timeout", value)
    assert result.status == 2
    assert "--timeout" in one_line(result.err)


@pytest.mark.parametrize(
    "options",
    [
        ["read", "a.png", "--min-confidence", "nan"],
        ["evaluate", "--pages", "a.png", "--wrong-transcripts", "nan"],
        ["train", "--lr", "inf"],
        ["train", "--lr", "nan"],
        ["train", "--weight-decay", "nan"],
        ["train", "--warmup", "inf"],
        ["train", "--validation", "nan"],
        ["train", "--hidden", "99999999999999999999"],
        ["train", "--hidden", "9" * 5000],
        ["train", "--epochs", "9" * 30],
        ["train", "--batch-size", "9" * 30],
        ["train", "--seed", "9" * 30],
        ["learn", "a.png", "--seed", "9" * 5000],
        ["inspect", "block", "--weights", "a.png", "--units", "9" * 30],
        ["read", "a.png", "--page", "9" * 5000],
        ["read", "a.png", "--jobs", "9" * 5000],
        ["read", "a.png", "--max-pixels", "9" * 5000],
    ],
)
def test_numbers_that_nothing_can_be_done_with(ocr, folder: Path, options) -> None:
    result = ocr(*options)
    assert result.status == 2
    one_line(result.err)


@pytest.mark.parametrize(
    "pattern", ["(" * 3000, "[AB]*A[AB]{7}(.?){300}", "[AB]*A[AB]{10}", "A{1000}", "A" * 100_000]
)
def test_patterns_that_take_too_much(ocr, folder: Path, pattern) -> None:
    result = ocr("read", "a.png", "--pattern", pattern)
    assert result.status == 2
    assert pattern[:20] in one_line(result.err)
    assert len(result.err) < 300


def test_a_nul_in_a_list_of_names(ocr, folder: Path, fake_reader) -> None:
    Path("list").write_bytes(b"a\0b.png\na.png\n")
    result = ocr("read", "--files-from", "list", "--output-dir", "out")
    assert result.status == 1
    assert one_line(result.err.splitlines(keepends=True)[0]).startswith(
        "ocr: error: a\\x00b.png: no file has such a name"
    )
    assert Path("out/a.txt").exists()


@pytest.mark.parametrize("option", [[], ["--null"]])
def test_a_list_without_ends_of_names(ocr, folder: Path, fake_reader, option) -> None:
    Path("list").write_bytes(b"x" * 1_000_000)
    result = ocr("read", "--files-from", "list", *option)
    assert result.status == 1
    assert one_line(result.err).startswith("ocr: error: list: not a list of names: 65,536 bytes without ")


@pytest.mark.parametrize("name", ["x" * 5000, "\ud800".join("ab"), "x" * 200])
def test_names_that_are_long_or_odd(ocr, folder: Path, fake_reader, name) -> None:
    Path("list").write_bytes(os.fsencode(name.replace("\ud800", "\udc80")) + b".png")
    result = ocr("read", "--files-from", "list", "--output-dir", "out", "--suffix", ".read" * 20)
    assert result.status in (1, 4)
    one_line(result.err)


def test_a_number_of_too_many_digits_among_the_settings(ocr, folder: Path, fake_reader) -> None:
    for written in ("0x" + "f" * 5000, "9" * 5000, "nan", "[[1]]"):
        Path("ocr.toml").write_text(f"min-confidence = {written}\n")
        result = ocr("--config", "ocr.toml", "read", "a.png")
        assert result.status == 2
        one_line(result.err)


def test_a_moment_of_too_many_digits(ocr, folder: Path, fake_reader, monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "9" * 5000)
    assert ocr("read", "a.png", "-f", "alto").status == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.hocr", "<![foo[ <span class='ocr_line'>"),
        ("a.hocr", "<span class='ocr_line'>&#" + "9" * 5000 + ";"),
        (
            "a.xml",
            '<PcGts><TextLine><TextEquiv index="²"><Unicode>A</Unicode></TextEquiv></TextLine></PcGts>',
        ),
        ("a.json", '{"width": Infinity, "height": 3, "source": null, "lines": []}'),
        ("a.json", f'{{"width": 1{"0" * 400}, "height": 3, "source": null, "lines": []}}'),
        ("a.json", '{"width": 3, "height": 3, "source": 7, "lines": []}\n' * 2),
        ("a.txt", "\0\x1b[2J"),
    ],
)
def test_transcripts_that_nobody_writes(ocr, folder: Path, name, content) -> None:
    Path(name).write_text(content, encoding="utf-8")
    result = ocr("harvest", "a.png", "--text", name)
    assert result.status == 1
    assert "fault in ocr" not in result.err
    assert "\x1b" not in result.out + result.err
    one_line(result.err)


def test_fields_and_names_of_a_table_that_are_too_long(ocr, folder: Path) -> None:
    Path("list.csv").write_text("file,text\na.png," + "A" * 200_000 + "\n")
    one_line(ocr("train", "--pages", "list.csv").err)


def _model(path: Path, classes: tuple[str, ...] = ("A", "B")) -> Path:
    network = MLP((1024, 3, len(classes)), "relu", "he", np.random.default_rng(0))
    save_model(path, ModelFile(network, classes, {"features": {"kind": "pixels"}}, {"seed": 1}))
    return path


def _repacked(path: Path, packing: int = zipfile.ZIP_STORED, old: bytes = b"", new: bytes = b"") -> None:
    """The archive with its members packed in another way, or other metadata."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if old:
        values = np.load(io.BytesIO(members["metadata.npy"])).tobytes()
        assert old in values
        file = io.BytesIO()
        np.save(file, np.frombuffer(values.replace(old, new), np.uint8))
        members["metadata.npy"] = file.getvalue()
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_members_packed_as_nobody_packs_them(ocr, folder: Path, packing) -> None:
    _repacked(_model(Path("m.npz")), packing)
    assert "m.npz: not a model file" in one_line(ocr("inspect", "./m.npz").err)
    np.savez("d.npz", images=np.zeros((2, 32, 32), np.uint8), labels=np.array([65, 66]))
    _repacked(Path("d.npz"), packing)
    assert "d.npz: cannot be read" in one_line(ocr("train", "d.npz").err)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000])
def test_what_is_no_number_is_never_printed(ocr, folder: Path, number) -> None:
    _repacked(_model(Path("m.npz")), old=b'"seed": 1', new=b'"seed": ' + number)
    result = ocr("inspect", "./m.npz", "--format", "json")
    assert (result.status, result.out) == (3, "")
    one_line(result.err)


@pytest.mark.parametrize(
    "provenance", [b'{"validation_score": {"accuracy": 1' + b"0" * 400 + b"}}", b"[]", b"[[]]", b"7"]
)
def test_an_odd_model_leaves_the_others_in_the_list(ocr, folder: Path, provenance) -> None:
    odd = _model(folder.parent / "data" / "ocr" / "models" / "odd.npz")
    _repacked(odd, old=b'{"seed": 1}', new=provenance)
    _repacked(_model(odd.with_name("packed.npz")), zipfile.ZIP_LZMA)
    _model(odd.with_name("whole.npz"))
    result = ocr("models", "--format", "json")
    assert result.status == 0
    names = [one["name"] for one in json.loads(result.out)["models"]]
    assert {"block", "mixed", "whole"} <= set(names)
    assert "packed" not in names
    assert "packed.npz: not a model file" in result.err
    assert "fault in ocr" not in result.err


COMMANDING = "\x1b]0;x\x07\u202e"


def test_names_of_files_and_classes_command_no_terminal(ocr, folder: Path) -> None:
    name = f"{COMMANDING}\n.npz"
    _model(Path(name), ("A", "\x1b", "\u202e", "\x9b"))
    Path("data").mkdir()
    np.savez("data.npz", images=np.eye(32, dtype=np.uint8)[None].repeat(4, 0) * 255, labels=np.full(4, 65))
    os.rename("data.npz", f"d{COMMANDING}\n.npz")
    Image.new("L", (60, 40), 255).save(f"p{COMMANDING}\n.png")
    Path(f"p{COMMANDING}\n.gt.txt").write_text(f"A{COMMANDING}B\n")
    for command in (
        ["inspect", f"./{name}"],
        ["inspect", f"./{name}", "--format", "json"],
        ["models"],
        ["evaluate", f"d{COMMANDING}\n.npz", f"d{COMMANDING}\n.npz", "-m", f"./{name}"],
        ["evaluate", "--pages", f"p{COMMANDING}\n.png"],
        ["harvest", f"p{COMMANDING}\n.png"],
        ["read", f"p{COMMANDING}\n.png"],
        ["read", f"missing{COMMANDING}\n.png"],
    ):
        result = ocr(*command)
        said = result.out + result.err
        assert said, command
        assert all(one.isprintable() or one == "\n" for one in said), (command, said)
        assert not any(line.startswith(".png") for line in said.splitlines()), command


def test_a_plain_reading_loads_no_more_for_it(folder: Path) -> None:
    """A plain reading does not load what only hostile or rare inputs need."""
    script = (
        "import sys; from ocr_cli.cli import main\n"
        "try: main(['read', 'a.png'], prog_name='ocr')\n"
        "except SystemExit: pass\n"
        "print(sorted({'ocr_cli.decoding.word_trie', 'html', 'ocr_cli.evaluation'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
