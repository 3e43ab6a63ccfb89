"""Which ink at a rule is a field's own: a network that slides along the rule says so, column by column.

It sees the rule's surroundings, the field above the rule, and says how strong the field's own ink is in each
pixel of the middle column: strokes that run into the rule, along it or through it, without the rule, and
without what comes up to it from the neighbouring field. It learns from drawn rules (``making.ruled``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.ruled.ruling import NOWHERE

Floats = npt.NDArray[np.float32]

SHIPPED = Path(__file__).parent / "assets" / "ruled.npz"
"""The network that comes with the package."""
REACH = 16
"""Pixels above and below a rule that are looked at; a row of the field is ``cutting.ROW`` pixels high."""
_REPLACED = 13
"""Of these, so many are replaced by what is the field's own: farther off, less of it is seen."""
UNSEEN = -1.0
"""Strength of what lies beyond the picture: writing may go on there, or not."""
_OFFSETS = (-12, -9, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 9, 12)
"""Columns that are seen beside the one that is spoken of."""


def band_inputs(band: Floats) -> Floats:
    """What the network is given of each column of a band.

    Args:
        band: float32 (2 REACH + 1, W), strength, that of the pen being 1, or ``UNSEEN``.

    Returns:
        float32 (W, N).
    """
    reach = max(_OFFSETS)
    padded = np.pad(band, ((0, 0), (reach, reach)), "edge")
    width = band.shape[1]
    parts = [padded[:, reach + off : reach + off + width].T for off in _OFFSETS]
    usual = np.median(band, axis=1)
    parts.append(np.broadcast_to(usual, (width, len(usual))))
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


class RuledInk:
    """The network: two hidden layers of rectified units, and one logistic output for each pixel of a column.

    Args:
        arrays: weights and biases, float32, layer by layer; they are kept, not copied.
    """

    def __init__(self, arrays: Sequence[Floats]) -> None:
        self.arrays = list(arrays)

    def forward(self, inputs: Floats) -> Floats:
        """Strength of the field's own ink: float32 (W, 2 REACH + 1) in [0, 1]."""
        return self._layers(inputs)[-1]

    def _layers(self, inputs: Floats) -> list[Floats]:
        layers = [inputs]
        for number in range(0, len(self.arrays), 2):
            now = layers[-1] @ self.arrays[number] + self.arrays[number + 1]
            last = number == len(self.arrays) - 2
            layers.append(1 / (1 + np.exp(-np.clip(now, -30, 30))) if last else np.maximum(now, 0))
        return layers

    def gradients(self, inputs: Floats, targets: Floats) -> list[Floats]:
        """Those of the mean cross entropy, in the order of the arrays."""
        layers = self._layers(inputs)
        back = (layers[-1] - targets) / len(inputs)
        found: list[Floats] = []
        for number in range(len(self.arrays) - 2, -1, -2):
            found = [layers[number // 2].T @ back, back.sum(axis=0), *found]
            back = (back @ self.arrays[number].T) * (layers[number // 2] > 0)
        return found

    def own(self, band: Floats) -> Floats:
        """The field's own ink of a band: as ``band_inputs`` has it, of the same shape."""
        return np.asarray(self.forward(band_inputs(band)).T, np.float32)


@cache
def shipped() -> RuledInk:
    """The network that comes with the package."""
    with np.load(SHIPPED, allow_pickle=False) as file:
        return RuledInk([file[f"layer_{number}"].astype(np.float32) for number in range(len(file.files))])


def own_ink(
    strength: Floats, places: npt.NDArray[np.float64], pen: float, *, above: bool, beyond: int = 0
) -> Floats:
    """The ink of a picture with nothing but the field's own at a level rule.

    Args:
        strength: float32 (H, W), share of the paper's light that is missing.
        places: float (W,), how far down the rule's middle is in each column; ``NOWHERE`` where it is not.
        pen: usual strength of the writing, above 0.
        above: whether the field is above the rule, and not below it.
        beyond: how many of the first rows, and of the last ones, lie beyond what was photographed.
    """
    there = np.flatnonzero(places > NOWHERE)
    part = slice(there[0], there[-1] + 1)
    left: Floats = strength.copy()
    places, strength = places[part], strength[:, part]
    height, width = strength.shape
    rows = np.rint(places).astype(int) + np.arange(-REACH, REACH + 1)[:, None]
    inside = (rows >= beyond) & (rows < height - beyond)
    columns = np.broadcast_to(np.arange(width), rows.shape)
    band = strength[np.clip(rows, 0, height - 1), columns]
    seen = np.where(inside, np.clip(band / np.float32(pen), 0, 1.5), np.float32(UNSEEN))
    turn = slice(None, None, 1 if above else -1)
    own = shipped().own(seen[turn])[turn] * np.float32(pen)
    near = np.abs(np.arange(-REACH, REACH + 1)) <= _REPLACED
    inside = inside & near[:, None]
    left[:, part][rows[inside], columns[inside]] = np.minimum(band, own)[inside]
    return left
