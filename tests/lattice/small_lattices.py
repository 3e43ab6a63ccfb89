"""Lattices of a few atoms, written down, and scorers of no network, for tests."""

import itertools
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from ocr_cli.lattice.geometry import CUTS, Borders, measure
from ocr_cli.lattice.lattice import Lattice
from ocr_cli.model_store import find_weights
from ocr_cli.scorer import Scorer
from ocr_cli.weights import Weights

HEIGHT = 40.0
"""Of letters; they stand on a base line at this height of the page."""


class Ink(NamedTuple):
    """An atom: its box, the component it is cut from, and what the cut on its left costs."""

    box: tuple[int, int, int, int]
    parent: int
    small: bool = False
    cost: float = 0.0


def letter(left, right, parent):
    return Ink((left, 0, right, 40), parent)


def slices(*edges, parent=0):
    """Atoms cut from one component at the given columns."""
    return [
        Ink((a, 0, b, 40), parent, cost=float(k > 0)) for k, (a, b) in enumerate(itertools.pairwise(edges))
    ]


def small(left, parent, text=None):
    """Small ink where the sign lies, or where none does."""
    boxes = {
        ".": (left, 34, left + 6, 40),
        ",": (left, 33, left + 6, 47),
        "-": (left, 18, left + 16, 22),
        "'": (left, 0, left + 4, 10),
        None: (left, 17, left + 6, 23),
    }
    return Ink(boxes[text], parent, small=True)


def lattice_of(atoms, *runs, crops=None, cut=()):
    """A lattice with every single atom and the given longer runs as arcs; ``cut`` says which are cut."""
    every = sorted({*((k, k + 1) for k in range(len(atoms))), *runs})
    start, stop = np.array(every, np.int64).reshape(-1, 2).T
    boxes = np.array([atom.box for atom in atoms], np.int64).reshape(-1, 4)
    around = np.array(
        [[*boxes[a:b, :2].min(axis=0), *boxes[a:b, 2:].max(axis=0)] for a, b in every], np.int64
    ).reshape(-1, 4)
    borders = Borders(
        boxes,
        np.array([atom.parent for atom in atoms], np.int64),
        np.array([atom.small for atom in atoms], bool),
        np.array([atom.cost for atom in atoms], float),
    )
    cuts = np.zeros((len(every), CUTS), np.float32)
    cuts[list(cut)] = 0.5
    return Lattice(
        start=start,
        stop=stop,
        boxes=around,
        crops=np.zeros((len(every), 32, 32), np.uint8) if crops is None else np.array(crops, np.uint8),
        geometry=measure(borders, start, stop, around, np.full(len(every), HEIGHT), HEIGHT),
        cuts=cuts,
        doubt=np.full(len(every), -1),
        atoms=boxes,
        parents=borders.parents,
        small=borders.small,
        numbers=np.zeros((0, 0), np.int16),
        origin=(0, 0),
        height=HEIGHT,
    )


def runs_of(lattice):
    return list(zip(lattice.start.tolist(), lattice.stop.tolist(), strict=True))


def weights_of(*, knows_cuts=False, **prices):
    """The record that ships, with prices of a model's own."""
    return Weights.load(find_weights()).of_model({"prices": prices}, knows_cuts=knows_cuts)


def scorer_of(classes, *, knows_cuts=False, **prices):
    """A scorer whose network is not asked."""
    classifier = SimpleNamespace(classes=tuple(classes), knows_cuts=knows_cuts)
    return Scorer(classifier, weights_of(knows_cuts=knows_cuts, **prices).arcs)
