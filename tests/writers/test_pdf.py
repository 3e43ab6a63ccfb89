import re
import shutil
import subprocess
import zlib

import pytest
from any_pages import LETTERS
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from ocr_cli import Box, Character, Line, Page, Word
from ocr_cli.writers.glyphless import Codes
from ocr_cli.writers.pdf import PdfWriter
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

pdfium = pytest.importorskip("pypdfium2")


def white(width=400, height=300):
    return lambda: Image.new("RGB", (width, height), "white")


def written(*pages, picture=None, provenance=None):
    writer = PdfWriter(provenance)
    parts = [writer.add(page, picture or white(page.width, page.height)) for page in pages]
    return b"".join([*parts, writer.finish()])


def text(page):
    return page.get_textpage().get_text_range().replace("\r\n", "\n")


def test_the_text_of_each_page_comes_back(make_page):
    pages = [make_page("AB C", "1. (X)"), Page(200, 100), make_page("M A T T", "£é<&>中😀(\\")]
    document = pdfium.PdfDocument(written(*pages))
    assert [text(page) for page in document] == [page.text for page in pages]


def test_words_are_where_they_are_written(make_page):
    page = pdfium.PdfDocument(written(make_page("AB C", width=400, height=300)))[0]
    assert page.get_size() == (400, 300)
    found = page.get_textpage()
    boxes = [found.get_charbox(index, loose=True) for index in range(found.count_chars())]
    # Left, bottom, right and top, from the lower left corner; letters are cells from the picture's 20 to 50.
    expected = [(10, 250, 34, 280), (34, 250, 64, 280), (64, 250, 82, 280), (82, 250, 102, 280)]
    assert [tuple(map(round, box)) for box in boxes] == expected
    assert found.search("AB C").get_next() == (0, 4)


@pytest.mark.parametrize(("mode", "colour"), [("RGB", (200, 30, 30)), ("L", 90), ("1", 0)])
def test_the_page_looks_like_the_picture(make_page, mode, colour):
    picture = Image.new(mode, (400, 300), "white")
    picture.paste(colour, (50, 60, 250, 200))
    shown = pdfium.PdfDocument(written(make_page("ABC"), picture=lambda: picture))[0].render().to_pil()
    difference = ImageChops.difference(shown.convert("RGB"), picture.convert("RGB"))
    assert max(high for _, high in difference.crop((60, 70, 240, 190)).getextrema()) < 5
    assert max(high for _, high in difference.crop((0, 0, 45, 300)).getextrema()) < 5


def test_a_large_picture_makes_a_page_of_common_size():
    page = pdfium.PdfDocument(written(Page(4000, 3000)))[0]
    assert page.get_size() == pytest.approx((842, 631.5))


def test_it_says_what_made_it(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    content = written(Page(9, 9), provenance=Provenance(language="de"))
    said = pdfium.PdfDocument(content).get_metadata_dict(skip_empty=True)
    assert said["Producer"].startswith("ocr_cli ")
    assert said["CreationDate"] == "D:19700101000000Z"
    assert b"/Lang <FEFF00640065>" in content


def test_the_table_leads_to_each_object(make_page):
    content = written(make_page("A"), make_page("B"))
    table = content[int(re.search(rb"startxref\n(\d+)", content)[1]) :]
    entries = re.findall(rb"(\d{10}) 00000 n ", table)
    assert len(entries) == int(re.search(rb"/Size (\d+)", table)[1]) - 1
    for number, offset in enumerate(entries, 1):
        assert content[int(offset) :].startswith(b"%d 0 obj\n" % number)


def test_what_is_written_a_page_does_not_grow(make_page):
    writer = PdfWriter()
    sizes = [len(writer.add(make_page("ABC", "DEF"), white())) for _ in range(20)]
    assert max(sizes[1:]) - min(sizes[1:]) < 20


@settings(max_examples=25)
@given(st.lists(LETTERS, min_size=1, max_size=30))
def test_any_character_comes_back(letters):
    row = tuple(Character(Box(20 * i, 5, 20 * i + 20, 30), one, 0.5) for i, one in enumerate(letters))
    content = written(Page(700, 60, (Line((Word(row),)),)))
    assert len(pdfium.PdfDocument(content)) == 1
    # Programs that read text leave out marks of direction and turn lines about; the file has all of it.
    streams = inflated(content)
    pairs = dict(re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", streams))
    shown = [pairs[code] for code in re.findall(rb"<([0-9A-F]{4})> Tj", streams)]
    assert [bytes.fromhex(one.decode()).decode("utf-16-be") for one in shown] == list(map(legible, letters))


def inflated(content):
    """The content of all compressed streams."""
    streams = re.findall(rb"/FlateDecode /Length (\d+) >>\nstream\n", content)
    found = re.finditer(rb"/FlateDecode /Length \d+ >>\nstream\n", content)
    return b"".join(
        zlib.decompress(content[match.end() : match.end() + int(length)])
        for match, length in zip(found, streams, strict=True)
    )


def test_more_characters_than_there_are_codes_are_replaced():
    codes = Codes()
    given_codes = {codes.encode(chr(0x10000 + number)) for number in range(0xFFFF)}
    assert "0001" in given_codes
    assert len(given_codes) == 0xFFFF


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs Poppler's pdftotext")
def test_poppler_reads_the_text_of_a_tilted_page(tmp_path):
    lines = []
    for row, words in enumerate((("TILTED", "PAGE"), ("SECOND", "LINE"))):
        left, line = 20, []
        for word in words:
            line.append(
                Word(
                    tuple(
                        Character(Box(x, y, x + 20, y + 30), letter, 0.9)
                        for letter, x in zip(word, range(left, 900, 30), strict=False)
                        for y in [100 + 70 * row + round(0.08 * x)]
                    )
                )
            )
            left += 30 * len(word) + 80
        lines.append(Line(tuple(line)))
    path = tmp_path / "page.pdf"
    path.write_bytes(written(Page(700, 400, tuple(lines))))
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["TILTED PAGE", "SECOND LINE"]
    assert done.stderr == ""
