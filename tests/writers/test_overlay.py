import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from ocr_cli import Box, Character, Line, OutputError, Page, Word
from ocr_cli.imaging import load_picture
from ocr_cli.writers.labels import place_labels
from ocr_cli.writers.overlay import (
    DOUBTFUL,
    ROW_COLOUR,
    SURE,
    UNSURE,
    WORD_COLOUR,
    check_overlay_path,
    draw_overlay,
    save_overlay,
)


def blank(width=400, height=300, **options):
    return load_picture(Image.new("RGB", (width, height), "white"), **options)


def of(image, colour):
    """Where the pixels of a colour are."""
    return (np.asarray(image) == ImageColor.getrgb(colour)).all(axis=2)


def extent(image, colour, height=300):
    """Left, top, right, bottom (exclusive) of the pixels of a colour, above the legend."""
    rows, columns = np.nonzero(of(image, colour)[:height])
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def one(box, letter="A", size=(400, 300), confidence=0.9):
    return Page(*size, (Line((Word((Character(box, letter, confidence),)),)),))


def test_the_frames_lie_around_the_ink_one_outside_the_other():
    image = draw_overlay(blank(), one(Box(100, 120, 140, 180)))
    left, top, right, bottom = extent(image, SURE.colour)
    # Lines of two pixels, one of them outside.
    assert (left, right, bottom) == (99, 141, 181)
    assert top < 120 - 15  # The tag stands above.
    word, row = extent(image, WORD_COLOUR), extent(image, ROW_COLOUR)
    assert row[0] < word[0] < left
    assert row[2] > word[2] > right
    assert row[3] > word[3] > bottom


def test_different_letters_are_drawn_differently():
    box = Box(100, 120, 140, 180)
    pictures = {draw_overlay(blank(), one(box, letter)).tobytes() for letter in "AB1"}
    assert len(pictures) == 3


def test_small_letters_are_enlarged_until_their_tags_can_be_read():
    image = draw_overlay(blank(40, 30), one(Box(10, 12, 14, 18), size=(40, 30)))
    assert image.size[1] > 180
    assert extent(image, SURE.colour, 180)[3] == 18 * 6


def test_a_picture_decoded_smaller_has_its_boxes_in_place():
    page = one(Box(1000, 1200, 1400, 1800), size=(4000, 3000))
    image = draw_overlay(blank(4000, 3000, max_side=1000), page)
    assert image.width == 1000
    left, _, right, bottom = extent(image, SURE.colour, 750)
    assert (left, right, bottom) == (246, 354, 454)  # Lines of five pixels, four of them outside.


def test_labels_stay_inside_the_picture_and_off_the_ink():
    """In the corner there is no room above: the label stands below."""
    image = draw_overlay(blank(), one(Box(0, 0, 4, 60), "W"))
    label = np.asarray(image)[61:95, :60]
    assert (label == 255).all(axis=2).sum() > 20  # White strokes of the letter ...
    left, top, right, bottom = extent(image, SURE.colour)
    assert (left, top) == (0, 0)
    assert right > 15  # ... on a label wider than the character.
    assert bottom > 75


def test_a_one_pixel_character():
    image = draw_overlay(blank(1, 1), one(Box(0, 0, 1, 1), size=(1, 1)))
    assert extent(image, SURE.colour, 36) == (0, 0, 36, 36)


@pytest.mark.parametrize(
    ("confidence", "rejected", "level"),
    [
        (1.0, False, SURE),
        (0.9, False, SURE),
        (0.89, False, UNSURE),
        (0.5, False, UNSURE),
        (0.49, False, DOUBTFUL),
        (0.0, False, DOUBTFUL),
        (0.99, True, DOUBTFUL),
    ],
)
def test_the_colour_says_how_sure_a_character_is(confidence, rejected, level):
    character = Character(Box(100, 120, 140, 180), "A", confidence, (), rejected)
    image = draw_overlay(blank(), Page(400, 300, (Line((Word((character,)),)),)))
    found = {one.colour for one in (SURE, UNSURE, DOUBTFUL) if of(image, one.colour)[:300].any()}
    assert found == {level.colour}


def test_a_legend_below_the_picture_says_what_the_colours_mean():
    image = draw_overlay(blank(), one(Box(100, 120, 140, 180)))
    assert image.width == 400
    legend = image.crop((0, 300, 400, image.height))
    for colour in (ROW_COLOUR, WORD_COLOUR, SURE.colour, UNSURE.colour, DOUBTFUL.colour):
        assert of(legend, colour).sum() > 20
    # A picture too narrow for it becomes wider.
    narrow = draw_overlay(blank(40, 400), one(Box(2, 120, 38, 180), size=(40, 400)))
    assert narrow.width == 400


def test_marks_have_boxes_and_no_labels():
    letter = Character(Box(100, 120, 140, 180), "A", 0.9)

    def labelled(mark):
        page = Page(400, 300, (Line((Word((letter, Character(mark, ".", 0.95))),)),))
        return of(draw_overlay(blank(), page), SURE.colour)[:300, 150:].sum()

    assert 0 < labelled(Box(200, 170, 208, 178)) < 40
    assert labelled(Box(200, 130, 208, 178)) > 100


@given(
    st.lists(st.tuples(*[st.integers(0, 90)] * 2, *[st.integers(1, 40)] * 2, st.integers(0, 2)), max_size=12)
)
def test_no_label_lies_on_what_is_labelled_nor_on_another(drawn):
    boxes = [(x, y, x + width, y + height) for x, y, width, height, _ in drawn]
    sizes = [[(12.0, 9.0), (7.0, 5.0)][:count] for *_, count in drawn]
    taken = list(boxes)
    for place, choices in zip(place_labels(boxes, sizes, (100, 100)), sizes, strict=True):
        if place is None:
            continue
        number, left, top = place
        right, bottom = left + choices[number][0], top + choices[number][1]
        assert 0 <= left < right <= 100
        assert 0 <= top < bottom <= 100
        for a, b, c, d in taken:
            assert right <= a or left >= c or bottom <= b or top >= d
        taken.append((left, top, right, bottom))


def test_a_label_is_rather_small_above_than_large_below():
    boxes = [(40, 40, 60, 60), (40, 20, 60, 32)]
    sizes = [[(12.0, 9.0), (7.0, 5.0)], []]
    assert place_labels(boxes, sizes, (100, 100)) == [(1, 46.5, 35.0), None]
    assert place_labels([boxes[0]], [sizes[0][:1]], (100, 100)) == [(0, 44.0, 31.0)]
    hemmed_in = [(40, 40, 60, 60), (0, 0, 100, 39), (0, 61, 100, 100), (0, 39, 39, 61), (61, 39, 100, 61)]
    assert place_labels(hemmed_in, [sizes[0], [], [], [], []], (100, 100))[0] is None


def test_a_page_without_writing_is_the_picture():
    image = draw_overlay(blank(), Page(400, 300))
    assert np.asarray(image).min() == 255


@pytest.mark.parametrize("ending", ["png", "JPG", "jpeg", "webp", "tif", "bmp", "gif", "pdf"])
def test_the_ending_gives_the_format(tmp_path, make_page, ending):
    path = tmp_path / f"boxes.{ending}"
    check_overlay_path(path)
    drawn = draw_overlay(blank(), make_page("AB"))
    save_overlay(drawn, path)
    if ending == "pdf":
        assert path.read_bytes().startswith(b"%PDF")
    else:
        with Image.open(path) as image:
            assert image.size == drawn.size
            assert {"jpg": "JPEG", "tif": "TIFF"}.get(ending.lower(), ending.upper()) == image.format


@pytest.mark.parametrize("name", ["boxes.txt", "boxes"])
def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path, name):
    for refuse in (check_overlay_path, lambda path: save_overlay(Image.new("RGB", (1, 1)), path)):
        with pytest.raises(OutputError, match="must end in one of"):
            refuse(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(OutputError, match="No such file or directory"):
        check_overlay_path(tmp_path / "missing" / "boxes.png")
