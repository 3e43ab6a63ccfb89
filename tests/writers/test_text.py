from dataclasses import replace

import pytest
from any_pages import pages
from hypothesis import given

from ocr_cli import Page
from ocr_cli.writers.text import TextWriter, legible, page_to_text


@pytest.mark.parametrize(("texts", "expected"), [(("AB C", "1"), "AB C\n1\n"), (("A",), "A\n"), ((), "")])
def test_each_line_ends_with_a_line_feed(make_page, texts, expected):
    assert page_to_text(make_page(*texts)) == expected


def test_a_page_without_writing_is_nothing():
    assert page_to_text(Page(10, 10)) == ""


def test_pages_are_parted_by_an_empty_line_and_blank_ones_leave_nothing(make_page):
    writer = TextWriter()
    parts = [writer.add(page) for page in (Page(5, 5), make_page("A"), Page(5, 5), make_page("B", "C"))]
    assert [*parts, writer.finish()] == [b"", b"A\n", b"", b"\nB\nC\n", b""]


def test_pages_may_have_their_names_above_them(make_page):
    writer = TextWriter(names=True)
    second = replace(make_page("C", source="b.tif"), frame=2)
    parts = [writer.add(page) for page in (make_page("A", "B", source="a.png"), Page(5, 5), second)]
    assert b"".join(parts).decode() == "==> a.png <==\nA\nB\n\n==> page <==\n\n==> b.tif, page 2 <==\nC\n"


def test_a_form_feed_may_end_each_page(make_page):
    writer = TextWriter(form_feeds=True)
    parts = [writer.add(page) for page in (make_page("A"), Page(5, 5), make_page("B"))]
    assert b"".join([*parts, writer.finish()]) == b"A\n\f\fB\n\f"


@given(pages())
def test_any_text_comes_back(page):
    written = TextWriter().add(page).decode()
    assert written == page_to_text(page) == "".join(f"{legible(line.text)}\n" for line in page.lines)


@pytest.mark.parametrize("command", ["\x1b", "\x9b", "\u202e", "\u2066", "\x07", "\r"])
def test_what_commands_a_terminal_is_not_written(make_page, command):
    assert page_to_text(make_page(f"A{command}B")) == "A\ufffdB\n"
