"""The weights of confidence, fitted to lines that were read (``confidence_pages``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ocr_cli.decoding.confidence import all_right, line_evidence
from ocr_cli.decoding.decoder import ReadLine, Sign
from ocr_cli.evaluation.alignment import align
from ocr_cli.making.confidence_pages import Kind, List, Read
from ocr_cli.weights import Logistic

Floats = npt.NDArray[np.float64]
Judged: TypeAlias = tuple[tuple[float, ...], bool]
"""Evidence, and whether it was right."""

WEIGHTS: dict[Kind, float] = {"training": 1, "unlearned": 2, "page": 2, "drawn": 0.25}
"""How much a word counts; nothing is fitted to others. Names read with a list of either kind count half where
there are two. Of drawn pages there are many words, and most of what is wrong in them are spaces."""
RIDGE = 0.005
"""Keeps weights small that little evidence asks for."""
LACKING: List = "list without them"
"""Nothing is fitted to what is read with a list that has none of it."""
NEUTRAL = Logistic(0, (0,) * 4)
"""For characters whose confidence is of no account."""


@dataclass(eq=False)
class Samples:
    """Evidence, whether it was right, and how much it counts."""

    evidence: list[tuple[float, ...]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)

    def add(self, evidence: Sequence[float], right: bool, weight: float) -> None:
        """One more."""
        self.evidence.append(tuple(evidence))
        self.right.append(right)
        self.weight.append(weight)

    def fit(self) -> Logistic:
        """The logistic regression that makes what was right or wrong likeliest."""
        x = np.insert(np.array(self.evidence), 0, 1.0, axis=1)
        right, weight = np.array(self.right), np.array(self.weight)
        start = np.zeros(x.shape[1])
        start[1] = 1.0
        ridge = RIDGE * len(x) ** 0.5

        def loss(weights: Floats) -> tuple[float, Floats]:
            probability = 1 / (1 + np.exp(-(x @ weights)))
            chance = np.maximum(np.where(right, probability, 1 - probability), 1e-9)
            away = weights - start
            return (
                float(ridge * (away**2).sum() - (weight * np.log(chance)).sum()),
                (weight * (probability - right)) @ x + 2 * ridge * away,
            )

        bias, *weights = minimize(loss, start, jac=True, method="BFGS").x.tolist()
        return Logistic(round(bias, 4), tuple(round(weight, 4) for weight in weights))


def is_fitted(page: Read) -> bool:
    """Whether weights are fitted to it."""
    return page.kind in WEIGHTS and page.listed != LACKING


def weight_of(page: Read) -> float:
    """How much a word of it counts."""
    return WEIGHTS[page.kind] / (2 if page.kind == "unlearned" and page.listed != "none" else 1)


def marks(truth: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Of each item that was read, whether it is right."""
    return [a == b for a, b in align(truth, read) if b is not None]


def bare(text: str) -> str:
    """Letters, digits and what is illegible, in one case."""
    return "".join(c for c in text if c.isalnum() or c == "?").upper()


def judged_characters(page: Read) -> list[Judged]:
    """The evidence for each character of a page, and whether it is right; texts of names have no signs."""
    whole = page.kind in ("page", "drawn")
    signs = [sign for line in page.lines for sign in line.signs if whole or sign.text.isalnum()]
    truth = "".join(page.text.split()).upper() if whole else bare(page.text)
    right = marks(truth, [sign.text.upper() for sign in signs])
    return list(zip([sign.evidence for sign in signs], right, strict=True))


def gather_characters(pages: Iterable[Read]) -> Samples:
    """Of each character."""
    samples = Samples()
    for page in pages:
        for evidence, right in judged_characters(page):
            samples.add(evidence, right, weight_of(page))
    return samples


def words_of(line: ReadLine, character: Logistic) -> list[tuple[str, tuple[float, ...]]]:
    """The text of each word and its evidence, with characters as confident as ``character`` says."""
    words: list[list[Sign]] = []
    for sign in line.signs:
        if sign.new_word or not words:
            words.append([])
        words[-1].append(sign)
    return [
        (
            bare("".join(sign.text for sign in word)),
            (all_right([character.probability(sign.evidence) for sign in word]), *evidence[1:]),
        )
        for word, evidence in zip(words, line.evidence, strict=True)
    ]


def read_words(page: Read, character: Logistic) -> list[tuple[str, tuple[float, ...]]]:
    """Of a page the words with letters or digits, as ``words_of`` gives them."""
    return [word for line in page.lines for word in words_of(line, character) if word[0]]


def judged_words(page: Read, character: Logistic) -> list[Judged]:
    """The evidence for each word of a page, and whether it is right."""
    words = read_words(page, character)
    right = marks(list(map(bare, page.text.split())), [text for text, _ in words])
    return list(zip([evidence for _, evidence in words], right, strict=True))


def gather_words(pages: Iterable[Read], character: Logistic) -> Samples:
    """Of each word."""
    samples = Samples()
    for page in pages:
        for evidence, right in judged_words(page, character):
            samples.add(evidence, right, weight_of(page))
    return samples


def gather_lines(pages: Iterable[Read], word: Logistic, character: Logistic) -> Samples:
    """Of each line, with words as confident as ``word`` says."""
    samples = Samples()
    for page in pages:
        lines = [words_of(line, character) for line in page.lines if line.signs]
        truth = [" ".join(map(bare, line.split())) for line in page.text.splitlines()]
        read = [" ".join(text for text, _ in line if text) for line in lines]
        for line, right in zip(lines, marks(truth, read), strict=True):
            sure = [word.probability(evidence) for _, evidence in line]
            samples.add(line_evidence(sure), right, weight_of(page))
    return samples


def fitted_group(pages: Iterable[Read]) -> dict[str, Any]:
    """The group ``confidence`` of the record of weights, fitted to those pages that count."""
    pages = [page for page in pages if is_fitted(page)]
    character = gather_characters(pages).fit()
    word = gather_words(pages, character).fit()
    line = gather_lines(pages, word, character).fit()
    parts = {"character": character, "word": word, "line": line}
    provenance = {
        "script": "models/fit_confidence.py",
        "pages": {kind: len({page.number for page in pages if page.kind == kind}) for kind in WEIGHTS},
        "weights": WEIGHTS,
    }
    fitted = {name: {"bias": one.bias, "weights": list(one.weights)} for name, one in parts.items()}
    return {"provenance": provenance, **fitted}
