"""A trained model that another training starts from, such as one that shall learn its user's own hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr_cli.classifier import features_of, temperature_of
from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings
from ocr_cli.lattice.crop import CROP_SIZE
from ocr_cli.network.archive import refusing
from ocr_cli.network.initialisation import xavier
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import MAX_BYTES, ModelFile, load_model
from ocr_cli.plain_files import read_plain


@dataclass(frozen=True)
class Ancestor:
    """A model to start from.

    Attributes:
        model: the network, its classes and settings.
        features: what its network is given.
        name: of its file, without folders.
        sha256: digest of its file, hexadecimal.
    """

    model: ModelFile
    features: FeatureSettings
    name: str
    sha256: str

    def classes(self, data: tuple[str, ...]) -> tuple[str, ...]:
        """Its own classes, all of them and in their order, then those of the data that it does not know."""
        return (*self.model.classes, *(text for text in data if text not in self.model.classes))

    def network(self, classes: tuple[str, ...], rng: np.random.Generator) -> MLP:
        """A network with its weights, and freshly drawn ones for further classes.

        Args:
            classes: as ``classes`` returns them.
            rng: draws the weights of the further classes.
        """
        network = self.model.network.copy()
        last = network.layers[-1]
        further = len(classes) - len(last.bias)
        drawn = xavier(len(last.weight), len(classes), rng)[:, :further]
        return MLP.from_arrays(
            [*(layer.weight for layer in network.layers[:-1]), np.concatenate([last.weight, drawn], axis=1)],
            [*(layer.bias for layer in network.layers[:-1]), np.pad(last.bias, (0, further))],
            network.activation,
        )

    def provenance(self) -> dict[str, Any]:
        """Where the weights come from: plain JSON values."""
        return {"name": self.name, "sha256": self.sha256, "provenance": dict(self.model.provenance)}


def load_ancestor(path: str | Path) -> Ancestor:
    """Load a model to start from.

    Raises:
        ModelFileError: if it cannot be loaded, or its settings are not known here.
    """
    path = Path(path)
    model = load_model(path, prototypes=True)
    if model.prototypes and model.prototypes.images.shape[1:] != (CROP_SIZE, CROP_SIZE):
        raise ModelFileError(f"{path}: prototypes of {model.prototypes.images.shape[1:]} pixels, not crops")
    try:
        features = features_of(model)
        temperature_of(model)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from error
    with refusing(path, "model file", ModelFileError):
        digest = hashlib.sha256(read_plain(path, MAX_BYTES)).hexdigest()
    return Ancestor(model, features, path.name, digest)
