"""A folder with one sub-folder a class, pictures inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import Dataset, is_class
from ocr_cli.datasets.normalise import without_blanks
from ocr_cli.errors import DataError, ImageError
from ocr_cli.imaging.formats import picture_endings
from ocr_cli.imaging.load import load_picture
from ocr_cli.lattice.crop import crop_ink

_MAX_SIDE = 256
_FAINT, _FULL = 0.2, 0.7


def load_folder(path: Path) -> Dataset:
    """Read ``path/CLASS/*``: every picture in a sub-folder shows the character the sub-folder is named for.

    CLASS is the character itself (``A``, ``7``) or its code as ``0x41``, for characters that a folder
    cannot be called and for ``a`` beside ``A`` where the file system does not tell them apart. Pictures
    have any size and either polarity. Hidden files and files without a picture's suffix are passed over.

    Raises:
        DataError: if there is no class, no picture, a sub-folder that names no character, or a picture
            that cannot be read.
    """
    suffixes = picture_endings()
    crops, labels = [], []
    try:
        folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
        for folder in folders:
            label = _label(folder)
            for file in sorted(folder.iterdir()):
                if file.suffix.lower() in suffixes and not file.name.startswith("."):
                    crops.append(crop_ink(_ink(file)))
                    labels.append(label)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not crops:
        raise DataError(f"{path}: no pictures in sub-folders named for characters")
    return without_blanks(str(path), np.stack(crops), labels)


def _label(folder: Path) -> str:
    name = folder.name
    if name.lower().startswith("0x"):
        try:
            name = chr(int(name, 16))
        except (ValueError, OverflowError):
            name = ""
    if not is_class(name):
        raise DataError(f"{folder}: a sub-folder is named for its character, as 'A' or '0x41'")
    return name


def _ink(path: Path) -> npt.NDArray[np.float32]:
    """One picture as ink on 0: the edge's median is the background, what differs most from it full ink."""
    try:
        rgb = load_picture(path, max_side=_MAX_SIDE).pixels
    except ImageError as error:
        raise DataError(str(error), hint=error.hint) from error
    grey = rgb.astype(np.float32).mean(axis=2)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = np.abs(grey - np.median(edge))
    contrast = float(difference.max())
    # Less than a sixteenth of the range is grain on an empty sheet.
    if contrast < 16:
        return np.zeros_like(grey)
    return np.asarray(np.clip((difference / contrast - _FAINT) / (_FULL - _FAINT), 0, 1), np.float32)
