"""The tables of README and docs are those of what was measured."""

import json
import re

import figure_tables
import figures
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


class Parrot:
    """A reader that says of every picture what is written on the samples' first one."""

    name = "parrot"

    def text(self, case):
        return "HELLO"

    def about(self):
        return "parrot 1"

    def command(self, picture):
        return ["true"]


def test_times_of_another_machine_stay_as_they_are(monkeypatch):
    cases = [Case("samples", ROOT / "samples" / "note.jpg", "HELLO")]
    monkeypatch.setitem(SETS, "samples", (lambda data: cases, "exact"))
    old = {
        "machine": "another",
        "seconds_of_a_process": 9.0,
        "sets": {"samples": {"kinds": {}, "seconds": 7.0, "measured": "2000-01-01"}},
    }
    kept = figures.measure(Parrot(), None, ["samples"], old, times=False)
    assert (kept["machine"], kept["seconds_of_a_process"]) == ("another", 9.0)
    assert kept["sets"]["samples"]["seconds"] == 7.0
    assert kept["sets"]["samples"]["kinds"]["samples"]["right"] == 1
    new = figures.measure(Parrot(), None, ["samples"], old)
    assert new["machine"] != "another"
    assert new["sets"]["samples"]["seconds"] < 7.0
