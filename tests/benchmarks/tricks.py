"""What does each trick of ``ocr_cli.speed`` buy?

    python tests/benchmarks/tricks.py samples/note.jpg [--rounds N]

Reads the picture with ``ocr read``, whole process, with all tricks and without each of them in turn, round
after round, and prints how many times as long it takes without: the median over the rounds of the wall time
and of the processor time, the helping process's included. Nothing else should be running.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

ALL = "all of them"
WITHOUT = {
    ALL: "",
    "prepared": "",
    "sharing.meanwhile": """
import ocr_cli.speed.sharing as sharing
from concurrent.futures import Future
def now(work):
    future = Future()
    future.set_result(work())
    return future
sharing.meanwhile = now
""",
    "sharing.by_two": "import ocr_cli.speed.sharing as sharing\nsharing.by_two = sharing.in_turn\n",
    "process.seldom_collect": "import ocr_cli.speed.process as process\nprocess.seldom_collect = int\n",
    "process.Leave": "import ocr_cli.speed.process as process\nprocess.Leave.__call__ = lambda self: None\n",
    "process.alone_on_a_core": "import ocr_cli.speed.process as process\nprocess.alone_on_a_core = int\n",
}
"""Of each trick, what does without it before the command line is imported."""
_RUN = "from ocr_cli.__main__ import main\nmain()\n"


class Times(NamedTuple):
    """Seconds of a run."""

    wall: float
    processor: float


def run(trick: str, picture: str) -> Times:
    """Read a picture without a trick."""
    environment = dict(os.environ)
    if trick == "prepared":
        environment["OCR_CACHE_DIR"] = os.devnull
    command = [sys.executable, "-c", WITHOUT[trick] + _RUN, "read", picture]
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, os.times()
    return Times(wall, sum(after[2:4]) - sum(before[2:4]))


def main() -> None:
    """Parse the command line, run, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("picture")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    run(ALL, arguments.picture)
    rounds = [{name: run(name, arguments.picture) for name in WITHOUT} for _ in range(arguments.rounds)]
    print("| without | wall | processor |\n|---|---|---|")
    for name in list(WITHOUT)[1:]:
        ratios = [
            statistics.median(one[name][k] / one[ALL][k] for one in rounds) for k in range(len(Times._fields))
        ]
        print(f"| {name} | {ratios[0]:.3f} | {ratios[1]:.3f} |")


if __name__ == "__main__":
    main()
