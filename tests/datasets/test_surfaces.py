import numpy as np
import pytest

from ocr_cli.datasets.paper import lay_on
from ocr_cli.datasets.surfaces import SURFACES, clouds, seen


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_follows_from_its_seed(name):
    one, again, other = (SURFACES[name](60, 90, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (60, 90, 3)
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", sorted(set(SURFACES) - {"plain"}))
def test_a_surface_shows_something(name):
    assert SURFACES[name](120, 160, np.random.default_rng(3)).std() > 1


def test_clouds_have_mean_0_and_deviation_1():
    noise = clouds(80, 120, np.random.default_rng(0), 10.0)
    assert noise.mean() == pytest.approx(0, abs=1e-4)
    assert noise.std() == pytest.approx(1, abs=1e-3)


def test_a_lamp_lightens_and_a_vignette_darkens_the_corners():
    grey = np.full((90, 120, 3), 100, np.float32)
    lamp = seen(grey, np.random.default_rng(0), lamp=0.8, noise=0)
    assert lamp.max() > 200
    assert lamp.min() >= 99
    corners = seen(grey, np.random.default_rng(0), vignette=0.5, noise=0)
    assert corners[0, 0].max() < 60
    assert corners[45, 60].min() >= 98


def test_a_sheet_covers_what_it_lies_on_and_nothing_else():
    sheet, surface = np.full((40, 60, 3), 240, np.float32), np.full((100, 120, 3), 30, np.float32)
    picture = lay_on(sheet, surface, [(30, 20), (100, 25), (105, 80), (25, 75)])
    assert (picture[30:70, 40:90] == 240).all()
    assert (picture[:15] == 30).all()
    assert (picture[:, :20] == 30).all()
