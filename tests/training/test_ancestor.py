from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr_cli.classifier import Classifier
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, Prototypes, load_model, save_model
from ocr_cli.training.ancestor import Ancestor, load_ancestor
from ocr_cli.training.evaluation import evaluate
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import count_batches, train_model

FEATURES = FeatureSettings("gradient", zones=4, moment_zones=0)
CLASSES = ("X", "", "A", "O")
"""In no order, and with the output for what is no character."""


def saved_model(path: Path, features: dict[str, object] | None = None) -> Path:
    network = MLP([FEATURES.size, 12, len(CLASSES)], "relu", "he", np.random.default_rng(0))
    network.layers[-1].bias[:] = (1, 2, 3, 4)
    settings = {"features": features or FEATURES.to_dict(), "temperature": 1.5}
    save_model(path, ModelFile(network, CLASSES, settings, {"data": "old letters"}))
    return path


@pytest.fixture
def ancestor(tmp_path: Path) -> Ancestor:
    return load_ancestor(saved_model(tmp_path / "old.npz"))


def train(ancestor: Ancestor, characters: str, **keywords: object) -> ModelFile:
    arguments = {
        "features": ancestor.features,
        "hidden": ancestor.model.network.sizes[1:-1],
        "activation": ancestor.model.network.activation,
        "settings": TrainingSettings(epochs=1, learning_rate=1e-12),
        **keywords,
    }
    data = draw_dataset(characters, writers=12, samples_per_class=1, seed=1)
    return train_model(data, ancestor=ancestor, **arguments)[0]


def test_known_classes_start_from_their_weights_and_new_ones_are_added(ancestor: Ancestor) -> None:
    model = train(ancestor, "AXB7")
    assert model.classes == (*CLASSES, "7", "B")
    old, new = ancestor.model.network, model.network
    np.testing.assert_allclose(new.layers[0].weight, old.layers[0].weight, atol=1e-6)
    np.testing.assert_allclose(new.layers[1].weight[:, :4], old.layers[1].weight, atol=1e-6)
    np.testing.assert_allclose(new.layers[1].bias, [1, 2, 3, 4, 0, 0], atol=1e-6)
    drawn = new.layers[1].weight[:, 4:]
    assert 0 < abs(drawn).max() < np.sqrt(6 / (12 + 6))
    assert not np.array_equal(drawn[:, 0], drawn[:, 1])
    assert new.activation == "relu"
    assert model.settings["features"] == FEATURES.to_dict()


def test_the_ancestor_itself_is_not_changed(ancestor: Ancestor) -> None:
    before = [array.copy() for array in ancestor.model.network.parameters]
    train(ancestor, "AXB", settings=TrainingSettings(epochs=2))
    for ours, theirs in zip(ancestor.model.network.parameters, before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_hand_is_learned_and_labels_find_their_outputs(ancestor: Ancestor) -> None:
    settings = TrainingSettings(epochs=15, learning_rate=0.003)
    model = train(ancestor, "OXB", settings=settings)
    known = evaluate(Classifier(model), draw_dataset("OXB", writers=12, samples_per_class=1, seed=1))
    assert known.accuracy > 0.95


def test_without_data_to_change_it_nothing_old_is_forgotten(ancestor: Ancestor) -> None:
    data = draw_dataset("AXO", writers=5, samples_per_class=1, seed=2)
    before = ancestor.model.network.forward(extract(data.images, FEATURES))
    after = train(ancestor, "AB").network.forward(extract(data.images, FEATURES))
    np.testing.assert_allclose(after[:, :4], before, atol=1e-4)


def test_what_is_no_character_is_learned_along(ancestor: Ancestor) -> None:
    losses: list[float] = []
    settings = TrainingSettings(epochs=20, batch_size=1, learning_rate=0.03)
    data = draw_dataset("AX", writers=60, samples_per_class=1, seed=1)
    model, _ = train_model(
        data,
        ancestor=ancestor,
        features=FEATURES,
        hidden=[12],
        activation="relu",
        settings=settings,
        on_batch=losses.append,
    )
    assert len(losses) == 20 * (120 + 10)
    assert count_batches(data, settings, ancestor) == 120 + 10
    assert count_batches(data, settings) == 120
    classifier = Classifier(model)
    assert classifier.classify(data.images).is_character.mean() > 0.9
    assert classifier.classify(draw_not_characters(data, 10, seed=0)).is_character.mean() < 0.5


def test_where_it_comes_from_is_written_down(ancestor: Ancestor, tmp_path: Path) -> None:
    save_model(tmp_path / "child.npz", train(ancestor, "AX"))
    provenance = load_model(tmp_path / "child.npz").provenance
    assert provenance["network"] == {"sizes": [FEATURES.size, 12, 4], "activation": "relu", "init": None}
    assert provenance["init_from"] == {
        "name": "old.npz",
        "sha256": hashlib.sha256((tmp_path / "old.npz").read_bytes()).hexdigest(),
        "provenance": {"data": "old letters"},
    }
    grandchild = train(load_ancestor(tmp_path / "child.npz"), "AX")
    assert grandchild.provenance["init_from"]["provenance"]["init_from"]["name"] == "old.npz"
    assert str(tmp_path) not in json.dumps(grandchild.provenance)


def test_the_temperature_stays_until_many_held_out_samples_say_otherwise(ancestor: Ancestor) -> None:
    assert train(ancestor, "AX").settings["temperature"] == 1.5
    for writers, fitted in ((24, False), (25, True)):
        held_out = draw_dataset("AX", writers=writers, samples_per_class=1, seed=2)
        temperature = train(ancestor, "AX", validation=held_out).settings["temperature"]
        assert (temperature != 1.5) == fitted


@pytest.mark.parametrize(
    "other", [{"hidden": [9]}, {"activation": "tanh"}, {"features": FeatureSettings("pixels")}]
)
def test_what_is_not_the_ancestors_is_refused(ancestor: Ancestor, other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="the ancestor's"):
        train(ancestor, "AX", **other)


def test_models_that_cannot_be_started_from(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.npz: cannot be read"):
        load_ancestor(tmp_path / "none.npz")
    with pytest.raises(ModelFileError, match="settings are not known here"):
        load_ancestor(saved_model(tmp_path / "unknown.npz", {"kind": "wavelets"}))
    with pytest.raises(ModelFileError, match="do not fit its network"):
        load_ancestor(saved_model(tmp_path / "other.npz", FeatureSettings("pixels").to_dict()))
    good = load_model(saved_model(tmp_path / "warm.npz", FEATURES.to_dict()))
    small = Prototypes(np.zeros((1, 8, 8), np.uint8), good.classes[:1])
    save_model(tmp_path / "small.npz", replace(good, prototypes=small))
    with pytest.raises(ModelFileError, match=r"small.npz: prototypes of \(8, 8\) pixels"):
        load_ancestor(tmp_path / "small.npz")
    save_model(tmp_path / "warm.npz", replace(good, settings=dict(good.settings) | {"temperature": [1]}))
    with pytest.raises(ModelFileError, match="settings are not known here"):
        load_ancestor(tmp_path / "warm.npz")
