"""How true confidences of name lines are.

Of those lines that the weights are fitted to by five-fold cross-validation, of the validation part with
weights fitted to all others. The expected calibration error is that in ten bins of equal width, and in ten
that hold equally many. With few words an error is mostly chance: beside it stands the one that confidences
which are wholly true would show in the mean, and the middle 90 % of what it would be with other words, by
bootstrap. The Brier score, and the chance that a right one is said to be surer than a wrong one (the area
under the ROC curve), tell whether confidences part right from wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import mannwhitneyu

from ocr_cli.evaluation.alignment import align
from ocr_cli.making.confidence import (
    LACKING,
    NEUTRAL,
    WEIGHTS,
    bare,
    gather_characters,
    gather_words,
    is_fitted,
    judged_characters,
    judged_words,
    read_words,
)
from ocr_cli.making.confidence_pages import Kind, List, Read
from ocr_cli.training.calibration import chance_error, reliability

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Said: TypeAlias = dict[tuple[str, List], list[tuple[float, bool]]]
"""Confidences, and whether what they are of was right, by the kind of line and the list of words."""

FOLDS, BINS, DRAWS = 5, 10, 1000
"""Parts of the cross-validation; bins of the calibration error; samples of the bootstrap."""


def report(pages: Sequence[Read]) -> Iterator[str]:
    """The lines of tables: how true confidences of each kind of name line are, with each list and none."""
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
    yield from _table("words", words)
    yield from _table("characters", characters)
    yield from _broken(pages)


def _table(name: str, found: Said) -> Iterator[str]:
    """How true confidences are, in percent but for the last two columns."""
    columns = [name, "right", "said", "error", "of equal bins", "by chance", "90 %", "Brier", "AUC"]
    yield f"\n| name lines | list | {' | '.join(columns)} |\n|{'---|' * (len(columns) + 2)}"
    for (kind, listed), pairs in sorted(found.items()):
        said, right = np.array([c for c, _ in pairs]), np.array([r for _, r in pairs])
        figures = [right.mean(), said.mean(), calibration_error(said, right), equal_bins(said, right)]
        figures.append(chance_error(said, BINS))
        cells = " | ".join(f"{100 * figure:.1f}" for figure in figures)
        low, high = 100 * bootstrap(said, right)
        last = f"{low:.1f} to {high:.1f} | {((said - right) ** 2).mean():.4f} | {ranked(said, right):.3f}"
        yield f"| {kind} | {listed} | {len(said)} | {cells} | {last} |"


def _broken(pages: Iterable[Read]) -> Iterator[str]:
    """What a list does that lacks the words that are written: it should not make others of them."""
    found: dict[Kind, dict[List, list[bool]]] = {}
    for page in sorted(pages, key=lambda page: page.number):
        pairs = align(list(map(bare, page.text.split())), [text for text, _ in read_words(page, NEUTRAL)])
        right = [a == b for a, b in pairs if a is not None]
        found.setdefault(page.kind, {}).setdefault(page.listed, []).extend(right)
    yield "\n| name lines | words | wrong without a list | with one that lacks them | broken | mended |"
    yield "|---|---|---|---|---|---|"
    for kind, lists in sorted(found.items()):
        if LACKING in lists:
            alone, lacking = np.array(lists["none"]), np.array(lists[LACKING])
            counts = (~alone, ~lacking, alone & ~lacking, ~alone & lacking)
            yield f"| {kind} | {len(alone)} | {' | '.join(str(one.sum()) for one in counts)} |"


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
