"""Arrays and what is to be known of them in one ``.npz`` without pickle, checked from end to end when read.

The archive holds the arrays, ``metadata`` (a JSON object as UTF-8 bytes, with the format's name and version)
and ``checksum``, the SHA-256 of all the others. Arrays that few readers need may stand apart: they are read
only when asked for, and their own SHA-256 are among the metadata, under ``apart``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import OcrError, kind_for
from ocr_cli.files import atomic_write
from ocr_cli.plain_files import open_plain

_APART = "apart"
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What NumPy writes. Others have errors of their own, and one can ask for any amount of memory."""
_MAX_METADATA = 1 << 24
_LARGEST = 1 << 32
"""Bytes of an archive that has no other limit."""

# What zipfile and numpy's header parser raise for bytes that are not what they expect.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    struct.error,
)


def write_archive(
    path: str | Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    metadata: Mapping[str, Any],
    *,
    compress: bool,
    apart: Mapping[str, npt.NDArray[Any]] | None = None,
) -> None:
    """Write an archive, whole or not at all; the same content gives the same bytes.

    Args:
        path: where to.
        arrays: any but ``metadata`` and ``checksum``.
        metadata: plain JSON values; ``format`` and ``version`` are what ``read_archive`` asks for.
        compress: smaller, and many times slower to write.
        apart: arrays that ``read_apart`` reads, and nothing else does; of other names than ``arrays``.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the metadata are no JSON values.
    """
    apart = apart or {}
    if apart:
        metadata = {**metadata, _APART: {name: _digest({name: apart[name]}).hex() for name in apart}}
    text = json.dumps(metadata, ensure_ascii=False, sort_keys=True, allow_nan=False)
    content = {**arrays, "metadata": np.frombuffer(text.encode(), np.uint8)}
    content["checksum"] = _checksum(content)
    with atomic_write(path) as file:
        save = np.savez_compressed if compress else np.savez
        save(file, **content, **apart)  # type: ignore[arg-type]  # names


def read_archive(
    path: str | Path,
    *,
    file_format: str,
    version: int,
    oldest: int | None = None,
    max_bytes: int | None = None,
    apart: Collection[str] = (),
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Read what ``write_archive`` wrote.

    Args:
        path: the file.
        file_format: what ``format`` in its metadata must be.
        version: what ``version`` in its metadata must be.
        oldest: the least that it may be as well, if older ones are read, too.
        max_bytes: unpacked size above which it is refused unread, because a few kilobytes can claim to be
            terabytes; None for archives that are not compressed: no more than the file has.
        apart: arrays that may stand apart; they are not read.

    Returns:
        The arrays, and the metadata.

    Raises:
        Exception: of many kinds; use it in a ``with refusing(...)``, which turns them into one.
    """
    arrays = _read_arrays(Path(path), max_bytes, apart)
    # The version comes before the checksum, because a later version may compute it in another way.
    metadata = _of_format(arrays["metadata"].tobytes(), file_format)
    found = metadata.get("version")
    if found not in range(version if oldest is None else oldest, version + 1):
        raise ValueError(f"format version {found}, this program knows {version}; a newer one may read it")
    if not np.array_equal(arrays.pop("checksum"), _checksum(arrays)):
        raise ValueError("damaged: the checksum does not match")
    del arrays["metadata"]
    return arrays, metadata


def read_apart(
    path: str | Path, metadata: Mapping[str, Any], names: Collection[str]
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an archive that stand apart; none if it was written without.

    Args:
        path: an archive that ``read_archive`` has read, and so knows not to be too large.
        metadata: what that returned.
        names: of the arrays; an archive holds all of them or none.

    Raises:
        Exception: as by ``read_archive``.
    """
    if _APART not in metadata:
        return {}
    arrays = {}
    with _opened(path) as (archive, _):
        for name in names:
            array = _read_member(archive, archive.getinfo(f"{name}.npy"))
            if metadata[_APART][name] != _digest({name: array}).hex():
                raise ValueError(f"damaged: the checksum of {name!r} does not match")
            arrays[name] = array
    return arrays


def read_archive_metadata(path: str | Path, *, file_format: str) -> dict[str, Any]:
    """What ``write_archive`` was given as metadata, without the arrays and so without their checksum.

    Args:
        path: the file.
        file_format: what ``format`` in the metadata must be.

    Raises:
        Exception: of many kinds; use it in a ``with refusing(...)``, which turns them into one.
    """
    with _opened(path) as (archive, _):
        member = archive.getinfo("metadata.npy")
        if member.file_size > _MAX_METADATA:
            raise ValueError("its metadata are too large")
        text = _read_member(archive, member).tobytes()
    return _of_format(text, file_format)


def _of_format(text: bytes, file_format: str) -> dict[str, Any]:
    metadata = json.loads(text.decode(), parse_constant=_finite, parse_float=_finite)
    if not isinstance(metadata, dict) or metadata.get("format") != file_format:
        raise ValueError("its metadata are something else")
    return metadata


def _finite(written: str) -> float:
    """A number of JSON, which has no others; Python's own reader is not so strict.

    Raises:
        ValueError: if it is not finite, or too large to be held.
    """
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written[:40]} among its metadata")
    return number


@contextlib.contextmanager
def refusing(path: str | Path, kind: str, error_type: type[OcrError]) -> Iterator[None]:
    """Turn whatever reading an archive, and making sense of it, can raise into one error of one line.

    Args:
        path: the archive, for the message.
        kind: what it ought to be, such as ``model file``.
        error_type: what is raised.
    """
    try:
        yield
    except OcrError:
        raise
    except OSError as error:
        raise kind_for(error_type, error)(f"{path}: cannot be read: {error.strerror or error}") from error
    except _DAMAGE as error:
        raise error_type(f"{path}: damaged, or not a {kind}") from error
    except KeyError as error:
        raise error_type(f"{path}: not a {kind} of this program: no {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split()) or "too large"
        raise error_type(f"{path}: not a {kind} of this program: {reason}") from error


def _read_arrays(path: Path, max_bytes: int | None, apart: Collection[str]) -> dict[str, npt.NDArray[Any]]:
    with _opened(path) as (archive, size):
        members = archive.infolist()
        limit = size if max_bytes is None else max_bytes
        if sum(member.file_size for member in members) > limit:
            raise ValueError(f"it claims to unpack to more than {limit / 1024**2:.3g} MB")
        named = {member.filename.removesuffix(".npy"): member for member in members}
        return {name: _read_member(archive, member) for name, member in named.items() if name not in apart}


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[tuple[zipfile.ZipFile, int]]:
    """An archive, and the bytes of its file."""
    with open_plain(path, _LARGEST) as file, zipfile.ZipFile(file) as archive:
        yield archive, file.seek(0, io.SEEK_END)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> npt.NDArray[Any]:
    if member.compress_type not in PACKINGS:
        raise ValueError("it is packed in a way that NumPy does not use")
    with archive.open(member) as stream:
        return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))


def _checksum(arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(_digest(arrays), np.uint8)


def _digest(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """SHA-256 over name, type, shape and contents of each array, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.digest()
