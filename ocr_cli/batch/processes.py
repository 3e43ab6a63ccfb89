"""Reading pages in processes of one's own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from ocr_cli.batch.crews import Crew
from ocr_cli.batch.work import Outcome, PageWorker, Task


class Processes(Crew):
    """So many processes on this computer, each with a reader of its own.

    They are started afresh (``spawn``), on every operating system: a forked copy of a process with threads
    may wait for ever for locks that its threads held.

    Args:
        worker: what each of them does.
        count: of processes.
    """

    def __init__(self, worker: PageWorker, count: int) -> None:
        self._worker = worker
        self._count = count
        self._context = _OwnProcesses()
        self._pool = self._new_pool()

    @property
    def places(self) -> int:
        """The number of processes."""
        return self._count

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._count, mp_context=self._context, initializer=_begin, initargs=(self._worker,)
        )

    def submit(self, task: Task) -> Future[Outcome]:
        """Have a page read by a process that is free."""
        with _undisturbed():
            return self._pool.submit(_work, task)

    def renew(self) -> None:
        """Start anew: the death of one process breaks the whole pool."""
        self.close(at_once=True)
        self._context.started.clear()
        self._pool = self._new_pool()

    def close(self, *, at_once: bool) -> None:
        """End the processes."""
        if at_once:
            for process in self._context.started:
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


class _OwnProcesses(SpawnContext):
    """Starts processes and remembers them: an executor has no public way to end its own at once."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        process = SpawnProcess(*args, **options)
        self.started.append(process)
        return process


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that end us wait until a process is started; Ctrl-C never comes to the new one.

    A terminal sends Ctrl-C to all of them, but it is we who end them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread.
        return
    came: list[int] = []
    ending = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not None]
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ending}
    masked = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
    try:
        yield
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
        for arrived in came:
            signal.raise_signal(arrived)


_own_worker: PageWorker | None = None
"""In a process of a pool: what it does."""


def _begin(worker: PageWorker) -> None:
    """Called once in each new process."""
    global _own_worker
    _own_worker = worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def end_with_parent() -> None:
            parent.join()
            os._exit(1)

        # A killed parent cannot say that there is no more to do.
        threading.Thread(target=end_with_parent, daemon=True).start()


def _work(task: Task) -> Outcome:
    assert _own_worker is not None
    return _own_worker(task)
