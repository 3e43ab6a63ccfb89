from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.first_weights import initial_network
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import train_model

TRAINING = draw_dataset("AX", writers=8, samples_per_class=1, seed=1)


def train(learning_rate: float, **options: Any) -> ModelFile:
    settings = TrainingSettings(learning_rate=learning_rate, epochs=1, seed=7)
    return train_model(TRAINING, features=FeatureSettings("pixels"), settings=settings, **options)[0]


MODEL = train(0.01, hidden=(5, 3))


@pytest.mark.parametrize("initialisation", ["xavier", "he", "zero"])
def test_the_first_weights_are_those_that_training_began_with(initialisation: str) -> None:
    unmoved = train(1e-30, hidden=(5, 3), initialisation=initialisation)
    moved = train(0.01, hidden=(5, 3), initialisation=initialisation)
    first = initial_network(moved)
    assert first.sizes == (1024, 5, 3, 2)
    for drawn, kept, learned in zip(
        first.parameters, unmoved.network.parameters, moved.network.parameters, strict=True
    ):
        np.testing.assert_allclose(drawn, kept, atol=1e-25)
        assert initialisation == "zero" or not np.array_equal(drawn, learned)


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in MODEL.provenance.items() if name != key}


@pytest.mark.parametrize(
    "provenance",
    [
        {},
        without("network"),
        without("training"),
        {**MODEL.provenance, "training": {}},
        {**MODEL.provenance, "training": {"seed": None}},
        {**MODEL.provenance, "training": {"seed": -1}},
        {**MODEL.provenance, "network": [1, 2]},
        {**MODEL.provenance, "network": {"sizes": [10**9, 10**9], "init": "he"}},
        {**MODEL.provenance, "network": {**MODEL.provenance["network"], "init": None}},
        {**MODEL.provenance, "network": {**MODEL.provenance["network"], "sizes": 3}},
    ],
)
def test_a_model_that_does_not_say_is_refused(provenance: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError, match="does not say how they were drawn"):
        initial_network(replace(MODEL, provenance=provenance))


def test_a_model_that_began_with_another_is_refused() -> None:
    provenance = {**MODEL.provenance, "init_from": {"name": "block.npz"}}
    with pytest.raises(ModelFileError, match="those of another model"):
        initial_network(replace(MODEL, provenance=provenance))
