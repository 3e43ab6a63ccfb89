"""A trained network and all that is needed to use it, in one ``.npz`` without pickle.

The archive holds ``metadata`` (a JSON object as UTF-8 bytes: format, version, activation, classes, settings,
provenance), ``weight_0``, ``bias_0``, ``weight_1``, ... and ``checksum``, the SHA-256 of all the others.
"""

from __future__ import annotations

import hashlib
import json
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.files import atomic_write
from ocr_cli.network.mlp import MLP

FORMAT = "ocr_cli model"
VERSION = 1

MAX_BYTES = 256 * 1024 * 1024
"""Unpacked size above which a file is refused unread: a few kilobytes can claim to be terabytes."""

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
        raise ModelFileError(f"{path}: not saved: the network has weights that are not finite in {dtype}")
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "activation": model.network.activation,
        "classes": list(model.classes),
        "settings": dict(model.settings),
        "provenance": dict(model.provenance),
    }
    text = json.dumps(metadata, ensure_ascii=False, sort_keys=True, allow_nan=False)
    arrays["metadata"] = np.frombuffer(text.encode(), np.uint8)
    arrays["checksum"] = _checksum(arrays)
    with atomic_write(path) as file:
        np.savez_compressed(file, **arrays)


def load_model(path: str | Path) -> ModelFile:
    """Read a model file and check it from end to end.

    Args:
        path: a file written by ``save_model``.

    Returns:
        The model, its weights float32.

    Raises:
        ModelFileError: if the file is missing, damaged, no model file, or of a newer version.
    """
    try:
        arrays = _read_arrays(Path(path))
        metadata = _read_metadata(arrays)
        if not np.array_equal(arrays.pop("checksum"), _checksum(arrays)):
            raise ValueError("damaged: the checksum does not match")
        return _build(arrays, metadata)
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except _DAMAGE as error:
        raise ModelFileError(f"{path}: damaged, or not a model file") from error
    except KeyError as error:
        raise ModelFileError(f"{path}: not a model file of this program: no {error}") from error
    except (ValueError, TypeError, MemoryError) as error:
        reason = " ".join(str(error).split()) or "too large"
        raise ModelFileError(f"{path}: not a model file of this program: {reason}") from error


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """All arrays of the archive; the caller turns the errors into one type."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise ValueError(f"it claims to unpack to more than {MAX_BYTES // 1024**2} MB")
        arrays = {}
        for member in members:
            with archive.open(member) as stream:
                name = member.filename.removesuffix(".npy")
                arrays[name] = np.asarray(np.lib.format.read_array(stream, allow_pickle=False))
        return arrays


def _read_metadata(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """The JSON object, after the format and version that it names are known to be ours.

    The version comes before the checksum, because a later version may compute it in another way.
    """
    metadata = json.loads(arrays["metadata"].tobytes().decode())
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ValueError("its metadata are something else")
    version = metadata.get("version")
    if version != VERSION:
        raise ValueError(f"format version {version}, this program knows {VERSION}; a newer one may read it")
    return metadata


def _build(arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, Any]) -> ModelFile:
    weights, biases = [], []
    for index in range(len(arrays) // 2):
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
    if not np.isfinite(array).all():
        raise ValueError("weights that are not finite")
    return np.ascontiguousarray(array, np.float32)


def _checksum(arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint8]:
    """SHA-256 over name, type, shape and contents of each array, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return np.frombuffer(digest.digest(), np.uint8)
