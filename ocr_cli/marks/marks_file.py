"""The file of the networks that know marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.marks.network import CLASSES, MarkNetwork
from ocr_cli.marks.undivided import UndividedNetwork
from ocr_cli.network.archive import read_archive, refusing, write_archive
from ocr_cli.network.mlp import MLP

FORMAT, VERSION = "ocr_cli marks", 2
MAX_BYTES = 4 * 1024 * 1024
"""Unpacked size above which a file is refused unread."""
EVIDENCE = 11
"""Numbers that tell whether an arc has a mark: those of ``weighing.Seen.features``."""
_ACTIVATION = "relu"
_PARTED, _UNDIVIDED = "", "undivided_"


class MarkNetworks(NamedTuple):
    """What knows marks.

    Attributes:
        parts: by the look of what is parted from a letter.
        undivided: by the look of the whole.
        deciding: float (EVIDENCE,), weights of what tells whether there is a mark.
    """

    parts: MarkNetwork
    undivided: UndividedNetwork
    deciding: npt.NDArray[np.float64]


def load_marks(path: str | Path) -> MarkNetworks:
    """Read the networks' file and check it from end to end.

    Raises:
        ModelFileError: if the file is missing, damaged, none of networks for marks, or of another version.
    """
    with refusing(path, "file of a network for marks", ModelFileError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        if metadata["classes"] != list(CLASSES):
            raise ValueError("other marks")
        deciding = arrays["deciding"].astype(np.float64)
        if deciding.shape != (EVIDENCE,) or not np.isfinite(deciding).all():
            raise ValueError("no weights of what tells whether there is a mark")
        return MarkNetworks(
            MarkNetwork(_network(arrays, _PARTED), float(metadata["temperature"])),
            UndividedNetwork(_network(arrays, _UNDIVIDED)),
            deciding,
        )


def save_marks(path: str | Path, marks: MarkNetworks, provenance: dict[str, Any]) -> None:
    """Write the networks' file, whole or not at all; the same content gives the same bytes.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the provenance are no JSON values.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        **dict(_arrays(marks.parts.network, _PARTED)),
        **dict(_arrays(marks.undivided.network, _UNDIVIDED)),
        "deciding": marks.deciding.astype(np.float32),
    }
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "classes": list(CLASSES),
        "temperature": marks.parts.temperature,
        "provenance": provenance,
    }
    write_archive(path, arrays, metadata, compress=True)


def _network(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> MLP:
    count = sum(one.startswith(f"{name}weight_") for one in arrays)
    weights, biases = (
        [arrays[f"{name}{kind}_{k}"].astype(np.float32) for k in range(count)] for kind in ("weight", "bias")
    )
    return MLP.from_arrays(weights, biases, _ACTIVATION)


def _arrays(network: MLP, name: str) -> Iterator[tuple[str, npt.NDArray[np.float16]]]:
    for k, layer in enumerate(network.layers):
        yield f"{name}weight_{k}", layer.weight.astype(np.float16)
        yield f"{name}bias_{k}", layer.bias.astype(np.float16)
