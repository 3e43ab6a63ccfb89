"""``ocr form`` and ``ocr read --form``: templates made, checked, drawn, and read with."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw


def blank():
    image = Image.new("RGB", (800, 500), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 100, 500, 160), outline="black", width=3)
    for x in range(100, 420, 40):
        draw.rectangle((x, 250, x + 40, 300), outline="black", width=2)
    draw.rectangle((600, 260, 616, 276), outline="black", width=2)
    return image


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blank().save("blank.png")
    entries = [
        {"name": "name", "box": [100, 100, 500, 160]},
        {"name": "number", "box": [100, 250, 420, 300], "kind": "digits", "cells": 8},
        {"name": "member", "box": [600, 260, 616, 276], "kind": "check"},
    ]
    data = {"format": "ocr-form", "version": 1, "page": {"width": 800, "height": 500}, "fields": entries}
    (tmp_path / "visit.form.json").write_text(json.dumps(data))
    return tmp_path


def test_a_blank_becomes_a_template(ocr, form):
    result = ocr("form", "new", "blank.png", "-o", "new.form.json")
    assert (result.status, result.out) == (0, "")
    assert "3 fields found" in result.err
    fields = json.loads((form / "new.form.json").read_text())["fields"]
    assert [(field["kind"], field.get("cells")) for field in fields] == [
        ("text", None),
        ("text", 8),
        ("check", None),
    ]
    assert np.abs(np.array(fields[1]["box"]) - [100, 250, 420, 300]).max() < 5


def test_an_empty_form_is_a_row_of_empty_values(ocr, form):
    result = ocr("read", "blank.png", "--form", "visit.form.json", "-f", "csv")
    assert result.status == 0
    (row,) = csv.DictReader(io.StringIO(result.out))
    assert (row["file"], row["name"], row["number"], row["member"]) == ("blank.png", "", "", "")
    assert row["form"] == "visit"
    assert row["residual"] == ""


def test_marks_and_fields_are_read(ocr, form):
    image = blank()
    draw = ImageDraw.Draw(image)
    draw.line((603, 267, 607, 273, 622, 252), fill="navy", width=3)
    for x in (118, 158):
        draw.line((x, 262, x, 290), fill="navy", width=3)
    image.save("filled.png")
    result = ocr("read", "filled.png", "--form", "visit.form.json", "-f", "json")
    fields = {field["name"]: field for field in json.loads(result.out)["fields"]}
    assert fields["member"]["text"] == "ticked"
    assert fields["number"]["text"] == "11"
    assert fields["number"]["box"]["left"] == pytest.approx(100, abs=2)
    result = ocr("read", "filled.png", "--field", "n=100,250,140,300:digits", "-f", "csv")
    assert result.out.splitlines()[1].startswith("filled.png,1,")


def test_reviews_and_editors_are_pages_of_their_own(ocr, form):
    assert ocr("form", "edit", "visit.form.json", "-o", "edit.html").status == 0
    page = (form / "edit.html").read_text()
    assert "default-src 'none'" in page
    assert '"name": "number"' in page
    result = ocr("read", "blank.png", "--form", "visit.form.json", "-o", "review.html", "--doubtful", "1")
    assert result.status == 0
    assert 'class="item"' in (form / "review.html").read_text()


def test_a_template_without_an_image_is_checked_for_nothing(ocr, form):
    result = ocr("form", "check", "visit.form.json", "blank.png", "--boxes", "boxes.png")
    assert (result.status, result.out) == (0, "no image in the template: taken to lie as its page\n")
    with Image.open(form / "boxes.png") as drawn:
        assert drawn.size == (800, 500)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("read", "blank.png", "--form", "none.form.json"), 1, "none.form.json: no such file"),
        (("read", "blank.png", "--form", "blank.png"), 1, "blank.png: is no JSON"),
        (("read", "blank.png", "--field", "a=1,2,3"), 2, "is not NAME=LEFT"),
        (("read", "blank.png", "--form", "visit.form.json", "--field", "a=1,2,3,4"), 2, "not both"),
        (("read", "blank.png", "--form", "visit.form.json", "--layout", "line"), 2, "no --layout"),
        (("form", "new", "none.png", "-o", "a.form.json"), 1, "none.png: no such file"),
        (("form", "new", "blank.png", "-o", "blank.png"), 2, "blank.png"),
        (("form", "check", "visit.form.json", "none.png"), 1, "none.png: no such file"),
        (("form", "check", "visit.form.json", "blank.png", "--boxes", "b.xyz"), 4, "b.xyz"),
    ],
)
def test_what_is_wrong_is_one_line(ocr, form, arguments, status, said):
    result = ocr(*arguments)
    assert said in result.err
    assert "Traceback" not in result.err
    assert result.status == status


def test_a_picture_that_is_no_such_form_is_refused(ocr, form):
    data = json.loads((form / "visit.form.json").read_text())
    (form / "visit.form.json").write_text(json.dumps({**data, "image": "blank.png"}))
    Image.new("RGB", (300, 300), "white").save("white.png")
    result = ocr("read", "white.png", "blank.png", "--form", "visit.form.json", "-f", "csv")
    assert result.status == 1
    assert "white.png: does not fit visit" in result.err
    assert len(result.out.splitlines()) == 2
