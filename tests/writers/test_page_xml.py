from pathlib import Path

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Alternative, Line, Page, __version__
from ocr_cli.writers.page_xml import NAMESPACE, PageXmlWriter
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible

etree = pytest.importorskip("lxml.etree")

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"
SCHEMA = etree.XMLSchema(etree.parse(SCHEMAS / "pagecontent-2019-07-15.xsd"))
NAMES = {"p": NAMESPACE}


def written(page, provenance=None):
    """The file's root element, once it has been found to follow the schema."""
    writer = PageXmlWriter(provenance)
    root = etree.fromstring(writer.add(page) + writer.finish())
    SCHEMA.assertValid(root)
    return root


def texts(root, kind):
    """The chosen text of each element of a kind."""
    return [
        min(one.iterfind("p:TextEquiv", NAMES), key=lambda text: int(text.get("index", "0"))).findtext(
            "p:Unicode", None, NAMES
        )
        for one in root.iterfind(f".//p:{kind}", NAMES)
    ]


def test_the_schema_refuses_what_it_should(make_page):
    root = written(make_page("A"))
    root.find(".//p:Word/p:Coords", NAMES).set("points", "1,2")
    assert not SCHEMA.validate(root)


def test_lines_words_and_glyphs_are_in_their_places(make_page):
    root = written(make_page("AB C", "1"))
    assert texts(root, "TextRegion") == ["AB C\n1"]
    assert texts(root, "TextLine") == ["AB C", "1"]
    assert texts(root, "Word") == ["AB", "C", "1"]
    word = root.find(".//p:Word", NAMES)
    assert root.find(".//p:TextRegion", NAMES).get("orientation") == "0"
    assert root.find(".//p:Baseline", NAMES).get("points") == "10,50 102,50"
    assert word.find("p:Coords", NAMES).get("points") == "10,20 54,20 54,50 10,50"
    readings = word[1].findall("p:TextEquiv", NAMES)
    assert [(one.get("index"), one.get("conf"), one[0].text) for one in readings] == [
        ("0", "0.9000", "A"),
        ("1", "0.1000", "?"),
    ]


def test_it_says_what_made_it(make_page, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    root = written(make_page("A", source="a&b.png"), Provenance(model="block", language="en"))
    assert root.findtext(".//p:Creator", None, NAMES) == f"ocr_cli {__version__}"
    assert root.findtext(".//p:Created", None, NAMES) == "1970-01-01T00:00:00Z"
    labels = {one.get("type"): one.get("value") for one in root.iterfind(".//p:Label", NAMES)}
    assert labels == {"model": "block", "language": "en"}
    page = root.find("p:Page", NAMES)
    assert (page.get("imageFilename"), page.get("primaryLanguage")) == ("a&b.png", "English")


def test_each_language_of_the_package_has_its_name(make_page):
    languages = Path(__file__).parents[2] / "models" / "languages"
    for path in languages.glob("??.npz"):
        root = written(make_page("A"), Provenance(language=path.stem))
        assert root.find("p:Page", NAMES).get("primaryLanguage")


def test_the_best_readings_of_a_line_follow_its_text(make_page):
    (line,) = make_page("AB").lines
    readings = (Alternative("AB", 0.8), Alternative("A B", 0.1))
    root = written(Page(400, 300, (Line(line.words, 0.8, readings),), frame=3))
    equivalents = root.findall(".//p:TextLine/p:TextEquiv", NAMES)
    assert [(one.get("index"), one.get("conf"), one[0].text) for one in equivalents] == [
        ("0", "0.8000", "AB"),
        ("1", "0.1000", "A B"),
    ]
    assert root.find("p:Page", NAMES).get("custom") == "frame {number:3;}"


def test_a_page_without_writing_is_a_page():
    root = written(Page(30, 20))
    assert (root.find("p:Page", NAMES).get("imageWidth"), root.find(".//p:TextRegion", NAMES)) == ("30", None)


@given(pages())
def test_any_text_comes_back(page):
    root = written(page)
    assert texts(root, "TextLine") == [legible(line.text) for line in page.lines]
    assert texts(root, "Word") == [legible(word.text) for line in page.lines for word in line.words]
    assert texts(root, "Glyph") == [legible(character.text) for character in page.characters]
    assert root.find("p:Page", NAMES).get("imageFilename") == legible(page.source or "")
