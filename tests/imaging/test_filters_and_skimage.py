"""Our own filters beside scikit-image's, which takes longer to import than a page to read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from skimage import filters, measure, morphology, transform

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.filters import closing, gaussian_blur, median_filter, otsu
from ocr_cli.imaging.ink import find_ink, resize, to_grey
from ocr_cli.segmentation.components import find_components

Grey = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def pixels() -> npt.NDArray[np.uint8]:
    """A photograph of two lines in handwriting."""
    return photograph(draw_text(["HAND 27", "BOXES"], style=Style.random(4), height=40, seed=4).ink, seed=4)


@pytest.fixture(scope="module")
def grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    """The photograph in shades from 0 to 1."""
    return to_grey(pixels)


@pytest.mark.parametrize("size", [3, 11, 17])
def test_the_closing_is_the_same(grey: Grey, size: int) -> None:
    np.testing.assert_array_equal(closing(grey, size), morphology.closing(grey, np.ones((size, size))))


@pytest.mark.parametrize(("sigma", "reach"), [(0.8, 4), (3.0, 12)])
def test_the_blur_is_the_same(grey: Grey, sigma: float, reach: int) -> None:
    expected = filters.gaussian(grey, sigma, mode="reflect", truncate=reach / sigma)
    np.testing.assert_allclose(gaussian_blur(grey, sigma, reach), expected, atol=1e-5)


def test_the_median_is_that_of_columns_and_then_of_rows(grey: Grey) -> None:
    columns = filters.median(grey, np.ones((5, 1)), mode="reflect")
    expected = filters.median(columns, np.ones((1, 5)), mode="reflect")
    np.testing.assert_array_equal(median_filter(grey, 5), expected)


def test_the_threshold_lies_in_the_same_place_within_a_bin_of_the_histogram(grey: Grey) -> None:
    values = np.sort(grey.ravel())
    expected = filters.threshold_otsu(grey, nbins=64)
    assert otsu(values) == pytest.approx(expected, abs=float(values[-1] - values[0]) / 64)


def test_components_are_the_same(grey: Grey) -> None:
    ink = find_ink(grey, 40.0)
    found = find_components(ink.mask, ink.strength)
    expected, count = measure.label(ink.mask, connectivity=2, return_num=True)
    assert len(found) == count > 5
    np.testing.assert_array_equal(found.labels, expected)


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.7])
def test_a_picture_at_another_scale_is_nearly_the_same(grey: Grey, scale: float) -> None:
    """Bicubic both, but Pillow's kernel grows with what is left out where scikit-image blurs before."""
    found = resize(grey, scale)
    expected = transform.resize(grey, found.shape, order=3, anti_aliasing=scale < 1)
    assert abs(found - expected).mean() < 0.01
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.98
