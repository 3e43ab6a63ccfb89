import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.ink import find_ink, grey_levels

HEIGHT = 40.0


@pytest.fixture(scope="module")
def ink():
    return draw_text(["RED ON", "GREEN"], style=Style(seed=3), seed=1, height=HEIGHT).ink


@pytest.mark.parametrize(
    ("paper", "pen"),
    [((236, 233, 224), (38, 48, 104)), ((240, 222, 120), (190, 50, 45)), ((238, 180, 190), (80, 90, 190))],
)
def test_where_brightness_parts_ink_from_paper_grey_is_luma(ink, paper, pen):
    pixels = photograph(ink, seed=1, paper=paper, pen=pen)
    np.testing.assert_array_equal(grey_levels(pixels), np.asarray(Image.fromarray(pixels).convert("L")))


@pytest.mark.parametrize(
    ("paper", "pen"),
    [((40, 120, 40), (190, 40, 48)), ((180, 95, 15), (90, 90, 230)), ((236, 233, 224), (240, 228, 120))],
    ids=["red on green", "blue on brown", "yellow on white"],
)
def test_ink_that_is_as_bright_as_the_paper_is_parted_from_it_by_its_colour(ink, paper, pen):
    pixels = photograph(ink, seed=1, paper=paper, pen=pen)
    grey = grey_levels(pixels)
    assert grey.dtype == np.uint8
    assert grey.shape == pixels.shape[:2]
    found = find_ink(grey.astype(np.float32) / 255, HEIGHT)
    assert found.mask[ink > 0.7].mean() > 0.97
    assert found.mask[ink == 0].mean() < 0.1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (700, 2)])
def test_pictures_of_any_size_and_of_one_colour_have_a_grey(shape):
    pixels = np.full((*shape, 3), (10, 200, 30), np.uint8)
    assert np.ptp(grey_levels(pixels)) == 0


def test_a_little_colour_is_not_made_much_of(ink):
    """Noise of the sensor, without any ink, stays within a few grey values."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 2, (300, 400, 1)) * np.array([1, -0.5, 0.0])
    pixels = np.clip(np.array([180, 120, 60]) + noise, 0, 255).astype(np.uint8)
    assert grey_levels(pixels).std() < 10
