"""A camera that moved: the line along which it did is found, and taken back."""

import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.smear import Smear, _line, find_smear, without_smear


@pytest.fixture(scope="module")
def ink():
    return draw_text(["SEVEN KEYS", "FOR 1 BOX"], style=Style(seed=3), seed=3, height=44).ink


def paper(ink, light=240.0, dark=30.0):
    rng = np.random.default_rng(1)
    grey = light - (light - dark) * ink + rng.normal(0, 2, ink.shape)
    return np.repeat(np.clip(np.rint(grey), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def smeared(ink, smear):
    side = 64
    line = np.roll(_line(smear, side), (side // 2, side // 2), (0, 1))
    return np.asarray(ndimage.convolve(ink, line.astype(np.float32)), np.float32)


@pytest.mark.parametrize("smear", [Smear(15, 0), Smear(0, 13), Smear(11, -11), Smear(5, 17)])
@pytest.mark.parametrize("levels", [(240.0, 30.0), (30.0, 240.0)], ids=["dark on light", "light on dark"])
def test_the_line_is_found_to_a_pixel_or_two(ink, smear, levels):
    found = find_smear(paper(smeared(ink, smear), *levels))
    assert found is not None
    away = [np.abs(np.subtract(found, smear)).max(), np.abs(np.add(found, smear)).max()]
    assert min(away) <= 2, found


def test_what_is_sharp_or_empty_or_tiny_is_not_smeared(ink):
    assert find_smear(paper(ink)) is None
    assert find_smear(paper(0 * ink)) is None
    assert find_smear(np.full((300, 300, 3), 255, np.uint8)) is None
    assert find_smear(np.zeros((3, 400, 3), np.uint8)) is None


def likeness(one, other):
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_a_page_is_nearer_to_what_it_was_once_the_smear_is_taken_back(ink):
    smear = Smear(13, 5)
    plain, moved = paper(ink).astype(float), paper(smeared(ink, smear))
    back = without_smear(moved, smear)
    assert back.shape == moved.shape
    assert back.dtype == np.uint8
    assert likeness(back, plain) > 0.5 + 0.5 * likeness(moved, plain)


def test_large_pages_are_put_together_of_parts_without_seams(ink):
    smear = Smear(12, 3)
    page = np.tile(ink, (6, 2))[:1100, :1300]
    moved = paper(smeared(page, smear))
    back = without_smear(moved, smear).astype(float)
    wrong = np.abs(back - paper(page)).mean(axis=2)
    seams = np.concatenate([wrong[505:519].ravel(), wrong[:, 505:519].ravel()])
    assert seams.mean() < 1.5 * wrong.mean()
