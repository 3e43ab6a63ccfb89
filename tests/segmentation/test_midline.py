import numpy as np
import pytest

from ocr_cli.segmentation.chains import fit_midline, median_slope

X = np.arange(20) * 30.0


def test_the_line_of_few_letters_is_straight():
    line = fit_midline(X[:4], np.array([0.0, 9.0, -9.0, 0.0]) + 0.1 * X[:4], 20)
    assert line(X[:3] + 60.0) - line(X[:3]) == pytest.approx(60 * line.slope)


def test_the_line_bends_where_many_letters_do():
    y = 30 * np.sin(X / 600 * 2 * np.pi)
    assert np.abs(fit_midline(X, y, 20)(X) - y)[2:-2].max() < 8
    straight = median_slope(X, y, 20)
    assert np.abs(y - straight * X - np.median(y - straight * X))[2:-2].max() > 10


def test_single_letters_off_the_line_hardly_bend_it():
    y = 0.05 * X
    y[[4, 15]] += 18.0
    assert np.abs(fit_midline(X, y, 20)(X) - 0.05 * X).max() < 6


def test_beyond_its_letters_the_line_goes_on_straight():
    line = fit_midline(X, 30 * np.sin(X / 600 * 2 * np.pi), 20)
    for start in (-200.0, 700.0):
        assert float(line(start + 50) - line(start)) == pytest.approx(50 * line.slope)


def test_a_slope_needs_four_letters_and_some_length():
    assert median_slope(X, 0.2 * X, 20) == pytest.approx(0.2)
    assert median_slope(X[:3], 0.2 * X[:3], 20) == 0.0
    assert median_slope(X[:4] / 2, 0.2 * X[:4], 20) == 0.0
