"""The options of ``ocr read`` that say of which form its pictures are, and where its fields lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.arguments import FILE, Number

if TYPE_CHECKING:
    from ocr_cli.forms.reader import FormReader
    from ocr_cli.forms.ruled_tables import TableReader
    from ocr_cli.forms.template import Template
    from ocr_cli.options import ReadOptions
    from ocr_cli.writers.protocol import Format

DOUBTFUL = 0.95
"""Fields that are surer need no review, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class FormOptions:
    """What is known of forms; see the options' help.

    Attributes:
        files: of templates.
        fields: named boxes of pictures without a template.
        doubtful: confidence from which on a field needs no review.
        tables: whether the ruled tables of pages are read, cell by cell.
    """

    files: tuple[str, ...]
    fields: tuple[str, ...]
    doubtful: float
    tables: bool = False

    def __bool__(self) -> bool:
        """Whether forms are read at all."""
        return bool(self.files or self.fields or self.tables)

    def templates(self) -> list[Template]:
        """The templates of the forms.

        Raises:
            TemplateError: if one cannot be used.
        """
        from ocr_cli.forms.template import Template, template_of_fields

        if self.tables:
            return []
        if self.fields:
            return [template_of_fields(self.fields)]
        return [Template.load(file) for file in self.files]

    def formats(self, templates: list[Template]) -> Mapping[str, Format]:
        """The formats by name in which they are written."""
        from ocr_cli.forms.formats import form_formats, table_formats

        if self.tables:
            return table_formats()
        return form_formats(templates, self.doubtful)

    def reader(self, templates: list[Template], model: str, options: ReadOptions) -> FormReader | TableReader:
        """What reads their pictures."""
        if self.tables:
            from ocr_cli.forms.ruled_tables import TableReader

            return TableReader(model, options)
        from ocr_cli.forms.reader import FormReader

        return FormReader(templates, model, options)


_OPTIONS = (
    click.option(
        "--form",
        "forms",
        type=FILE,
        multiple=True,
        metavar="TEMPLATE",
        help="Read the fields of forms that this template describes (ocr form new makes one): -f csv and "
        "xlsx have a row a form, json all that is known, html a page to review them in. Given several times, "
        "each picture is read with the one that fits it best.",
    ),
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="NAME=LEFT,TOP,RIGHT,BOTTOM[:KIND]",
        help="Read a field without a template, in pixels of the pictures: date=120,80,400,130:date. May be "
        "given several times.",
    ),
    click.option(
        "--tables",
        is_flag=True,
        help="Read the ruled tables on the pages, cell by cell: -f csv has a line a row, the file and the "
        "number of the table first.",
    ),
    click.option(
        "--doubtful",
        type=Number(0, 1),
        default=DOUBTFUL,
        show_default=True,
        metavar="P",
        help="With --form and -f html: show the fields that are no surer than this.",
    ),
)


def form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``FormOptions``, which the command is given as ``forms``."""

    @wraps(command)
    def with_forms(
        *args: Any,
        forms: tuple[str, ...],
        fields: tuple[str, ...],
        doubtful: float,
        tables: bool,
        **options: Any,
    ) -> Any:
        if forms and fields:
            raise click.UsageError("--field is for pictures without a --form: not both.")
        if tables and (forms or fields):
            raise click.UsageError("--tables is for pages without a template: neither --form nor --field.")
        return command(*args, forms=FormOptions(forms, fields, doubtful, tables), **options)

    for option in reversed(_OPTIONS):
        with_forms = option(with_forms)
    return with_forms
