"""Pairs of idx files, gzipped or not: MNIST, EMNIST and their kin (http://yann.lecun.com/exdb/mnist/)."""

from __future__ import annotations

import contextlib
import gzip
import math
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets import emnist
from ocr_cli.datasets.dataset import MAX_BYTES, Dataset
from ocr_cli.datasets.normalise import assemble
from ocr_cli.errors import DataError
from ocr_cli.plain_files import open_plain, read_plain

_UNSIGNED_BYTE = 8
_IMAGES, _LABELS = ("images", "idx3"), ("labels", "idx1")
_LARGEST_MAPPING = 1 << 20
_DIGITS = {n: str(n) for n in range(10)}


def load_idx(path: Path) -> Dataset:
    """Read ``NAME-images-idx3-ubyte`` and ``NAME-labels-idx1-ubyte``, each with or without ``.gz``.

    ``path`` is either of the two; the other must lie beside it. Labels are translated by
    ``NAME-mapping.txt`` (NAME with or without its ``-train`` or ``-test``) if there is one, else by the
    EMNIST split that the name speaks of (``letters`` start at 1), else they are the digits 0-9. The
    pictures of EMNIST, known by ``emnist`` in the name, are stored transposed; those of MNIST are not.

    Raises:
        DataError: if a file is missing, damaged, or has labels that nothing translates.
    """
    images_path, labels_path = _counterpart(path, _IMAGES), _counterpart(path, _LABELS)
    images = _read(images_path, 3)
    numbers = _read(labels_path, 1).tolist()
    if emnist.is_emnist(path.name):
        images = images.transpose(0, 2, 1)
    labels = emnist.to_characters(numbers, _classes(images_path), str(labels_path))
    return assemble(str(images_path), images, labels)


def files_beside(path: Path) -> list[Path]:
    """The other files that ``load_idx`` reads with this one, as far as they are there."""
    found = [one for one in path.parent.glob("*-mapping.txt") if os.path.isfile(one)]
    for words in (_IMAGES, _LABELS):
        with contextlib.suppress(DataError):
            found.append(_counterpart(path, words))
    return found


def is_idx(path: Path) -> bool:
    """Whether a file starts as an idx file of unsigned bytes does, gzipped or not."""
    try:
        with _open(path) as file:
            start = file.read(4)
    except (OSError, EOFError, zlib.error):
        return False
    return len(start) == 4 and start[:3] == bytes([0, 0, _UNSIGNED_BYTE]) and 1 <= start[3] <= 4


def _counterpart(path: Path, words: tuple[str, str]) -> Path:
    """The images or labels file of the pair that ``path`` belongs to."""
    name = path.name
    for old, new in zip(_LABELS if words is _IMAGES else _IMAGES, words, strict=True):
        name = name.replace(old, new)
    if words[0] not in name:
        raise DataError(f"{path}: an idx file whose name says neither 'images' nor 'labels'")
    plain = name.removesuffix(".gz")
    for candidate in (path.with_name(name), path.with_name(plain), path.with_name(plain + ".gz")):
        if os.path.isfile(candidate):
            return candidate
    raise DataError(f"{path}: {name} is missing beside it")


@contextlib.contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    with open_plain(path, MAX_BYTES) as file:
        zipped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        with gzip.GzipFile(fileobj=file) if zipped else file as content:
            yield cast(IO[bytes], content)


def _read(path: Path, dimensions: int) -> npt.NDArray[np.uint8]:
    try:
        with _open(path) as file:
            header = file.read(4 + 4 * dimensions)
            if len(header) != 4 + 4 * dimensions or header[:4] != bytes([0, 0, _UNSIGNED_BYTE, dimensions]):
                raise DataError(f"{path}: not an idx file of {dimensions} dimensions of bytes")
            shape = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
            size = math.prod(shape)
            if size > MAX_BYTES:
                raise DataError(f"{path}: says that it has {size:,} bytes of data")
            # A few kilobytes can unpack to any amount.
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    values: npt.NDArray[Any] = np.frombuffer(content, np.uint8)
    if values.size != size:
        raise DataError(f"{path}: {values.size} bytes of data do not fit the shape {shape}: truncated?")
    return values.reshape(shape)


def _classes(images_path: Path) -> Mapping[int, str]:
    stem = images_path.name.split("images")[0].rstrip("-._")
    for prefix in (stem, re.sub(r"[-_.](train|test)$", "", stem)):
        path = images_path.with_name(f"{prefix}-mapping.txt")
        if os.path.isfile(path):
            try:
                text = read_plain(path, _LARGEST_MAPPING).decode()
                rows = [[int(cell) for cell in line.split()] for line in text.splitlines()]
            except (OSError, ValueError) as error:
                raise DataError(
                    f"{path}: the mapping of classes to characters is damaged: {error}"
                ) from error
            return emnist.mapping([row for row in rows if row], str(path))
    return emnist.classes_by_name(images_path.name) or _DIGITS
