"""Pages saved, drawn and printed from Python; and documents read page by page."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

import ocr_cli
from ocr_cli import ImageError, OutputError, Page, read_document
from ocr_cli.writers.formats import FORMATS

NOTE = Path(__file__).parents[1] / "samples" / "note.jpg"


@pytest.fixture
def page(make_page, tmp_path):
    """A page whose picture is there."""
    path = tmp_path / "a.png"
    Image.new("RGB", (400, 300), "white").save(path)
    return make_page("AB C", "1", source=str(path))


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_is_saved_in_each_format(page, tmp_path, name):
    page.save(tmp_path / f"out{FORMATS[name].suffix}")
    content = (tmp_path / f"out{FORMATS[name].suffix}").read_bytes()
    page.save(tmp_path / "named", format=name)
    assert content
    assert len((tmp_path / "named").read_bytes()) == len(content)


def test_the_ending_says_the_format(page, tmp_path):
    page.save(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "AB C\n1\n"
    with pytest.raises(OutputError, match=r"a\.docx: the name must end in one of \.txt"):
        page.save(tmp_path / "a.docx")
    assert not (tmp_path / "a.docx").exists()


def test_a_page_without_a_picture_needs_it_only_where_it_is_shown(make_page, tmp_path):
    page = make_page("AB")
    page.save(tmp_path / "a.hocr")
    with pytest.raises(ImageError, match="has no name"):
        page.save(tmp_path / "a.pdf")
    page.save(tmp_path / "a.pdf", picture=Image.new("L", (400, 300), 255))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_page_is_drawn(page):
    drawn = page.draw()
    assert drawn.mode == "RGB"
    assert drawn.getextrema() != ((255, 255),) * 3
    assert page.draw(Image.new("RGB", (400, 300), "white")).tobytes() == drawn.tobytes()


def test_json_text_and_what_a_prompt_shows(page):
    assert Page.from_dict(json.loads(page.to_json())).text == page.text
    assert "\n" not in page.to_json()
    assert str(page) == "AB C\n1"
    assert repr(page) == f"<Page {page.source!r}, 400 x 300, 2 lines, the first 'AB C'>"
    assert repr(Page(5, 4, frame=2)) == "<Page frame=2, 5 x 4, 0 lines>"


def test_all_pages_of_a_document(tmp_path):
    with Image.open(NOTE) as note:
        blank = Image.new("RGB", (200, 100), "white")
        note.save(tmp_path / "scan.tif", save_all=True, append_images=[blank], compression="tiff_lzw")
    pages = read_document(tmp_path / "scan.tif", model="block")
    assert [(page.frame, bool(page.lines)) for page in pages] == [(1, True), (2, False)]
    assert pages[0].text.startswith("DEAR ANNA")


def test_another_picture_has_one_page(tmp_path):
    shutil.copy(NOTE, tmp_path / "a.jpg")
    assert [page.frame for page in read_document(tmp_path / "a.jpg", model="block")] == [1]


def test_a_missing_document():
    with pytest.raises(ImageError, match="no such file"):
        ocr_cli.read_document("missing.pdf", model="block")
