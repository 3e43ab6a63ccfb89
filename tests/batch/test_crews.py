import itertools
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from readers import NamingReader

from ocr_cli.batch.crews import Crew, OnExecutor, OwnThread, run_batch
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Outcome, PageWorker, Task
from ocr_cli.errors import WorkerLostError


def texts(outcomes):
    return [
        outcome.page.text if outcome.page else type(outcome.failure.error).__name__ for _, outcome in outcomes
    ]


class DiedError(Exception):
    pass


class Threads(Crew):
    """Reads in threads what a function makes of a task; what dies there is lost."""

    lost = (DiedError,)
    places = 2

    def __init__(self, work):
        self.work = work
        self.renewed = 0
        self.executor = ThreadPoolExecutor(2)

    def submit(self, task):
        return self.executor.submit(self.work, task)

    def renew(self):
        self.renewed += 1

    def close(self, *, at_once):
        self.executor.shutdown()


def numbered(count):
    return [Task(Source(str(number))) for number in range(count)]


class TestOrder:
    def test_later_pages_wait_for_earlier_ones(self):
        second_done = threading.Event()

        def work(task):
            if task.name == "0":
                assert second_done.wait(10)
            elif task.name == "1":
                second_done.set()
            return Outcome()

        with Threads(work) as crew:
            outcomes = run_batch(numbered(20), crew)
            assert [task.name for task, _ in outcomes] == [str(number) for number in range(20)]

    def test_tasks_are_taken_only_a_few_ahead(self):
        taken = itertools.count()

        def tasks():
            while True:
                yield Task(Source(str(next(taken))))

        with Threads(lambda task: Outcome()) as crew:
            outcomes = run_batch(tasks(), crew)
            for _ in range(100):
                next(outcomes)
            assert next(taken) < 130

    def test_alone_the_next_task_is_asked_for_when_the_last_outcome_was_taken(self, picture):
        asked = []

        def tasks():
            for name in ("a.png", "b.png"):
                asked.append(name)
                yield Task(Source(picture(name)))

        outcomes = run_batch(tasks(), OwnThread(PageWorker(NamingReader())))
        next(outcomes)
        assert asked == ["a.png"]

    def test_no_tasks(self):
        assert list(run_batch([], OwnThread(PageWorker(NamingReader())))) == []


class TestLostWorkers:
    def test_whoever_kills_twice_is_charged_and_the_others_are_read(self):
        deaths = []

        def work(task):
            if task.name == "3" or (task.name in "45" and task.name not in deaths):
                deaths.append(task.name)
                raise DiedError
            return Outcome()

        with Threads(work) as crew:
            outcomes = {task.name: outcome for task, outcome in run_batch(numbered(8), crew)}
        assert list(outcomes) == list("01234567")
        assert [name for name, outcome in outcomes.items() if outcome.failure] == ["3"]
        error = outcomes["3"].failure.error
        assert isinstance(error, WorkerLostError)
        assert str(error).startswith("3: the process that read it died")
        assert deaths.count("3") == 2
        assert crew.renewed >= 2

    def test_what_was_cancelled_is_read_again(self):
        class Forgetful(Threads):
            def submit(self, task):
                if task.name == "1" and not self.renewed:
                    future = Future()
                    future.cancel()
                    future.set_running_or_notify_cancel()
                    return future
                return super().submit(task)

        with Forgetful(lambda task: Outcome()) as crew:
            assert not any(outcome.failure for _, outcome in run_batch(numbered(4), crew))
            assert crew.renewed == 1

    def test_if_all_die_nothing_more_is_tried(self):
        def die(task):
            raise DiedError

        with Threads(die) as crew, pytest.raises(WorkerLostError, match="one process after the other"):
            list(run_batch(numbered(1000), crew))


class TestOnExecutor:
    def test_any_executor_is_sent_the_content_of_files(self, picture, tmp_path):
        class Sending(ThreadPoolExecutor):
            def submit(self, function, *arguments):
                sent.append(arguments)
                return super().submit(function, *arguments)

        sent = []
        tasks = [Task(Source(picture("a.png"))), Task(Source("missing.png"))]
        tasks += [Task(Source(picture("b.tif", 2)), frame, frame, 2) for frame in (1, 2)]
        worker = PageWorker(NamingReader())
        with Sending(2) as executor, OnExecutor(worker, executor, 2) as crew:
            outcomes = list(run_batch(tasks, crew))
        assert texts(outcomes) == ["a1", "ImageError", "b1", "b2"]
        alone = run_batch(tasks, OwnThread(worker))
        assert [outcome.page for _, outcome in outcomes] == [outcome.page for _, outcome in alone]
        assert all(task.source.content is None for _, _, task, _ in sent)
        assert sent[0][3] == (tmp_path / "a.png").read_bytes()
