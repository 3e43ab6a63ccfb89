"""Forms as tables, JSON and workbooks."""

import csv
import io
import json

import openpyxl

from ocr_cli import Alternative, Box
from ocr_cli.forms.json_lines import FormJsonWriter
from ocr_cli.forms.tables import FormCsvWriter, FormXlsxWriter
from ocr_cli.forms.values import FieldValue, FormPage, FormValues

NAMES = ("no", "note", "other")


def page(no="0042", note="=SUM(A1)", residual=0.0123):
    box = Box(1, 2, 30, 40)
    values = (
        FieldValue("no", "digits", no, 0.98765, box, (), (Alternative("0842", 0.01),)),
        FieldValue("note", "text", note, 0.5, box, doubts=("no date",)),
    )
    return FormPage(100, 80, (), "a.jpg", 1, form=FormValues("visit", residual, values))


def rows(*pages):
    writer = FormCsvWriter(NAMES)
    text = b"".join([*map(writer.add, pages), writer.finish()]).decode()
    return list(csv.reader(io.StringIO(text)))


def test_a_row_a_form():
    head, row = rows(page())
    assert head[:5] == ["file", "no", "no_confidence", "note", "note_confidence"]
    assert head[-3:] == ["form", "residual", "doubts"]
    assert row[:3] == ["a.jpg", "0042", "0.9877"]
    assert row[5:] == ["", "", "visit", "0.0123", "note: no date"]


def test_what_was_written_is_no_formula_and_a_number_is_one():
    _, formula, number = rows(page(), page(note="-3"))
    assert formula[3] == "'=SUM(A1)"
    assert number[3] == "-3"


def test_without_forms_there_is_the_head_alone():
    assert len(rows()) == 1


def test_workbooks_keep_noughts_and_have_no_formulas():
    writer = FormXlsxWriter(NAMES)
    assert writer.add(page()) == b""
    sheet = openpyxl.load_workbook(io.BytesIO(writer.finish())).active
    first = next(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in first][:4] == ["a.jpg", "0042", 0.9877, "=SUM(A1)"]
    assert first[3].data_type == "s"


def test_json_has_boxes_and_other_readings():
    found = json.loads(FormJsonWriter().add(page()))
    assert found["form"] == "visit"
    assert found["fields"][0]["alternatives"] == [{"text": "0842", "confidence": 0.01}]
    assert found["fields"][0]["box"] == {"left": 1, "top": 2, "right": 30, "bottom": 40}
