"""What a trained network says again and again while it learns something else, so that it does not forget.

Characters of the synthetic hand stand for all that it has seen, and so do averaged prototypes of it, if the
model file holds some; what they are to be taken for is what it took them for before (A. Robins, "Catastrophic
forgetting, rehearsal and pseudorehearsal", Connection Science 7, 1995; Z. Li and D. Hoiem, "Learning without
forgetting", ECCV 2016).
"""

from __future__ import annotations

import numpy as np

from ocr_cli.datasets.allographs import CHARACTERS
from ocr_cli.datasets.dataset import Dataset, concatenate
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.ancestor import Ancestor

PROTOTYPES = 0.25
"""Share of the prototypes in what is rehearsed."""
_IMPOSSIBLE = np.float32(-30)
"""Logit of what the old network did not know."""


def draw_rehearsal(model: ModelFile, writers: int, seed: int) -> Dataset:
    """Characters of the synthetic hand of all classes that it writes, and the model's prototypes.

    Args:
        model: the old one; classes that the hand does not write are passed over.
        writers: people of the hand.
        seed: the same seed draws the same.

    Returns:
        The characters in random order. Where there are prototypes, they are repeated until they are the
        share ``PROTOTYPES`` of all.
    """
    drawable = "".join(c for c in model.classes if c in CHARACTERS)
    hand = draw_dataset(drawable or "AB", writers=writers, samples_per_class=1, seed=seed)
    if model.prototypes is None:
        return hand
    count = max(len(model.prototypes.labels), round(len(hand) * PROTOTYPES / (1 - PROTOTYPES)))
    again = np.arange(count) % len(model.prototypes.labels)
    prototypes = Dataset(
        model.prototypes.images[again],
        np.array(model.prototypes.labels, "<U1")[again],
        None,
        "prototypes",
    )
    both = concatenate([hand, prototypes])
    return both.select(np.random.default_rng(seed).permutation(len(both)))


def old_opinion(ancestor: Ancestor, classes: tuple[str, ...]) -> MLP:
    """The old network with outputs for further classes, all of which it holds for impossible.

    Args:
        ancestor: the old model.
        classes: as ``Ancestor.classes`` returns them.
    """
    network = ancestor.network(classes, np.random.default_rng(0))
    last, known = network.layers[-1], len(ancestor.model.classes)
    last.weight[:, known:] = 0
    last.bias[known:] = _IMPOSSIBLE
    return network
