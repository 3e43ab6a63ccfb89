"""Does anything bring ``ocr`` down? Damaged pictures, models, data, checkpoints, settings and word lists.

    python tests/benchmarks/fuzz.py [--inputs N] [--seed N] [--jobs N] [--only KIND] [--keep FOLDER]
    python tests/benchmarks/fuzz.py --seed N --input NUMBER

Each input is a good file, damaged at random, or one that a grammar makes (the same for the same seed and
number), used by a process of its own. A fault is: an exception that is no typed error, or one of several
lines; a process that dies; one that takes more than 10 s of its processor, or five times that by the clock
(``--patience``: a machine that has other work wants more); more than 1 GB of memory; a file that is left half
written; a word on standard error that is not ocr's own; a character that commands terminals. Printed are the
inputs of each kind, those that were refused, the faults, the slowest input and the most memory; the exit
status is 1 if there was a fault. With ``--input`` a single one is run in this process, with its traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from fuzz_hostile import hostile_kinds
from fuzz_kinds import FaultError, Kind, kinds
from fuzz_mutations import mutated
from fuzz_sealed import resealed

from ocr_cli.errors import OcrError

_RESULT = "result.json"


@dataclass
class Limits:
    """What one input may take.

    Attributes:
        seconds: of the processor.
        megabytes: resident at the most.
        patience: times ``seconds`` by the clock, for machines that have other work.
    """

    seconds: float = 10.0
    megabytes: int = 1000
    patience: float = 5.0


@dataclass
class Outcome:
    """What became of one input."""

    number: int
    kind: str
    refused: bool = False
    fault: str | None = None
    seconds: float = 0.0
    megabytes: float = 0.0


@dataclass
class Running:
    """An input that a process has in hand."""

    outcome: Outcome
    folder: Path
    started: float = field(default_factory=time.monotonic)


def damaged(kind: Kind, rng: np.random.Generator, folder: Path) -> Path:
    """Write a damaged input of a kind into a folder; returns the file or folder that ``ocr`` is given."""
    if kind.make is not None:
        return kind.make(rng, folder)
    files = dict(kind.seeds[rng.integers(len(kind.seeds))])
    others = [content for seed in kind.seeds[:50] for content in seed.values()]
    names = [name for name, content in files.items() if content]
    chosen = names[rng.integers(len(names))]
    if kind.sealed and rng.random() < 0.5:
        files[chosen] = resealed(files[chosen], rng)
    else:
        files[chosen] = mutated(files[chosen], rng, others)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content or name == chosen:
            path.write_bytes(content)
        else:
            path.mkdir(exist_ok=True)
    return folder / next(iter(files))


def use(kind: Kind, path: Path) -> bool:
    """Let ``ocr`` have a file; returns whether it was refused.

    Raises:
        Exception: if that is a fault.
    """
    try:
        return bool(kind.use(path))
    except (OcrError, *kind.errors) as error:
        if "\n" in str(error):
            raise FaultError(f"an error of several lines: {error!r}") from error
        return True


def _address_space() -> int:
    """Bytes of address space of this process; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _child(kind: Kind, seed: int, number: int, folder: Path, limits: Limits) -> None:
    """Make an input, use it, and write down what came of it; never returns."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    with open(folder / "said.txt", "w") as said:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(quiet, 1)
        os.dup2(said.fileno(), 2)
        faulthandler.enable(said)
        seconds = int(limits.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        # Enough for what is allowed to be resident, beside what the parent had reserved; so that nothing
        # brings the machine down.
        room = _address_space() + (6 << 30)
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
        result: dict[str, object] = {}
        words = sys.stderr = io.StringIO()
        try:
            path = damaged(kind, np.random.default_rng([seed, number]), folder / "input")
            result = {"refused": use(kind, path)}
            if words.getvalue():
                raise FaultError(f"said: {words.getvalue()}")
        except BaseException:
            result = {"fault": traceback.format_exc()}
        (folder / _RESULT).write_text(json.dumps(result))
        os._exit(0)


def _finished(running: Running, status: int, usage: resource.struct_rusage, limits: Limits) -> Outcome:
    outcome = running.outcome
    outcome.seconds = usage.ru_utime + usage.ru_stime
    outcome.megabytes = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    result: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        result = json.loads((running.folder / _RESULT).read_text())
    said = (running.folder / "said.txt").read_text(errors="replace")
    outcome.refused = bool(result.get("refused"))
    if "fault" in result:
        outcome.fault = str(result["fault"])
    elif outcome.seconds > limits.seconds or status == signal.SIGKILL:
        outcome.fault = f"took more than {limits.seconds:g} s"
    elif not result:
        outcome.fault = f"the process died, status {status}\n{said}"
    elif said and " by command" in outcome.kind:
        # Libraries may talk to who calls them; ocr's own standard error is for its own words.
        outcome.fault = f"said past ocr, on standard error: {said}"
    elif outcome.megabytes > limits.megabytes:
        outcome.fault = f"took {outcome.megabytes:.0f} MB"
    return outcome


def outcomes(
    table: dict[str, Kind], seed: int, numbers: list[int], jobs: int, limits: Limits, keep: Path | None
) -> Iterator[Outcome]:
    """Run inputs in processes of their own, so many at a time; those with faults are kept in a folder."""
    names = list(table)
    shares = np.array([kind.share for kind in table.values()])
    waiting = list(reversed(numbers))
    running: dict[int, Running] = {}
    with tempfile.TemporaryDirectory(prefix="ocr-fuzz-") as place:
        while waiting or running:
            while waiting and len(running) < jobs:
                number = waiting.pop()
                name = names[
                    np.random.default_rng([seed, number, 1]).choice(len(names), p=shares / shares.sum())
                ]
                folder = Path(place, str(number))
                (folder / "input").mkdir(parents=True)
                sys.stdout.flush()
                if (process := os.fork()) == 0:
                    _child(table[name], seed, number, folder, limits)
                running[process] = Running(Outcome(number, name), folder)
            time.sleep(0.002)
            for process, one in list(running.items()):
                if time.monotonic() - one.started > limits.patience * limits.seconds:
                    os.kill(process, signal.SIGKILL)
                ended, status, usage = os.wait4(process, os.WNOHANG)
                if ended:
                    del running[process]
                    outcome = _finished(one, status, usage, limits)
                    if outcome.fault and keep is not None:
                        shutil.copytree(one.folder, keep / str(outcome.number), dirs_exist_ok=True)
                        (keep / str(outcome.number) / "fault.txt").write_text(outcome.fault)
                    shutil.rmtree(one.folder)
                    yield outcome


def _summary(found: list[Outcome]) -> str:
    lines = [f"{'kind':<20}  inputs  refused  faults  slowest  memory"]
    for kind in dict.fromkeys(one.kind for one in sorted(found, key=lambda one: one.kind)):
        own = [one for one in found if one.kind == kind]
        lines.append(
            f"{kind:<20}  {len(own):>6}  {sum(one.refused for one in own):>7}"
            f"  {sum(one.fault is not None for one in own):>6}"
            f"  {max(one.seconds for one in own):>5.2f} s  {max(one.megabytes for one in own):>3.0f} MB"
        )
    slowest = max(found, key=lambda one: one.seconds)
    largest = max(found, key=lambda one: one.megabytes)
    lines += [
        "",
        f"{len(found):,} inputs, {sum(one.fault is not None for one in found)} faults; "
        f"slowest {slowest.seconds:.2f} s (input {slowest.number}), "
        f"most memory {largest.megabytes:.0f} MB (input {largest.number})",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument(
        "--patience",
        type=float,
        default=Limits.patience,
        help="times the seconds of the processor that an input may take by the clock",
    )
    parser.add_argument("--only", help="inputs of this kind alone")
    parser.add_argument("--input", type=int, help="run the input of this number here")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"), help="where inputs with faults go")
    arguments = parser.parse_args()
    table = kinds() | hostile_kinds()
    if arguments.only:
        table = {name: kind for name, kind in table.items() if name.startswith(arguments.only)}
    if arguments.input is not None:
        names, shares = list(table), np.array([kind.share for kind in table.values()])
        rng = np.random.default_rng([arguments.seed, arguments.input, 1])
        name = names[rng.choice(len(names), p=shares / shares.sum())]
        folder = Path(tempfile.mkdtemp(prefix="ocr-fuzz-"))
        path = damaged(table[name], np.random.default_rng([arguments.seed, arguments.input]), folder)
        print(f"{name}: {path}")
        print("refused" if use(table[name], path) else "accepted")
        return 0
    found = []
    numbers = list(range(arguments.first, arguments.first + arguments.inputs))
    for outcome in outcomes(
        table, arguments.seed, numbers, arguments.jobs, Limits(patience=arguments.patience), arguments.keep
    ):
        found.append(outcome)
        if outcome.fault:
            print(
                f"input {outcome.number}, {outcome.kind}: {outcome.fault.strip().splitlines()[-1]}",
                flush=True,
            )
        if len(found) % 500 == 0:
            print(f"{len(found)} of {arguments.inputs}", file=sys.stderr, flush=True)
    print(_summary(found))
    return int(any(one.fault for one in found))


if __name__ == "__main__":
    sys.exit(main())
