"""Work that another thread or process does meanwhile: of what is loaded, and of half of a page's rows."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_LEAST = 300.0
"""Total size from which on work is shared out: less takes no longer than to start a process."""


def meanwhile(work: Callable[[], R]) -> Future[R]:
    """What another thread makes while this one goes on: worth it where the work leaves Python to others.

    Where the system has no thread to give, this one makes it, now.
    """
    other_thread = ThreadPoolExecutor(1)
    try:
        result = other_thread.submit(work)
    except RuntimeError:
        result = Future()
        try:
            result.set_result(work())
        except Exception as error:
            result.set_exception(error)
    other_thread.shutdown(wait=False)
    return result


class Each(Protocol):
    """Does the same work with each of some items."""

    def __call__(self, work: Callable[[T], R], items: Sequence[T], sizes: Sequence[float]) -> list[R]:
        """What the work makes of each item.

        Args:
            work: what is done.
            items: with which.
            sizes: of each, in candidates or about so much work.
        """


def in_turn(work: Callable[[T], R], items: Sequence[T], sizes: Sequence[float]) -> list[R]:
    """One item after the other; arguments as for ``Each``."""
    return [work(item) for item in items]


def by_two(work: Callable[[T], R], items: Sequence[T], sizes: Sequence[float]) -> list[R]:
    """Half of the items by a copy of this process, if that is worth it and can be done.

    The copy is a fork, which costs no more than a few milliseconds, but is safe only where no other thread
    can hold a lock: it is made of a process with one thread alone, and on Linux, where no system library
    starts threads of its own. What it returns must be possible to pickle; if it dies, its items are done
    here. Arguments as for ``Each``.
    """
    own, others = _halves(sizes)
    if sum(sizes) < _LEAST or not others or not _has_another_core():
        return in_turn(work, items, sizes)
    try:
        source, sink = os.pipe()
    except OSError:
        return in_turn(work, items, sizes)
    try:
        copy = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return in_turn(work, items, sizes)
    if not copy:
        _answer(sink, lambda: [work(items[k]) for k in others])
    os.close(sink)
    try:
        with open(source, "rb") as answer:
            done = {k: work(items[k]) for k in own}
            try:
                theirs = pickle.load(answer)
            except (EOFError, pickle.UnpicklingError):
                theirs = [work(items[k]) for k in others]
    except BaseException:
        os.kill(copy, signal.SIGKILL)
        raise
    finally:
        os.waitpid(copy, 0)
    done.update(zip(others, theirs, strict=True))
    return [done[k] for k in range(len(items))]


def _answer(sink: int, make: Callable[[], object]) -> None:
    """Write what ``make`` makes, and end this process."""
    try:
        gc.disable()  # To look at all objects would copy their memory.
        with open(sink, "wb") as file:
            pickle.dump(make(), file, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)  # Of a failure, nothing is heard: the other process meets it, too.


def _halves(sizes: Sequence[float]) -> tuple[list[int], list[int]]:
    """The numbers of the items in two groups of about the same size, the larger items first."""
    halves: tuple[list[int], list[int]] = ([], [])
    totals = [0.0, 0.0]
    for k in sorted(range(len(sizes)), key=lambda k: -sizes[k]):
        smaller = int(totals[1] < totals[0])
        halves[smaller].append(k)
        totals[smaller] += sizes[k]
    return halves


def _has_another_core() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1
