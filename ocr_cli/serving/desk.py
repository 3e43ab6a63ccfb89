"""One thing after the other: work that many ask for, done by one thread, which may be the main one.

Only in the main thread can a page that takes too long be given up (``batch.work.time_limit``), and one model
in memory reads one page at a time anyway. So whoever serves leaves the main thread to this.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ocr_cli.errors import WorkerLostError

T = TypeVar("T")
_PAUSE = 0.2
"""Seconds after which it is asked again whether to go on."""


class Desk:
    """Takes jobs from any thread, and does them in the order in which they came."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Have something done; the future has what came of it, or what was raised."""
        future: Future[T] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = job()
            except Exception as error:
                future.set_exception(error)
            except BaseException:
                # Of Ctrl-C nobody is told who asks from another thread: there it would end something else.
                future.set_exception(WorkerLostError("the server ends", hint=""))
                raise
            else:
                future.set_result(result)

        self._jobs.put(do)
        return future

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Do what is there and what comes, for as long as that goes on.

        Raises:
            KeyboardInterrupt: on Ctrl-C, also in the middle of a job.
        """
        while goes_on():
            try:
                job = self._jobs.get(timeout=_PAUSE)
            except queue.Empty:
                continue
            job()
