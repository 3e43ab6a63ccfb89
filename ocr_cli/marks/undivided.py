"""An arc looked at undivided: which mark it has, and on which letter.

Where a mark touches its letter, no row may part them; what the whole looks like says still that there is one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import CAPITALS, SMALL_LETTERS
from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.marks.network import CLASSES
from ocr_cli.marks.parts import STANDS
from ocr_cli.network.mlp import MLP, softmax

Floats = npt.NDArray[np.float32]

LETTERS: Final = CAPITALS + SMALL_LETTERS
"""Letters that marks are on."""
NO_LETTER = 255
"""Stands for what is none of them."""
_FEATURES = FeatureSettings(zones=6, thumbnail=16, moment_zones=0)
_SCALE = np.float32(3.0)
INPUTS = _FEATURES.size + STANDS
OUTPUTS = len(CLASSES) + len(LETTERS)


def inputs_of(crops: npt.NDArray[np.uint8], stands: Floats) -> Floats:
    """What the network is given: float32 (N, INPUTS).

    Args:
        crops: uint8 (N, 32, 32), of arcs with all that is above them.
        stands: as of ``Parts.stands``.
    """
    scaled = _SCALE * (np.clip(stands, -2, 3) - np.float32(0.5))
    return np.concatenate([extract(crops, _FEATURES), scaled], axis=1, dtype=np.float32)


class UndividedNetwork:
    """Rates arcs as they are.

    Args:
        network: from ``INPUTS`` numbers to the logits of ``network.CLASSES``, and then of ``LETTERS``.

    Raises:
        ValueError: if it is none such.
    """

    def __init__(self, network: MLP) -> None:
        if network.sizes[0] != INPUTS or network.sizes[-1] != OUTPUTS:
            raise ValueError(f"a network from {network.sizes[0]} numbers to {network.sizes[-1]}")
        if not all(np.isfinite(array).all() for array in network.parameters):
            raise ValueError("weights that are not finite")
        self.network = network

    def rate(self, crops: npt.NDArray[np.uint8], stands: Floats) -> tuple[Floats, Floats]:
        """Probabilities of ``network.CLASSES`` and, if there is a mark, of ``LETTERS``: float32 (N, ...).

        Arguments as for ``inputs_of``.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            logits = self.network.forward(inputs_of(crops, stands))
        if not np.isfinite(logits).all():
            raise ModelFileError("the weights for marks are so large that no probabilities come of them")
        marks, letters = np.split(logits, [len(CLASSES)], axis=1)
        return np.asarray(softmax(marks), np.float32), np.asarray(softmax(letters), np.float32)
