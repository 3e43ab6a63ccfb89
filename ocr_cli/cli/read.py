"""``ocr read``: pictures in, text out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import note
from ocr_cli.cli.input_options import InputOptions, input_options, layout_option, region_option
from ocr_cli.cli.options import FILE, FOLDER, claim, knowledge_options, model_option
from ocr_cli.cli.output_options import OutputOptions, output_options
from ocr_cli.cli.read_options import CrewOptions, FormOptions, crew_options, form_options
from ocr_cli.cli.sections import SectionedCommand
from ocr_cli.errors import ImageError, MissingExtraError, NameClashError, PageTimeoutError
from ocr_cli.speed.process import alone_on_a_core

if TYPE_CHECKING:
    from ocr_cli.batch.outputs import Outputs
    from ocr_cli.batch.sources import Selection, Source
    from ocr_cli.batch.work import Task
    from ocr_cli.cli.batch_report import BatchReport
    from ocr_cli.options import ReadOptions, Shown


_SECTIONS = {
    "What is read": ["recursive", "glob", "files-from", "null", "page", "max-pixels", "max-bytes"],
    "What comes out": [
        *("format", "output", "output-dir", "suffix", "skip-existing", "filenames", "form-feeds"),
        *("boxes", "debug-dir"),
    ],
    "Forms": ["form", "field", "tables", "doubtful"],
    "What the pictures show": ["layout", "region", "rotate", "ignore-print", "thorough"],
    "What is known of the text": [
        *("model", "language", "lexicon", "lexicon-only", "pattern", "whitelist", "blacklist"),
    ],
    "How doubts are shown": ["unknown", "min-confidence", "case", "accents"],
    "How the work is done": ["jobs", "timeout", "scheduler"],
}


class _Read(SectionedCommand):
    sections = _SECTIONS


@click.command(cls=_Read)
@click.argument("images", nargs=-1, type=FILE, metavar="[IMAGE]...")
@input_options
@output_options
@crew_options
@click.option(
    "--boxes",
    type=FILE,
    metavar="PICTURE",
    help="Draw the found rows, words and characters with their letters into this picture (.png, .jpg, "
    ".tif, .pdf, ...). Of several pages, the second goes to NAME-2.png. Candidates that were not chosen "
    "would hide the writing: --debug-dir draws them.",
)
@form_options
@layout_option
@region_option
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
    "--thorough",
    is_flag=True,
    help="Look again at pages that are read with little confidence, turned and at other sizes, for up to 20 "
    "seconds each, and keep what is read best.",
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
    inputs: InputOptions,
    outputs: OutputOptions,
    crew: CrewOptions,
    forms: FormOptions,
    boxes: str | None,
    layout: Shown,
    regions: tuple[str, ...],
    rotate: str,
    ignore_print: bool,
    thorough: bool,
    debug_dir: str | None,
    options: ReadOptions,
    model: str,
) -> None:
    """Read the handwriting on each IMAGE and print its text.

    \b
    ocr read photo.jpg
    ocr read scan.pdf -o scan.txt
    ocr read scans/ -f csv -o scans.csv
    ocr read *.jpg -f hocr --output-dir out --jobs auto

    An IMAGE is a picture file, a PDF file, a folder (each picture in it, by name), or - for a picture on
    standard input, which is also read when no IMAGE is given and something is piped in. Pictures are JPEG,
    PNG, TIFF, WebP, GIF, BMP, JPEG 2000, AVIF, PNM, PDF and HEIC files; no others are opened.

    A picture that cannot be read is reported on standard error, the others are read all the same, and the
    exit status is then 1.
    """  # noqa: D301 (Click's mark is a backspace)
    images = inputs.check(images)
    if forms and (regions or layout != "page" or debug_dir is not None):
        raise click.UsageError(
            "--form, --field and --tables need no --layout, no --region, and no --debug-dir."
        )
    alone_on_a_core()
    if outputs.skip_existing and outputs.output is not None and outputs.all_exist():
        note(f"{outputs.output}: is there already")
        return

    from ocr_cli.batch.crews import run_batch
    from ocr_cli.batch.open_files import Drawings
    from ocr_cli.batch.work import PageWorker, decode_ahead
    from ocr_cli.cli.batch_report import BatchReport
    from ocr_cli.imaging.load import WORKING_SIDE
    from ocr_cli.writers.provenance import Provenance

    rotation: Any = "auto" if rotate == "auto" else int(rotate)
    options = replace(
        options,
        layout=layout,
        regions=regions,
        rotation=rotation,
        ignore_print=ignore_print,
        thorough=thorough,
    )
    language = options.language if len(options.language or "") == 2 else None
    provenance = Provenance(model, language)
    report = BatchReport(shown=not outputs.to_terminal)
    selection = inputs.selection(outputs.output_dir)
    written = boxes is not None or debug_dir is not None or not outputs.to_stdout
    files = claim(
        [options.lexicon_file, inputs.files_from, *forms.files] if written else [],
        model=model if written else None,
    )
    sources: Iterable[Source] = inputs.sources(images, selection, report.trouble)
    total = None
    if inputs.files_from is None:
        sources = list(sources)
        total = len(sources)
    templates = forms.templates() if forms else []
    table = forms.formats(templates) if forms else None
    out = outputs.opened(provenance, files, several=total != 1, table=table)
    for source in sources if isinstance(sources, list) else ():
        out.claim(source)
    tasks: Iterable[Task] = _tasks(
        sources, selection, out, report, skip_existing=outputs.skip_existing, seconds=crew.timeout
    )
    with report.bar(total):
        if boxes is not None or debug_dir is not None:
            tasks = list(tasks)
            drawings = Drawings(tasks, boxes, debug_dir, files)
        else:
            drawings = Drawings((), None, None, files)
        outputs.make_folder()
        coming = iter(tasks)
        first = list(islice(coming, 2 if crew.several else 1))
        if first:
            limits = {"max_pixels": inputs.max_pixels, "max_bytes": inputs.max_bytes}
            # A part of a picture is read at the scale at which it came.
            side = None if regions else WORKING_SIDE
            # Of several, the first picture would stay in memory; and a thread cannot be given up.
            single = total == 1 and not crew.several
            ahead = decode_ahead(first[0], side, **limits) if single and crew.timeout is None else None
            # After another thread has begun to decode: the import takes as long.
            from ocr_cli.reader import Reader

            reader = Reader(model, options, lazy=True, by_two=single) if not forms else None
            worker = PageWorker(
                reader=reader or forms.reader(templates, model, options),
                formats=tuple(out.formats),
                whole_files=out.whole_files,
                one_source=out.one_source,
                provenance=provenance,
                boxes=drawings.boxes_format,
                stages=debug_dir is not None,
                seconds=crew.timeout,
                max_side=side,
                ahead=ahead,
                **limits,
            )
            with out, crew.crew(worker, single=len(first) < 2) as readers:
                outcomes = run_batch(chain(first, coming), readers)
                for number, (task, outcome) in enumerate(outcomes):
                    drawings.add(number, outcome)
                    report.page(task, outcome)
                    out.add(task, outcome)
    report.sum_up()
    click.get_current_context().exit(report.status)


def _tasks(
    sources: Iterable[Source],
    selection: Selection,
    out: Outputs,
    report: BatchReport,
    *,
    skip_existing: bool,
    seconds: float | None,
) -> Iterator[Task]:
    """The pages of the sources, found as they are asked for; in so many seconds for each, if any are said."""
    from ocr_cli.batch.sources import STDIN, with_content
    from ocr_cli.batch.work import Task, time_limit

    for source in sources:
        try:
            if out.claim(source) and skip_existing:
                report.skip()
                continue
            if source is STDIN:
                source = replace(source, content=_piped(selection.max_bytes))
            with time_limit(seconds, source.name):
                source = with_content(source, selection.max_bytes)
                frames = selection.frames(source)
            if out.check(source, frames) and skip_existing:
                report.skip()
                continue
        except (ImageError, MissingExtraError, NameClashError, PageTimeoutError) as error:
            if isinstance(error, NameClashError) and not out.whole_files:
                # The one file of all pages would replace it in the end.
                raise
            report.fail(error, source.name)
            continue
        report.expect(len(frames) - 1)
        for place, frame in enumerate(frames, 1):
            yield Task(source, frame, place, len(frames))


def _piped(max_bytes: int) -> bytes:
    """What standard input holds, one byte more than allowed at most."""
    return b"" if sys.stdin is None else sys.stdin.buffer.read(max_bytes + 1)
