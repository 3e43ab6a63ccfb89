from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import MLP, softmax
from ocr_cli.network.model_file import ModelFile, Prototypes
from ocr_cli.training.ancestor import Ancestor
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import count_batches, train_model
from ocr_cli.training.rehearsal import PROTOTYPES, draw_rehearsal, old_opinion

FEATURES = FeatureSettings(kind="gradient", zones=4, moment_zones=4)
SETTINGS = TrainingSettings(optimiser="adam", learning_rate=0.003, reduction="mean", epochs=12)
LIKE = {"features": FEATURES, "hidden": (32,), "activation": "relu"}


@pytest.fixture(scope="module")
def ancestor() -> Ancestor:
    """Knows three letters of the synthetic hand."""
    model, _ = train_model(
        draw_dataset("ABC", writers=60, samples_per_class=1, seed=1), settings=SETTINGS, **LIKE
    )
    return Ancestor(model, FEATURES, "small.npz", "ab12")


def knowing(classes: tuple[str, ...], prototypes: Prototypes | None = None) -> ModelFile:
    return ModelFile(MLP([2, len(classes)]), classes, {}, {}, prototypes)


def test_all_that_the_hand_writes_is_rehearsed() -> None:
    drawn = draw_rehearsal(knowing(("B", "", "A", "Ж")), 3, seed=1)
    assert sorted(drawn.labels) == ["A", "A", "A", "B", "B", "B"]


def test_prototypes_are_rehearsed_among_what_the_hand_writes() -> None:
    images = np.stack([np.full((32, 32), shade, np.uint8) for shade in (3, 5, 7)])
    drawn = draw_rehearsal(knowing(("B", "A", "Ж"), Prototypes(images, ("A", "Ж", "Ж"))), 30, seed=1)
    shades = [int(image[0, 0]) for image in drawn.images]
    counts = [shades.count(shade) for shade in (3, 5, 7)]
    # All of them equally often, and together their share of all.
    assert max(counts) - min(counts) <= 1
    assert sum(counts) / len(drawn) == pytest.approx(PROTOTYPES, abs=0.02)
    assert {label for label, shade in zip(drawn.labels, shades, strict=True) if shade == 3} == {"A"}
    assert {label for label, shade in zip(drawn.labels, shades, strict=True) if shade == 7} == {"Ж"}
    # A training that takes only some of them in order takes of both.
    assert 0 < sum(shade in (3, 5, 7) for shade in shades[:20]) < 20


@pytest.mark.parametrize("rehearse", [False, True])
def test_the_prototypes_stay_in_what_descends_from_a_model(ancestor: Ancestor, rehearse: bool) -> None:
    prototypes = Prototypes(
        draw_dataset("ABC", writers=1, samples_per_class=1, seed=9).images, ("A", "B", "C")
    )
    parent = replace(ancestor, model=replace(ancestor.model, prototypes=prototypes))
    data = draw_dataset("AX", writers=4, samples_per_class=1, seed=2)
    model, _ = train_model(
        data, settings=replace(SETTINGS, epochs=1), ancestor=parent, rehearse=rehearse, **LIKE
    )
    assert model.prototypes is prototypes
    if rehearse:
        assert model.provenance["rehearsal"]["prototypes"] == 3


def test_the_old_opinion_knows_no_new_classes(ancestor: Ancestor) -> None:
    crops = draw_dataset("ABC", writers=3, samples_per_class=1, seed=5).images
    old = softmax(ancestor.model.network.forward(extract(crops, FEATURES)))
    said = softmax(
        old_opinion(ancestor, (*ancestor.model.classes, "X", "Y")).forward(extract(crops, FEATURES))
    )
    np.testing.assert_allclose(said[:, :3], old, atol=1e-5)
    assert said[:, 3:].max() < 1e-6


@pytest.mark.parametrize("deformation", [None, Deformation()])
def test_what_is_rehearsed_is_not_forgotten(ancestor: Ancestor, deformation: Deformation | None) -> None:
    """Data without a single C: a network that learns nothing else reads it as something else in the end."""
    data = draw_dataset("ABX", writers=40, samples_per_class=1, seed=2)
    c = draw_dataset("C", writers=60, samples_per_class=1, seed=3)
    shares = []
    for rehearse in (False, True):
        model, _ = train_model(
            data, settings=SETTINGS, ancestor=ancestor, rehearse=rehearse, deformation=deformation, **LIKE
        )
        assert model.classes == ("A", "B", "C", "X")
        said = softmax(model.network.forward(extract(c.images, FEATURES)))
        shares.append(float(said[:, 2].mean()))
        assert ("rehearsal" in model.provenance) == rehearse
    assert shares[1] > shares[0] + 0.05
    assert count_batches(data, SETTINGS, ancestor, rehearse=True) == 5


def test_without_an_ancestor_there_is_nothing_to_rehearse() -> None:
    with pytest.raises(ValueError, match="nothing to rehearse"):
        train_model(draw_dataset("AB", writers=2), settings=SETTINGS, rehearse=True, **LIKE)
