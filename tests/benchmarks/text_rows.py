"""Which of the rows that are read are none, and how unsurely are they read?

    python tests/benchmarks/text_rows.py FOLDER... [--blank N] [--first N]

Each folder has pictures with transcripts; ``--blank`` adds pictures without writing, so many of each kind of
``blank.py``. A row is none as far as more of its characters are invented than right where the page's text is
laid over its transcript. Printed are the rows, the least sure first: mean log odds of their characters, how
many more of these are right than invented, in it and in all rows so far. ``verdict.unsure`` leaves out those
below a limit: where the last number is least, the limit is best.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import blank

from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.reader import Reader
from ocr_cli.stages import PathStage
from ocr_cli.verdict import Reason, sureness


class Row(NamedTuple):
    """A row that was read.

    Attributes:
        sure: as of ``verdict.sureness``.
        worth: how many more of them are right than invented.
        page: where it is.
        text: what was read.
    """

    sure: float
    worth: int
    page: str
    text: str


def rows_of(reader: Reader, page: str, picture: Any, truth: str) -> Iterator[Row]:
    """The rows that are read on a picture, those that are left out as unsure among them."""
    stages: list[Any] = []
    reader.read(picture, observe=stages.append)
    for stage in stages:
        if not isinstance(stage, PathStage):
            continue
        rows = [row.signs for row in stage.rows if row.why in (None, Reason.UNSURE) and row.signs]
        owners = iter([number for number, signs in enumerate(rows) for _ in signs])
        worth = [0] * len(rows)
        said = "".join(sign.text for signs in rows for sign in signs)
        for right, own in align("".join(truth.split()), said):
            if own is not None:
                worth[next(owners)] += 1 if own == right else -1 if right is None else 0
        for signs, its in zip(rows, worth, strict=True):
            sure = sureness([sign.folded for sign in signs])
            yield Row(sure, its, page, "".join(sign.text for sign in signs))


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--blank", type=int, default=0, help="pictures of each kind without writing")
    parser.add_argument("--first", type=int, default=60, help="so many rows are printed")
    arguments = parser.parse_args()
    reader, rows = Reader(), []
    for one in find_transcribed(arguments.folders):
        rows += rows_of(reader, one.picture.stem, one.picture, one.text)
    for kind in blank.KINDS:
        for seed in range(arguments.blank):
            rows += rows_of(reader, f"{kind} {seed}", blank.draw(kind, 600, seed), "")
    print(f"{len(rows)} rows\n sure  worth  in all")
    worth = 0
    for row in sorted(rows)[: arguments.first]:
        worth += row.worth
        print(f"{row.sure:+5.2f} {row.worth:+6} {worth:+7}  {row.page}: {row.text}")


if __name__ == "__main__":
    main()
