"""What sets rows of writing apart from those that are found where nothing is written?

    python tests/benchmarks/held_out.py ../shared/data /var/tmp/learned --learned --draw
    python tests/benchmarks/writing.py [PATH...] [--model NAME] [--seeds N] [--first N]
    python tests/benchmarks/writing.py /var/tmp/learned/* [PATH...] --alone [--seeds N] [--first N]

Finds the rows of drawn pages, of words, faint ones and ones of nothing but strokes and rings too, and of the
pages at each PATH (folders of pictures with transcripts, or single ones), and those that seem to be on the
pictures of ``blank``. On a page with a transcript a row is writing if at least half of its characters are in
one of its lines; it is none, print say, if hardly any are; others, and rows of one character, are left out.
Printed are the weights of a logistic regression, as ``models/weights.json`` has them, and how many rows of
both kinds are kept at several least log odds in ten-fold cross-validation: no picture is judged by weights
that were fitted to it, and none without writing by weights that were fitted to its kind. With ``--alone``,
the rows are also those that do not look plausible, as where nothing on a page does, and what is known of them
is what windows say; of a transcript of one line, the row of most characters is writing, whatever it is read
as.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeAlias

import blank
import circumstances
import drawn_pages
import numpy as np
import numpy.typing as npt
from kinds import is_in
from scipy.optimize import minimize
from words import draw_word

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.decoding.writing import Heard, Looks, Strokes, heard, page_looks, plausibility, row_strokes
from ocr_cli.evaluation.transcripts import Transcribed, find_transcribed
from ocr_cli.reader import Reader

NAMES = (*Looks._fields, *Strokes._fields)
SIDES = (300, 400, 600, 1000)
THRESHOLDS = (-2.0, -1.5, -1.0, -0.75, -0.5, 0.0, 0.5, 1.0)
_FOLDS = 10
_CHARACTERS = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_PLAIN = list("IO0118QOI0CLIO0")
"""Mostly strokes and rings, which what is no writing looks like."""
_RIDGE = 1.0
"""Weight of the squared weights, of features of unit variance, beside the loss of all rows together."""

Job: TypeAlias = tuple[str, str, int]
Example: TypeAlias = tuple[tuple[float, ...], bool]
"""Features of a row, and whether it is writing."""

_reader = functools.cache(Reader)
"""One reader for each model in each process."""


def written_jobs(seeds: range) -> Iterator[Job]:
    """What is drawn with writing, by kind, name and seed."""
    for seed in seeds:
        yield from (("circumstances", name, seed) for name in circumstances.KINDS)
        yield from (("drawn_pages", name, seed) for name in drawn_pages.KINDS)
        yield from ((kind, str(number), seed) for kind in ("word", "plain", "faint") for number in range(30))


def blank_jobs(seeds: range) -> Iterator[Job]:
    """What is drawn without, each kind at one of the sizes for each seed."""
    for seed in seeds:
        for number, kind in enumerate(blank.KINDS):
            yield f"blank {SIDES[(seed + number) % len(SIDES)]}", kind, seed


def draw(job: Job) -> npt.NDArray[np.uint8]:
    """The picture of a job."""
    kind, name, seed = job
    if kind.startswith("blank"):
        return blank.draw(name, int(kind.split()[1]), seed)
    if kind == "circumstances":
        return circumstances.draw(name, seed)[0]
    if kind == "drawn_pages":
        return photograph(drawn_pages.draw(name, seed).ink, seed=seed)
    number = 1000 * seed + int(name)
    rng = np.random.default_rng(number)
    text = "".join(rng.choice(_PLAIN if kind == "plain" else _CHARACTERS, [1, 1, 2, 4, 7][number % 5]))
    if kind in ("word", "plain"):
        return draw_word(text, "apart", number)
    ink = draw_text([text], style=Style.random(number), seed=number, height=float(rng.uniform(30, 60))).ink
    shade = int(rng.integers(165, 200))
    return photograph(np.pad(ink, int(rng.integers(0, 150))), seed=number, pen=(shade, shade, shade))


def examine(job: Job | Transcribed, model: str, *, alone: bool = False) -> list[Example]:
    """What is known of the rows of a picture of which it is known whether they are writing.

    Args:
        job: the picture.
        model: that rates its rows.
        alone: whether what windows say is known, of all rows; otherwise how plausible ones look.
    """
    page = _reader(model).rows(job.picture if isinstance(job, Transcribed) else draw(job))
    found: list[tuple[DecodedRow, tuple[float, ...]]] = []
    for rows, steadiness in page.sheets:
        if alone:
            some = [row for row in rows if len(row.read)]
            found += zip(some, heard(some, steadiness), strict=True)
            continue
        reasons = plausibility(rows)
        some = [row for row, why in zip(rows, reasons, strict=True) if why is None]
        looks = page_looks(rows, some, steadiness)
        found += [(row, (*its, *row_strokes(row))) for row, its in zip(some, looks, strict=True)]
    most = max((len(row.read) for row, _ in found), default=0)
    examples = []
    for row, features in found:
        written: bool | None
        if not isinstance(job, Transcribed):
            written = not job[0].startswith("blank")
        elif alone and len(job.text.splitlines()) == 1:
            written = True if len(row.read) == most else None
        else:
            columns = row.probabilities.argmax(axis=1).tolist()
            written = is_in("".join(page.scorer.classes[column] for column in columns), job.text)
        if written is not None:
            examples.append((tuple(features), written))
    return examples


def _group(job: Job | Transcribed, number: int) -> int:
    """What is held out together with a picture: those of its kind, if it is without writing."""
    if isinstance(job, Transcribed) or not job[0].startswith("blank"):
        return number
    return list(blank.KINDS).index(job[1])


def cross_validated(
    features: npt.NDArray[np.float64], written: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Log odds of each row by weights that were fitted without its group and a tenth of the others."""
    odds = np.zeros(len(written))
    for fold in range(_FOLDS):
        out = groups % _FOLDS == fold
        weights, constant = fit(features[~out], written[~out])
        odds[out] = features[out] @ weights + constant
    return odds


def fit(
    features: npt.NDArray[np.float64], written: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], float]:
    """The weights of a logistic regression and its constant; both kinds of rows weigh the same."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    inputs = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    weighs = len(written) / 2 / np.where(written, written.sum(), (~written).sum())

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        """The loss and its slopes."""
        odds = inputs @ weights
        errors = weighs * (1 / (1 + np.exp(-odds)) - written)
        ridge = _RIDGE * np.append(weights[:-1], 0)
        total = (weighs * (np.logaddexp(0, odds) - written * odds)).sum() + ridge @ weights / 2
        return float(total), np.asarray(inputs.T @ errors + ridge)

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True).x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def main() -> None:
    """Parse the command line, print the weights and the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH")
    parser.add_argument("--model", default="mixed", help="that rates the rows (default: mixed)")
    parser.add_argument("--alone", action="store_true", help="all rows, and what windows say of them")
    parser.add_argument("--seeds", type=int, default=4, help="of each kind of blank picture")
    parser.add_argument("--first", type=int, default=100, help="first seed")
    parser.add_argument("--processes", type=int)
    arguments = parser.parse_args()
    first, count = arguments.first, arguments.seeds
    pages = find_transcribed(arguments.paths) if arguments.paths else []
    jobs: list[Job | Transcribed] = [
        *pages,
        *written_jobs(range(first, first + max(1, count // 4))),
        *blank_jobs(range(first, first + count)),
    ]
    # Neighbours are of one kind: each part is of all kinds.
    np.random.default_rng(first).shuffle(jobs)  # type: ignore[arg-type]
    with ProcessPoolExecutor(arguments.processes) as pool:
        work = functools.partial(examine, model=arguments.model, alone=arguments.alone)
        results = list(pool.map(work, jobs, chunksize=4))
    numbers = [_group(job, number) for number, job in enumerate(jobs)]
    rows = [(*one, number) for number, result in zip(numbers, results, strict=True) for one in result]
    features = np.array([one for one, *_ in rows])
    labels = np.array([label for _, label, _ in rows])
    groups = np.array([group for *_, group in rows])
    weights, constant = fit(features, labels)
    names = Heard._fields if arguments.alone else NAMES
    for name, weight in zip((*names, "constant"), (*weights, constant), strict=True):
        print(f"{name}: {weight:.2f}")
    odds = cross_validated(features, labels, groups)
    print("\n| log odds | writing lost | of rows | others kept | of rows |\n|---|---|---|---|---|")
    for least in THRESHOLDS:
        lost, kept = int((odds[labels] < least).sum()), int((odds[~labels] >= least).sum())
        print(f"| {least} | {lost} | {labels.sum()} | {kept} | {(~labels).sum()} |")


if __name__ == "__main__":
    main()
