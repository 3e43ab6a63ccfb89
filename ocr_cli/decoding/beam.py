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

import copy
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.hypotheses import (
    PATHS,
    Characters,
    Choice,
    Found,
    Moves,
    Paths,
    Shapes,
    Trail,
    best_of,
    moved_on,
    pruned,
    trace,
    word_bounds,
)
from ocr_cli.decoding.language import Language
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.measures import GapModel
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.decoding.tokens import (
    CAPITAL,
    DIGIT,
    FIRST_CAPITAL,
    SIGN,
    Field,
    KindPrices,
    Token,
    Word,
    find_tokens,
    kinds_of,
)
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.scorer import Scores
from ocr_cli.weights import Weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

_BEAM = 24
"""Paths kept at each place of the row. Set by hand."""
_WIDE = 4
"""So many times as many where characters may be read against their shape: many ways lead nowhere. Set by
hand."""
_NOTHING = -1
"""Kind of the last character where there is none yet."""


class _Written(NamedTuple):
    """An arc as a character (-1) or as a sign of ``PLACED``, by its number, and its score as that."""

    arc: int
    sign: int
    score: float


class BeamSearch:
    """Finds the best readings of rows.

    Args:
        classes: the characters of the columns of the classifier's probabilities.
        language: its words, and how letters follow each other in them; several, or None to go by shape
            and geometry alone.
        weights: of the record.
        lexicon: the user's words.
        lexicon_only: whether tokens with letters should be among them.
        pattern: of fields; each word, or several words together, should fit it.
    """

    def __init__(
        self,
        classes: Sequence[str],
        language: Language | Sequence[Language] | None,
        weights: Weights,
        lexicon: Lexicon | None = None,
        *,
        lexicon_only: bool = False,
        pattern: Pattern | None = None,
    ) -> None:
        texts = [*classes, *PLACED]
        self._kinds = kinds_of(texts)
        self._classes = len(classes)
        self.scale, self._weights = weights.arcs.shape, weights.words
        self._prices = KindPrices.of(weights.words)
        languages = (language,) if isinstance(language, Language) else language or ()
        self._tokens = find_tokens(
            texts, self._kinds, languages, lexicon, pattern, weights.words, lexicon_only=lexicon_only
        )
        self._fields = pattern is not None
        self._tolerant = any(token.tolerant for token in self._tokens)
        self._misread = (
            weights.words.misread_in_field
            if pattern is not None
            else weights.words.misread_in_word
            if lexicon_only
            else math.inf
        )
        self._lexicon_only = lexicon_only
        self._first_kinds = np.where(self._kinds == CAPITAL, FIRST_CAPITAL, self._kinds)
        self._width = _BEAM if math.isinf(self._misread) else _WIDE * _BEAM
        self._prepare()

    def _prepare(self) -> None:
        every = np.arange(len(self._kinds))
        self._spans = np.array([token.spans for token in self._tokens])
        # What each character gains as the first one of each token, and the state after it.
        self._firsts = [
            (gains + token.begin(every), states)
            for token in self._tokens
            for gains, states in [token.gains(np.array(token.start), every)]
        ]

    def also(self, token: Token) -> BeamSearch:
        """The same search, where words may be taken for one thing more."""
        other = copy.copy(self)
        other._tokens = [*self._tokens, token]
        other._prepare()
        return other

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
        shapes = Shapes(logs, self._kinds, self.scale, self._misread)
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
                characters = shapes.characters(arcs, signs, tolerant=self._tolerant)
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

    def expected(self, choices: Sequence[Choice], logs: Floats) -> list[bool]:
        """Whether each character of a reading is what the user expects.

        None of a word is that fits no pattern, or is not listed where only such words are read; nor is one
        that stands where a field must have another.
        """
        good = [True] * len(choices)
        if self._fields:
            good = [
                bool(self._spans[choice.token])
                and (
                    self.is_placed(choice)
                    or logs[choice.arc].max() - logs[choice.arc, choice.column]
                    < self._weights.misread_in_field
                )
                for choice in choices
            ]
        elif self._lexicon_only:
            for start, stop in word_bounds(choices):
                if any(one.token == 0 and self._is_letter(one) for one in choices[start:stop]):
                    good[start:stop] = [False] * (stop - start)
        return good

    def is_listed(self, choices: Sequence[Choice]) -> bool | None:
        """Whether a word of a reading is one of the user's, or a field; None if such are not expected."""
        if all(self._tokens[choice.token].tolerant for choice in choices):
            return True
        return False if self._tolerant and any(map(self._is_letter, choices)) else None

    def language_gains(self, words: Sequence[Sequence[Choice]]) -> list[float | None]:
        """How much likelier the language makes each word of a reading than letters drawn at random.

        Returns:
            Nats per letter, a word's end counting as one more; all letters together no less than what being
            no word costs. Signs part words. None where the language says nothing: of what has digits or no
            letters, and of everything if there is no language.
        """
        tokens = [token for token in self._tokens if isinstance(token, Word)]
        if not tokens:
            return [None] * len(words)
        runs = list(map(self._letters, words))
        every = list(itertools.chain.from_iterable(runs))
        gains = iter(np.max([token.gains_of(every) for token in tokens], axis=0).tolist())
        return [
            max(self._weights.least_gain, sum(itertools.islice(gains, len(some))))
            / sum(len(run) + 1 for run in some)
            if some
            else None
            for some in runs
        ]

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
        prices = self._prices.within_word[kinds[:, :-1], kinds[:, 1:]].sum(axis=1)
        best = np.full(len(columns), -np.inf)
        if isinstance(self._tokens[token], Field):
            return np.asarray(shapes.sum(axis=1))
        tolerant = shapes
        if self._tolerant:
            tolerant = Shapes(logs, self._kinds, self.scale, self._misread).tolerant[places, columns]
        for one in self._tokens:
            if not isinstance(one, Field):
                score = (tolerant if one.tolerant else shapes).sum(axis=1)
                # What is known of a column knows how kinds follow each other.
                score -= 0.0 if one.spans else prices
                states = np.full(len(columns), one.start)
                score += one.begin(columns[:, 0])
                for place in places:
                    gains, states = one.gains(states, columns[:, place])
                    score += gains
                best = np.maximum(best, score + one.end(states))
        return best

    def expects(self, words: Sequence[Sequence[int]]) -> Floats:
        """How much likelier than characters drawn at random what is known makes words, in nats: float (N,).

        Args:
            words: columns of their characters; signs that are known by their place are in none.
        """
        found = np.zeros(len(words))
        for number, word in enumerate(words):
            for is_sign, run in itertools.groupby(word, lambda column: bool(self._kinds[column] == SIGN)):
                columns = np.array(list(run))
                if is_sign:
                    found[number] -= self._weights.sign * len(columns)
                else:
                    flat = np.zeros((len(columns), self._classes))
                    found[number] += float(self.score_runs(columns[None], flat, 0)[0])
        return found

    def is_placed(self, choice: Choice) -> bool:
        """Whether a character is a sign that its place alone tells."""
        return choice.column >= self._classes

    def _letters(self, word: Sequence[Choice]) -> list[list[int]]:
        """The runs of letters in a word, as columns; none if it has digits."""
        if any(self._kinds[one.column] == DIGIT for one in word):
            return []
        return [
            [one.column for one in run] for letter, run in itertools.groupby(word, self._is_letter) if letter
        ]

    def _is_letter(self, choice: Choice) -> bool:
        return self._kinds[choice.column] not in (SIGN, DIGIT)

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
        if self._fields:
            space[~starting & (odds < self._weights.no_gap)] = -np.inf
        so_far = paths["score"][:, None] + np.array([one.score for one in written])
        space, no_space = (so_far + space)[:, characters.arcs], (so_far + no_space)[:, characters.arcs]
        within = np.where((characters.kinds == CAPITAL) & (before != SIGN), CAPITAL, first)
        # That a sign stands in its place has been paid for in the arc.
        joined = no_space - np.where(columns < self._classes, self._prices.within_word[before, within], 0.0)
        if (paths["length"] == 1).any():
            dot = columns == self._classes + PLACED.index(".")
            joined += self._weights.item * (((paths["length"] == 1) & (kind == DIGIT))[:, None] & dot)
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
                gains -= self._weights.misfit if self._fields else 0.0
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
