"""The fields of a PDF form (AcroForm) as those of a template."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from pathlib import Path
from typing import Any

from ocr_cli.errors import MissingExtraError
from ocr_cli.forms.fields import Field
from ocr_cli.forms.kinds import Kind

_NAME_BYTES = 4096


def pdf_fields(path: str | Path, page: int, size: tuple[int, int]) -> list[Field]:
    """The form fields on a page of a PDF file, from top to bottom.

    Args:
        path: of the file.
        page: from 1.
        size: width and height of the template's page in pixels.

    Returns:
        None if it has none; fields of the same name are numbered.

    Raises:
        MissingExtraError: if pypdfium2 is not installed.
    """
    try:
        import pypdfium2
        import pypdfium2.raw as raw
    except ImportError as error:
        raise MissingExtraError.of("PDF files", "pypdfium2", "pdf") from error
    with pypdfium2.PdfDocument(path) as document:
        document.init_forms()
        if document.formenv is None:
            return []
        sheet = document[page - 1]
        width, height = sheet.get_size()
        found = []
        for number in range(raw.FPDFPage_GetAnnotCount(sheet)):
            annotation = raw.FPDFPage_GetAnnot(sheet, number)
            try:
                found += _field(raw, document.formenv, annotation, size[0] / width, size[1] / height, height)
            finally:
                raw.FPDFPage_CloseAnnot(annotation)
    return _named(sorted(found, key=lambda field: (round(field.box[1] / 10), field.box[0])))


def _field(raw: Any, forms: Any, annotation: Any, across: float, down: float, height: float) -> list[Field]:
    if raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_WIDGET:
        return []
    kinds: dict[int, Kind] = {
        raw.FPDF_FORMFIELD_TEXTFIELD: "text",
        raw.FPDF_FORMFIELD_COMBOBOX: "text",
        raw.FPDF_FORMFIELD_LISTBOX: "text",
        raw.FPDF_FORMFIELD_CHECKBOX: "check",
        raw.FPDF_FORMFIELD_RADIOBUTTON: "check",
        raw.FPDF_FORMFIELD_SIGNATURE: "picture",
    }
    kind = kinds.get(raw.FPDFAnnot_GetFormFieldType(forms, annotation))
    sides = raw.FS_RECTF()
    if kind is None or not raw.FPDFAnnot_GetRect(annotation, sides):
        return []
    text = (ctypes.c_ushort * (_NAME_BYTES // 2))()
    length = raw.FPDFAnnot_GetFormFieldName(forms, annotation, text, _NAME_BYTES)
    name = bytes(text)[: max(0, min(length, _NAME_BYTES) - 2)].decode("utf-16-le", "replace").strip()
    low, high = sorted((height - sides.top, height - sides.bottom))
    left, right = sorted((sides.left, sides.right))
    if right - left < 1 or high - low < 1:
        return []
    return [Field(name or "field", (left * across, low * down, right * across, high * down), kind)]


def _named(fields: list[Field]) -> list[Field]:
    seen: dict[str, int] = {}
    every = []
    for field in fields:
        seen[field.name] = seen.get(field.name, 0) + 1
        number = seen[field.name]
        every.append(field if number == 1 else replace(field, name=f"{field.name} {number}"))
    return every
