"""What takes a while to work out of a file, kept for the next time in a folder of the user's.

To unpack a model, and to work out all rows of a language, takes as long as to read a short note. So the
arrays that come of it are written, once, to a file which the next program maps into its memory: only those
parts of it are read that are looked at. What was made of a file that has changed since, or by other code, is
made anew, and the oldest files are removed. Nothing depends on them: where none can be written or used, the
work is done each time.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ocr_cli import __version__
from ocr_cli.errors import OutputError
from ocr_cli.files import atomic_write
from ocr_cli.user_folders import user_folder

if TYPE_CHECKING:
    from typing_extensions import Self

_BEGINNING = b"ocr_cli prepared\n"
_LENGTH = 8
"""Bytes of the header's length, which come after the beginning."""
_LINE = 64
"""Bytes of a line of a processor's cache: each array begins at one."""
_ENDING = ".prepared"
_MOST = 8
"""So many files are kept."""


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


def prepared(kind: type[T], source: Path, load: Callable[[Path], T], code: Iterable[str]) -> T:
    """What ``load`` makes of a file, or made of it when it was last asked.

    Args:
        kind: what that is.
        source: the file.
        load: what it raises is passed on.
        code: files of the modules that ``load`` is of; what others made is not taken.
    """
    entry = _entry(source, code)
    if entry is not None and (kept := _kept(entry)) is not None:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            return kind.from_arrays(*kept)
    made = load(source)
    if entry is not None:
        _keep(entry, *made.to_arrays())
    return made


def cache_folder() -> Path | None:
    """Where the files are kept: ``$OCR_CACHE_DIR``; nowhere if that is empty.

    If it is not set: ``$XDG_CACHE_HOME/ocr``, by default in ``~/.cache``; on Windows in ``%LOCALAPPDATA%``,
    on macOS in ``~/Library/Caches``. None if there is no such place.
    """
    own = os.environ.get("OCR_CACHE_DIR")
    if own is not None:
        return Path(own) if own else None
    try:
        if not (os.environ.get("XDG_CACHE_HOME") or Path.home().is_dir()):
            return None
        return user_folder(
            "XDG_CACHE_HOME", "ocr", windows="ocr/cache", mac="Library/Caches/ocr", other=".cache/ocr"
        )
    except RuntimeError:
        return None


def _entry(source: Path, code: Iterable[str]) -> _Entry | None:
    folder = cache_folder()
    if folder is None:
        return None
    try:
        path, status = source.resolve(), source.stat()
        written = [os.stat(file).st_mtime_ns for file in code]
    except OSError:
        return None
    name = f"{path.stem}-{zlib.crc32(os.fsencode(path)):08x}{_ENDING}"
    return _Entry(
        folder / name,
        [__version__, *written, os.fspath(path), status.st_ino, status.st_size, status.st_mtime_ns],
    )


def _kept(entry: _Entry) -> tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]] | None:
    """What the file of an entry holds; None if there is none, or not what is wanted."""
    try:
        with open(entry.path, "rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        begin = len(_BEGINNING) + _LENGTH
        end = begin + int.from_bytes(content[len(_BEGINNING) : begin], "little")
        header = json.loads(content[begin:end])
        if content[: len(_BEGINNING)] != _BEGINNING or header["key"] != entry.key:
            return None
        arrays = {}
        for name, kind, shape in header["arrays"]:
            start, size = _next_line(end), int(np.prod(shape))
            arrays[name] = np.frombuffer(content, kind, size, start).reshape(shape)
            end = start + arrays[name].nbytes
        return (arrays, header["values"]) if end == len(content) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(entry: _Entry, arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> None:
    """Write the file of an entry, if that is possible."""
    kinds = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    header = json.dumps({"key": entry.key, "arrays": kinds, "values": dict(values)}).encode()
    with contextlib.suppress(OSError, OutputError):
        os.makedirs(entry.path.parent, 0o700, exist_ok=True)
        with atomic_write(entry.path) as file:
            file.write(_BEGINNING + len(header).to_bytes(_LENGTH, "little") + header)
            for array in arrays.values():
                file.write(bytes(_next_line(file.tell()) - file.tell()))
                file.write(np.ascontiguousarray(array).data)
        kept = sorted(entry.path.parent.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for old in kept[:-_MOST]:
            old.unlink()


def _next_line(position: int) -> int:
    return -(-position // _LINE) * _LINE
