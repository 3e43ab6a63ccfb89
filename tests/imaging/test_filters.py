import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.imaging.filters import (
    closing,
    dilate,
    distance_to,
    gaussian_blur,
    grown,
    median_filter,
    neighbours,
    otsu,
    shrunk,
)

SHAPES = [(1, 1), (1, 40), (40, 1), (50, 70)]


def random_grey(shape):
    return np.random.default_rng(5).random(shape, np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("sigma", "reach"), [(0.3, 1), (1.0, 2), (8.0, 32)])
def test_the_blur_is_that_of_scipy(shape, sigma, reach):
    grey = random_grey(shape)
    blurred = gaussian_blur(grey, sigma, reach)
    assert blurred.dtype == np.float32
    np.testing.assert_allclose(blurred, ndimage.gaussian_filter(grey, sigma, radius=reach), atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 3, 4, 7])
def test_the_median_is_that_of_columns_and_then_of_rows(shape, size):
    grey = random_grey(shape)
    expected = ndimage.median_filter(ndimage.median_filter(grey, (size, 1)), (1, size))
    np.testing.assert_array_equal(median_filter(grey, size), expected)


def test_the_median_keeps_an_edge_and_takes_specks_away():
    grey = np.zeros((20, 20), np.float32)
    grey[:, 10:] = 1
    specked = grey.copy()
    specked[5, 5], specked[14, 15] = 1, 0
    np.testing.assert_array_equal(median_filter(specked, 3), grey)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 3, 18])
def test_the_closing_is_that_of_scipy(shape, size):
    grey = random_grey(shape)
    np.testing.assert_array_equal(closing(grey, size), ndimage.grey_closing(grey, (size, size)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 5), (3, 3), (7, 5)])
def test_the_dilation_is_that_of_scipy(shape, size):
    mask = random_grey(shape) > 0.9
    wider = dilate(mask, size)
    assert wider.dtype == bool
    np.testing.assert_array_equal(wider, ndimage.binary_dilation(mask, np.ones(size, bool)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("limit", [0.5, 1.0, 2.4, 9.0])
def test_distances_are_euclidean_as_far_as_the_limit(shape, limit):
    mask = random_grey(shape) > 0.97
    mask[0, 0] = True
    expected = ndimage.distance_transform_edt(~mask).astype(np.float32)
    found = distance_to(mask, limit)
    near = expected <= limit
    np.testing.assert_array_equal(found[near], expected[near])
    assert (found[~near] > limit).all()


@pytest.mark.parametrize("limit", [2.0, 30.0])
def test_distances_in_many_bitmaps_are_those_in_each(limit):
    masks = np.random.default_rng(3).random((40, 30, 5)) > 0.99
    found = distance_to(masks, limit)
    for k in range(masks.shape[2]):
        np.testing.assert_array_equal(found[:, :, k], distance_to(masks[:, :, k], limit))


def test_without_a_pixel_all_is_farther_than_the_limit():
    assert (distance_to(np.zeros((4, 5), bool), 3.0) > 3).all()


@pytest.mark.parametrize(
    "work", [lambda grey: gaussian_blur(grey, 1, 2), lambda grey: median_filter(grey, 3)]
)
def test_what_is_filtered_is_left_as_it_is(work):
    grey = random_grey((20, 30))
    before = grey.copy()
    work(grey)
    np.testing.assert_array_equal(grey, before)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (2, 0), (0, 3), (4, 4), (30, 1)])
def test_neighbours_beyond_the_ends_are_the_last_value(before, after):
    values = np.arange(1, 8) ** 2
    found = neighbours(values, before, after)
    assert found.shape == (7, before + 1 + after)
    for place, row in enumerate(found):
        expected = values[np.clip(np.arange(place - before, place + after + 1), 0, 6)]
        np.testing.assert_array_equal(row, expected)


def test_values_that_differ_in_the_last_bit_have_a_threshold():
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    assert low <= otsu(np.array([low, low, high], np.float32)) <= high


def test_what_is_grown_and_shrunk_again_is_as_it_was_unless_it_reaches_the_edge():
    mask = np.zeros((9, 12), bool)
    mask[3:6, 4:8] = True
    assert np.array_equal(np.argwhere(grown(mask, 2))[[0, -1]], [[1, 2], [7, 9]])
    assert np.array_equal(shrunk(grown(mask, 2), 2), mask)
    assert shrunk(mask, 1).sum() == 2
    # Beyond the picture, it goes on.
    assert shrunk(np.ones((4, 4), bool), 3).all()
