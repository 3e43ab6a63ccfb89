import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from ocr_cli import prepared as module
from ocr_cli.errors import ModelFileError
from ocr_cli.prepared import cache_folder, prepared
from ocr_cli.reader import Reader


class Thing(NamedTuple):
    arrays: dict
    values: dict

    def to_arrays(self):
        return self

    @classmethod
    def from_arrays(cls, arrays, values):
        return cls(arrays, {"name": values["name"], **values})


MADE = Thing(
    {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "of nothing": np.zeros((0, 4), np.int32)},
    {"name": "É", "list": [1, 2.5, None]},
)


class Load:
    def __init__(self, made=MADE):
        self.made = made
        self.calls = 0

    def __call__(self, path):
        self.calls += 1
        return self.made


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_CACHE_DIR", str(tmp_path / "cache" / "ocr"))
    return tmp_path / "cache" / "ocr"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.npz"
    path.write_bytes(b"a file")
    return path


@pytest.fixture
def code(tmp_path):
    path = tmp_path / "code.py"
    path.write_text("pass")
    return [str(path)]


def same(one, other):
    assert one.values == other.values
    assert list(one.arrays) == list(other.arrays)
    for name, array in one.arrays.items():
        assert array.dtype == other.arrays[name].dtype
        np.testing.assert_array_equal(array, other.arrays[name])


def later(path, seconds=10):
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))


@pytest.mark.usefixtures("folder")
def test_what_was_made_once_is_not_made_again(source, code):
    load = Load()
    same(prepared(Thing, source, load, code), MADE)
    kept = prepared(Thing, source, load, code)
    same(kept, MADE)
    assert load.calls == 1
    # They are the same memory for whoever asks, so nobody may change them.
    with pytest.raises(ValueError, match="read-only"):
        kept.arrays["a"][0] = 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("changed", ["content", "time", "code", "file"])
def test_what_was_made_of_something_else_is_made_anew(source, code, changed):
    prepared(Thing, source, Load(), code)
    if changed == "content":
        status = os.stat(source)
        source.write_bytes(b"another file")
        os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif changed == "file":
        status = os.stat(source)
        other = source.with_name("other")
        other.write_bytes(b"x" * status.st_size)
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.replace(other, source)
    else:
        later(source if changed == "time" else code[0])
    load = Load(Thing({"b": np.ones(3)}, {"name": "B"}))
    same(prepared(Thing, source, load, code), load.made)
    same(prepared(Thing, source, load, code), load.made)
    assert load.calls == 1


@pytest.mark.usefixtures("folder")
def test_files_of_the_same_name_in_two_folders_are_told_apart(source, code, tmp_path):
    other = tmp_path / "folder" / source.name
    other.parent.mkdir()
    other.write_bytes(source.read_bytes())
    load = Load()
    for path in (source, other, source, other):
        prepared(Thing, path, load, code)
    assert load.calls == 2


@pytest.mark.parametrize("damage", ["empty", "cut off", "too long", "other", "header", "dtype"])
def test_a_damaged_file_is_made_anew(folder, source, code, damage):
    prepared(Thing, source, Load(), code)
    (kept,) = folder.iterdir()
    content = kept.read_bytes()
    kept.write_bytes(
        {
            "empty": b"",
            "cut off": content[:-4],
            "too long": content + b"\0",
            "other": b"something else",
            "header": content.replace(b'"key"', b'"kex"'),
            "dtype": content.replace(b'"<f4"', b'"|O8"'),
        }[damage]
    )
    load = Load()
    same(prepared(Thing, source, load, code), MADE)
    same(prepared(Thing, source, load, code), MADE)
    assert load.calls == 1


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_put_together_is_made_anew(source, code):
    prepared(Thing, source, Load(Thing({}, {"other": 1})), code)
    load = Load()
    for _ in range(2):
        same(prepared(Thing, source, load, code), MADE)
    assert load.calls == 1


def test_nothing_is_kept_where_nothing_can_be_written(folder, source, code):
    folder.parent.mkdir()
    folder.write_text("no folder")
    load = Load()
    for _ in range(2):
        same(prepared(Thing, source, load, code), MADE)
    assert load.calls == 2
    assert folder.read_text() == "no folder"


def test_nothing_is_kept_if_the_user_says_so(monkeypatch, tmp_path, source, code):
    monkeypatch.setenv("OCR_CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "unused"))
    load = Load()
    for _ in range(2):
        prepared(Thing, source, load, code)
    assert load.calls == 2
    assert not (tmp_path / "unused").exists()


def test_what_cannot_be_made_is_not_kept(folder, source, code):
    def fail(path):
        raise ModelFileError("damaged")

    with pytest.raises(ModelFileError, match="damaged"):
        prepared(Thing, source, fail, code)
    assert not folder.exists()


def test_the_oldest_files_are_removed(folder, tmp_path, code):
    for number in range(module._MOST + 2):
        source = tmp_path / f"model{number}.npz"
        source.write_bytes(b"x")
        prepared(Thing, source, Load(), code)
        for kept in folder.glob(f"model{number}-*"):
            later(kept, number - 100)
    names = {path.name.split("-")[0] for path in folder.iterdir()}
    assert names == {f"model{number}" for number in range(2, module._MOST + 2)}


def test_files_are_kept_where_the_platform_keeps_such(monkeypatch, tmp_path):
    monkeypatch.delenv("OCR_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "ocr"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / ".cache" / "ocr"
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    assert cache_folder() is None


def test_a_page_is_read_alike_from_what_is_kept(folder, monkeypatch):
    picture = Path(__file__).parents[1] / "samples" / "note.jpg"
    first = Reader().read(picture)
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"block", "en"}

    def fail(path):
        raise AssertionError(f"{path} is loaded again")

    monkeypatch.setattr("ocr_cli.network.model_file.load_model", fail)
    monkeypatch.setattr("ocr_cli.decoding.language_file.load_language", fail)
    assert first.text
    assert Reader().read(picture) == first
