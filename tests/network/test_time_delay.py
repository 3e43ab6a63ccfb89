import numpy as np
import pytest

from ocr_cli.network.time_delay import Layer, TimeDelayNetwork, windows, windows_back

SHAPE = [(7, (-2, -1, 0, 1, 2), False), (7, (-2, 0, 2), True), (4, (0,), False)]
CLASSES = ("", " ", "a", "b")


@pytest.fixture
def network():
    return TimeDelayNetwork.random(SHAPE, 3, CLASSES, seed=0)


@pytest.fixture
def frames():
    return np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)


def test_a_window_shows_the_frames_around_each(frames):
    seen = windows(frames, (-1, 0, 2))
    assert seen[4].tolist() == [*frames[3], *frames[4], *frames[6]]
    assert seen[0].tolist() == [0, 0, 0, *frames[0], *frames[2]]
    assert seen[8, 6:].tolist() == [0, 0, 0]


def test_rows_shorter_than_a_window_are_seen(network):
    assert network.forward(np.ones((1, 3), np.float32)).shape == (1, 4)


def test_the_way_back_is_the_transpose_of_the_way_there(frames):
    other = np.random.default_rng(1).normal(size=(9, 9)).astype(np.float32)
    there = float((windows(frames, (-1, 0, 2)) * other).sum())
    assert there == pytest.approx(float((frames * windows_back(other, (-1, 0, 2))).sum()), rel=1e-5)


def test_gradients_are_those_of_finite_differences(network, frames):
    rng = np.random.default_rng(2)
    into = rng.normal(size=(9, 4)).astype(np.float32)
    gradients = network.backward(network.passed(frames), into)
    for layer, found in zip(network.layers, gradients, strict=True):
        for array, gradient in zip((layer.weight, layer.bias), found, strict=True):
            for _ in range(8):
                place = tuple(rng.integers(size) for size in array.shape)
                kept, ends = array[place].copy(), []
                for step in (1e-3, -1e-3):
                    array[place] = kept + step
                    ends.append(float((network.forward(frames).astype(float) * into).sum()))
                array[place] = kept
                assert gradient[place] == pytest.approx((ends[0] - ends[1]) / 2e-3, rel=0.03, abs=0.02)


def test_it_sees_no_further_than_it_reaches(network, frames):
    long = np.concatenate([frames] * 3)
    other = long.copy()
    other[13 + network.reach + 1 :] = 0
    assert network.reach == 4
    np.testing.assert_array_equal(network.forward(long)[13], network.forward(other)[13])


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize(
    "shape", [SHAPE, [(7, (-1, 0, 1), False), (7, (-6, 0, 6), True), *SHAPE[1:]], SHAPE[2:]]
)
def test_between_endless_others_it_says_what_it_says_between_many(shape, frames, count):
    network, other = TimeDelayNetwork.random(shape, 3, CLASSES, seed=0), np.float32([0.5, -1, 2])
    many = np.tile(other, (network.reach, 1))
    long = network.forward(np.concatenate([many, frames[:count], many]))
    amid = network.amid(frames[:count], other)
    np.testing.assert_allclose(amid, long[network.reach : network.reach + count], atol=1e-5)


def test_arrays_and_back(network, frames):
    again = TimeDelayNetwork.from_arrays(*network.to_arrays())
    np.testing.assert_array_equal(again.forward(frames), network.forward(frames))
    assert again.classes == CLASSES


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays, values: values["classes"].append("c"),
        lambda arrays, values: values["offsets"][1].append(4),
        lambda arrays, values: arrays.update(bias_0=arrays["bias_0"][:-1]),
        lambda arrays, values: arrays.update(weight_1=arrays["weight_1"][:-1]),
    ],
)
def test_what_does_not_fit_is_refused(network, damage):
    arrays, values = network.to_arrays()
    damage(arrays, values)
    with pytest.raises(ValueError, match="do not fit"):
        TimeDelayNetwork.from_arrays(arrays, values)


def test_a_residual_layer_must_be_as_wide_as_what_it_is_added_to():
    layer = Layer(np.zeros((3, 4), np.float32), np.zeros(4, np.float32), (0,), residual=True)
    with pytest.raises(ValueError, match="do not fit"):
        TimeDelayNetwork([layer], CLASSES)
