"""The same training in three libraries, and what else ``network_speed.py`` measures."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classifier
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.loop import TrainingSettings, fit
from ocr_cli.training.sources import ArraySource


@dataclass(frozen=True)
class Task:
    """What is trained: the samples in batches, in a new order each epoch, for the cross-entropy.

    Attributes:
        features: float32 (N, D); float64 for scikit-learn alone.
        labels: class indices (N,).
        hidden: units of each hidden layer.
        activation: of the hidden layers.
        optimiser: plain gradient descent or Adam.
        batch_size: samples a step.
        epochs: passes over the samples in one measurement.
    """

    features: npt.NDArray[np.floating[Any]]
    labels: npt.NDArray[np.intp]
    hidden: tuple[int, ...]
    activation: Literal["sigmoid", "relu"]
    optimiser: Literal["sgd", "adam"]
    batch_size: int
    epochs: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units, classes."""
        return (self.features.shape[1], *self.hidden, int(self.labels.max()) + 1)

    @property
    def steps(self) -> int:
        """Steps of the optimiser in one measurement."""
        return self.epochs * -(-len(self.features) // self.batch_size)

    @property
    def rate(self) -> float:
        """A learning rate that suits the optimiser, for gradients that are averaged over a batch."""
        return 0.1 if self.optimiser == "sgd" else 0.001

    @property
    def operations(self) -> int:
        """Multiplications and additions of one measurement's matrix products.

        Each layer has one product forwards, one for the gradient of its weights and, but for the first, one
        for the gradient of its inputs.
        """
        weights = [a * b for a, b in itertools.pairwise(self.sizes)]
        return 2 * self.epochs * len(self.features) * (3 * sum(weights) - weights[0])


def ours(task: Task) -> Callable[[], float]:
    """A function that trains with this package from new weights and returns the last epoch's mean loss."""
    settings = TrainingSettings(
        learning_rate=task.rate,
        batch_size=task.batch_size,
        epochs=task.epochs,
        optimiser=task.optimiser,
        reduction="mean",
    )
    source = ArraySource(task.features, task.labels, task.batch_size, seed=0)

    def train() -> float:
        network = MLP(task.sizes, task.activation, rng=np.random.default_rng(0))
        return fit(network, source, settings).history[-1].training.loss

    return train


def scikit_learn(task: Task) -> Callable[[], float]:
    """The same with ``sklearn.neural_network.MLPClassifier``.

    Raises:
        ImportError: if it is not installed.
    """
    from sklearn.neural_network import MLPClassifier

    def train() -> float:
        network = MLPClassifier(
            task.hidden,
            activation={"sigmoid": "logistic"}.get(task.activation, task.activation),
            solver=task.optimiser,
            alpha=0.0,
            batch_size=task.batch_size,
            learning_rate_init=task.rate,
            max_iter=task.epochs,
            tol=0.0,
            n_iter_no_change=task.epochs,
            momentum=0.0,
            nesterovs_momentum=False,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It says each time that it could learn longer.
            return float(network.fit(task.features, task.labels).loss_)

    return train


def pytorch(task: Task, threads: int) -> Callable[[], float]:
    """The same with PyTorch on the CPU, batches indexed out of one tensor, which is its fastest way.

    Raises:
        ImportError: if it is not installed.
    """
    import torch

    torch.set_num_threads(threads)
    features, labels = torch.from_numpy(task.features), torch.from_numpy(task.labels)
    activation = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}[task.activation]
    optimisers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}

    def train() -> float:
        torch.manual_seed(0)
        layers: list[Any] = []
        for inputs, outputs in itertools.pairwise(task.sizes):
            layers += [torch.nn.Linear(inputs, outputs), activation()]
        network = torch.nn.Sequential(*layers[:-1])
        optimiser = optimisers[task.optimiser](network.parameters(), lr=task.rate)
        cross_entropy = torch.nn.CrossEntropyLoss()
        for _ in range(task.epochs):
            total = 0.0
            for rows in torch.randperm(len(features)).split(task.batch_size):
                loss = cross_entropy(network(features[rows]), labels[rows])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                total += loss.item() * len(rows)
        return total / len(features)

    return train


def matrix_products(sizes: Sequence[int], rows: int) -> Callable[[], None]:
    """A function that does a network's forward matrix products and nothing else."""
    rng = np.random.default_rng(0)
    arrays = [rng.random((rows, size), np.float32) for size in sizes]
    weights = [rng.random(shape, np.float32) for shape in itertools.pairwise(sizes)]

    def multiply() -> None:
        for x, weight, y in zip(arrays[:-1], weights, arrays[1:], strict=True):
            np.matmul(x, weight, out=y)

    return multiply


def classification(model: ModelFile, crops: npt.NDArray[np.uint8]) -> Callable[[], object]:
    """A function that classifies crops, from grey values to probabilities."""
    classifier = Classifier(model)
    return lambda: classifier.classify(crops)


@dataclass(frozen=True)
class Times:
    """Medians over the rounds, in seconds: by the clock, and of all the process's processor time."""

    wall: float
    cpu: float


def measure(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """The times of several jobs, run in turn in each round, so that a busy machine slows them all alike."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for job in jobs.values():  # The first run of each pays for what is loaded and allocated once.
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            wall, cpu = time.perf_counter(), time.process_time()
            job()
            times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: Times(*np.median(each, axis=0).tolist()) for name, each in times.items()}
