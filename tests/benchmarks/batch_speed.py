"""How much faster do several processes read a folder, and does their memory stay flat?

    python tests/benchmarks/batch_speed.py PATH... [--pages N] [--jobs N] [--format NAME]...

The pictures (of folders, if PATH is one) are repeated until there are N (1000 unless told), and read by
``ocr read FOLDER --output-dir DIR`` with ``--jobs 1`` and with ``--jobs N`` (2 unless told), in new
processes. Printed are for each the pages a second, the processor time of a page in the first process and in
all, and the peak memory of all processes after 50 pages and at the end; then the ratio of the rates. Other
programs that run at the same time slow both. Memory is read from /proc, as Linux has it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SETTLED = 50
"""Pages after which memory shall grow no more."""
PAUSE = 0.25
"""Seconds between two looks at the processes."""
ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif")
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Run:
    """What a batch took.

    Attributes:
        rate: pages a second, from the start of the program to its end.
        first: seconds of processor time a page in the first process.
        cpu: the same in all processes.
        settled: megabytes, sum of the peaks of all processes, after 50 pages.
        final: the same at the end.
    """

    rate: float
    first: float
    cpu: float
    settled: float
    final: float

    @property
    def growth(self) -> float:
        """Of the memory after 50 pages, as a share of it."""
        return self.final / self.settled - 1 if self.settled else 0.0


def repeat(pictures: Sequence[Path], count: int, folder: Path) -> None:
    """So many links to the pictures, in turn."""
    for number, picture in zip(range(count), itertools.cycle(pictures), strict=False):
        (folder / f"{number:06}{picture.suffix}").symlink_to(picture.resolve())


def measure(folder: Path, count: int, jobs: int, formats: Sequence[str]) -> Run:
    """Read a folder.

    Raises:
        RuntimeError: if ``ocr`` fails, or a page has no file.
    """
    with tempfile.TemporaryDirectory() as out:
        wanted = [part for name in formats for part in ("-f", name)]
        command = ["read", str(folder), *wanted, "--output-dir", out, "--jobs", str(jobs)]
        before = os.times()
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "ocr_cli", *command])
        peaks: dict[int, float] = {}
        settled, first = 0.0, 0.0
        while process.poll() is None:
            peaks.update(peak_memory([process.pid, *children(process.pid)]))
            first = max(first, processor_time(process.pid))
            if not settled and len(os.listdir(out)) >= SETTLED * len(formats):
                settled = sum(peaks.values())
            time.sleep(PAUSE)
        wall = time.perf_counter() - start
        after = os.times()
        written = len(os.listdir(out))
    if process.returncode or written != count * len(formats):
        raise RuntimeError(f"ocr ended with {process.returncode} after {written} files")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(count / wall, first / count, cpu / count, settled, sum(peaks.values()))


def children(pid: int) -> list[int]:
    """Processes that this one has started, by whichever thread, and that still run."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # It has just ended.
            found += [int(child) for child in thread.read_text().split()]
    return found


def peak_memory(pids: Sequence[int]) -> dict[int, float]:
    """Megabytes that each process has had at most."""
    found = {}
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if "VmHWM:" in status:
            found[pid] = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return found


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process, without its children; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--format", action="append", dest="formats")
    options = parser.parse_args(arguments)
    pictures = [
        picture
        for path in options.paths
        for picture in (sorted(path.iterdir()) if path.is_dir() else [path])
        if picture.suffix.lower() in ENDINGS
    ]
    formats = options.formats or ["text"]
    print(f"{options.pages} pages of {len(pictures)} pictures, {os.cpu_count()} cores, {', '.join(formats)}")
    runs = {}
    with tempfile.TemporaryDirectory() as folder:
        repeat(pictures, options.pages, Path(folder))
        for jobs in (1, options.jobs):
            runs[jobs] = run = measure(Path(folder), options.pages, jobs, formats)
            print(
                f"--jobs {jobs}: {run.rate:.2f} pages/s; CPU a page {1000 * run.cpu:.0f} ms, "
                f"{1000 * run.first:.1f} ms of it in the first process; "
                f"memory {run.settled:.0f} MB after {SETTLED} pages, {run.final:.0f} MB at the end "
                f"({run.growth:+.1%})",
                flush=True,
            )
    print(
        f"{options.jobs} jobs read {runs[options.jobs].rate / runs[1].rate:.2f} times as many pages a second"
    )


if __name__ == "__main__":
    main()
