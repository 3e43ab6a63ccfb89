"""A trained network and all that is needed to use it, and its file.

The file is one archive (``ocr_cli.network.archive``). It holds ``weight_0``, ``bias_0``, ``weight_1``, ...;
its metadata are format, version, activation, classes, settings and provenance. From version 2 on,
``prototypes`` and ``prototype_labels`` may stand apart: to read with a model, they are not needed. From
version 3 on there may be ``cut_weight_0``, ``cut_bias_0``, ..., of the second network for characters that
were cut from others, and from version 4 on ``window_weight_0``, ``window_bias_0``, ..., of the network that
slides along rows, whose shape stands in the metadata under ``windows``. From version 5 on a matrix of weights
may be int8, in units that ``unit_NAME``, float32, gives for each of its columns. A model without these is
written as an older version.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_apart, read_archive, read_archive_metadata, refusing, write_archive
from ocr_cli.network.mlp import MLP
from ocr_cli.network.time_delay import TimeDelayNetwork

FORMAT = "ocr_cli model"
VERSION = 5

MAX_BYTES = 256 * 1024 * 1024
"""Unpacked size above which a file is refused unread."""


_PROTOTYPES = ("prototypes", "prototype_labels")
_CUT, _WINDOW = "cut_", "window_"
_UNIT = "unit_"
_STEPS = 127
"""Greatest number of units."""
_LINE = 16
"""Numbers of float32 in a line of a processor's cache."""


@dataclass(frozen=True, eq=False)
class Prototypes:
    """Crops that show how people write, for a training that shall not forget it.

    Attributes:
        images: uint8 (P, H, W), ink 255 on 0, P at least 1.
        labels: the character that each shows, P of them.

    Raises:
        ValueError: if shapes or types are not the above.
    """

    images: npt.NDArray[np.uint8]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 3 or not self.images.size:
            raise ValueError(f"prototypes that are {self.images.dtype} {self.images.shape}")
        if len(self.labels) != len(self.images):
            raise ValueError(f"{len(self.labels)} labels for {len(self.images)} prototypes")


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
        prototypes: of characters among the classes; None if there are none, or they were not loaded.
        cut_network: float32 weights of a network for characters that were cut from others; its inputs are
            the first hidden units of ``network`` and ``lattice.pieces.CUTS`` more, its outputs the same
            classes; None if there is none.
        windows: float32 weights of a network that slides along rows; None if there is none.

    Raises:
        ValueError: if the classes do not match the networks, or prototypes show other characters.
    """

    network: MLP
    classes: tuple[str, ...]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    prototypes: Prototypes | None = None
    cut_network: MLP | None = None
    windows: TimeDelayNetwork | None = None

    def __post_init__(self) -> None:
        if self.cut_network and self.cut_network.sizes[-1] != self.network.sizes[-1]:
            raise ValueError("a second network of other classes")
        if len(self.classes) != self.network.sizes[-1]:
            raise ValueError(f"{len(self.classes)} classes for {self.network.sizes[-1]} outputs")
        if len(set(self.classes)) != len(self.classes) or any(len(c) > 1 for c in self.classes):
            raise ValueError("classes that are not single different characters")
        if self.prototypes and not set(self.prototypes.labels) <= set(self.classes) - {""}:
            raise ValueError("prototypes of characters that are not among the classes")

    def to_arrays(self) -> tuple[dict[str, npt.NDArray[np.float32]], dict[str, Any]]:
        """The weights by name, and the rest but the prototypes as plain JSON values."""
        arrays = {}
        for prefix, network in (("", self.network), (_CUT, self.cut_network)):
            for index, layer in enumerate(network.layers if network else ()):
                arrays[f"{prefix}weight_{index}"] = layer.weight
                arrays[f"{prefix}bias_{index}"] = layer.bias
        values: dict[str, Any] = {
            "activation": self.network.activation,
            "classes": list(self.classes),
            "settings": dict(self.settings),
            "provenance": dict(self.provenance),
        }
        if self.windows is not None:
            its, values["windows"] = self.windows.to_arrays()
            arrays |= {f"{_WINDOW}{name}": array for name, array in its.items()}
        return arrays, values

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, npt.NDArray[np.float32]],
        values: Mapping[str, Any],
        prototypes: Prototypes | None = None,
    ) -> ModelFile:
        """The model of which ``to_arrays`` made these; its networks hold the arrays themselves.

        Raises:
            KeyError, TypeError, ValueError: if they are not of a model.
        """
        cut, sliding = (
            {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            for prefix in (_CUT, _WINDOW)
        )
        main = {name: array for name, array in arrays.items() if not name.startswith((_CUT, _WINDOW))}
        return cls(
            network=_as_network(main, values["activation"]),
            classes=tuple(values["classes"]),
            settings=dict(values["settings"]),
            provenance=dict(values["provenance"]),
            prototypes=prototypes,
            cut_network=_as_network(cut, values["activation"]) if cut else None,
            windows=TimeDelayNetwork.from_arrays(sliding, values["windows"]) if sliding else None,
        )


def _as_network(arrays: Mapping[str, npt.NDArray[np.float32]], activation: str) -> MLP:
    layers = range((len(arrays) + 1) // 2)
    weights, biases = ([arrays[f"{kind}_{index}"] for index in layers] for kind in ("weight", "bias"))
    if any(array.ndim != ndim for ndim, some in ((1, biases), (2, weights)) for array in some):
        raise ValueError("arrays of other shapes among the weights")
    return MLP.from_arrays(weights, biases, activation)


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
