from dataclasses import replace

import numpy as np
import pytest

from ocr_cli.classifier import Classifier, cut_features, settings_of
from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.lattice.geometry import CUTS
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile

FEATURES = FeatureSettings(kind="gradient", zones=4, thumbnail=8)


def model(classes=("A", "", "B", "7"), features=FEATURES, **settings):
    network = MLP([features.size, 12, len(classes)], "relu", "he", np.random.default_rng(3))
    return ModelFile(network, tuple(classes), {"features": features.to_dict(), **settings}, {})


@pytest.fixture(scope="module")
def crops():
    rng = np.random.default_rng(5)
    crops = np.zeros((30, 32, 32), np.uint8)
    for crop in crops:
        for left, top in rng.integers(3, 18, (3, 2)):
            crop[top : top + rng.integers(2, 11), left : left + rng.integers(2, 11)] = 255
    return crops


def test_rows_are_probabilities_of_the_named_classes(crops):
    classifier = Classifier(model())
    found = classifier.classify(crops)
    assert classifier.classes == ("A", "B", "7")
    assert found.probabilities.shape == (30, 3)
    assert found.probabilities.dtype == np.float32
    assert found.probabilities.min() >= 0
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(classifier.probabilities(crops), found.probabilities)


def test_the_empty_class_is_what_is_no_character(crops):
    given = model()
    found = Classifier(given).classify(crops)
    logits = given.network.forward(extract(crops, FEATURES)).astype(float)
    every = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.is_character, 1 - every[:, 1], atol=1e-5)
    known = every[:, [0, 2, 3]]
    np.testing.assert_allclose(found.probabilities, known / known.sum(axis=1, keepdims=True), atol=1e-5)
    assert np.ptp(found.is_character) > 0.1


def test_without_an_empty_class_everything_is_a_character(crops):
    found = Classifier(model(classes="AB7")).classify(crops)
    np.testing.assert_allclose(found.is_character, 1, atol=1e-5)
    assert found.is_character.max() <= 1


def test_what_is_surely_no_character_still_has_its_classes(crops):
    given = model()
    given.network.layers[-1].bias[1] = 500
    found = Classifier(given).classify(crops)
    assert found.is_character.max() < 1e-6
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_temperature_changes_how_sure_and_not_which(crops):
    cold, plain, hot = (
        Classifier(model(temperature=value)).probabilities(crops) for value in (0.5, 1.0, 4.0)
    )
    for other in (cold, hot):
        np.testing.assert_array_equal(np.argsort(other, axis=1), np.argsort(plain, axis=1))
    assert (cold.max(axis=1) > plain.max(axis=1)).all()
    assert (hot.max(axis=1) < plain.max(axis=1)).all()


def test_the_temperature_is_one_by_default(crops):
    np.testing.assert_array_equal(
        Classifier(model()).probabilities(crops), Classifier(model(temperature=1.0)).probabilities(crops)
    )


def test_a_crop_is_classified_alike_alone_and_among_others(crops):
    classifier = Classifier(model())
    together = classifier.classify(crops)
    alone = classifier.classify(crops[7:8])
    np.testing.assert_allclose(alone.probabilities[0], together.probabilities[7], atol=1e-5)
    assert alone.is_character[0] == pytest.approx(together.is_character[7], abs=1e-5)


def test_no_crops_give_no_rows():
    found = Classifier(model()).classify(np.zeros((0, 32, 32), np.uint8))
    assert found.probabilities.shape == (0, 3)
    assert found.is_character.shape == (0,)


def test_pixels_can_be_what_the_network_sees(crops):
    found = Classifier(model(features=FeatureSettings(kind="pixels"))).classify(crops)
    assert found.probabilities.shape == (30, 3)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="none"),
        pytest.param({"features": None}, id="no-features"),
        pytest.param({"features": {"kind": "wavelets"}}, id="unknown-kind"),
        pytest.param({"features": {**FEATURES.to_dict(), "bends": 3}}, id="unknown-setting"),
        pytest.param({"features": {**FEATURES.to_dict(), "zones": 5}}, id="another-size"),
        pytest.param({"features": {**FEATURES.to_dict(), "zones": "four"}}, id="no-number"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": "warm"}, id="word-for-temperature"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": None}, id="null-temperature"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": 0}, id="temperature-zero"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": -1.5}, id="temperature-below-zero"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": float("nan")}, id="temperature-nan"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": 1e9}, id="temperature-huge"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": 10**400}, id="temperature-too-long"),
        pytest.param({"features": FEATURES.to_dict(), "temperature": [1.0]}, id="temperature-list"),
    ],
)
def test_settings_that_are_not_known_here_are_refused(settings):
    with pytest.raises(ModelFileError, match="settings") as caught:
        Classifier(replace(model(), settings=settings))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("weight", [3e38, -3e38])
def test_weights_that_give_no_probabilities_are_refused(crops, weight):
    known = model()
    for layer in known.network.layers:
        layer.weight[:] = weight
    with pytest.raises(ModelFileError, match="no probabilities come of them"):
        Classifier(known).classify(crops)


@pytest.fixture
def cuts():
    """Of thirty crops, every third was cut."""
    cuts = np.zeros((30, CUTS), np.float32)
    cuts[::3] = np.random.default_rng(1).uniform(0.1, 1, (10, CUTS))
    return cuts


def test_without_a_network_for_them_cut_characters_are_less_sure(crops, cuts):
    classifier = Classifier(model())
    assert not classifier.knows_cuts
    before, after = classifier.classify(crops), classifier.classify(crops, cuts)
    cut = cuts.any(axis=1)
    np.testing.assert_array_equal(after.probabilities[~cut], before.probabilities[~cut])
    assert (after.probabilities[cut].max(axis=1) < before.probabilities[cut].max(axis=1)).all()
    np.testing.assert_array_equal(after.probabilities.argmax(axis=1), before.probabilities.argmax(axis=1))
    np.testing.assert_array_equal(after.is_character, before.is_character)


def test_cut_characters_are_read_by_a_network_of_their_own(crops, cuts):
    plain = model(cut_temperature=2.0)
    second = MLP([12 + CUTS, 4], "relu", "he", np.random.default_rng(8))
    classifier = Classifier(replace(plain, cut_network=second))
    assert classifier.knows_cuts
    found, alone = classifier.classify(crops, cuts), Classifier(plain).classify(crops)
    cut = cuts.any(axis=1)
    np.testing.assert_allclose(found.probabilities[~cut], alone.probabilities[~cut], rtol=1e-4)
    units = plain.network.hidden(extract(crops[cut], FEATURES))
    logits = second.forward(cut_features(units, cuts[cut])) / 2
    shares = np.exp(logits[:, [0, 2, 3]])
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.probabilities[cut], shares, rtol=1e-3)
    np.testing.assert_array_equal(classifier.classify(crops).probabilities, alone.probabilities)


def test_a_second_network_that_does_not_fit_is_refused():
    other = MLP([7, 4], "relu", "he", np.random.default_rng(8))
    with pytest.raises(ModelFileError, match="second network"):
        Classifier(replace(model(), cut_network=other))


def test_a_model_of_characters_that_were_cut_out_otherwise_is_refused():
    known = settings_of(FEATURES, 1.0)
    Classifier(model(crop=known["crop"]))
    with pytest.raises(ModelFileError, match="cut out otherwise"):
        Classifier(model(crop={**known["crop"], "margin": 5}))
