"""Letters of two rows that touch each other: one component, taken apart between the rows."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from ocr_cli.segmentation.components import Components, find_components
from ocr_cli.segmentation.rows import Row, find_rows

_TALL = 1.6
"""Components higher than this, in letter heights, may belong to two rows. Set by hand."""
_INSIDE = 0.15
"""A row's middle lies at least so far inside such a component, in letter heights. Set by hand."""
_NEAR = 3.0
"""A row is one at a place if it has a letter within so many letter heights. Set by hand."""


def split_tall(
    components: Components,
    strength: npt.NDArray[np.float32],
    chosen: npt.NDArray[np.bool_],
    height: float,
) -> Components:
    """Cut components that reach over two rows, between the rows where they have the least ink.

    Args:
        components: of the page, its tilt already taken out.
        strength: float32 (H, W), ink strength in [0, 1].
        chosen: bool (N,), the components that are writing.
        height: usual height of a letter in pixels.

    Returns:
        The components with the cut ones in pieces; the same object if there is nothing to cut.
    """
    tall = chosen & (components.heights > _TALL * height)
    if not tall.any():
        return components
    rows = find_rows(components, chosen & ~tall, height)
    mask = components.mask.copy()
    for k in np.flatnonzero(tall).tolist():
        left, top, right, bottom = components.boxes[k].tolist()
        own = components.labels[top:bottom, left:right] == k + 1
        middles = _middles_inside(components, rows, k, height)
        for upper, lower in itertools.pairwise(middles):
            # The cut keeps clear of both rows' middles.
            start = round(upper + 0.25 * (lower - upper)) - top
            stop = max(start + 1, round(lower - 0.25 * (lower - upper)) - top)
            cut = start + int(own[start:stop].sum(axis=1).argmin())
            mask[top + cut, left:right] &= ~own[cut]
    if (mask == components.mask).all():
        return components
    return find_components(mask, strength)


def _middles_inside(components: Components, rows: list[Row], k: int, height: float) -> list[float]:
    """Where the middles of the rows that run through component k lie, from top to bottom."""
    left, top, right, bottom = components.boxes[k].tolist()
    found = []
    for row in rows:
        x = float(np.clip((left + right) / 2, *_extent(components, row)))
        beside = components.boxes[row.letters][:, [0, 2]]
        distance = np.maximum(beside[:, 0] - right, left - beside[:, 1]).min()
        middle = float(row.middle(x))
        if distance < _NEAR * height and top + _INSIDE * height < middle < bottom - _INSIDE * height:
            found.append(middle)
    return sorted(found)


def _extent(components: Components, row: Row) -> tuple[int, int]:
    boxes = components.boxes[row.letters]
    return int(boxes[:, 0].min()), int(boxes[:, 2].max())
