import numpy as np
import pytest
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold

from ocr_cli.imaging.runs import bounding_boxes, connected_to, find_runs, label_runs

SHAPES = [(1, 1), (1, 30), (30, 1), (60, 80)]
SHARES = [0.0, 0.05, 0.41, 0.6, 1.0]
EIGHT = np.ones((3, 3), bool)


def random_mask(shape, share):
    return np.random.default_rng(7).random(shape) < share


def spiral(turns):
    """One long bent stroke, whose runs hang together only through many others."""
    mask = np.zeros((4 * turns + 2, 4 * turns + 2), bool)
    for k in range(turns):
        low, high = 2 * k, 4 * turns - 2 * k
        mask[low, low : high + 1] = mask[low : high + 1, high] = mask[high, low : high + 1] = True
        mask[low + 2 : high + 1, low] = True
        mask[low + 2, low : low + 3] = True
    return mask


def test_runs_are_listed_row_by_row():
    mask = np.array([[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]], bool)
    runs = find_runs(mask)
    assert len(runs) == 3
    np.testing.assert_array_equal(runs.rows, [0, 0, 2])
    np.testing.assert_array_equal(runs.starts, [0, 3, 1])
    np.testing.assert_array_equal(runs.stops, [2, 4, 4])
    np.testing.assert_array_equal(runs.lengths, [2, 1, 3])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", SHARES)
def test_all_runs_together_are_the_mask_and_some_are_a_part_of_it(shape, share):
    mask = random_mask(shape, share)
    runs = find_runs(mask)
    np.testing.assert_array_equal(runs.keep(np.ones(len(runs), bool)), mask)
    kept = runs.keep(runs.lengths >= 3)
    np.testing.assert_array_equal(kept, ndimage.binary_opening(mask, np.ones((1, 3), bool)))


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("mask", [random_mask(s, p) for s in SHAPES for p in SHARES] + [spiral(12)])
def test_components_and_their_boxes_are_those_of_scipy(mask, diagonal):
    runs = find_runs(mask)
    labels, count = label_runs(runs, diagonal=diagonal)
    expected, number = ndimage.label(mask, EIGHT if diagonal else None)
    assert count == number
    np.testing.assert_array_equal(np.repeat(labels + 1, runs.lengths), expected[mask])
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(expected)]
    np.testing.assert_array_equal(bounding_boxes(runs, labels, count), np.reshape(boxes, (-1, 4)))


def test_the_spiral_is_one_component():
    assert label_runs(find_runs(spiral(12)))[1] == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_hysteresis_is_that_of_scikit_image(shape):
    values = np.random.default_rng(3).random(shape)
    found = connected_to(values > 0.55, values > 0.9)
    np.testing.assert_array_equal(found, apply_hysteresis_threshold(values, 0.55, 0.9))


def test_without_weak_pixels_nothing_is_connected():
    nothing = np.zeros((5, 6), bool)
    assert not connected_to(nothing, ~nothing).any()
