"""Fit the weights of confidence, a group of ``weights.json``, to lines that were read.

    python models/fit_confidence.py --data ../shared/data            # writes into models/weights.json
    python models/fit_confidence.py --data ../shared/data --report   # how true are confidences of names?

``confidence_data.py`` tells what is read. When a network is trained anew, run this again.

``--report`` writes nothing. It prints how true confidences of the name lines are, of their words and of
their characters: of those lines that the weights are fitted to by five-fold cross-validation, of the
validation part with weights fitted to all others. The expected calibration error is that in ten bins of equal
width, and in ten that hold equally many. With few words an error is mostly chance: beside it stands the one
that confidences which are wholly true would show in the mean, and the middle 90 % of what it would be with
other words, by bootstrap. The Brier score, and the chance that a right one is said to be surer than a wrong
one (the area under the ROC curve), tell whether confidences part right from wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from confidence_data import Kind, List, Read, read_all
from scipy.optimize import minimize
from scipy.stats import mannwhitneyu

from ocr_cli.decoding.confidence import all_right, line_evidence
from ocr_cli.decoding.decoder import ReadLine, Sign
from ocr_cli.evaluation.alignment import align
from ocr_cli.model_store import find_weights
from ocr_cli.training.calibration import chance_error, reliability
from ocr_cli.weights import Logistic

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Judged: TypeAlias = tuple[tuple[float, ...], bool]
"""Evidence, and whether it was right."""
Said: TypeAlias = dict[tuple[str, List], list[tuple[float, bool]]]
"""Confidences, and whether what they are of was right, by the kind of line and the list of words."""

WEIGHTS: dict[Kind, float] = {"training": 1, "unlearned": 2, "page": 2, "drawn": 0.25}
"""How much a word counts; nothing is fitted to others. Names read with a list of either kind count half where
there are two. Of drawn pages there are many words, and most of what is wrong in them are spaces."""
RIDGE = 0.005
"""Keeps weights small that little evidence asks for."""
LACKING: List = "list without them"
"""Nothing is fitted to what is read with a list that has none of it."""
NEUTRAL = Logistic(0, (0,) * 4)
"""For characters whose confidence is of no account."""
FOLDS, BINS, DRAWS = 5, 10, 1000
"""Parts of the cross-validation; bins of the calibration error; samples of the bootstrap."""


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


def report(pages: Sequence[Read]) -> None:
    """Print how true confidences of each kind of name line are, with each list and with none."""
    fitted = [page for page in pages if is_fitted(page)]
    words: Said = {}
    characters: Said = {}
    for fold in range(FOLDS + 1):
        # In the last round all are fitted to, and those judged that never are.
        others = [page for page in fitted if page.number % FOLDS != fold]
        character = gather_characters(others).fit()
        word = gather_words(others, character).fit()
        for page in pages:
            turn = page.number % FOLDS if page.kind in WEIGHTS else FOLDS
            if page.kind not in ("page", "drawn") and fold == turn:
                for found, one, some in (
                    (words, word, judged_words(page, character)),
                    (characters, character, judged_characters(page)),
                ):
                    said = [(one.probability(evidence), right) for evidence, right in some]
                    for kind in (page.kind, "all, validation mended")[: 1 + (page.kind != "validation")]:
                        found.setdefault((kind, page.listed), []).extend(said)
    print_table("words", words)
    print_table("characters", characters)
    print_broken(pages)


def print_table(name: str, found: Said) -> None:
    """How true confidences are, in percent but for the last two columns."""
    columns = [name, "right", "said", "error", "of equal bins", "by chance", "90 %", "Brier", "AUC"]
    print(f"\n| name lines | list | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}")
    for (kind, listed), pairs in sorted(found.items()):
        said, right = np.array([c for c, _ in pairs]), np.array([r for _, r in pairs])
        figures = [right.mean(), said.mean(), calibration_error(said, right), equal_bins(said, right)]
        figures.append(chance_error(said, BINS))
        cells = " | ".join(f"{100 * figure:.1f}" for figure in figures)
        low, high = 100 * bootstrap(said, right)
        last = f"{low:.1f} to {high:.1f} | {((said - right) ** 2).mean():.4f} | {ranked(said, right):.3f}"
        print(f"| {kind} | {listed} | {len(said)} | {cells} | {last} |")


def print_broken(pages: Iterable[Read]) -> None:
    """What a list does that lacks the words that are written: it should not make others of them."""
    found: dict[Kind, dict[List, list[bool]]] = {}
    for page in sorted(pages, key=lambda page: page.number):
        pairs = align(list(map(bare, page.text.split())), [text for text, _ in read_words(page, NEUTRAL)])
        right = [a == b for a, b in pairs if a is not None]
        found.setdefault(page.kind, {}).setdefault(page.listed, []).extend(right)
    print("\n| name lines | words | wrong without a list | with one that lacks them | broken | mended |")
    print("|---|---|---|---|---|---|")
    for kind, lists in sorted(found.items()):
        if LACKING in lists:
            alone, lacking = np.array(lists["none"]), np.array(lists[LACKING])
            counts = (~alone, ~lacking, alone & ~lacking, ~alone & lacking)
            print(f"| {kind} | {len(alone)} | {' | '.join(str(one.sum()) for one in counts)} |")


def ranked(said: Floats, right: Bools) -> float:
    """The chance that a right one is said to be surer than a wrong one."""
    return float(mannwhitneyu(said[right], said[~right]).statistic / (right.sum() * (~right).sum()))


def calibration_error(said: Floats, right: Bools) -> float:
    """In bins of equal width."""
    return reliability(said, right, BINS).error


def equal_bins(said: Floats, right: Bools) -> float:
    """The calibration error in bins that hold equally many."""
    parts = np.array_split(np.argsort(said, kind="stable"), BINS)
    gaps = [len(part) * abs(said[part].mean() - right[part].mean()) for part in parts if len(part)]
    return float(sum(gaps)) / len(said)


def bootstrap(said: Floats, right: Bools) -> Floats:
    """The middle 90 % of the calibration errors of samples drawn from these words."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(said), len(said)) for _ in range(DRAWS)]
    return np.asarray(
        np.quantile([calibration_error(said[some], right[some]) for some in drawn], [0.05, 0.95])
    )


def main() -> None:
    """Parse the command line, read, fit, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder with names/")
    parser.add_argument("--report", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    pages = read_all(arguments.data)
    if arguments.report:
        report(pages)
        return
    pages = [page for page in pages if is_fitted(page)]
    character = gather_characters(pages).fit()
    word = gather_words(pages, character).fit()
    line = gather_lines(pages, word, character).fit()
    parts = {"character": character, "word": word, "line": line}
    group = {
        "provenance": {
            "script": "models/fit_confidence.py",
            "pages": {kind: len({page.number for page in pages if page.kind == kind}) for kind in WEIGHTS},
            "weights": WEIGHTS,
        }
    } | {name: {"bias": one.bias, "weights": list(one.weights)} for name, one in parts.items()}
    path = find_weights()
    record = json.loads(path.read_text(encoding="utf-8")) | {"confidence": group}
    print(json.dumps(group, indent=2))
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
