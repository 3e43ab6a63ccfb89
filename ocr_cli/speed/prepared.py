"""What takes a while to work out of a file, kept for the next time in a folder of the user's.

To unpack a model, and to work out all rows of a language, takes as long as to read a short note. So the
arrays that come of it are written, once, to a file which the next program maps into its memory: only those
parts of it are read that are looked at. What was made of a file that has changed since, or by other code, is
made anew, and the oldest files are removed. Nothing depends on them: where none can be written or used, the
work is done each time.

A file is taken only if its checksum is right, and if it and its folder are the user's own and nobody else can
write to them: a disk may err, and others may write wherever they find a place. What is not so is made anew.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import OutputError
from ocr_cli.files import atomic_write, home, named_folder, user_folder
from ocr_cli.version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self

_BEGINNING = b"ocr_cli prepared 2\n"
_CHECKSUM = 4
"""Bytes of the CRC-32 of all that comes after it; it stands after the beginning."""
_LENGTH = 8
"""Bytes of the header's length, which come next."""
_LINE = 64
"""Bytes of a line of a processor's cache: each array begins at one."""
_ENDING = ".prepared"
_MOST = 8
"""So many files are kept."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Arrays(Protocol):
    """What can be taken apart into arrays, and put together from them."""

    def to_arrays(self) -> tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]:
        """Arrays by name, and the rest as plain JSON values."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> Self:
        """What was taken apart into these; the arrays may be read-only.

        Raises:
            KeyError, TypeError, ValueError: if they are of something else.
        """


T = TypeVar("T", bound=Arrays)


class _Entry(NamedTuple):
    """A file that is kept, and what must stand in it to be taken."""

    path: Path
    key: list[str | int]


def prepared(
    kind: type[T],
    source: Path,
    load: Callable[[Path], T],
    code: Iterable[str | Path],
    *,
    variant: str = "",
) -> T:
    """What ``load`` makes of a file, or made of it when it was last asked.

    Args:
        kind: what that is.
        source: the file.
        load: what it raises is passed on.
        code: files of all modules that ``load`` is of; what others made is not taken.
        variant: which of several things is made of the file.
    """
    entry = _entry(source, code, variant)
    if entry is not None and (kept := _kept(entry)) is not None:
        with contextlib.suppress(Exception):  # Whatever is wrong, it is made anew.
            return kind.from_arrays(*kept)
    made = load(source)
    if entry is not None:
        _keep(entry, *made.to_arrays())
    return made


def cache_folder() -> Path | None:
    """Where the files are kept: ``$OCR_CACHE_DIR``; nowhere if that is empty.

    If it is not set, or a relative path: ``$XDG_CACHE_HOME/ocr``, by default in ``~/.cache``; on Windows in
    ``%LOCALAPPDATA%``, on macOS in ``~/Library/Caches``. None if there is no such place.
    """
    if os.environ.get("OCR_CACHE_DIR") == "":
        return None
    if (own := named_folder("OCR_CACHE_DIR")) is not None:
        return own
    if not (named_folder("XDG_CACHE_HOME") or home().is_dir()):
        return None
    return user_folder(
        "XDG_CACHE_HOME", "ocr", windows="ocr/cache", mac="Library/Caches/ocr", other=".cache/ocr"
    )


def _entry(source: Path, code: Iterable[str | Path], variant: str) -> _Entry | None:
    folder = cache_folder()
    if folder is None:
        return None
    try:
        path, status = source.resolve(), source.stat()
        code_status = [os.stat(file) for file in (__file__, *code)]
    except OSError:
        return None
    name = f"{path.stem}-{zlib.crc32(os.fsencode(path) + variant.encode()):08x}{_ENDING}"
    written = [number for one in code_status for number in (one.st_size, one.st_mtime_ns)]
    return _Entry(
        folder / name,
        [__version__, variant, *written, os.fspath(path), status.st_ino, status.st_size, status.st_mtime_ns],
    )


def _kept(entry: _Entry) -> tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]] | None:
    """What the file of an entry holds; None if there is none, or not what is wanted."""
    try:
        if not _is_ours(os.stat(entry.path.parent)):
            return None
        with open(entry.path, "rb", opener=_opened_at_once) as file:
            if not _is_ours(os.fstat(file.fileno())):
                return None
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        begin = len(_BEGINNING) + _CHECKSUM
        checksum = int.from_bytes(content[len(_BEGINNING) : begin], "little")
        if content[: len(_BEGINNING)] != _BEGINNING or zlib.crc32(memoryview(content)[begin:]) != checksum:
            return None
        begin, end = begin + _LENGTH, int.from_bytes(content[begin : begin + _LENGTH], "little")
        end += begin
        header = json.loads(content[begin:end])
        if header["key"] != entry.key:
            return None
        arrays = {}
        for name, kind, shape in header["arrays"]:
            start, size = _next_line(end), int(np.prod(shape))
            arrays[name] = np.frombuffer(content, kind, size, start).reshape(shape)
            end = start + arrays[name].nbytes
        return (arrays, header["values"]) if end == len(content) else None
    except Exception:  # Whatever is wrong with it, it is made anew.
        return None


def _keep(entry: _Entry, arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> None:
    """Write the file of an entry, if that is possible."""
    kinds = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    header = json.dumps({"key": entry.key, "arrays": kinds, "values": dict(values)}).encode()
    parts: list[bytes | memoryview] = [len(header).to_bytes(_LENGTH, "little"), header]
    position = len(_BEGINNING) + _CHECKSUM + _LENGTH + len(header)
    for array in arrays.values():
        parts += [bytes(_next_line(position) - position), np.ascontiguousarray(array).data]
        position = _next_line(position) + array.nbytes
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    with contextlib.suppress(OSError, OutputError):
        os.makedirs(entry.path.parent, 0o700, exist_ok=True)
        if not _is_ours(os.stat(entry.path.parent)):
            return
        with contextlib.suppress(FileNotFoundError):
            if not _is_ours(os.lstat(entry.path)):
                entry.path.unlink()
        with atomic_write(entry.path) as file:
            file.writelines([_BEGINNING, checksum.to_bytes(_CHECKSUM, "little"), *parts])
        entry.path.chmod(0o600)
        kept = sorted(entry.path.parent.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for old in kept[:-_MOST]:
            old.unlink()


def _is_ours(status: os.stat_result) -> bool:
    """Whether a folder or a plain file is the user's own, and nobody else can write to it.

    Where files have no such owners, as on Windows, what is the user's is kept from others by its place.
    """
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return False
    return sys.platform == "win32" or (
        status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_MAY_WRITE
    )


def _opened_at_once(path: str, flags: int) -> int:
    """For ``open``: a pipe is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _next_line(position: int) -> int:
    return -(-position // _LINE) * _LINE
