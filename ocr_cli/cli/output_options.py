"""The options of ``ocr read`` that say in which formats and where results are written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import emit_bytes, emit_legible
from ocr_cli.cli.options import FILE, FOLDER
from ocr_cli.writers.formats import FORMATS, format_of, text_format
from ocr_cli.writers.protocol import Format

if TYPE_CHECKING:
    from ocr_cli.batch.outputs import Outputs
    from ocr_cli.files import ReadAndWritten
    from ocr_cli.writers.provenance import Provenance


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Where results go; see the options' help."""

    names: tuple[str, ...]
    output: str | None
    output_dir: str | None
    suffix: str
    skip_existing: bool
    filenames: bool
    form_feeds: bool

    def __post_init__(self) -> None:
        if self.output is not None and self.output_dir is not None:
            raise click.UsageError("--output is one file, --output-dir one for each picture: not both.")
        if not self.names and self.output is not None and format_of(self.output) is None:
            ending = os.path.splitext(self.output)[1]
            if ending and not _is_special(self.output):
                known = " ".join(one.suffix for one in FORMATS.values())
                raise click.UsageError(
                    f"--output: no format's name ends in {ending}, but in {known}; or --format says one."
                )
        if self.output_dir is None:
            if self.suffix:
                raise click.UsageError("--suffix is for names in --output-dir.")
            if self.skip_existing and self.to_stdout:
                raise click.UsageError("--skip-existing needs --output or --output-dir.")
            if self.to_stdout and len(self.formats) > 1:
                raise click.UsageError("Several formats need --output or --output-dir.")
            if self.to_stdout and self.formats[0].binary and self.to_terminal:
                hint = "--output FILE writes it to a file."
                raise click.UsageError(f"{self.formats[0].name} is nothing for a terminal: {hint}")

    @property
    def formats(self) -> tuple[Format, ...]:
        """Each once, in the order they were given; else what the ending of --output says, else text."""
        names = dict.fromkeys(self.names)
        if not names and self.output is not None:
            names = dict.fromkeys([format_of(self.output) or "text"])
        return tuple(FORMATS[name] for name in names or ["text"])

    @property
    def to_stdout(self) -> bool:
        """Whether results go to standard output."""
        return self.output_dir is None and self.output in (None, "-")

    @property
    def to_terminal(self) -> bool:
        """Whether results go to a terminal."""
        return self.to_stdout and sys.stdout is not None and sys.stdout.isatty()

    def opened(
        self,
        provenance: Provenance,
        files: ReadAndWritten,
        *,
        several: bool,
        table: Mapping[str, Format] | None = None,
    ) -> Outputs:
        """What takes the pages; nothing is written yet.

        Args:
            provenance: noted in the files.
            files: what else the command reads and writes.
            several: whether there may be more than one picture.
            table: formats that are written instead of the usual ones of their names.

        Raises:
            NameClashError: if a result would replace something that is read.
        """
        from ocr_cli.batch.outputs import OneForAll, OneForEach

        text = text_format(names=several and self.filenames and self.to_stdout, form_feeds=self.form_feeds)
        special = {**(table or {}), text.name: text}
        formats = tuple(special.get(one.name, one) for one in self.formats)
        if self.output_dir is not None:
            keep = self.skip_existing
            return OneForEach(formats, self.output_dir, self.suffix, provenance, files, keep=keep)
        return OneForAll(formats, self._targets(), _write, provenance, files, one_source=not several)

    def make_folder(self) -> None:
        """Make the folder of --output-dir.

        Raises:
            OutputError: if it is known already that nothing can be written there.
        """
        if self.output_dir is not None:
            from ocr_cli.files import check_writable, make_folder

            make_folder(self.output_dir)
            check_writable(Path(self.output_dir, f"page{self.formats[0].suffix}"))

    def all_exist(self) -> bool:
        """Whether the one file of each format is there already, or the first of those of its pages."""
        from ocr_cli.batch.open_files import numbered

        targets = self._targets()
        return bool(targets) and all(
            os.path.isfile(path)
            or (FORMATS[name].one_page_a_file and os.path.isfile(numbered(path, FORMATS[name], 1)))
            for name, path in targets.items()
        )

    def _targets(self) -> dict[str, Path]:
        """The file of each format that --output stands for."""
        if self.output is None or self.to_stdout:
            return {}
        if len(self.formats) == 1:
            return {self.formats[0].name: Path(self.output)}
        base = self.output
        for one in self.formats:
            base = base.removesuffix(one.suffix)
        return {one.name: Path(base + one.suffix) for one in self.formats}


def _is_special(path: str) -> bool:
    """Whether it is there and no plain file, as a pipe: its name says nothing."""
    return os.path.exists(path) and not os.path.isfile(path)


def _write(one: Format, content: bytes) -> None:
    if one.name == "text":
        # Whoever reads text reads it in the encoding of the locale; the other formats have their own.
        emit_legible(content.decode())
    else:
        emit_bytes(content)


_SUMMARIES = "; ".join(f"{name}: {one.summary}" for name, one in FORMATS.items())

_OPTIONS = (
    click.option(
        "--format",
        "-f",
        "names",
        type=click.Choice(list(FORMATS)),
        multiple=True,
        help=f"{_SUMMARIES}. Several may be given with --output or --output-dir. By default what the ending "
        "of --output says, which must be one of these formats', or text.",
    ),
    click.option(
        "--output",
        "-o",
        type=FILE,
        metavar="NAME",
        help="Write all pages into this file instead of standard output; of several formats, into NAME.txt, "
        "NAME.json and so on. It appears when it is complete.",
    ),
    click.option(
        "--output-dir",
        type=FOLDER,
        metavar="DIR",
        help="Write each picture's pages into a file of its own in this folder, named like the picture. The "
        "folder is made if it is missing; with --recursive, there are folders in it as in the IMAGE folder.",
    ),
    click.option(
        "--suffix",
        default="",
        metavar="TEXT",
        help="With --output-dir: what stands between the picture's name and the ending of the format. "
        "{ending} in it is the picture's own ending.",
    ),
    click.option(
        "--skip-existing",
        is_flag=True,
        help="Leave out pictures whose results are there already, to go on where a run stopped.",
    ),
    click.option(
        "--filenames/--no-filenames",
        default=True,
        help="Above the text of each of several pictures on standard output, print ==> its name <==.  "
        "[default: filenames]",
    ),
    click.option(
        "--form-feeds", is_flag=True, help="In text, end each page with a form feed, as printers have it."
    ),
)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``OutputOptions``, which the command is given as ``outputs``."""

    @wraps(command)
    def with_outputs(
        *args: Any,
        names: tuple[str, ...],
        output: str | None,
        output_dir: str | None,
        suffix: str,
        skip_existing: bool,
        filenames: bool,
        form_feeds: bool,
        **options: Any,
    ) -> Any:
        outputs = OutputOptions(names, output, output_dir, suffix, skip_existing, filenames, form_feeds)
        return command(*args, outputs=outputs, **options)

    for option in reversed(_OPTIONS):
        with_outputs = option(with_outputs)
    return with_outputs
