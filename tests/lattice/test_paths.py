"""The walks against brute force: every path of small lattices is written down."""

import itertools
import math

import numpy as np
import pytest

from ocr_cli.lattice.paths import Moves, around, best_path, best_text_path, spelled, sums, text_sums, total

DIRT = np.array([False, False, False, True])
"""Three characters, and one class that is none."""


def random_arcs(rng, places, most=3):
    """Arcs between all places that are near each other, each there or not, single steps always."""
    pairs = [
        (i, j)
        for i in range(places)
        for j in range(i + 1, min(i + most, places) + 1)
        if j == i + 1 or rng.random() < 0.7
    ]
    start, stop = np.array(pairs).T
    return start, stop


def every_path(start, stop):
    """The arcs of each path from the first place to the last."""
    end = int(stop.max())

    def on(place):
        if place == end:
            yield ()
        for arc in np.flatnonzero(start == place).tolist():
            for rest in on(int(stop[arc])):
                yield (arc, *rest)

    return list(on(0))


def every_reading(start, stop, classes):
    """Arcs, their classes and whether a space is before each, of all readings of all paths."""
    for path in every_path(start, stop):
        for its in itertools.product(range(classes), repeat=len(path)):
            for spaces in itertools.product([0, 1], repeat=len(path)):
                yield path, its, spaces


def weigh(path, its, spaces, start, scores, gaps):
    """The score of a reading; at place 0, and before dirt, there is no choice of a space."""
    score = 0.0
    for arc, one, space in zip(path, its, spaces, strict=True):
        score += scores[arc, one]
        if DIRT[one] or start[arc] == 0:
            score += 0.0 if not space else -math.inf
        else:
            score += gaps[start[arc], space]
    return score


def brute(start, stop, scores, gaps, text=None, spaces=None):
    """The log sum over all readings, or over those that say a text; a space before it all does not matter."""
    found = []
    for path, its, parted in every_reading(start, stop, scores.shape[1]):
        read = [
            (one, space, start[arc])
            for arc, one, space in zip(path, its, parted, strict=True)
            if not DIRT[one]
        ]
        if text is not None:
            same = [one for one, _, _ in read] == list(text)
            same = same and all(bool(s) == bool(w) for (_, s, _), w in zip(read[1:], spaces[1:], strict=True))
            if not same:
                continue
        found.append(weigh(path, its, parted, start, scores, gaps))
    return float(np.logaddexp.reduce(found)) if found else -math.inf


def word_case(seed):
    rng = np.random.default_rng(seed)
    places = int(rng.integers(4, 6))
    start, stop = random_arcs(rng, places, most=2)
    scores = rng.normal(0, 1.5, (len(start), len(DIRT)))
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    gaps = rng.normal(0, 1, (places + 1, 2))
    length = int(rng.integers(1, 4))
    text, spaces = rng.integers(0, 3, length), rng.random(length) < 0.4
    return start, stop, scores, gaps, text, spaces


@pytest.mark.parametrize("seed", range(8))
def test_the_sum_and_the_best_path_are_those_of_all_paths(seed):
    rng = np.random.default_rng(seed)
    start, stop = random_arcs(rng, int(rng.integers(4, 7)))
    scores = rng.normal(0, 2, len(start))
    paths = every_path(start, stop)
    weights = np.exp([scores[list(path)].sum() for path in paths])
    found = sums(start, stop, scores)
    assert found.log_sum == pytest.approx(math.log(weights.sum()))
    shares = [
        sum(w for path, w in zip(paths, weights, strict=True) if arc in path) for arc in range(len(start))
    ]
    np.testing.assert_allclose(found.arcs, np.array(shares) / weights.sum())
    assert tuple(best_path(start, stop, scores)) == paths[int(weights.argmax())]
    along = [
        max((math.log(w) for path, w in zip(paths, weights, strict=True) if arc in path), default=-math.inf)
        for arc in range(len(start))
    ]
    beside = around(start, stop, scores) + scores
    np.testing.assert_allclose(beside, np.array(along) - np.log(weights.max()), atol=1e-12)


def test_arcs_that_may_be_several_things_share_out_what_goes_along_them():
    rng = np.random.default_rng(1)
    start, stop = random_arcs(rng, 5)
    scores = rng.normal(0, 1, (len(start), 3))
    scores[0, 1] = -np.inf
    found = sums(start, stop, scores)
    plain = sums(start, stop, np.logaddexp.reduce(scores, axis=1))
    assert found.log_sum == pytest.approx(plain.log_sum)
    np.testing.assert_allclose(found.arcs.sum(axis=1), plain.arcs)
    assert found.arcs[0, 1] == 0


@pytest.mark.parametrize("seed", range(12))
def test_the_sum_over_readings_and_over_those_that_say_a_text_are_those_of_all(seed):
    start, stop, scores, gaps, text, spaces = word_case(seed)
    every = total(start, stop, scores, DIRT, gaps)
    right = spelled(start, stop, scores, DIRT, gaps, text, spaces)
    assert every.log_sum == pytest.approx(brute(start, stop, scores, gaps))
    assert right.log_sum == pytest.approx(brute(start, stop, scores, gaps, text, spaces))
    assert right.log_sum <= every.log_sum + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_the_loss_falls_along_its_gradient_as_finite_differences_say(seed):
    start, stop, scores, gaps, text, spaces = word_case(seed)
    scores[~np.isfinite(scores)] = -3.0

    def loss(scores, gaps):
        every = total(start, stop, scores, DIRT, gaps)
        return every.log_sum - spelled(start, stop, scores, DIRT, gaps, text, spaces).log_sum

    every = total(start, stop, scores, DIRT, gaps)
    right = spelled(start, stop, scores, DIRT, gaps, text, spaces)
    step = 1e-5
    for array, gradient in ((scores, every.arcs - right.arcs), (gaps, every.gaps - right.gaps)):
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + step
            above = loss(scores, gaps)
            array[index] = kept - step
            below = loss(scores, gaps)
            array[index] = kept
            assert gradient[index] == pytest.approx((above - below) / (2 * step), abs=1e-6)


def test_a_text_that_the_lattice_cannot_hold_has_no_sum_and_no_shares():
    start, stop = np.array([0, 1]), np.array([1, 2])
    scores, gaps = np.zeros((2, 4)), np.zeros((3, 2))
    for text in ([0, 1, 2], [0, 0, 0, 0]):
        found = spelled(start, stop, scores, DIRT, gaps, np.array(text), np.zeros(len(text), bool))
        assert found.log_sum == -math.inf
        assert not found.arcs.any()
        assert not found.gaps.any()


def test_no_text_is_all_dirt():
    start, stop = np.array([0, 1]), np.array([1, 2])
    scores, gaps = np.full((2, 4), 0.5), np.zeros((3, 2))
    found = spelled(start, stop, scores, DIRT, gaps, np.zeros(0, int), np.zeros(0, bool))
    assert found.log_sum == pytest.approx(1.0)
    np.testing.assert_allclose(found.arcs, [[0, 0, 0, 1]] * 2)


def every_text_path(moves, length, lost):
    """Moves and the places of the text that they leave, of all paths along it; and their scores."""
    end = int(moves.stop.max())

    def on(place, used, score, path):
        if place == end and used == length:
            yield path, score
        if lost is not None and used < length:
            # Only after a move, or at the beginning: which of two losses comes first is no other path.
            yield from on(place, used + 1, score + lost[used], path)
        for move in np.flatnonzero(moves.start == place).tolist():
            after = used + int(moves.taken[move])
            if after <= length:
                gained = score + moves.scores[move, used]
                yield from on(int(moves.stop[move]), after, gained, (*path, (move, used)))

    return list(on(0, 0, 0.0, ()))


def text_moves(rng, length):
    start, stop = random_arcs(rng, 4, most=2)
    every = [
        (a, b, taken) for a, b in zip(start, stop, strict=True) for taken in (0, 1, 2) if rng.random() < 0.8
    ]
    starts, stops, taken = np.array(every).T
    return Moves(starts, stops, taken, rng.normal(0, 1, (len(every), length + 1)))


@pytest.mark.parametrize("loses", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_sums_along_a_text_are_those_of_all_paths_along_it(seed, loses):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 5))
    moves, lost = text_moves(rng, length), rng.normal(-1, 1, length) if loses else None
    paths = every_text_path(moves, length, lost)
    found = text_sums(moves, lost)
    weights = np.exp([score for _, score in paths])
    assert found.log_sum == pytest.approx(math.log(weights.sum()) if len(weights) else -math.inf)
    shares = np.zeros_like(moves.scores)
    for (path, _), weight in zip(paths, weights, strict=True):
        for move, used in path:
            shares[move, used] += weight / weights.sum()
    np.testing.assert_allclose(found.arcs, shares, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_the_best_path_along_a_text_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 5))
    moves = text_moves(rng, length)
    paths = every_text_path(moves, length, None)
    found = best_text_path(moves)
    if not paths:
        assert not len(found)
        return
    best, _ = max(paths, key=lambda one: one[1])
    assert found.tolist() == [move for move, _ in best]


def test_there_may_be_no_path():
    start, stop = np.array([0, 2]), np.array([1, 3])
    assert not len(best_path(start, stop, np.zeros(2)))
    assert np.isinf(around(start, stop, np.zeros(2))).all()
    found = sums(start, stop, np.zeros(2))
    assert found.log_sum == -math.inf
    assert not found.arcs.any()
