"""Results reach the disk whole or not at all: written beside the target, then renamed into place."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, overload

from ocr_cli.errors import OcrError, OutputError

_PREFIX = ".ocr-part-"


@overload
def atomic_write(
    path: str | Path, mode: Literal["wb"] = "wb"
) -> contextlib.AbstractContextManager[IO[bytes]]: ...
@overload
def atomic_write(path: str | Path, mode: Literal["w"]) -> contextlib.AbstractContextManager[IO[str]]: ...
def atomic_write(
    path: str | Path, mode: Literal["wb", "w"] = "wb"
) -> contextlib.AbstractContextManager[IO[Any]]:
    """Open a file that appears at ``path`` only when the ``with`` block ends without an exception.

    The content goes to a new file in the same folder, which replaces ``path`` in one step, so a reader sees
    the old content or the new one and never half of it. A symbolic link keeps pointing where it did, and its
    target is replaced. What exists and is no plain file (``/dev/null``, a pipe) is written to directly.

    Args:
        path: where the file shall be.
        mode: ``"wb"`` for bytes, ``"w"`` for UTF-8 text whose line ends are line feeds everywhere.

    Returns:
        A context manager that yields the open file.

    Raises:
        OutputError: on entering, if the file cannot be made; inside or on leaving the block, if it cannot be
            written (any ``OSError`` of the system's in the block is taken for that). Others pass unchanged.
    """
    return _atomic_write(Path(path), mode)


@contextlib.contextmanager
def _atomic_write(path: Path, mode: str) -> Iterator[IO[Any]]:
    encoding: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    with as_output_error(path):
        target = _checked_target(path)
        if _is_special(target):
            with target.open(mode, **encoding) as file:
                yield file
            return
        import tempfile  # Only here, because reading a page writes no file.

        descriptor, name = tempfile.mkstemp(prefix=_part_prefix(target), dir=target.parent)
        try:
            with open(descriptor, mode, **encoding) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, _permissions(target))
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def remove_leftovers(path: str | Path) -> None:
    """Remove the unfinished files that processes killed during ``atomic_write`` to ``path`` left beside it.

    A process that is writing to ``path`` just now will fail. What cannot be removed stays.
    """
    target = Path(os.path.realpath(path))
    with contextlib.suppress(OSError):
        for part in target.parent.glob(f"{_part_prefix(target)}*"):
            part.unlink()


def check_writable(path: str | Path) -> None:
    """Find out now whether ``atomic_write`` to ``path`` will be refused, before hours of work are lost.

    Raises:
        OutputError: if the folder is missing or closed to us, or ``path`` is a folder or write-protected.
    """
    path = Path(path)
    with as_output_error(path):
        target = _checked_target(path)
        if not _is_special(target):
            import tempfile

            with tempfile.TemporaryFile(prefix=_PREFIX, dir=target.parent):
                pass


def make_folder(path: str | Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        OutputError: if it cannot be made, or something else has its name.
    """
    with as_output_error(Path(path)):
        os.makedirs(path, exist_ok=True)


def _part_prefix(target: Path) -> str:
    """How the names of unfinished files for ``target`` begin; with its own name they could be too long."""
    return f"{_PREFIX}{zlib.crc32(os.fsencode(target.name)):08x}-"


@contextlib.contextmanager
def as_output_error(path: str | Path) -> Iterator[None]:
    """Any ``OSError`` of the system's in the block is raised as an ``OutputError`` that names the file."""
    try:
        yield
    except OcrError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _checked_target(path: Path) -> Path:
    """The file behind any symbolic links.

    Raises:
        OSError: if it is a folder or write-protected (a rename would replace it all the same).
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def _is_special(target: Path) -> bool:
    """Whether ``target`` is a device, a pipe or a socket: something to write to and never to replace."""
    return target.exists() and not target.is_file()


def _permissions(target: Path) -> int:
    """The mode that ``open`` would have left ``target`` with: its own if it exists, else by the umask."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
