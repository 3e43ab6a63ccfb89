import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Box, Character, Line, Page, Word, __version__
from ocr_cli.writers.hocr import HocrWriter
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

X = "{http://www.w3.org/1999/xhtml}"


def written(*pages, provenance=None):
    writer = HocrWriter(provenance)
    return b"".join([*map(writer.add, pages), writer.finish()])


def of_class(root, kind):
    return [element for element in root.iter() if element.get("class") == kind]


def text(element):
    return "".join(element.itertext()).strip("\n")


def test_lines_words_and_characters_are_in_their_places(make_page):
    root = ET.fromstring(written(make_page("AB C", "1", source="a.png")))
    assert [one.get("title") for one in of_class(root, "ocr_page")] == [
        'image "a.png"; bbox 0 0 400 300; ppageno 0'
    ]
    assert [(text(one), one.get("title")) for one in of_class(root, "ocr_line")] == [
        ("AB C", "bbox 10 20 102 50; baseline 0.000 0"),
        ("1", "bbox 10 60 30 90; baseline 0.000 0"),
    ]
    assert [(text(one), one.get("title")) for one in of_class(root, "ocrx_word")][:2] == [
        ("AB", "bbox 10 20 54 50; x_wconf 81"),
        ("C", "bbox 82 20 102 50; x_wconf 90"),
    ]
    assert of_class(root, "ocrx_cinfo")[1].get("title") == "x_bboxes 34 20 54 50; x_conf 90.00"


def test_the_spec_is_kept(make_page):
    """What hOCR 1.2 demands in words: there is no schema of it to check against."""
    root = ET.fromstring(written(make_page("A"), Page(9, 9), provenance=Provenance(language="en")))
    said = {one.get("name"): one.get("content") for one in root.iter(f"{X}meta")}
    assert said["ocr-system"] == f"ocr_cli {__version__}"
    assert said["ocr-langs"] == "en"
    used = {one.get("class") for one in root.iter() if one.get("class")}
    assert used <= set(said["ocr-capabilities"].split())
    assert len(of_class(root, "ocr_page")) == 2
    assert all(re.search(r"bbox 0 0 \d+ \d+", one.get("title")) for one in of_class(root, "ocr_page"))
    identifiers = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(set(identifiers)) == len(identifiers)
    assert root.get("lang") == "en"


@pytest.mark.parametrize(
    ("source", "image"),
    [
        ("a b/c.png", 'image "a b/c.png"'),
        ('a";x.png', 'image "a%22%3Bx.png"'),
        ("é\\.png", 'image "%C3%A9%5C.png"'),
    ],
)
def test_no_file_name_breaks_the_properties(make_page, source, image):
    root = ET.fromstring(written(make_page("A", source=source)))
    assert of_class(root, "ocr_page")[0].get("title").split("; ")[0] == image


def test_lines_on_their_side_say_so():
    letters = tuple(Character(Box(40, 90 - 30 * i, 60, 110 - 30 * i), "A", 0.9) for i in range(3))
    root = ET.fromstring(written(Page(100, 120, (Line((Word(letters),)),))))
    assert of_class(root, "ocr_line")[0].get("title") == "bbox 40 30 60 110; textangle 90"


def test_without_a_page_it_is_a_whole_file():
    assert of_class(ET.fromstring(written()), "ocr_page") == []


@given(pages())
def test_any_text_comes_back(page):
    root = ET.fromstring(written(page))
    assert [text(one) for one in of_class(root, "ocr_line")] == [legible(line.text) for line in page.lines]
    words = [legible(word.text) for line in page.lines for word in line.words]
    assert [text(one) for one in of_class(root, "ocrx_word")] == words
    for one in of_class(root, "ocr_page"):
        assert len(re.findall(r"(?:^|; )bbox 0 0 100 100(?:;|$)", one.get("title"))) == 1


def tool(name):
    """A program of hocr-tools, which other people wrote to read hOCR."""
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (pip install hocr-tools)")
    return path


def test_hocr_check_finds_no_fault(make_page, tmp_path):
    path = tmp_path / "page.hocr"
    path.write_bytes(written(make_page("AB C", "1", source="a b.png")))
    done = subprocess.run([tool("hocr-check"), path], capture_output=True, text=True, check=True)
    said = done.stderr.splitlines()
    assert len([line for line in said if line.startswith("ok ")]) >= 8
    assert [line for line in said if line.startswith("not ok")] == []


def test_hocr_lines_reads_the_text(make_page, tmp_path):
    path = tmp_path / "page.hocr"
    path.write_bytes(written(make_page("AB C", "<1&2>"), make_page("X")))
    done = subprocess.run([tool("hocr-lines"), path], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["AB C", "<1&2>", "X", ""]
