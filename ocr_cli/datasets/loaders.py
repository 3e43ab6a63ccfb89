"""``load_dataset``: any of the formats in which people hold labelled characters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ocr_cli.datasets.dataset import MAX_BYTES, Dataset
from ocr_cli.datasets.folder import load_folder
from ocr_cli.datasets.idx import files_beside, is_idx, load_idx
from ocr_cli.datasets.mat import load_mat
from ocr_cli.datasets.npz import load_npz
from ocr_cli.datasets.table import load_csv
from ocr_cli.errors import DataError, kind_for
from ocr_cli.plain_files import open_plain


def load_dataset(path: str | os.PathLike[str]) -> Dataset:
    """Read labelled characters, whatever the format, into crops in the one convention.

    The format is found by content, for CSV and old MATLAB files by suffix: a folder with a sub-folder a
    class; ``.npz`` with images and labels; NIST36/NIST26 and EMNIST ``.mat``; idx pairs, gzipped or not;
    CSV. The modules beside this one say what each must hold.

    Args:
        path: a file or a folder; of an idx pair either file.

    Returns:
        The samples; those without any ink are left out.

    Raises:
        DataError: one line that names the file, if it is missing, damaged, empty or in no known format.
    """
    source = Path(path)
    if os.path.isdir(source):
        return load_folder(source)
    try:
        with open_plain(source, MAX_BYTES) as file:
            start = file.read(64)
    except OSError as error:
        raise kind_for(DataError, error)(f"{source}: cannot be read: {error.strerror or error}") from error
    if not start:
        raise DataError(f"{source}: the file is empty")
    if start.startswith(b"PK\x03\x04"):
        return load_npz(source)
    if start.startswith(b"MATLAB") or source.suffix.lower() == ".mat":
        return load_mat(source)
    if is_idx(source):
        return load_idx(source)
    if source.suffix.lower() == ".csv":
        return load_csv(source)
    raise DataError(
        f"{source}: not a data set (.npz, .mat, an idx pair, .csv, a folder with a sub-folder a class)"
    )


def files_of(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The files that ``load_dataset`` reads, if they are there; of a folder, all in its sub-folders."""
    source = Path(path)
    if os.path.isdir(source):
        yield from (file for file in source.glob("*/*") if os.path.isfile(file))
        return
    yield source
    if os.path.isfile(source) and is_idx(source):
        yield from files_beside(source)
