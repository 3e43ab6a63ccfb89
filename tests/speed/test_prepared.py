import os
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from ocr_cli import loading
from ocr_cli.errors import ModelFileError
from ocr_cli.model_store import find_language, find_model
from ocr_cli.reader import Reader
from ocr_cli.speed import prepared as module
from ocr_cli.speed.prepared import cache_folder, prepared

posix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")


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


@pytest.mark.parametrize("part", range(20))
def test_a_flipped_bit_anywhere_is_found(folder, source, code, part):
    prepared(Thing, source, Load(), code)
    (kept,) = folder.iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) * part // 20] ^= 1 << part % 8
    kept.write_bytes(content)
    load = Load()
    for _ in range(2):
        same(prepared(Thing, source, load, code), MADE)
    assert load.calls == 1


def test_a_header_of_anything_is_made_anew(folder, source, code):
    prepared(Thing, source, Load(), code)
    (kept,) = folder.iterdir()
    for header in (b"[" * 100_000, b"[]", b'{"key": 1}', b"\xff", b'{"key": []}' + bytes(100)):
        rest = len(header).to_bytes(8, "little") + header
        kept.write_bytes(module._BEGINNING + zlib.crc32(rest).to_bytes(4, "little") + rest)
        load = Load()
        same(prepared(Thing, source, load, code), MADE)
        assert load.calls == 1


@posix
class TestWhoMayWrite:
    """What others could have put there is neither used nor left there, and nothing is said of it."""

    def test_the_folder_and_its_files_are_the_users_alone(self, folder, source, code):
        before = os.umask(0o002)
        try:
            prepared(Thing, source, Load(), code)
        finally:
            os.umask(before)
        (kept,) = folder.iterdir()
        assert [path.stat().st_mode & 0o777 for path in (folder, kept)] == [0o700, 0o600]

    @pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
    def test_a_file_that_others_can_write_to_is_made_anew(self, folder, source, code, mode):
        prepared(Thing, source, Load(), code)
        (kept,) = folder.iterdir()
        kept.chmod(mode)
        load = Load()
        for _ in range(2):
            same(prepared(Thing, source, load, code), MADE)
        assert load.calls == 1
        assert kept.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("mode", [0o770, 0o777, 0o1777])
    def test_a_folder_that_others_can_write_to_is_not_used(self, folder, source, code, mode):
        prepared(Thing, source, Load(), code)
        (kept,) = folder.iterdir()
        before = kept.stat()
        folder.chmod(mode)
        load = Load()
        for _ in range(2):
            same(prepared(Thing, source, load, code), MADE)
        assert load.calls == 2
        assert kept.stat() == before

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_of_another_owner(self, folder, source, code, what):
        prepared(Thing, source, Load(), code)
        (kept,) = folder.iterdir()
        os.chown(kept if what == "file" else folder, 12345, -1)
        load = Load()
        for _ in range(2):
            same(prepared(Thing, source, load, code), MADE)
        assert load.calls == (1 if what == "file" else 2)

    @pytest.mark.parametrize("what", ["pipe", "link", "device"])
    def test_what_is_no_file_is_replaced(self, folder, source, code, tmp_path, what):
        prepared(Thing, source, Load(), code)
        (kept,) = folder.iterdir()
        kept.unlink()
        if what == "pipe":
            os.mkfifo(kept)
        else:
            kept.symlink_to("/dev/zero" if what == "device" else tmp_path / "nowhere")
        load = Load()
        for _ in range(2):
            same(prepared(Thing, source, load, code), MADE)
        assert load.calls == 1
        assert kept.is_file()
        assert not kept.is_symlink()


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


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "OCR_CACHE_DIR"])
def test_a_relative_folder_is_none(monkeypatch, tmp_path, variable):
    """It would be another one in each working folder, and there anybody's."""
    monkeypatch.delenv("OCR_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    without = cache_folder()
    monkeypatch.setenv(variable, "cache")
    assert cache_folder() == without
    monkeypatch.setenv("HOME", ".")
    kept = cache_folder()
    assert kept is None or kept.is_absolute()


@pytest.mark.parametrize(
    ("load", "source", "named"),
    [
        (loading._load_model, find_model("mixed"), loading._MODEL_CODE),
        (loading._load_language, find_language("en"), loading._LANGUAGE_CODE),
    ],
)
def test_all_code_that_loads_is_named_so_that_its_change_is_seen(load, source, named):
    def see(frame, event, argument):
        ran.add(frame.f_code.co_filename)

    load(source)  # What is imported for it is by now.
    ran = set()
    before = sys.getprofile()
    sys.setprofile(see)
    try:
        load(source).to_arrays()
    finally:
        sys.setprofile(before)
    package = str(Path(loading.__file__).parent)
    assert {file for file in ran if file.startswith(package)} == set(map(str, named))


def test_a_page_is_read_alike_from_what_is_kept(folder, monkeypatch):
    picture = Path(__file__).parents[2] / "samples" / "note.jpg"
    first = Reader("block").read(picture)
    assert {path.name.split("-")[0] for path in folder.iterdir()} == {"block", "en"}

    def fail(path):
        raise AssertionError(f"{path} is loaded again")

    monkeypatch.setattr("ocr_cli.network.model_file.load_model", fail)
    monkeypatch.setattr("ocr_cli.decoding.language.load_language", fail)
    assert first.text
    assert Reader("block").read(picture) == first
