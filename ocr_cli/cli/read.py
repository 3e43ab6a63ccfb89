"""``ocr read``: pictures in, text out."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.arguments import FILE, FOLDER
from ocr_cli.cli.console import emit, note, report
from ocr_cli.cli.debug_pictures import DebugPictures, debug_pictures
from ocr_cli.cli.options import Knowledge, knowledge_options, model_option
from ocr_cli.errors import ExitCode, ImageError, OcrError

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocr_cli.page import Page
    from ocr_cli.reader import Reader

# What linear algebra libraries look at, when NumPy loads them, for how many threads to start.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Longest side in pixels of a picture that boxes are drawn onto: enough to see each letter.
_OVERLAY_SIDE = 3000


class _Stdin(io.BytesIO):
    """What came on standard input; the name shows in messages and results."""

    name = "<stdin>"


@click.command()
@click.argument("images", nargs=-1, type=FILE, metavar="[IMAGE]...")
@click.option(
    "--format",
    "-f",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: the lines, with an empty line between pages. json: one object a page on one line, with the "
    "box, confidence and alternatives of every character.",
)
@click.option(
    "--boxes",
    type=FILE,
    metavar="PICTURE",
    help="Draw the found rows, words and characters with their letters into this picture (.png, .jpg, "
    ".tif, .pdf, ...). Of several pages, the second goes to NAME-2.png. Candidates that were not chosen "
    "would hide the writing: --debug-dir draws them.",
)
@click.option(
    "--rotate",
    type=click.Choice(["auto", "0", "90", "180", "270"]),
    default="auto",
    show_default=True,
    help="Degrees by which to turn the picture clockwise. auto: turn it if it can be read well only then.",
)
@click.option(
    "--ignore-print",
    is_flag=True,
    help="Leave out printed text beside the handwriting, as on forms: NAME: or DATE.",
)
@click.option(
    "--debug-dir",
    type=FOLDER,
    metavar="DIR",
    help="Draw each stage, from the grey picture over all candidates to the chosen characters, into this "
    "folder, numbered in order, to see where a letter was lost.",
)
@knowledge_options
@model_option
def read(
    images: tuple[str, ...],
    output_format: str,
    boxes: str | None,
    rotate: str,
    ignore_print: bool,
    debug_dir: str | None,
    knowledge: Knowledge,
    model: str,
) -> None:
    """Read the handwriting on each IMAGE and print its text.

    An IMAGE is a picture file, a folder (each picture in it, by name), or - for a picture on standard input,
    which is also read when no IMAGE is given and something is piped in.

    A picture that cannot be read is reported on standard error, the others are read all the same, and the
    exit status is then 1.
    """
    if not images:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("Give an IMAGE, or pipe one in.")
        images = ("-",)
    for name in _THREADS:
        # The network is small: a second thread would wait for more time than it works.
        os.environ.setdefault(name, "1")
    names, status = _expand(images)
    targets = _overlay_targets(boxes, names)
    observers = debug_pictures(debug_dir, names)
    if names:
        rotation = "auto" if rotate == "auto" else int(rotate)
        reader = knowledge.reader(model, rotation=rotation, ignore_print=ignore_print)
        status = max(status, _read_all(reader, names, targets, observers, output_format))
    click.get_current_context().exit(status)


def _expand(images: Sequence[str]) -> tuple[list[str], ExitCode]:
    """Folders replaced by the pictures in them; ``INPUT_FAILED`` if one has none."""
    from ocr_cli.imaging import pictures_in

    names: list[str] = []
    status = ExitCode.OK
    for image in images:
        if image != "-" and Path(image).is_dir():
            try:
                names += map(str, pictures_in(image))
            except ImageError as error:
                status = report(error)
        else:
            names.append(image)
    return names, status


def _overlay_targets(boxes: str | None, names: Sequence[str]) -> list[Path | None]:
    """Where each page's boxes go; finds out that they cannot be written before anything is read."""
    if boxes is None:
        return [None] * len(names)
    from ocr_cli.writers.overlay import check_overlay_path, overlay_format

    overlay_format(boxes)
    base = Path(boxes)
    targets = [base]
    if len(names) > 1:
        targets = [
            base.with_name(f"{base.stem}-{number}{base.suffix}") for number in range(1, len(names) + 1)
        ]
    pictures = {os.path.realpath(name) for name in names if name != "-"}
    for target in targets:
        if os.path.realpath(target) in pictures:
            raise click.BadParameter(f"{target} is one of the pictures to read.", param_hint="--boxes")
        check_overlay_path(target)
    return list(targets)


def _read_all(
    reader: Reader,
    names: Sequence[str],
    targets: Sequence[Path | None],
    observers: Sequence[DebugPictures | None],
    output_format: str,
) -> ExitCode:
    from ocr_cli.writers.json_lines import page_to_json_line
    from ocr_cli.writers.text import page_to_text

    status = ExitCode.OK
    separator = ""
    for name, target, observe in zip(names, targets, observers, strict=True):
        try:
            source = _Stdin(sys.stdin.buffer.read()) if name == "-" else name
            page = reader.read(source, observe=observe)
            drawing = _draw_boxes(source, page) if target is not None else None
        except ImageError as error:
            status = report(error)
            continue
        except OcrError:
            raise
        except Exception as error:
            # A fault that one page brings to light shall not cost the others.
            status = report(error, name)
            continue
        if not page.lines:
            note(f"{page.source or name}: no writing found")
        if output_format == "json":
            emit(page_to_json_line(page))
        elif page.lines:
            emit(separator + page_to_text(page))
            separator = "\n"
        if target is not None and drawing is not None:
            from ocr_cli.writers.overlay import save_overlay

            save_overlay(drawing, target)
    return status


def _draw_boxes(source: str | _Stdin, page: Page) -> Image:
    from ocr_cli.imaging import load_picture
    from ocr_cli.writers.overlay import draw_overlay

    if isinstance(source, _Stdin):
        source.seek(0)
    return draw_overlay(load_picture(source, max_side=_OVERLAY_SIDE), page)
