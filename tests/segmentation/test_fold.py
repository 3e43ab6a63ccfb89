import numpy as np
import pytest

from ocr_cli.segmentation.columns import find_fold

HEIGHT = 40.0


def paper(middle, width=16.0, depth=0.6, rows=slice(None)):
    light = np.full((500, 1200), 0.9, np.float32)
    light[rows] *= 1 - depth * np.exp(-0.5 * ((np.arange(1200) - middle) / width) ** 2).astype(np.float32)
    return light


@pytest.mark.parametrize("middle", [400, 600, 820])
def test_a_narrow_shadow_from_top_to_bottom_is_a_fold(middle):
    assert find_fold(paper(middle), HEIGHT) == pytest.approx(middle, abs=6)


def test_a_hand_across_the_fold_does_not_hide_it():
    light = paper(600)
    light[300:380, 400:700] = 0.5
    assert find_fold(light, HEIGHT) == pytest.approx(600, abs=6)


@pytest.mark.parametrize(
    "light",
    [
        pytest.param(paper(600, depth=0.0), id="even-light"),
        pytest.param(paper(600, rows=slice(0, 250)), id="half-the-page"),
        pytest.param(paper(600, width=300.0), id="wide-shade"),
        pytest.param(paper(100), id="at-the-margin"),
        pytest.param(np.full((20, 30), 0.9, np.float32), id="tiny"),
    ],
)
def test_other_light_is_none(light):
    assert find_fold(light, HEIGHT) is None
