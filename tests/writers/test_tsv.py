import csv
import io

from any_pages import pages
from hypothesis import given

from ocr_cli import Page
from ocr_cli.writers.text import legible
from ocr_cli.writers.tsv import TsvWriter


def table(*pages):
    writer = TsvWriter()
    content = b"".join([*map(writer.add, pages), writer.finish()])
    return list(
        csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    )


def test_tesseracts_columns(make_page):
    rows = table(make_page("AB C"))
    assert ",".join(rows[0]) == (
        "level,page_num,block_num,par_num,line_num,word_num,left,top,width,height,conf,text"
    )
    assert [",".join(row.values()) for row in rows] == [
        "1,1,0,0,0,0,0,0,400,300,-1,",
        "2,1,1,0,0,0,10,20,92,30,-1,",
        "3,1,1,1,0,0,10,20,92,30,-1,",
        "4,1,1,1,1,0,10,20,92,30,-1,",
        "5,1,1,1,1,1,10,20,44,30,81.00,AB",
        "5,1,1,1,1,2,82,20,20,30,90.00,C",
    ]


def test_pages_and_lines_are_counted_under_one_heading(make_page):
    rows = table(make_page("A", "B"), Page(9, 9), make_page("C"))
    assert [(row["page_num"], row["line_num"]) for row in rows if row["level"] == "4"] == [
        ("1", "1"),
        ("1", "2"),
        ("3", "1"),
    ]
    assert [row["page_num"] for row in rows if row["level"] == "1"] == ["1", "2", "3"]


def test_without_a_page_there_are_the_headings():
    assert TsvWriter().finish().decode().split("\t")[0] == "level"


@given(pages())
def test_any_text_comes_back(page):
    rows = table(page)
    assert [row["text"] for row in rows if row["level"] == "5"] == [
        legible(word.text) for line in page.lines for word in line.words
    ]
    assert all(set(row) == set(rows[0]) for row in rows)
