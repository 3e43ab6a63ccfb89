from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.errors import DataError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.lattice.geometry import CUTS
from ocr_cli.learning.adapt import BATCHES, SETTINGS, adapt
from ocr_cli.learning.harvest import Harvest, LaidLine, Sample
from ocr_cli.network.mlp import MLP, softmax
from ocr_cli.network.model_file import Prototypes
from ocr_cli.page import Box
from ocr_cli.training.ancestor import Ancestor
from ocr_cli.training.loop import TrainingSettings, score
from ocr_cli.training.recipe import train_model

CLASSES = "ABCDE"
FEATURES = FeatureSettings(kind="gradient", zones=4, moment_zones=4)
SMALL = replace(SETTINGS, epochs=5, learning_rate=0.002, batch_size=48)


@pytest.fixture(autouse=True, scope="module")
def few_writers():
    """Drawing forty takes longer than learning."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ocr_cli.learning.adapt._WRITERS", 8)
        yield


@pytest.fixture(scope="module")
def ancestor():
    """Knows five letters of the synthetic hand."""
    model, _ = train_model(
        draw_dataset(CLASSES, writers=60, samples_per_class=1, seed=1),
        features=FEATURES,
        hidden=(32,),
        activation="relu",
        settings=TrainingSettings(optimiser="adam", learning_rate=0.003, reduction="mean", epochs=12),
    )
    return Ancestor(model, FEATURES, "small.npz", "ab12")


def letters(writer, count, classes=CLASSES):
    """Crops of one writer of the synthetic hand: (count, classes, 32, 32)."""
    drawn = draw_dataset(classes, writers=1, samples_per_class=count, seed=writer)
    return drawn.images.reshape(len(classes), count, 32, 32).swapaxes(0, 1)


def page(crops, labels, name="page.jpg"):
    """A harvest with a line for each row of crops."""
    box = Box(0, 0, 1, 1)
    samples = [
        Sample(crop, label, line, box, 1.0, 0.5)
        for line, row in enumerate(crops)
        for crop, label in zip(row, labels, strict=True)
    ]
    lines = tuple(LaidLine(labels, k, 1.0) for k in range(len(crops)))
    return Harvest(name, tuple(samples), (), lines, 1.0)


def swapped(ancestor, writer=5, count=8):
    """A writer whose A and B are each other's, which no ancestor can know."""
    return page(letters(writer, count), "BACDE")


@pytest.fixture(scope="module")
def watched(ancestor, few_writers):
    """What a swapped writer taught, and what was told of it: epochs, batches, epochs over all lines."""
    epochs, batches, whole = [], [], []
    result = adapt(
        ancestor,
        [swapped(ancestor)],
        settings=SMALL,
        on_epoch=epochs.append,
        on_batch=batches.append,
        on_whole=whole.append,
    )
    return result, epochs, batches, whole


def right(model, crops, labels):
    targets = np.array([model.classes.index(c) for c in labels])
    return score(model.network, extract(crops, FEATURES), targets).accuracy


def test_a_hand_is_learned_and_the_others_are_not_forgotten(ancestor, watched):
    result, *_ = watched
    assert result.learned
    assert result.after.accuracy > result.before.accuracy + 0.1
    more = letters(5, 20)[10:].reshape(-1, 32, 32)
    assert right(ancestor.model, more, "BACDE" * 10) < 0.7 < 0.8 < right(result.model, more, "BACDE" * 10)
    others = draw_dataset("CDE", writers=30, samples_per_class=1, seed=77)
    before = right(ancestor.model, others.images, others.labels)
    assert right(result.model, others.images, others.labels) > before - 0.05


def test_the_model_names_its_ancestor_and_what_it_learned(ancestor, watched):
    model = watched[0].model
    assert model.classes == ancestor.model.classes
    assert model.settings == ancestor.model.settings
    assert model.provenance["init_from"]["sha256"] == "ab12"
    assert model.provenance["data"] == "page.jpg"
    assert model.provenance["samples"] == 40
    assert model.provenance["validation_samples"] == 10
    assert "ocr learn" in model.provenance["program"]


def test_the_network_for_cut_characters_goes_along_while_the_classes_stay(ancestor):
    second = MLP([32 + CUTS, 5], "relu", "he", np.random.default_rng(0))
    given = replace(ancestor, model=replace(ancestor.model, cut_network=second))
    learned = adapt(given, [swapped(ancestor)], settings=SMALL)
    assert learned.learned
    assert learned.model.cut_network is second
    more = adapt(given, [page(letters(5, 8, "ABCDX"), "BACDX")], settings=SMALL)
    assert more.learned
    assert "X" in more.model.classes
    assert more.model.cut_network is None


def test_prototypes_are_rehearsed_and_stay(ancestor):
    """Blots that the model took for an E: rehearsed, they stay one."""
    blots = np.zeros((2, 32, 32), np.uint8)
    blots[0, 4:28, 8:24] = blots[1, 8:24, 4:28] = 255
    prototypes = Prototypes(blots, ("E", "E"))
    parent = replace(ancestor, model=replace(ancestor.model, prototypes=prototypes))
    drift = []
    for one in (ancestor, parent):
        model = adapt(one, [swapped(ancestor)], settings=SMALL).model
        assert model.prototypes is one.model.prototypes
        before, after = (
            softmax(m.network.forward(extract(blots, FEATURES))) for m in (ancestor.model, model)
        )
        drift.append(np.abs(after - before).sum())
    assert drift[1] < 0.8 * drift[0]


def test_where_nothing_gets_better_the_old_model_stays(ancestor):
    """Eight lines say of each letter that it is the next one; what they teach is wrong on the other two."""
    crops = letters(6, 10)
    wrong, true = page(crops[:8], "BCDEA").samples, page(crops[8:], "ABCDE").samples
    samples = (*wrong, *(replace(one, line=one.line + 8) for one in true))
    settings = replace(SMALL, seed=next(s for s in range(999) if _held_lines(s) == {8, 9}))
    result = adapt(ancestor, [Harvest("page.jpg", samples, (), (), 1.0)], settings=settings)
    assert not result.learned
    assert result.model is ancestor.model
    assert result.after.loss > 0.9 * result.before.loss


def _held_lines(seed):
    """Which two of ten lines a seed holds back."""
    return set(np.random.default_rng(seed).permutation(10)[:2].tolist())


def test_the_same_seed_gives_the_same_model_watched_or_not(ancestor, watched):
    one, other = watched[0], adapt(ancestor, [swapped(ancestor)], settings=SMALL)
    for a, b in zip(one.model.network.parameters, other.model.network.parameters, strict=True):
        np.testing.assert_array_equal(a, b)


def test_progress_is_told(watched):
    result, epochs, batches, whole = watched
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5]
    assert len(batches) == 5 * BATCHES
    assert whole == [result.training.best_epoch.number]


def test_a_new_character_becomes_a_class_if_there_are_enough(ancestor):
    crops = letters(5, 8, "ABCDEX")
    result = adapt(ancestor, [page(crops, "ABCDEX")], settings=SMALL)
    assert result.model.classes == (*ancestor.model.classes, "X")
    assert right(result.model, letters(5, 12, "X")[8:, 0], "XXXX") > 0.7
    few = page(crops[:4], "ABCDEX")
    left = adapt(ancestor, [few, page(crops[4:, :5], "ABCDE", "other.jpg")], settings=SMALL)
    assert left.left_out == {"X": 4}
    assert "X" not in left.model.classes


def test_signs_known_by_their_place_never_become_classes(ancestor):
    result = adapt(ancestor, [page(letters(5, 8), "ABCD,")], settings=SMALL)
    assert result.left_out == {",": 8}
    assert "," not in result.model.classes


def test_too_little_is_refused(ancestor):
    with pytest.raises(DataError, match="10 characters harvested: too few to learn from, 12 are needed"):
        adapt(ancestor, [page(letters(5, 2), "ABCDE")], settings=SMALL)


def test_of_few_lines_single_characters_are_held_back_and_the_ancestor_is_left_alone(ancestor):
    weights = [array.copy() for array in ancestor.model.network.parameters]
    result = adapt(ancestor, [page(letters(5, 3), "BACDE")], settings=SMALL)
    assert result.held_back == 3
    assert result.samples == 15
    for a, b in zip(weights, ancestor.model.network.parameters, strict=True):
        np.testing.assert_array_equal(a, b)
