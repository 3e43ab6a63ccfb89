"""The class numbers of EMNIST (Cohen et al. 2017, https://arxiv.org/abs/1702.05373) as characters."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from ocr_cli.errors import DataError

_MERGED = string.digits + string.ascii_uppercase + "abdefghnqrt"
_SPLITS: Mapping[str, Mapping[int, str]] = {
    "letters": dict(enumerate(string.ascii_uppercase, start=1)),
    "balanced": dict(enumerate(_MERGED)),
    "bymerge": dict(enumerate(_MERGED)),
    "byclass": dict(enumerate(string.digits + string.ascii_letters[26:] + string.ascii_lowercase)),
    "digits": dict(enumerate(string.digits)),
    "mnist": dict(enumerate(string.digits)),
}


def is_emnist(filename: str) -> bool:
    """Whether a file is EMNIST's by its name; EMNIST's idx and CSV pictures are stored transposed."""
    return "emnist" in filename.lower()


def classes_by_name(filename: str) -> Mapping[int, str] | None:
    """The classes of the EMNIST split that a file name speaks of, or MNIST's; None if it names neither."""
    name = filename.lower()
    if "mnist" not in name:
        return None
    # Every split's name holds "mnist" too, so the plain one comes last.
    return next((classes for split, classes in _SPLITS.items() if split in name), None)


def mapping(rows: Iterable[Iterable[int]], name: str) -> dict[int, str]:
    """The classes of an EMNIST mapping: rows of a class number and one or more character codes.

    'letters' gives two codes a class, capital and small, merged into one class; the capital is taken.

    Raises:
        DataError: if a row is not like that.
    """
    try:
        return {int(number): chr(int(code)) for number, code, *_ in rows}
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{name}: the mapping of classes to characters is damaged: {error}") from error


def to_characters(numbers: Iterable[int], classes: Mapping[int, str], name: str) -> list[str]:
    """Class numbers as characters.

    Raises:
        DataError: if a number is not a class.
    """
    try:
        return [classes[int(number)] for number in numbers]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{name}: the label {error} is not one of the {len(classes)} classes") from error
