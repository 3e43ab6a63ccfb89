from itertools import islice

import numpy as np
import pytest

from ocr_cli.network.time_delay import TimeDelayNetwork
from ocr_cli.training.deformed import deformed
from ocr_cli.training.windows import Learner, Settings, Written, batches, errors, greedy, grown
from ocr_cli.windows.strip import CELL, HEIGHT, INPUTS, columns

CLASSES = ("", " ", "I", "-", "O")
SHAPE = [(24, (-2, -1, 0, 1, 2), False), (24, (-1, 0, 1), True), (len(CLASSES), (0,), False)]
SETTINGS = Settings(steps=150, frames=300, rate=4e-3, warm_up=10, decay=0.0)


def drawn(text):
    """A strip with an upright stroke, a dash or a box for each letter."""
    strip = np.zeros((48, 20 * len(text) + 16), np.uint8)
    for k, one in enumerate(text):
        x = 12 + 20 * k
        if one == "I":
            strip[12:36, x : x + 3] = 255
        elif one == "-":
            strip[23:26, x - 4 : x + 6] = 255
        elif one == "O":
            strip[14:34, x - 4 : x + 6] = 255
            strip[17:31, x - 1 : x + 3] = 0
    return np.kron(strip, np.ones((HEIGHT // 48, HEIGHT // 48), np.uint8))


@pytest.fixture
def written():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(["I", "-", "O"], int(rng.integers(1, 5)))) for _ in range(60)]
    return Written([drawn(text) for text in texts], texts, ["drawn"] * len(texts))


def learned(written, steps, learner=None):
    learner = learner or Learner(TimeDelayNetwork.random(SHAPE, INPUTS, CLASSES, 0), SETTINGS)
    costs = []
    rng = np.random.default_rng(learner.optimiser.steps)
    while len(costs) < steps:
        for strips, texts in islice(batches(written, CLASSES, SETTINGS, rng), steps - len(costs)):
            costs.append(learner.step(strips, texts))
    return learner, costs


def test_it_learns_to_spell_without_being_told_where_letters_are(written):
    learner, costs = learned(written, 150)
    assert np.mean(costs[-10:]) < 0.25 * np.mean(costs[:10])
    words = ["O-I", "IIO", "-", "OO"]
    assert greedy(learner.network, [drawn(word) for word in words], CLASSES) == words


def test_it_goes_on_where_it_was(written):
    learner, _ = learned(written, 5)
    again = Learner(TimeDelayNetwork.random(SHAPE, INPUTS, CLASSES, 9), SETTINGS)
    again.restore([array.copy() for array in learner.arrays()], learner.optimiser.steps)
    assert again.rate() == learner.rate()
    assert learned(written, 3, again)[1] == learned(written, 3, learner)[1]
    for one, other in zip(learner.arrays(), again.arrays(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_kept_is_a_mean_of_the_weights(written):
    learner, _ = learned(written, 30)
    now, mean = learner.network.layers[0].weight, learner.averaged().layers[0].weight
    assert 0 < np.abs(now - mean).max() < np.abs(now).max()


def test_the_rate_rises_and_falls():
    learner = Learner(TimeDelayNetwork.random(SHAPE, INPUTS, CLASSES, 0), SETTINGS)
    rates = []
    for steps in (0, 9, 80, 149):
        learner.optimiser.steps = steps
        rates.append(learner.rate())
    assert rates[0] < rates[2] < rates[1]
    assert rates[3] < 0.02 * SETTINGS.rate


def test_strips_whose_text_does_not_fit_are_left_out(written):
    narrow = np.zeros((HEIGHT, 2 * CELL), np.uint8)
    crowded = Written([narrow, *written.strips], ["IOIOIO", *written.texts], [])
    for strips, texts in batches(crowded, CLASSES, SETTINGS, np.random.default_rng(0)):
        assert all(len(text) < strip.shape[1] // CELL for strip, text in zip(strips, texts, strict=True))


def test_a_larger_network_begins_with_what_a_smaller_one_says(written):
    small = learned(written, 20)[0].network
    wider = [*((30, *one[1:]) for one in SHAPE[:-1]), (30, (-3, 0, 3), True), SHAPE[-1]]
    more = [*wider[:-1], (len(CLASSES) + 2, (0,), False)]
    large = grown(small, TimeDelayNetwork.random(more, INPUTS, (*CLASSES, "ß", "°"), 1))
    frames = columns(drawn("O-I"))
    np.testing.assert_allclose(large.forward(frames)[:, : len(CLASSES)], small.forward(frames), atol=0.4)
    assert large.forward(frames)[:, len(CLASSES) :].max() < small.forward(frames).max()
    learner, costs = learned(written, 20, Learner(large, SETTINGS))
    assert np.isfinite(costs).all()
    assert all(np.abs(layer.weight).sum(axis=1).min() > 0 for layer in learner.network.layers)


def test_a_network_does_not_grow_into_a_smaller_one(written):
    small, large = (
        TimeDelayNetwork.random([(units, (0,), False), SHAPE[-1]], INPUTS, CLASSES, 0) for units in (8, 9)
    )
    with pytest.raises(ValueError, match="fit"):
        grown(large, small)


def test_a_network_that_sees_other_strips_does_not_grow():
    coarse, fine = (
        TimeDelayNetwork.random([(8, (0,), False), SHAPE[-1]], inputs, CLASSES, 0) for inputs in (96, INPUTS)
    )
    with pytest.raises(ValueError, match="fit"):
        grown(coarse, fine)


def test_deformed_strips_stay_strips():
    rng = np.random.default_rng(0)
    for _ in range(40):
        strip = deformed(drawn("O-I"), rng)
        assert strip.dtype == np.uint8
        assert strip.shape[0] == HEIGHT
        assert strip.shape[1] % CELL == 0
        assert strip.max() > 60


def test_errors_by_kind():
    found = errors(["A b", "cd"], ["Ab", "ce"], ["word", "line"])
    assert found == {"all": (0.25, 0.5), "line": (0.5, 0.0), "word": (0.0, 1.0)}
