"""A batch: tasks in, outcomes out, in the same order and as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass

from ocr_cli.batch.crews import Crew
from ocr_cli.batch.work import Failure, Outcome, Task
from ocr_cli.errors import WorkerLostError

_FINISHED = 8
"""Outcomes for each place that may wait for an earlier one, which takes long."""
_HOPELESS = 10
"""So many pages in turn that kill their workers are not the pages' fault."""


@dataclass(slots=True, eq=False)
class _Entry:
    """A task under way, or waiting to be handed out."""

    task: Task
    future: Future[Outcome]


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
            if waiting and waiting[0].future.done():
                if self._is_lost(waiting[0].future):
                    self._recover()
                first = waiting.popleft()
                yield first.task, first.future.result()
            elif more and self._has_room():
                task = next(self._tasks, None)
                if task is None:
                    more = False
                else:
                    waiting.append(_Entry(task, self._submitted(task)))
            elif waiting:
                wait((entry.future for entry in waiting if not entry.future.done()), None, FIRST_COMPLETED)

    def _has_room(self) -> bool:
        under_way = sum(not entry.future.done() for entry in self._waiting)
        return under_way < self._crew.ahead and len(self._waiting) < _FINISHED * self._crew.places

    def _submitted(self, task: Task) -> Future[Outcome]:
        while True:
            try:
                return self._crew.submit(task)
            except BrokenExecutor:
                self._recover()

    def _is_lost(self, future: Future[Outcome]) -> bool:
        """Whether the worker of a future that is done died; or the future was cancelled, by whomever."""
        return future.cancelled() or isinstance(future.exception(), self._crew.lost)

    def _recover(self) -> None:
        """Read once more, each alone, what was under way when a worker died."""
        wait([entry.future for entry in self._waiting])
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
            future = self._crew.submit(task)
        except BrokenExecutor as error:
            future = Future()
            future.set_exception(error)
        wait([future])
        return future
