"""Where the weights start.

A layer that starts too large saturates its activations, one that starts too small passes no gradient on;
both methods here keep the variance of the signal the same from layer to layer. Biases always start at 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

# In quotes, so that reading a page does not import NumPy's random numbers.
Initialisation: TypeAlias = "Callable[[int, int, np.random.Generator], npt.NDArray[np.float32]]"


def zero(inputs: int, outputs: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """All zeros, for study: every hidden unit then gets the same gradient and they stay the same for ever."""
    return np.zeros((inputs, outputs), np.float32)


def xavier(inputs: int, outputs: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Uniform with variance ``2 / (inputs + outputs)``, for sigmoid and tanh.

    Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, equation 16.

    Returns:
        float32 (inputs, outputs), values within ``sqrt(6 / (inputs + outputs))`` of 0.
    """
    bound = np.sqrt(6.0 / (inputs + outputs))
    return rng.uniform(-bound, bound, (inputs, outputs)).astype(np.float32)


def he(inputs: int, outputs: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Normal with variance ``2 / inputs``, for relu, which halves the signal's power.

    Source: K. He et al., "Delving deep into rectifiers", ICCV 2015, equation 10.

    Returns:
        float32 (inputs, outputs).
    """
    return rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, outputs)).astype(np.float32)


INITIALISATIONS: dict[str, Initialisation] = {"zero": zero, "xavier": xavier, "he": he}
