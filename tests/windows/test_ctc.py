import itertools

import numpy as np
import pytest

from ocr_cli.network.mlp import softmax
from ocr_cli.windows.ctc import BLANK, ctc, log_probabilities

LENGTHS, CLASSES = [5, 4, 6], 4
TEXTS = [np.array(text) for text in ([1, 2], [3, 3], [1, 2, 1])]
STOPS = np.cumsum(LENGTHS)
STARTS = STOPS - LENGTHS


@pytest.fixture
def logits():
    return np.random.default_rng(0).normal(size=(sum(LENGTHS), CLASSES))


def spelled(path):
    """What a row of frames says: repetitions merged, then what says nothing left out."""
    return [said for said, _ in itertools.groupby(path) if said != BLANK]


def cost(probabilities, text):
    """By all rows of frames there are."""
    frames = np.arange(len(probabilities))
    paths = itertools.product(range(CLASSES), repeat=len(frames))
    return -np.log(sum(probabilities[frames, path].prod() for path in paths if spelled(path) == list(text)))


def costs(logits):
    rows = (softmax(logits)[a:b] for a, b in zip(STARTS, STOPS, strict=True))
    return [cost(row, text) for row, text in zip(rows, TEXTS, strict=True)]


def test_the_sum_is_that_over_all_rows_of_frames(logits):
    assert ctc(softmax(logits), STARTS, STOPS, TEXTS).nats == pytest.approx(costs(logits), rel=1e-9)


def test_the_gradient_is_that_of_the_sum(logits):
    gradient = ctc(softmax(logits), STARTS, STOPS, TEXTS).gradient
    for place in itertools.islice(np.ndindex(*logits.shape), 0, None, 3):
        step = np.zeros_like(logits)
        step[place] = 1e-5
        slope = (sum(costs(logits + step)) - sum(costs(logits - step))) / 2e-5
        assert gradient[place] == pytest.approx(slope, abs=1e-6)


def test_long_rows_do_not_underflow():
    rng = np.random.default_rng(1)
    probabilities = softmax(20 * rng.normal(size=(900, 40)))
    loss = ctc(probabilities, [0, 700], [700, 900], [rng.integers(1, 40, 60), rng.integers(1, 40, 9)])
    assert np.isfinite(loss.nats).all()
    assert np.isfinite(loss.gradient).all()
    assert np.abs(loss.gradient.sum(axis=1)).max() < 1e-5


def test_a_text_that_does_not_fit_costs_infinitely_and_teaches_nothing(logits):
    """Between two equal characters a frame must say nothing."""
    loss = ctc(softmax(logits), STARTS, STOPS, [TEXTS[0], np.array([1, 1, 1]), TEXTS[2]])
    assert np.isinf(loss.nats).tolist() == [False, True, False]
    assert not loss.gradient[STARTS[1] : STOPS[1]].any()
    assert loss.gradient[: STOPS[0]].any()


def test_of_several_texts_each_is_as_probable_as_alone(logits):
    row = softmax(logits)[: LENGTHS[0]]
    texts = [np.array(text, int) for text in ([1, 2], [3, 3], [1, 2, 1], [2], [1, 1, 1, 1])]
    expected = [-cost(row, text.tolist()) for text in texts[:-1]]
    assert log_probabilities(row, texts) == pytest.approx([*expected, -np.inf], rel=1e-9)
