import numpy as np

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rows import split_tall

HEIGHT = 42.0


def drawn(*lines):
    return draw_text(lines, style=Style(seed=5), seed=2, height=40, spacing_jitter=0.05, line_spacing=1.6)


def joined(drawing):
    """The ink with a stroke from the foot of the first row's second letter to the letter below it."""
    ink = drawing.ink.copy()
    upper, lower = (line[1][1] for line in drawing.lines[:2])
    x = (max(upper.left, lower.left) + min(upper.right, lower.right)) // 2
    ink[upper.bottom - 22 : lower.top + 22, x - 2 : x + 2] = 1
    return ink


def split(ink):
    components = find_components(ink > 0.4, ink)
    return components, split_tall(components, ink, np.ones(len(components), bool), HEIGHT)


def test_letters_of_two_rows_that_touch_are_taken_apart_between_the_rows():
    drawing = drawn("NEMO TUM", "MINE UNT")
    alone = find_components(drawing.ink > 0.4, drawing.ink)
    ink = joined(drawing)
    whole, parts = split(ink)
    assert len(whole) < len(alone)
    assert whole.heights.max() > 100
    assert len(parts) == len(whole) + 1
    assert parts.heights.max() < 75
    # Only a thin line of ink goes.
    assert 0 < whole.areas.sum() - parts.areas.sum() < 12


def test_rows_that_do_not_touch_are_left_as_they_are():
    ink = drawn("NEMO TUM", "MINE UNT").ink
    whole, parts = split(ink)
    assert parts is whole


def test_a_tall_shape_beside_a_single_row_is_left_as_it_is():
    drawing = drawn("NEMO TUM")
    ink = np.pad(drawing.ink, ((0, 60), (0, 60)))
    box = drawing.lines[0][-1][1]
    ink[box.top : box.top + 90, box.right + 12 : box.right + 17] = 1
    whole, parts = split(ink)
    assert whole.heights.max() == 90
    assert parts is whole


def test_a_tall_shape_far_from_the_rows_is_left_as_it_is():
    drawing = drawn("NEMO TUM", "MINE UNT")
    top = drawing.lines[0][-1][1].top
    for distance, cut in ((20, True), (300, False)):
        ink = np.pad(drawing.ink, ((0, 0), (0, 400)))
        left = max(line[-1][1].right for line in drawing.lines) + distance
        ink[top : top + 110, left : left + 5] = 1
        whole, parts = split(ink)
        assert (parts is not whole) == cut


def test_what_is_no_writing_is_not_cut():
    drawing = drawn("NEMO TUM", "MINE UNT")
    ink = joined(drawing)
    components = find_components(ink > 0.4, ink)
    chosen = components.heights < 1.6 * HEIGHT
    assert split_tall(components, ink, chosen, HEIGHT) is components
