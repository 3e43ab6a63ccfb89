"""How much a model gains by learning a hand from some of its lines, on the lines that it did not learn.

    python tests/benchmarks/learning.py LINES --learn 10 --draws 5 --others PAGES
    python tests/benchmarks/learning.py --halves PAGE --halves PAGE --model mixed

LINES is a folder of pictures of one writer's lines, each with its transcript NAME.gt.txt. For each draw a
model learns from so many of them, chosen at random, as ``ocr learn`` does, and reads the others; with
--others also pictures of another folder, which it must not have forgotten. With --halves, a model learns
from the first half of the lines of a page and reads the page; the lines of its second half count.
Errors are those of letters and digits; for LINES case is ignored and look-alikes are folded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.pages import NOTHING, Comparison, Rate, score_page
from ocr_cli.evaluation.transcripts import Transcribed, find_transcribed
from ocr_cli.learning.adapt import SETTINGS, Adaptation, adapt
from ocr_cli.learning.harvest import Harvest, harvest
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import ModelFile
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader
from ocr_cli.training.ancestor import Ancestor, load_ancestor

FOLDED = Comparison(ignore_case=True, fold=True, alphanumeric=True)
PLAIN = Comparison(alphanumeric=True)


def learn(ancestor: Ancestor, pages: Sequence[Transcribed], seed: int) -> tuple[Adaptation, float]:
    """What ``ocr learn`` does, and the seconds of CPU time that it takes."""
    began = time.process_time()
    reader = Reader(ancestor.model, ReadOptions(language=None))
    found: list[Harvest] = []
    for page in pages:
        found.append(harvest(reader, page.picture, page.text, page.picture.name))
    result = adapt(ancestor, found, settings=replace(SETTINGS, seed=seed))
    return result, time.process_time() - began


def errors(model: ModelFile, pages: Sequence[Transcribed], comparison: Comparison) -> Rate:
    """Character errors, spaces left out, on pages together."""
    reader = Reader(model)
    scores = (score_page(page.text, reader.read(page.picture).text, comparison) for page in pages)
    return sum(scores, NOTHING).characters


def errors_from(model: ModelFile, page: Transcribed, first: int) -> Rate:
    """Character errors on the lines of a page from number ``first`` on; what was read is aligned with all."""
    read = PLAIN.reduce(Reader(model).read(page.picture).text)
    lines = PLAIN.reduce(page.text).splitlines()
    before = len("".join("".join(lines[:first]).split()))
    wrong, place = 0, 0
    for a, b in align("".join("".join(lines).split()), "".join(read.split())):
        wrong += a != b and place >= before
        place += a is not None
    return Rate(wrong, place - before)


def draws(ancestor: Ancestor, pages: list[Transcribed], others: list[Transcribed], count: int, number: int):
    """The table of ``number`` random choices of ``count`` lines."""
    print("| draw | CPU seconds | others' lines: before | after | other pages: before | after |")
    print("|---|---|---|---|---|---|")
    elsewhere = errors(ancestor.model, others, FOLDED)
    sums = np.zeros((2, 2), int)
    for draw in range(number):
        order = np.random.default_rng(100 + draw).permutation(len(pages))
        chosen, rest = ([pages[k] for k in part] for part in (order[:count], order[count:]))
        result, seconds = learn(ancestor, chosen, draw)
        before, after = (errors(model, rest, FOLDED) for model in (ancestor.model, result.model))
        sums += [[before.errors, before.count], [after.errors, after.count]]
        there = errors(result.model, others, FOLDED)
        print(
            f"| {draw + 1} | {seconds:.0f} | {_said(before)} | {_said(after)} | {_said(elsewhere)} | "
            f"{_said(there)} |",
            flush=True,
        )
    before, after = (Rate(*map(int, row)) for row in sums)
    print(f"| together | | {_said(before)} | {_said(after)} | | |")


def halves(ancestor: Ancestor, paths: Sequence[Path]) -> None:
    """The table of pages whose first half is learned."""
    print("| page | characters learned | second half: before | after |")
    print("|---|---|---|---|")
    for page in find_transcribed(paths):
        lines = [line for line in page.text.splitlines() if line.strip()]
        first = len(lines) // 2
        half = replace(page, text="\n".join(lines[:first]))
        result, _ = learn(ancestor, [half], 0)
        before, after = (errors_from(model, page, first) for model in (ancestor.model, result.model))
        print(f"| {page.picture.stem} | {result.samples} | {_said(before)} | {_said(after)} |", flush=True)


def _said(rate: Rate) -> str:
    return f"{rate.share:.2%} ({rate.errors} of {rate.count})" if rate.count else ""


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lines", nargs="?", type=Path, metavar="LINES")
    parser.add_argument("--learn", type=int, default=10, help="lines to learn from")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--others", type=Path, action="append", default=[], metavar="PAGES")
    parser.add_argument("--halves", type=Path, action="append", default=[], metavar="PAGE")
    parser.add_argument("--model", default="block")
    arguments = parser.parse_args()
    ancestor = load_ancestor(find_model(arguments.model))
    if arguments.lines:
        others = find_transcribed(arguments.others)
        draws(ancestor, find_transcribed([arguments.lines]), others, arguments.learn, arguments.draws)
    if arguments.halves:
        halves(ancestor, arguments.halves)


if __name__ == "__main__":
    main()
