"""The ink of a field: rules out, strokes that cross them in, and empty told from faint."""

import numpy as np
import pytest
from form_pictures import field_patch

from ocr_cli.forms.combs import comb_cells
from ocr_cli.ruled.field_ink import field_ink

PENCIL = (205, 204, 206)


def stroke(points, colour=(20, 20, 60), width=3):
    return lambda draw: draw.line(points, fill=colour, width=width)


@pytest.mark.parametrize("rule", [(60, 60, 66), (190, 190, 190)])
def test_an_empty_box_has_no_ink(rule):
    ink = field_ink(field_patch(rule=rule))
    assert ink.written < 0.5
    assert not ink.labels.any()


def test_a_faint_pencil_is_writing():
    assert field_ink(field_patch(stroke((120, 40, 135, 72, 150, 40), colour=PENCIL))).written > 0.5


def test_a_stroke_that_crosses_a_rule_stays_whole():
    patch = field_patch(stroke((150, 45, 150, 100)))
    ink = field_ink(patch)
    assert ink.labels.max() == 1
    rows = np.flatnonzero((ink.strength > 0.3).any(axis=1))
    assert rows[0] < patch.box[3] - 20
    assert rows[-1] > patch.box[3] + 12


def test_what_stands_beside_a_field_is_not_in_it():
    def neighbours(draw):
        draw.line((30, 45, 50, 70), fill="black", width=3)
        draw.line((200, 2, 230, 22), fill="black", width=3)
        draw.line((150, 45, 170, 70), fill="black", width=3)

    ink = field_ink(field_patch(neighbours))
    assert ink.labels.max() == 1


@pytest.mark.parametrize("rule", [(60, 60, 66), (200, 200, 200)])
def test_the_cells_of_a_comb_may_be_empty_and_letters_may_stray(rule):
    def letters(draw):
        draw.line((75, 42, 85, 70), fill="black", width=3)
        # In the third cell of 50 pixels, and a little beyond its wall.
        draw.line((168, 42, 213, 70), fill="black", width=3)

    patch = field_patch(letters, cells=6, rule=rule)
    ink = field_ink(patch, cells=6)
    assert len(ink.walls) == 7
    cells = comb_cells(patch, ink)
    assert [cell is not None for cell in cells] == [True, False, True, False, False, False]


def test_stems_beside_walls_are_not_taken_for_them():
    def stems(draw):
        for x in (70, 122, 178, 232):
            draw.line((x, 36, x, 76), fill=(30, 30, 120), width=4)

    patch = field_patch(stems, cells=6, rule=(170, 170, 170))
    cells = comb_cells(patch, field_ink(patch, cells=6))
    assert [cell is not None for cell in cells] == [True, True, True, True, False, False]


def test_the_dots_of_a_dotted_rule_are_no_writing():
    def dots(draw):
        for x in range(64, 356, 12):
            draw.ellipse((x, 73, x + 2, 75), fill="black")

    assert field_ink(field_patch(dots, frame=False)).written < 0.5


@pytest.mark.parametrize("dated", [True, False])
def test_a_comb_has_cells_for_the_signs_of_a_date(dated):
    patch = field_patch(cells=10)
    assert len(field_ink(patch, cells=8, dated=dated).walls) == 11
    assert len(field_ink(field_patch(cells=8), cells=8, dated=dated).walls) == 9


def shaded(*strokes, tint=(214, 220, 240)):
    """A comb of ten cells, every other one shaded, and strokes on them."""

    def draw(draw):
        for left in range(60, 360, 60):
            draw.rectangle((left + 2, 32, left + 28, 78), fill=tint)
        for one in strokes:
            draw.line(one, fill=(60, 60, 80), width=3)

    return field_patch(draw, cells=10)


def test_shaded_cells_of_a_comb_are_empty():
    patch = shaded()
    ink = field_ink(patch, cells=10)
    assert ink.written < 0.5
    assert not any(cell is not None for cell in comb_cells(patch, ink))


def test_what_is_written_on_a_shade_is_ink_and_the_shade_is_none():
    patch = shaded((130, 40, 140, 70), (160, 40, 170, 70))
    cells = comb_cells(patch, field_ink(patch, cells=10))
    assert [number for number, cell in enumerate(cells) if cell is not None] == [2, 3]
    on_shade, on_paper = ((cell > 0.3).sum() for cell in cells if cell is not None)
    assert on_shade == pytest.approx(on_paper, rel=0.3)


BOX_TO_TICK = (60, 30, 116, 80)
WITHIN = (64, 33, 104, 74)


def test_a_box_that_is_printed_smaller_than_its_field_is_no_writing():
    patch = field_patch(
        lambda draw: draw.rectangle(WITHIN, outline=(110, 110, 110), width=2), box=BOX_TO_TICK, frame=False
    )
    assert field_ink(patch).written < 0.5


def test_what_is_written_in_such_a_box_is_left():
    def ticked(draw):
        draw.rectangle(WITHIN, outline=(110, 110, 110), width=2)
        draw.line((74, 52, 82, 64, 94, 42), fill=(30, 30, 120), width=3)

    ink = field_ink(field_patch(ticked, box=BOX_TO_TICK, frame=False))
    assert ink.written > 0.5
    assert ink.labels.max() == 1


def test_a_round_letter_is_no_box():
    patch = field_patch(
        lambda draw: draw.ellipse(WITHIN, outline=(30, 30, 120), width=3), box=BOX_TO_TICK, frame=False
    )
    assert field_ink(patch).written > 0.5
