"""What is said of a batch on standard error: troubles as they come, a bar, and the sum at the end."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from ocr_cli.batch.work import Outcome, Task
from ocr_cli.cli.console import Loudness, detail, loudness, note, report, say_error
from ocr_cli.errors import ExitCode
from ocr_cli.page import LeftOut, Page

_BATCH = 10
"""Fewer pages need no sum: what was said of each is in sight."""
_UNSURE = 0.15
"""Expected share of wrong characters from which a page is worth a remark: every other word is wrong then."""
_NAMED = 20
"""At most so many failed pages are named in the sum; each has had its own line before."""


class BatchReport:
    """Counts, and says what is worth saying.

    Args:
        shown: whether a bar may be shown: results that go to the terminal would get mixed with it.
    """

    def __init__(self, *, shown: bool) -> None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._terminal = terminal and loudness() is not Loudness.QUIET
        self._shown = shown and self._terminal
        self._bar: Any = None
        self._begun = time.monotonic()
        self._read = 0
        self._skipped = 0
        self._failed: list[str] = []
        self._status = ExitCode.OK

    @property
    def status(self) -> ExitCode:
        """That of the gravest trouble."""
        return self._status

    @contextmanager
    def bar(self, total: int | None) -> Iterator[None]:
        """Show a bar in the block, where one may be shown, with the rate and the time left.

        Args:
            total: pages that are expected; None if nobody knows.
        """
        self._begun = time.monotonic()
        if not self._shown or total == 1:
            yield
            return
        with click.progressbar(
            length=total, file=sys.stderr, width=24, show_pos=True, item_show_func=self._rate
        ) as self._bar:
            try:
                yield
            finally:
                self._bar = None

    def _rate(self, _: object) -> str:
        seconds = time.monotonic() - self._begun
        return f"{self._read / seconds:.1f} pages/s" if self._read and seconds > 0 else ""

    def expect(self, more: int) -> None:
        """A file has so many pages more than one."""
        if self._bar is not None and self._bar.length is not None:
            self._bar.length += more

    def skip(self) -> None:
        """A picture's results are there already."""
        self._skipped += 1
        self._advance()

    def fail(self, error: Exception, name: str, trace: str = "") -> None:
        """Something could not be read."""
        self._failed.append(name)
        self._status = max(self._status, self.trouble(error, name, trace))
        self._advance()

    def trouble(self, error: Exception, name: str | None = None, trace: str = "") -> ExitCode:
        """Say what is wrong, and note the exit status for it."""
        self._clear_line()
        status = report(error, name, trace)
        self._status = max(self._status, status)
        return status

    def page(self, task: Task, outcome: Outcome) -> None:
        """A task is done."""
        if outcome.failure is not None:
            self.fail(outcome.failure.error, task.name, outcome.failure.trace)
            return
        self._read += 1
        page = outcome.page
        remark = None if page is None else _remark(page)
        if remark is not None:
            self._clear_line()
            note(f"{task.name}: {remark}")
        for one in () if page is None else page.left_out:
            detail(f"{task.name}: left out: {one}")
        self._advance()

    def _advance(self) -> None:
        if self._bar is not None:
            self._bar.update(1)

    def _clear_line(self) -> None:
        if self._bar is not None:
            click.echo("\r\x1b[K", err=True, nl=False)

    def sum_up(self) -> None:
        """Say how a batch went: on a terminal, or if some pages could not be read."""
        count = self._read + len(self._failed)
        if count + self._skipped < _BATCH:
            return
        if self._terminal and not self._failed:
            seconds = time.monotonic() - self._begun
            skipped = f", {self._skipped:,} skipped" if self._skipped else ""
            rate = f" ({self._read / seconds:.1f} a second)" if self._read and seconds > 0 else ""
            note(f"{self._read:,} pages read in {_duration(seconds)}{rate}{skipped}")
        elif self._failed:
            names = ", ".join(self._failed[:_NAMED])
            rest = len(self._failed) - _NAMED
            others = f" and {rest:,} more" if rest > 0 else ""
            say_error(f"{len(self._failed):,} of {count:,} pages could not be read: {names}{others}")


def _why(left_out: Sequence[LeftOut]) -> str:
    """What was seen instead on a page without writing, and what to try: the reason that most rows have."""
    if not left_out:
        return ""
    reason, _ = Counter(one.reason for one in left_out).most_common(1)[0]
    return f": {reason.said}" + (f"; try {reason.advice}" if reason.advice else "")


def _remark(page: Page) -> str | None:
    """What whoever reads the text should know of it; None if nothing."""
    if not page.lines:
        return f"no writing found{_why(page.left_out)}"
    doubts = [1 - character.confidence for character in page.characters]
    share = sum(doubts) / len(doubts)
    if share < _UNSURE:
        return None
    return f"read unsurely: about {round(100 * share)} % of the characters may be wrong"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
