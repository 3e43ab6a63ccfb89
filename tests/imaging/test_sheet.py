import numpy as np
import pytest

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import lay_on, photograph
from ocr_cli.datasets.surfaces import SURFACES, seen
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.sheet import paint_surroundings

CORNERS = np.array([[130, 90], [660, 60], [690, 480], [100, 500]], float)
PAPER = (236, 233, 224)


@pytest.fixture(scope="module")
def page():
    """A sheet of writing, float32 (H, W, 3)."""
    ink = draw_text(["ON A SHEET", "OF PAPER"], style=Style(seed=3), seed=1, height=50).ink
    return photograph(ink, seed=1, noise=0, blur=0).astype(np.float32)


def on(name, page, corners=CORNERS, *, seed=0, dim=1.0, **light):
    """The page on a surface, and where in the picture it lies, bool (H, W)."""
    rng = np.random.default_rng(seed)
    table = SURFACES[name](560, 760, rng) * np.float32(dim)
    sheet = lay_on(np.full_like(page, 255), np.zeros_like(table), corners)[..., 0] > 127
    return seen(lay_on(page, table, corners), rng, **light), sheet


@pytest.mark.parametrize("light", [{}, {"vignette": 0.5}, {"lamp": 0.5}], ids=["even", "vignette", "lamp"])
@pytest.mark.parametrize(("table", "dim"), [("wood", 1.0), ("plain", 0.3), ("cloth", 0.7), ("keys", 0.6)])
def test_what_is_around_a_sheet_is_painted_over_and_the_sheet_stays(page, table, dim, light):
    pixels, sheet = on(table, page, dim=dim, **light)
    painted = paint_surroundings(pixels)
    assert painted.shape == pixels.shape
    assert painted.dtype == np.uint8
    inside = (painted == pixels).all(axis=2)
    assert inside[sheet].mean() > 0.93
    # Around it nothing is left that is darker than the paper in that light.
    assert np.percentile(painted[~sheet].astype(float).mean(axis=1), 1) > 0.45 * np.mean(PAPER)
    steps = np.abs(np.diff(painted.astype(float).mean(axis=2), axis=1))[~sheet[:, 1:]]
    assert np.percentile(steps, 99.9) < 30


def test_a_sheet_that_reaches_beyond_one_side_of_the_picture_is_found(page):
    pixels, sheet = on("plain", page, np.add(CORNERS, (0, 140)), dim=0.3)
    painted = paint_surroundings(pixels)
    assert (painted != pixels).any(axis=2)[~sheet].mean() > 0.9
    assert (painted == pixels).all(axis=2)[sheet].mean() > 0.93


@pytest.mark.parametrize("seed", range(4))
def test_paper_half_in_a_shadow_is_left_as_it_is(seed):
    ink = draw_text(["LIGHT AND", "SHADOW"], style=Style(seed=3), seed=1, height=50).ink
    pixels = photograph(ink, seed=seed, shadow=0.6, shadow_edge=4.0)
    assert paint_surroundings(pixels) is pixels


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"uneven": 0.7, "vignette": 0.4},
        {"ruling": "squares", "pitch": 90.0, "ruling_colour": (20, 20, 20)},
        {"paper": (42, 56, 50), "pen": (226, 226, 214)},
    ],
    ids=["plain", "uneven", "squares", "blackboard"],
)
def test_a_page_that_fills_the_picture_is_left_as_it_is(conditions):
    ink = draw_text(["NOTHING ELSE", "AROUND IT"], style=Style(seed=3), seed=1, height=50).ink
    pixels = photograph(ink, seed=2, **conditions)
    assert paint_surroundings(pixels) is pixels


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 2), (50, 50), (400, 500)])
@pytest.mark.parametrize("value", [0, 255])
def test_even_pictures_of_any_shape_are_left_as_they_are(shape, value):
    pixels = np.full((*shape, 3), value, np.uint8)
    assert paint_surroundings(pixels) is pixels


def test_a_frame_drawn_round_the_writing_is_no_edge_of_a_sheet():
    pixels = np.full((400, 600, 3), 235, np.uint8)
    pixels[60:340, 80:520] = 20
    pixels[90:310, 110:490] = 235
    assert paint_surroundings(pixels) is pixels


def test_the_picture_is_not_changed(page):
    pixels, _ = on("wood", page)
    before = pixels.copy()
    paint_surroundings(pixels)
    np.testing.assert_array_equal(pixels, before)


def test_where_a_lamp_shines_on_the_table_too_the_sheet_ends_at_its_edge():
    pixels = np.full((560, 760, 3), 60, np.uint8)
    pixels[80:480, 100:600] = 180
    y, x = np.mgrid[:560, :760]
    shine = np.exp(-(((x - 600) / 60) ** 2 + ((y - 250) / 60) ** 2))[..., None]
    pixels = (pixels + 70 * shine).astype(np.uint8)
    painted = paint_surroundings(pixels)
    assert (painted[100:460, 130:560] == pixels[100:460, 130:560]).all()
    # The table beside the sheet shone as half as bright as the paper, and is painted like it.
    assert pixels[230:270, 604:612].mean() < 135
    assert painted[230:270, 604:612].mean() > 200


def test_what_is_around_a_ruled_sheet_is_as_dark_as_the_sheet_with_its_rules(page):
    ruled = page.copy()
    ruled[::6] = ruled[1::6] = 120
    pixels, sheet = on("plain", ruled, dim=0.3)
    painted = paint_surroundings(pixels)
    assert painted[~sheet].mean() == pytest.approx(pixels[sheet].mean(), rel=0.06)
