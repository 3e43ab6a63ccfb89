"""What tells whether an arc has a mark: weights fitted to drawn words, with accents and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import without_mark
from ocr_cli.datasets.accents import Accented, Accents, accented_texts
from ocr_cli.datasets.lines import Composer, Line
from ocr_cli.files import atomic_write
from ocr_cli.lattice.lattice import Lattice, row_inks
from ocr_cli.making.marks import common_words, numbered, random_word
from ocr_cli.making.windows import composer_of
from ocr_cli.marks.marks_file import EVIDENCE, MarkNetworks
from ocr_cli.marks.weighing import IS_APART, MarkWeigher, Seen
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader
from ocr_cli.scorer import Scorer
from ocr_cli.segmentation.layout import Layout, find_layout

_HEIGHTS = (22.0, 60.0)
"""Heights of a capital in pixels."""
_GAPS = (0.04, 0.28)
"""Between letters, in heights of a capital."""
_RANDOM = 0.3
"""Share of the words whose letters and marks are drawn at random."""
_LONGEST = 24
"""Characters of a line without accents."""
_PURE, _WHOLE, _SEEN = 0.85, 0.8, 0.5
"""An arc is a letter if so much of its ink is of it, and so much of the letter's ink is in it; its mark is
there if so much of that is."""
_EXPECTED = (
    (0.0, 0.1),
    (0.6, 5.0),
    (0.5, 5.0),
    (1.0, 500.0),
    (0.0, 1.0),
    (0.5, 20.0),
    (0.0, 20.0),
    (0.0, 1.0),
    (0.4, 1e6),
    (0.5, 20.0),
    (0.5, 20.0),
)
"""Of each of ``Seen.features``, the weight that is expected, and how much that counts: as the curvature of so
many doubtful arcs. Of marks that stand apart few are drawn; and drawn words have any mark on any letter, so
how well these go together is not fitted at all. Set by hand."""
_LIKELIER, _TOUCHING = 1.0, -1.5
"""Nats that are added: of words with accents the lists know many, and are asked after that; and to marks that
do not stand apart: on pages few letters have marks, and many touch their neighbours. Set by hand."""


class Decisions(NamedTuple):
    """Arcs, and whether each has a mark.

    Attributes:
        features: float32 (K, EVIDENCE).
        marked: bool (K,).
        plain: bool (K,), of what is written without any mark.
    """

    features: npt.NDArray[np.float32]
    marked: npt.NDArray[np.bool_]
    plain: npt.NDArray[np.bool_]


class Watching(MarkWeigher):
    """Keeps what it sees."""

    watched: list[tuple[Lattice, Seen]]

    def seen(self, lattice: Lattice, *others: object) -> Seen:
        """As of ``MarkWeigher``."""
        found = super().seen(lattice, *others)  # type: ignore[arg-type]  # passed on as they are
        self.watched.append((lattice, found))
        return found


def draw_decisions(
    data: Path,
    path: Path,
    count: int,
    seed: int,
    model: str,
    networks: MarkNetworks,
    say: Callable[[str], None],
) -> None:
    """Draw words with accents, and half as many lines without, and write what is seen of their arcs.

    Args:
        data: as for ``making.windows.composer_of``; of people who are not held out.
        path: of the file.
        count: of words.
        seed: of them.
        model: reads them.
        networks: know marks; their weights are not asked.
        say: is told how it goes.
    """
    tools = Reader(model, ReadOptions(language=None)).tools[-1]
    watching = Watching(networks, tools.scorer.classifier.classes)
    scorer = Scorer(tools.scorer.classifier, tools.scorer.weights, tools.scorer.windows, watching)
    composer = composer_of(data, seed, held_out=False)
    rng = np.random.default_rng([seed, 9])
    accents, words = Accents(composer.hands, rng), common_words()
    found: list[Decisions] = []
    while len(found) < count + count // 2:
        if len(found) % 3:
            text = random_word(rng) if rng.random() < _RANDOM else words[int(rng.integers(len(words)))]
            word = accents.word(accented_texts([text], rng), float(rng.uniform(*_GAPS)))
            some = None if word is None else _of_word(composer, word, scorer, watching, rng)
        else:
            some = _of_line(composer, scorer, watching, rng)
        if some is None:
            continue
        found.append(some)
        if len(found) % 50 == 0:
            say(f"{len(found)} pictures")
    features, marked, plain = (np.concatenate(some) for some in zip(*found, strict=True))
    with atomic_write(path) as file:
        np.savez_compressed(file, features=features, marked=marked, plain=plain)


def load_decisions(path: Path) -> Decisions:
    """The arcs of a file."""
    with np.load(path, allow_pickle=False) as file:
        return Decisions(*(file[name] for name in Decisions._fields))


def _height(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(_HEIGHTS))))


def _watched(pixels: npt.NDArray[np.uint8], scorer: Scorer, watching: Watching) -> Layout:
    watching.watched = []
    layout = find_layout(pixels)
    scorer.lattices(row_inks(layout.components, layout.strength, layout.rows))
    return layout


def _of_line(
    composer: Composer, scorer: Scorer, watching: Watching, rng: np.random.Generator
) -> Decisions | None:
    _, line = composer.line()
    if not isinstance(line, Line) or not line.strokes or len(line.text) > _LONGEST:
        return None
    height = _height(rng)
    _watched(composer.drawing.seen(composer.drawing.inked(line.strokes, height), height), scorer, watching)
    features = np.concatenate([np.zeros((0, EVIDENCE)), *(seen.features for _, seen in watching.watched)])
    return Decisions(features.astype(np.float32), np.zeros(len(features), bool), np.ones(len(features), bool))


def _of_word(
    composer: Composer, word: Accented, scorer: Scorer, watching: Watching, rng: np.random.Generator
) -> Decisions | None:
    height = _height(rng)
    placed = composer.drawing.placed(word.strokes, height)
    if placed is None:
        return None
    layout = _watched(composer.drawing.seen(placed.inked(range(len(word.strokes))), height), scorer, watching)
    if layout.tilt:
        return None
    true = numbered(placed, word)
    letters = np.bincount(np.maximum(-true, 0).ravel(), minlength=len(word.letters) + 1)
    marks = np.bincount(np.maximum(true, 0).ravel(), minlength=len(word.marks) + 1)
    marked = [k for k, one in enumerate(word.text) if without_mark(one)[1]]
    features, labels = [np.zeros((0, EVIDENCE))], []
    for lattice, seen in watching.watched:
        y, x = np.nonzero(lattice.numbers != -1)
        atoms = lattice.numbers[y, x]
        row, column = (
            np.clip(((one + corner + 0.5) / layout.scale - layout.border).astype(int), 0, side - 1)
            for one, corner, side in zip((y, x), lattice.origin[::-1], true.shape, strict=True)
        )
        its = true[row, column]
        for arc, numbers in zip(seen.arcs.tolist(), seen.features, strict=True):
            own = its[(atoms >= lattice.start[arc]) & (atoms < lattice.stop[arc])]
            counts = np.bincount(np.maximum(-own, 0), minlength=len(letters))
            counts[0] = 0
            best = int(counts.argmax())
            if counts[best] < max(1, _PURE * counts.sum(), _WHOLE * letters[best] * layout.scale**2):
                continue
            mark = marked.index(best - 1) + 1 if best - 1 in marked else 0
            # Wherever on the row it was put: what is lost altogether cannot be seen.
            if mark and (its == mark).sum() < _SEEN * marks[mark] * layout.scale**2:
                continue
            features.append(numbers[None])
            labels.append(mark > 0)
    every = np.concatenate(features).astype(np.float32)
    return Decisions(every, np.array(labels, bool), np.zeros(len(every), bool))


def decide(decisions: Decisions) -> npt.NDArray[np.float64]:
    """Weights of what tells whether there is a mark: logistic regression, float (EVIDENCE,)."""
    x, y = decisions.features.astype(np.float64), decisions.marked.astype(np.float64)
    expected, trust = np.array(_EXPECTED).T
    weights: npt.NDArray[np.float64] = expected.copy()
    for _ in range(100):
        likely = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (likely - y) + trust * (weights - expected)
        curvature = (x.T * (likely * (1 - likely))) @ x + np.diag(trust)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    weights[0] += _LIKELIER + _TOUCHING
    weights[IS_APART] -= _TOUCHING
    return weights
