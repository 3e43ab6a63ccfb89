"""The synthetic hand's ways of writing each character, as strokes: its skeletons, and marks set on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import BELOW, without_mark
from ocr_cli.datasets.skeletons import SKELETONS

CHARACTERS = "".join(SKELETONS)
"""Every character that the synthetic hand can write, besides the space."""
_GAP = 20.0
"""Between a letter and its mark, in hundredths of the capital height."""
_FORMS: dict[str, str] = {
    "grave": "-10,-22 8,0",
    "acute": "10,-24 -8,0",
    "circumflex": "-14,0 0,-20 14,0",
    "tilde": "-18,-2 -8~-12 6~-2 18,-12",
    "diaeresis": "-13,-4 / 13,-4",
    "ring": "0~0 -12~-10 0~-22 12~-10 0~0",
    "double acute": "0,-22 -12,0 / 16,-22 6,0",
    "caron": "-14,-20 0,0 14,-20",
    "dot above": "0,-4",
    "cedilla": "0,0 6~10 -2~22 -12,18",
    "ogonek": "0,0 -8~14 2,24 8,20",
}
"""A way of writing each mark, about its letter's middle; above 0 over it, below 0 under it."""


@dataclass(frozen=True)
class Stroke:
    """One pen-down movement: points (K, 2), and which of them (K,) the pen passes without a corner."""

    points: npt.NDArray[np.float64]
    smooth: npt.NDArray[np.bool_]
    closed: bool


@cache
def allographs(character: str) -> tuple[tuple[Stroke, ...], ...]:
    """The ways of writing a character, each a tuple of strokes.

    Raises:
        KeyError: if the hand has no skeleton for it.
    """
    return tuple(tuple(map(stroke_of, text.split(" / "))) for text in SKELETONS[character])


def stroke_of(text: str) -> Stroke:
    """One pen-down movement in the notation of ``skeletons``."""
    tokens = text.split()
    points = np.array([[float(n) for n in token.replace("~", ",").split(",")] for token in tokens])
    smooth = np.array(["~" in token for token in tokens])
    closed = len(tokens) > 2 and tokens[0] == tokens[-1] and bool(smooth[0])
    if not closed:
        # The pen has no direction to keep where it comes from or goes to the air.
        smooth[[0, -1]] = False
    return Stroke(points, smooth, closed)


def can_write(character: str) -> bool:
    """Whether the synthetic hand has a skeleton for a character."""
    return without_mark(character)[0] in CHARACTERS and character != " "


@cache
def forms_of(character: str) -> tuple[tuple[Stroke, ...], ...]:
    """The ways of writing a character, marks included, each a tuple of strokes.

    Raises:
        KeyError: if the hand has no skeleton for it.
    """
    letter, mark = without_mark(character)
    if mark is None:
        return allographs(character)
    return tuple((*_bare(form, letter, mark), *_placed(form, letter, mark)) for form in allographs(letter))


def _bare(form: tuple[Stroke, ...], letter: str, mark: str) -> tuple[Stroke, ...]:
    """The strokes of a letter, without the dot in whose place a mark stands."""
    dotted = letter in "ij" and mark not in BELOW
    return tuple(stroke for stroke in form if not (dotted and len(stroke.points) == 1))


def _placed(form: tuple[Stroke, ...], letter: str, mark: str) -> tuple[Stroke, ...]:
    points = np.concatenate([stroke.points for stroke in _bare(form, letter, mark)])
    low, high = points.min(axis=0), points.max(axis=0)
    place = np.array([(low[0] + high[0]) / 2, high[1] if mark in BELOW else low[1] - _GAP])
    strokes = map(stroke_of, _FORMS[mark].split(" / "))
    return tuple(Stroke(stroke.points + place, stroke.smooth, stroke.closed) for stroke in strokes)
