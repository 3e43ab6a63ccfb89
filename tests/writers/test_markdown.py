from dataclasses import replace

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Page
from ocr_cli.writers.markdown import MarkdownWriter, markdown_line
from ocr_cli.writers.text import legible


def written(*pages):
    writer = MarkdownWriter()
    return b"".join([*map(writer.add, pages), writer.finish()]).decode()


def test_lines_stay_lines_under_the_name_of_the_page(make_page):
    first = make_page("AB C", "1", source="notes/a.jpg")
    second = replace(make_page("D", source="notes/b_1.tif"), frame=2)
    assert written(first, Page(9, 9), second) == ("## a.jpg\n\nAB C\\\n1\n\n## b\\_1.tif, page 2\n\nD\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("# A", "\\# A"), ("- A", "\\- A"), ("1. A", "1\\. A"), ("A - 1.", "A - 1."), ("A*B", "A\\*B")],
)
def test_signs_mean_nothing(text, shown):
    assert markdown_line(text) == shown


@given(pages())
def test_any_text_is_shown_as_it_is(page):
    parser = pytest.importorskip("markdown_it").MarkdownIt()
    tokens = parser.parse(written(replace(page, source="a.png")))
    kinds = [token.type for token in tokens if token.nesting == 1]
    assert kinds == (["heading_open", "paragraph_open"] if page.lines else [])
    if page.lines:
        children = tokens[4].children
        assert {token.type for token in children} <= {"text", "text_special", "hardbreak"}
        text = "".join("\n" if token.type == "hardbreak" else token.content for token in children)
        # White space at the ends of a line is none in Markdown.
        lines = [legible(line.text).strip() for line in page.lines]
        assert [line.strip() for line in text.split("\n")] == lines
