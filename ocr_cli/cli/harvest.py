"""``ocr harvest``: pages and their text in, labelled characters out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import emit, on_command_line, printable, report
from ocr_cli.cli.options import FILE, FOLDER, claim, model_option
from ocr_cli.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocr_cli.evaluation.transcripts import Transcribed
    from ocr_cli.learning.harvest import Harvest

transcript_option = click.option(
    "--text",
    "-t",
    "texts",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="The text of a PAGE, once for each and in their order: plain text, a corrected page as the HTML "
    "format downloads it (.json), hOCR, ALTO or PAGE XML.  [default: NAME.gt.txt beside NAME.jpg]",
)


@click.command()
@click.argument("pages", nargs=-1, required=True, type=FILE, metavar="PAGE...")
@transcript_option
@click.option(
    "--output",
    "-o",
    default="harvest.npz",
    show_default=True,
    type=FILE,
    metavar="FILE",
    help="Where the characters go, an .npz for 'ocr train'.",
)
@click.option(
    "--picture",
    type=FILE,
    metavar="PICTURE",
    help="Draw all harvested characters with their labels into this picture (.png, .jpg, .tif, .pdf, ...).",
)
@click.option(
    "--folders",
    type=FOLDER,
    metavar="DIR",
    help="Write each character as a PNG into a sub-folder of this folder, one a class, to look through and "
    "to sort; 'ocr train' takes it as well. The .npz is then written only if --output says so.",
)
@model_option
@click.pass_context
def harvest(
    ctx: click.Context,
    /,
    pages: tuple[str, ...],
    texts: tuple[str, ...],
    output: str,
    picture: str | None,
    folders: str | None,
    model: str,
) -> None:
    """Cut labelled characters from pages whose text is known.

    Each PAGE is a picture, or a folder of pictures with transcripts beside them. Its text is laid on what the
    model finds on the page; characters whose place is doubtful are left out and listed. A transcript that is
    not the page's is refused.
    """
    from ocr_cli.evaluation.transcripts import files_of, pair_transcripts
    from ocr_cli.files import check_writable, make_folder
    from ocr_cli.learning.harvest_file import save_folders, save_harvest
    from ocr_cli.model_store import name_for

    archive = output if folders is None or on_command_line(ctx, "output") else None
    claim(files_of(pages, texts), {"--output": archive, "--picture": picture}, model=model)
    if archive is not None:
        check_writable(archive)
    if folders is not None:
        make_folder(folders)
        check_writable(Path(folders, "A.png"))
    if picture:
        from ocr_cli.writers.overlay import check_overlay_path

        check_overlay_path(picture)
    pairs = pair_transcripts(pages, texts)
    found, status = harvest_pages(pairs, name_for(model, (pair.text for pair in pairs)))
    if found:
        if archive is not None:
            save_harvest(archive, found)
        if folders is not None:
            save_folders(folders, found)
        if picture:
            from ocr_cli.learning.harvest_picture import draw_harvest
            from ocr_cli.writers.overlay import save_overlay

            save_overlay(draw_harvest(found), picture)
        count = sum(len(one.samples) for one in found)
        classes = {sample.label for one in found for sample in one.samples}
        target = folders if archive is None else archive
        emit(f"{printable(str(target))}: {count} characters of {len(classes)} classes\n")
    ctx.exit(status)


def harvest_pages(pairs: Iterable[Transcribed], model: str) -> tuple[list[Harvest], ExitCode]:
    """Harvest each page and say what it brought; one that cannot be used is reported and left out.

    Raises:
        ModelFileError: if the model cannot be used.
    """
    from ocr_cli.learning.run import harvest_all

    faults: list[ExitCode] = []
    found = harvest_all(
        pairs, model, lambda one: emit(_as_text(one)), lambda error: faults.append(report(error))
    )
    return found, faults[-1] if faults else ExitCode.OK


def _as_text(one: Harvest) -> str:
    lines = [f"{printable(one.page)}: {len(one.samples)} characters, alignment score {one.score:.2f}"]
    for number, line in enumerate(one.lines):
        if line.row is None:
            lines.append(f"  line {number + 1} left out, it fits no row: {line.text}")
        for k, doubt in enumerate(d for d in one.doubtful if d.line == number):
            if k == 0:
                lines.append(f"  line {number + 1}, doubtful: {line.text}")
            lines.append(f"    {doubt.text} (character {doubt.place + 1}): {doubt.score:.2f}")
    return "\n".join(lines) + "\n"
