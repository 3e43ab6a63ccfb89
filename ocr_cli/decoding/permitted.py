"""Characters that may not be read, or hardly.

What looks like one that may not counts for those that may. On a page in capitals, small letters are unlikely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import has_two_shapes, is_small, look_alike, row_of

_ALLOWED = 0.1
"""Least probability, together, of the characters that are allowed; what looks less like them is refused.
Set by hand."""


class Permitted:
    """Takes away what is not allowed.

    Args:
        classes: the model's.
        allowed: says of a character whether it may be read; None if all may.
    """

    def __init__(self, classes: Sequence[str], allowed: Callable[[str], bool] | None) -> None:
        self._is_allowed = np.array([allowed is None or allowed(text) for text in classes])
        self._counts_for = _counts_for(classes, self._is_allowed)

    def of(self, probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Probabilities without the characters that are not allowed.

        Those count for their look-alikes: where there can be no Z, what looks like one is a 2. What hardly
        looks like any that is allowed keeps the others instead: it is to be refused, not forced.
        """
        if self._is_allowed.all():
            return probabilities
        permitted = probabilities @ self._counts_for
        enough = permitted.sum(axis=1, keepdims=True) >= _ALLOWED
        return np.where(enough, permitted, np.where(self._is_allowed, np.float32(0), probabilities))


def _counts_for(classes: Sequence[str], is_allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Which allowed characters each class counts for.

    Args:
        classes: the model's.
        is_allowed: bool (C,).

    Returns:
        float32 (C, C): of an allowed one itself; of another its look-alikes, shared out evenly.
    """
    alike = np.array([look_alike(text) for text in classes])
    shares = (alike[:, None] == alike) & is_allowed
    shares[is_allowed] = np.eye(len(classes), dtype=bool)[is_allowed]
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1), np.float32)


_ENOUGH, _FEW = 4, 0.15
"""So many capitals, and so few small letters for each of them, make a page in capitals. Set by hand."""
_IN_CAPITALS = 4.0
"""Nats that a small letter of another shape than its capital costs on such a page. Set by hand."""


def in_capitals(texts: Iterable[str]) -> bool:
    """Whether a page is written in capitals alone, as far as letters tell that have two shapes.

    Args:
        texts: the characters that were read of it.
    """
    kinds = [row_of(text).kind for text in texts if has_two_shapes(text)]
    small, capitals = kinds.count("small"), kinds.count("capital")
    return capitals >= _ENOUGH and small <= _FEW * capitals


def costs_in_capitals(classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """Nats that each class costs on such a page: float (C,)."""
    return np.array([_IN_CAPITALS * (is_small(text) and has_two_shapes(text)) for text in classes])
