import numpy as np
import pytest

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.components import find_components, find_neighbours, is_writing, letter_height


def page(*boxes, size=(300, 400), strength=0.9):
    """Components of a page of filled rectangles (left, top, right, bottom)."""
    ink = np.zeros(size, np.float32)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = strength
    return labelled(ink)


def frame(ink, left, top, right, bottom, pen=3):
    """Draw a rectangle's outline."""
    ink[top : top + pen, left:right] = ink[bottom - pen : bottom, left:right] = 1
    ink[top:bottom, left : left + pen] = ink[top:bottom, right - pen : right] = 1


def labelled(ink):
    return find_components(ink > 0.5, ink)


def drawn(*lines, **options):
    return draw_text(lines, style=Style(seed=5), seed=2, height=40, **options)


def index_at(components, left, top):
    """The component whose box has this corner."""
    (k,) = np.flatnonzero((components.boxes[:, 0] == left) & (components.boxes[:, 1] == top))
    return int(k)


def test_components_have_exclusive_boxes_areas_and_darkness():
    ink = np.zeros((10, 20), np.float32)
    ink[2:5, 3:9] = 0.8
    ink[7, 12] = 1.0
    ink[8, 13] = 0.6
    components = find_components(ink > 0.5, ink)
    assert len(components) == 2
    np.testing.assert_array_equal(components.boxes, [[3, 2, 9, 5], [12, 7, 14, 9]])
    np.testing.assert_array_equal(components.widths, [6, 2])
    np.testing.assert_array_equal(components.heights, [3, 2])
    np.testing.assert_array_equal(components.areas, [18, 2])
    np.testing.assert_allclose(components.darkness, [0.8, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(components.centres, [[6.0, 3.5], [13.0, 8.0]])
    assert components.labels[2, 3] == 1
    assert components.labels[8, 13] == 2
    assert components.labels[0, 0] == 0


def test_a_blank_page_has_no_components_and_no_letter_height():
    components = page()
    assert len(components) == 0
    assert components.boxes.shape == (0, 4)
    assert letter_height(components) is None
    assert is_writing(components, 40).shape == (0,)


def test_a_page_full_of_ink_is_one_component_without_letters():
    components = page((0, 0, 400, 300))
    assert len(components) == 1
    assert letter_height(components) is None


def test_letter_height_is_that_of_drawn_letters():
    assert letter_height(labelled(drawn("SOME PLAIN", "LETTERS").ink)) == pytest.approx(43, abs=5)


def test_letter_height_ignores_specks_rules_and_a_frame():
    drawing = drawn("SOME PLAIN", "LETTERS", margin=2.5)
    ink = drawing.ink.copy()
    alone = letter_height(labelled(ink))
    height, width = ink.shape
    frame(ink, 10, 10, width - 10, height - 10)
    ink[30:33, 20 : width - 20] = 1
    rng = np.random.default_rng(0)
    for x, y in zip(rng.integers(40, width - 40, 150), rng.integers(40, height - 40, 150), strict=True):
        ink[y : y + 2, x : x + 2] = 1
    assert letter_height(labelled(ink)) == pytest.approx(alone, rel=0.1)


def test_letter_height_is_none_for_specks_alone():
    assert letter_height(page(*[(20 * k, 30, 20 * k + 3, 33) for k in range(15)])) is None


def test_letter_height_of_a_word_that_hangs_together_is_not_that_of_its_dot():
    assert letter_height(page((30, 100, 180, 140), (60, 80, 66, 87), size=(200, 210))) == 40


def test_letter_height_ignores_a_frame_with_a_gap_round_a_few_letters():
    frame_with_a_gap = (30, 20, 180, 23), (30, 20, 33, 180), (30, 177, 180, 180), (177, 20, 180, 90)
    letters = [(50 + 30 * k, 80, 65 + 30 * k, 110) for k in range(3)]
    assert letter_height(page(*frame_with_a_gap, *letters, size=(200, 210))) == 30


def test_letters_dots_and_dashes_are_writing():
    components = labelled(drawn("I-J. A-B").ink)
    assert len(components) >= 7
    assert is_writing(components, 42).all()


# Letters as thin bars of a stroke's width, 40 high, beside the shape in question.
LETTERS = [(40 + 30 * k, 100, 44 + 30 * k, 140) for k in range(8)]


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((60, 60, 61, 62), id="speck"),
        pytest.param((30, 180, 330, 184), id="line"),
        pytest.param((350, 20, 354, 280), id="upright-line"),
        pytest.param((300, 20, 380, 285), id="block-higher-than-any-letter"),
        pytest.param((0, 200, 120, 299), id="table-edge"),
    ],
)
def test_what_is_no_letter_is_no_writing(shape):
    components = page(*LETTERS, shape)
    writing = is_writing(components, 40)
    odd = index_at(components, *shape[:2])
    assert not writing[odd]
    assert writing.sum() == len(LETTERS)


@pytest.mark.parametrize("pen", [2, 5])
def test_a_frame_round_the_writing_is_no_writing(pen):
    ink = drawn("IN A FRAME", "OF A FORM", margin=2.0).ink.copy()
    letters = len(labelled(ink))
    frame(ink, 25, 20, ink.shape[1] - 25, ink.shape[0] - 20, pen)
    components = labelled(ink)
    writing = is_writing(components, 42)
    assert len(components) == letters + 1
    assert not writing[index_at(components, 25, 20)]
    assert writing.sum() == letters


def test_a_form_field_two_letters_high_is_no_writing():
    ink = np.pad(drawn("A FORM FIELD").ink, ((0, 160), (0, 120)))
    letters = len(labelled(ink))
    top = ink.shape[0] - 140
    frame(ink, 40, top, 580, top + 110, pen=2)
    components = labelled(ink)
    writing = is_writing(components, 42)
    assert not writing[index_at(components, 40, top)]
    assert writing.sum() == letters


def test_faint_shapes_beside_dark_letters_are_no_writing():
    ink = np.zeros((300, 400), np.float32)
    for left, top, right, bottom in LETTERS:
        ink[top:bottom, left:right] = 0.9
    ink[200:240, 100:104] = 0.3
    components = find_components(ink > 0.2, ink)
    np.testing.assert_array_equal(is_writing(components, 40), [True] * len(LETTERS) + [False])


def test_without_letters_nothing_is_writing():
    assert not is_writing(page((10, 10, 14, 14), (50, 10, 390, 13)), 40).any()


def test_neighbours_begin_before_a_component_ends_or_so_far_behind_it():
    # From the top: 0 and 1 overlap, 2 begins six pixels behind 1, 3 is too small, 4 begins where 0 does.
    components = page(
        (20, 10, 60, 30), (50, 40, 90, 60), (96, 70, 120, 90), (30, 100, 33, 103), (20, 110, 40, 140)
    )
    near = {k: others.tolist() for k, others in find_neighbours(components, 100)}
    assert list(near) == [0, 4, 1, 2]
    assert near == {0: [4, 1], 4: [], 1: [], 2: []}
    farther = {k: others.tolist() for k, others in find_neighbours(components, 100, 6)}
    assert farther == {0: [4, 1], 4: [], 1: [2], 2: []}


def test_letters_of_a_heading_are_writing_and_large_drawings_are_not():
    ink = np.zeros((500, 900), np.float32)
    for left in range(40, 800, 40):
        ink[400:430, left : left + 4] = ink[400:404, left : left + 20] = 1
    heading = [(left, 60, left + 90, 240) for left in (40, 180, 320)]
    for left, top, right, bottom in heading:
        ink[top:bottom, left : left + 14] = ink[top : top + 14, left:right] = 1
    ink[60:240, 700:704] = ink[60:64, 600:704] = 1
    ink[100:130, 640:644] = 1
    components = find_components(ink > 0.5, ink)
    writing = components.boxes[is_writing(components, 30.0)].tolist()
    assert all(list(box) in writing for box in heading)
    assert [600, 60, 704, 240] not in writing
