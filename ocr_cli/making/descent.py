"""How the networks of marks are taught: batch by batch, with noise, dropout and a rate that falls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ocr_cli.network.mlp import MLP
from ocr_cli.network.optimisers import Adam

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

BATCH = 128
_RATE, _LEAST_RATE, _DROPOUT, _DECAY = 0.002, 1e-6, 0.2, 1e-2


def descend(
    network: MLP,
    inputs: Floats,
    order: Ints,
    gradient: Callable[[Floats, Ints], Floats],
    noise: float,
    rng: np.random.Generator,
    every: int,
    tell: Callable[[int], None],
) -> None:
    """Teach a network, in place.

    Args:
        network: to be taught.
        inputs: float32 (N, I).
        order: int (S, B), which of them each step is shown.
        gradient: of the summed loss in the logits of a batch, float32 (B, O), given those and its numbers.
        noise: standard deviation of what is added to the inputs.
        rng: of noise and dropout.
        every: after so many steps it is told how it goes.
        tell: is given the number of steps done.
    """
    adam = Adam(network.parameters, weight_decay=_DECAY)
    for step, batch in enumerate(order):
        x = inputs[batch] + rng.normal(0, noise, (len(batch), inputs.shape[1])).astype(np.float32)
        logits = network.forward_training(x, _DROPOUT, rng)
        network.backward(gradient(logits, batch) / np.float32(len(batch)))
        adam.step(network.gradients, _RATE * 0.5 * (1 + np.cos(np.pi * step / len(order))) + _LEAST_RATE)
        if step % every == every - 1 or step == len(order) - 1:
            tell(step + 1)
