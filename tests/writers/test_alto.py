import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Page, __version__
from ocr_cli.writers.alto import NAMESPACE, AltoWriter
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

etree = pytest.importorskip("lxml.etree")

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"
SCHEMA = etree.XMLSchema(etree.parse(SCHEMAS / "alto-4-4.xsd"))
NAMES = {"a": NAMESPACE}


def written(*pages, provenance=None):
    """The file's root element, once it has been found to follow the schema."""
    writer = AltoWriter(provenance)
    root = etree.fromstring(b"".join([*map(writer.add, pages), writer.finish()]))
    SCHEMA.assertValid(root)
    return root


def test_the_schema_refuses_what_it_should(make_page):
    root = written(make_page("A"))
    del root.find(".//a:String", NAMES).attrib["CONTENT"]
    assert not SCHEMA.validate(root)


def test_lines_words_and_glyphs_are_in_their_places(make_page):
    root = written(make_page("AB C", "1"))
    assert [dict(line.attrib) for line in root.iterfind(".//a:TextLine", NAMES)] == [
        {
            "ID": "line_1_1",
            "HPOS": "10",
            "VPOS": "20",
            "WIDTH": "92",
            "HEIGHT": "30",
            "BASELINE": "10,50 102,50",
        },
        {
            "ID": "line_1_2",
            "HPOS": "10",
            "VPOS": "60",
            "WIDTH": "20",
            "HEIGHT": "30",
            "BASELINE": "10,90 30,90",
        },
    ]
    first = root.find(".//a:TextLine", NAMES)
    assert [child.tag.split("}")[1] for child in first] == ["String", "SP", "String"]
    assert dict(first[1].attrib) == {"HPOS": "54", "VPOS": "20", "WIDTH": "28"}
    assert (first[0].get("CONTENT"), first[0].get("WC")) == ("AB", "0.8100")
    glyph = first[0][1]
    assert (glyph.get("CONTENT"), glyph.get("GC"), glyph.get("HPOS")) == ("B", "0.9000", "34")
    assert dict(glyph[0].attrib) == {"CONTENT": "?", "VC": "0.1000"}


def test_it_says_what_made_it(make_page, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    root = written(make_page("A", source="a&b.png"), provenance=Provenance("block", "en"))
    said = {element.tag.split("}")[1]: element.text for element in root.iterfind("a:Description//*", NAMES)}
    assert said["fileName"] == "a&b.png"
    assert said["processingDateTime"] == "1970-01-01T00:00:00Z"
    assert said["processingStepSettings"] == "model block, language en"
    assert (said["softwareName"], said["softwareVersion"]) == ("ocr_cli", __version__)
    assert root.find(".//a:Page", NAMES).get("LANG") == "en"


def test_the_frame_is_the_number_of_the_picture():
    assert written(Page(30, 20, frame=3)).find(".//a:Page", NAMES).get("PHYSICAL_IMG_NR") == "3"


def test_a_file_holds_many_pages(make_page):
    first = make_page("AB", "C", source="a.tif")
    second = replace(make_page("D", source="a.tif"), frame=3)
    root = written(first, second, make_page("E", source="b.png"))
    pages = root.findall(".//a:Page", NAMES)
    assert [(page.get("ID"), page.get("PHYSICAL_IMG_NR")) for page in pages] == [
        ("page_1", "1"),
        ("page_2", "3"),
        ("page_3", "3"),
    ]
    texts = [[word.get("CONTENT") for word in page.iterfind(".//a:String", NAMES)] for page in pages]
    assert texts == [["AB", "C"], ["D"], ["E"]]
    assert [one.text for one in root.iterfind(".//a:fileName", NAMES)] == ["a.tif"]


def test_another_program_reads_all_pages(make_page, tmp_path):
    pytest.importorskip("alto_tools")
    writer = AltoWriter()
    parts = [writer.add(make_page("AB C", source="a.tif")), writer.add(make_page("D")), writer.finish()]
    path = tmp_path / "a.alto.xml"
    path.write_bytes(b"".join(parts))
    command = [sys.executable, "-m", "alto_tools.alto_tools", "-t", path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line.split() for line in done.stdout.splitlines() if line] == [["AB", "C"], ["D"]]


def test_without_a_page_there_is_no_file():
    assert AltoWriter().finish() == b""


def test_a_page_without_writing_is_a_page():
    root = written(Page(30, 20))
    assert (root.find(".//a:Page", NAMES).get("WIDTH"), root.find(".//a:TextBlock", NAMES)) == ("30", None)


@given(pages())
def test_any_text_comes_back(page):
    root = written(page)
    lines = [
        [word.get("CONTENT") for word in line.iterfind("a:String", NAMES)]
        for line in root.iterfind(".//a:TextLine", NAMES)
    ]
    assert lines == [[legible(word.text) for word in line.words] for line in page.lines]
    glyphs = [glyph.get("CONTENT") for glyph in root.iterfind(".//a:Glyph", NAMES)]
    assert glyphs == [legible(character.text) for character in page.characters]
    assert root.findtext(".//a:fileName", None, NAMES) == (
        None if page.source is None else legible(page.source)
    )
