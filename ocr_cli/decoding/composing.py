"""Letters and their marks -> composed characters, word by word: what the ink says, and what words say."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ocr_cli.alphabet import MARKS, with_mark
from ocr_cli.decoding.accents import Spellings
from ocr_cli.decoding.hypotheses import Choice, word_bounds
from ocr_cli.marks.weighing import Marks

_LIKELY = 0.001
"""Readings of a letter that are less likely than this are not tried. Set by hand."""
_MOST = 5
"""Letters of a word whose marks are in doubt, tried in all ways; of others the likeliest. Set by hand."""
_SPELLING = 0.8
"""What the spelling of words counts beside the look of marks. Set by hand."""

_Way = tuple[str, float]


class Composed(NamedTuple):
    """A letter with its mark, or without one.

    Attributes:
        text: one character.
        probability: that it has this mark or none, if it is this letter.
    """

    text: str
    probability: float


class Composing:
    """Finds the marks of words.

    Args:
        texts: the characters of the columns.
        spellings: loads what is known of words; only asked once there may be a mark.
        allowed: says of a character whether it may be read.
    """

    def __init__(
        self,
        texts: Sequence[str],
        spellings: Callable[[], Spellings],
        allowed: Callable[[str], bool] | None = None,
    ) -> None:
        self._texts, self._load, self._allowed = texts, spellings, allowed
        self._spellings: Spellings | None = None

    def allows(self, letter: str) -> bool:
        """Whether a letter may be read, or one that it is with a mark."""
        return self._allowed is None or allows(self._allowed, letter)

    def compose(self, choices: Sequence[Choice], marks: Marks) -> list[Composed]:
        """The characters of a reading, in its order.

        Args:
            choices: of a path.
            marks: of the arcs of its lattice.
        """
        found = [Composed(self._texts[one.column], 1.0) for one in choices]
        ways = [self._ways(one, marks.joint) for one in choices]
        for start, stop in word_bounds(choices):
            if any(
                len(some) > 1 or some[0][0] != self._texts[one.column]
                for some, one in zip(ways[start:stop], choices[start:stop], strict=True)
            ):
                found[start:stop] = self._word(ways[start:stop])
        return found

    def _ways(self, choice: Choice, joint: Mapping[int, np.ndarray]) -> list[_Way]:
        """What a letter may be with its mark, the likeliest first, and the logarithms of how likely."""
        text = self._texts[choice.column]
        known = joint.get(choice.arc)
        if known is None or choice.column >= len(known):
            return [(text, 0.0)]
        its = known[choice.column].astype(float)
        shares = its / max(its.sum(), 1e-12)
        ways = []
        for name, share in zip(("", *MARKS), shares.tolist(), strict=True):
            both = with_mark(text, name) if name else text
            if both is not None and share > _LIKELY and (self._allowed is None or self._allowed(both)):
                ways.append((both, math.log(share)))
        return sorted(ways, key=lambda way: -way[1]) or [(text, 0.0)]

    def _word(self, ways: Sequence[list[_Way]]) -> list[Composed]:
        """The best spelling of a word, and how likely each of its letters is written so."""
        if self._spellings is None:
            self._spellings = self._load()
        doubtful = sorted((k for k, some in enumerate(ways) if len(some) > 1), key=lambda k: ways[k][1][1])
        tried = set(doubtful[-_MOST:])
        options = [some if k in tried else some[:1] for k, some in enumerate(ways)]
        every = []
        for one in itertools.product(*options):
            word = "".join(text for text, _ in one)
            spelled = sum(map(self._spellings.log_share, _letter_runs(word)))
            every.append((sum(log for _, log in one) + _SPELLING * spelled, one))
        most = max(score for score, _ in every)
        weights = [math.exp(score - most) for score, _ in every]
        best = max(every, key=lambda item: item[0])[1]
        total = sum(weights)
        return [
            Composed(
                text,
                sum(w for w, (_, one) in zip(weights, every, strict=True) if one[k][0] == text) / total,
            )
            for k, (text, _) in enumerate(best)
        ]


def allows(allowed: Callable[[str], bool], letter: str) -> bool:
    """Whether a letter may be read, or one that it is with a mark.

    Args:
        allowed: says of a character whether it may.
        letter: without a mark.
    """
    every = (with_mark(letter, name) for name in MARKS)
    return allowed(letter) or any(one is not None and allowed(one) for one in every)


def _letter_runs(word: str) -> Iterator[str]:
    """The parts of a word that are letters alone."""
    for letters, run in itertools.groupby(word, str.isalpha):
        if letters:
            yield "".join(run)
