import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import BLACKBOARD, CHALK, photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.segmentation.layout import Layout, find_layout
from ocr_cli.stages import ComponentsStage, GreyStage, InkStage, RowsStage, RulesStage, TurnedStage

STYLE = Style(seed=5)
LINES = ("MUTUAL", "WAVE TURN", "ZONE MUD")


def drawn(*lines, **options):
    return draw_text(lines, style=STYLE, **({"seed": 2, "height": 40, "spacing_jitter": 0.05} | options))


def overlap(a, b):
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def found_boxes(layout):
    return [
        [layout.to_pixels(tuple(box)) for box in lattice.boxes.tolist()] for lattice in lattices_of(layout)
    ]


def lattices_of(layout):
    return [ink.lattice() for ink in row_inks(layout.components, layout.strength, layout.rows)]


def assert_boxes_lie_where_written(drawing, layout, scale=1.0, least=0.6):
    """Each written character's box is, in its own row, the box of some candidate."""
    found = found_boxes(layout)
    assert len(found) == len(drawing.lines)
    for line, candidates in zip(drawing.lines, found, strict=True):
        for character, box in line:
            written = [side * scale for side in (box.left, box.top, box.right, box.bottom)]
            assert max(overlap(written, candidate) for candidate in candidates) > least, character


def test_a_plain_page_has_a_lattice_for_each_row_and_boxes_in_place():
    drawing = drawn(*LINES)
    layout = find_layout(photograph(drawing.ink, seed=1))
    assert layout.tilt == 0.0
    assert_boxes_lie_where_written(drawing, layout, least=0.75)


@pytest.mark.parametrize("height", [16.0, 30.0, 90.0, 150.0])
def test_letters_of_any_size_come_out_at_the_working_height(height):
    drawing = drawn(*LINES, height=height)
    layout = find_layout(photograph(drawing.ink, seed=1, blur=0.5))
    assert_boxes_lie_where_written(drawing, layout)
    for row in layout.rows:
        assert 36 < row.height < 56
        assert row.height / layout.scale == pytest.approx(height * 1.08, rel=0.2)


@pytest.mark.parametrize("slope", [-6.0, -3.0, 3.0, 6.0])
def test_boxes_of_sloping_rows_are_turned_back(slope):
    drawing = drawn(*LINES, slope=slope, margin=3.5)
    layout = find_layout(photograph(drawing.ink, seed=1))
    assert layout.tilt == pytest.approx(-slope, abs=1.0)
    # The box around a turned box is a little larger than that of the ink.
    assert_boxes_lie_where_written(drawing, layout, least=0.55)


def test_the_copy_of_a_sloping_page_is_upright():
    drawing = drawn("MANY MEN", "MUTE MAN", slope=9.0, margin=3.5)
    layout = find_layout(photograph(drawing.ink, seed=1))
    for lattice in lattices_of(layout):
        high = [box for box in lattice.atoms.tolist() if box[3] - box[1] > 0.8 * lattice.height]
        middles = [(top + bottom) / 2 for _, top, _, bottom in high]
        assert np.ptp(middles) < 0.4 * lattice.height


def test_an_untouched_copy_s_pixels_are_the_picture_s():
    layout = Layout((), 1.0, 0.0, (300, 200), (300, 200))
    assert layout.to_pixels((10, 20, 30, 60)) == pytest.approx((10, 20, 30, 60))


def test_pixels_of_a_scaled_copy_are_divided_by_the_scale():
    layout = Layout((), 0.5, 0.0, (300, 200), (300, 200))
    assert layout.to_pixels((10, 20, 30, 60)) == pytest.approx((20, 40, 60, 120))


@pytest.mark.parametrize("degrees", [-17.0, -4.0, 3.0, 11.0])
@pytest.mark.parametrize("place", [(30, 40), (260, 30), (150, 170)])
def test_a_spot_on_a_turned_sheet_is_found_on_the_sheet(degrees, place):
    x, y = place
    sheet = Image.new("L", (320, 210))
    sheet.paste(255, (x - 4, y - 4, x + 4, y + 4))
    turned = np.asarray(sheet.rotate(degrees, Image.Resampling.BILINEAR, expand=True)) > 127
    rows, columns = np.nonzero(turned)
    spot = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    layout = Layout((), 1.0, degrees, (320, 210), (turned.shape[1], turned.shape[0]))
    left, top, right, bottom = layout.to_pixels(spot)
    assert (left + right) / 2 == pytest.approx(x, abs=1.0)
    assert (top + bottom) / 2 == pytest.approx(y, abs=1.0)
    assert left <= x - 3
    assert right >= x + 3


def test_ruled_paper_changes_no_row():
    drawing = drawn(*LINES)
    layout = find_layout(photograph(drawing.ink, seed=1, ruling="lines", pitch=80.0))
    assert_boxes_lie_where_written(drawing, layout)


@pytest.mark.parametrize("edge", ["upper", "lower"])
def test_a_row_that_the_edge_cuts_through_is_left_out(edge):
    drawing = drawn(*LINES)
    pixels = photograph(drawing.ink, seed=1)
    _, box = drawing.lines[0 if edge == "upper" else -1][0]
    middle = round((box.top + box.bottom) / 2)
    cut = pixels[middle:] if edge == "upper" else pixels[:middle]
    assert len(find_layout(cut).rows) == len(LINES) - 1


def test_rows_that_are_cropped_closely_are_all_there():
    ink = drawn(*LINES).ink
    rows, columns = (np.flatnonzero((ink > 0.3).any(axis=axis)) for axis in (1, 0))
    pixels = photograph(ink, seed=1)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert len(find_layout(pixels).rows) == len(LINES)


def test_of_a_row_alone_what_the_edge_leaves_is_there():
    ink = drawn("MUTUAL").ink
    rows = np.flatnonzero((ink > 0.3).any(axis=1))
    cut = photograph(ink, seed=1)[: round(0.3 * rows[0] + 0.7 * rows[-1])]
    assert len(find_layout(cut).rows) == 1


def test_chalk_on_a_board_is_laid_out_as_ink_is():
    drawing = drawn(*LINES)
    pixels = photograph(drawing.ink, seed=1, paper=BLACKBOARD, pen=CHALK)
    assert_boxes_lie_where_written(drawing, find_layout(pixels))


def test_a_sheet_on_a_dark_table_has_its_own_rows_alone():
    drawing = drawn(*LINES, margin=2.5)
    pixels = photograph(drawing.ink, seed=1, table=(66, 46, 34), table_width=60)
    layout = find_layout(pixels)
    assert len(layout.rows) == len(LINES)
    boxes = np.array([box for row in found_boxes(layout) for box in row])
    height, width = drawing.ink.shape
    assert boxes.min() >= 60
    assert boxes[:, 2].max() <= 60 + width
    assert boxes[:, 3].max() <= 60 + height


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 2000), (2000, 3), (300, 400)])
@pytest.mark.parametrize("brightness", [0, 90, 255])
def test_an_even_picture_has_no_rows(shape, brightness):
    assert find_layout(np.full((*shape, 3), brightness, np.uint8)).rows == ()


def test_a_picture_of_noise_has_no_rows():
    pixels = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    assert find_layout(pixels).rows == ()


def test_the_same_picture_gives_the_same_layout():
    pixels = photograph(drawn(*LINES).ink, seed=1, tilt=3.0)
    first, second = find_layout(pixels), find_layout(pixels)
    assert first.tilt == second.tilt
    assert found_boxes(first) == found_boxes(second)


STRAIGHT = [GreyStage, InkStage, RulesStage, ComponentsStage, RowsStage]


def test_an_observer_is_told_of_each_stage_in_order():
    stages = []
    layout = find_layout(photograph(drawn(*LINES).ink, seed=1), stages.append)
    assert [type(stage) for stage in stages] == STRAIGHT
    grey, ink, rules, components, rows = stages
    assert ink.ink.mask.shape == ink.ink.paper.shape == grey.grey.shape
    assert not (rules.after & ~rules.before).any()
    assert components.writing.sum() >= 12
    assert len(rows.rows) == 3
    assert rows.rows == layout.rows


def test_an_observer_sees_a_tilted_page_turned_and_cleared_of_rules_once_more():
    stages = []
    find_layout(photograph(drawn(*LINES, slope=6.0, margin=3.5).ink, seed=1), stages.append)
    again = [*STRAIGHT[:3], TurnedStage, RulesStage, *STRAIGHT[3:]]
    assert [type(stage) for stage in stages] == again


def test_an_observer_of_an_even_picture_sees_it_alone():
    stages = []
    find_layout(np.full((30, 40, 3), 255, np.uint8), stages.append)
    (stage,) = stages
    assert stage.grey.shape == (30, 40)
