"""Pictures known to show nothing but writing, drawn by the project's own hand and cut to the ink."""

import string

import numpy as np
import pytest

from ocr_cli import Reader, ReadOptions
from ocr_cli.alphabet import fold
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.page import Box
from ocr_cli.segmentation.known import find_known_layout

LAYOUTS = ("page", "block", "line", "word", "character")


@pytest.fixture(scope="module")
def readers():
    return {name: Reader("block", ReadOptions(layout=name)) for name in LAYOUTS}


def cut(*lines, margin=0, seed=4, height=48, inverted=False):
    """Rows on noisy paper, cut out so that so many pixels are left about the ink."""
    ink = np.pad(draw_text(lines, style=Style(seed=seed), seed=seed, height=height).ink, 40)
    y, x = np.nonzero(ink > 0.5)
    ink = ink[y.min() - margin : y.max() + 1 + margin, x.min() - margin : x.max() + 1 + margin]
    grey = 235 - 190 * ink + np.random.default_rng(seed).normal(0, 2, ink.shape)
    grey = np.clip(255 - grey if inverted else grey, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


@pytest.mark.parametrize("margin", [0, 1, 2, 4, 8, 30])
@pytest.mark.parametrize("layout", ["word", "line", "block"])
def test_a_word_is_read_however_closely_it_is_cut_out(readers, layout, margin):
    assert readers[layout].read(cut("HARBOUR", margin=margin)).text == "HARBOUR"


def test_paper_between_rules_is_no_light_writing(readers):
    picture = np.pad(cut("NORTH HARBOUR", height=24), ((12, 9), (30, 500), (0, 0)), constant_values=235)
    picture[:5] = picture[-3:] = 10
    assert readers["line"].read(picture).text == "NORTH HARBOUR"


@pytest.mark.parametrize("seed", range(1, 6))
def test_characters_that_fill_the_picture_are_read(readers, seed):
    characters = string.ascii_uppercase + string.digits
    read = [readers["character"].read(cut(text, seed=seed)).text for text in characters]
    assert all(len(text) == 1 for text in read)
    right = [fold(a) == fold(b) for a, b in zip(read, characters, strict=True)]
    assert sum(right) >= 0.9 * len(characters)


@pytest.mark.parametrize("seed", range(1, 6))
def test_mere_strokes_and_rings_are_read_if_they_are_known_to_be_one_character(readers, seed):
    for text in ("O", "I", "1", "0"):
        assert fold(readers["character"].read(cut(text, seed=seed)).text) == fold(text)


@pytest.mark.parametrize("height", [16, 24, 120, 300])
def test_the_ink_itself_says_how_high_letters_are(readers, height):
    assert readers["word"].read(cut("HARBOUR", height=height)).text == "HARBOUR"
    assert readers["character"].read(cut("R", height=height)).text == "R"


@pytest.mark.parametrize("layout", ["word", "character"])
def test_light_writing_on_dark_ground(readers, layout):
    text = "PUMP" if layout == "word" else "K"
    assert readers[layout].read(cut(text, margin=3, inverted=True)).text == text


def test_a_word_has_no_spaces_and_a_line_has(readers):
    pixels = cut("MILK AND EGGS")
    assert readers["line"].read(pixels).text == "MILK AND EGGS"
    assert readers["word"].read(pixels).text == "MILKANDEGGS"


def test_a_line_is_one_row_and_a_block_has_several(readers):
    pixels = cut("MILK AND", "EGGS 24")
    assert readers["block"].read(pixels).text == "MILK AND\nEGGS 24"
    assert len(readers["line"].read(pixels).lines) == 1


def test_a_block_is_read_across_what_might_be_columns(readers):
    left, right = cut("MILK", "EGGS", "OATS"), cut("PUMP", "LOCK", "KEYS")
    height = max(len(left), len(right))
    left, right = (np.pad(one, ((0, height - len(one)), (0, 0), (0, 0)), "edge") for one in (left, right))
    gap = np.full((height, 300, 3), 235, np.uint8)
    lines = readers["block"].read(np.concatenate([left, gap, right], axis=1)).lines
    assert len(lines) == 3


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400, 3), (60, 60, 3), (400, 1, 3)])
def test_without_ink_there_is_nothing(readers, layout, shape):
    assert readers[layout].read(np.full(shape, 200, np.uint8)).lines == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_field_with_nothing_in_its_frame_is_empty(readers, layout):
    field = np.full((60, 90, 3), 230, np.uint8)
    field[8:52, 10:80] = 40
    field[12:48, 14:76] = 230
    page = readers[layout].read(field)
    assert page.lines == () or layout == "character"


@pytest.mark.parametrize("layout", ["word", "character"])
def test_boxes_lie_on_the_picture_as_it_came(readers, layout):
    pixels = cut("K", margin=10)
    ink = pixels[:, :, 0] < 140
    y, x = np.nonzero(ink)
    (character,) = (one for line in readers[layout].read(pixels).lines for one in line.characters)
    box = character.box
    for found, drawn in (
        (box.left, x.min()),
        (box.top, y.min()),
        (box.right, x.max()),
        (box.bottom, y.max()),
    ):
        assert abs(found - drawn) <= 4


def test_the_border_is_told_from_the_picture():
    layout = find_known_layout(cut("HARBOUR"), "word")
    assert layout.border > 0
    assert len(layout.rows) == 1


@pytest.mark.parametrize("margin", [0, 2, 8])
@pytest.mark.parametrize("text", ["K", "R", "4", "PUMP"])
def test_what_fills_its_picture_is_found_without_being_told(readers, text, margin):
    assert readers["page"].read(cut(text, margin=margin)).text == text


def test_an_observer_sees_the_second_look(readers):
    stages = []
    page = readers["page"].read(cut("K"), observe=stages.append)
    assert "".join(sign.text for row in stages[-2].rows for sign in row.signs) == page.text == "K"


class TestRegions:
    def test_they_are_read_in_their_order_and_boxes_are_those_of_the_whole_picture(self):
        above, below = cut("MILK", margin=20), cut("EGGS", margin=20)
        wide = max(above.shape[1], below.shape[1])
        pixels = np.concatenate(
            [np.pad(one, ((0, 0), (0, wide - one.shape[1]), (0, 0)), "edge") for one in (above, below)]
        )
        border = len(above)
        regions = (f"0,{border},100%,100%", f"0,0,100%,{border}")
        page = Reader("block", ReadOptions(layout="line", regions=regions)).read(pixels)
        assert [line.text for line in page.lines] == ["EGGS", "MILK"]
        assert (page.width, page.height) == (wide, len(pixels))
        first, second = (Box.around([one.box for one in line.characters]) for line in page.lines)
        assert first.top > border > second.bottom

    def test_a_small_part_of_a_large_picture_is_read_at_its_own_scale(self):
        word = cut("HARBOUR", margin=10, height=30)
        pixels = np.full((6000, 5000, 3), 235, np.uint8)
        pixels[5000 : 5000 + len(word), 4000 : 4000 + word.shape[1]] = word
        region = f"4000,5000,{4000 + word.shape[1]},{5000 + len(word)}"
        page = Reader("block", ReadOptions(layout="word", regions=[region])).read(pixels)
        assert page.text == "HARBOUR"
        assert all(one.box.left >= 4000 and one.box.top >= 5000 for one in page.lines[0].characters)


def beside(picture, ink, left, top):
    """The picture with a square of ink on it."""
    found = picture.copy()
    found[top : top + ink, left : left + ink] = 40
    return found


def wide(text, *, left=80, right=80, above=12, below=12):
    """A word with paper around it."""
    return np.pad(cut(text), ((above, below), (left, right), (0, 0)), constant_values=235)


@pytest.mark.parametrize("side", ["left", "right", "top"])
def test_scraps_of_what_stands_beside_a_line_are_not_read(readers, side):
    picture = wide("HARBOUR")
    place = {"left": (0, 30), "right": (picture.shape[1] - 9, 30), "top": (30, 0)}[side]
    assert readers["line"].read(beside(picture, 9, *place)).text == "HARBOUR"


def test_what_is_cut_beside_letters_is_theirs(readers):
    assert readers["line"].read(cut("7.5")).text == "7.5"


def test_the_colon_of_a_caption_is_not_read(readers):
    picture = beside(beside(wide("HARBOUR"), 6, 12, 24), 6, 12, 44)
    assert readers["line"].read(picture).text == "HARBOUR"


@pytest.mark.parametrize("gap", [20, 24, 30])
@pytest.mark.parametrize("first", [0, 90])
def test_dots_of_a_rule_that_writing_interrupts_are_not_read(readers, gap, first):
    picture = wide("HARBOUR", right=200)
    for left in range(first, picture.shape[1], gap):
        picture = beside(picture, 5, left, picture.shape[0] - 10)
    assert readers["line"].read(picture).text == "HARBOUR"


def test_full_stops_are_no_rule(readers):
    assert readers["line"].read(cut("R.S.T.U.V.")).text == "R.S.T.U.V."
