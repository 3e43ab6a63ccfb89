import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.crossings import part_crossed

HEIGHT = 40.0


def letters(size=(200, 500), top=80):
    """Gate after gate, two stems and a beam: float32, 1 full ink on 0."""
    ink = np.zeros(size, np.float32)
    for left in range(120, 360, 50):
        ink[top : top + 40, left : left + 5] = ink[top : top + 40, left + 22 : left + 27] = 1
        ink[top : top + 5, left : left + 27] = 1
    return ink


def drawn(ink, draw, strength=1.0):
    """The ink with something drawn over it, as strong as that."""
    picture = Image.new("L", ink.shape[::-1])
    draw(ImageDraw.Draw(picture))
    return np.maximum(ink, strength * (np.asarray(picture) > 0).astype(np.float32))


def parted(ink):
    return part_crossed(find_components(ink > 0.2, ink), ink, HEIGHT)


def assert_letters_are_apart(found, ink):
    tall = found.boxes[(found.heights > 30) & (found.heights < 60)]
    assert len(tall) == 5
    kept = found.mask[ink > 0].mean()
    assert kept > 0.9
    assert found.mask.sum() < 1.15 * (ink > 0).sum()


@pytest.mark.parametrize("edge", [60, 84], ids=["apart", "touching"])
def test_a_ring_around_letters_goes(edge):
    ink = letters()
    ring = drawn(ink, lambda pen: pen.ellipse((edge, 55, 430, 145), None, 255, 4))
    if edge == 84:
        ring[98:102, 84:122] = 1
    found = parted(ring)
    assert (found.heights > 60).sum() == 0
    assert ((found.heights > 30) & (found.heights < 60)).sum() == 5


def test_a_large_ring_with_nothing_in_it_stays_for_it_may_be_a_letter():
    ink = drawn(np.zeros((200, 500), np.float32), lambda pen: pen.ellipse((50, 50, 110, 140), None, 255, 5))
    before = find_components(ink > 0.2, ink)
    assert part_crossed(before, ink, HEIGHT) is before


@pytest.mark.parametrize("ends", [(40, 85, 460, 130), (40, 115, 460, 95), (130, 10, 300, 190)])
def test_a_slanting_line_goes_and_the_strokes_that_it_crosses_stay(ends):
    ink = letters()
    found = parted(drawn(ink, lambda pen: pen.line(ends, 255, 4)))
    assert_letters_are_apart(found, ink)


def test_a_paler_smear_goes_and_the_letters_under_it_stay():
    ink = letters()
    found = parted(drawn(ink, lambda pen: pen.ellipse((90, 20, 300, 180), None, 255, 9), 0.5))
    assert_letters_are_apart(found, ink)


def test_letters_alone_and_an_empty_page_stay_as_they_are():
    for ink in (letters(), np.zeros((50, 50), np.float32)):
        before = find_components(ink > 0.2, ink)
        assert part_crossed(before, ink, HEIGHT) is before


def test_a_large_scrawl_without_letters_stays():
    rng = np.random.default_rng(1)
    points = [(20 + 9 * k, 100 + float(rng.uniform(-80, 80))) for k in range(50)]
    ink = drawn(np.zeros((200, 500), np.float32), lambda pen: pen.line(points, 255, 4))
    before = find_components(ink > 0.2, ink)
    assert part_crossed(before, ink, HEIGHT) is before
