"""Pictures of single characters in anybody's convention -> crops in ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import crop_ink

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Tone:
    """How a set stores its ink: on a light or a dark background, and the value of full white.

    A set is judged as a whole, since a single small picture may be mostly ink.
    """

    light_background: bool
    white: float

    @staticmethod
    def of(pictures: Array) -> Tone:
        """Judge pictures (N, H, W) of numbers by the values on their edges.

        Raises:
            ValueError: if a value is not finite, or lies outside 0..1 and 0..255.
        """
        low, high = float(pictures.min()), float(pictures.max())
        if not 0 <= low <= high <= 255:
            raise ValueError(f"pixel values from {low:g} to {high:g}; 0 to 1 or 0 to 255 expected")
        white = 255.0 if high > 1 or pictures.dtype == np.uint8 else 1.0
        edge = np.concatenate(
            [pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]], axis=None
        )
        return Tone(bool(np.median(edge) > white / 2), white)

    def ink(self, pictures: Array) -> npt.NDArray[np.float32]:
        """Pictures of any shape as float32, 1 full ink, 0 background."""
        scaled: npt.NDArray[np.float32] = np.clip(pictures.astype(np.float32) / np.float32(self.white), 0, 1)
        return 1 - scaled if self.light_background else scaled


def to_crops(pictures: Array, tone: Tone) -> npt.NDArray[np.uint8]:
    """Crop each of N pictures (N, H, W); uint8 (N, 32, 32), all 0 where there is no ink."""
    return np.stack([crop_ink(ink) for ink in tone.ink(pictures)])


def assemble(
    name: str, pictures: Array, labels: list[str], writers: npt.NDArray[np.int64] | None = None
) -> Dataset:
    """A data set from pictures (N, H, W), their labels and writers.

    Raises:
        DataError: if there are no pictures, lengths differ, or values are out of range.
    """
    if pictures.ndim != 3 or not pictures.size or pictures.dtype.kind not in "buif":
        raise DataError(f"{name}: no samples, or pictures of the wrong shape: {pictures.shape}")
    if len(labels) != len(pictures):
        raise DataError(f"{name}: {len(pictures)} pictures, {len(labels)} labels")
    if writers is not None and writers.shape != (len(pictures),):
        raise DataError(f"{name}: {len(pictures)} pictures, writers of the shape {writers.shape}")
    try:
        crops = to_crops(pictures, Tone.of(pictures))
    except ValueError as error:
        raise DataError(f"{name}: {error}") from error
    return without_blanks(name, crops, labels, writers)


def without_blanks(
    name: str,
    crops: npt.NDArray[np.uint8],
    labels: list[str],
    writers: npt.NDArray[np.int64] | None = None,
) -> Dataset:
    """A data set of the crops that show something; a picture without ink teaches nothing.

    Raises:
        DataError: if all are blank, or a label is not one printable character.
    """
    for label in set(labels):
        if len(label) != 1:  # numpy would cut it to one silently
            raise DataError(f"{name}: {label!r} is not a label: one printable character is")
    shown = crops.any(axis=(1, 2))
    if not shown.any():
        raise DataError(f"{name}: no samples with ink")
    kept = None if writers is None else writers[shown]
    return Dataset(crops[shown], np.array(labels, dtype="<U1")[shown], kept, name)


def characters(codes: Array, name: str) -> list[str]:
    """Character codes (N,) as strings.

    Raises:
        DataError: if they are not whole numbers of Unicode characters.
    """
    values = np.asarray(codes)
    if values.dtype.kind not in "ui" and not (values.dtype.kind == "f" and (values == np.rint(values)).all()):
        raise DataError(f"{name}: labels are {values.dtype}, not character codes")
    try:
        return [chr(int(code)) for code in values]
    except (ValueError, OverflowError) as error:
        raise DataError(f"{name}: a label is not a character code: {error}") from error
