"""How many letters of a page have marks, and what that says of each.

Where one letter of two hundred seems to have a mark, it is rather a speck, a tail of the row above or the
dot of a neighbour; in a name of six letters it is one. The share of letters with marks is not known: a few
shares are weighed by all the letters of the page, and what each says of a letter is added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SHARES: Final = np.array([0.0, 0.01, 0.05, 0.15, 0.3])
"""Shares of a page's letters that may have marks. Set by hand: none in English, about two of a hundred in
German, five in French, more in a single word."""
_PRIOR: Final = np.array([0.1, 0.225, 0.225, 0.225, 0.225])
"""How likely each is before the page is seen. Set by hand: a word by itself is read as without this."""
_USUAL = 2.5
"""Nats by which ``Seen.odds`` say too little of how much likelier a letter looks so with a mark than without.
Such ratios are 1 in the mean where there are no marks. Measured: they are with 3.3 on two English notes, and
with 1.2 on the letters without marks of forty drawn words."""
_MOST = 12.0
"""Most nats that one letter says. A limit."""


def weigh_shares(odds: Sequence[Floats]) -> Floats:
    """How likely each share of letters with marks is: float (S,).

    Args:
        odds: of each row, log odds of a mark on each of its letters, float (n,), as seen alone; minus
            infinity where none can be.
    """
    letters = np.concatenate([np.zeros(0), *odds])
    ratios = np.exp(np.minimum(letters + _USUAL, _MOST))
    logs = np.log(_PRIOR) + np.log1p(_SHARES[:, None] * (ratios - 1)).sum(axis=1)
    likely = np.exp(logs - logs.max())
    return np.asarray(likely / likely.sum())


def on_page(odds: Floats, shares: Floats) -> Floats:
    """Log odds of marks on letters as seen alone -> on a page with such shares of them: float (K,).

    Args:
        odds: float (K,).
        shares: as of ``weigh_shares``.
    """
    ratios = np.exp(np.clip(odds, -30, 30) + _USUAL)
    having = _SHARES[:, None] * ratios
    likely = np.clip(shares @ (having / (having + 1 - _SHARES[:, None])), 1e-12, 1 - 1e-12)
    return np.asarray(np.log(likely) - np.log1p(-likely))
