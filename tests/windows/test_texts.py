import itertools
from collections import defaultdict

import numpy as np
import pytest

from ocr_cli.network.mlp import softmax
from ocr_cli.windows.texts import likely_texts


@pytest.mark.parametrize("seed", range(6))
def test_texts_come_by_their_sums_over_all_rows_of_frames(seed):
    probabilities = softmax(np.random.default_rng(seed).normal(size=(6, 3)) * 2)
    sums = defaultdict(float)
    for path in itertools.product(range(3), repeat=6):
        text = tuple(said for said, _ in itertools.groupby(path) if said)
        sums[text] += np.prod([frame[said] for frame, said in zip(probabilities, path, strict=True)])
    assert likely_texts(probabilities, 100)[:8] == sorted(sums, key=lambda text: -sums[text])[:8]


def test_a_narrow_beam_keeps_what_is_said_clearly():
    probabilities = np.full((7, 4), 0.02)
    probabilities[np.arange(7), [1, 1, 0, 1, 2, 0, 3]] = 0.94
    assert likely_texts(probabilities, 2)[0] == (1, 1, 2, 3)


def test_paper_says_nothing():
    assert likely_texts(np.array([[1.0, 0.0, 0.0]] * 3), 5) == [()]
