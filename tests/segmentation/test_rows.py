import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.components import find_components, is_writing, letter_height
from ocr_cli.segmentation.rows import find_rows, find_tilt

LETTERS = ("MUTUAL", "WAVE TURN", "ZONE MUD")


def labelled(ink):
    return find_components(ink > 0.4, ink)


def drawn(*lines, **options):
    options = {"seed": 2, "height": 40, "spacing_jitter": 0.05} | options
    return draw_text(lines, style=Style(seed=5), **options)


def rows_of(components):
    height = letter_height(components)
    return find_rows(components, is_writing(components, height), height)


def texts(drawing, components, rows, small=False):
    """Each row's characters: those whose boxes the row's components lie in, from left to right."""
    found = []
    for row in rows:
        text = ""
        for k in [*row.letters, *row.small] if small else row.letters:
            x, y = components.centres[k]
            (character,) = (
                character
                for line in drawing.lines
                for character, box in line
                if box.left <= x <= box.right and box.top <= y <= box.bottom
            )
            text += character
        found.append(text)
    return found


def without_spaces(*lines):
    return [line.replace(" ", "") for line in lines]


@pytest.mark.parametrize("angle", [-15.0, -8.0, -2.5, 0.0, 1.5, 6.0, 12.0])
def test_the_tilt_of_a_turned_page_is_found(angle):
    ink = drawn("SEVERAL ROWS OF", "LETTERS IN INK", "ON ONE WHITE PAGE", "THAT LIES ASKEW").ink
    # Pillow turns counter-clockwise; a page so turned has rows that rise, a negative tilt.
    turned = np.asarray(Image.fromarray(ink).rotate(-angle, Image.Resampling.BICUBIC, expand=True))
    components = labelled(turned)
    height = letter_height(components)
    assert find_tilt(components, is_writing(components, height), height) == pytest.approx(angle, abs=1.0)


@pytest.mark.parametrize("slope", [-10.0, -4.0, 4.0, 10.0])
def test_the_tilt_of_a_single_row_is_its_slope(slope):
    drawing = drawn("ONE LONG RISING LINE", slope=slope, margin=5.0)
    components = labelled(drawing.ink)
    height = letter_height(components)
    assert find_tilt(components, is_writing(components, height), height) == pytest.approx(-slope, abs=1.0)


@pytest.mark.parametrize("text", ["A", "AB", "ABC"])
def test_too_few_letters_have_no_tilt(text):
    components = labelled(drawn(text, slope=9.0, margin=3.0).ink)
    assert find_tilt(components, np.ones(len(components), bool), 42.0) == 0.0


def test_rows_come_from_top_to_bottom_and_letters_from_left_to_right():
    drawing = drawn(*LETTERS)
    components = labelled(drawing.ink)
    rows = rows_of(components)
    assert texts(drawing, components, rows) == without_spaces(*LETTERS)
    assert [row.height for row in rows] == pytest.approx([44, 44, 44], abs=6)


@pytest.mark.parametrize("slope", [-3.0, 3.0])
def test_rows_that_rise_or_fall_are_kept_apart(slope):
    lines = ("MANY LETTERS LEAD UP", "AND ALL MUST TURN UP", "WHERE ROWS WANDER ON")
    drawing = drawn(*lines, slope=slope, margin=2.5, line_spacing=1.6)
    components = labelled(drawing.ink)
    rows = rows_of(components)
    assert texts(drawing, components, rows) == without_spaces(*lines)
    for row in rows:
        assert np.degrees(np.arctan(row.line.slope)) == pytest.approx(-slope, abs=1.0)


def test_a_row_that_drifts_in_a_bow_stays_one_row():
    ink = drawn("THE ROW DRIFTS OFF AND", "THEN TURNS LEVEL AGAIN").ink
    padded = np.pad(ink, ((0, 60), (0, 0)))
    shifts = np.rint(45 * np.sin(np.linspace(0, np.pi, ink.shape[1]))).astype(int)
    bent = np.stack([np.roll(column, shift) for column, shift in zip(padded.T, shifts, strict=True)], axis=1)
    components = labelled(bent)
    rows = rows_of(components)
    assert [len(row.letters) for row in rows] == [18, 19]
    assert all((np.diff(components.centres[row.letters, 0]) > 0).all() for row in rows)


def test_a_row_of_one_letter_is_a_row():
    drawing = drawn("A", "WORD", "E")
    components = labelled(drawing.ink)
    assert texts(drawing, components, rows_of(components)) == ["A", "WORD", "E"]


def test_an_indented_row_is_a_row_of_its_own():
    drawing = drawn("LEFT", "RIGHT ROW", "LEFT")
    shifted = np.zeros((drawing.ink.shape[0], drawing.ink.shape[1] + 300), np.float32)
    top, bottom = (60 + 80 * k - 15 for k in (1, 2))
    shifted[:, : drawing.ink.shape[1]] = drawing.ink
    shifted[top:bottom] = 0
    shifted[top:bottom, 300:] = drawing.ink[top:bottom]
    components = labelled(shifted)
    rows = rows_of(components)
    assert [len(row.letters) for row in rows] == [4, 8, 4]
    assert components.boxes[rows[1].letters, 0].min() > 300


def test_words_far_apart_on_one_line_are_one_row():
    drawing = drawn("FAR AWAY", "NEAR BY", word_spacing=9.0)
    components = labelled(drawing.ink)
    assert texts(drawing, components, rows_of(components)) == ["FARAWAY", "NEARBY"]


def test_dots_stops_and_hyphens_belong_to_their_row():
    drawing = drawn("A-B.", "C-D.", line_jitter=0.0)
    components = labelled(drawing.ink)
    rows = rows_of(components)
    assert texts(drawing, components, rows) == ["AB", "CD"]
    assert [sorted(text[2:]) for text in texts(drawing, components, rows, small=True)] == [["-", "."]] * 2


def test_a_speck_far_from_every_row_belongs_to_none():
    drawing = drawn("WORDS", margin=3.0)
    ink = np.pad(drawing.ink, ((0, 200), (0, 200)))
    ink[-40:-32, -40:-32] = 1
    components = labelled(ink)
    rows = find_rows(components, np.ones(len(components), bool), 42.0)
    assert [len(row.letters) for row in rows] == [5]
    assert not len(rows[0].small)


def test_a_speck_at_a_row_s_height_and_far_beyond_its_end_belongs_to_none():
    drawing = drawn("WORDS", margin=3.0)
    ink = np.pad(drawing.ink, ((0, 0), (0, 200)))
    middle = drawing.lines[0][0][1].top + 16
    ink[middle : middle + 8, -40:-32] = 1
    components = labelled(ink)
    (row,) = find_rows(components, np.ones(len(components), bool), 42.0)
    assert len(components) == 6
    assert not len(row.small)


def test_components_that_are_no_writing_are_in_no_row():
    components = labelled(drawn(*LETTERS).ink)
    chosen = np.ones(len(components), bool)
    chosen[3] = False
    assert 3 not in np.concatenate([row.letters for row in find_rows(components, chosen, 42.0)])
    assert find_rows(components, np.zeros(len(components), bool), 42.0) == []


def test_the_middle_of_a_row_follows_its_line():
    components = labelled(drawn("A LONG ROW OF LETTERS", slope=-5.0).ink)
    (row,) = rows_of(components)
    x, y = components.centres[row.letters].T
    assert np.abs(row.middle(x) - y).max() < 6
    # Left of its letters it goes on straight.
    slope = float(row.middle(0.0) - row.middle(-100.0)) / 100
    assert slope == pytest.approx(row.line.slope)


def test_an_accent_belongs_to_the_letter_below_it_though_the_row_above_is_near():
    drawing = drawn("MUTUAL", "WAVE TURN", line_spacing=1.7)
    ink = drawing.ink.copy()
    for line in drawing.lines:
        box = line[2][1]
        middle = (box.left + box.right) // 2
        ink[box.top - 13 : box.top - 4, middle - 4 : middle + 4] = 1
    rows = rows_of(labelled(ink))
    assert [len(row.small) for row in rows] == [1, 1]


def test_a_dot_midway_between_two_rows_is_an_accent_of_the_lower_one():
    ink = np.zeros((200, 300), np.float32)
    for k in range(6):
        ink[20:60, 20 + 40 * k : 30 + 40 * k] = 1
        ink[92:132, 20 + 40 * k : 30 + 40 * k] = 1
    ink[72:80, 101:109] = 1
    upper, lower = rows_of(labelled(ink))
    assert (len(upper.small), len(lower.small)) == (0, 1)


def test_a_stop_belongs_to_the_row_above_though_the_row_below_is_near():
    drawing = drawn("MUTUAL.", "WAVE TURN.", line_spacing=1.5, line_jitter=0.0)
    components = labelled(drawing.ink)
    assert [text[-1] for text in texts(drawing, components, rows_of(components), small=True)] == [".", "."]


def test_columns_are_read_one_after_the_other():
    left, right = drawn("WAVE TURN", "ZONE MUD", "NEMO TUM"), drawn("UNTAMED", "MINUTE", "AMOUNT")
    deep = max(left.ink.shape[0], right.ink.shape[0]) + 40
    sides = [
        np.pad(side.ink, ((sunk, deep - sunk - side.ink.shape[0]), (0, 0)))
        for side, sunk in ((left, 0), (right, 40))
    ]
    components = labelled(np.hstack(sides))
    rows = rows_of(components)
    assert [len(row.letters) for row in rows] == [8, 7, 7, 7, 6, 6]
    assert all(components.boxes[row.letters, 0].min() > left.ink.shape[1] for row in rows[3:])
    # Turned a little the columns' rows would line up.
    height = letter_height(components)
    assert find_tilt(components, is_writing(components, height), height) == pytest.approx(0, abs=1.0)


def test_words_with_tails_and_words_with_heads_are_one_row():
    """Their letters touch: the one is as high as a tail makes it, the other as a head does."""
    ink = np.zeros((300, 700), np.float32)
    for left, right, top, bottom in ((20, 200, 100, 130), (260, 440, 100, 130), (500, 680, 100, 130)):
        ink[top:bottom, left:right] = 1
    ink[130:165, 40:46] = ink[130:165, 180:186] = 1
    ink[65:100, 280:286] = ink[65:100, 420:426] = 1
    components = find_components(ink > 0.5, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), 40)
    assert len(row.letters) == 3
    assert np.ptp(components.centres[row.letters, 1]) < 10


def test_pieces_of_broken_letters_above_a_row_are_no_row_of_their_own():
    """The upper ends of a row of letters are broken off, and hang beside, not over, what is left of them."""
    ink = np.zeros((300, 700), np.float32)
    for x in range(40, 640, 40):
        ink[110:150, x : x + 8] = 1
    for x in (130, 210, 290):
        ink[80:102, x - 12 : x - 4] = 1
    components = find_components(ink > 0.5, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), 40)
    assert len(row.letters) == 15
    assert len(row.small) == 3


def test_a_short_low_row_close_under_a_longer_one_stays_a_row():
    ink = np.zeros((300, 700), np.float32)
    for x in range(40, 640, 40):
        ink[60:100, x : x + 8] = 1
    for x in (130, 160, 190):
        ink[128:154, x : x + 8] = 1
    components = find_components(ink > 0.5, ink)
    assert [len(row.letters) for row in find_rows(components, np.ones(len(components), bool), 40)] == [15, 3]


@pytest.mark.parametrize(("height", "belongs"), [(6, True), (40, False)])
def test_a_bullet_far_before_a_row_belongs_to_it_and_a_stroke_as_high_as_its_letters_does_not(
    height, belongs
):
    ink = np.zeros((300, 700), np.float32)
    for x in range(200, 600, 40):
        ink[100:140, x : x + 8] = 1
    ink[120 - height // 2 : 120 + height // 2 or 121, 100 : 120 if belongs else 106] = 1
    components = find_components(ink > 0.5, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), 40)
    assert len(row.small) == belongs
    assert len(row.letters) == 10 + (not belongs)


@pytest.mark.parametrize(("left", "top"), [(30, 117), (100, 60), (100, 170)])
def test_a_dash_farther_away_or_not_level_with_a_row_belongs_to_none(left, top):
    ink = np.zeros((300, 700), np.float32)
    for x in range(200, 600, 40):
        ink[100:140, x : x + 8] = 1
    ink[top : top + 6, left : left + 20] = 1
    components = find_components(ink > 0.5, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), 40)
    assert not len(row.small)
