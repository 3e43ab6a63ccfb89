"""Does a batch survive the death of any process at any moment, and end at once when it is told to?

    python tests/benchmarks/lost_workers.py PICTURE [--runs N] [--signals N] [--jobs N] [--pages N] [--seed N]

The picture is read N times (40 unless told) by ``ocr read --jobs 2`` in a new process, over and over. In each
run, at a random moment of the first three seconds since the first of its processes was started, one of them
is killed: 200 times unless told. Every run must end by itself with status 0, and every page's file hold what
the picture reads as. In 40 more runs, Ctrl-C (to all processes, as a terminal sends it) or SIGTERM (to the
first one) comes at such a moment instead: all must have ended within two seconds. A run that is over before
its moment does not count, and another one takes its place: so many pages should take more than three seconds.
Processes are found in /proc, as Linux has it.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from batch_speed import children, repeat

WINDOW = 3.0
"""Seconds since the first process was started in which one is killed."""
SOON = 2.0
"""Seconds after which a run that was told to end shall have ended."""
FOREVER = 120.0
"""Seconds after which a run is taken for one that hangs."""


@contextmanager
def batch(pages: Path, out: Path, jobs: int) -> Iterator[subprocess.Popen[str]]:
    """A running batch, with a group of processes of its own; none of them outlives the block."""
    command = [
        sys.executable,
        "-m",
        "ocr_cli",
        "read",
        str(pages),
        "--output-dir",
        str(out),
        "--jobs",
        str(jobs),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for_moment(process: subprocess.Popen[str], moment: float) -> list[int]:
    """Its processes, so many seconds after the first of them was started; none if it is over."""
    while not children(process.pid) and process.poll() is None:
        time.sleep(0.002)
    time.sleep(moment)
    return children(process.pid) if process.poll() is None else []


def killed(folder: Path, jobs: int, text: str, dice: random.Random) -> tuple[float, str] | None:
    """One run of which a process is killed.

    Returns:
        The moment, in seconds, and what is wrong, empty if nothing is; None if the run was over before it.
    """
    moment = dice.uniform(0, WINDOW)
    with tempfile.TemporaryDirectory() as out, batch(folder, Path(out), jobs) as process:
        running = wait_for_moment(process, moment)
        if not running:
            return None
        os.kill(dice.choice(running), signal.SIGKILL)
        try:
            _, said = process.communicate(timeout=FOREVER)
        except subprocess.TimeoutExpired:
            return moment, "it hangs"
        read = [path.read_text() for path in Path(out).iterdir()]
        missing = len(list(folder.iterdir())) - read.count(text)
        if process.returncode or said or missing:
            return (
                moment,
                f"status {process.returncode}, {missing} pages are missing or misread; {said.strip()}",
            )
    return moment, ""


def told_to_end(folder: Path, jobs: int, number: int, dice: random.Random) -> tuple[float, str] | None:
    """One run that a signal ends.

    Returns:
        The seconds that it took, and what is wrong, empty if nothing is; None if the run was over before it.
    """
    with tempfile.TemporaryDirectory() as out, batch(folder, Path(out), jobs) as process:
        running = wait_for_moment(process, dice.uniform(0, WINDOW))
        if not running:
            return None
        start = time.perf_counter()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        try:
            _, said = process.communicate(timeout=FOREVER)
        except subprocess.TimeoutExpired:
            return FOREVER, "it hangs"
        took = time.perf_counter() - start
        status = process.returncode
    if status == 0:
        return None  # It was just ending by itself.
    if status != 128 + number or said.count("\n") != 1:
        return took, f"status {status}; {said.strip()}"
    if any(Path(f"/proc/{pid}").exists() for pid in running):
        return took, "a process is left behind"
    return took, "" if took <= SOON else f"it took {took:.1f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit status: 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--signals", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    dice = random.Random(options.seed)
    faults: list[str] = []
    moments: list[float] = []
    ends: list[float] = []
    command = [sys.executable, "-m", "ocr_cli", "read", str(options.picture)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repeat([options.picture], options.pages, folder)
        while len(moments) < options.runs:
            if (result := killed(folder, options.jobs, text, dice)) is not None:
                moments.append(result[0])
                if result[1]:
                    faults.append(f"killed after {result[0]:.3f} s: {result[1]}")
        if moments:
            print(
                f"{len(moments)} runs, a process killed after {min(moments):.3f} to {max(moments):.3f} s, "
                f"in {time.perf_counter() - start:.0f} s: {len(faults)} that hang, fail or lack a page",
                flush=True,
            )
        for number in (signal.SIGINT, signal.SIGTERM):
            ends = []
            while len(ends) < options.signals // 2:
                if (result := told_to_end(folder, options.jobs, number, dice)) is not None:
                    ends.append(result[0])
                    if result[1]:
                        faults.append(f"{number.name}: {result[1]}")
            if ends:
                print(
                    f"{len(ends)} runs with {number.name}: over after {statistics.median(ends):.2f} s, "
                    f"the slowest after {max(ends):.2f} s",
                    flush=True,
                )
    for fault in faults:
        print(fault)
    print("nothing is wrong" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
