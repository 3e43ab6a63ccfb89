"""Pieces of ink that hang together, and the boxes around them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.runs import find_runs, label_runs

Labels = npt.NDArray[np.int32]


def label_pieces(mask: npt.NDArray[np.bool_]) -> Labels:
    """Number the 8-connected pieces of a mask, bool (H, W), from 1 on: int32 (H, W), 0 elsewhere."""
    runs = find_runs(mask)
    of_run, _ = label_runs(runs)
    labels = np.zeros(mask.shape, np.int32)
    labels.reshape(-1)[runs.places()] = np.repeat(of_run, runs.lengths) + 1
    return labels


def boxes_of(labels: Labels) -> npt.NDArray[np.int64]:
    """The box around each piece: int (N, 4), left, top, right, bottom, the last two exclusive.

    Args:
        labels: int32 (H, W), from 1 on; of numbers that no pixel has, the box is all 0.
    """
    down, across = np.nonzero(labels)
    numbers = labels[down, across]
    boxes = np.zeros((int(numbers.max(initial=0)), 4), np.int64)
    order = np.argsort(numbers, kind="stable")
    own, starts = np.unique(numbers[order], return_index=True)
    if len(own):
        for side, places in enumerate((across[order], down[order])):
            boxes[own - 1, side] = np.minimum.reduceat(places, starts)
            boxes[own - 1, side + 2] = np.maximum.reduceat(places, starts) + 1
    return boxes
