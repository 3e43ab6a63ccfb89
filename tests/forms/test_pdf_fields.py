"""The form fields of a PDF become those of a template."""

import pytest

from ocr_cli.forms.making import new_template
from ocr_cli.forms.pdf_fields import pdf_fields

pikepdf = pytest.importorskip("pikepdf", reason="needs the extra pdf")
pytest.importorskip("pypdfium2", reason="needs the extra pdf")


def form(path, fields):
    """A PDF of 200 x 100 points with fields: name, kind, rectangle."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 100))
    annotations = []
    for name, kind, rectangle in fields:
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name(kind),
            T=pikepdf.String(name),
            Rect=pikepdf.Array(rectangle),
            P=page.obj,
        )
        annotations.append(pdf.make_indirect(annotation))
    page.obj.Annots = pikepdf.Array(annotations)
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(annotations))
    pdf.save(path)
    return path


FIELDS = [
    ("Größe", "/Tx", [20, 60, 120, 80]),
    ("Agreed", "/Btn", [140, 60, 150, 70]),
    ("Signed", "/Sig", [20, 20, 120, 40]),
]


def test_names_places_and_kinds(tmp_path):
    found = pdf_fields(form(tmp_path / "form.pdf", FIELDS), 1, (400, 200))
    assert [(one.name, one.kind) for one in found] == [
        ("Größe", "text"),
        ("Agreed", "check"),
        ("Signed", "picture"),
    ]
    assert found[0].box == pytest.approx((40, 40, 240, 80))


def test_fields_of_one_name_are_numbered_and_a_page_without_any_has_none(tmp_path):
    twice = form(tmp_path / "form.pdf", [FIELDS[0], ("Größe", "/Tx", [20, 20, 120, 40])])
    assert [one.name for one in pdf_fields(twice, 1, (400, 200))] == ["Größe", "Größe 2"]
    assert pdf_fields(form(tmp_path / "none.pdf", []), 1, (400, 200)) == []


def test_a_template_of_a_pdf_has_its_fields(tmp_path):
    template = new_template(form(tmp_path / "form.pdf", FIELDS))
    assert [one.name for one in template.fields] == ["Größe", "Agreed", "Signed"]
    left, top, right, bottom = template.fields[0].box
    assert left / template.width == pytest.approx(0.1, abs=0.01)
    assert bottom / template.height == pytest.approx(0.4, abs=0.01)
    assert (left < right, top < bottom) == (True, True)
