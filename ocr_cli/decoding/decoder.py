"""The rows of a page -> words: first by shape and gaps row by row, then all that the page tells together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED, is_small, look_alike
from ocr_cli.classifier import Classification
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.composing import Composed, Composing
from ocr_cli.decoding.confidence import OTHERS, Place, line_evidence, weigh_places, word_evidence
from ocr_cli.decoding.hypotheses import Choice, Found, word_bounds
from ocr_cli.decoding.knowledge import Permitted, costs_in_capitals, in_capitals
from ocr_cli.decoding.measures import NO_SPACES, SURE, GapModel, find_writing_lines, model_gaps
from ocr_cli.decoding.noted import Noted
from ocr_cli.decoding.rows import DecodedRow, decode_row
from ocr_cli.decoding.tokens import Token, Word
from ocr_cli.decoding.writing import are_telling
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.scorer import LEAST, Scorer
from ocr_cli.speed.sharing import Each, in_turn
from ocr_cli.weights import Calibration

Floats = npt.NDArray[np.float64]

_OTHERS = 4
"""Most other readings of a character. Set by hand."""


class Sign(NamedTuple):
    """A character of a line, where it is and what it may be.

    Attributes:
        box: left, top, right, bottom in pixels of the page as it was laid out.
        text: what it is read as.
        confidence: that it is so, in [0, 1].
        probabilities: float32 (C,) of each class by shape and size; None if its place alone says what it is.
        new_word: whether a word begins with it.
        others: other readings and their probabilities, the most probable first.
        expected: whether it is allowed, and in a word that is.
        evidence: for the confidence, ``confidence.Place.evidence``.
    """

    box: tuple[int, int, int, int]
    text: str
    confidence: float
    probabilities: npt.NDArray[np.float32] | None
    new_word: bool
    others: tuple[tuple[str, float], ...] = ()
    expected: bool = True
    evidence: tuple[float, ...] = ()

    @property
    def folded(self) -> float:
        """Confidence that it is this character or one that looks alike."""
        alike = look_alike(self.text)
        return self.confidence + sum(share for text, share in self.others if look_alike(text) == alike)


class ReadLine(NamedTuple):
    """What was read in a row.

    Attributes:
        signs: from left to right; may be none.
        words: the confidence of each word.
        confidence: that all is right.
        readings: of the whole line and their probabilities, the most probable first.
        evidence: of each word, ``confidence.word_evidence``.
    """

    signs: tuple[Sign, ...]
    words: tuple[float, ...] = ()
    confidence: float = 0.0
    readings: tuple[tuple[str, float], ...] = ()
    evidence: tuple[tuple[float, ...], ...] = ()


class Decoder:
    """Turns classified lattices into lines of text.

    Attributes:
        prices: the model's.

    Args:
        scorer: that rated them.
        search: for the best readings of rows of its classes.
        calibration: of the confidences.
        allowed: says of a character whether it may be read.
        composing: puts marks on letters; None to leave them out.
    """

    def __init__(
        self,
        scorer: Scorer,
        search: BeamSearch,
        calibration: Calibration,
        allowed: Callable[[str], bool] | None = None,
        composing: Composing | None = None,
    ) -> None:
        self._scorer = scorer
        self._texts: tuple[str, ...] = (*scorer.classes, *PLACED)
        self._calibration = calibration
        self._allowed, self._composing = allowed, composing
        able = allowed if composing is None else composing.allows
        self._permitted = Permitted(scorer.classes, able)
        self._search = search
        self._in_capitals = costs_in_capitals(scorer.classes)
        self._telling = are_telling(scorer.classes)

    @cached_property
    def noted(self) -> Token | None:
        """What words may be taken for that are of a notation; None if the user says what words are."""
        known = self._search.known
        free = any(isinstance(token, Word) for token in known.tokens) and not known.fields
        return Noted(self._texts, known.scale) if free else None

    def expects(self, words: Sequence[Sequence[int]]) -> Floats:
        """As of ``Knowledge.expects``."""
        return self._search.known.expects(words)

    @property
    def texts(self) -> tuple[str, ...]:
        """All characters that may be read."""
        return self._texts

    def by_shape(self, rows: Sequence[tuple[Lattice, Classification]]) -> list[DecodedRow]:
        """The best path of each row by shape and gaps alone: enough to tell writing from dirt.

        Args:
            rows: lattices of a page, and what their arcs may be: ``Scorer.lattices``.
        """
        return [decode_row(lattice, found, self._scorer, self._telling) for lattice, found in rows]

    def likeliest(self, row: DecodedRow) -> list[Sign]:
        """A row's characters by shape alone, without spaces."""
        shares = row.classification.probabilities
        signs = []
        for arc, placed in zip(row.path.tolist(), row.placed.tolist(), strict=True):
            box = row.lattice.box(arc)
            if placed >= 0:
                signs.append(Sign(box, PLACED[placed], 0.0, None, False))
                continue
            column = int(shares[arc].argmax())
            likely = min(1.0, float(shares[arc, column]))
            signs.append(Sign(box, self._texts[column], likely, shares[arc], False))
        return signs

    def read(
        self,
        rows: Sequence[DecodedRow],
        each: Each = in_turn,
        *,
        spaces: bool = True,
        also: Sequence[Token | None] | None = None,
    ) -> list[ReadLine]:
        """What is written in each row of a page.

        Args:
            rows: those that are writing.
            each: goes through them.
            spaces: whether there may be spaces in a row.
            also: of each row, what else its words may be taken for.

        Returns:
            A line for each row, which may be empty.
        """
        lines = find_writing_lines(rows, self._scorer.classifier.classes)
        gaps = model_gaps([row.gaps for row in rows]) if spaces else [NO_SPACES] * len(rows)

        def line(number: int, capitals: bool = False) -> ReadLine:
            row = rows[number]
            probabilities = row.classification.probabilities
            if lines is not None:
                probabilities = lines[number].weigh(row.boxes, probabilities)
            more = None if also is None else also[number]
            search = self._search if more is None else self._search.also(more)
            return self._line(row, self._permitted.of(probabilities), gaps[number], search, capitals)

        read = each(line, range(len(rows)), [len(row.lattice) for row in rows])
        if not in_capitals(sign.text for one in read for sign in one.signs):
            return read
        again = [k for k, one in enumerate(read) if any(is_small(sign.text) for sign in one.signs)]
        sizes = [len(rows[k].lattice) for k in again]
        for k, one in zip(again, each(lambda k: line(k, True), again, sizes), strict=True):
            read[k] = one
        return read

    def _line(
        self,
        row: DecodedRow,
        probabilities: npt.NDArray[np.float32],
        gaps: GapModel,
        search: BeamSearch,
        capitals: bool,
    ) -> ReadLine:
        said = row.classification.said
        logs = self._scorer.logs(row.lattice, probabilities, said) - capitals * self._in_capitals
        spaces = None if said is None else self._scorer.weights.space * said.spaces
        found = search.search(row.lattice, row.scores, logs, gaps, spaces)
        choices = found[0].choices
        if not choices:
            return ReadLine(())
        composed = self._composed(choices, row)
        places = weigh_places(choices, row, logs, search.known)
        expected = search.known.expected(choices, logs)
        signs = tuple(
            self._sign(row.lattice.box(choice.arc), choice, place, probabilities, good, mark)
            for choice, place, good, mark in zip(choices, places, expected, composed, strict=True)
        )
        words, evidence = self._words(choices, signs, gaps, row, search)
        confidence = self._calibration.line.probability(line_evidence(words))
        marked = {
            (choice.arc, choice.column): one.text for choice, one in zip(choices, composed, strict=True)
        }
        return ReadLine(signs, words, confidence, self._readings(found, places, confidence, marked), evidence)

    def _composed(self, choices: Sequence[Choice], row: DecodedRow) -> Sequence[Composed]:
        """The characters of a reading with their marks."""
        marks = row.classification.marks
        if self._composing is None or marks is None:
            return [Composed(self._text(choice), 1.0) for choice in choices]
        return self._composing.compose(choices, marks, self._search.known.language_gains)

    def _sign(
        self,
        box: tuple[int, int, int, int],
        choice: Choice,
        place: Place,
        probabilities: npt.NDArray[np.float32],
        good: bool,
        composed: Composed,
    ) -> Sign:
        text = composed.text
        # It is right if both letter and mark are.
        sure = self._calibration.character.probability(place.evidence)
        confidence = sure * composed.probability
        good = good and (self._allowed is None or self._allowed(text))
        if self._search.known.is_placed(choice):
            return Sign(box, text, confidence, None, choice.new_word, (), good, place.evidence)
        # What is left is shared out among the others as the posterior has it.
        left = (1 - sure) / max(1 - place.chosen, LEAST)
        others = tuple(
            (self._texts[column], min(1.0, left * share))
            for column, share in place.shares
            if column != choice.column
        )[:_OTHERS]
        if text != (bare := self._text(choice)):
            others = ((bare, sure * (1 - composed.probability)), *others)[:_OTHERS]
        shares = probabilities[choice.arc]
        return Sign(box, text, confidence, shares, choice.new_word, others, good, place.evidence)

    def _words(
        self,
        choices: Sequence[Choice],
        signs: Sequence[Sign],
        gaps: GapModel,
        row: DecodedRow,
        search: BeamSearch,
    ) -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
        """The confidence of each word, and the evidence for it.

        A word is no surer than its least sure character. It may be less sure than they would allow (0.85 in
        the mean, where 0.64 of such words of pages, names and notes were right): gaps and language know more.
        """
        widths = [(b.box[0] - a.box[2]) / row.height for a, b in itertools.pairwise(signs)]
        spaces = np.array([choice.new_word for choice in choices[1:]], bool)
        odds = np.clip(gaps.log_odds(widths), -SURE, SURE) if widths else np.zeros(0)
        sure = np.where(spaces, 1, -1) * odds
        bounds = word_bounds(choices)
        gains = search.known.language_gains([choices[start:stop] for start, stop in bounds])
        evidence, weakest = [], []
        for (start, stop), gain in zip(bounds, gains, strict=True):
            doubtful = min(sure[max(0, start - 1) : stop].tolist(), default=8.0)
            listed = search.known.is_listed(choices[start:stop])
            forced = sum(map(_forced, choices[start:stop], signs[start:stop]))
            sure_of = [one.confidence for one in signs[start:stop]]
            evidence.append(word_evidence(sure_of, doubtful, gain, listed=listed, forced=forced))
            weakest.append(min(sure_of))
        fitted = map(self._calibration.word.probability, evidence)
        return tuple(map(min, fitted, weakest)), tuple(evidence)

    def _readings(
        self,
        found: Sequence[Found],
        places: Sequence[Place],
        confidence: float,
        marked: Mapping[tuple[int, int], str],
    ) -> tuple[tuple[str, float], ...]:
        """The best few texts of a line.

        They are the beam's, and those in which one character of its best is another. Letters are written
        with the marks that they have in the best one.
        """
        best = found[0].choices
        scores = {self._line_text(best, marked): 0.0}
        for other in found[1:]:
            scores.setdefault(self._line_text(other.choices, marked), other.score - found[0].score)
        for k, (choice, place) in enumerate(zip(best, places, strict=True)):
            if math.isfinite(place.cost):
                column = next(column for column, _ in place.shares if column != choice.column)
                changed = [*best[:k], choice._replace(column=column), *best[k + 1 :]]
                text = self._line_text(changed, marked)
                scores[text] = max(scores.get(text, -math.inf), -max(0.0, place.cost))
        first, *others = sorted(scores, key=lambda text: -scores[text])[:OTHERS]
        odds = [math.exp(scores[text] / self._search.known.scale) for text in others]
        # Neither are they likelier than the best one, nor all together than what it leaves.
        scale = min(confidence, (1 - confidence) / max(sum(odds), LEAST))
        return (
            (first, confidence),
            *((text, scale * share) for text, share in zip(others, odds, strict=True)),
        )

    def _text(self, choice: Choice) -> str:
        return self._texts[choice.column]

    def _line_text(self, choices: Sequence[Choice], marked: Mapping[tuple[int, int], str]) -> str:
        texts = (marked.get((one.arc, one.column)) or self._text(one) for one in choices)
        return "".join(
            " " * (k > 0 and one.new_word) + text
            for k, (one, text) in enumerate(zip(choices, texts, strict=True))
        )


def _forced(choice: Choice, sign: Sign) -> float:
    """Nats by which a character looks less like what it was read as than like another."""
    if sign.probabilities is None:
        return 0.0
    likeliest, read = sign.probabilities.max(), sign.probabilities[choice.column]
    return math.log(max(float(likeliest), LEAST) / max(float(read), LEAST))
