"""Where labels go beside what they name: not on it, not on its neighbours, and not on each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def place_labels(
    boxes: Sequence[Sequence[float]],
    sizes: Sequence[Sequence[tuple[float, float]]],
    page: tuple[int, int],
) -> list[tuple[int, float, float] | None]:
    """Find a place for each label: above its box, else below, to the right, or to the left.

    Args:
        boxes: left, top, right, bottom of what is labelled; no label may lie on any of them.
        sizes: for each box the widths and heights that its label may have, the best first; none for one
            that gets no label.
        page: width and height, which labels keep within.

    Returns:
        For each box which of its sizes the label has, and its left and top; None where there is no room, or
        no label is wanted. The first labels choose first.
    """
    taken = np.array([*boxes], float).reshape(-1, 4)
    places: list[tuple[int, float, float] | None] = []
    for box, choices in zip(boxes, sizes, strict=True):
        place = next(_free(box, choices, page, taken), None)
        if place is not None:
            number, x, y = place
            width, height = choices[number]
            taken = np.vstack([taken, [x, y, x + width, y + height]])
        places.append(place)
    return places


def _free(
    box: Sequence[float], choices: Sequence[tuple[float, float]], page: tuple[int, int], taken: Floats
) -> Iterator[tuple[int, float, float]]:
    """Places where a label may be, the best first: rather small above its box than large below it."""
    left, top, right, bottom = box

    def beside(width: float, height: float) -> list[list[tuple[float, float]]]:
        across, level = ((left + right - width) / 2, left, right - width), (top + bottom - height) / 2
        above, below = ([(x, y) for x in across] for y in (top - height, bottom))
        return [above, below, [(right, level), (left - width, level)]]

    sides = [beside(*size) for size in choices]
    for side in range(3):
        for number, (width, height) in enumerate(choices):
            for x, y in sides[number][side]:
                x = min(max(x, 0.0), max(0.0, page[0] - width))
                if 0 <= y <= page[1] - height and not _overlaps((x, y, x + width, y + height), taken):
                    yield number, x, y


def _overlaps(place: tuple[float, float, float, float], taken: Floats) -> bool:
    left, top, right, bottom = place
    return bool(
        np.any((taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < bottom) & (taken[:, 3] > top))
    )
