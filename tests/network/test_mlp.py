from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.network.mlp import ACTIVATIONS, MLP, cross_entropy
from ocr_cli.network.optimisers import SGD, Adam


def blobs(seed: int = 0, count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of points in four dimensions: float32 (count, 4) and their classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    return (rng.normal(size=(count, 4)) + 3 * np.eye(4)[labels]).astype(np.float32), labels


def test_training_and_inference_give_the_same_logits_in_float32() -> None:
    network = MLP([4, 8, 6, 3], "tanh", rng=np.random.default_rng(0))
    x, labels = blobs()
    logits = network.forward(x)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(network.forward_training(x), logits, rtol=1e-6)
    network.backward(cross_entropy(logits, labels)[1])
    assert {a.dtype for a in network.parameters + network.gradients} == {np.dtype(np.float32)}


def test_batches_of_changing_size_share_the_work_space() -> None:
    network = MLP([4, 5, 3], rng=np.random.default_rng(0))
    x, labels = blobs()
    for rows in (10, 3, 64, 7):
        logits = network.forward_training(x[:rows])
        network.backward(cross_entropy(logits, labels[:rows])[1])
        fresh = network.copy()
        fresh.backward(cross_entropy(fresh.forward_training(x[:rows]), labels[:rows])[1])
        for ours, theirs in zip(network.gradients, fresh.gradients, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_logits_of_one_step_survive_the_next() -> None:
    network = MLP([4, 5, 3], rng=np.random.default_rng(0))
    x, _ = blobs()
    first = network.forward_training(x[:8])
    kept = first.copy()
    network.forward_training(x[8:16])
    np.testing.assert_array_equal(first, kept)


def test_dropout_keeps_the_expected_activation() -> None:
    network = MLP.from_arrays([np.eye(1, dtype=np.float32)] * 2, [np.zeros(1, np.float32)] * 2, "relu")
    x = np.ones((20_000, 1), np.float32)
    values = network.forward_training(x, 0.25, np.random.default_rng(0))
    assert set(np.unique(values.round(4))) == {np.float32(0), np.float32(1.3333)}
    assert values.mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimiser", [SGD, Adam])
def test_zero_initialisation_never_breaks_the_symmetry(activation: str, optimiser: type) -> None:
    x, labels = blobs()
    network = MLP([4, 6, 5, 3], activation, "zero")
    steps = optimiser(network.parameters)
    for _ in range(30):
        network.backward(cross_entropy(network.forward_training(x), labels)[1] / len(x))
        steps.step(network.gradients, 0.1)
    for layer in network.layers[:-1]:
        # All neurons of a layer stay alike, but for a last bit: some BLAS kernels sum the columns at the edge
        # of a matrix in another order.
        np.testing.assert_allclose(
            layer.weight, np.repeat(layer.weight[:, :1], layer.weight.shape[1], axis=1), rtol=1e-4
        )
        assert np.ptp(layer.bias) <= 1e-4 * np.abs(layer.bias).max()
    assert network.layers[-1].bias.any()  # it did learn what can be learned: the classes' frequencies


def test_random_weights_learn_what_zero_weights_cannot() -> None:
    x, labels = blobs()
    accuracies = {}
    for initialisation in ("zero", "xavier", "he"):
        network = MLP([4, 6, 3], "tanh", initialisation, np.random.default_rng(0))
        steps = SGD(network.parameters, momentum=0.9)
        for _ in range(100):
            network.backward(cross_entropy(network.forward_training(x), labels)[1] / len(x))
            steps.step(network.gradients, 0.1)
        accuracies[initialisation] = (network.forward(x).argmax(axis=1) == labels).mean()
    assert accuracies["zero"] < 0.6
    assert min(accuracies["xavier"], accuracies["he"]) > 0.9


def test_a_copy_is_independent() -> None:
    network = MLP([4, 5, 3], rng=np.random.default_rng(0))
    twin = network.copy()
    network.layers[0].weight += 1
    assert twin.sizes == (4, 5, 3)
    assert not np.array_equal(twin.layers[0].weight, network.layers[0].weight)


@pytest.mark.parametrize("sizes", [[], [4], [4, 0, 3], [-1, 3]])
def test_sizes_that_are_no_network(sizes: list[int]) -> None:
    with pytest.raises(ValueError, match="sizes"):
        MLP(sizes)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="activation: swish"):
        MLP([2, 2], "swish")
    with pytest.raises(ValueError, match="initialisation: ones"):
        MLP([2, 2], initialisation="ones")


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([], []),
        ([(2, 3)], [(3,), (3,)]),
        ([(2, 3)], [(2,)]),
        ([(2, 3), (4, 2)], [(3,), (2,)]),
        ([(0, 3)], [(3,)]),
    ],
)
def test_arrays_that_do_not_fit(weights: list[tuple[int, ...]], biases: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="weight"):
        MLP.from_arrays([np.zeros(w) for w in weights], [np.zeros(b) for b in biases], "relu")
