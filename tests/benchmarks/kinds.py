"""What the benchmarks share that draw pictures of several kinds and have them read: command line and table.

The table gives for each kind the share of the characters that are wrong, white space left out, look-alikes
(0/O, 1/I) taken for the same, on how many pictures text was read, on how many of them a line that is not
written there, and the seconds a picture took.
"""

from __future__ import annotations

import argparse
import difflib
import functools
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.reader import Reader

_SAME, _OTHER = 0.5, 0.35
"""Share of a row's characters that are in one line of the transcript, from which on it is writing, and below
which it is none."""

Pixels: TypeAlias = npt.NDArray[np.uint8]
Drawn: TypeAlias = tuple[Pixels, str]
Draw: TypeAlias = Callable[[str, int], Drawn]
"""Of a kind and a number the picture, uint8 (H, W, 3), and its text; always the same."""


class Read(NamedTuple):
    """What became of a picture.

    Attributes:
        truth: what is written on it.
        found: what was read.
        score: of it.
        seconds: that reading took.
    """

    truth: str
    found: str
    score: PageScore
    seconds: float


reader = functools.cache(Reader)
"""One reader for each model in each process."""


def score(truth: str, found: str) -> PageScore:
    """What counts in all of these benchmarks."""
    return score_page(truth, found, Comparison(True, True, True))


def read(draw: Draw, model: str, work: tuple[str, int]) -> Read:
    """Draw a picture and read it.

    Args:
        draw: draws it.
        model: reads it.
        work: its kind and its number.
    """
    picture, truth = draw(*work)
    ours = reader(model)
    start = time.perf_counter()
    found = ours.read(picture).text
    return Read(truth, found, score(truth, found), time.perf_counter() - start)


def is_in(read: str, text: str) -> bool | None:
    """Whether what was read in a row is in one of the lines of a text; None if it might be."""
    if len(read) < 2:
        return None
    one, *lines = (_plain(line) for line in (read, *text.splitlines()))
    if not one:
        return None
    share = max((_common(one, line) / len(one) for line in lines), default=0.0)
    return True if share >= _SAME else False if share < _OTHER else None


def _is_other(line: str, truth: str) -> bool:
    """Whether a line that was read, of more than one character, is none of those that are written."""
    return len(line) > 1 and is_in(line, truth) is not True


def _common(one: str, other: str) -> int:
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def _plain(text: str) -> str:
    """Letters and digits, look-alikes as one."""
    folded = text.lower().translate(str.maketrans("0125", "oizs"))
    return "".join(character for character in folded if character.isalnum())


def share_wrong(every: Iterable[Read]) -> float:
    """Share of the characters of all pictures that are wrong; of nothing written, how many were read."""
    return sum((one.score for one in every), NOTHING).characters.share


def main(explained: str | None, kinds: Iterable[str], draw: Draw) -> None:
    """Parse the command line, draw and read, print the table.

    Args:
        explained: the benchmark's docstring.
        kinds: names of all kinds.
        draw: draws them.
    """
    known = list(kinds)
    parser = argparse.ArgumentParser(
        description=explained, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(known))
    parser.add_argument("--model", default="auto")
    parser.add_argument("--pages", type=int, default=10, help="pictures of each kind")
    parser.add_argument("--jobs", type=int, help="processes, one a core by default; 1 to measure time")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="save pictures and text, read nothing")
    parser.add_argument("--verbose", action="store_true", help="print what is read wrongly")
    arguments = parser.parse_args()
    if unknown := set(arguments.kinds) - set(known):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    chosen = arguments.kinds or known
    work = [(kind, seed) for kind in chosen for seed in range(arguments.pages)]
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
        for kind, seed in work:
            picture, text = draw(kind, seed)
            Image.fromarray(picture).save(arguments.save / f"{kind}-{seed}.png")
            (arguments.save / f"{kind}-{seed}.gt.txt").write_text(text + "\n")
        return
    with ProcessPoolExecutor(arguments.jobs) as pool:
        found = list(pool.map(functools.partial(read, draw, arguments.model), work))
    for (kind, seed), one in zip(work, found, strict=True):
        if arguments.verbose and one.score.characters.errors:
            print(f"{kind}, {seed}: {one.score.characters.errors}\n  {one.truth!r}\n  {one.found!r}")
    print("| kind | errors % | with text | with lines of none | seconds |\n|---|---|---|---|---|")
    for title, names in [*((kind, {kind}) for kind in chosen), ("all", set(chosen))]:
        its = [one for (kind, _), one in zip(work, found, strict=True) if kind in names]
        printed, seconds = sum(bool(one.found) for one in its), np.mean([one.seconds for one in its])
        none = sum(any(_is_other(line, one.truth) for line in one.found.splitlines()) for one in its)
        cells = f"{100 * share_wrong(its):.2f} | {printed} of {len(its)} | {none} | {seconds:.2f}"
        print(f"| {title} | {cells} |")
