"""Letters and their marks -> composed characters, word by word: what the ink says, and what words say."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ocr_cli.alphabet import MARKS, with_mark
from ocr_cli.decoding.accents import DOTTED, Spellings, plain
from ocr_cli.decoding.hypotheses import Choice, word_bounds
from ocr_cli.marks.weighing import Marks

_LIKELY = 0.005
"""Readings of a letter that are less likely than this are not tried. Set by hand."""
_MOST = 5
"""Letters of a word whose marks are in doubt, tried in all ways; of others the likeliest. Set by hand."""
_ELSE = 0.01
"""Share of what has no mark that may be any letter: which it is, the row says, too. Set by hand."""
_SPELLING = 0.8
"""What the spelling of words counts beside the look of marks. Set by hand."""

_Way = tuple[str, float]
Gains = Callable[[Sequence[Sequence[Choice]]], Sequence[float | None]]
"""Words -> nats a letter by which the language knows each better than letters at random; None: not at all."""


def _no_gains(words: Sequence[Sequence[Choice]]) -> Sequence[float | None]:
    return [None] * len(words)


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

    def compose(self, choices: Sequence[Choice], marks: Marks, gains: Gains = _no_gains) -> list[Composed]:
        """The characters of a reading, in its order.

        Args:
            choices: of a path.
            marks: of the arcs of its lattice.
            gains: of words: how well the language knows them without marks, as ``Knowledge.language_gains``.
        """
        found = [Composed(self._texts[one.column], 1.0) for one in choices]
        ways = [self._ways(one, marks.joint) for one in choices]
        for start, stop in word_bounds(choices):
            if any(
                len(some) > 1 or some[0][0] != self._texts[one.column]
                for some, one in zip(ways[start:stop], choices[start:stop], strict=True)
            ):
                (gain,) = gains([choices[start:stop]])
                touching = [one.arc not in marks.apart for one in choices[start:stop]]
                found[start:stop] = self._word(ways[start:stop], touching, gain or 0.0)
        return found

    def _ways(self, choice: Choice, joint: Mapping[int, np.ndarray]) -> list[_Way]:
        """What a letter may be with its mark, the likeliest first, and the logarithms of how likely."""
        text = self._texts[choice.column]
        known = joint.get(choice.arc)
        if known is None or choice.column >= len(known):
            return [(text, 0.0)]
        its = known[choice.column].astype(float)
        its[0] += _ELSE * float(known[:, 0].sum())
        shares = (its / max(its.sum(), 1e-12)).tolist()
        every = [with_mark(text, name) if name else text for name in ("", *MARKS)]
        able = [both is not None and (self._allowed is None or self._allowed(both)) for both in every]
        # What may not be read with its mark is read without.
        shares[0] += sum(shares[k] for k, both in enumerate(every) if k and both and not able[k])
        ways = [
            (both, math.log(share))
            for both, share, may in zip(every, shares, able, strict=True)
            if both is not None and may and share > _LIKELY
        ]
        return sorted(ways, key=lambda way: -way[1]) or [(text, 0.0)]

    def _word(self, ways: Sequence[list[_Way]], touching: Sequence[bool], gain: float) -> list[Composed]:
        """The best spelling of a word, and how likely each of its letters is written so."""
        if self._spellings is None:
            self._spellings = self._load()
        # What the language knows as it is, and no list with a mark, has none that only seems to touch, nor
        # one that may be the dot of another letter.
        dotted = any(plain(text).lower() in DOTTED for some in ways for text, _ in some[:1])
        wary = [some or dotted for some in touching]
        uncertain = sorted((k for k, some in enumerate(ways) if len(some) > 1), key=lambda k: ways[k][1][1])
        tried = set(uncertain[-_MOST:])
        options = [some if k in tried else some[:1] for k, some in enumerate(ways)]
        every = []
        for one in itertools.product(*options):
            word = "".join(text for text, _ in one)
            doubtful = any(some and plain(text) != text for some, (text, _) in zip(wary, one, strict=True))
            known = gain if doubtful else 0.0
            spelled = sum(self._spellings.log_share(run, known) for run in _letter_runs(word))
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
