import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.components import find_components, letter_height
from ocr_cli.segmentation.rules import remove_frames


def frame(ink, left, top, right, bottom, pen=3):
    """Draw a rectangle's outline."""
    ink[top : top + pen, left:right] = ink[bottom - pen : bottom, left:right] = 1
    ink[top:bottom, left : left + pen] = ink[top:bottom, right - pen : right] = 1


def labelled(ink):
    return find_components(ink > 0.5, ink)


def boxes(letters="", pen=3, turn=0.0):
    """A row of boxes that stand apart, with these letters in them."""
    ink = np.zeros((140, 640), np.float32)
    for number in range(6):
        frame(ink, 30 + 100 * number, 30, 110 + 100 * number, 110, pen)
    outlines = ink > 0.5
    for number, letter in enumerate(letters):
        drawn = draw_text([letter], style=Style(seed=4), seed=number, height=42, margin=0.6).ink
        y, x = 70 - drawn.shape[0] // 2, 70 + 100 * number - drawn.shape[1] // 2
        ink[y : y + drawn.shape[0], x : x + drawn.shape[1]] += drawn
    if turn:
        ink = ndimage.rotate(ink, turn, order=1, reshape=False)
    return np.clip(ink, 0, 1), outlines


@pytest.mark.parametrize("pen", [2, 4, 7])
@pytest.mark.parametrize("turn", [0.0, 2.0, -3.0])
def test_empty_boxes_go(pen, turn):
    components = labelled(boxes(pen=pen, turn=turn)[0])
    assert components.frames.all()
    assert letter_height(components) is None
    assert not len(remove_frames(components, np.zeros(components.labels.shape, np.float32)))


@pytest.mark.parametrize("seed", range(3))
def test_boxes_of_ragged_lines_go(seed):
    """As thin lines look on grainy paper, with corners that a blur made round."""
    ink, _ = boxes(pen=6)
    rng = np.random.default_rng(seed)
    ragged = (
        ndimage.gaussian_filter(ink, 2.5) + ndimage.gaussian_filter(rng.normal(0, 1, ink.shape), 1.5) * 0.6
    )
    components = labelled(np.where(ragged > 0.3, ink.dtype.type(1), ink.dtype.type(0)))
    large = components.heights > 60
    assert large.sum() == 6
    assert components.frames[large].all()


def test_what_is_written_in_boxes_stays():
    ink, outlines = boxes("KITERS")
    components = labelled(ink)
    left = remove_frames(components, ink)
    np.testing.assert_array_equal(left.labels > 0, (ink > 0.5) & ~outlines)
    assert letter_height(components) == pytest.approx(42, abs=6)


def test_a_stroke_that_touches_its_box_stays():
    ink, _ = boxes()
    ink[60:110, 60:65] = 1
    components = labelled(ink)
    assert components.frames.all()
    left = remove_frames(components, ink)
    assert len(left) == 1
    assert 45 <= left.heights[0] <= 50
    assert left.boxes[0, 0] == 60


def test_the_divider_of_two_boxes_goes_with_them():
    ink = np.zeros((120, 260), np.float32)
    frame(ink, 20, 20, 240, 100)
    ink[20:100, 128:131] = 1
    assert not len(remove_frames(labelled(ink), ink))


@pytest.mark.parametrize("seed", range(4))
def test_letters_are_no_frames(seed):
    ink = draw_text(["ABCDEGOQU", "80BDO"], style=Style(seed=seed, pen=8), seed=seed, height=44).ink
    components = labelled(ink)
    assert not components.frames.any()
    assert remove_frames(components, ink) is components


@pytest.mark.parametrize("at", [0, 60, 170])
@pytest.mark.parametrize("upside_down", [False, True])
def test_a_stroke_on_a_line_is_no_frame(at, upside_down):
    """Nearly all of its box lies beside both, as one of four sides that all look the same way."""
    ink = np.zeros((200, 300), np.float32)
    ink[100:103, 40:224] = 1
    ink[50:100, 40 + at : 54 + at] = 1
    components = labelled(ink[::-1].copy() if upside_down else ink)
    assert not components.frames.any()
    assert remove_frames(components, ink) is components
