"""Where a trained network started: its first weights, drawn again."""

from __future__ import annotations

import numpy as np

from ocr_cli.errors import ModelFileError
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile

_UNKNOWN = "the first weights are not known"


def initial_network(model: ModelFile) -> MLP:
    """The network before its first step, drawn again with the seed that the model's provenance names.

    Args:
        model: as ``ocr_cli.training.recipe.train_model`` makes it.

    Returns:
        A network of the same sizes. Its weights are those that training began with, to the bit if NumPy's
        generators have not changed since (its NEP 19 promises that for most releases, not for all).

    Raises:
        ModelFileError: if the provenance does not say how they were drawn, or they were not.
    """
    if model.provenance.get("init_from"):
        raise ModelFileError(f"{_UNKNOWN}: training began with those of another model")
    try:
        network, seed = model.provenance["network"], model.provenance["training"]["seed"]
        sizes, initialisation = tuple(network["sizes"]), network["init"]
        if sizes != model.network.sizes or not isinstance(seed, int):
            raise ValueError(f"sizes {sizes}, seed {seed}")
        return MLP(sizes, model.network.activation, initialisation, np.random.default_rng(seed))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{_UNKNOWN}: the model does not say how they were drawn") from error
