"""How far a training has come, for whoever watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import Loudness, loudness

if TYPE_CHECKING:
    from ocr_cli.training.loop import Epoch


class Progress:
    """A bar on a terminal, else a line an epoch, on standard error; neither with ``--quiet``.

    Args:
        epochs: of the whole training.
        batches: an epoch.
        done: epochs that were completed before; the bar shows the others.
    """

    def __init__(self, epochs: int, batches: int, done: int = 0) -> None:
        self._epochs = epochs
        self._state = f"{min(done + 1, epochs)}/{epochs}"
        left = (epochs - done) * batches
        self._stride = max(1, left // 400)
        self._pending = 0
        self._quiet = loudness() is Loudness.QUIET
        terminal = sys.stderr is not None and sys.stderr.isatty() and not self._quiet
        # With all it shows, the bar must fit on a terminal of 80 columns.
        self._bar = (
            click.progressbar(
                range(left),
                file=sys.stderr,
                width=8,
                show_percent=False,
                item_show_func=lambda _: self._state,
            )
            if terminal
            else None
        )

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.__exit__(kind, error, trace)

    def on_batch(self, loss: float) -> None:
        """Move the bar on, though not for every single batch: drawing it takes as long as one."""
        self._pending += 1
        if self._bar and self._pending >= self._stride:
            self._bar.update(self._pending)
            self._pending = 0

    def on_epoch(self, epoch: Epoch) -> None:
        """Show what the epoch brought."""
        trained, held_out = epoch.training, epoch.validation
        self._state = (
            f"{epoch.number}/{self._epochs}  loss {trained.loss:.3f} accuracy {trained.accuracy:.1%}"
        )
        if held_out:
            self._state += f"  held out {held_out.loss:.3f} {held_out.accuracy:.1%}"
        if self._bar:
            self._bar.update(self._pending)
            self._pending = 0
            self._bar.render_progress()
        elif not self._quiet:
            left = epoch.seconds / epoch.number * (self._epochs - epoch.number)
            with contextlib.suppress(OSError):  # Whoever read along may leave; the training goes on.
                click.echo(f"epoch {self._state}  {left:.0f} s left", err=True)


@contextlib.contextmanager
def steps(count: int, label: str) -> Iterator[Callable[[], object]]:
    """A bar over the steps of something that takes a while, on a terminal; it appears with the first one.

    Args:
        count: how many steps there are.
        label: what is done.

    Yields:
        What is to be called after each step.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty() and loudness() is not Loudness.QUIET
    bar = click.progressbar(length=count, label=label, file=sys.stderr, width=24)
    begun = False

    def step() -> None:
        nonlocal begun
        if terminal:
            if not begun:
                bar.__enter__()
            begun = True
            bar.update(1)

    try:
        yield step
    finally:
        if begun:
            bar.__exit__(None, None, None)
