"""Templates: what their JSON may say, and what is said of one that is wrong."""

import base64
import io
import json
from importlib import resources

import jsonschema
import pytest
from PIL import Image

from ocr_cli.errors import KnowledgeError, TemplateError
from ocr_cli.forms.template import Template, template_of_fields


def data(**fields):
    return {
        "format": "ocr-form",
        "version": 1,
        "page": {"width": 800, "height": 600},
        "image": None,
        "fields": [{"name": "name", "box": [10, 20, 300, 60], **fields}],
    }


def test_a_template_is_what_it_was_after_it_was_written():
    entries = data(kind="digits", cells=8, required=True, pattern="[0-9]{8}")
    entries["fields"] += [
        {"name": "way", "box": [10, 80, 300, 120], "kind": "choice", "options": ["A", "B"]},
        {
            "name": "marks",
            "box": [0, 200, 800, 400],
            "rows": 2,
            "columns": [{"name": "a"}, {"name": "b", "width": 3}],
        },
    ]
    template = Template.from_dict(entries, "visit")
    again = Template.from_dict(json.loads(json.dumps(template.to_dict())), "visit")
    assert again == template
    assert [field.name for field in again.every_field][2:] == [
        "marks 1 a",
        "marks 1 b",
        "marks 2 a",
        "marks 2 b",
    ]
    assert again.every_field[3].box == (200.0, 200.0, 800.0, 300.0)


def test_the_schema_that_ships_knows_what_is_written():
    schema = json.loads(resources.files("ocr_cli.forms").joinpath("form.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    entries = data(kind="date", cells=8, sum="name")
    entries["fields"].append({"name": "t", "box": [0, 0, 9, 9], "rows": 2, "columns": [{"name": "a"}]})
    jsonschema.validate(Template.from_dict(entries).to_dict(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data(kind="poem"), schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "form"}, '"format" is not "ocr-form"'),
        ({"version": 2}, "version 2"),
        ({"page": {"width": 0, "height": 10}}, "page.width"),
        ({"page": []}, "page: is not an object"),
        ({"fields": []}, "has no fields"),
        ({"fields": [{"name": "a"}]}, "fields[0].box"),
        ({"fields": [{"box": [0, 0, 1, 1]}]}, "fields[0]: has no name"),
        ({"fields": [{"name": "a", "box": [5, 0, 1, 1]}]}, "no box on a page"),
        ({"fields": [{"name": "a", "box": [0, 0, 1, 1], "kind": "poem"}]}, "'poem' is none of text"),
        ({"fields": [{"name": "a", "box": [0, 0, 1, 1], "cells": 2.5}]}, "fields[0].cells"),
        ({"fields": [{"name": "a", "box": [0, 0, 1, 1], "pattern": "[a"}]}, "fields[0].pattern"),
        ({"fields": [{"name": "a", "box": [0, 0, 1, 1], "sum": "b+c"}]}, "'b', which is no field"),
        ({"fields": [{"name": "a", "box": [0, 0, 1, 1]}] * 2}, "two fields of the name 'a'"),
        ({"fields": [{"name": "t", "box": [0, 0, 1, 1], "rows": 2, "columns": []}]}, "without columns"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, said):
    with pytest.raises(TemplateError, match=r"(?s).*") as caught:
        Template.from_dict({**data(), **change})
    assert said in str(caught.value)


def test_files_are_named_where_they_are_wrong(tmp_path):
    missing = tmp_path / "none.form.json"
    with pytest.raises(TemplateError, match="no such file"):
        Template.load(missing)
    missing.write_text("{")
    with pytest.raises(TemplateError, match=r"none\.form\.json: is no JSON"):
        Template.load(missing)
    missing.write_text(json.dumps({**data(), "image": "blank.png"}))
    with pytest.raises(TemplateError, match=r"image .*blank\.png"):
        Template.load(missing)


def test_images_lie_beside_the_template_or_in_it(tmp_path):
    content = io.BytesIO()
    Image.new("RGB", (8, 6)).save(content, "PNG")
    (tmp_path / "blank.png").write_bytes(content.getvalue())
    inside = "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
    for image in ("blank.png", inside):
        (tmp_path / "a.form.json").write_text(json.dumps({**data(), "image": image}))
        template = Template.load(tmp_path / "a.form.json")
        assert template.image == content.getvalue()
        assert template.name == "a"


def test_fields_without_a_template():
    template = template_of_fields(["no=10,20,300.5,60:digits", "who=0,0,9,9"])
    assert [(field.name, field.kind) for field in template.fields] == [("no", "digits"), ("who", "text")]
    assert template.own_size
    for wrong in ("no", "no=1,2,3", "no=1,2,3,4:poem", "=1,2,3,4", "no=a,2,3,4"):
        with pytest.raises(KnowledgeError):
            template_of_fields([wrong])
