"""MATLAB files: the handwriting sets of a well-known course (NIST36, NIST26), and EMNIST."""

from __future__ import annotations

import string
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import MAX_BYTES, Dataset, concatenate
from ocr_cli.datasets.emnist import mapping, to_characters
from ocr_cli.datasets.mat_claims import check_claims
from ocr_cli.datasets.normalise import assemble
from ocr_cli.errors import DataError
from ocr_cli.plain_files import open_plain

_PARTS = ("train", "valid", "test")
_NIST_CLASSES = {26: string.ascii_uppercase, 36: string.ascii_uppercase + string.digits}


def load_mat(path: Path) -> Dataset:
    """Read a ``.mat`` file of the NIST36/NIST26 or the EMNIST kind.

    NIST36/NIST26 (CMU 16-720): ``train_data`` (N, 1024), pictures of 32x32 stored column after column,
    paper 1 and ink 0; ``train_labels`` (N, 36) or (N, 26), one-hot, A-Z and then 0-9; likewise ``valid_``
    and ``test_``. EMNIST: ``dataset.train.images`` (N, 784) column after column, ``labels``, ``writers``,
    and ``dataset.mapping``. All parts that a file holds are joined.

    Raises:
        DataError: if the file is damaged or of neither kind.
    """
    from scipy.io import loadmat

    try:
        with open_plain(path, MAX_BYTES) as file, warnings.catch_warnings():
            # SciPy only warns where "returned data may be corrupt".
            warnings.simplefilter("error")
            check_claims(file)
            file.seek(0)
            content = loadmat(file, simplify_cells=True)
    except Exception as error:  # loadmat lets errors of a dozen kinds through when a file is damaged
        text = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as a MATLAB file (version 7.2 or older): {text}") from error
    if isinstance(content.get("dataset"), dict):
        return _emnist(path, content["dataset"])
    parts = [
        _nist(f"{path}", content[f"{part}_data"], content[f"{part}_labels"])
        for part in _PARTS
        if f"{part}_data" in content and f"{part}_labels" in content
    ]
    if not parts:
        raise DataError(f"{path}: neither a NIST36/NIST26 nor an EMNIST file: no data set in it")
    return concatenate(parts, name=str(path))


def _nist(name: str, data: Any, one_hot: Any) -> Dataset:
    data, one_hot = np.atleast_2d(data), np.atleast_2d(one_hot)
    classes = _NIST_CLASSES.get(one_hot.shape[1] if one_hot.ndim == 2 else 0)
    if classes is None or one_hot.dtype.kind not in "buif":
        raise DataError(f"{name}: labels {one_hot.shape} are not one-hot rows of 26 or 36 classes")
    if not (np.count_nonzero(one_hot, axis=1) == 1).all():
        raise DataError(f"{name}: a row of the labels is not one-hot")
    labels = [classes[number] for number in one_hot.argmax(axis=1)]
    return assemble(name, _columns_first(name, data), labels)


def _emnist(path: Path, content: dict[str, Any]) -> Dataset:
    name = str(path)
    classes = mapping(np.atleast_2d(content.get("mapping", [])).tolist(), name)
    parts = []
    for part in (content[p] for p in _PARTS if isinstance(content.get(p), dict)):
        if not {"images", "labels"} <= part.keys():
            raise DataError(f"{name}: images or labels are missing")
        writers = None
        if np.size(part.get("writers", [])):
            writers = np.atleast_1d(part["writers"]).astype(np.int64)
        labels = to_characters(np.atleast_1d(part["labels"]).ravel().tolist(), classes, name)
        parts.append((_columns_first(name, np.atleast_2d(part["images"])), labels, writers))
    if not parts:
        raise DataError(f"{name}: an EMNIST file without a part to train or test on")
    # The parts share one numbering of writers, so they are joined before the writers are.
    known = [writers for _, _, writers in parts if writers is not None]
    try:
        return assemble(
            name,
            np.concatenate([pictures for pictures, _, _ in parts]),
            [label for _, labels, _ in parts for label in labels],
            np.concatenate(known) if len(known) == len(parts) else None,
        )
    except ValueError as error:
        raise DataError(f"{name}: parts that do not fit together: {error}") from error


def _columns_first(name: str, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rows (N, side * side) of pictures stored column after column -> (N, side, side)."""
    side = int(rows.shape[-1] ** 0.5) if rows.ndim == 2 else 0
    if not side or side * side != rows.shape[1]:
        raise DataError(f"{name}: pictures {rows.shape} are not rows of square pictures")
    return np.asarray(rows.reshape(-1, side, side).transpose(0, 2, 1))
