import errno
import itertools
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from readers import NamingReader

from ocr_cli.batch import processes as module
from ocr_cli.batch.crews import run_batch
from ocr_cli.batch.processes import Processes
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import PageWorker, Task
from ocr_cli.errors import ModelFileError, WorkerLostError
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture
def tasks(picture):
    def make(*names):
        return [Task(Source(picture(f"{name}.png"))) for name in names]

    return make


@pytest.fixture
def child(monkeypatch, tmp_path):
    """Lets code run in each new process before it does what it is started for."""

    def begin_with(code):
        script = tmp_path / "child.py"
        script.write_text(f"{code}\nimport runpy, sys\nsys.argv[0] = {str(module._CHILD)!r}\n")
        with script.open("a") as file:
            file.write("runpy.run_path(sys.argv[0], run_name='__main__')\n")
        monkeypatch.setattr(module, "_CHILD", script)

    return begin_with


def crew(count=2):
    return Processes(PageWorker(NamingReader()), count)


def lives(process):
    return process._process.returncode is None


def no_more(*arguments, **options):
    raise OSError(errno.EMFILE, "Too many open files")


def texts(outcomes):
    return [
        outcome.page.text if outcome.page else type(outcome.failure.error).__name__ for _, outcome in outcomes
    ]


def test_a_page_that_kills_its_process_costs_no_other(tasks):
    # So many pages between the two that they never are under way at the same time.
    between = [f"p{number:02}" for number in range(16)]
    with crew() as readers:
        outcomes = list(run_batch(tasks("kill-once", *between, "kill-always", "fault", "z"), readers))
        running = list(readers._all)
    read = [f"{name}1" for name in ("kill-once", *between)]
    assert texts(outcomes) == [*read, "WorkerLostError", "LookupError", "z1"]
    assert "in read" in outcomes[-2][1].failure.trace
    assert len(running) <= 2
    assert not any(lives(process) for process in running)


def test_they_end_at_once_when_something_is_raised(tasks):
    readers = crew()
    with pytest.raises(KeyboardInterrupt), readers:
        raise next((KeyboardInterrupt for _ in run_batch(tasks("a", "slow_300"), readers)), AssertionError)
    assert not any(lives(process) for process in readers._all)


@posix
def test_a_killed_first_process_leaves_nobody_behind(tasks, tmp_path):
    (slow,) = tasks("slow_300")
    begun = tmp_path / "begun"
    code = f"""
import sys
sys.path[:] = {[*sys.path, str(Path(__file__).parent)]!r}
from test_processes import *
readers = crew(1)
readers.submit(Task(Source({slow.name!r})))
while not readers._all:
    time.sleep(0.01)
open({str(begun)!r}, "w").write(str(next(iter(readers._all)).pid))
time.sleep(300)
"""
    with subprocess.Popen([sys.executable, "-c", code]) as first:
        deadline = time.monotonic() + 60
        while not (begun.exists() and begun.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        first.kill()
    other = int(begun.read_text())
    while time.monotonic() < deadline:
        try:
            os.kill(other, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{other}/stat").exists() and " Z " in Path(f"/proc/{other}/stat").read_text():
            return  # Ended, and nobody has asked how.
        time.sleep(0.02)
    raise AssertionError("it lives on")


class TestStart:
    def test_little_is_sent_for_it(self):
        """A pipe holds so much even if nobody reads it."""
        assert len(module._sealed(PageWorker(Reader()))) < 1 << 15

    def test_what_is_sent_reads_the_same(self, tmp_path):
        sample = Path(__file__).parents[2] / "samples" / "note.jpg"
        worker = PageWorker(Reader(options=ReadOptions(language="de", patterns=["[A-Z]+"])))
        other = pickle.loads(module._sealed(worker))
        assert other(Task(Source(str(sample)))).page == worker(Task(Source(str(sample)))).page

    def test_a_model_that_is_unfit_is_found_before(self):
        class Unfit(NamingReader):
            def wait(self):
                raise ModelFileError("unfit")

        with pytest.raises(ModelFileError, match="unfit"):
            Processes(PageWorker(Unfit()), 2)

    def test_who_dies_before_it_is_ready_is_replaced_and_costs_nothing(self, tasks, child, tmp_path):
        child(
            "import os, sys\n"
            f"places = [p for p in range(5) if not os.path.exists({str(tmp_path)!r} + f'/{{p}}')]\n"
            f"if places: open({str(tmp_path)!r} + f'/{{places[0]}}', 'x').close(); os._exit(9)\n"
        )
        with crew() as readers:
            assert texts(run_batch(tasks("a", "b", "c"), readers)) == ["a1", "b1", "c1"]
        assert (tmp_path / "4").exists()

    def test_if_all_die_it_ends_with_one_line(self, tasks, child):
        child("import os; os._exit(9)")
        with crew() as readers, pytest.raises(WorkerLostError) as raised:
            list(run_batch(tasks("a", "b", "c"), readers))
        assert str(raised.value) == (
            "no process that reads can be started: they die while they start; "
            "perhaps there is too little memory"
        )
        assert raised.value.hint == "fewer --jobs need less"

    def test_what_they_die_of_is_said(self, tasks, child):
        child("import pickle\ndef load(file): raise MemoryError\npickle.load = load")
        with crew() as readers, pytest.raises(WorkerLostError, match=r"started: MemoryError$"):
            list(run_batch(tasks("a"), readers))

    def test_those_that_can_be_started_read_alone(self, tasks, monkeypatch):
        def few(*arguments, **options):
            if next(asked):
                raise OSError(errno.EMFILE, "Too many open files")
            return original(*arguments, **options)

        asked, original = itertools.count(), subprocess.Popen
        monkeypatch.setattr(subprocess, "Popen", few)
        with crew(4) as readers:
            assert texts(run_batch(tasks(*"abcdef"), readers)) == [f"{name}1" for name in "abcdef"]

    def test_if_none_can_be_it_ends_with_one_line(self, tasks, monkeypatch):
        monkeypatch.setattr(subprocess, "Popen", no_more)
        with crew() as readers, pytest.raises(WorkerLostError, match=r"be started: Too many open files$"):
            list(run_batch(tasks("a", "b"), readers))

    def test_if_none_can_be_nobody_waits_for_those_that_others_were_about_to_start(self, tasks, monkeypatch):
        """The first to fail waits for the second, which fails later and must say so."""

        def none(*arguments, **options):
            if next(asked) == 0:
                both.wait()
            else:
                both.wait()
                while not (waits := readers._changed._waiters) and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert waits
            raise OSError(errno.EMFILE, "Too many open files")

        asked, both, deadline = itertools.count(), threading.Barrier(2), time.monotonic() + 30
        readers = crew()
        # The third that is tried is that of the one who waited.
        original = itertools.chain([none, none], itertools.repeat(no_more))
        monkeypatch.setattr(subprocess, "Popen", lambda *a, **o: next(original)(*a, **o))
        with readers:
            futures = [readers.submit(task) for task in tasks("a", "b")]
            for future in futures:
                with pytest.raises(WorkerLostError):
                    future.result(timeout=30)

    def test_nor_if_there_are_no_threads(self, tasks, monkeypatch):
        def none(*arguments):
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(ThreadPoolExecutor, "submit", none)
        with crew() as readers, pytest.raises(WorkerLostError, match=r"can't start new thread$"):
            list(run_batch(tasks("a", "b"), readers))

    @posix
    def test_a_signal_ends_it_while_nobody_listens_yet(self, tasks, child):
        def end(*_):
            raise InterruptedError

        child("import os, signal\nos.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()")
        before = signal.signal(signal.SIGTERM, end)
        readers = crew()
        try:
            with pytest.raises(InterruptedError), readers:
                list(run_batch(tasks("a", "b", "c"), readers))
        finally:
            signal.signal(signal.SIGTERM, before)
        assert not any(lives(process) for process in readers._all)

    @posix
    def test_control_c_does_not_come_to_it(self, tasks, child):
        child("import os, signal\nos.kill(os.getpid(), signal.SIGINT)")
        with crew(1) as readers:
            assert texts(run_batch(tasks("a"), readers)) == ["a1"]
        assert readers._stillborn == 0


def test_what_a_reader_prints_goes_nowhere(tasks, capfd):
    with crew(1) as readers:
        assert texts(run_batch(tasks("print", "b"), readers)) == ["print1", "b1"]
    assert capfd.readouterr() == ("", "")
