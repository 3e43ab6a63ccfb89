"""What a mark is, by its look, its place on the letter, and the look of the letter: a small network."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import MARKS
from ocr_cli.errors import ModelFileError
from ocr_cli.features import DIRECTIONS, PLANE_UNITS, direction_planes
from ocr_cli.lattice.crop import CROP_SIZE
from ocr_cli.marks.parts import PLACE, Parts
from ocr_cli.network.mlp import MLP, softmax

CLASSES: Final = ("", *MARKS)
"""No mark, and the names of the marks."""
_FINE, _COARSE = 2, 4
"""Pixels of a crop that are one input, of the mark and of the letter."""
_ZONES = 4
"""Zones, both ways, in which the directions of the mark's strokes are added up."""
_SIDE = CROP_SIZE // _FINE
INPUTS = _SIDE**2 + (CROP_SIZE // _COARSE) ** 2 + PLACE + DIRECTIONS * _ZONES**2
_PLACE_SCALE = np.float32(2.0)
Floats = npt.NDArray[np.float32]


def inputs_of(parts: Parts) -> Floats:
    """What the network is given: float32 (K, INPUTS)."""
    marks = _shrunk(parts.marks, _FINE)
    places = _PLACE_SCALE * np.clip(parts.places, -2, 2)
    return np.concatenate(
        [marks, _shrunk(parts.bodies, _COARSE), places, _directions(marks)], axis=1, dtype=np.float32
    )


def _directions(marks: Floats) -> Floats:
    """How strong each direction of strokes is in each zone of marks (K, side * side): float32 (K, ...)."""
    step = _SIDE // _ZONES
    planes = direction_planes(marks.reshape(-1, _SIDE, _SIDE))
    zones = planes.reshape(DIRECTIONS, len(marks), _ZONES, step, _ZONES, step).mean(axis=(3, 5))
    zones *= PLANE_UNITS[:, None, None, None]
    return np.asarray(np.sqrt(zones).transpose(1, 0, 2, 3).reshape(len(marks), DIRECTIONS * _ZONES**2))


def _shrunk(crops: npt.NDArray[np.uint8], step: int) -> Floats:
    side = CROP_SIZE // step
    blocks = crops.reshape(len(crops), side, step, side, step).mean(axis=(2, 4), dtype=np.float32)
    return np.asarray(blocks.reshape(len(crops), side * side) / np.float32(255))


class MarkNetwork:
    """Rates what may be marks.

    Args:
        network: from ``INPUTS`` numbers to the logits of ``CLASSES``.
        temperature: by which these are divided.

    Raises:
        ValueError: if it is none such.
    """

    def __init__(self, network: MLP, temperature: float = 1.0) -> None:
        if network.sizes[0] != INPUTS or network.sizes[-1] != len(CLASSES):
            raise ValueError(f"a network from {network.sizes[0]} numbers to {network.sizes[-1]}")
        if not 0.01 < temperature < 100:
            raise ValueError(f"a temperature of {temperature}")
        if not all(np.isfinite(array).all() for array in network.parameters):
            raise ValueError("weights that are not finite")
        self.network, self.temperature = network, temperature

    def rate(self, parts: Parts) -> Floats:
        """Probabilities of ``CLASSES``: float32 (K, 1 + marks)."""
        with np.errstate(over="ignore", invalid="ignore"):
            logits = self.network.forward(inputs_of(parts)) / np.float32(self.temperature)
        if not np.isfinite(logits).all():
            raise ModelFileError("the weights for marks are so large that no probabilities come of them")
        return np.asarray(softmax(logits), np.float32)
