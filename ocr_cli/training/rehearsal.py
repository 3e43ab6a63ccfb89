"""What a trained network says again and again while it learns something else, so that it does not forget.

Characters of the synthetic hand stand for all that it has seen; what they are to be taken for is what it took
them for before (A. Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", Connection Science 7,
1995; Z. Li and D. Hoiem, "Learning without forgetting", ECCV 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.skeletons import CHARACTERS
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.network.mlp import MLP
from ocr_cli.training.ancestor import Ancestor

_IMPOSSIBLE = np.float32(-30)
"""Logit of what the old network did not know."""


def draw_rehearsal(classes: Sequence[str], writers: int, seed: int) -> Dataset:
    """Characters of the synthetic hand of all classes that it writes.

    Args:
        classes: of the old network; some that the hand does not write are passed over.
        writers: people of the hand.
        seed: the same seed draws the same.
    """
    drawable = "".join(c for c in classes if c in CHARACTERS)
    return draw_dataset(drawable or "AB", writers=writers, samples_per_class=1, seed=seed)


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
