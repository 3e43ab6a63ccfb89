"""Training the network that reads rows by sliding windows, on strips of lines with their texts.

Each batch is a few strips side by side, with paper between them; the loss is that of connectionist temporal
classification (``ocr_cli.windows.ctc``), the optimiser Muon with a learning rate that rises and then falls
along a cosine (I. Loshchilov and F. Hutter, "SGDR", ICLR 2017). What is kept is a running mean of the weights
(B. Polyak and A. Juditsky, 1992).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.evaluation.alignment import align
from ocr_cli.network.mlp import softmax
from ocr_cli.network.optimisers import Muon
from ocr_cli.network.time_delay import Layer, TimeDelayNetwork
from ocr_cli.training.deformed import deformed
from ocr_cli.windows.ctc import BLANK, ctc
from ocr_cli.windows.strip import CELL, HEIGHT, columns

Pixels = npt.NDArray[np.uint8]

_MEMORY = 0.999
"""Of the running mean of the weights."""
_HARDLY = 0.02
"""Share of their weights with which further layers of a network begin."""
_UNHEARD = -4.0
"""Logit with which further classes of a network begin."""
_CLIP = 5.0
"""Longest gradient, relative to the running mean of its lengths."""


class Written(NamedTuple):
    """Strips with their texts.

    Attributes:
        strips: uint8 (HEIGHT, W) each, W a multiple of CELL.
        texts: what is written on each.
        kinds: what each was made of.
    """

    strips: list[Pixels]
    texts: list[str]
    kinds: list[str]


class Settings(NamedTuple):
    """How to learn.

    Attributes:
        steps: batches in all.
        frames: about so many in a batch.
        rate: greatest learning rate.
        warm_up: batches in which it rises.
        decay: of the weights.
        seed: of weights, order and deformation.
    """

    steps: int
    frames: int = 4000
    rate: float = 1.0e-3
    warm_up: int = 300
    decay: float = 0.02
    seed: int = 0


def batches(
    written: Written, classes: Sequence[str], settings: Settings, rng: np.random.Generator
) -> Iterator[tuple[list[Pixels], list[npt.NDArray[np.intp]]]]:
    """Strips of about the same length and their texts as columns, once around in an order made anew.

    Strips whose texts do not fit are left out.
    """
    number = {text: column for column, text in enumerate(classes)}
    order = rng.permutation(len(written.strips))
    for start in range(0, len(order), 512):
        pool = order[start : start + 512]
        pool = pool[np.argsort([written.strips[k].shape[1] for k in pool], kind="stable")]
        groups: list[list[int]] = [[]]
        frames = 0
        for k in pool.tolist():
            frames += written.strips[k].shape[1] // CELL
            groups[-1].append(k)
            if frames >= settings.frames:
                groups.append([])
                frames = 0
        for g in rng.permutation(len(groups)).tolist():
            strips, texts = [], []
            for k in groups[g]:
                ink = deformed(written.strips[k], rng)
                text = np.array([number[one] for one in written.texts[k]], np.intp)
                # Of two equal characters in turn, a frame between them says nothing.
                if len(text) + int((text[1:] == text[:-1]).sum()) < ink.shape[1] // CELL:
                    strips.append(ink)
                    texts.append(text)
            if strips:
                yield strips, texts


def side_by_side(
    strips: Sequence[Pixels], apart: int
) -> tuple[npt.NDArray[np.float32], list[int], list[int]]:
    """The frames of some strips with paper between them.

    Args:
        strips: uint8 (HEIGHT, W) each.
        apart: frames of paper.

    Returns:
        float32 (T, inputs), and where each strip begins and ends.
    """
    paper = np.zeros((HEIGHT, apart * CELL), np.uint8)
    parts, starts, stops, now = [], [], [], apart
    for strip in strips:
        parts += [paper, strip]
        starts.append(now)
        now += strip.shape[1] // CELL
        stops.append(now)
        now += apart
    return columns(np.concatenate([*parts, paper], axis=1)), starts, stops


class Learner:
    """A network that learns.

    Attributes:
        network: as it is now.
        mean: running mean of its weights.

    Args:
        network: to begin with.
        settings: how to learn.
    """

    def __init__(self, network: TimeDelayNetwork, settings: Settings) -> None:
        self.network = network
        self.settings = settings
        self._parameters = network.parameters
        self.mean = [array.copy() for array in self._parameters]
        # All weights but the last ones lie between hidden units; biases are every other parameter.
        hidden = range(0, len(self._parameters) - 2, 2)
        self.optimiser = Muon(self._parameters, hidden, weight_decay=settings.decay)
        self._length = 0.0

    def arrays(self) -> list[npt.NDArray[np.float32]]:
        """All that the next step needs but their number: weights, their mean, the optimiser's state."""
        return [*self._parameters, *self.mean, *self.optimiser.state]

    def restore(self, arrays: Sequence[npt.NDArray[np.float32]], steps: int) -> None:
        """Go on where another one was.

        Args:
            arrays: its ``arrays``.
            steps: that it made.
        """
        for own, other in zip(self.arrays(), arrays, strict=True):
            own[...] = other
        self.optimiser.steps = steps

    def rate(self) -> float:
        """The learning rate of the next step."""
        now, settings = self.optimiser.steps, self.settings
        if now < settings.warm_up:
            return settings.rate * (now + 1) / settings.warm_up
        share = min(1.0, (now - settings.warm_up) / max(1, settings.steps - settings.warm_up))
        return settings.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))

    def step(self, strips: Sequence[Pixels], texts: Sequence[npt.NDArray[np.intp]]) -> float:
        """Learn from a batch.

        Returns:
            Nats a character that the batch cost.
        """
        frames, starts, stops = side_by_side(strips, self.network.reach)
        passed = self.network.passed(frames)
        loss = ctc(softmax(passed.logits), starts, stops, texts)
        fits = np.isfinite(loss.nats)
        characters = max(1, sum(map(len, texts)))
        gradients = [
            array
            for pair in self.network.backward(passed, loss.gradient / np.float32(len(texts)))
            for array in pair
        ]
        length = math.sqrt(sum(float(np.vdot(one, one)) for one in gradients))
        limit = _CLIP * self._length if self._length else math.inf
        self._length = 0.99 * self._length + 0.01 * min(length, limit) if self._length else length
        if length > limit:
            for one in gradients:
                one *= limit / length
        self.optimiser.step(gradients, self.rate())
        memory = min(_MEMORY, (1 + self.optimiser.steps) / (10 + self.optimiser.steps))
        for mean, now in zip(self.mean, self._parameters, strict=True):
            mean += np.float32(1 - memory) * (now - mean)
        return float(loss.nats[fits].sum() / characters)

    def averaged(self) -> TimeDelayNetwork:
        """The network with the running mean of its weights."""
        pairs = zip(self.mean[::2], self.mean[1::2], strict=True)
        return TimeDelayNetwork(
            [
                Layer(weight.copy(), bias.copy(), layer.offsets, layer.residual)
                for layer, (weight, bias) in zip(self.network.layers, pairs, strict=True)
            ],
            self.network.classes,
        )


def grown(small: TimeDelayNetwork, large: TimeDelayNetwork) -> TimeDelayNetwork:
    """A larger network that at first says what a smaller one says.

    Its further units begin at random, but nothing hears them yet; further layers, which add to what comes in,
    begin by adding next to nothing (T. Chen et al., "Net2Net", ICLR 2016). Further classes begin as unlikely
    ones.

    Args:
        small: has learned already.
        large: has the shape; its weights are changed in place.

    Returns:
        The large network.

    Raises:
        ValueError: if the one does not fit into the other.
    """
    *under, last = small.layers
    into, further = large.layers[: len(under)], large.layers[len(under) : -1]
    fits = (
        small.classes == large.classes[: len(small.classes)]
        and small.sizes[0] == large.sizes[0]
        and len(large.layers) >= len(small.layers)
        and all(
            (a.offsets, a.residual) == (b.offsets, b.residual) and len(a.bias) <= len(b.bias)
            for a, b in zip(under, into, strict=True)
        )
        and all(layer.residual for layer in further)
    )
    if not fits:
        raise ValueError("the one network does not fit into the other")
    for old, new in zip([*under, last], [*into, large.layers[-1]], strict=True):
        places = len(new.offsets)
        outputs = len(old.bias)
        inputs = len(old.weight) // places
        by_offset = new.weight.reshape(places, -1, len(new.bias))
        by_offset[:, inputs:, :outputs] = 0
        by_offset[:, :inputs, :outputs] = old.weight.reshape(places, inputs, outputs)
        new.bias[:outputs] = old.bias
    for layer in further:
        layer.weight[...] *= _HARDLY
    unheard = slice(len(small.classes), None)
    large.layers[-1].weight[:, unheard] *= _HARDLY
    large.layers[-1].bias[unheard] = _UNHEARD
    return large


def greedy(network: TimeDelayNetwork, strips: Sequence[Pixels], classes: Sequence[str]) -> list[str]:
    """What the likeliest character of each frame says, strip by strip."""
    read = []
    for start in range(0, len(strips), 32):
        frames, starts, stops = side_by_side(strips[start : start + 32], network.reach)
        best = network.forward(frames).argmax(axis=1)
        for first, last in zip(starts, stops, strict=True):
            said = best[first:last]
            new = np.flatnonzero((said != BLANK) & (np.concatenate([[-1], said[:-1]]) != said))
            read.append(" ".join("".join(classes[said[k]] for k in new).split()))
    return read


def errors(
    truths: Iterable[str], readings: Iterable[str], kinds: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Of each kind, the share of wrong characters, white space left out, and of strips wholly right."""
    wrong: dict[str, list[int]] = {}
    for truth, reading, kind in zip(truths, readings, kinds, strict=True):
        a, b = "".join(truth.split()), "".join(reading.split())
        edits = sum(one != other for one, other in align(a, b))
        for name in (kind, "all"):
            sums = wrong.setdefault(name, [0, 0, 0, 0])
            sums[0] += edits
            sums[1] += len(a)
            sums[2] += not edits
            sums[3] += 1
    return {name: (sums[0] / sums[1], sums[2] / sums[3]) for name, sums in sorted(wrong.items())}
