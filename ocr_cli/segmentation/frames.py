"""Boxes to fill in that stand apart from each other: told from letters by their four straight sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.quantiles import median
from ocr_cli.segmentation.components import Components, find_components, touched_sides

_THICK = 1.6
"""A side's ink is taken out so many usual thicknesses deep: the rest is of a stroke that touches it.
Set by hand."""
_DIVIDER = 0.85
"""What is left and reaches over this share of the frame's height or width, thin, divides it into boxes.
Set by hand."""


def remove_frames(components: Components, strength: npt.NDArray[np.float32]) -> Components:
    """Take out the frames of boxes and keep what is written in them, even where it touches a side.

    Args:
        components: of the page.
        strength: float32 (H, W), ink strength in [0, 1].

    Returns:
        The components without frames; the same object if there are none.
    """
    frames = np.flatnonzero(components.frames)
    if not len(frames):
        return components
    mask = components.mask.copy()
    for k in frames.tolist():
        left, top, right, bottom = components.boxes[k].tolist()
        own = components.labels[top:bottom, left:right] == k + 1
        rest = own & ~_sides(own)
        pieces = find_components(rest, rest.astype(np.float32))
        for axis, lengths, breadths in (
            (0, pieces.heights, pieces.widths),
            (1, pieces.widths, pieces.heights),
        ):
            divider = (lengths > _DIVIDER * own.shape[axis]) & (breadths < 0.25 * lengths)
            rest &= ~np.isin(pieces.labels, np.flatnonzero(divider) + 1)
        mask[top:bottom, left:right] &= ~own | rest
    return find_components(mask, strength)


def _sides(frame: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The ink of a frame's four sides: bool (H, W)."""
    sides = np.zeros_like(frame)
    for turn in range(4):
        # A view, so that what is marked from each side is marked in the one array.
        ink, marked = np.rot90(frame, turn), np.rot90(sides, turn)
        reaches, first = touched_sides(ink)
        ends = np.minimum.accumulate(np.where(np.arange(len(ink))[:, None] >= first, ink, True), axis=0)
        thickness = ends.sum(axis=0) - first
        usual = median(thickness[reaches]) if reaches.any() else 0.0
        y = np.arange(len(ink))[:, None]
        marked |= ink & reaches & (y < first + np.ceil(_THICK * usual))
    return sides
