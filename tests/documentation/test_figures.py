"""The tables of README and docs are those of what was measured."""

import json
import re

import figure_tables
import pytest
from doc_blocks import ROOT
from figure_sets import SETS, Case, Field, Tally, comparable, field_text, samples

REPORT = json.loads((ROOT / "models" / "report.json").read_text(encoding="utf-8"))
PEERS = json.loads((ROOT / "models" / "peers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", figure_tables.PAGES, ids=lambda page: page.name)
def test_tables_are_what_was_measured(page):
    text = page.read_text(encoding="utf-8")
    assert figure_tables.filled(text, REPORT, PEERS) == text
    assert "<!-- figures: " in text


def test_a_typed_figure_is_found():
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    table = text.split("<!-- figures: readme -->")[1].split("<!-- end of figures -->")[0]
    number = re.search(r"\d+\.\d", table)[0]
    typed = (
        text.replace(table, table.replace(number, "0.0", 1)) if number != "0.0" else text.replace(table, "")
    )
    assert figure_tables.filled(typed, REPORT, PEERS) == text != typed


def test_nothing_measured_has_no_figure():
    assert figure_tables.wrong({}, "notes", "words") is None
    assert all("\u2013" in row for row in list(figure_tables.readme({}, {}))[2:])


def test_a_table_that_there_is_not():
    with pytest.raises(KeyError, match="nonsense"):
        figure_tables.filled("<!-- figures: nonsense -->\n<!-- end of figures -->", {}, {})


def test_what_counts_is_counted():
    tally = Tally()
    tally.add("HELLO", "HELO")
    tally.add("AB", "AB")
    assert tally == Tally(pictures=2, right=1, characters=7, errors=1)
    assert comparable("It\u2019s 1\u00d71,\n ok", "exact") == "It's1x1,ok"
    assert comparable("a-b 0", "letters") == "AB0"
    assert comparable("a-b 0", "folded") == comparable("a-b O", "folded")
    assert field_text("1. 2. 03", "date") == "1203"
    assert field_text("x Y", "text") == "XY"


def test_sets_are_found_where_they_are(tmp_path):
    assert len(list(samples(tmp_path))) == len(list((ROOT / "samples").glob("*.jpg")))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.csv").write_text("name,kind\na.jpg,words\n")
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "notes" / name).touch()
        (tmp_path / "notes" / name).with_suffix(".gt.txt").write_text("A\n")
    cases_of, strictness = SETS["notes"]
    assert list(cases_of(tmp_path)) == [Case("words", tmp_path / "notes" / "a.jpg", "A\n")]
    assert strictness == "exact"
    (tmp_path / "forms").mkdir()
    form = {
        "image": "f.jpg",
        "fields": [{"name": "n", "kind": "text", "box": [1, 2, 3, 4], "text": "A", "cells": None}],
    }
    (tmp_path / "forms" / "f.fields.json").write_text(json.dumps(form))
    (case,) = SETS["forms"][0](tmp_path)
    assert case.fields == (Field("n", "text", (1, 2, 3, 4), None, ("A",)),)
