"""The options of ``ocr read`` that say who reads, and of which form its pictures are.

Who reads is this process, several, or a cluster; of forms it is known where their fields lie.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.options import FILE, Number

if TYPE_CHECKING:
    from ocr_cli.batch.crews import Crew
    from ocr_cli.batch.work import PageWorker
    from ocr_cli.forms.reader import FormReader
    from ocr_cli.forms.ruled_tables import TableReader
    from ocr_cli.forms.template import Template
    from ocr_cli.options import ReadOptions
    from ocr_cli.writers.protocol import Format


_LONGEST = 365 * 24 * 3600.0
"""Seconds; clocks of systems end somewhere."""


class _Jobs(click.ParamType[int]):
    """A number of processes; 0 and ``auto`` stand for as many as there are processor cores to use."""

    name = "jobs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, 0 for as many as there are cores."""
        text = str(value)
        if text != "auto" and not re.fullmatch(r"\d{1,4}", text, re.ASCII):
            self.fail(f"{value!r} is neither a number of processes nor auto.", param, ctx)
        return 0 if text == "auto" else int(text)


def _cores() -> int:
    """Those that this process may use, which containers and job schedulers limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class CrewOptions:
    """Who reads; see the options' help."""

    jobs: int
    timeout: float | None
    scheduler: str | None

    def __post_init__(self) -> None:
        if self.timeout is not None and (self.scheduler or not hasattr(signal, "setitimer")):
            raise click.UsageError("--timeout works neither with --scheduler nor on Windows.")

    @property
    def several(self) -> bool:
        """Whether pages are read at the same time."""
        return self.scheduler is not None or self.jobs != 1

    def crew(self, worker: PageWorker, *, single: bool) -> Crew:
        """Whoever reads.

        Args:
            worker: what each of them does.
            single: whether there is only one page, for which no process need be started.

        Raises:
            ClusterError: if the scheduler cannot be reached, or its workers cannot read.
            MissingExtraError: if the scheduler's package is not installed.
        """
        if self.scheduler is not None:
            from ocr_cli.batch.cluster import DaskCluster

            return DaskCluster(worker, self.scheduler)
        jobs = self.jobs or _cores()
        if single or jobs == 1:
            from ocr_cli.batch.crews import OwnThread

            return OwnThread(worker)
        from ocr_cli.batch.processes import Processes

        return Processes(worker, jobs)


_CREW_OPTIONS = (
    click.option(
        "--jobs",
        "-j",
        type=_Jobs(),
        default="1",
        show_default=True,
        metavar="N",
        help="Read so many pages at the same time, each in a process of its own; 0 or auto: as many as there "
        "are processor cores.",
    ),
    click.option(
        "--timeout",
        type=Number(0, _LONGEST, min_open=True),
        metavar="SECONDS",
        help="Give up a page that takes longer, or a file that takes longer to open; it counts as one that "
        "cannot be read.",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Read on the workers of a Dask cluster, such as tcp://host:8786; needs the extra 'dask'.",
    ),
)


def crew_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``CrewOptions``, which the command is given as ``crew``."""

    @wraps(command)
    def with_crew(*args: Any, jobs: int, timeout: float | None, scheduler: str | None, **options: Any) -> Any:
        return command(*args, crew=CrewOptions(jobs, timeout, scheduler), **options)

    for option in reversed(_CREW_OPTIONS):
        with_crew = option(with_crew)
    return with_crew


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


_FORM_OPTIONS = (
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

    for option in reversed(_FORM_OPTIONS):
        with_forms = option(with_forms)
    return with_forms
