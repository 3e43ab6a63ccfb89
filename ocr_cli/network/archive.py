"""Arrays and what is to be known of them in one ``.npz`` without pickle, checked from end to end when read.

The archive holds the arrays, ``metadata`` (a JSON object as UTF-8 bytes, with the format's name and version)
and ``checksum``, the SHA-256 of all the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import OcrError
from ocr_cli.files import atomic_write

_MAX_METADATA = 1 << 24

# What zipfile and numpy's header parser raise for bytes that are not what they expect.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
)


def write_archive(
    path: str | Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    metadata: Mapping[str, Any],
    *,
    compress: bool,
) -> None:
    """Write an archive, whole or not at all; the same content gives the same bytes.

    Args:
        path: where to.
        arrays: any but ``metadata`` and ``checksum``.
        metadata: plain JSON values; ``format`` and ``version`` are what ``read_archive`` asks for.
        compress: smaller, and many times slower to write.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the metadata are no JSON values.
    """
    text = json.dumps(metadata, ensure_ascii=False, sort_keys=True, allow_nan=False)
    content = {**arrays, "metadata": np.frombuffer(text.encode(), np.uint8)}
    content["checksum"] = _checksum(content)
    with atomic_write(path) as file:
        (np.savez_compressed if compress else np.savez)(file, **content)  # type: ignore[arg-type]  # names


def read_archive(
    path: str | Path, *, file_format: str, version: int, max_bytes: int | None = None
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Read what ``write_archive`` wrote.

    Args:
        path: the file.
        file_format: what ``format`` in its metadata must be.
        version: what ``version`` in its metadata must be.
        max_bytes: unpacked size above which it is refused unread, because a few kilobytes can claim to be
            terabytes; None for archives that are not compressed: no more than the file has.

    Returns:
        The arrays, and the metadata.

    Raises:
        Exception: of many kinds; use it in a ``with refusing(...)``, which turns them into one.
    """
    arrays = _read_arrays(Path(path), max_bytes)
    # The version comes before the checksum, because a later version may compute it in another way.
    metadata = _of_format(arrays["metadata"].tobytes(), file_format)
    found = metadata.get("version")
    if found != version:
        raise ValueError(f"format version {found}, this program knows {version}; a newer one may read it")
    if not np.array_equal(arrays.pop("checksum"), _checksum(arrays)):
        raise ValueError("damaged: the checksum does not match")
    del arrays["metadata"]
    return arrays, metadata


def read_archive_metadata(path: str | Path, *, file_format: str) -> dict[str, Any]:
    """What ``write_archive`` was given as metadata, without the arrays and so without their checksum.

    Args:
        path: the file.
        file_format: what ``format`` in the metadata must be.

    Raises:
        Exception: of many kinds; use it in a ``with refusing(...)``, which turns them into one.
    """
    with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
        member = archive.getinfo("metadata.npy")
        if member.file_size > _MAX_METADATA:
            raise ValueError("its metadata are too large")
        with archive.open(member) as stream:
            text = np.asarray(np.lib.format.read_array(stream, allow_pickle=False)).tobytes()
    return _of_format(text, file_format)


def _of_format(text: bytes, file_format: str) -> dict[str, Any]:
    metadata = json.loads(text.decode())
    if not isinstance(metadata, dict) or metadata.get("format") != file_format:
        raise ValueError("its metadata are something else")
    return metadata


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
    except OSError as error:
        raise error_type(f"{path}: cannot be read: {error.strerror or error}") from error
    except _DAMAGE as error:
        raise error_type(f"{path}: damaged, or not a {kind}") from error
    except KeyError as error:
        raise error_type(f"{path}: not a {kind} of this program: no {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split()) or "too large"
        raise error_type(f"{path}: not a {kind} of this program: {reason}") from error


def _read_arrays(path: Path, max_bytes: int | None) -> dict[str, npt.NDArray[Any]]:
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        limit = path.stat().st_size if max_bytes is None else max_bytes
        if sum(member.file_size for member in members) > limit:
            raise ValueError(f"it claims to unpack to more than {limit / 1024**2:.3g} MB")
        arrays = {}
        for member in members:
            with archive.open(member) as stream:
                name = member.filename.removesuffix(".npy")
                arrays[name] = np.asarray(np.lib.format.read_array(stream, allow_pickle=False))
        return arrays


def _checksum(arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint8]:
    """SHA-256 over name, type, shape and contents of each array, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return np.frombuffer(digest.digest(), np.uint8)
