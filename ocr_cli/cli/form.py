"""``ocr form``: templates of forms, made of a blank, checked against filled ones, and drawn in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ocr_cli.cli.console import emit, note
from ocr_cli.cli.options import FILE, claim
from ocr_cli.errors import ExitCode, UnfitFormError

_PAGE = click.option(
    "--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of a PDF or TIFF."
)


@click.group()
def form() -> None:
    """Make, check and edit templates of forms, which ocr read --form takes."""


@form.command()
@click.argument("blank", type=FILE, metavar="BLANK")
@click.option(
    "--output", "-o", type=FILE, metavar="TEMPLATE", help="Write the template here: mostly NAME.form.json."
)
@_PAGE
def new(blank: str, output: str | None, page: int) -> None:
    """Propose a template for a form of which BLANK is a picture, a scan or a PDF file.

    The fields of a PDF form are taken as they are; otherwise boxes, combs, check boxes, table cells and lines
    to write on are looked for. ocr form edit shows them, to be named and corrected.
    """
    from ocr_cli.files import atomic_write
    from ocr_cli.forms.making import new_template

    claim([blank], {"--output": output})
    template = new_template(blank, page)
    text = json.dumps(template.to_dict(), indent=1) + "\n"
    if output is None or output == "-":
        emit(text)
    else:
        with atomic_write(Path(output)) as file:
            file.write(text.encode())
    count = len(template.fields)
    hint = "" if count else "; draw them with ocr form edit"
    note(f"{blank}: {count} field{'' if count == 1 else 's'} found{hint}")


@form.command()
@click.argument("template", type=FILE, metavar="TEMPLATE")
@click.argument("filled", type=FILE, metavar="FILLED")
@click.option(
    "--boxes", type=FILE, metavar="PICTURE", help="Draw the fields where they were found into this picture."
)
@_PAGE
def check(template: str, filled: str, boxes: str | None, page: int) -> None:
    """Find out where a TEMPLATE lies on FILLED, a picture of a filled form.

    Prints how far off its print is, in heights of a usual field, and which share of it was found. The exit
    status is 1 if the template does not fit.
    """
    from ocr_cli.files import atomic_write
    from ocr_cli.forms.making import check_form, drawn
    from ocr_cli.forms.template import Template
    from ocr_cli.writers.overlay import overlay_format

    claim([template, filled], {"--boxes": boxes})
    kind = None if boxes is None else overlay_format(boxes)
    loaded = Template.load(template)
    checked = check_form(loaded, filled, page)
    if boxes is not None and checked.placing is not None:
        picture = drawn(checked)
        with atomic_write(Path(boxes)) as file:
            picture.save(file, kind)
    if checked.placing is None:
        raise UnfitFormError(f"{filled}: does not fit {loaded.name}: its print was not found")
    if checked.residual is None:
        emit("no image in the template: taken to lie as its page\n")
        return
    emit(f"residual {checked.residual:.3f}\nsupport {checked.placing.support:.2f}\n")
    if not checked.fits:
        click.get_current_context().exit(ExitCode.INPUT_FAILED)


@form.command()
@click.argument("template", type=FILE, metavar="TEMPLATE")
@click.option(
    "--output", "-o", type=FILE, required=True, metavar="PAGE", help="Write the page for the browser here."
)
def edit(template: str, output: str) -> None:
    """Make a page for the browser in which a TEMPLATE is drawn, changed and saved; it needs no network."""
    from ocr_cli.files import atomic_write
    from ocr_cli.forms.edit import edit_page
    from ocr_cli.forms.reader import blank_of
    from ocr_cli.forms.template import Template

    claim([template], {"--output": output})
    loaded = Template.load(template)
    with atomic_write(Path(output)) as file:
        file.write(edit_page(loaded, blank_of(loaded)).encode())
