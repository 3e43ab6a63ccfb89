"""Pieces of broken letters that lie above each other are gathered into one component.

Where a stroke has a wide gap, or one at a crossing, nothing tells that it goes on; but what lies closely
above and below each other, and together is no higher than a letter, is one letter and not parts of two rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr_cli.segmentation.components import Components, find_neighbours, letter_height, weighted_median
from ocr_cli.segmentation.disjoint import DisjointSets

_APART = 2.5
"""Most empty space between two pieces, in pen widths. Set by hand."""
_SHARED = 0.5
"""Least share of the narrower piece's width that the other one lies above or below. Set by hand."""
_PIECE, _WHOLE = 0.85, 1.3
"""Greatest height of a piece, and of what it is gathered into, in letter heights. Set by hand."""
_LEAST_PIECE = 1.8
"""Smallest piece, in squares of the pen's width: dots are not gathered. Set by hand."""
_HIGHER, _WIDE = 1.8, 0.6
"""Letters that are gathered are no higher than so many times what was there before, or else the usual width
is at least this share of their height. Of 50 words in broken letters (tests/benchmarks/words.py) they grow by
1.73 at most; those of rows close together and of rows on their side by 2 and more, to 0.45 and less."""
_DOT = 0.3
"""What is lower, in letter heights, tells nothing of the width of letters. Set by hand."""
_MOST = 3000
"""Pages of more components are grain: nothing is gathered. Set by hand."""

Pairs = npt.NDArray[np.int64]


def gather_pieces(components: Components) -> tuple[Components, float | None]:
    """Join components that are pieces of one letter, and find the letters' height.

    Args:
        components: of the page, strokes healed.

    Returns:
        The components and ``letter_height``.
    """
    height = letter_height(components)
    if height is None or len(components) > _MOST:
        return components, height
    pairs = _stacked(components, components.pen)
    if not len(pairs):
        return components, height
    height = _height_of_whole(components, pairs, height)
    pieces = (components.heights[pairs] < _PIECE * height).all(axis=1)
    gathered = _joined(components, pairs[pieces], _WHOLE * height)
    return gathered, letter_height(gathered)


def _height_of_whole(components: Components, pairs: Pairs, height: float) -> float:
    """The letters' height once their pieces are together, or ``height`` if that are several letters.

    Letters of rows close together, or of a row on its side, lie above each other just as pieces do. But
    together they are much higher, and narrower, than a letter.
    """
    together = letter_height(_joined(components, pairs, np.inf))
    if together is None:
        return height
    wide = components.heights > _DOT * height
    width = weighted_median(components.widths[wide], np.sqrt(components.areas[wide]))
    return together if together <= _HIGHER * height or width >= _WIDE * together else height


def _stacked(components: Components, pen: float) -> Pairs:
    """Pairs of components that lie closely above each other: int (N, 2)."""
    wide = components.widths
    pairs = []
    for a, others in find_neighbours(components, _LEAST_PIECE * pen**2):
        _, top, right, bottom = components.boxes[a]
        lefts, tops, rights, bottoms = components.boxes[others].T
        shared = np.minimum(right, rights) - lefts
        apart = np.maximum(top - bottoms, tops - bottom)
        near = (apart <= _APART * pen) & (shared >= _SHARED * np.minimum(wide[a], wide[others]))
        pairs += [(a, b) for b in others[near].tolist()]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _joined(components: Components, pairs: Pairs, highest: float) -> Components:
    """The components with those of pairs as one, as far as that is no higher, ordered by their first."""
    letters = DisjointSets(len(components))
    boxes = components.boxes.copy()
    for pair in pairs.tolist():
        first, second = sorted(map(letters.find, pair))
        top, bottom = boxes[[first, second], 1].min(), boxes[[first, second], 3].max()
        if first != second and bottom - top <= highest:
            letters.join(first, second)
            np.minimum(boxes[first, :2], boxes[second, :2], out=boxes[first, :2])
            np.maximum(boxes[first, 2:], boxes[second, 2:], out=boxes[first, 2:])
    roots = np.array(letters.all())
    kept = np.flatnonzero(roots == np.arange(len(roots)))
    number = np.searchsorted(kept, roots)
    if len(kept) == len(components):
        return components
    labels = np.zeros_like(components.labels)
    places = np.flatnonzero(components.mask)
    labels.reshape(-1)[places] = (number + 1)[components.labels.take(places) - 1]
    areas = np.bincount(number, components.areas).astype(np.int64)
    darkness = np.bincount(number, components.areas * components.darkness) / areas
    return Components(labels, boxes[kept], areas, darkness)
