"""The bars of a code beside writing: solid, upright, and all of exactly the same height."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.segmentation.components import Components

_SOLID = 0.85
"""Share of its box that a bar fills. Set by hand."""
_LEVEL = 0.04
"""Heights of a bar by which its ends may be higher or lower than those of the others. Set by hand."""
_FEWEST = 10
"""Bars of a code: the shortest in use have some 20. Set by hand."""
_APART = 0.6
"""Widest gap between two bars, in their heights. Set by hand."""


def are_bars(components: Components) -> npt.NDArray[np.bool_]:
    """Which components are bars of a code: bool (N,)."""
    found = np.zeros(len(components), bool)
    wide, tall = components.widths, components.heights
    solid = np.flatnonzero((tall > 2 * wide) & (components.areas > _SOLID * wide * tall))
    if len(solid) < _FEWEST:
        return found
    left, top, right, bottom = components.boxes[solid].T
    for k in range(len(solid)):
        if found[solid[k]]:
            continue
        off = np.maximum(np.abs(top - top[k]), np.abs(bottom - bottom[k]))
        level = np.flatnonzero(off <= max(1.0, _LEVEL * (bottom[k] - top[k])))
        level = level[np.argsort(left[level], kind="stable")]
        gaps = left[level][1:] - right[level][:-1]
        # What stands far from the others parts them.
        for part in np.split(level, np.flatnonzero(gaps > _APART * (bottom[k] - top[k])) + 1):
            if len(part) >= _FEWEST:
                # Out of focus, some run together: whatever stands between bars is one.
                first, last = (left[part].min(), top[part].min()), (right[part].max(), bottom[part].max())
                found |= ((components.centres >= first) & (components.centres <= last)).all(axis=1)
    return found
