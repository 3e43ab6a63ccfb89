"""NumPy archives with ``images`` and ``labels``; never unpickled."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import MAX_BYTES, Dataset
from ocr_cli.datasets.normalise import assemble, characters
from ocr_cli.errors import DataError
from ocr_cli.network.archive import PACKINGS
from ocr_cli.plain_files import open_plain

_KEYS = ("images", "labels", "writer", "writers", "writer_names")


def load_npz(path: Path) -> Dataset:
    """Read an ``.npz`` with ``images`` (N, H, W), ``labels`` (N,) and perhaps ``writer`` or ``writers``.

    Images are uint8 or floats in 0..1, either polarity; 32x32 crops go through the crop function like all
    others, since it is that which evens out the stroke width between sources. Labels are character codes or
    strings. Writers are numbers or strings; those that
    ``writer_names`` calls "?", if that is all it says, are taken for unknown.

    Raises:
        DataError: if the file is damaged, holds Python objects, or lacks something.
    """
    content = read_archive(path, _KEYS)
    if not {"images", "labels"} <= content.keys():
        raise DataError(f"{path}: an .npz file without 'images' and 'labels'")
    labels = content["labels"]
    if labels.ndim != 1:
        raise DataError(f"{path}: labels have the shape {labels.shape}, not (N,)")
    texts = labels.tolist() if labels.dtype.kind == "U" else characters(labels, str(path))
    return assemble(str(path), content["images"], texts, _writers(content))


def read_archive(path: Path, keys: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Those of the named arrays that an ``.npz`` file holds.

    Raises:
        DataError: if the file is damaged or holds Python objects.
    """
    try:
        with open_plain(path, MAX_BYTES) as file, np.load(file, allow_pickle=False) as archive:
            _check_members(archive.zip.infolist())
            content = {key: archive[key] for key in keys if key in archive}
            # NumPy hands out as bytes what is no array.
            if not all(isinstance(array, np.ndarray) for array in content.values()):
                raise ValueError("not all in it are arrays")
            return content
    except Exception as error:
        # A damaged archive lets errors of a dozen kinds through, tokenize's among them.
        text = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as an .npz file without Python objects: {text}") from error


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    if not all(member.compress_type in PACKINGS for member in members):
        raise ValueError("it is packed in a way that NumPy does not use")
    if sum(member.file_size for member in members) > MAX_BYTES:
        raise ValueError("it claims to unpack to too much")


def _writers(content: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.int64] | None:
    writers = content.get("writers", content.get("writer"))
    names = content.get("writer_names")
    if writers is None or (names is not None and set(names.ravel().tolist()) == {"?"}):
        return None
    _, numbers = np.unique(writers, return_inverse=True)
    return numbers.reshape(writers.shape).astype(np.int64)
