from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr_cli.classifier import Classifier
from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import CheckpointError, DataError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import cross_entropy
from ocr_cli.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ocr_cli.training.evaluation import evaluate
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import SYNTHETIC_CLASSES, load_samples, train_model

PIXELS = FeatureSettings("pixels")
SHORT = TrainingSettings(epochs=2)


def test_a_trained_model_classifies_as_its_validation_score_says() -> None:
    training = draw_dataset("AOX", writers=40, samples_per_class=1, seed=1)
    held_out = draw_dataset("AOX", writers=10, samples_per_class=1, seed=2)
    model, result = train_model(
        training, held_out, features=FeatureSettings(), settings=TrainingSettings(epochs=6), hidden=(16, 8)
    )
    assert model.network.sizes == (FeatureSettings().size, 16, 8, 3)
    assert result.best_epoch.validation is not None
    assert evaluate(Classifier(model), held_out).accuracy == pytest.approx(
        result.best_epoch.validation.accuracy
    )


def test_the_temperature_makes_held_out_probabilities_true() -> None:
    training = draw_dataset("ABCDEFGH", writers=30, samples_per_class=1, seed=1)
    held_out = draw_dataset("ABCDEFGH", writers=30, samples_per_class=1, seed=2)
    model, result = train_model(training, held_out, features=FeatureSettings(), settings=SHORT)
    temperature = model.settings["temperature"]
    assert temperature < 0.9  # after two epochs it is too unsure of itself
    features = extract(held_out.images, FeatureSettings())
    labels = np.searchsorted(model.classes, held_out.labels)
    losses = [
        cross_entropy(result.best.forward(features) / np.float32(t), labels)[0]
        for t in (temperature, 0.8 * temperature, 1.2 * temperature, 1)
    ]
    assert min(losses) == losses[0]
    unfitted, _ = train_model(training, features=FeatureSettings(), settings=SHORT)
    assert unfitted.settings["temperature"] == 1.0


def test_samples_that_the_network_cannot_know_are_no_validation() -> None:
    training = draw_dataset("AX", writers=8, samples_per_class=1, seed=1)
    some = draw_dataset("XZ", writers=4, samples_per_class=1, seed=2)
    model, _ = train_model(training, some, features=PIXELS, settings=SHORT)
    assert model.provenance["validation_samples"] == 4
    none = draw_dataset("Z", writers=4, samples_per_class=1, seed=2)
    model, result = train_model(training, none, features=PIXELS, settings=SHORT)
    assert model.provenance["validation_score"] is None
    assert result.best_epoch.validation is None


def test_without_hidden_layers_it_is_multinomial_regression() -> None:
    training = draw_dataset("AX", writers=20, samples_per_class=1, seed=1)
    model, result = train_model(training, features=PIXELS, settings=TrainingSettings(epochs=10), hidden=())
    assert model.network.sizes == (1024, 2)
    assert result.history[-1].training.accuracy > 0.95


def test_one_class_is_nothing_to_tell_apart() -> None:
    with pytest.raises(DataError, match="nothing to tell apart"):
        train_model(draw_dataset("A", writers=3), features=PIXELS, settings=SHORT)


def test_deformation_is_written_down_and_repeatable() -> None:
    training = draw_dataset("AX", writers=8, samples_per_class=1, seed=1)
    models = [
        train_model(
            training, features=PIXELS, settings=SHORT, deformation=Deformation(rotation=9), versions=versions
        )[0]
        for versions in (2, 2, None)
    ]
    assert models[0].provenance["deformation"]["rotation"] == 9
    assert models[0].provenance["deformation"]["versions"] == 2
    np.testing.assert_array_equal(models[0].network.parameters[0], models[1].network.parameters[0])
    assert not np.array_equal(models[0].network.parameters[0], models[2].network.parameters[0])


@pytest.mark.parametrize("versions", [2, None])
def test_deformed_crops_are_the_same_after_going_on(tmp_path: Path, versions: int | None) -> None:
    training = draw_dataset("AX", writers=8, samples_per_class=1, seed=1)
    recipe = {
        "features": PIXELS,
        "settings": TrainingSettings(epochs=4, dropout=0.1),
        "deformation": Deformation(),
        "versions": versions,
    }

    def save(checkpoint: Checkpoint) -> None:
        save_checkpoint(tmp_path / str(len(checkpoint.state.history)), checkpoint)

    whole, _ = train_model(training, **recipe, on_checkpoint=save)
    resumed, _ = train_model(training, **recipe, resume=load_checkpoint(tmp_path / "3"))
    assert resumed.provenance == whole.provenance
    for ours, theirs in zip(resumed.network.parameters, whole.network.parameters, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(CheckpointError, match=r"differs in deformation$"):
        train_model(training, **recipe | {"versions": 5}, resume=load_checkpoint(tmp_path / "3"))


def test_the_synthetic_hand_writes_what_it_is_asked_for() -> None:
    samples = load_samples([], "XAAX", seed=3)
    assert samples.classes == ("A", "X")
    assert samples.writers is not None
    assert len(np.unique(samples.writers)) * 2 == len(samples)
    assert len(set(SYNTHETIC_CLASSES)) == 36
