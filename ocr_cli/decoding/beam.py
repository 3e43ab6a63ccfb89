"""Beam search through a row's lattice: shape, geometry, gaps, language and the user's words together.

A path through the lattice is a row of characters and signs, with or without a space before each. Its score
is a sum of logarithms: what the classifier and the geometry say of each candidate (``path.find_arcs``), what
each gap says for or against a space (``spaces``), how kinds of characters follow each other (``context``),
and how much likelier a word's letters are than letters drawn at random, by the language or by the lexicon.

Each token is a word of the language, one of the lexicon, or neither: a number, a code, single letters. A
token that is neither has a fixed price, so what language can say against a serial number is bounded, and it
says nothing between two readings that are both no words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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
from ocr_cli.decoding.language import BOUNDARY, OTHER, LanguageModel, symbols_of
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.path import Arc, Step
from ocr_cli.decoding.spaces import GapModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Paths = npt.NDArray[np.void]

_BEAM = 24
"""Paths kept at each place of the row."""
_CLASSES = 6
"""Most classes tried for a candidate."""
_LEAST_LIKELY = 9.0
"""Classes whose logarithm is by this less than that of the likeliest are not tried."""
_LANGUAGE = 0.5
"""Weight of the language beside shape: found on name lines of the training part and on pages."""
_LEXICON = 0.8
"""Weight of the user's words."""
_MOST = 4.0
"""Nats that language may say for or against a letter: a name may have what no common word has."""
_NO_WORD = 2.0
"""Price of a token with letters that is no word."""
_ITEM = 2.0
"""How much likelier a digit is alone before a full stop at the start of a line: "1. MAKE"."""
_LETTER, _END = -math.log(5 / 6 / 26), -math.log(1 / 6)
"""Nats that a letter, and the end of a word, cost where letters are drawn at random, five to a word."""

_FREE, _WORD, _LISTED = range(3)
"""What a token is taken for: no word, a word of the language, a word of the lexicon."""
_NOTHING = -1
"""Kind of the last character where there is none yet."""

_PATHS = np.dtype(
    [
        ("score", float),
        ("token", np.int64),
        ("kind", np.int64),
        ("state", np.int64),
        ("right", float),
        ("length", np.int64),
        ("step", np.int64),
    ]
)
"""Paths up to one place of the row: score; what the token is taken for; kind of the last character; state of
the language or lexicon; right edge in pixels; steps so far, at most 2; number of the last step."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A step of a path, and what it is read as.

    Attributes:
        step: a candidate, as a character or as a sign.
        column: the character's class; -1 for a sign.
        new_word: whether a word begins with it.
    """

    step: Step
    column: int
    new_word: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A way to read a row: its score, and its steps from left to right."""

    score: float
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """What an arc may be read as, K of them.

    Attributes:
        columns: int (K,), class; -1 for a sign.
        scores: float (K,), weighed log probability of the shape.
        kinds: int (K,), of ``context``.
        symbols: int (K,), for the language.
        listed: int (K,), for the lexicon.
    """

    columns: Ints
    scores: Floats
    kinds: Ints
    symbols: Ints
    listed: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """A way to go on, for each of H paths and K characters.

    Attributes:
        scores: float (H, K); minus infinity where there is no such way.
        token: what the token is taken for afterwards.
        kinds: int (H, K), of the character.
        states: int (H, K), of the language or lexicon afterwards.
        new_word: whether there is a space before the character.
    """

    scores: Floats
    token: int
    kinds: Ints
    states: Ints
    new_word: bool


class BeamSearch:
    """Finds the best readings of rows.

    Args:
        classes: the characters of the columns of the classifier's probabilities.
        language: how letters follow each other; None to go by shape and geometry alone.
        lexicon: the user's words.
        lexicon_only: whether tokens with letters must be among them.
    """

    def __init__(
        self,
        classes: Sequence[str],
        language: LanguageModel | None,
        lexicon: Lexicon | None = None,
        *,
        lexicon_only: bool = False,
    ) -> None:
        self._kinds = kinds_of(classes)
        self._language = None if lexicon_only else language
        self._lexicon = lexicon
        self._symbols = np.array([symbols_of(text)[0] for text in classes])
        self._listed = np.array([self._listed_symbol(text) for text in classes])
        self._starts: dict[int, int] = {_FREE: 0}
        if self._language is not None:
            self._starts[_WORD] = self._language.START
        if lexicon is not None:
            self._starts[_LISTED] = lexicon.START
        self._no_word = math.inf if lexicon_only else _NO_WORD if language or lexicon else 0.0

    def search(self, arcs: Sequence[Arc], logs: Floats, gaps: GapModel, height: float) -> list[Found]:
        """The best readings of one row, the best first.

        Args:
            arcs: of its lattice, in the order of their start.
            logs: float (N, C), weighed logarithm of each candidate's probability to look like each class.
            gaps: what its gaps say.
            height: the row's letter height in pixels.

        Returns:
            Up to 24 readings, at least one, empty if all is dirt or only words that are not there would do;
            some may differ only in what their words are taken for.
        """
        count = max(arc.stop for arc in arcs)
        trail: list[tuple[int, Choice]] = []
        reached: list[list[Paths]] = [[] for _ in range(count + 1)]
        reached[0].append(np.array([(0.0, _FREE, _NOTHING, 0, 0.0, 0, -1)], _PATHS))
        place, paths, ends = -1, reached[0][0], np.zeros(1)
        for arc in arcs:
            if arc.start != place:
                place, paths = arc.start, _pruned(reached[arc.start])
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
                reached[arc.stop].append(_moved(paths, moves, arc, characters, trail))
        last = _pruned(reached[count])
        last["score"] += self._ends(last)
        last = last[np.isfinite(last["score"])]
        best = last[np.argsort(-last["score"], kind="stable")]
        found = [Found(float(path["score"]), _trace(trail, int(path["step"]))) for path in best]
        return found or [Found(-math.inf, ())]

    def _characters(self, step: Step, logs: Floats) -> _Characters:
        if step.mark is not None:
            symbol, listed = symbols_of(step.mark)[0], self._listed_symbol(step.mark)
            return _Characters(*(np.array([value]) for value in (-1, 0.0, SIGN, symbol, listed)))
        row = logs[step.index]
        likely = np.argsort(-row, kind="stable")[:_CLASSES]
        likely = likely[row[likely] > row[likely[0]] - _LEAST_LIKELY]
        return _Characters(
            likely, row[likely], self._kinds[likely], self._symbols[likely], self._listed[likely]
        )

    def _moves(
        self,
        paths: Paths,
        ends: Floats,
        step: Step,
        characters: _Characters,
        gaps: GapModel,
        height: float,
    ) -> list[_Move]:
        """All ways in which paths may go on with a step, its score left out; ``ends`` as ``_ends`` says."""
        shape = (len(paths), len(characters.columns))
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
        parted = space - np.where(starting, BEGINNING[first], NEW_WORD[before, first]) + ends[:, None]
        sign = np.broadcast_to(characters.kinds == SIGN, shape)
        # A sign ends a word, and where the last one was a sign, a word may begin without a space.
        after_sign = np.where((before == SIGN) & ~sign, joined, -np.inf)
        going_on, beginning = [], []
        for token, start in self._starts.items():
            own = (paths["token"] == token)[:, None]
            gains, states = self._gains(token, np.where(own, paths["state"][:, None], start), characters)
            going_on.append(_Move(np.where(own, joined + gains, -np.inf), token, within, states, False))
            gains, states = self._gains(token, np.array(start), characters)
            gains = gains + self._first(token, characters.kinds)
            beginning.append((token, gains, np.broadcast_to(states, shape)))
        ended = np.where(sign, joined + ends[:, None], -np.inf)
        return [
            *going_on,
            _Move(ended, _FREE, within, np.zeros(shape, np.int64), False),
            *(_Move(after_sign + gains, token, within, states, False) for token, gains, states in beginning),
            *(_Move(parted + gains, token, first, states, True) for token, gains, states in beginning),
        ]

    def _gains(self, token: int, states: Ints, characters: _Characters) -> tuple[Floats, Ints]:
        """How much likelier characters are than letters drawn at random, weighed, and the states after them.

        What words lack, no word has: its gain is minus infinity.
        """
        if token == _WORD and self._language is not None:
            symbols = characters.symbols
            gain = self._language.log_probability(states, symbols) + _LETTER
            known = (symbols != OTHER) & (symbols != BOUNDARY)
            gains = np.where(known, _LANGUAGE * np.clip(gain, -_MOST, _MOST), -np.inf)
            return gains, self._language.advance(states, symbols)
        if token == _LISTED and self._lexicon is not None:
            after = self._lexicon.advance(states, characters.listed)
            return _LEXICON * (self._lexicon.log_share(states, after) + _LETTER), after
        shape = np.broadcast_shapes(states.shape, characters.kinds.shape)
        forbidden = _is_letter(characters.kinds) & math.isinf(self._no_word)
        return np.broadcast_to(np.where(forbidden, -np.inf, 0.0), shape), np.zeros(shape, np.int64)

    def _first(self, token: int, kinds: Ints) -> Floats:
        """What it costs, as a gain (K,), that a token begins with characters of these kinds."""
        letter = _is_letter(kinds)
        if token == _FREE:
            return np.where(letter, -self._no_word, 0.0)
        return np.where(letter | (token == _LISTED), 0.0, -np.inf)

    def _ends(self, paths: Paths) -> Floats:
        """What is gained, or lost, if the tokens end here: (H,)."""
        gains = np.zeros(len(paths))
        if self._language is not None:
            word = paths["token"] == _WORD
            gain = self._language.log_probability(paths["state"][word], BOUNDARY) + _END
            gains[word] = _LANGUAGE * np.clip(gain, -_MOST, _MOST)
        if self._lexicon is not None:
            listed = paths["token"] == _LISTED
            gains[listed] = _LEXICON * (self._lexicon.log_end(paths["state"][listed]) + _END)
        return gains

    def _listed_symbol(self, text: str) -> int:
        return -1 if self._lexicon is None else int(self._lexicon.symbols_of(text)[0])


def _is_letter(kinds: Ints) -> npt.NDArray[np.bool_]:
    return np.asarray((kinds != SIGN) & (kinds != DIGIT))


def _pruned(parts: Sequence[Paths]) -> Paths:
    """The best of all paths to a place; of those that go on alike, only the better one."""
    if not parts:
        return np.empty(0, _PATHS)
    paths = np.concatenate(parts)
    seen: set[tuple[float, ...]] = set()
    kept = []
    for k in np.argsort(-paths["score"], kind="stable")[: 4 * _BEAM].tolist():
        future = paths[k].item()[1:-1]
        if future not in seen:
            seen.add(future)
            kept.append(k)
    return np.asarray(paths[kept[:_BEAM]])


def _moved(
    paths: Paths, moves: Sequence[_Move], arc: Arc, characters: _Characters, trail: list[tuple[int, Choice]]
) -> Paths:
    """The best of the paths after a step; their steps are noted in the trail."""
    assert arc.step is not None
    scores = np.stack([move.scores for move in moves])
    scores += paths["score"][:, None] + arc.score + characters.scores
    best = np.argsort(-scores, axis=None, kind="stable")[:_BEAM]
    best = best[np.isfinite(scores.ravel()[best])]
    move, path, character = np.unravel_index(best, scores.shape)
    moved = np.empty(len(best), _PATHS)
    moved["score"] = scores[move, path, character]
    moved["token"] = np.array([one.token for one in moves])[move]
    moved["kind"] = np.stack([one.kinds for one in moves])[move, path, character]
    moved["state"] = np.stack([one.states for one in moves])[move, path, character]
    moved["right"] = arc.step.candidate.box[2]
    moved["length"] = np.minimum(paths["length"][path] + 1, 2)
    moved["step"] = np.arange(len(trail), len(trail) + len(best))
    new_word = np.array([one.new_word for one in moves])[move].tolist()
    columns = characters.columns[character].tolist()
    for before, column, new in zip(paths["step"][path].tolist(), columns, new_word, strict=True):
        trail.append((before, Choice(arc.step, column, new)))
    return moved


def _trace(trail: Sequence[tuple[int, Choice]], last: int) -> tuple[Choice, ...]:
    """The steps of the path that ends with step number ``last``."""
    choices = []
    while last >= 0:
        last, choice = trail[last]
        choices.append(choice)
    return tuple(reversed(choices))
