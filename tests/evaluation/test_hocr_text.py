"""hOCR as programs and people write it, and as nobody does."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_cli.evaluation import hocr_text
from ocr_cli.evaluation.hocr_text import hocr_lines

LINE = '<span class="ocr_line">'


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (f"{LINE}A B</span>", ["A B"]),
        ("<SPAN CLASS='x ocr_line'>A</SPAN>", ["A"]),
        ("<p class=ocrx_line>A", ["A"]),
        (f"{LINE}<b class=ocrx_word>A</b><b class=ocrx_word>B</b></span>C", ["A B"]),
        (f"{LINE}A<br>B<br/>C<i/>D</span>", ["ABCD"]),
        (f"{LINE}1 < 2 &lt; 3 &eacute; &#65;&#x42; &amp;c;</span>", ["1 < 2 < 3 é AB &c;"]),
        (f"{LINE}A<!-- <span> --></span>B", ["A"]),
        (f"{LINE}A</span><!-- {LINE}B", ["A"]),
        (f"{LINE}A<![foo[ B ]]></span><?php x ?>{LINE}C", ["A", "C"]),
        (f"<script>'{LINE}'</script>{LINE}A</span>", ["A"]),
        (f"<style>{LINE}", []),
        (f"<p title='> {LINE}'>{LINE}A</span>", ["A"]),
        ("<p title='class=ocr_line'>A", []),
        (f"{LINE}A</span></span></span>{LINE}B</span>", ["A", "B"]),
        (f"{LINE} </span>", []),
        (f"{LINE}A<span class='", ["A"]),
        (f"{LINE}A</", ["A</"]),
        (f"{LINE}A&#{'9' * 5000};&#x{'f' * 5000};", ["A\ufffd\ufffd"]),
        ("", []),
    ],
)
def test_what_stands_in_lines(content: str, lines: list[str]) -> None:
    assert hocr_lines(content) == lines


@given(st.lists(st.text(min_size=1).filter(lambda text: text.split()), min_size=1, max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    content = "\n".join(f"{LINE}{html.escape(text)}</span>" for text in texts)
    # What a character reference cannot stand for is not asked for.
    expected = [" ".join(html.unescape(html.escape(text)).split()) for text in texts]
    assert hocr_lines(content) == expected


@given(st.text("<>!-/?'\"= aspn&#x;[]") | st.text())
def test_anything_is_read_somehow(content: str) -> None:
    assert all(line == " ".join(line.split()) for line in hocr_lines(LINE + content))


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<!--",
        "<a ",
        '<a "',
        "<a x='",
        "</",
        "</a",
        "&#1",
        "&amp",
        "<![",
        "<?",
        "<script>",
        "<a b=",
        "<a =",
    ],
)
def test_no_part_of_a_file_is_searched_twice(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left open a thousand times costs as much as a file of that length, not as its square."""
    content, searched = piece * 2000, 0

    class Counted(str):
        def find(self, mark: str, start: int = 0) -> int:  # type: ignore[override]
            nonlocal searched
            found = super().find(mark, start)
            searched += (len(self) if found < 0 else found) - start
            return found

    class Searched:
        def __init__(self, pattern: re.Pattern[str]) -> None:
            self._pattern = pattern

        def search(self, text: str, start: int) -> re.Match[str] | None:
            nonlocal searched
            found = self._pattern.search(text, start)
            searched += (found.end() if found else len(text)) - start
            return found

    for name in ("_OPENING", "_QUOTE_OR_END"):
        monkeypatch.setattr(hocr_text, name, Searched(getattr(hocr_text, name)))
    hocr_lines(Counted(content))
    assert searched <= 4 * len(content)
