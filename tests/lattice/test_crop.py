import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.filters import stroke_width
from ocr_cli.lattice.crop import CROP_SIZE, MARGIN, STROKE_RANGE, crop_ink, crop_inks


def bar(height, width, size=(100, 100), top=20, left=20):
    ink = np.zeros(size, np.float32)
    ink[top : top + height, left : left + width] = 1
    return ink


def letter(character, pen=8.0, height=60.0):
    style = Style(seed=4, pen=pen, pressure=0.0, tremor=0.0)
    return draw_text([character], style=style, seed=1, height=height).ink


def box(crop):
    rows, columns = np.nonzero(crop > 127)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def likeness(a, b):
    """Correlation of two crops."""
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (1, 7), (40, 30)])
def test_no_ink_gives_an_empty_crop(shape):
    crop = crop_ink(np.zeros(shape, np.float32))
    assert crop.shape == (CROP_SIZE, CROP_SIZE)
    assert crop.dtype == np.uint8
    assert not crop.any()


@pytest.mark.parametrize("shape", [(1, 1), (200, 1), (1, 200), (3, 3)])
def test_full_ink_of_any_shape_gives_ink_within_the_crop(shape):
    crop = crop_ink(np.ones(shape, np.float32))
    assert crop.max() > 200
    left, top, right, bottom = box(crop)
    assert min(left, top, CROP_SIZE - right, CROP_SIZE - bottom) >= 1


@pytest.mark.parametrize("character", "AWIS7")
def test_aspect_is_kept_and_the_ink_is_centred(character):
    ink = letter(character)
    rows, columns = np.nonzero(ink > 0.5)
    left, top, right, bottom = box(crop_ink(ink))
    assert abs(left + right - CROP_SIZE) <= 2
    assert abs(top + bottom - CROP_SIZE) <= 2
    longer = max(right - left, bottom - top)
    assert abs(longer - (CROP_SIZE - 2 * MARGIN)) <= 3
    aspect = np.ptp(columns) / np.ptp(rows)
    # A pen that is thickened or thinned moves each side by about a pixel.
    assert (right - left) == pytest.approx(aspect * (bottom - top), abs=3)


@pytest.mark.parametrize("character", "AEOR3")
def test_thin_and_thick_pens_give_nearly_the_same_crop(character):
    inks = [letter(character, pen=pen) for pen in (4, 14)]
    assert stroke_width(inks[1]) > 2.2 * stroke_width(inks[0])
    thin, thick = (crop_ink(ink).astype(np.float32) / 255 for ink in inks)
    assert stroke_width(thick) == pytest.approx(stroke_width(thin), abs=1.2)
    assert likeness(thin, thick) > 0.65


@pytest.mark.parametrize("pen", [3.0, 6.0, 10.0, 18.0])
def test_stroke_widths_end_up_in_their_range(pen):
    width = stroke_width(crop_ink(letter("H", pen=pen)).astype(np.float32) / 255)
    assert STROKE_RANGE[0] - 0.5 < width < STROKE_RANGE[1] + 0.5


@pytest.mark.parametrize("character", "BGM4")
@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_the_crop_does_not_depend_on_the_scale(character, scale):
    ink = letter(character)
    size = [round(side * scale) for side in ink.shape[::-1]]
    other = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BICUBIC)).clip(0, 1)
    assert likeness(crop_ink(ink), crop_ink(other)) > 0.85


def test_the_crop_does_not_depend_on_place_or_strength():
    ink = letter("K")
    moved = np.pad(ink, ((7, 31), (40, 2)))
    np.testing.assert_array_equal(crop_ink(moved), crop_ink(ink))
    assert likeness(crop_ink(ink * np.float32(0.4)), crop_ink(ink)) > 0.98


def test_different_letters_give_different_crops():
    crops = [crop_ink(letter(character)) for character in "AOTX"]
    assert max(likeness(a, b) for i, a in enumerate(crops) for b in crops[:i]) < 0.6


def test_many_at_once_are_what_each_is_alone():
    # Pens from hairlines to blots: outlines move out and in, by several pixels and by none.
    inks = [letter(character, pen) for pen in (1.5, 5.0, 8.0, 9.0, 30.0) for character in "AOTX"]
    inks += [np.zeros((3, 4), np.float32), np.ones((50, 50), np.float32), inks[0]]
    np.testing.assert_array_equal(crop_inks(inks), [crop_ink(ink) for ink in inks])
    assert crop_inks([]).shape == (0, CROP_SIZE, CROP_SIZE)


@pytest.mark.parametrize("character", "HOX")
def test_a_bitmap_is_as_wide_as_the_same_picture(character):
    mask = letter(character) > 0.5
    assert stroke_width(mask) == pytest.approx(stroke_width(mask.astype(np.float32)), rel=1e-5)


@pytest.mark.parametrize("width", [1, 2, 4, 9])
def test_the_width_of_a_long_bar_is_measured(width):
    assert stroke_width(bar(80, width)) == pytest.approx(width, rel=0.13)
    assert stroke_width(bar(width, 80)) == pytest.approx(width, rel=0.13)


def test_blur_changes_the_measured_width_little():
    sharp = letter("H", pen=10)
    size = [side // 2 for side in sharp.shape[::-1]]
    blurred = np.asarray(Image.fromarray(sharp).resize(size, Image.Resampling.BOX).resize(sharp.shape[::-1]))
    assert stroke_width(blurred) == pytest.approx(stroke_width(sharp), rel=0.1)


def test_an_empty_picture_has_no_width():
    assert stroke_width(np.zeros((5, 5), np.float32)) == 0.0


def test_the_ink_is_left_as_it_is():
    ink = letter("Q")
    before = ink.copy()
    crop_ink(ink)
    np.testing.assert_array_equal(ink, before)
