"""The network that knows what is parted from letters, learned from what ``making.marks`` draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ocr_cli.making.descent import BATCH, descend
from ocr_cli.making.marks import Examples
from ocr_cli.marks.network import CLASSES, INPUTS, MarkNetwork
from ocr_cli.network.mlp import MLP, cross_entropy

_UNITS, _EPOCHS, _NOISE = (128, 64), 12, 0.02
_MOST = 12.0
"""How many times as often parts that are no mark are learned from as the mean mark."""


def learn(examples: Examples, tested: Examples, say: Callable[[str], None], seed: int = 0) -> MarkNetwork:
    """Learn marks.

    Args:
        examples: of people who are not held out.
        tested: of those who are: the temperature is fitted to them.
        say: is told how it goes.
        seed: of the first weights, the order and the dropout.
    """
    rng = np.random.default_rng(seed)
    network = MLP([INPUTS, *_UNITS, len(CLASSES)], "relu", "he", rng)
    inputs, labels = examples.inputs.astype(np.float32), examples.labels.astype(np.intp)
    counts = np.bincount(labels, minlength=len(CLASSES)).astype(float)
    usual = counts[1:].mean()
    # Each mark is seen about as often as the others, and what is none much more often.
    shares = usual / np.maximum(counts, 1.0)
    shares[0] = min(1.0, _MOST * usual / counts[0])
    weights = np.clip(shares, 0.0, 4.0)[labels]
    weights /= weights.sum()
    steps = 1 + int(_EPOCHS * min(len(labels), (len(CLASSES) - 1 + _MOST) * usual) / BATCH)
    order = rng.choice(len(labels), (steps, BATCH), p=weights)

    def gradient(logits: npt.NDArray[np.float32], batch: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        return cross_entropy(logits, labels[batch])[1]

    def tell(done: int) -> None:
        right = (network.forward(tested.inputs.astype(np.float32)).argmax(axis=1) == tested.labels).mean()
        say(f"{done} of {steps} steps, held out {right:.2%} right")

    descend(network, inputs, order, gradient, _NOISE, rng, 2000, tell)
    return MarkNetwork(network, _temperature(network, tested))


def _temperature(network: MLP, tested: Examples) -> float:
    """By which the logits are divided, so that what is held out is likeliest."""
    logits, labels = network.forward(tested.inputs.astype(np.float32)), tested.labels.astype(np.intp)
    choices = np.geomspace(0.5, 4.0, 43)
    losses = [cross_entropy(logits / np.float32(one), labels)[0] for one in choices]
    return float(choices[int(np.argmin(losses))])


def report(network: MarkNetwork, tested: Examples) -> list[str]:
    """Precision and recall of each mark, on parts."""
    logits = network.network.forward(tested.inputs.astype(np.float32))
    read = logits.argmax(axis=1)
    lines = []
    for k, name in enumerate(CLASSES):
        both = int(((read == k) & (tested.labels == k)).sum())
        said, true = int((read == k).sum()), int((tested.labels == k).sum())
        recall, precision = both / max(1, true), both / max(1, said)
        lines.append(f"{name or 'none':14} {true:6} recall {recall:.1%} precision {precision:.1%}")
    return lines
