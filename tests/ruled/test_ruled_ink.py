"""Ink at a rule: what is the field's own stays, what is the rule's or a neighbour's goes."""

import numpy as np
import pytest

from ocr_cli.ruled.ruled_ink import RuledInk, own_ink, shipped

HEIGHT, WIDTH, RULE = 100, 300, 60


@pytest.fixture
def ruled():
    ink = np.zeros((HEIGHT, WIDTH), np.float32)
    ink[RULE - 1 : RULE + 2] = 0.5
    return ink


def places():
    return np.full(WIDTH, float(RULE))


def test_a_rule_alone_leaves_nothing(ruled):
    assert own_ink(ruled, places(), 0.6, above=True).max() < 0.2


@pytest.mark.parametrize("above", [True, False])
def test_strokes_that_end_in_the_rule_stay_and_those_of_the_other_side_go(ruled, above):
    ruled[25 : RULE + 2, 100:106] = 0.6
    ruled[RULE - 1 : 95, 200:206] = 0.6
    own, other = (slice(100, 106), slice(200, 206)) if above else (slice(200, 206), slice(100, 106))
    left = own_ink(ruled, places(), 0.6, above=above)
    side = slice(RULE - 8, RULE - 2) if above else slice(RULE + 3, RULE + 9)
    beyond = slice(RULE + 3, RULE + 9) if above else slice(RULE - 8, RULE - 2)
    assert left[side, own].mean() > 0.4
    assert left[beyond, other].mean() < 0.2


@pytest.mark.parametrize("above", [True, False])
def test_strokes_that_end_in_a_rule_at_the_edge_of_the_picture_stay(ruled, above):
    ruled[25 : RULE + 2, 100:106] = 0.6
    ruled[RULE + 2 :] = 0
    picture, rule = (ruled, places()) if above else (ruled[::-1].copy(), HEIGHT - 1 - places())
    left = own_ink(picture, rule, 0.6, above=above, beyond=HEIGHT - RULE - 2)
    left = left if above else left[::-1]
    assert left[RULE - 8 : RULE + 1, 100:106].mean() > 0.4
    assert left[RULE - 1 : RULE + 2, 150:].max() < 0.2


def test_what_is_far_from_the_rule_is_as_it_was(ruled):
    ruled[10:30, 40:60] = 0.37
    assert np.array_equal(own_ink(ruled, places(), 0.6, above=True)[:40], ruled[:40])


def test_the_gradient_is_that_of_the_cross_entropy():
    rng = np.random.default_rng(3)
    arrays = [rng.normal(0, 0.5, size) for size in ((5, 4), (4,), (4, 3), (3,))]
    network = RuledInk(arrays)
    inputs, targets = rng.normal(0, 1, (6, 5)), rng.uniform(0, 1, (6, 3))

    def loss():
        found = network.forward(inputs)
        return -float((targets * np.log(found) + (1 - targets) * np.log(1 - found)).sum()) / len(inputs)

    for array, gradient in zip(arrays, network.gradients(inputs, targets), strict=True):
        place = tuple(np.array(array.shape) // 2)
        array[place] += 1e-5
        above = loss()
        array[place] -= 2e-5
        below = loss()
        array[place] += 1e-5
        assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-7)
    assert shipped() is shipped()
