"""The options of ``ocr read`` that say who reads: this process, several, or a cluster."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.arguments import Number

if TYPE_CHECKING:
    from ocr_cli.batch.crews import Crew
    from ocr_cli.batch.work import PageWorker


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


_OPTIONS = (
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

    for option in reversed(_OPTIONS):
        with_crew = option(with_crew)
    return with_crew
