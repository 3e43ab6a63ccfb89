"""Which of two models a page is read with, as long as none of them reads everything well.

One knows capitals and digits alone, and so takes no O for an o; the other knows small letters and signs as
well. What tells at once which of them is the right one are the letters whose small form is none of their
capital's: for which of the two does the wider model take those of the page? Where that leaves a doubt, as few
letters do, the page is read with both, and it counts as well how sure each of them is of what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from ocr_cli.classifier import Classification

SAMPLE = 40
"""At most so many letters of a page are looked at. Set by hand."""
_SMALL: Final = frozenset("abdefghnqrty")
_CAPITALS: Final = frozenset("ABDEFGHLNQRT")
"""Letters that no hand writes like one of the other kind, in the same size or another."""
_UNSEEN = 0.5
"""Letters of either kind that a page is thought to have besides its own. Set by hand."""
_PRIOR, _SURER = 1.1, 5.0
"""Log odds for the wider model where no letter tells, and weight of the difference of the two models' mean
confidence. Set by hand, together with the two numbers below, near the least loss of a scan over 930 pages,
notes, lines and words of many hands, each kind counting alike: tests/benchmarks/choice_of_model.py."""
_DOUBT, _DOUBT_IN_FEW = 0.8, 10.0
"""Log odds below which both models read the page, and by how much more, divided by the number of letters.
Set by hand."""


class Told(NamedTuple):
    """What single letters of a page tell of the model to read it with.

    Attributes:
        odds: log odds for the wider model.
        letters: how many were looked at.
    """

    odds: float = _PRIOR
    letters: int = 0

    @property
    def is_doubtful(self) -> bool:
        """Whether both models should read the page."""
        return abs(self.odds) < _DOUBT + _DOUBT_IN_FEW / max(1, self.letters)

    def is_wide(self, narrow: float | None = None, wide: float | None = None) -> bool:
        """Whether the wider model is the right one.

        Args:
            narrow: mean confidence of the characters that the other one read on the page, if it did.
            wide: that of the wider one.
        """
        more = 0.0 if narrow is None or wide is None else wide - narrow
        return self.odds + _SURER * more > 0


def told_by(found: Classification, classes: Sequence[str]) -> Told:
    """What letters tell.

    Args:
        found: what the wider model takes them for.
        classes: the characters of its columns.
    """
    small, capitals = (
        float(found.probabilities[:, [text in kind for text in classes]].sum()) + _UNSEEN
        for kind in (_SMALL, _CAPITALS)
    )
    return Told(_PRIOR + float(np.log(small / capitals)), len(found.is_character))
