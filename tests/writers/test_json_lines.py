import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from any_pages import pages
from hypothesis import given
from PIL import Image

import ocr_cli
from ocr_cli import Alternative, Box, Character, Line, Page, Word
from ocr_cli.cli import main
from ocr_cli.writers.json_lines import JsonWriter, page_to_json_line

SCHEMA = json.loads(resources.files("ocr_cli.writers").joinpath("page.schema.json").read_text("utf-8"))

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def valid(line):
    data = json.loads(line)
    VALIDATOR.validate(data)
    return data


@pytest.mark.parametrize("texts", [(), ("AB C", "1")])
def test_follows_the_schema_and_gives_the_page_back(make_page, texts):
    page = make_page(*texts, source="a.png")
    line = page_to_json_line(page)
    restored = Page.from_dict(valid(line))
    assert page_to_json_line(restored) == line
    assert (restored.text, restored.source) == (page.text, page.source)
    assert [c.box for c in restored.characters] == [c.box for c in page.characters]


def test_the_schema_refuses_what_it_should(make_page):
    data = json.loads(page_to_json_line(make_page("A")))
    del data["lines"][0]["words"][0]["characters"][0]["confidence"]
    with pytest.raises(jsonschema.ValidationError):
        valid(json.dumps(data))


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("a\nb.png", "a\nb.png"),
        ("ä\u2028.png", "ä\u2028.png"),
        ("\U0001f600.png", "\U0001f600.png"),
        ("\udcff.png", "\ufffd.png"),
        (None, None),
    ],
)
def test_one_line_of_ascii_whatever_the_file_is_called(make_page, source, written):
    line = page_to_json_line(make_page("A", source=source))
    assert line.isascii()
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert json.loads(line)["source"] == written


def test_confidences_have_four_decimals():
    character = Character(Box(0, 0, 1, 1), "A", 1 / 3, (Alternative("B", 2 / 3),))
    data = valid(page_to_json_line(Page(5, 5, (Line((Word((character,)),)),))))
    written = data["lines"][0]["words"][0]["characters"][0]
    assert (written["confidence"], written["alternatives"][0]["confidence"]) == (0.3333, 0.6667)


@given(pages())
def test_any_text_comes_back_but_for_halves_of_characters(page):
    data = valid(JsonWriter().add(page))
    whole = re.sub("[\ud800-\udfff]", "\ufffd", page.text)
    assert data["text"] == whole
    assert Page.from_dict(data).text == whole


def test_each_page_has_its_line(make_page):
    writer = JsonWriter()
    content = b"".join([writer.add(make_page("A")), writer.add(Page(5, 5)), writer.finish()])
    assert [json.loads(line)["text"] for line in content.splitlines()] == ["A", ""]


SAMPLES = Path(__file__).parents[2] / "samples"


def test_it_says_what_wrote_it(make_page):
    page = replace(make_page("A"), model="mixed")
    data = valid(page.to_json())
    assert (data["format"], data["version"], data["model"]) == ("ocr-page", 1, "mixed")
    assert data["tool"] == f"ocr_cli {ocr_cli.__version__}"
    assert Page.from_dict(data) == page
    assert Page.from_dict(data).model == "mixed"


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--whitelist", "0123456789"],
        ["--region", "0,0,50%,50%", "--region", "0,50%,100%,100%"],
        ["--lexicon-only", "--lexicon", "words.txt", "--unknown", "_"],
    ],
)
def test_all_json_of_ocr_read_follows_the_schema(tmp_path, monkeypatch, capsys, options):
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("ANNA\nMILL\n")
    Image.new("L", (50, 40), 255).save("blank.png")
    with pytest.raises(SystemExit) as stop:
        main(["read", str(SAMPLES / "note.jpg"), "blank.png", "-f", "json", "-m", "block", *options])
    assert not stop.value.code
    note, blank = map(valid, capsys.readouterr().out.splitlines())
    assert (note["model"], blank["model"]) == ("block", None)
    assert (note["lines"] != [], blank["lines"]) == (True, [])


def test_auto_names_the_model_that_read_the_page():
    assert ocr_cli.read(SAMPLES / "note.jpg").model == "mixed"
    assert ocr_cli.read(SAMPLES / "note.jpg", model="block").model == "block"
