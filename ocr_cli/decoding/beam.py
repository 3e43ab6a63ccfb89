"""Beam search through a row's lattice: shape, geometry, gaps, language and the user's words together.

A path through the lattice is a row of characters and signs, with or without a space before each. Its score
is a sum of logarithms: what the network and the geometry say of each arc (``ocr_cli.scorer``), what
each gap says for or against a space (``measures``), how kinds of characters follow each other (``tokens``),
and how much likelier a word's letters are than letters drawn at random, by the language or by the lexicon.

Each token is a word of the language, one of the lexicon, a field, or none of them: a number, a code, single
letters (``tokens``). A token that is none has a fixed price, so what language can say against a serial number
is bounded, and it says nothing between two readings that are both no words.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.hypotheses import (
    PATHS,
    Characters,
    Found,
    Moves,
    Paths,
    Shapes,
    Trail,
    best_of,
    moved_on,
    pruned,
    trace,
)
from ocr_cli.decoding.knowledge import Knowledge
from ocr_cli.decoding.measures import GapModel
from ocr_cli.decoding.tokens import CAPITAL, DIGIT, FIRST_CAPITAL, SIGN, Field, Token
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.scorer import Scores

Floats = npt.NDArray[np.float64]

_BEAM = 24
"""Paths kept at each place of the row. Set by hand."""
_WIDE = 4
"""So many times as many where characters may be read against their shape: many ways lead nowhere. Set by
hand."""
_NOTHING = -1
"""Kind of the last character where there is none yet, by definition."""


class _Written(NamedTuple):
    """An arc as a character (-1) or as a sign of ``PLACED``, by its number, and its score as that."""

    arc: int
    sign: int
    score: float


class BeamSearch:
    """Finds the best readings of rows.

    Args:
        known: of words.
    """

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self._prices, self._tokens, self._spans = known.prices, known.tokens, known.spans
        self._first_kinds = np.where(known.kinds == CAPITAL, FIRST_CAPITAL, known.kinds)
        self._width = _BEAM if math.isinf(known.misread) else _WIDE * _BEAM
        every = np.arange(len(known.kinds))
        # What each character gains as the first one of each token, and the state after it.
        self._firsts = [
            (gains + token.begin(every), states)
            for token in self._tokens
            for gains, states in [token.gains(np.array(token.start), every)]
        ]

    def also(self, token: Token) -> BeamSearch:
        """The same search, where words may be taken for one thing more."""
        return BeamSearch(self.known.also(token))

    def search(
        self, lattice: Lattice, scores: Scores, logs: Floats, gaps: GapModel, spaces: Floats | None = None
    ) -> list[Found]:
        """The best readings of one row, the best first.

        Args:
            lattice: of the row.
            scores: of its arcs.
            logs: float (N, C), weighed logarithm of each arc's probability to look like each class.
            gaps: what its gaps say.
            spaces: float (P + 1,), log odds of a space at each place, besides.

        Returns:
            Up to 24 readings, at least one, empty if all is dirt; some may differ only in what their words
            are taken for.
        """
        trail: Trail = []
        reached: list[list[Paths]] = [[] for _ in range(lattice.places + 1)]
        reached[0].append(np.array([(0.0, 0, _NOTHING, 0, 0.0, 0, -1)], PATHS))
        known = self.known
        shapes = Shapes(logs, known.kinds, known.scale, known.misread)
        stops, boxes = lattice.stop.tolist(), lattice.boxes.tolist()
        for place, group in itertools.groupby(range(len(lattice)), key=lattice.start.tolist().__getitem__):
            paths = pruned(reached[place], self._width)
            if not len(paths):
                continue
            written = []
            for arc in group:
                if np.isfinite(scores.dirt[arc]):
                    passed = paths.copy()
                    passed["score"] += scores.dirt[arc]
                    reached[stops[arc]].append(passed)
                    written += [
                        _Written(arc, sign, float(scores.signs[arc, sign]))
                        for sign in np.flatnonzero(np.isfinite(scores.signs[arc])).tolist()
                    ]
                if np.isfinite(scores.characters[arc]):
                    written.append(_Written(arc, -1, float(scores.characters[arc])))
            if written:
                arcs, signs, _ = zip(*written, strict=True)
                characters = shapes.characters(arcs, signs, tolerant=known.tolerant)
                more = 0.0 if spaces is None else float(spaces[place])
                moves = self._moves(paths, written, boxes, characters, gaps, lattice.height, more)
                for arc, part in zip(arcs, characters.parts, strict=True):
                    right = boxes[arc][2]
                    moved = moved_on(paths, moves, arc, right, characters, part, trail, self._width)
                    reached[stops[arc]].append(moved)
        last = pruned(reached[-1], self._width)
        last["score"] += self._ends(last)
        last = last[np.isfinite(last["score"])]
        best = last[np.argsort(-last["score"], kind="stable")]
        found = [Found(float(path["score"]), trace(trail, int(path["step"]))) for path in best]
        return found or [Found(-math.inf, ())]

    def _moves(
        self,
        paths: Paths,
        written: Sequence[_Written],
        boxes: Sequence[Sequence[int]],
        characters: Characters,
        gaps: GapModel,
        height: float,
        more: float,
    ) -> Moves:
        """All ways in which the paths to a place may go on.

        Where a token begins, all paths go on alike, and so only the best of them does.
        """
        columns, first = characters.columns, self._first_kinds[characters.columns]
        kind, token_before = paths["kind"], paths["token"]
        before, starting = kind[:, None], (kind == _NOTHING)[:, None]
        sign, in_field = characters.kinds == SIGN, self._spans[token_before]
        lefts = np.array([boxes[one.arc][0] for one in written])
        odds = gaps.log_odds((lefts - paths["right"][:, None]) / height) + more
        no_space = -np.logaddexp(0, odds)
        space = np.where(starting, 0.0, odds + no_space)
        no_space[starting[:, 0]] = -np.inf
        if self.known.fields:
            space[~starting & (odds < self.known.weights.no_gap)] = -np.inf
        so_far = paths["score"][:, None] + np.array([one.score for one in written])
        space, no_space = (so_far + space)[:, characters.arcs], (so_far + no_space)[:, characters.arcs]
        within = np.where((characters.kinds == CAPITAL) & (before != SIGN), CAPITAL, first)
        # That a sign stands in its place has been paid for in the arc.
        joined = no_space - np.where(
            columns < self.known.classes, self._prices.within_word[before, within], 0.0
        )
        if (paths["length"] == 1).any():
            dot = columns == self.known.classes + PLACED.index(".")
            joined += self.known.weights.item * (((paths["length"] == 1) & (kind == DIGIT))[:, None] & dot)
        ends = self._ends(paths)[:, None]
        parted = (
            space
            - np.where(starting, self._prices.beginning[first], self._prices.new_word[before, first])
            + ends
        )

        moves = Moves(2 * len(paths) + 3 * len(self._tokens) + 1, len(columns))
        # Only the length tells a row's beginning from other places: "1." is likely there.
        begun = [best_of(parted, rows) for rows in (starting[:, 0], ~starting[:, 0]) if rows.any()]
        # A sign ends a word, and where the last one was a sign, a word may begin without a space.
        after_sign = (kind == SIGN) & ~in_field
        if after_sign.any():
            best, numbers = best_of(joined, after_sign)
            unspaced = (np.where(sign, -np.inf, best), numbers)
        for number, token in enumerate(self._tokens):
            shapes = characters.tolerant if token.tolerant else characters.scores
            own = np.flatnonzero(token_before == number)
            if len(own):
                states, going_on = paths["state"][own][:, None], no_space if token.spans else joined
                gains, after = token.gains(states, columns)
                moves.add(going_on[own] + gains + shapes, own[:, None], number, within[own], after)
                if isinstance(token, Field):
                    gains, after = token.gains(token.part(states), columns)
                    scores = space[own] + gains + shapes
                    moves.add(scores, own[:, None], number, first, after, new_word=True)
            first_gains, first_states = self._firsts[number]
            gains, after = first_gains[columns] + shapes, first_states[columns]
            if not token.spans:
                if after_sign.any():
                    moves.add(unspaced[0] + gains, unspaced[1], number, first, after)
                gains -= self.known.weights.misfit if self.known.fields else 0.0
            for best, numbers in begun:
                moves.add(best + gains, numbers, number, first, after, new_word=True)
        if sign.any() and not in_field.all():
            best, numbers = best_of(joined + ends, ~in_field)
            ended = np.where(sign, best + characters.scores, -np.inf)
            moves.add(ended, numbers, 0, first, np.int64(0))
        return moves

    def _ends(self, paths: Paths) -> Floats:
        """What is gained, or lost, if the tokens end here: (H,)."""
        gains = np.zeros(len(paths))
        for number, token in enumerate(self._tokens):
            own = paths["token"] == number
            gains[own] = token.end(paths["state"][own])
        return gains
