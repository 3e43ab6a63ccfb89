import ast
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading

import pytest

from ocr_cli.speed.sharing import by_two, in_turn

SIZES = [100.0, 400.0, 10.0, 250.0, 40.0]

on_two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="nothing is shared out here"
)


def with_process(item):
    return item * 10, os.getpid()


def test_in_turn_all_is_done_in_order_and_here():
    assert in_turn(with_process, range(5), SIZES) == [(k * 10, os.getpid()) for k in range(5)]


@on_two_cores
def test_half_of_the_work_is_done_by_another_process_and_comes_in_order():
    # Other tests may have left threads behind, beside which nothing is shared out.
    code = "import os; from ocr_cli.speed.sharing import by_two; "
    code += f"print(by_two(lambda item: (item * 10, os.getpid()), range(5), {SIZES}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    results, processes = zip(*ast.literal_eval(done.stdout), strict=True)
    assert results == (0, 10, 20, 30, 40)
    assert len(set(processes)) == 2
    shares = [sum(itertools.compress(SIZES, [one == p for one in processes])) for p in set(processes)]
    assert sorted(shares) == [400, 400]


@pytest.mark.parametrize("sizes", [[1.0] * 5, [0.0, 0.0, 900.0, 0.0, 0.0][2:3]])
def test_little_work_and_one_item_stay_here(sizes):
    items = range(len(sizes))
    assert {process for _, process in by_two(with_process, items, sizes)} == {os.getpid()}


def test_beside_another_thread_all_stays_here():
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert {process for _, process in by_two(with_process, range(5), SIZES)} == {os.getpid()}
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("failing", range(5))
def test_a_failure_is_raised_here_whoever_met_it(failing):
    def work(item):
        if item == failing:
            raise LookupError(item)
        return item

    with pytest.raises(LookupError, match=str(failing)):
        by_two(work, range(5), SIZES)
    # Nobody waits to be told of its end.
    with contextlib.suppress(ChildProcessError):
        assert os.waitpid(-1, os.WNOHANG) == (0, 0)


@on_two_cores
def test_what_a_process_that_died_was_to_do_is_done_here():
    here = os.getpid()

    def work(item):
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return with_process(item)

    assert by_two(work, range(5), SIZES) == [(k * 10, here) for k in range(5)]


def test_much_can_be_sent():
    def work(item):
        return bytes([item]) * 1_000_000

    assert by_two(work, range(5), SIZES) == [bytes([k]) * 1_000_000 for k in range(5)]
