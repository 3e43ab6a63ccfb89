import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser

from any_pages import pages
from hypothesis import given, settings
from PIL import Image

from ocr_cli import Page
from ocr_cli.writers.html import HtmlWriter
from ocr_cli.writers.json_lines import page_to_json_line
from ocr_cli.writers.provenance import Provenance
from ocr_cli.writers.text import legible


class Parsed(HTMLParser):
    """The content of the elements of each kind, and all addresses."""

    def __init__(self, content):
        super().__init__()
        self.found, self.open, self.addresses, self.attributes = {}, [], [], {}
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.attributes.setdefault(tag, []).append(dict(attributes))
        self.addresses += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)
            self.found.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in self.open[-1:]:
            self.found[tag][-1] += data


def written(*pages, size=(100, 100), provenance=None):
    writer = HtmlWriter(provenance)
    picture = lambda: Image.new("RGB", size, "white")  # noqa: E731
    return b"".join([*(writer.add(page, picture) for page in pages), writer.finish()])


def test_each_page_has_its_picture_text_and_data(make_page):
    pages = [make_page("AB C", source="scans/a.png"), make_page("<1>", source="b.tif")]
    parsed = Parsed(written(*pages, provenance=Provenance(language="de")))
    assert parsed.found["pre"] == ["\nAB C\n", "\n<1>\n"]
    assert parsed.found["bdi"] == ["a.png", "b.tif"]
    assert [json.loads(one) for one in parsed.found["script"][:2]] == [
        json.loads(page_to_json_line(page)) for page in pages
    ]
    assert [one["lang"] for one in parsed.attributes["pre"]] == ["de", "de"]
    pictures = [base64.b64decode(one["src"].partition(",")[2]) for one in parsed.attributes["img"]]
    assert [Image.open(io.BytesIO(one)).format for one in pictures] == ["JPEG", "JPEG"]


def test_nothing_is_loaded_and_only_its_own_script_runs(make_page):
    content = written(make_page("A"))
    parsed = Parsed(content)
    assert all(address.startswith("data:image/jpeg;base64,") for address in parsed.addresses)
    assert not re.search(rb"url\(|@import", content)
    (policy,) = [one["content"] for one in parsed.attributes["meta"] if "http-equiv" in one]
    for kind, part in (("script", parsed.found["script"][-1]), ("style", parsed.found["style"][0])):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:;")


def test_large_pictures_are_made_smaller(make_page):
    parsed = Parsed(written(make_page("A"), size=(4800, 2400)))
    assert (parsed.attributes["img"][0]["width"], parsed.attributes["img"][0]["height"]) == ("2400", "1200")


def test_without_a_page_it_is_a_whole_file():
    assert "section" not in Parsed(written()).found


def test_further_pages_of_a_file_are_told_apart():
    parsed = Parsed(written(Page(9, 9, source="a.tif"), Page(9, 9, source="a.tif", frame=2)))
    assert parsed.found["bdi"] == ["a.tif", "a.tif, page 2"]


@settings(max_examples=50)
@given(pages())
def test_any_text_comes_back(page):
    parsed = Parsed(written(page, size=(10, 10)))
    assert parsed.found["pre"] == ["\n" + "".join(f"{legible(line.text)}\n" for line in page.lines)]
    # JSON has no halves of surrogate pairs.
    whole = re.sub("[\ud800-\udfff]", "\ufffd", page.text)
    assert json.loads(parsed.found["script"][0])["text"] == whole
    assert len(parsed.found["script"]) == 2
