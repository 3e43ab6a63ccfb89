"""The formats that filled forms are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_cli.forms.json_lines import FormJsonWriter
from ocr_cli.forms.review import ReviewWriter
from ocr_cli.forms.ruled_tables import TablesCsvWriter
from ocr_cli.forms.tables import FormCsvWriter, FormXlsxWriter
from ocr_cli.forms.template import Template
from ocr_cli.writers.protocol import Format, PageWriter
from ocr_cli.writers.provenance import Provenance


@dataclass(frozen=True, slots=True)
class _Opener:
    """Starts an output of forms with fields of these names; can be pickled."""

    name: str
    names: tuple[str, ...]
    doubtful: float

    def __call__(self, provenance: Provenance | None = None) -> PageWriter:
        if self.name == "csv":
            return FormCsvWriter(self.names)
        if self.name == "xlsx":
            return FormXlsxWriter(self.names)
        if self.name == "json":
            return FormJsonWriter()
        return ReviewWriter(self.doubtful, provenance)


def table_formats() -> dict[str, Format]:
    """The format that tables of pages have of their own; the others hold their cells as lines."""
    return {"csv": Format("csv", ".csv", "a row of a table a line", _open_tables)}


def _open_tables(provenance: Provenance | None = None) -> PageWriter:
    return TablesCsvWriter()


def form_formats(templates: Sequence[Template], doubtful: float) -> dict[str, Format]:
    """The formats that forms have of their own, by name; text, hOCR, PDF and others hold their lines.

    Args:
        templates: whose fields there are.
        doubtful: fields that are surer than this need no review.
    """
    every = (field.name for template in templates for field in template.every_field)
    names = tuple(dict.fromkeys(every))

    def own(name: str, suffix: str, summary: str, *, picture: bool = False, binary: bool = False) -> Format:
        opener = _Opener(name, names, doubtful)
        return Format(name, suffix, summary, opener, binary=binary, needs_picture=picture)

    return {
        "csv": own("csv", ".csv", "a row a form"),
        "json": own("json", ".json", "one object a form on one line"),
        "html": own("html", ".html", "a page to review the fields in, the least sure first", picture=True),
        "xlsx": own("xlsx", ".xlsx", "a row a form in an Excel workbook", binary=True),
    }
