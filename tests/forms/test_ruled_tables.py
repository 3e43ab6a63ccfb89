"""Tables of which nothing is known: their cells by rows and columns, and as CSV."""

import csv
import io

import pytest
from PIL import Image, ImageDraw

from ocr_cli import Box
from ocr_cli.forms.ruled_tables import TableReader, TablesCsvWriter, find_tables
from ocr_cli.forms.values import FieldValue, FormPage, FormValues


def page(tables):
    image = Image.new("RGB", (900, 700), "white")
    draw = ImageDraw.Draw(image)
    for left, top, rows, columns in tables:
        for row in range(rows + 1):
            draw.line([left, top + 60 * row, left + 120 * columns, top + 60 * row], "black", 2)
        for column in range(columns + 1):
            draw.line([left + 120 * column, top, left + 120 * column, top + 60 * rows], "black", 2)
    return image


def test_cells_are_found_row_by_row_whatever_is_written_in_them():
    image = page([(60, 40, 3, 4), (100, 400, 2, 2)])
    draw = ImageDraw.Draw(image)
    # A tail that crosses the rule below it.
    draw.line([110, 60, 130, 110], "blue", 4)
    first, second = find_tables(image)
    assert [len(row) for row in first] == [4, 4, 4]
    assert [len(row) for row in second] == [2, 2]
    assert first[1][2] == pytest.approx((300, 100, 420, 160), abs=6)


def test_a_box_alone_is_no_table_and_neither_is_a_blank_page():
    assert find_tables(page([(60, 40, 1, 1)])) == []
    found = TableReader().read(Image.new("RGB", (300, 200), "white"), source="blank.png")
    assert found.form.fields == ()
    assert found.source == "blank.png"


def test_rows_are_lines_of_csv_and_no_formulas():
    texts = {"1 1 1": "Name", "1 1 2": "Sum", "1 2 1": "=1+1", "1 2 2": "7", "2 1 1": "a,b"}
    values = tuple(FieldValue(name, "text", text, 0.9, Box(0, 0, 9, 9)) for name, text in texts.items())
    form = FormPage(90, 90, (), "a.png", 1, form=FormValues("tables", None, values))
    writer = TablesCsvWriter()
    rows = list(csv.reader(io.StringIO((writer.add(form) + writer.finish()).decode(), newline="")))
    assert rows == [["a.png", "1", "Name", "Sum"], ["a.png", "1", "'=1+1", "7"], ["a.png", "2", "a,b"]]
