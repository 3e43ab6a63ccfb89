import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import lay_on, photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.sheet import small_copy
from ocr_cli.imaging.sheets import part_sheets


@pytest.fixture(scope="module")
def note():
    """A small note, float32 (h, w, 3)."""
    ink = draw_text(["MILK", "BREAD"], style=Style(seed=3), seed=1, height=34, margin=0.9).ink
    return photograph(ink, seed=1, noise=0.0).astype(np.float32)


def sheets_of(picture):
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    return part_sheets(pixels, small_copy(pixels))


def desk(height=700, width=1000, colour=(40, 36, 34)):
    return np.full((height, width, 3), colour, np.float32)


def laid(note, picture, middle, degrees=0.0, foreshortened=0.0):
    """A note on a picture, and where its corners lie."""
    half = np.array(note.shape[1::-1]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners[:2, 0] *= 1 - foreshortened
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = corners @ turn + middle
    return lay_on(note, picture, corners), corners


@pytest.mark.parametrize(("degrees", "foreshortened"), [(0, 0), (8, 0), (-12, 0), (3, 0.15)])
def test_a_note_is_cut_out_straight_and_its_places_are_those_of_the_picture(note, degrees, foreshortened):
    picture, corners = laid(note, desk(), (620, 300), degrees, foreshortened)
    (sheet,) = sheets_of(picture)
    height, width = sheet.pixels.shape[:2]
    assert height == pytest.approx(note.shape[0], rel=0.2)
    assert width == pytest.approx(note.shape[1], rel=0.2)
    around = sheet.to_picture(np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
    assert np.hypot(*(around - corners).T).max() < 16
    # The middle of the sheet is where the picture has the same pixel.
    places = np.mgrid[0.2:0.8:7j, 0.2:0.8:7j].reshape(2, -1).T * (width, height)
    x, y = sheet.to_picture(places).astype(int).T
    own = np.asarray(Image.fromarray(sheet.pixels).resize((width, height)))
    u, v = places.astype(int).T
    assert np.abs(own[v, u].astype(float) - picture[y, x]).mean() < 25


@pytest.mark.parametrize("colour", [(40, 36, 34), (190, 186, 180), (150, 105, 65)])
def test_all_notes_are_found_wherever_they_lie(note, colour):
    picture = desk(colour=colour)
    middles = [(200, 160), (520, 190), (820, 150), (240, 520), (760, 540)]
    for middle in middles[::-1]:
        picture, _ = laid(note, picture, middle, degrees=4)
    sheets = sheets_of(picture)
    assert len(sheets) == len(middles)
    found = [sheet.to_picture(np.array([sheet.pixels.shape[1::-1]], float) / 2)[0] for sheet in sheets]
    for middle in middles:
        assert min(np.abs(one - middle).max() for one in found) < 20


@pytest.mark.parametrize("colour", [(248, 220, 90), (20, 22, 26)])
def test_a_strip_of_another_colour_is_a_sheet_of_its_own_and_keeps_its_pixels(note, colour):
    share = note.mean(axis=2, keepdims=True) / 255
    strip = np.array(colour) * share + (0 if max(colour) > 100 else 1) * 235 * (1 - share)
    picture = np.concatenate([strip, note, note])
    upper, lower = sheets_of(picture)
    for sheet in (upper, lower):
        left, top = sheet.to_picture(np.zeros((1, 2)))[0].astype(int)
        height, width = sheet.pixels.shape[:2]
        own = np.clip(picture, 0, 255).astype(np.uint8)[top : top + height, left : left + width]
        np.testing.assert_array_equal(sheet.pixels, own)
    assert (
        upper.to_picture(np.zeros((1, 2)))[0, 1] < len(strip) < lower.to_picture(np.zeros((1, 2)))[0, 1] + 9
    )


def test_what_is_written_around_notes_is_one_more_picture_without_them(note):
    ink = draw_text(["WRITTEN ON THE PAGE"], style=Style(seed=5), seed=2, height=40).ink
    page = np.pad(photograph(ink, seed=1, noise=0.0), ((0, 600), (0, 0), (0, 0)), "edge").astype(np.float32)
    picture, corners = laid(note * (1, 0.9, 0.5), page, (400, 400))
    cut, rest = sheets_of(picture)
    assert cut.pixels.shape[1] == pytest.approx(note.shape[1], rel=0.1)
    assert rest.pixels.shape == picture.shape
    np.testing.assert_array_equal(rest.pixels[:120], np.clip(picture, 0, 255).astype(np.uint8)[:120])
    left, top, right, bottom = (*corners.min(axis=0).astype(int), *corners.max(axis=0).astype(int))
    assert np.ptp(rest.pixels[top:bottom, left:right].astype(int), axis=(0, 1)).max() < 60


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shadow": 0.6, "shadow_edge": 4.0},
        {"uneven": 0.7},
        {"ruling": "squares", "ruling_colour": (60, 60, 70)},
        {"table": (66, 46, 34), "table_width": 200},
    ],
    ids=["plain", "half in a shadow", "uneven light", "squares", "one page on a table"],
)
def test_a_page_is_one(options):
    ink = draw_text(["A PAGE THAT", "IS ONE", "AND NO MORE"], style=Style(seed=4), seed=3).ink
    assert sheets_of(photograph(ink, seed=6, **options)) == []


@pytest.mark.parametrize("shape", [(1, 1), (40, 900), (300, 200), (2000, 100)])
def test_pictures_of_any_size_without_anything_are_one(shape):
    assert sheets_of(np.full((*shape, 3), 200.0)) == []


def test_notes_without_strokes_are_none(note):
    picture = desk()
    picture[100:300, 100:400] = 240
    picture[400:600, 500:800] = 230
    assert sheets_of(picture) == []


def test_heavy_letters_are_no_sheets():
    ink = draw_text(["FAT", "PEN"], style=Style(seed=3, pen=30), seed=1, height=150).ink
    assert sheets_of(photograph(ink, seed=1)) == []


@pytest.mark.parametrize(
    ("kind", "seed", "count"),
    [("pages on a dark desk", 2, 3), ("pages on a dark desk", 7, 7), ("pages on a light desk", 7, 7)],
)
def test_light_that_changes_on_a_sheet_neither_parts_nor_hides_it(kind, seed, count):
    """A shadow falls across one of the first; some of the last are hardly brighter than what they lie on."""
    import everyday

    picture, _ = everyday.draw(kind, seed)
    assert len(sheets_of(picture)) == count
