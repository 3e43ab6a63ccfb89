import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.surfaces import SURFACES, seen
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.ink import InkMap, find_ink, to_grey
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rows import find_rows
from ocr_cli.segmentation.surface import InkEvidence, why_not_rows
from ocr_cli.verdict import Reason, surface

FAINT = (205, 205, 205)


def is_surface(ink):
    return surface(InkEvidence(ink)) is Reason.SURFACE


def without_codes(components, rows):
    reasons = why_not_rows(components, rows)
    assert {why for why in reasons if why} <= {Reason.BARS, Reason.SQUARES}
    return [row for row, why in zip(rows, reasons, strict=True) if why is None]


def surface_found(pixels):
    ink = find_ink(to_grey(pixels), 44.0)
    return not ink.mask.any() or is_surface(ink)


@pytest.mark.parametrize("name", ["grainy", "wood", "cloth", "crumpled"])
@pytest.mark.parametrize("seed", range(3))
def test_surfaces_are_no_ink(name, seed):
    rng = np.random.default_rng(seed)
    assert surface_found(seen(SURFACES[name](300, 400, rng), rng))


@pytest.mark.parametrize("text", ["A", "17", "HELLO 42"])
@pytest.mark.parametrize("pen", [(45, 60, 150), FAINT])
def test_writing_is_ink_however_faint(text, pen):
    ink = draw_text([text], style=Style(seed=3), seed=3, height=44).ink
    assert not surface_found(photograph(np.pad(ink, 60), pen=pen, seed=3))


@pytest.mark.parametrize(("steadiness", "expected"), [(0.2, True), (0.3, False)])
def test_what_is_full_of_soft_strokes_is_no_ink_however_even_they_are(steadiness, expected):
    mask = np.zeros((300, 400), bool)
    for top in range(5, 250, 50):
        for left in range(5, 390, 10):
            mask[top : top + 44, left : left + 6] = True
    strength = mask.astype(np.float32)
    ink = InkMap(strength, mask, 0.5, False, np.ones_like(strength), steadiness)
    assert is_surface(ink) is expected
    mask[:, 100:] = False
    assert not is_surface(ink)


@pytest.mark.parametrize(("steadiness", "expected"), [(0.01, True), (0.4, False)])
def test_a_soft_shade_along_the_rim_is_no_letter(steadiness, expected):
    mask = np.zeros((50, 66), bool)
    mask[:, :10] = mask[-9:] = True
    ink = InkMap(mask.astype(np.float32), mask, 0.3, False, np.ones(mask.shape, np.float32), steadiness)
    assert is_surface(ink) is expected


def rows_of(mask):
    components = find_components(mask, mask.astype(np.float32))
    return components, find_rows(components, np.ones(len(components), bool), 60.0)


@pytest.mark.parametrize("widths", [[4, 14, 8, 20, 4, 8, 14, 4, 20], [5] * 9, [5, 5]])
def test_printed_bars_are_no_row(widths):
    mask = np.zeros((100, 400), bool)
    for x, width in zip(range(20, 380, 40), widths, strict=False):
        mask[20:80, x : x + width] = True
    components, rows = rows_of(mask)
    assert len(rows) == 1
    assert without_codes(components, rows) == []


def test_bars_that_a_blur_has_joined_are_no_row():
    mask = np.zeros((100, 400), bool)
    for x, width in ((20, 12), (40, 30), (82, 50), (140, 10), (164, 22)):
        mask[20:80, x : x + width] = True
    mask[22:34, 20:74] = mask[60:78, 140:180] = True
    components, rows = rows_of(mask)
    assert len(components) == 3
    assert without_codes(components, rows) == []


def test_squares_of_a_printed_code_are_no_row():
    squares = np.random.default_rng(0).random((21, 21)) < 0.5
    squares[[0, -1]] = squares[:, [0, -1]] = True
    # Out of focus, squares that touch at their corners grow together.
    mask = ndimage.binary_dilation(np.pad(np.kron(squares, np.ones((5, 5), bool)), 20))
    components, rows = rows_of(mask)
    assert len(rows) == 1
    assert without_codes(components, rows) == []


@pytest.mark.parametrize("spacing", [-0.1, 0.2])
def test_letters_with_many_holes_are_a_row(spacing):
    drawn = draw_text(["B8BG8AB0"], style=Style(seed=2, pen=9), seed=2, height=60, letter_spacing=spacing)
    components, rows = rows_of(np.pad(drawn.ink, 20) > 0.5)
    assert without_codes(components, rows) == rows != []


@pytest.mark.parametrize("lines", ["11111", "IIIII", "HILTI"])
def test_ones_in_a_row_are_a_row(lines):
    ink = draw_text([lines], style=Style(seed=2), seed=2, height=60).ink
    components, rows = rows_of(np.pad(ink, 20) > 0.5)
    assert without_codes(components, rows) == rows != []


@pytest.mark.filterwarnings("error")
def test_a_row_too_low_to_be_looked_at_at_several_heights_is_kept():
    mask = np.zeros((20, 60), bool)
    mask[10:12, 10:20] = mask[10:12, 30:40] = True
    components = find_components(mask, mask.astype(np.float32))
    rows = find_rows(components, np.ones(2, bool), 2.0)
    assert len(rows) == 1
    assert without_codes(components, rows) == rows


@pytest.mark.parametrize("letter", "ABR70")
def test_one_letter_that_fills_the_picture_is_no_surface(letter):
    ink = draw_text([letter], style=Style(seed=3, pen=11), seed=3, height=44).ink
    rows, columns = np.nonzero(ink > 0.5)
    tight = ink[rows.min() - 2 : rows.max() + 3, columns.min() - 2 : columns.max() + 3]
    ink = find_ink((0.98 * (1 - 0.9 * tight)).astype(np.float32), 44.0)
    assert ink.steadiness > 0.2
    assert not is_surface(ink)
