"""A trained network and all that is needed to use it, in memory and as named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.network.mlp import MLP
from ocr_cli.network.time_delay import TimeDelayNetwork

_CUT, _WINDOW = "cut_", "window_"


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
