"""Files of results and of the user: whole, in the right place, and never over what they are made from.

Results reach the disk whole or not at all: they are written beside the target, then renamed into place. None
replaces what it is made from, nor another one: what a command reads and what it writes are told apart. Files
are the same if they are the same on the disk, whatever they are called: by a link, by another path, or, where
the file system does not tell them apart, in small letters.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, overload

from ocr_cli.errors import NameClashError, OcrError, OutputError

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


TRANSCRIPT_ENDING = ".gt.txt"
"""How the names of transcripts end: ``NAME.gt.txt`` beside ``NAME.jpg``."""

_Identity: TypeAlias = tuple[int, int]


class ReadAndWritten:
    """The files that a command reads and those that it will write, as they become known, in any order.

    What is no plain file (a terminal, a pipe, ``/dev/null``) may be both, and may be written twice.
    """

    def __init__(self) -> None:
        self._read: dict[_Identity, str] = {}
        self._replaced: dict[_Identity, str] = {}
        self._owners: dict[str, str] = {}

    def reads(self, path: str | Path) -> None:
        """A file is read. There need not be one.

        Raises:
            NameClashError: if it is one of those that are written.
        """
        identity = _identity(path)
        written = self._replaced.get(identity) if identity else None
        if written is None and identity is not None and _place(path) in self._owners:
            written = str(path)
        if written is not None:
            raise _would_replace(written, str(path))
        if identity is not None:
            self._read.setdefault(identity, str(path))

    def writes(self, path: str | Path, owner: str, *, hint: str | None = None, kept: bool = False) -> None:
        """A file is written, or what is there replaced.

        Args:
            path: the file; the folder need not be there.
            owner: what is written there: an option, or the picture that was read.
            hint: what to do if two owners write the same file.
            kept: whether what is there already stays as it is.

        Raises:
            NameClashError: if it is one of those that are read, is a transcript that is there already, or is
                written by another owner.
        """
        if os.path.exists(path) and not os.path.isfile(path):
            return
        place = _place(path)
        first = self._owners.get(place)
        if first == owner:
            return
        if first is not None:
            raise NameClashError(f"{first} and {owner} would both be written to {path}", hint=hint)
        identity = _identity(path)
        if identity is not None and not kept:
            if identity in self._read:
                raise _would_replace(str(path), self._read[identity])
            if os.path.basename(place).endswith(TRANSCRIPT_ENDING):
                raise NameClashError(
                    f"{path}: is a transcript that is there already",
                    hint="move it away, leave it with --skip-existing, or choose another name",
                )
            self._replaced[identity] = str(path)
        self._owners[place] = owner

    @property
    def places(self) -> Iterable[str]:
        """Where files are written: absolute paths without links."""
        return self._owners


def _would_replace(target: str, read: str) -> NameClashError:
    if target == read:
        return NameClashError(f"{target}: would be overwritten by what is made from it")
    return NameClashError(f"{target}: is the same file as {read}, which is read, and would be overwritten")


def _identity(path: str | Path) -> _Identity | None:
    """What tells a plain file from all others; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _place(path: str | Path) -> str:
    """Where a file is or will be, in the one spelling that the system's own file systems give it."""
    place = os.path.normcase(os.path.realpath(path))
    if sys.platform == "darwin":
        import unicodedata

        place = unicodedata.normalize("NFD", place).casefold()
    return place


def named_folder(variable: str) -> Path | None:
    """The folder that a variable of the environment names, as ``XDG_CONFIG_HOME``; None if it names none.

    A relative one is none (https://specifications.freedesktop.org/basedir-spec): it would be another folder
    in each working folder, and there anybody's.
    """
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else None


def user_folder(variable: str, below: str, *, windows: str, mac: str, other: str) -> Path:
    """A folder of the user's, whether or not it exists; always an absolute path.

    Args:
        variable: of the environment, such as ``XDG_DATA_HOME``; if it names a folder, it counts on all
            platforms.
        below: the folder below that.
        windows: the folder in ``%LOCALAPPDATA%``.
        mac: the folder in the user's home on macOS.
        other: the folder in the user's home elsewhere.
    """
    if (base := named_folder(variable)) is not None:
        return base / below
    if sys.platform == "win32":
        return (named_folder("LOCALAPPDATA") or home()) / windows
    return home() / (mac if sys.platform == "darwin" else other)


def home() -> Path:
    """The user's home, always an absolute path.

    What ``$HOME`` says if it is absolute, else what the system knows of the user; the root of the file system
    for who has none, as containers have it.
    """
    for name in ("~", f"~{_login()}"):
        expanded = os.path.expanduser(name)
        if os.path.isabs(expanded):
            return Path(expanded)
    return Path(os.path.abspath(os.sep))


def _login() -> str:
    """The user's name by what the system knows, not by the environment; empty if it knows none."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
