"""What texts of a field's kind look like, and how likely they are by it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from ocr_cli.decoding.tokens import END, LETTER
from ocr_cli.forms.dates import log_date, log_time, with_strokes
from ocr_cli.forms.kinds import LOOK_ALIKES, PATTERNS, Kind

_DIGITS = str.maketrans(LOOK_ALIKES)
_GAP = r"[$]?[0-9]+ [0-9]{2}"
"""An amount whose point was too faint to be seen."""
_BROKEN: Mapping[Kind, float] = {"digits": 0.1, "number": 0.3, "amount": 0.7}
"""Share of texts of a kind that have a sign between digits. Set by hand."""
_DATED = {"date": log_date, "time": log_time}


class Shape:
    """What texts of a kind look like; of some kinds, anything.

    Attributes:
        is_known: whether it is known how they look.
        habitual: whether those of a column may be like each other beyond that.
        look_alikes: of each character that may not stand there, the digit that looks like it.

    Args:
        kind: of fields.
    """

    def __init__(self, kind: Kind) -> None:
        patterns = PATTERNS.get(kind, ()) + ((_GAP,) if kind == "amount" else ())
        self._fits = re.compile("|".join(patterns), re.IGNORECASE)
        self._kind = kind
        self.is_known = bool(patterns)
        self.habitual = kind not in _DATED
        # A stroke is a sign between digits at least as often as a one.
        known = LOOK_ALIKES.items() if self.is_known else ()
        self.look_alikes = {sign: digit for sign, digit in known if sign != "/"}

    def fitting(self, texts: Iterable[str]) -> list[str]:
        """The texts that look so, some of them with digits for letters and signs that look like them."""
        if not self.is_known:
            return list(texts)
        every = [one for text in texts for one in (text, text.translate(_DIGITS))]
        if self._kind == "date":
            every += [with_strokes(one) for one in every]
        return [one for one in dict.fromkeys(every) if self._fits.fullmatch(one)]

    def gain(self, text: str) -> float:
        """How much likelier a text that looks so is than characters drawn at random, in nats."""
        words = text.split()
        if self._kind in _DATED:
            likely = _DATED[self._kind](text)
        else:
            broken = _BROKEN[self._kind]
            digits = sum(map(str.isdigit, text))
            whole = len(words) == 1 and digits == len(text)
            likely = math.log(1 - broken if whole else broken) - digits * math.log(10)
        return likely + sum(map(len, words)) * LETTER + len(words) * END
