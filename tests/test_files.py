import os
import shutil
import stat
import sys

import pytest

from ocr_cli.errors import OutputError
from ocr_cli.files import atomic_write, check_writable, make_folder, remove_leftovers

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file modes")
NOT_ROOT = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write everywhere")


def test_the_file_appears_whole_when_the_block_ends(tmp_path):
    target = tmp_path / "a.bin"
    with atomic_write(target) as file:
        file.write(b"\x00\x01")
        file.flush()
        assert not target.exists()
    assert target.read_bytes() == b"\x00\x01"
    assert list(tmp_path.iterdir()) == [target]


def test_text_is_utf8_with_line_feeds(tmp_path):
    with atomic_write(str(tmp_path / "a.txt"), "w") as file:
        file.write("Ä\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\x84\n"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_content_and_no_litter(tmp_path, error):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def write_and_fail():
        with atomic_write(target) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        write_and_fail()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_os_error_in_the_block_names_the_target(tmp_path):
    with (
        pytest.raises(OutputError, match=r"a\.bin: cannot be written: No space left"),
        atomic_write(tmp_path / "a.bin"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("refuse", [check_writable, lambda path: atomic_write(path).__enter__()])
def test_a_missing_folder_and_a_folder_are_refused(tmp_path, refuse):
    with pytest.raises(OutputError, match="No such file or directory"):
        refuse(tmp_path / "missing" / "a.bin")
    with pytest.raises(OutputError, match="Is a directory"):
        refuse(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_checking_changes_nothing(tmp_path):
    target = tmp_path / "a.bin"
    check_writable(target)
    assert list(tmp_path.iterdir()) == []
    target.write_bytes(b"old")
    check_writable(target)
    assert target.read_bytes() == b"old"


@POSIX
@NOT_ROOT
def test_a_write_protected_file_is_not_replaced(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(OutputError, match="Permission denied"):
        check_writable(target)
    with pytest.raises(OutputError, match="Permission denied"), atomic_write(target):
        pass
    assert target.read_bytes() == b"old"


@POSIX
def test_permissions_follow_the_umask_or_the_old_file(tmp_path):
    umask = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "new"):
            pass
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o604)
        with atomic_write(tmp_path / "old"):
            pass
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604


@POSIX
def test_a_link_keeps_pointing_where_it_did(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"


@POSIX
def test_a_device_is_written_to_and_never_replaced():
    check_writable(os.devnull)
    with atomic_write(os.devnull) as file:
        file.write(b"x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_an_output_error():
    with (
        pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"),
        atomic_write("/dev/full") as file,
    ):
        file.write(b"x")


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path):
    target, other = tmp_path / ("x" * 250 + ".bin"), tmp_path / "other.bin"
    for path in (target, other):
        with atomic_write(path) as file:
            file.write(b"new")
            (part,) = [p for p in tmp_path.glob(".ocr-part-*") if not p.name.endswith("-left")]
            shutil.copy(part, f"{part}-left")  # As if the process ended here.
    remove_leftovers(target)
    (left,) = tmp_path.glob(".ocr-part-*")
    assert target.exists()
    assert other.exists()
    remove_leftovers(other)
    assert not left.exists()
    remove_leftovers(tmp_path / "no" / "such.bin")


def test_a_folder_is_made_with_those_above_it_and_may_be_there(tmp_path):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=f"{name}: cannot be written"):
        make_folder(tmp_path / name)
