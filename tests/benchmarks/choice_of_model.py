"""Which numbers of ``ocr_cli/rating.py`` choose the better of the two models most often?

    python tests/benchmarks/choice_of_model.py FOLDER... [--every N] [--exact]

Each FOLDER is a kind of pages, NAME.jpg or NAME.png with NAME.gt.txt, and counts as much as the others. Every
page is read with ``block`` and with ``mixed``, and what ``rating`` looks at is noted. Then the share of
wrong characters is worked out for all numbers of a grid, in the mean over the folders, and printed for the
numbers that stand in the code, for the best ten, and for always the one model, the other, and the better one;
beside each, the share of pages that are read with both. ``--every`` takes every Nth page of a folder.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli import rating
from ocr_cli.errors import OcrError
from ocr_cli.evaluation.pages import Comparison, score_page
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.imaging.load import WORKING_SIDE, load_picture
from ocr_cli.imaging.sheet import paint_surroundings
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.loading import Tools, load_tools
from ocr_cli.model_store import AUTO, find_language, find_models
from ocr_cli.page import Page
from ocr_cli.rating import SAMPLE, told_by
from ocr_cli.reader import Reader
from ocr_cli.segmentation.layout import find_layout

Floats = npt.NDArray[np.float64]

GRID = {
    "prior": np.linspace(-0.9, 3.1, 21),
    "surer": np.array([0.0, 2.5, 5.0, 7.5, 10.0, 15.0]),
    "doubt": np.array([0.0, 0.4, 0.8, 1.2, 2.0]),
    "doubt_in_few": np.array([0.0, 5.0, 10.0, 20.0]),
}
"""Values that are tried of ``_PRIOR``, ``_SURER``, ``_DOUBT`` and ``_DOUBT_IN_FEW``."""


class Seen(NamedTuple):
    """What is known of a page.

    Attributes:
        odds: log odds for the wider model by its letters alone.
        letters: how many told.
        surer: by how much the wider model is surer of what it reads.
        narrow: share of the characters that the narrow model reads wrongly.
        wide: likewise, the wide one.
    """

    odds: float
    letters: int
    surer: float
    narrow: float
    wide: float


def told(path: Path, wide: Tools) -> rating.Told:
    """What the letters of a page as it stands tell."""
    layout = find_layout(paint_surroundings(load_picture(path, max_side=WORKING_SIDE).pixels))
    inks = row_inks(layout.components, layout.strength, layout.rows)
    crops = np.concatenate([row.doubtful for row in inks]) if inks else np.zeros((0, 32, 32), np.uint8)
    if not len(crops):
        return rating.Told()
    some = crops[:: max(1, -(-len(crops) // SAMPLE))]
    return told_by(wide.scorer.classifier.classify(some), wide.scorer.classes)


def sureness(page: Page) -> float:
    """Mean confidence of a page's characters; 0 without any."""
    every = [character.confidence for line in page.lines for character in line.characters]
    return sum(every) / max(1, len(every))


def look(folder: Path, every: int, comparison: Comparison) -> Iterator[Seen]:
    """What is known of the pages of a folder; those that cannot be read are left out."""
    readers = [Reader(path) for path in find_models(AUTO)]
    (tools,) = load_tools(find_models(AUTO)[-1:], [find_language("en")])
    for one in find_transcribed([folder])[::every]:
        try:
            narrow, wide = (reader.read(one.picture) for reader in readers)
            found = told(one.picture, tools)
        except OcrError:
            continue
        wrong = (score_page(one.text, page.text, comparison).characters.share for page in (narrow, wide))
        yield Seen(found.odds - rating._PRIOR, found.letters, sureness(wide) - sureness(narrow), *wrong)


def losses(seen: Seen, prior: Floats, surer: Floats, doubt: Floats, in_few: Floats) -> tuple[Floats, Floats]:
    """Of a page with each of so many numbers: the share that is wrong, and whether both models read it."""
    odds = seen.odds + prior
    both = np.abs(odds) < doubt + in_few / max(1, seen.letters)
    wide = odds + np.where(both, surer * seen.surer, 0.0) > 0
    return np.where(wide, seen.wide, seen.narrow), both.astype(float)


def main() -> None:
    """Parse the command line, read, scan, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--exact", action="store_true", help="case and signs count")
    arguments = parser.parse_args()
    comparison = Comparison(not arguments.exact, False, not arguments.exact)
    kinds = [list(look(folder, arguments.every, comparison)) for folder in arguments.folders]
    now = (rating._PRIOR, rating._SURER, rating._DOUBT, rating._DOUBT_IN_FEW)
    tried = np.array([now, *itertools.product(*GRID.values())])
    wrong, twice = np.zeros(len(tried)), np.zeros(len(tried))
    fixed = np.zeros(3)
    for pages in kinds:
        for page in pages:
            some, both = losses(page, *tried.T)
            wrong += some / len(pages) / len(kinds)
            twice += both / len(pages) / len(kinds)
            each = np.array([page.narrow, page.wide, min(page.narrow, page.wide)])
            fixed += each / len(pages) / len(kinds)
    print(f"{sum(map(len, kinds))} pages of {len(kinds)} kinds")
    print(f"| {' | '.join(GRID)} | wrong % | read twice % |\n|{'---|' * (len(GRID) + 2)}")
    for k in [0, *(1 + np.argsort(wrong[1:], kind="stable")[:10])]:
        cells = " | ".join(f"{value:g}" for value in tried[k])
        print(f"| {cells} | {100 * wrong[k]:.2f} | {100 * twice[k]:.0f} |")
    for name, value in zip(("narrow", "wide", "better one"), fixed, strict=True):
        print(f"| always the {name} {'| ' * (len(GRID) - 1)}| {100 * value:.2f} | |")


if __name__ == "__main__":
    main()
