"""Gradient descent from the first epoch to the last, wherever the batches come from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import DivergenceError, TerminatedError
from ocr_cli.network.mlp import MLP, Array, Targets, cross_entropy
from ocr_cli.network.optimisers import OPTIMISERS, Optimiser
from ocr_cli.training.sources import BatchSource


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a network is trained; the defaults are the recipe of Carnegie Mellon's computer-vision course.

    Attributes:
        learning_rate: step size, above 0.
        batch_size: samples a step.
        epochs: passes over the data.
        optimiser: ``sgd``, ``momentum`` (0.9) or ``adam``.
        reduction: whether a batch's gradients are added (``sum``, as the course does: its rate of 0.01 stands
            for one of 0.48 on the mean of 48 samples) or averaged (``mean``, as most libraries do).
        schedule: ``constant`` rate, or ``cosine`` descent to 0 (Loshchilov and Hutter, ICLR 2017).
        warmup_epochs: epochs over which the rate first grows from 0; may be a fraction.
        dropout: probability that a hidden unit is silenced, in [0, 1).
        label_smoothing: probability taken from the right class and spread over all (Szegedy 2016), in [0, 1).
        weight_decay: share of a weight that is lost at each step, times the rate.
        weight_average: if above 0, the result is the running mean of the weights with this memory a step,
            such as 0.999 (Polyak averaging), in [0, 1).
        seed: of dropout.

    Raises:
        ValueError: if a value is out of range.
    """

    learning_rate: float = 0.01
    batch_size: int = 48
    epochs: int = 40
    optimiser: Literal["sgd", "momentum", "adam"] = "sgd"
    reduction: Literal["sum", "mean"] = "sum"
    schedule: Literal["constant", "cosine"] = "constant"
    warmup_epochs: float = 0.0
    dropout: float = 0.0
    label_smoothing: float = 0.0
    weight_decay: float = 0.0
    weight_average: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning rate: {self.learning_rate}")
        if self.batch_size < 1 or self.epochs < 1:
            raise ValueError(f"{self.epochs} epochs in batches of {self.batch_size}")
        if self.optimiser not in OPTIMISERS:
            raise ValueError(f"unknown optimiser: {self.optimiser}")
        if self.reduction not in ("sum", "mean") or self.schedule not in ("constant", "cosine"):
            raise ValueError(f"unknown reduction or schedule: {self.reduction}, {self.schedule}")
        if not 0 <= self.warmup_epochs < math.inf or not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"warm-up {self.warmup_epochs}, weight decay {self.weight_decay}")
        for share in (self.dropout, self.label_smoothing, self.weight_average):
            if not 0 <= share < 1:
                raise ValueError(f"dropout, label smoothing or weight average not in [0, 1): {share}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for provenance."""
        return asdict(self)

    def rate(self, progress: float) -> float:
        """The learning rate after ``progress`` epochs, a number in [0, epochs]."""
        rate = self.learning_rate
        if progress < self.warmup_epochs:
            return rate * progress / self.warmup_epochs
        if self.schedule == "cosine":
            done = (progress - self.warmup_epochs) / max(self.epochs - self.warmup_epochs, 1e-9)
            rate *= 0.5 * (1.0 + math.cos(math.pi * done))
        return rate


@dataclass(frozen=True, slots=True)
class Score:
    """Mean cross-entropy in nats and share of right answers in [0, 1]."""

    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch brought.

    Attributes:
        number: from 1.
        training: measured on the batches as they were learned: with dropout, and before each one's step.
        validation: measured afterwards on the held-out samples; None if there are none.
        seconds: since training began.
    """

    number: int
    training: Score
    validation: Score | None
    seconds: float

    @property
    def score(self) -> Score:
        """The validation score if there is one, else the training score."""
        return self.validation or self.training


@dataclass(frozen=True, slots=True)
class Training:
    """The result of ``fit``.

    Attributes:
        best: the network after the epoch of the highest accuracy in ``Epoch.score`` (then the lowest loss).
        last: the network after the last completed epoch.
        history: all completed epochs, at least one.
        best_epoch: the entry of ``history`` that ``best`` belongs to.
        interrupted: whether Ctrl-C ended it early.
    """

    best: MLP
    last: MLP
    history: tuple[Epoch, ...]
    best_epoch: Epoch
    interrupted: bool


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """All that a training needs, after an epoch, to go on as if it had never stopped.

    Nothing random is in it, because what is drawn in an epoch is seeded by the epoch's number.

    Attributes:
        history: the completed epochs, at least one.
        steps: how often the weights were moved.
        arrays: the parameters of the network, of the running mean (if ``weight_average`` is above 0) and of
            the network after the best epoch, and ``Optimiser.state``.
    """

    history: tuple[Epoch, ...]
    steps: int
    arrays: Sequence[Array]


class StateError(ValueError):
    """The arrays of a state are not those of the training that is to go on from it."""


def fit(
    network: MLP,
    source: BatchSource,
    settings: TrainingSettings,
    *,
    validation: tuple[npt.NDArray[np.float32], npt.NDArray[np.integer[Any]]] | None = None,
    start: TrainingState | None = None,
    on_state: Callable[[TrainingState], None] | None = None,
    on_batch: Callable[[float], None] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Training:
    """Train a network. The same network, source and settings give the same weights.

    Args:
        network: where to start; it is changed.
        source: the training samples.
        settings: how.
        validation: features (N, D) and class indices (N,) that the network does not learn from.
        start: go on from this state of the same training; the weights become bit for bit those of a training
            that never stopped.
        on_state: called after each epoch, before ``on_epoch``, with what can be given as ``start``. The
            training goes on with its very arrays: copy or write them before returning.
        on_batch: called after each step with the batch's mean loss.
        on_epoch: called after each epoch.

    Returns:
        The networks and the course of the training. Ctrl-C after the first epoch ends it early.

    Raises:
        DivergenceError: if the loss is no longer a finite number.
        KeyboardInterrupt: on Ctrl-C before the first epoch is over; a ``TerminatedError`` at any time.
        StateError: if the arrays of ``start`` are not those of such a training.
    """
    optimiser = OPTIMISERS[settings.optimiser](network.parameters, settings.weight_decay)
    averaged = _RunningMean(network, settings.weight_average) if settings.weight_average else None
    now = averaged.network if averaged else network
    best = network.copy()
    best_epoch = None
    history: list[Epoch] = []

    def arrays() -> list[Array]:
        mean = averaged.network.parameters if averaged else []
        return [*network.parameters, *mean, *best.parameters, *optimiser.state]

    if start:
        history += start.history
        best_epoch = max(history, key=_rank)
        optimiser.steps = start.steps
        try:
            _overwrite(arrays(), start.arrays)
        except ValueError as error:
            raise StateError(str(error)) from error
    last = now.copy()
    interrupted = False
    began = time.perf_counter() - (history[-1].seconds if history else 0.0)
    try:
        # An overflow shows in the loss, which is watched; NumPy's own warnings would only add noise.
        with np.errstate(over="ignore", invalid="ignore"):
            for index in range(len(history), settings.epochs):
                training = _run_epoch(network, optimiser, averaged, source, index, settings, on_batch)
                held_out = score(now, *validation) if validation else None
                if held_out:
                    _check_finite(held_out.loss, index, settings)
                epoch = Epoch(index + 1, training, held_out, time.perf_counter() - began)
                last = now.copy()
                history.append(epoch)
                if best_epoch is None or _rank(epoch) > _rank(best_epoch):
                    best, best_epoch = last, epoch
                if on_state:
                    on_state(TrainingState(tuple(history), optimiser.steps, arrays()))
                if on_epoch:
                    on_epoch(epoch)
    except TerminatedError:
        raise
    except KeyboardInterrupt:
        interrupted = True
    if best_epoch is None:
        raise KeyboardInterrupt
    return Training(best, last, tuple(history), best_epoch, interrupted)


def score(network: MLP, features: npt.NDArray[np.float32], labels: npt.NDArray[np.integer[Any]]) -> Score:
    """Mean loss and accuracy of a network on features (N, D) with class indices (N,), N at least 1."""
    logits = network.forward(features)
    loss, _ = cross_entropy(logits, labels)
    return Score(loss / len(labels), float((logits.argmax(axis=1) == labels).mean()))


def _run_epoch(
    network: MLP,
    optimiser: Optimiser,
    averaged: _RunningMean | None,
    source: BatchSource,
    index: int,
    settings: TrainingSettings,
    on_batch: Callable[[float], None] | None,
) -> Score:
    """One pass over the source; dropout is seeded by the epoch, so that any epoch can be repeated alone."""
    rng = np.random.default_rng((settings.seed, index, 1))
    gradients = network.gradients
    total, right, count = 0.0, 0, 0
    for step, (x, targets) in enumerate(source.epoch(index)):
        logits = network.forward_training(x, settings.dropout, rng)
        loss, gradient = cross_entropy(logits, _smooth(targets, logits.shape[1], settings.label_smoothing))
        _check_finite(loss, index, settings)
        if settings.reduction == "mean":
            gradient /= len(x)
        network.backward(gradient)
        optimiser.step(gradients, settings.rate(index + (step + 0.5) / len(source)))
        if averaged:
            averaged.update(network.parameters, optimiser.steps)
        labels = targets if targets.ndim == 1 else targets.argmax(axis=1)
        right += int(np.count_nonzero(logits.argmax(axis=1) == labels))
        total += loss
        count += len(x)
        if on_batch:
            on_batch(loss / len(x))
    return Score(total / count, right / count)


def _smooth(targets: Targets, classes: int, amount: float) -> Targets:
    """The targets with ``amount`` of their probability spread evenly: float32 (N, classes) if above 0."""
    if not amount:
        return targets
    rows = np.eye(classes, dtype=np.float32)[targets] if targets.ndim == 1 else targets
    smooth: Array = rows * np.float32(1 - amount) + np.float32(amount / classes)
    return smooth


def _check_finite(loss: float, index: int, settings: TrainingSettings) -> None:
    if not math.isfinite(loss):
        raise DivergenceError(
            f"training broke down in epoch {index + 1}: the loss is {loss}; "
            f"try a learning rate (--lr) smaller than {settings.learning_rate:g}",
            hint="",
        )


def _overwrite(arrays: Sequence[Array], saved: Sequence[Array]) -> None:
    """Put ``saved`` into ``arrays``.

    Raises:
        ValueError: if their number, shapes or types differ.
    """
    for array, values in zip(arrays, saved, strict=True):
        if array.shape != values.shape or array.dtype != values.dtype:
            raise ValueError(f"{values.dtype} {values.shape} for {array.dtype} {array.shape}")
        array[...] = values


def _rank(epoch: Epoch) -> tuple[float, float]:
    return epoch.score.accuracy, -epoch.score.loss


class _RunningMean:
    """A network whose weights follow another's slowly."""

    def __init__(self, network: MLP, memory: float) -> None:
        self.network = network.copy()
        self._memory = memory

    def update(self, parameters: Sequence[Array], steps: int) -> None:
        """Follow the parameters after so many steps, this one included."""
        # A shorter memory at the beginning, or the random first weights would stay in the mean for long.
        memory = min(self._memory, (1 + steps) / (10 + steps))
        for mean, parameter in zip(self.network.parameters, parameters, strict=True):
            mean -= parameter
            mean *= memory
            mean += parameter
