"""Who reads the pages of a batch: this process, or any ``concurrent.futures.Executor``.

A crew is an executor, and what is known of it: how many pages it reads at a time, which exceptions mean that
a worker died rather than that a page was bad, and how to go on then.
"""

from __future__ import annotations

import pickle
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from types import TracebackType
from typing import Any

from ocr_cli.batch.sources import with_content
from ocr_cli.batch.work import Outcome, PageWorker, Task


class Crew(ABC):
    """Reads pages at other times or places.

    A context manager: at the end of its block it goes home, at once if an exception ends it.
    """

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    """What futures raise whose worker died."""

    @property
    def ahead(self) -> int:
        """How many tasks are under way: one for each place is read, one waits, so that nobody has to."""
        return 2 * self.places

    @property
    @abstractmethod
    def places(self) -> int:
        """How many pages are read at the same time, at least 1."""

    @abstractmethod
    def submit(self, task: Task) -> Future[Outcome]:
        """Have a page read.

        Raises:
            BrokenExecutor: if workers died and ``renew`` has not been called since.
        """

    @abstractmethod
    def renew(self) -> None:
        """Replace what died, after all futures are done."""

    @abstractmethod
    def close(self, *, at_once: bool) -> None:
        """Send everybody home; if ``at_once``, in the middle of a page."""

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(at_once=error is not None)


class OwnThread(Crew):
    """Reads each page when it is submitted, before ``submit`` returns."""

    places = 1
    # The next page may come only when this one is shown: a person may sit at the other end of the pipe.
    ahead = 1

    def __init__(self, worker: PageWorker) -> None:
        self._worker = worker

    def submit(self, task: Task) -> Future[Outcome]:
        """Read a page."""
        future: Future[Outcome] = Future()
        future.set_result(self._worker(task))
        return future

    def renew(self) -> None:
        """Nothing dies here alone."""

    def close(self, *, at_once: bool) -> None:
        """Nothing is left to end."""


class OnExecutor(Crew):
    """Any executor, as of a cluster: workers need ``ocr_cli`` of the same version, and no file of ours.

    The pictures' contents are sent with the tasks. The worker, with its model, is sent as one sealed content,
    which each thread that reads opens only once.

    Args:
        worker: what is to be done.
        executor: does it; it is not shut down.
        places: how many pages it reads at the same time.
    """

    def __init__(self, worker: PageWorker, executor: Executor, places: int) -> None:
        import hashlib  # Only here, because it loads a library that reading in this process does without.

        self._executor = executor
        self._places = places
        self._max_bytes = worker.max_bytes
        self._sealed: Any = pickle.dumps(worker, pickle.HIGHEST_PROTOCOL)
        self._digest = hashlib.sha256(self._sealed).hexdigest()

    @property
    def places(self) -> int:
        """As said when it was made."""
        return self._places

    def submit(self, task: Task) -> Future[Outcome]:
        """Have a page read somewhere."""
        source = with_content(task.source, self._max_bytes, always=True)
        content = None if source.content is None else self.sent(task, source.content)
        plain = replace(task, source=replace(source, content=None))
        return self._executor.submit(_work_elsewhere, self._digest, self._sealed, plain, content)

    def sent(self, task: Task, content: bytes) -> Any:
        """What is sent for a file's content; the executor gives workers the content itself."""
        return content

    def renew(self) -> None:
        """It is the executor's own business to replace its workers."""

    def close(self, *, at_once: bool) -> None:
        """The executor belongs to whoever made it."""


_opened = threading.local()
"""The worker that each thread opened last: a reader is not made for several threads at once."""


def _work_elsewhere(digest: str, sealed: bytes, task: Task, content: bytes | None) -> Outcome:
    if getattr(_opened, "digest", None) != digest:
        _opened.worker = pickle.loads(sealed)
        _opened.digest = digest
    worker: Callable[[Task], Outcome] = _opened.worker
    return worker(replace(task, source=replace(task.source, content=content)))
