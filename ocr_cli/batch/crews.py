"""A batch: tasks in, outcomes out, in the same order and as they come, and who reads its pages.

That is this process, or any ``concurrent.futures.Executor``. A crew is an executor, and what is known of it:
how many pages it reads at a time, which exceptions mean that a worker died rather than that a page was bad,
and how to go on then.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import signal
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from ocr_cli.batch.sources import with_content
from ocr_cli.batch.work import Failure, Outcome, PageWorker, Task
from ocr_cli.errors import WorkerLostError

ENDING = frozenset({signal.SIGINT, signal.SIGTERM})
"""Signals that ask a reading to end; the main thread alone hears them."""


class Crew(ABC):
    """Reads pages at other times or places.

    A context manager: at the end of its block it goes home, at once if an exception ends it.
    """

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    """What futures raise whose worker died."""
    elsewhere = True
    """Whether pages are read by others than the thread that submits them."""

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
    elsewhere = False
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


_FINISHED = 8
"""Outcomes for each place that may wait for an earlier one, which takes long."""
_HOPELESS = 10
"""So many pages in turn that kill their workers are not the pages' fault."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A task under way, or waiting to be handed out."""

    task: Task
    future: Future[Outcome]


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Leave requests to end until after the block.

    They are raised wherever the main thread is. Within a future, in the one step between taking its lock and
    the block that gives it back, it would stay locked, and who then closes the crew would wait for ever.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_done(entry: _Entry) -> bool:
    with _uninterrupted():
        return entry.future.done()


def _wait(futures: Sequence[Future[Outcome]]) -> None:
    """Return once one of some futures is done; a request to end is heard meanwhile."""
    done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()
    with _uninterrupted():
        for future in futures:
            future.add_done_callback(done.put)
    done.get()


def run_batch(tasks: Iterable[Task], crew: Crew) -> Iterator[tuple[Task, Outcome]]:
    """Have a crew read pages.

    Tasks are taken only a few ahead of the outcomes, so that memory stays flat however many there are. When a
    worker dies, pages that it may have died of are read once more, one at a time: it costs the page that
    kills its worker once more, and no other.

    Args:
        tasks: in order; may come slowly.
        crew: whoever reads; it stays open.

    Yields:
        Each task with its outcome, in the order of the tasks, as soon as all before it are known.

    Raises:
        WorkerLostError: if workers die of whatever they read.
    """
    return _Run(tasks, crew).outcomes()


class _Run:
    def __init__(self, tasks: Iterable[Task], crew: Crew) -> None:
        self._tasks = iter(tasks)
        self._crew = crew
        self._waiting: deque[_Entry] = deque()
        self._lost_in_turn = 0

    def outcomes(self) -> Iterator[tuple[Task, Outcome]]:
        waiting, more = self._waiting, True
        while more or waiting:
            if waiting and _is_done(waiting[0]):
                if self._is_lost(waiting[0].future):
                    self._recover()
                first = waiting.popleft()
                with _uninterrupted():
                    outcome = first.future.result()
                yield first.task, outcome
            elif more and self._has_room():
                task = next(self._tasks, None)
                if task is None:
                    more = False
                else:
                    waiting.append(_Entry(task, self._submitted(task)))
            elif waiting:
                _wait([entry.future for entry in waiting if not _is_done(entry)])

    def _has_room(self) -> bool:
        under_way = sum(not _is_done(entry) for entry in self._waiting)
        return under_way < self._crew.ahead and len(self._waiting) < _FINISHED * self._crew.places

    def _submitted(self, task: Task) -> Future[Outcome]:
        while True:
            try:
                return self._handed_out(task)
            except BrokenExecutor:
                self._recover()

    def _handed_out(self, task: Task) -> Future[Outcome]:
        # Who reads in this thread is to hear that it shall end.
        with _uninterrupted() if self._crew.elsewhere else contextlib.nullcontext():
            return self._crew.submit(task)

    def _is_lost(self, future: Future[Outcome]) -> bool:
        """Whether the worker of a future that is done died; or the future was cancelled, by whomever."""
        with _uninterrupted():
            return future.cancelled() or isinstance(future.exception(), self._crew.lost)

    def _recover(self) -> None:
        """Read once more, each alone, what was under way when a worker died."""
        for entry in self._waiting:
            _wait([entry.future])
        self._crew.renew()
        for entry in self._waiting:
            if not self._is_lost(entry.future):
                self._lost_in_turn = 0
                continue
            entry.future = self._alone(entry.task)
            if not self._is_lost(entry.future):
                self._lost_in_turn = 0
                continue
            self._crew.renew()
            self._lost_in_turn += 1
            if self._lost_in_turn == _HOPELESS:
                raise WorkerLostError("one process after the other died; nothing more is tried")
            why = "the process that read it died; perhaps there was too little memory"
            entry.future = Future()
            entry.future.set_result(Outcome(failure=Failure(WorkerLostError(f"{entry.task.name}: {why}"))))

    def _alone(self, task: Task) -> Future[Outcome]:
        try:
            future = self._handed_out(task)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        _wait([future])
        return future
