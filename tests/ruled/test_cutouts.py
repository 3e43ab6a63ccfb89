"""Lines cut out of forms: frames, walls and rules go, what is written stays, plain lines do not change."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_cli import Reader, ReadOptions
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.ruled.cutouts import cut_out


def written(text, *, seed=4, height=30):
    """The ink of a word, cut to it: float (H, W) in [0, 1]."""
    ink = draw_text([text], style=Style(seed=seed), seed=seed, height=height).ink
    y, x = np.nonzero(ink > 0.5)
    return ink[y.min() : y.max() + 1, x.min() : x.max() + 1]


def field(text, *, around=14, margin=7, frame=True, dotted=False, wide=0):
    """A frame round a word, with paper inside, cut out with so much paper outside."""
    ink = np.pad(written(text), ((around, around), (around, around + wide)))
    image = Image.fromarray(np.uint8(240 - 200 * np.pad(ink, 20)))
    draw = ImageDraw.Draw(image)
    box = (20, 20, 19 + ink.shape[1], 19 + ink.shape[0])
    if frame:
        draw.rectangle(box, outline=90, width=2)
    if dotted:
        for x in range(0, image.width, 7):
            draw.rectangle((x, box[3] - 5, x + 1, box[3] - 4), fill=60)
    part = image.crop((box[0] - margin, box[1] - margin, box[2] + 1 + margin, box[3] + 1 + margin))
    return np.repeat(np.asarray(part)[..., None], 3, axis=2)


@pytest.fixture(scope="module")
def reader():
    return Reader("block", ReadOptions(layout="line"))


@pytest.mark.parametrize("margin", [0, 5, 10])
@pytest.mark.parametrize("text", ["NORTH", "52", "375"])
def test_a_frame_is_not_read(reader, text, margin):
    assert reader.read(field(text, margin=margin, wide=30)).text == text


def test_walls_of_cells_are_not_read(reader):
    cells = []
    for text in "HX37":
        ink = written(text)
        cell = np.zeros((60, 56))
        top, left = (60 - ink.shape[0]) // 2, (56 - ink.shape[1]) // 2
        cell[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
        cells.append(cell)
    grey = 240 - 200 * np.concatenate(cells, axis=1)
    grey[[0, 1, -2, -1]] = 90
    for x in (0, 56, 112, 168, 222):
        grey[:, x : x + 2] = 90
    picture = np.repeat(np.uint8(grey)[..., None], 3, axis=2)
    assert reader.read(picture).text.replace(" ", "") == "HX37"


def test_a_wall_at_the_edge_alone_is_no_one(reader):
    picture = field("42", frame=False, margin=0, wide=20)
    picture[:, -3:-1] = 90
    assert reader.read(picture).text == "42"


def test_a_dotted_rule_is_no_row_of_stops(reader):
    assert reader.read(field("NORTH", frame=False, dotted=True, margin=0)).text == "NORTH"


def test_what_is_printed_beside_a_field_and_cut_off_is_not_read(reader):
    picture = field("NORTH", margin=7, wide=120)
    picture[:, :9] = 240
    picture[30:46, :5] = 60
    picture[[7, 8, -9, -8]] = 90
    assert reader.read(picture).text == "NORTH"


def test_pale_dots_on_uneven_paper_are_a_rule():
    picture = field("NORTH", frame=False, margin=0, wide=160).astype(float)
    rng = np.random.default_rng(3)
    grain = np.repeat(np.repeat(rng.normal(0, 4, [side // 4 + 1 for side in picture.shape[:2]]), 4, 0), 4, 1)
    picture += grain[: picture.shape[0], : picture.shape[1], None]
    for x in range(0, picture.shape[1] - 2, 7):
        picture[-8:-6, x : x + 2] -= 60
    found = cut_out(np.uint8(np.clip(picture, 0, 255)))
    assert found is not None
    places = np.nonzero(found.strength.max(axis=1))[0] / found.scale - found.margin / found.scale
    assert places.max() < picture.shape[0] - 10


def test_an_empty_frame_has_no_text(reader):
    picture = np.full((50, 120, 3), 240, np.uint8)
    picture[4:6, 4:116] = picture[44:46, 4:116] = picture[4:46, 4:6] = picture[4:46, 114:116] = 60
    assert reader.read(picture).text == ""


def test_boxes_lie_on_the_picture_as_it_came(reader):
    picture = field("K", margin=8, wide=60)
    (character,) = (one for line in reader.read(picture).lines for one in line.characters)
    inner = picture[12:-12, 12:-12, 0] < 140
    y, x = np.nonzero(inner)
    box = character.box
    for found, drawn in (
        (box.left, x.min() + 12),
        (box.top, y.min() + 12),
        (box.right, x.max() + 12),
        (box.bottom, y.max() + 12),
    ):
        assert abs(found - drawn) <= 4


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("margin", [0, 6])
def test_lines_without_rules_are_left_alone(seed, margin):
    for text in ("HELLO", "1", "17", "TITLE 11", "ZEBRA", "LATE"):
        ink = np.pad(written(text, seed=seed), margin)
        picture = np.repeat(np.uint8(240 - 200 * ink)[..., None], 3, axis=2)
        assert cut_out(picture) is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (40, 4000)])
def test_pictures_of_any_shape(shape):
    assert cut_out(np.full((*shape, 3), 200, np.uint8)) is None


@pytest.mark.parametrize("rise", [-0.02, 0.02])
@pytest.mark.parametrize("margin", [0, 4])
def test_a_frame_that_leaves_the_picture_is_not_read(reader, rise, margin):
    ink = np.pad(written("NORTH"), ((14, 14), (30, 160)))
    image = Image.fromarray(np.uint8(240 - 200 * np.pad(ink, 20)))
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = 20, 20, 19 + ink.shape[1], 19 + ink.shape[0]
    off = rise * (right - left)
    for place in (top, bottom):
        draw.line((0, place - off / 2, image.width, place + off / 2), fill=90, width=2)
    for place in (left, right):
        draw.line((place, 0, place, image.height), fill=90, width=2)
    part = image.crop((left - margin, top - margin, right + 1 + margin, bottom + 1 + margin))
    assert reader.read(np.repeat(np.asarray(part)[..., None], 3, axis=2)).text == "NORTH"


@pytest.mark.parametrize("text", ["48", "275"])
@pytest.mark.parametrize("broken", [False, True])
def test_walls_of_few_cells_are_not_read(reader, text, broken):
    cells = []
    for number, sign in enumerate(text):
        ink = written(sign)
        cell = np.zeros((62, 56))
        top, left = (62 - ink.shape[0]) // 2, (56 - ink.shape[1]) // 2
        cell[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
        if number:
            cell[:, :2] = 0.7
        if number > 1 and broken:
            cell[24:34, :2] = 0
        cells.append(cell)
    grey = 240 - 200 * np.concatenate(cells, axis=1)
    grey[[0, 1, -2, -1]] = grey[:, [0, 1, -2, -1]] = 90
    picture = np.repeat(np.uint8(grey)[..., None], 3, axis=2)
    assert reader.read(picture).text.replace(" ", "") == text


def test_a_high_stroke_in_a_frame_is_no_wall(reader):
    picture = field("18", around=8, margin=0, wide=30)
    assert reader.read(picture).text == "18"
