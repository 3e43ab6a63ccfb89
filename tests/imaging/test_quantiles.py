import numpy as np
import pytest

from ocr_cli.imaging.filters import median, quantile


@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (10,), (3, 4)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_quantiles_are_those_of_numpy(shape, share):
    values = np.random.default_rng(2).normal(size=shape)
    before = values.copy()
    assert quantile(values, share) == pytest.approx(np.quantile(values, share))
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("values", [[3], [4, 1], [5, 1, 3], [2.5, 1.0, 9.0, 4.0]])
def test_the_median_is_the_middle_or_between_the_middle_two(values):
    assert median(values) == np.median(values)


def test_whole_numbers_of_eight_bits_do_not_wrap_around():
    assert median(np.array([250, 10, 240, 255], np.uint8)) == 245
