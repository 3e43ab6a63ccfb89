"""The one door for files that are read: plain ones, of at most so many bytes.

What lies in somebody's folder may be called like a picture, a model or a list and be a pipe that nobody
writes to, a device without an end, or something that the system makes up while it is read. None of these is
opened for longer than it takes to find out, and no reader waits for them.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

# Without it, to open a pipe means to wait until somebody writes to it. Plain files know no such thing.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_SPECIAL = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_HANDED_OVER = "/dev/fd/"
"""Where shells put the pipes of their process substitution: whoever called opened those on purpose."""


class NotPlainError(OSError):
    """Something that is no plain file: a pipe, a device, a socket, or what the system makes up."""


class TooLargeError(OSError):
    """A file of more bytes than it may have."""


def open_plain(path: str | Path, max_bytes: int) -> BinaryIO:
    """Open a plain file to read its bytes.

    Args:
        path: the file. A pipe that a shell handed over (``/dev/fd/63``) will do as well, and is read to its
            end; and the null device, which is empty.
        max_bytes: what it may have at the most.

    Returns:
        The file, seekable.

    Raises:
        NotPlainError: if it is anything but a plain file.
        TooLargeError: if it has more bytes.
        OSError: if there is none, it is a folder, or it cannot be opened. Whatever is raised has a
            ``strerror`` that says what is wrong, and does not name the file.
    """
    try:
        # Some devices do something when they are opened, so they are looked at before.
        status = os.stat(path)
        if os.fspath(path) == os.devnull:
            return io.BytesIO()
        if _is_handed_over(path, status):
            return _read_pipe(path, max_bytes)
        _check(status, max_bytes)
        # And once more when they are open, since another may have been put in the place.
        file = open(path, "rb", opener=lambda name, _: os.open(name, _FLAGS))  # noqa: SIM115 (the caller closes it)
    except ValueError as error:  # A NUL in the name, or half a surrogate pair.
        raise OSError(errno.EINVAL, f"no file has such a name: {error}") from error
    try:
        status = os.fstat(file.fileno())
        _check(status, max_bytes)
        if not status.st_size and _has_content(file.fileno()):
            raise NotPlainError(errno.EINVAL, "is no plain file: the system makes it up")
    except BaseException:
        file.close()
        raise
    return file


def read_plain(path: str | Path, max_bytes: int) -> bytes:
    """All bytes of a plain file; raises what ``open_plain`` does."""
    with open_plain(path, max_bytes) as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:  # It grew meanwhile.
        raise _too_large(max_bytes)
    return content


def _check(status: os.stat_result, max_bytes: int) -> None:
    for is_such, name in _SPECIAL:
        if is_such(status.st_mode):
            raise NotPlainError(errno.EINVAL, f"is {name}, not a plain file")
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise NotPlainError(errno.EINVAL, "is no plain file")
    if status.st_size > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError(errno.EFBIG, f"too large, more than {max_bytes:,} bytes")


def _has_content(descriptor: int) -> bool:
    """Whether something can be read from what says that it is empty, as files of ``/proc`` do."""
    try:
        return bool(os.read(descriptor, 1))
    except OSError:
        return True


def _is_handed_over(path: str | Path, status: os.stat_result) -> bool:
    return stat.S_ISFIFO(status.st_mode) and os.fspath(path).startswith(_HANDED_OVER)


def _read_pipe(path: str | Path, max_bytes: int) -> BinaryIO:
    with open(path, "rb") as pipe:
        content = pipe.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise _too_large(max_bytes)
    return io.BytesIO(content)
