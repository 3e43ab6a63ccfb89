import csv
import io

from any_pages import pages
from hypothesis import given

from ocr_cli import Page
from ocr_cli.writers.csv_table import CsvWriter
from ocr_cli.writers.text import legible


def table(*pages):
    writer = CsvWriter()
    content = b"".join([*map(writer.add, pages), writer.finish()])
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_row_for_each_word(make_page):
    rows = table(make_page("AB C", "1", source="a,b.png"), Page(9, 9), make_page("D"))
    assert ",".join(rows[0]) == "source,page,line,word,text,confidence,left,top,right,bottom"
    assert [tuple(row.values()) for row in rows] == [
        ("a,b.png", "1", "1", "1", "AB", "0.8100", "10", "20", "54", "50"),
        ("a,b.png", "1", "1", "2", "C", "0.9000", "82", "20", "102", "50"),
        ("a,b.png", "1", "2", "1", "1", "0.9000", "10", "60", "30", "90"),
        ("", "1", "1", "1", "D", "0.9000", "10", "20", "30", "50"),
    ]


def test_without_a_page_there_are_the_headings():
    assert CsvWriter().finish().startswith(b"source,page,")


@given(pages())
def test_any_text_comes_back(page):
    words = [legible(word.text) for line in page.lines for word in line.words]
    assert [row["text"] for row in table(page)] == words
