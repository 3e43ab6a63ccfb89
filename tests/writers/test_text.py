import pytest

from ocr_cli import Page
from ocr_cli.writers.text import page_to_text


@pytest.mark.parametrize(("texts", "expected"), [(("AB C", "1"), "AB C\n1\n"), (("A",), "A\n"), ((), "")])
def test_each_line_ends_with_a_line_feed(make_page, texts, expected):
    assert page_to_text(make_page(*texts)) == expected


def test_a_page_without_writing_is_nothing():
    assert page_to_text(Page(10, 10)) == ""
