import numpy as np
import pytest
from PIL import Image, ImageColor

from ocr_cli import Box, Character, Line, OutputError, Page, Word
from ocr_cli.imaging import load_picture
from ocr_cli.writers.overlay import (
    CHARACTER_COLOUR,
    ROW_COLOUR,
    WORD_COLOUR,
    check_overlay_path,
    draw_overlay,
    save_overlay,
)


def blank(width=400, height=300, **options):
    return load_picture(Image.new("RGB", (width, height), "white"), **options)


def extent(image, colour):
    """Left, top, right, bottom (exclusive) of the pixels of a colour."""
    rows, columns = np.nonzero((np.asarray(image) == ImageColor.getrgb(colour)).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def one(box, letter="A", size=(400, 300)):
    return Page(*size, (Line((Word((Character(box, letter, 0.9),)),)),))


def test_the_frames_lie_around_the_ink_one_outside_the_other():
    image = draw_overlay(blank(), one(Box(100, 120, 140, 180)))
    assert image.size == (400, 300)
    left, top, right, bottom = extent(image, CHARACTER_COLOUR)
    assert (left, right, bottom) == (100, 140, 180)
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
    assert image.size == (240, 180)
    assert extent(image, CHARACTER_COLOUR)[3] == 18 * 6


def test_a_picture_decoded_smaller_has_its_boxes_in_place():
    page = one(Box(1000, 1200, 1400, 1800), size=(4000, 3000))
    image = draw_overlay(blank(4000, 3000, max_side=1000), page)
    assert image.size == (1000, 750)
    left, _, right, bottom = extent(image, CHARACTER_COLOUR)
    assert (left, right, bottom) == (250, 350, 450)


def test_tags_stay_inside_the_picture():
    image = draw_overlay(blank(), one(Box(0, 0, 4, 60), "W"))
    tag = np.asarray(image)[:30, :60]
    assert (tag == 255).all(axis=2).sum() > 20  # White strokes of the letter ...
    left, top, right, _ = extent(image, CHARACTER_COLOUR)
    assert (left, top) == (0, 0)
    assert right > 15  # ... on a tag wider than the character.


def test_a_one_pixel_character():
    assert draw_overlay(blank(1, 1), one(Box(0, 0, 1, 1), size=(1, 1))).size == (36, 36)


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
