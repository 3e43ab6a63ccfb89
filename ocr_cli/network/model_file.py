"""The file of a model: one archive (``ocr_cli.network.archive``).

It holds ``weight_0``, ``bias_0``, ``weight_1``, ...; its metadata are format, version, activation, classes,
settings and provenance. From version 2 on, ``prototypes`` and ``prototype_labels`` may stand apart: to read
with a model, they are not needed. From version 3 on there may be ``cut_weight_0``, ``cut_bias_0``, ..., of
the second network for characters that were cut from others, and from version 4 on ``window_weight_0``,
``window_bias_0``, ..., of the network that slides along rows, whose shape stands in the metadata under
``windows``. From version 5 on a matrix of weights may be int8, in units that ``unit_NAME``, float32, gives
for each of its columns. A model without these is written as an older version.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_apart, read_archive, read_archive_metadata, refusing, write_archive
from ocr_cli.network.model import ModelFile, Prototypes

FORMAT = "ocr_cli model"
VERSION = 5

MAX_BYTES = 256 * 1024 * 1024
"""Unpacked size above which a file is refused unread."""


_PROTOTYPES = ("prototypes", "prototype_labels")
_UNIT = "unit_"
_STEPS = 127
"""Greatest number of units."""
_LINE = 16
"""Numbers of float32 in a line of a processor's cache."""


def save_model(
    path: str | Path, model: ModelFile, *, dtype: Literal["float32", "float16", "int8"] = "float32"
) -> None:
    """Write a model file, whole or not at all; the same model gives the same bytes.

    Args:
        path: where to.
        model: what.
        dtype: type of the weights on disk; float16 halves the file and rounds at the fourth digit, int8 makes
            it a fourth and rounds to a 254th of the range of each unit's weights.

    Raises:
        OutputError: if the file cannot be written.
        ModelFileError: if a weight is not finite in ``dtype``.
        ValueError: if settings or provenance are no JSON values.
    """
    exact, values = model.to_arrays()
    version = 4 if model.windows else 3 if model.cut_network else 2 if model.prototypes else 1
    with np.errstate(over="ignore"):
        arrays = (
            _in_units(exact)
            if dtype == "int8"
            else {name: array.astype(dtype) for name, array in exact.items()}
        )
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ModelFileError(
            f"{path}: not saved: the network has weights that are not finite in {dtype}",
            hint="a smaller learning rate helps: --lr",
        )
    metadata = {
        "format": FORMAT,
        "version": VERSION if dtype == "int8" else version,
        **values,
    }
    # Weights hardly shrink, and unpacking them would take half the time to load a model.
    write_archive(path, arrays, metadata, compress=False, apart=_as_arrays(model.prototypes))


def load_model(path: str | Path, *, prototypes: bool = False) -> ModelFile:
    """Read a model file and check it from end to end.

    Args:
        path: a file written by ``save_model``.
        prototypes: read and check them as well; only a training needs them.

    Returns:
        The model, its weights float32.

    Raises:
        ModelFileError: if the file is missing, damaged, no model file, or of a newer version.
    """
    with refusing(path, "model file", ModelFileError):
        arrays, metadata = read_archive(
            path, file_format=FORMAT, version=VERSION, oldest=1, max_bytes=MAX_BYTES, apart=_PROTOTYPES
        )
        apart = read_apart(path, metadata, _PROTOTYPES) if prototypes else {}
        return ModelFile.from_arrays(
            _as_float32(*_parted(arrays)), metadata, _as_prototypes(apart) if apart else None
        )


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


def _as_arrays(prototypes: Prototypes | None) -> dict[str, npt.NDArray[Any]]:
    if prototypes is None:
        return {}
    return dict(zip(_PROTOTYPES, (prototypes.images, np.array(prototypes.labels, "<U1")), strict=True))


def _as_prototypes(arrays: Mapping[str, npt.NDArray[Any]]) -> Prototypes:
    images, labels = (arrays[name] for name in _PROTOTYPES)
    if labels.dtype != np.dtype("<U1") or labels.ndim != 1:
        raise ValueError(f"labels of prototypes that are {labels.dtype} {labels.shape}")
    return Prototypes(images, tuple(map(str, labels)))


def _in_units(arrays: Mapping[str, npt.NDArray[np.float32]]) -> dict[str, npt.NDArray[Any]]:
    """Matrices as whole numbers of units, a unit a column; the rest as it is."""
    found: dict[str, npt.NDArray[Any]] = {}
    for name, array in arrays.items():
        if array.ndim == 2 and np.isfinite(array).all():
            unit = np.maximum(np.abs(array).max(axis=0, initial=0) / _STEPS, np.finfo(np.float32).tiny)
            found[name] = np.rint(array / unit).astype(np.int8)
            found[_UNIT + name] = unit.astype(np.float32)
        else:
            found[name] = array.astype(np.float32)
    return found


def _parted(
    arrays: Mapping[str, npt.NDArray[Any]],
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[Any]]]:
    """Weights, and the units of those that are in units."""
    weights = {name: array for name, array in arrays.items() if not name.startswith(_UNIT)}
    units = {name.removeprefix(_UNIT): array for name, array in arrays.items() if name.startswith(_UNIT)}
    in_units = {name for name, array in weights.items() if array.dtype == np.int8}
    if in_units != set(units):
        raise ValueError("weights without units, or units without weights")
    for name, unit in units.items():
        if unit.dtype != np.float32 or unit.shape != weights[name].shape[1:]:
            raise ValueError(f"units that are {unit.dtype} {unit.shape}")
    return weights, units


def _as_float32(
    arrays: Mapping[str, npt.NDArray[Any]], units: Mapping[str, npt.NDArray[np.float32]]
) -> dict[str, npt.NDArray[np.float32]]:
    """The arrays as parts of one block of memory, which the system hands out in a fourth of the time."""
    for array in arrays.values():
        if array.dtype not in (np.float32, np.float16, np.int8):
            raise ValueError(f"an array of {array.dtype} {array.shape} among the weights")
    # Each begins where a line of the processor's cache does, if the block does.
    stops = list(itertools.accumulate(-(-array.size // _LINE) * _LINE for array in arrays.values()))
    block = np.empty(stops[-1] if stops else 0, np.float32)
    wide = {}
    for (name, array), start in zip(arrays.items(), [0, *stops], strict=False):
        wide[name] = block[start : start + array.size].reshape(array.shape)
        wide[name][...] = array
        if name in units:
            wide[name] *= units[name]
        # One of these is infinite, or NaN, if any weight is; to ask each would take memory.
        if not np.isfinite([wide[name].min(initial=0), wide[name].max(initial=0)]).all():
            raise ValueError("weights that are not finite")
    return wide
