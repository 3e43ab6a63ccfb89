"""How well and how fast does ``ocr`` read, beside others? Makes the figures of README and docs.

    python tests/benchmarks/figures.py [--data DIR] [--only SET[,SET...]] [--keep-times]
    python tests/benchmarks/figures.py --data DIR --reader tesseract
    python tests/benchmarks/figures.py --data DIR --reader ppocr       (pip install rapidocr onnxruntime)
    python tests/benchmarks/figures.py --tables

The first reads all sets of pictures that DIR has, and the samples of this repository, writes
``models/report.json`` and, from it, the tables of README and docs. The next two do so with other readers,
which change seldom, and write ``models/peers.json``. The last writes the tables alone. A set that is not
there keeps the figures that the file has. Times are of the processor, whatever else the machine does; with
``--keep-times`` they stay as they are: on another machine than the other readers' they tell nothing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import resource
import statistics
import subprocess
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import figure_tables
from figure_readers import READERS, Contender, Ours, is_there, machine, run
from figure_sets import ROOT, SETS, Case, Strictness, Tally, comparable, field_text, samples

from ocr_cli.errors import ImageError
from ocr_cli.files import atomic_write

REPORT = ROOT / "models" / "report.json"
PEERS = ROOT / "models" / "peers.json"


def spent() -> float:
    """Processor seconds so far, of this process and those that it started and that have ended."""
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def measured(contender: Contender, cases: list[Case], strictness: Strictness) -> dict[str, Any]:
    """Counts of a set by kind, and the median of the seconds of processor time of its pictures."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    seconds = []
    for case in cases:
        start = spent()
        if case.fields:
            for field, said in zip(case.fields, contender.fields(case), strict=True):
                kind = "empty fields" if field.kind == "empty" else "written fields"
                said = field_text(said, field.kind)
                truths = [field_text(text, field.kind) for text in field.texts]
                tallies[kind].add(said if said in truths else truths[0], said)
        else:
            try:
                said = contender.text(case)
            except ImageError:
                said = ""
            tallies[case.kind].add(comparable(case.truth, strictness), comparable(said, strictness))
        seconds.append(spent() - start)
    return {
        "kinds": {kind: asdict(tally) for kind, tally in sorted(tallies.items())},
        "seconds": round(statistics.median(seconds), 3),
    }


def measure(
    contender: Contender, data: Path | None, only: list[str], old: dict[str, Any], *, times: bool = True
) -> dict[str, Any]:
    """What the file says of a reader, with what is measured now in the place of what it had.

    Args:
        contender: the reader.
        data: folder with the sets.
        only: names of those that are measured.
        old: what the file says.
        times: whether times are measured, too; otherwise they stay, and so does the machine.
    """
    sets = dict(old.get("sets", {}))
    for name in only:
        cases_of, strictness = SETS[name]
        try:
            cases = list(cases_of(data or ROOT / "nowhere"))
        except FileNotFoundError:
            cases = []
        if not cases:
            print(f"{name}: not there")
            continue
        found = measured(contender, cases, strictness)
        if not times and name in sets:
            found["seconds"] = sets[name]["seconds"]
        sets[name] = {**found, "measured": f"{datetime.date.today()}"}
        print(f"{name}: {sets[name]}", flush=True)
    if not times and "machine" in old:
        return {**old, "about": contender.about(), "sets": sets}
    pages = [case.picture for case in samples(ROOT)]
    taken = []
    for page in pages:
        start = spent()
        run(contender.command(page))
        taken.append(spent() - start)
    return {
        "about": contender.about(),
        "machine": machine(),
        "seconds_of_a_process": round(statistics.median(taken), 2),
        "sets": sets,
    }


def commit() -> str:
    """What is checked out, if git knows."""
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def save(path: Path, found: dict[str, Any]) -> None:
    """Keep what was measured."""
    with atomic_write(path, "w") as file:
        file.write(json.dumps(found, indent=1, sort_keys=True) + "\n")


def main() -> None:
    """Measure, write the file and the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a folder with notes, pages, names, writein and forms")
    parser.add_argument("--only", default=",".join(SETS), help="some of: %(default)s")
    parser.add_argument("--reader", choices=READERS, default="ours")
    parser.add_argument("--keep-times", action="store_true", help="measure what is wrong alone")
    parser.add_argument("--tables", action="store_true", help="measure nothing")
    args = parser.parse_args()
    report, peers = (
        json.loads(path.read_text(encoding="utf-8")) if path.exists() else {} for path in (REPORT, PEERS)
    )
    if not args.tables:
        if not is_there(args.reader):
            parser.error(f"{args.reader} is not installed")
        contender = READERS[args.reader]()
        only = args.only.split(",")
        if isinstance(contender, Ours):
            times = not args.keep_times
            report = {**measure(contender, args.data, only, report, times=times), "commit": commit()}
            save(REPORT, report)
        else:
            peers[contender.name] = measure(contender, args.data, only, peers.get(contender.name, {}))
            save(PEERS, peers)
    for path in figure_tables.write(report, peers):
        print(f"tables of {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
