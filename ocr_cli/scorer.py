"""Arcs of a lattice -> log scores, and gradients back: the one place that says what a path costs.

An arc may be read as any class of the network, as a sign that its size and place in the row suggest, or it
may be dirt. The score of an arc as class k is

    shape * log P(one whole character) - prices . charges(geometry)
    + damping * (shape * log P(look-alikes of k) + alike * log P(k among its look-alikes))

with P from the network's logits. All but P is linear in few numbers, which ``Weights`` holds; so the gradient
of any sum over paths (``lattice.paths``) leads through ``backward`` into the logits and into the prices.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED, look_alike, placed_sign
from ocr_cli.classifier import Classification, Classifier
from ocr_cli.errors import ModelFileError
from ocr_cli.lattice.geometry import ABOVE, HEIGHT, SMALL, WIDTH, charges
from ocr_cli.lattice.lattice import Lattice, RowInk
from ocr_cli.lattice.paths import around, best_path
from ocr_cli.marks.habit import on_page, weigh_shares
from ocr_cli.marks.weighing import MarkWeigher, Seen, doubted
from ocr_cli.speed.sharing import Each, in_turn
from ocr_cli.weights import ArcWeights
from ocr_cli.windows.evidence import Evidence, Said, WindowReader, evidence

Floats = npt.NDArray[np.float64]

_SURE = 0.995
"""Letters that are so likely one whole character, whichever of its look-alikes, are not cut. Set by hand."""
LEAST = 1e-6
"""Least probability, so that logarithms stay finite."""
_DETOUR = 2.0
"""Arcs may have marks if a path along them, were they surely letters, would be worse than the best one by no
more nats than these. Measured on drawn words, with ``weighing._UNLIKELY``."""


class Scores(NamedTuple):
    """What the geometry of each arc of a row says for what it may be; which class it is, is not in it.

    Attributes:
        characters: float (N,), log score as a character that the network reads; minus infinity for small ink.
        signs: float (N, S), log score as each sign of ``PLACED``; minus infinity where its place excludes it.
        dirt: float (N,), log score as none of the writing; minus infinity for all but small ink.
    """

    characters: Floats
    signs: Floats
    dirt: Floats

    def best(self, shapes: Floats) -> Floats:
        """The greatest score of each arc: float (N,).

        Args:
            shapes: float (N,), what the likeliest class adds to a character's score.
        """
        every = [self.characters + shapes, self.signs.max(axis=1), self.dirt]
        return np.asarray(np.maximum.reduce(every))

    def table(self, logs: Floats) -> Floats:
        """The score of each arc as each class, as each sign and as dirt: float (N, C + S + 1).

        Args:
            logs: float (N, C), what each class adds to a character's score: ``Scorer.logs``.
        """
        return np.concatenate([self.characters[:, None] + logs, self.signs, self.dirt[:, None]], axis=1)


def folding(classes: Sequence[str], alone: Sequence[str] = ()) -> npt.NDArray[np.float32]:
    """Matrix float32 (C + A, G) that adds up what classes that look alike have; some stand alone."""
    alike = [*map(look_alike, classes), *((text, "alone") for text in alone)]
    groups = list(dict.fromkeys(alike))
    matrix = np.zeros((len(alike), len(groups)), np.float32)
    matrix[np.arange(len(alike)), [groups.index(one) for one in alike]] = 1
    return matrix


class Scorer:
    """Rates the arcs of lattices with a model.

    Args:
        classifier: knows the shapes of characters.
        weights: what geometry and shape weigh.
        windows: reads whole rows; it knows all characters that the classifier knows, and the signs of
            ``PLACED``.
        marks: weighs accents, and tails below; without it, they are left out of what letters look like.

    Raises:
        ModelFileError: if it does not.
    """

    def __init__(
        self,
        classifier: Classifier,
        weights: ArcWeights,
        windows: WindowReader | None = None,
        marks: MarkWeigher | None = None,
    ) -> None:
        self.classifier = classifier
        self.weights = weights
        self.windows = windows
        known = (*classifier.classes, *PLACED)
        self._heard_only: tuple[str, ...] = ()
        self._marks = marks
        if windows is not None:
            numbers = {text: number for number, text in enumerate(windows.classes)}
            if not set(known) <= set(numbers):
                raise ModelFileError("the model's windows do not know all its characters")
            self._heard_only = tuple(text for text in windows.classes if text not in known)
            self._said_columns = np.array([numbers[text] for text in (*self.classes, *PLACED)])
        self._folding = folding(classifier.classes, self._heard_only)

    @property
    def classes(self) -> tuple[str, ...]:
        """The character of each column of the probabilities, those that windows alone know last."""
        return (*self.classifier.classes, *self._heard_only)

    def lattices(
        self, rows: Sequence[RowInk], each: Each = in_turn, *, complete: bool = False
    ) -> list[tuple[Lattice, Classification]]:
        """The lattices of a page and what the network says of their arcs: the one way to get them.

        Letters that may be cut, but are no wider than one, are rated first. What is surely one character is
        not cut; what was rated is not rated again.

        Args:
            rows: of the page.
            each: does the work with each row.
            complete: whether to cut even what is surely one.
        """
        counts = [0, *np.cumsum([len(row.doubtful) for row in rows]).tolist()]
        first = (
            self.classifier.classify(np.concatenate([row.doubtful for row in rows])) if counts[-1] else None
        )
        sure = np.zeros(counts[-1], bool)
        if first is not None and not complete:
            sure = first.is_character * self.folded(first) > _SURE
        wholes = [sure[a:b] for a, b in itertools.pairwise(counts)]

        def rate(number: int) -> tuple[Lattice, Classification]:
            row, whole = rows[number], wholes[number]
            windows, early = self.windows, self.weights.early
            said = None if windows is None else windows.read(row.strip(), early)
            ends = None if said is None else said.ends()
            if ends is not None:
                whole = whole & ~row.parted(ends)
            lattice = row.lattice(whole, ends, marks=self._marks is not None)
            found = self._rate(lattice, first, counts[number])
            if said is not None:
                found = found._replace(said=self._heard(said, lattice))
            return lattice, found

        sizes = [row.size(its) for row, its in zip(rows, wholes, strict=True)]
        weigher = self._marks
        if weigher is None:
            return each(rate, range(len(rows)), sizes)

        def see(number: int) -> tuple[Lattice, Classification, Seen, Floats]:
            lattice, found = rate(number)
            # Once it is seen, what arcs are taken apart of is of no more use, and large.
            return replace(lattice, ink=None), found, *self._seen(lattice, found, weigher)

        every = each(see, range(len(rows)), sizes)
        shares = weigh_shares([letters for _, _, _, letters in every])
        return [
            (lattice, self._marked(lattice, found, weigher, seen, shares))
            for lattice, found, seen, _ in every
        ]

    def _heard(self, said: Said, lattice: Lattice) -> Evidence:
        """What windows say of the arcs, in the columns of the classes, and after them of the signs."""
        heard = evidence(said, lattice.start, lattice.stop, lattice.atoms)
        return heard._replace(characters=heard.characters[:, self._said_columns])

    def _rate(self, lattice: Lattice, first: Classification | None, offset: int) -> Classification:
        """What the arcs of a lattice may be; of the letters rated first, what was found then."""
        new = lattice.doubt < 0
        found = self.classifier.classify(lattice.crops[new], lattice.cuts[new])
        seen = len(self.classifier.classes)
        probabilities = np.full((len(lattice), len(self.classes)), self.weights.unseen, np.float32)
        is_character = np.empty(len(lattice), np.float32)
        probabilities[new, :seen], is_character[new] = found.probabilities, found.is_character
        if first is not None:
            known = offset + lattice.doubt[~new]
            probabilities[~new, :seen] = first.probabilities[known]
            is_character[~new] = first.is_character[known]
        return Classification(probabilities, is_character)

    def _seen(self, lattice: Lattice, found: Classification, weigher: MarkWeigher) -> tuple[Seen, Floats]:
        """What marks seem to be on the arcs that may be read if they have one; log odds on the letters."""
        plain, hopeful = self.with_marks(lattice, found)
        rest = around(lattice.start, lattice.stop, plain)
        arcs = np.flatnonzero(rest + hopeful > -_DETOUR)
        known = found.probabilities[:, : len(self.classifier.classes)]
        seen = weigher.seen(lattice, known, found.is_character, self._look, arcs)
        odds = np.full(len(lattice), -np.inf)
        odds[seen.arcs] = seen.odds
        marked = hopeful - np.logaddexp(0.0, -odds)
        path = best_path(lattice.start, lattice.stop, np.maximum(plain, marked))
        return seen, odds[path[lattice.geometry[path, SMALL] == 0]]

    def _marked(
        self, lattice: Lattice, found: Classification, weigher: MarkWeigher, seen: Seen, shares: Floats
    ) -> Classification:
        """What the arcs of a lattice may be, with marks weighed, on a page with such shares of them."""
        known = len(self.classifier.classes)
        probabilities = found.probabilities.copy()
        probabilities[:, :known], is_character, marks = weigher.weigh(
            lattice, probabilities[:, :known], found.is_character, seen, on_page(seen.odds, shares)
        )
        said = None if found.said is None else doubted(found.said, marks)
        return Classification(probabilities, is_character, marks=marks, said=said)

    def with_marks(self, lattice: Lattice, found: Classification) -> tuple[Floats, Floats]:
        """The score of each arc as it is, and as a letter with a mark: float (N,) each.

        Without a mark what has one hardly looks like a letter: all that its look says is left out then.

        Args:
            lattice: of one row.
            found: what the networks say of its arcs, marks not weighed.

        Returns:
            The two; the latter is minus infinity for small ink.
        """
        plain = self.scores(lattice, found)
        shapes, heard = self.shape_logs(self.folded(found)), np.zeros(len(lattice))
        if found.said is not None:
            shapes *= np.where(lattice.is_cut, self.weights.look_cut, self.weights.look)
            letters = found.said.characters[:, : found.probabilities.shape[1]]
            heard = self.weights.said * letters.max(axis=1, initial=-np.inf)
        small = lattice.geometry[:, SMALL] > 0
        hopeful = plain.characters - self._whole(lattice, found)
        return plain.best(shapes + heard), np.where(small, -np.inf, hopeful + heard)

    def _look(self, crops: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        seen = self.classifier.classify(crops)
        return seen.probabilities, seen.is_character

    def folded(self, found: Classification) -> npt.NDArray[np.float32]:
        """Probability of the likeliest group of look-alikes of each crop: float32 (N,)."""
        seen = found.probabilities.shape[1]
        return np.asarray((found.probabilities @ self._folding[:seen]).max(axis=1))

    def shape_logs(self, probabilities: npt.NDArray[np.float32]) -> Floats:
        """Probabilities of shapes -> what they add to a score: of the same shape."""
        likely = np.maximum(probabilities.astype(np.float64), LEAST)
        return np.asarray(self.weights.shape * np.log(likely))

    def scores(self, lattice: Lattice, found: Classification) -> Scores:
        """What each arc may be, as far as its geometry says, and windows, of signs and dirt.

        Args:
            lattice: of one row.
            found: what the network says of its arcs.
        """
        weights, small = self.weights, lattice.geometry[:, SMALL] > 0
        characters = self._whole(lattice, found) - charges(lattice.geometry) @ weights.prices
        signs = np.full((len(lattice), len(PLACED)), -np.inf)
        for arc in np.flatnonzero(small).tolist():
            text = placed_sign(*lattice.geometry[arc, [WIDTH, HEIGHT, ABOVE]].tolist())
            if text is not None:
                signs[arc, PLACED.index(text)] = weights.sign
        dirt = np.where(small, weights.dirt, -np.inf)
        if found.said is not None:
            signs = signs + weights.said * found.said.characters[:, -len(PLACED) :]
            dirt = dirt + weights.said * found.said.nothing
            return Scores(np.where(small, characters + weights.small, characters), signs, dirt)
        return Scores(np.where(small, -np.inf, characters), signs, dirt)

    def _whole(self, lattice: Lattice, found: Classification) -> Floats:
        """What arcs score for looking like one character, whichever: float (N,)."""
        whole = self.shape_logs(found.is_character)
        if found.said is None:
            return whole
        return np.asarray(whole * np.where(lattice.is_cut, self.weights.whole_cut, self.weights.whole))

    def logs(
        self, lattice: Lattice, probabilities: npt.NDArray[np.float32], said: Evidence | None = None
    ) -> Floats:
        """What each class adds to the score of an arc that is a character: float (N, C).

        What sets a shape apart counts for more than which of its look-alikes it is, and the shape of what was
        cut from others for less.

        Args:
            lattice: of one row.
            probabilities: float32 (N, C), of each class, if the arc is a character.
            said: what windows say of the arcs.
        """
        shares = np.maximum(probabilities, LEAST).astype(np.float64)
        groups = shares @ self._folding @ self._folding.T
        logs = self.weights.shape * np.log(groups) + self.weights.alike * np.log(shares / groups)
        if said is None:
            return np.asarray(logs * self._damping(lattice))
        logs = logs * np.where(lattice.is_cut, self.weights.look_cut, self.weights.look)[:, None]
        logs = logs + self.weights.said * said.characters[:, : logs.shape[1]]
        return np.asarray(logs)

    def backward(
        self, lattice: Lattice, found: Classification, gradient: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """The gradient of the scores, back to what they are made of.

        Args:
            lattice: of one row.
            found: what the network says of its arcs.
            gradient: float (N, C + S + 1), in the scores of ``Scores.table``.

        Returns:
            The gradient in the logits of the classes that the classifier knows, float (N, C), and of being no
            character, float (N,), each logit divided by its temperature; and that in the prices, float (6,).
        """
        classes = len(self.classes)
        by_class = np.where(lattice.geometry[:, SMALL, None] > 0, 0.0, gradient[:, :classes])
        together = by_class.sum(axis=1, keepdims=True)
        shares = found.probabilities.astype(np.float64)
        groups = shares @ self._folding @ self._folding.T
        weights = self.weights
        in_groups = by_class @ self._folding @ self._folding.T
        in_logs = weights.alike * by_class + (weights.shape - weights.alike) * in_groups * shares / groups
        in_logs = in_logs * self._damping(lattice)
        logits = in_logs - shares * in_logs.sum(axis=1, keepdims=True)
        whole = found.is_character.astype(np.float64)[:, None]
        logits += weights.shape * together * shares * (1 - whole)
        none = -weights.shape * together * (1 - whole)
        known = logits[:, : len(self.classifier.classes)]
        return known, none[:, 0], -charges(lattice.geometry).T @ together[:, 0]

    def _damping(self, lattice: Lattice) -> Floats:
        damped = lattice.is_cut & self.classifier.knows_cuts
        return np.where(damped, self.weights.damping, 1.0)[:, None]
