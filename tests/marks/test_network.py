import numpy as np
import pytest

from ocr_cli.alphabet import MARKS
from ocr_cli.marks.network import CLASSES, INPUTS, MarkNetwork, inputs_of
from ocr_cli.marks.parts import NO_PARTS, PLACE, Parts
from ocr_cli.network.mlp import MLP

OUTPUTS = len(CLASSES)


def network(outputs=OUTPUTS, inputs=INPUTS):
    return MLP([inputs, 7, outputs], "relu", "he", np.random.default_rng(0))


def parts(count=3):
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 256, (2, count, 32, 32), np.uint8)
    places = rng.normal(0, 3, (count, PLACE)).astype(np.float32)
    every = np.zeros(count, bool)
    return Parts(np.arange(count), crops[0], crops[1], places, np.zeros((count, 4), int), every, every)


def test_probabilities_add_up_to_one_and_inputs_are_bounded():
    rated = MarkNetwork(network()).rate(parts())
    assert rated.shape == (3, 1 + len(MARKS))
    np.testing.assert_allclose(rated.sum(axis=1), 1, atol=1e-5)
    assert np.abs(inputs_of(parts())).max() <= 4
    assert len(MarkNetwork(network()).rate(NO_PARTS)) == 0


@pytest.mark.parametrize("wrong", [{"outputs": 3}, {"inputs": 5}])
def test_a_network_for_something_else_is_refused(wrong):
    with pytest.raises(ValueError, match="a network from"):
        MarkNetwork(network(**wrong))


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), 1e9])
def test_no_temperature(temperature):
    with pytest.raises(ValueError, match="temperature"):
        MarkNetwork(network(), temperature)
