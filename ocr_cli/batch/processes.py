"""Reading pages in processes of one's own.

A process is started by a thread that then speaks to it alone: whatever is sent to a process that does not
read, or never comes to, the main thread goes on, and is free for signals. What is said: to the process a
worker, then tasks, one at a time; from it None once it is ready, then an outcome for each task; or, instead
of either, an exception. All of it is pickled.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from ocr_cli.batch.crews import ENDING, Crew
from ocr_cli.batch.work import Failure, Outcome, PageWorker, Task
from ocr_cli.errors import OcrError, WorkerLostError
from ocr_cli.loading import Loading

_CHILD = Path(__file__).with_name("child.py")
_STILLBORN = 10
"""So many processes in turn that die before they are ready will not be followed by one that lives."""
_HINT = "fewer --jobs need less"


class Processes(Crew):
    """So many processes on this computer, each with a reader of its own.

    They are started afresh, on every operating system: a forked copy of a process with threads may wait for
    ever for locks that its threads held. What dies before it is ready is started again; if that does not
    help, or the system has no more of them to give, those that there are go on alone.

    Args:
        worker: what each of them does.
        count: of processes.

    Raises:
        ModelFileError, KnowledgeError: if a lazy reader's model is unfit.
    """

    def __init__(self, worker: PageWorker, count: int) -> None:
        worker.reader.wait()
        self._sealed = _sealed(worker)
        self._count = count
        self._threads = ThreadPoolExecutor(count, initializer=_hear_no_signals)
        self._changed = threading.Condition()
        self._all: set[_Process] = set()
        self._free: list[_Process] = []
        self._places = count  # Fewer once no more can be started.
        self._taken = 0  # Of these: by processes, and by such as are about to be.
        self._stillborn = 0
        self._closed = False

    @property
    def places(self) -> int:
        """The number of processes."""
        return self._count

    def submit(self, task: Task) -> Future[Outcome]:
        """Have a page read by a process that is free.

        The future raises ``BrokenExecutor`` if the process dies, ``WorkerLostError`` if there is none.

        Raises:
            WorkerLostError: if not even a thread can be started.
        """
        try:
            return self._threads.submit(self._read, task)
        except RuntimeError as error:
            raise WorkerLostError(f"no page can be read beside others: {error}", hint=_HINT) from error

    def renew(self) -> None:
        """Who dies is replaced when the next page comes."""

    def close(self, *, at_once: bool) -> None:
        """End the processes."""
        if at_once:
            with self._changed:
                self._closed = True
                for process in self._all:
                    process.kill()
                self._changed.notify_all()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._all:
            process.end()

    def _read(self, task: Task) -> Outcome:
        process: _Process | None = self._taken_process()
        assert process is not None
        try:
            return process.answer(task)
        except _DiedError as error:
            self._lay_off(process)
            process = None
            raise BrokenExecutor("a process died") from error
        finally:
            if process is not None:
                with self._changed:
                    self._free.append(process)
                    self._changed.notify()

    def _taken_process(self) -> _Process:
        """One that is ready, for the calling thread alone.

        Raises:
            BrokenExecutor: if we were closed meanwhile.
            WorkerLostError: if there is none, and none can be started.
        """
        while True:
            with self._changed:
                while not (self._closed or self._free or self._taken < self._places):
                    self._changed.wait()
                if self._closed:
                    raise BrokenExecutor("closed")
                if self._free:
                    return self._free.pop()
                self._taken += 1
            process = self._started()
            if process is not None:
                return process

    def _started(self) -> _Process | None:
        """A new process that is ready; None if there is none, but may be a free one.

        Raises:
            WorkerLostError: if there is none at all.
        """
        try:
            process = _Process()
        except OSError as error:
            with self._changed:
                self._taken -= 1
                self._do_with_fewer(error.strerror or str(error))
            return None
        with self._changed:
            self._all.add(process)
            if self._closed:
                process.kill()
        try:
            process.begin(self._sealed)
        except _DiedError as error:
            self._lay_off(process)
            with self._changed:
                self._stillborn += 1
                if self._stillborn >= _STILLBORN:
                    self._do_with_fewer(str(error))
            return None
        except BaseException:
            self._lay_off(process)
            raise
        with self._changed:
            self._stillborn = 0
        return process

    def _do_with_fewer(self, reason: str) -> None:
        """Start no more than there are.

        Raises:
            WorkerLostError: if there are none.
        """
        self._places = max(1, self._taken)
        # Who waits for the last of several that are about to be must hear that it will never come.
        self._changed.notify_all()
        if not self._taken:
            raise WorkerLostError(f"no process that reads can be started: {reason}", hint=_HINT)

    def _lay_off(self, process: _Process) -> None:
        process.kill()
        process.end()
        with self._changed:
            self._all.discard(process)
            self._taken -= 1
            self._changed.notify()


class _DiedError(Exception):
    """A process ended that was to answer."""


class _Process:
    """One that runs ``serve``.

    Raises:
        OSError: if it cannot be started.
    """

    def __init__(self) -> None:
        # Entries that are not absolute stand for the working folder.
        places = [place for place in sys.path if os.path.isabs(place)]
        options = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # As multiprocessing.
        command = [sys.executable, *options, os.fspath(_CHILD), *places]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @property
    def pid(self) -> int:
        """As the system numbers it."""
        return self._process.pid

    def begin(self, sealed: bytes) -> None:
        """Send the worker, and wait until it is ready.

        Raises:
            _DiedError: if it will never be.
            OcrError: if the worker is unfit.
        """
        try:
            self._answer_to(sealed)
        except (OcrError, _DiedError):
            raise
        except Exception as error:
            raise _DiedError(": ".join(filter(None, (type(error).__name__, str(error))))) from error

    def answer(self, task: Task) -> Outcome:
        """Have a task done.

        Raises:
            _DiedError: if the process dies meanwhile.
            Exception: whatever the worker raises.
        """
        outcome: Outcome = self._answer_to(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        return outcome

    def _answer_to(self, content: bytes) -> Any:
        to_it, from_it = self._process.stdin, self._process.stdout
        assert to_it is not None
        assert from_it is not None
        try:
            to_it.write(content)
            to_it.flush()
            answer = pickle.load(from_it)
        except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise _DiedError("they die while they start; perhaps there is too little memory") from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def end(self) -> None:
        """Let it end, which it does when nobody can send it anything any more, and wait until it has."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


class _Sealer(pickle.Pickler):
    """Has model and language loaded anew, from files that all processes share: it makes a worker small."""

    def reducer_override(self, item: Any) -> Any:
        return (Loading, (item.load,)) if isinstance(item, Loading) and item.load else NotImplemented


def _sealed(worker: PageWorker) -> bytes:
    file = io.BytesIO()
    _Sealer(file, pickle.HIGHEST_PROTOCOL).dump(worker)
    return file.getvalue()


def _hear_no_signals() -> None:
    """Leave signals to the main thread; a process inherits it, so that Ctrl-C never comes to a new one."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def serve() -> None:
    """Do, in a process of its own, what comes on standard input; does not return."""
    # A terminal sends Ctrl-C to all processes, but it is the first one that ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What libraries print shall not come between the answers.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    try:
        worker = pickle.load(source)
        worker.reader.wait()
        threading.Thread(target=_receive, args=(source, tasks), daemon=True).start()
    except EOFError:  # The first process has ended.
        return
    except Exception as error:
        _send(sink, Failure.of(error).error)
        return
    _send(sink, None)
    while True:
        try:
            answer = worker(tasks.get())
        except Exception as error:
            answer = Failure.of(error).error
        _send(sink, answer)


def _receive(source: IO[bytes], tasks: queue.SimpleQueue[Task]) -> None:
    """Take tasks, also while one is being done: a killed first process cannot say that there are no more."""
    try:
        while True:
            tasks.put(pickle.load(source))
    finally:
        os._exit(0)


def _send(sink: IO[bytes], answer: Outcome | Exception | None) -> None:
    pickle.dump(answer, sink, pickle.HIGHEST_PROTOCOL)
    sink.flush()
