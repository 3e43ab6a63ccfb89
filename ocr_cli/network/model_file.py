"""A trained network and all that is needed to use it, in one archive (``ocr_cli.network.archive``).

It holds ``weight_0``, ``bias_0``, ``weight_1``, ...; its metadata are format, version, activation, classes,
settings and provenance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_archive, read_archive_metadata, refusing, write_archive
from ocr_cli.network.mlp import MLP

FORMAT = "ocr_cli model"
VERSION = 1

MAX_BYTES = 256 * 1024 * 1024
"""Unpacked size above which a file is refused unread."""


@dataclass(frozen=True)
class ModelFile:
    """What a model file holds.

    Attributes:
        network: float32 weights.
        classes: the text of each output, in order; different from each other, each one character, but for
            one that may be empty: the output for what is no character at all.
        settings: how crops become the network's input (``features``, ``crop``) and its output probabilities
            (``temperature``); plain JSON values.
        provenance: where the weights come from: data, seeds, recipe, figures; plain JSON values.

    Raises:
        ValueError: if the classes do not match the network.
    """

    network: MLP
    classes: tuple[str, ...]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]

    def __post_init__(self) -> None:
        if len(self.classes) != self.network.sizes[-1]:
            raise ValueError(f"{len(self.classes)} classes for {self.network.sizes[-1]} outputs")
        if len(set(self.classes)) != len(self.classes) or any(len(c) > 1 for c in self.classes):
            raise ValueError("classes that are not single different characters")


def save_model(
    path: str | Path, model: ModelFile, *, dtype: Literal["float32", "float16"] = "float32"
) -> None:
    """Write a model file, whole or not at all; the same model gives the same bytes.

    Args:
        path: where to.
        model: what.
        dtype: type of the weights on disk; float16 halves the file and rounds at the fourth digit.

    Raises:
        OutputError: if the file cannot be written.
        ModelFileError: if a weight is not finite in ``dtype``.
        ValueError: if settings or provenance are no JSON values.
    """
    arrays: dict[str, Any] = {}
    for index, layer in enumerate(model.network.layers):
        with np.errstate(over="ignore"):
            arrays[f"weight_{index}"] = layer.weight.astype(dtype)
            arrays[f"bias_{index}"] = layer.bias.astype(dtype)
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ModelFileError(
            f"{path}: not saved: the network has weights that are not finite in {dtype}",
            hint="a smaller learning rate helps: --lr",
        )
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "activation": model.network.activation,
        "classes": list(model.classes),
        "settings": dict(model.settings),
        "provenance": dict(model.provenance),
    }
    # Weights hardly shrink, and unpacking them would take half the time to load a model.
    write_archive(path, arrays, metadata, compress=False)


def load_model(path: str | Path) -> ModelFile:
    """Read a model file and check it from end to end.

    Args:
        path: a file written by ``save_model``.

    Returns:
        The model, its weights float32.

    Raises:
        ModelFileError: if the file is missing, damaged, no model file, or of a newer version.
    """
    with refusing(path, "model file", ModelFileError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        return _build(arrays, metadata)


def read_metadata(path: str | Path) -> Mapping[str, Any]:
    """What a model file says of itself, without its weights: ``classes``, ``settings``, ``provenance``.

    Raises:
        ModelFileError: if the file is missing, damaged where it was looked into, or no model file.
    """
    with refusing(path, "model file", ModelFileError):
        metadata = read_archive_metadata(path, file_format=FORMAT)
        if not all(isinstance(name, str) for name in metadata["classes"]):
            raise ValueError("classes that are not text")
        return metadata | {"provenance": dict(metadata["provenance"])}


def _build(arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, Any]) -> ModelFile:
    weights, biases = [], []
    for index in range((len(arrays) + 1) // 2):
        weights.append(_as_float32(arrays[f"weight_{index}"], 2))
        biases.append(_as_float32(arrays[f"bias_{index}"], 1))
    return ModelFile(
        network=MLP.from_arrays(weights, biases, metadata["activation"]),
        classes=tuple(metadata["classes"]),
        settings=dict(metadata["settings"]),
        provenance=dict(metadata["provenance"]),
    )


def _as_float32(array: npt.NDArray[Any], ndim: int) -> npt.NDArray[np.float32]:
    if array.dtype not in (np.float32, np.float16) or array.ndim != ndim:
        raise ValueError(f"an array of {array.dtype} {array.shape} among the weights")
    wide = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(wide).all():
        raise ValueError("weights that are not finite")
    return wide
