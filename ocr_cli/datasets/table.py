"""CSV: a label and the pixels, one sample a row."""

from __future__ import annotations

import io
import string
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets import emnist
from ocr_cli.datasets.dataset import MAX_BYTES, Dataset
from ocr_cli.datasets.normalise import Tone, characters, to_crops, without_blanks
from ocr_cli.errors import DataError
from ocr_cli.plain_files import open_plain

_CHUNK = 4096
"""Rows held in memory as text and numbers at a time; the letter sets people share have 370,000."""


def load_csv(path: Path) -> Dataset:
    """Read a CSV file in UTF-8: the label, then the pixels of a square picture, row after row.

    A first line whose second cell is no number is a header. Labels:

    - If any is a single character other than a digit, all are the characters themselves.
    - Else, in a file whose name speaks of EMNIST or MNIST, the class numbers of that split; the pictures
      of EMNIST's CSV files are stored transposed.
    - Else, character codes if all are 33 or more ('!' and up); 0-9 are the digits if none is above 9;
      0-25 are A-Z (the "A-Z Handwritten Alphabets" set; also if its name, ``A_Z``, is in the file's).

    Raises:
        DataError: if the file is empty, not UTF-8, a row is too short or long or not numbers, or the labels
            are of no such kind.
    """
    try:
        with io.TextIOWrapper(open_plain(path, MAX_BYTES), "utf-8-sig") as file:
            labels, crops = _read(path, file)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not a text in UTF-8") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    return without_blanks(str(path), crops, _characters(path, labels))


def _read(path: Path, file: TextIO) -> tuple[list[str], npt.NDArray[np.uint8]]:
    labels: list[str] = []
    crops: list[npt.NDArray[np.uint8]] = []
    tone: Tone | None = None
    cells: int | None = None
    rows = _rows(file)
    while chunk := list(islice(rows, _CHUNK)):
        cells = cells or chunk[0][2].count(",") + 1
        side = int(cells**0.5)
        if side * side != cells or side < 4:
            raise DataError(f"{path}: {cells} pixels a row are not a square picture; not a label and pixels?")
        for number, _, rest in chunk:
            if rest.count(",") + 1 != cells:
                raise DataError(f"{path}: line {number} has {rest.count(',') + 1} pixels, not {cells}")
        try:
            pixels = np.loadtxt(
                [rest for _, _, rest in chunk], np.float32, delimiter=",", comments=None, ndmin=2
            )
            pictures = pixels.reshape(-1, side, side)
            tone = tone or Tone.of(pictures)
        except ValueError as error:
            raise DataError(f"{path}: lines {chunk[0][0]} to {chunk[-1][0]}: {error}") from error
        if emnist.is_emnist(path.name):
            pictures = pictures.transpose(0, 2, 1)
        crops.append(to_crops(pictures, tone))
        labels += [label for _, label, _ in chunk]
    if not crops:
        raise DataError(f"{path}: no samples")
    return labels, np.concatenate(crops)


def _rows(file: TextIO) -> Iterator[tuple[int, str, str]]:
    """Line number, label and the rest of each row, without a header and blank lines."""
    for number, line in enumerate(file, start=1):
        label, _, rest = line.strip().partition(",")
        if not label and not rest:
            continue
        if number == 1 and not _is_number(rest.partition(",")[0]):
            continue
        yield number, label.strip().strip('"'), rest


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _characters(path: Path, labels: list[str]) -> list[str]:
    distinct = set(labels)
    if any(len(label) == 1 and not label.isdecimal() for label in distinct):
        return labels
    try:
        numbers = [int(label) for label in labels]
    except ValueError as error:
        raise DataError(f"{path}: a label is neither a character nor a number: {error}") from error
    classes: Mapping[int, str] | None = emnist.classes_by_name(path.name)
    if classes is None:
        low, high = min(numbers), max(numbers)
        if low > 32:
            return characters(np.array(numbers), str(path))
        if high > 25 or low < 0:
            raise DataError(
                f"{path}: labels {low} to {high} may mean anything: give the characters themselves"
            )
        letters = high > 9 or "a_z" in path.name.lower()
        classes = dict(enumerate(string.ascii_uppercase if letters else string.digits))
    return emnist.to_characters(numbers, classes, str(path))
