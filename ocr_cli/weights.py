"""What is learned or set beside the networks: one record, ``models/weights.json``, with its origins.

A model may have numbers of its own in the settings of its file; what it does not say is as in the record, so
older files, and those that users train, go on as they were.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError

PRICES = ("inside", "join", "wide", "cut", "overlap", "close")
"""What arcs are charged for, in the order of the columns of ``scorer.features``: a letter height of gaps
inside a character; each further piece of it that is as high as a letter; each letter height that it is too
wide; a cut through ink on its left; the share of it that the atom before it covers; no gap before it."""


_DOUBT = 1e-4
"""Nothing is surer than this, or more doubtful. Set by hand."""


LOOKS = ("likelihood", "length", "dirt", "steadiness", "telling", "off_line", "width")
"""What is known of a row without a look at its strokes: the fields of ``writing.Looks``."""


PRINTED = ("foot", "second foot", "head", "second head", "gap", "uneven gaps", "twin", "level edges")
"""What is known of a letter that may be printed: the columns of ``printed.letter_features``."""


class Logistic(NamedTuple):
    """A probability from evidence (J. Platt, "Probabilistic outputs for support vector machines", 1999).

    Attributes:
        bias: log odds without evidence.
        weights: of each piece of evidence.
    """

    bias: float
    weights: tuple[float, ...]

    def probability(self, evidence: Sequence[float]) -> float:
        """In [0.0001, 0.9999]; of as many pieces of evidence as there are weights."""
        odds = self.bias + sum(w * e for w, e in zip(self.weights, evidence, strict=True))
        return min(max(1 / (1 + math.exp(-max(-50.0, min(50.0, odds)))), _DOUBT), 1 - _DOUBT)


class Calibration(NamedTuple):
    """How evidence becomes confidence.

    Attributes:
        character: from ``confidence.Place.evidence``.
        word: from ``confidence.word_evidence``.
        line: from ``confidence.line_evidence``.
    """

    character: Logistic
    word: Logistic
    line: Logistic


class ArcWeights(NamedTuple):
    """What speaks for and against an arc, in nats.

    Attributes:
        shape: weight of the logarithm of what the network says.
        alike: likewise, of the differences between look-alikes.
        damping: share of its weight that the shape of an arc has that was cut from others, for a network that
            was told of the cut.
        sign: log score of small ink as the sign that its place suggests.
        dirt: log score of small ink as none of the writing.
        early: so many frames before the ink that they mean, windows along the row speak.
        said: weight of what they say.
        space: likewise, of what they say for and against a space.
        small: log score of small ink as a character like any other, where windows were asked.
        unseen: what stands for the probability of the shape of a character that windows alone know.
        prices: float (6,), of ``PRICES``.
    """

    shape: float
    alike: float
    damping: float
    sign: float
    dirt: float
    early: float
    said: float
    space: float
    small: float
    unseen: float
    whole: float
    whole_cut: float
    look: float
    look_cut: float
    prices: npt.NDArray[np.float64]


_GREATEST = 100.0
"""No weight or price is greater. A limit."""


class WordWeights(NamedTuple):
    """What speaks for and against words, in nats.

    Attributes:
        language: weight of the language beside shape.
        common: weight of a language's common words: that all letters make one says more than that they could.
        common_share: share of all words that are common ones.
        lexicon: weight of the user's words. Words that are not listed suffer the more the greater it is, and
            the longer the list.
        most: what language may say for or against a letter: a name may have what no common word has.
        no_word: price of a token with letters that is no word.
        unexpected: price of such a token where only the user's words are expected.
        foreign: price of going from letters to digits or back within a word, or from a small letter to a
            capital.
        late: price of small letters after several capitals.
        sign: price of a sign among letters and digits.
        between: price of going from letters to digits or back where a word ends.
        misread_in_field: most that it costs to read a character against its shape in a field.
        misread_in_word: likewise, where all words must be listed.
        misfit: price of a word that fits none of the patterns.
        no_gap: fields do not begin where the log odds of a space are less: what does not fit is not cut to
            fit.
        item: how much likelier a digit is alone before a full stop at the start of a line: "1. MAKE".
    """

    language: float
    common: float
    common_share: float
    lexicon: float
    most: float
    no_word: float
    unexpected: float
    foreign: float
    late: float
    sign: float
    between: float
    misread_in_field: float
    misread_in_word: float
    misfit: float
    no_gap: float
    item: float

    @property
    def least_gain(self) -> float:
        """What the language may say against a word in all, its weight left out: else it is no word."""
        return -self.no_word / self.language


class WritingWeights(NamedTuple):
    """What speaks for it that a row is writing: a logistic regression.

    Attributes:
        odds: log odds without evidence.
        looks: float (7,), of the numbers of ``writing.Looks``.
        blots: of ``writing.Strokes.blots``.
        copies: of ``writing.Strokes.copies``.
        least: log odds below which a row is none.
        alone: of rows that windows read on a page without writing: of ``writing.Heard``.
        least_alone: probability below which such a row is none.
    """

    odds: float
    looks: npt.NDArray[np.float64]
    blots: float
    copies: float
    least: float
    alone: Logistic
    least_alone: float


class PrintWeights(NamedTuple):
    """What speaks for it that a letter is printed: a logistic regression.

    Attributes:
        bias: log odds without evidence.
        features: float (8,), of ``PRINTED``.
    """

    bias: float
    features: npt.NDArray[np.float64]


class FormWeights(NamedTuple):
    """What speaks for a text in a field of a form, and how sure its value is.

    Attributes:
        lattices: weight of how well it fits along the lattices.
        windows: likewise, along the windows.
        expected: of its words: what a language, other fields and notations say of them.
        certainty: of each sort of field, what makes a confidence of evidence: ``forms.certainty``.
    """

    lattices: float
    windows: float
    expected: float
    certainty: Mapping[str, Logistic]


class Weights(NamedTuple):
    """The record.

    Attributes:
        arcs: of the arcs of lattices.
        words: of words, fields, and how kinds of characters follow each other.
        writing: of rows that may be writing or none.
        confidence: makes confidences of evidence.
        printed: tells print from handwriting.
        forms: of fields of forms.
    """

    arcs: ArcWeights
    words: WordWeights
    writing: WritingWeights
    confidence: Calibration
    printed: PrintWeights
    forms: FormWeights

    @staticmethod
    def load(path: Path) -> Weights:
        """Read the record.

        Raises:
            ModelFileError: if the file is missing or damaged.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            arcs, confidence = data["arcs"], data["confidence"]
            logistic = (_logistic(confidence[name]) for name in Calibration._fields)
            prices = np.array([float(arcs["prices"][name]) for name in PRICES])
            others = {name: float(arcs[name]) for name in ArcWeights._fields[:-1]}
            words = WordWeights(**{name: float(data["words"][name]) for name in WordWeights._fields})
            looks = np.array([float(data["writing"]["looks"][name]) for name in LOOKS])
            rest = ("odds", "blots", "copies", "least", "least_alone")
            writing = WritingWeights(
                looks=looks,
                alone=_logistic(data["writing"]["alone"]),
                **{name: float(data["writing"][name]) for name in rest},
            )
            features = np.array([float(data["printed"]["features"][name]) for name in PRINTED])
            printed = PrintWeights(float(data["printed"]["bias"]), features)
            of_forms = {name: float(data["forms"][name]) for name in FormWeights._fields[:-1]}
            certainty = {name: _logistic(one) for name, one in data["forms"]["certainty"].items()}
            return Weights(
                ArcWeights(prices=prices, **others),
                words,
                writing,
                Calibration(*logistic),
                printed,
                FormWeights(certainty=certainty, **of_forms),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelFileError(f"{path}: no record of weights: {error}") from error

    def of_model(self, settings: Mapping[str, Any], *, knows_cuts: bool) -> Weights:
        """The record with what a model says itself.

        That is ``settings["prices"]``, by the names of ``PRICES``, and ``settings["weights"]``, as the record
        has them: of ``arcs`` but the prices, and of ``words``.

        Args:
            settings: of the model's file.
            knows_cuts: whether its network was told of cuts: what they mean, it has itself learned.

        Raises:
            ModelFileError: if a price or weight is none of those, a price no number from 0 to 100, or a
                weight none from -100 to 100.
        """
        prices = self.arcs.prices.copy()
        own: dict[str, dict[str, Any]] = {"arcs": {}, "words": {}}
        try:
            for name, price in dict(settings.get("prices", {})).items():
                prices[PRICES.index(name)] = float(price)
            for group, weights in dict(settings.get("weights", {})).items():
                own[group].update({name: float(weight) for name, weight in dict(weights).items()})
            arcs, words = self.arcs._replace(**own["arcs"]), self.words._replace(**own["words"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelFileError(f"the model's settings are not known here: {error}") from error
        every = [weight for weights in own.values() for weight in weights.values()]
        if not all(-_GREATEST <= weight <= _GREATEST for weight in every):
            raise ModelFileError(f"the model's settings have weights of {every}")
        if not ((prices >= 0) & (prices <= _GREATEST)).all():
            raise ModelFileError(f"the model's settings have prices of {prices.tolist()}")
        if knows_cuts:
            prices[PRICES.index("cut")] = 0.0
        return self._replace(arcs=arcs._replace(prices=prices), words=words)


def _logistic(data: Mapping[str, Any]) -> Logistic:
    return Logistic(float(data["bias"]), tuple(map(float, data["weights"])))
