from html.parser import HTMLParser

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Alternative, Box, Character, Line, Page, Word
from ocr_cli.writers.text import legible


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.seen = [], "", []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if "pre" in self.open else ""


def shown(page):
    elements = Elements()
    elements.feed(page._repr_html_())
    elements.close()
    assert elements.open == []
    return elements


@given(pages())
def test_hostile_text_comes_back_and_stays_text(page):
    elements = shown(page)
    assert elements.text == "\n".join(legible(line.text) for line in page.lines)
    assert {tag for tag, _ in elements.seen} <= {"figure", "pre", "span", "figcaption", "small"}


@pytest.mark.parametrize(("confidence", "coloured"), [(0.95, False), (0.7, True), (0.2, True)])
def test_what_is_unsure_is_coloured_and_says_what_else_it_may_be(confidence, coloured):
    character = Character(Box(0, 0, 9, 9), "<", confidence, (Alternative("C", 0.04),))
    (span,) = (attributes for tag, attributes in shown(page_of(character)).seen if tag == "span")
    assert ("style" in span) == coloured
    assert span["title"] == f"< {confidence:.0%}: or C 4%"


def page_of(character):
    return Page(20, 10, (Line((Word((character,)),)),), "a&b.png")


def test_the_caption(make_page):
    assert "page.png, 400 x 300 pixels, 2 lines" in make_page("A", "B", source="page.png")._repr_html_()
    assert "<small>400 x 300 pixels, 0 lines" in make_page()._repr_html_()
    assert (
        "a&amp;b.png, 20 x 10 pixels, 1 line<" in page_of(Character(Box(0, 0, 9, 9), "A", 1.0))._repr_html_()
    )
