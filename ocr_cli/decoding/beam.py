"""Beam search through a row's lattice: shape, geometry, gaps, language and the user's words together.

A path through the lattice is a row of characters and signs, with or without a space before each. Its score
is a sum of logarithms: what the classifier and the geometry say of each candidate (``path.find_arcs``), what
each gap says for or against a space (``spaces``), how kinds of characters follow each other (``context``),
and how much likelier a word's letters are than letters drawn at random, by the language or by the lexicon.

Each token is a word of the language, one of the lexicon, a field, or none of them: a number, a code, single
letters (``tokens``). A token that is none has a fixed price, so what language can say against a serial number
is bounded, and it says nothing between two readings that are both no words.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.decoding.context import (
    BEGINNING,
    CAPITAL,
    DIGIT,
    FIRST_CAPITAL,
    NEW_WORD,
    SIGN,
    WITHIN_WORD,
    kinds_of,
)
from ocr_cli.decoding.hypotheses import PATHS, Characters, Choice, Found, Move, Paths, moved_on, pruned, trace
from ocr_cli.decoding.language import LanguageModel
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.path import SHAPE, Arc, Step
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.decoding.spaces import GapModel
from ocr_cli.decoding.tokens import MARKS, Field, find_tokens

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_BEAM = 24
"""Paths kept at each place of the row."""
_WIDE = 4
"""So many times as many where characters may be read against their shape: many ways lead nowhere."""
_CLASSES = 6
"""Most classes tried for a candidate."""
_LEAST_LIKELY = 9.0
"""Classes whose logarithm is by this less than that of the likeliest are not tried."""
_ANOTHER, _NEVER_SURE = 0.05, 1e-5
"""Probability that a letter of a listed word is written like none, as a share of the doubt that the network
has about its shape, and of that doubt the least."""
_MISREAD_IN_FIELD, _MISREAD_IN_WORD = 6.0, 9.0
"""Most that it costs to read a character against its shape, in fields, and where all words must be listed."""
_MISFIT = 6.0
"""Price of a word that fits none of the patterns."""
_NO_GAP = -2.0
"""Fields do not begin where the log odds of a space are less: what does not fit is not cut to fit."""
_ITEM = 2.0
"""How much likelier a digit is alone before a full stop at the start of a line: "1. MAKE"."""

_NOTHING = -1
"""Kind of the last character where there is none yet."""


class BeamSearch:
    """Finds the best readings of rows.

    Args:
        classes: the characters of the columns of the classifier's probabilities.
        language: how letters follow each other; None to go by shape and geometry alone.
        lexicon: the user's words.
        lexicon_only: whether tokens with letters should be among them.
        pattern: of fields; each word, or several words together, should fit it.
    """

    def __init__(
        self,
        classes: Sequence[str],
        language: LanguageModel | None,
        lexicon: Lexicon | None = None,
        *,
        lexicon_only: bool = False,
        pattern: Pattern | None = None,
    ) -> None:
        texts = [*classes, *MARKS]
        self._kinds = kinds_of(texts)
        self._classes = len(classes)
        self._tokens = find_tokens(texts, self._kinds, language, lexicon, pattern, lexicon_only=lexicon_only)
        self._spans = np.array([token.spans for token in self._tokens])
        self._tolerant = any(token.tolerant for token in self._tokens)
        self._misread = (
            _MISREAD_IN_FIELD if pattern is not None else _MISREAD_IN_WORD if lexicon_only else math.inf
        )
        self._lexicon_only = lexicon_only
        self._width = _BEAM if math.isinf(self._misread) else _WIDE * _BEAM

    def search(self, arcs: Sequence[Arc], logs: Floats, gaps: GapModel, height: float) -> list[Found]:
        """The best readings of one row, the best first.

        Args:
            arcs: of its lattice, in the order of their start.
            logs: float (N, C), weighed logarithm of each candidate's probability to look like each class.
            gaps: what its gaps say.
            height: the row's letter height in pixels.

        Returns:
            Up to 24 readings, at least one, empty if all is dirt; some may differ only in what their words
            are taken for.
        """
        count = max(arc.stop for arc in arcs)
        trail: list[tuple[int, Choice]] = []
        reached: list[list[Paths]] = [[] for _ in range(count + 1)]
        reached[0].append(np.array([(0.0, 0, _NOTHING, 0, 0.0, 0, -1)], PATHS))
        place, paths, ends = -1, reached[0][0], np.zeros(1)
        for arc in arcs:
            if arc.start != place:
                place, paths = arc.start, pruned(reached[arc.start], self._width)
                ends = self._ends(paths)
            if not len(paths):
                continue
            if arc.step is None:
                passed = paths.copy()
                passed["score"] += arc.score
                reached[arc.stop].append(passed)
            else:
                characters = self._characters(arc.step, logs)
                moves = self._moves(paths, ends, arc.step, characters, gaps, height)
                reached[arc.stop].append(moved_on(paths, moves, arc, characters, trail, self._width))
        last = pruned(reached[count], self._width)
        last["score"] += self._ends(last)
        last = last[np.isfinite(last["score"])]
        best = last[np.argsort(-last["score"], kind="stable")]
        found = [Found(float(path["score"]), trace(trail, int(path["step"]))) for path in best]
        return found or [Found(-math.inf, ())]

    def expected(self, choices: Sequence[Choice], logs: Floats) -> list[bool]:
        """Whether each character of a reading is what the user expects.

        None of a word is that fits no pattern, or is not listed where only such words are read; nor is one
        that stands where a field must have another.
        """
        good = [True] * len(choices)
        starts = [k for k, choice in enumerate(choices) if k == 0 or choice.new_word]
        if self._spans.any():
            good = [
                bool(self._spans[choice.token])
                and (
                    choice.column < 0
                    or logs[choice.step.index].max() - logs[choice.step.index, choice.column]
                    < _MISREAD_IN_FIELD
                )
                for choice in choices
            ]
        elif self._lexicon_only:
            for start, stop in itertools.pairwise([*starts, len(choices)]):
                if any(one.token == 0 and self._is_letter(one) for one in choices[start:stop]):
                    good[start:stop] = [False] * (stop - start)
        return good

    def is_listed(self, choices: Sequence[Choice]) -> bool:
        """Whether a word of a reading is one of the user's, or a field."""
        return all(self._tokens[choice.token].tolerant for choice in choices)

    def score_runs(self, columns: Ints, logs: Floats, token: int) -> Floats:
        """How well runs of characters without a gap or sign read.

        Args:
            columns: int (V, n), classes of V runs that may stand in the same place.
            logs: float (n, C), weighed logarithms of the probabilities of shape in that place.
            token: what the run that was read is taken for: a field is compared with fields alone.

        Returns:
            float (V,), the best score of each as any token.
        """
        places = np.arange(columns.shape[1])
        shapes = logs[places, columns]
        kinds = self._kinds[columns]
        beginning = np.pad(kinds[:, :-1] == SIGN, ((0, 0), (1, 0)), constant_values=True)
        kinds = np.where(beginning & (kinds == CAPITAL), FIRST_CAPITAL, kinds)
        prices = WITHIN_WORD[kinds[:, :-1], kinds[:, 1:]].sum(axis=1)
        best = np.full(len(columns), -np.inf)
        if self._tokens[token].spans:
            return np.asarray(shapes.sum(axis=1))
        tolerant = (
            np.stack([self._shapes(row)[1] for row in logs])[places, columns] if self._tolerant else shapes
        )
        for one in self._tokens:
            if not one.spans:
                score = (tolerant if one.tolerant else shapes).sum(axis=1) - prices
                states = np.full(len(columns), one.start)
                score += one.begin(columns[:, 0])
                for place in places:
                    gains, states = one.gains(states, columns[:, place])
                    score += gains
                best = np.maximum(best, score + one.end(states))
        return best

    def _is_letter(self, choice: Choice) -> bool:
        return choice.column >= 0 and self._kinds[choice.column] not in (SIGN, DIGIT)

    def _characters(self, step: Step, logs: Floats) -> Characters:
        if step.mark is not None:
            columns, row = np.array([self._classes + MARKS.index(step.mark)]), np.zeros(1)
            return Characters(columns, row, row, self._kinds[columns])
        row = logs[step.index]
        likely, tolerant = self._shapes(row)
        if not self._tolerant:
            return Characters(likely, row[likely], row[likely], self._kinds[likely])
        scores = np.full(len(row), -np.inf)
        scores[likely] = row[likely]
        return Characters(np.arange(len(row)), scores, tolerant, self._kinds[: len(row)])

    def _shapes(self, row: Floats) -> tuple[Ints, Floats]:
        """The classes (K,) that are tried, and of each class (C,) what it costs to be written so."""
        likely = np.argsort(-row, kind="stable")[:_CLASSES]
        best = row[likely[0]]
        doubt = max(0.0, 1.0 - math.exp(min(0.0, best) / SHAPE))
        least = max(best - self._misread, SHAPE * math.log(_ANOTHER * doubt + _NEVER_SURE))
        return likely[row[likely] > best - _LEAST_LIKELY], np.maximum(row, least)

    def _moves(
        self,
        paths: Paths,
        ends: Floats,
        step: Step,
        characters: Characters,
        gaps: GapModel,
        height: float,
    ) -> list[Move]:
        """All ways in which paths may go on with a step, geometry left out; ``ends`` as ``_ends`` says."""
        columns, shape = characters.columns, (len(paths), len(characters.columns))
        before = paths["kind"][:, None]
        odds = gaps.log_odds((step.candidate.box[0] - paths["right"]) / height)[:, None]
        starting = before == _NOTHING
        space = np.where(starting, 0.0, -np.logaddexp(0, -odds))
        no_space = np.where(starting, -np.inf, -np.logaddexp(0, odds))
        capital = characters.kinds == CAPITAL
        first = np.where(capital, FIRST_CAPITAL, characters.kinds)
        within = np.where(capital & (before != SIGN), CAPITAL, first)
        # That a sign stands in its place has been paid for in the arc.
        joined = no_space - (0.0 if step.mark is not None else WITHIN_WORD[before, within])
        if step.mark == ".":
            joined = joined + _ITEM * ((paths["length"] == 1) & (paths["kind"] == DIGIT))[:, None]
        first = np.broadcast_to(first, shape)
        if self._spans.any():
            space = np.where(~starting & (odds < _NO_GAP), -np.inf, space)
        parted = space - np.where(starting, BEGINNING[first], NEW_WORD[before, first]) + ends[:, None]
        sign = np.broadcast_to(characters.kinds == SIGN, shape)
        in_field = self._spans[paths["token"]][:, None]
        # A sign ends a word, and where the last one was a sign, a word may begin without a space.
        after_sign = np.where((before == SIGN) & ~sign & ~in_field, joined, -np.inf)
        moves = []
        for number, token in enumerate(self._tokens):
            own = (paths["token"] == number)[:, None]
            shapes = characters.tolerant if token.tolerant else characters.scores
            states = np.where(own, paths["state"][:, None], token.start)
            gains, after = token.gains(states, columns)
            going_on = no_space if token.spans else joined
            moves.append(
                Move(np.where(own, going_on + gains + shapes, -np.inf), number, within, after, False)
            )
            if isinstance(token, Field):
                gains, after = token.gains(token.part(states), columns)
                scores = np.where(own, space + gains + shapes, -np.inf)
                moves.append(Move(scores, number, first, after, True))
            gains, after = token.gains(np.array(token.start), columns)
            gains, after = gains + token.begin(columns) + shapes, np.broadcast_to(after, shape)
            if not token.spans:
                moves.append(Move(after_sign + gains, number, within, after, False))
                gains = gains - (_MISFIT if self._spans.any() else 0.0)
            moves.append(Move(parted + gains, number, first, after, True))
        ended = np.where(sign & ~in_field, joined + ends[:, None] + characters.scores, -np.inf)
        moves.append(Move(ended, 0, within, np.zeros(shape, np.int64), False))
        return moves

    def _ends(self, paths: Paths) -> Floats:
        """What is gained, or lost, if the tokens end here: (H,)."""
        gains = np.zeros(len(paths))
        for number, token in enumerate(self._tokens):
            own = paths["token"] == number
            gains[own] = token.end(paths["state"][own])
        return gains
