"""Are the rows of a page found, whole and in order?

    python tests/benchmarks/rows.py [--pages N] [--first N] [--kind KIND]... [--verbose]

Draws pages of every kind of ``drawn_pages`` and reads them. A line is found if a read line holds all of its
letters and none of another; it is in order if it is found right after the line before it (the first: at the
top). The error rates are those of look-alikes folded, without white space and with spaces and line breaks.
"""

from __future__ import annotations

import argparse
import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import drawn_pages
from PIL import Image

from ocr_cli.datasets.paper import photograph
from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.page import Page
from ocr_cli.reader import Reader

COMPARISON = Comparison(ignore_case=True, fold=True, alphanumeric=True)


@dataclass(frozen=True)
class Found:
    """How many lines were drawn, found, and found in order; and how the text was read."""

    lines: int
    whole: int
    in_order: int
    score: PageScore

    def __add__(self, other: Found) -> Found:
        return Found(
            self.lines + other.lines,
            self.whole + other.whole,
            self.in_order + other.in_order,
            self.score + other.score,
        )


def compare(drawn: drawn_pages.DrawnPage, page: Page) -> Found:
    """What a page shows of what was drawn."""
    owners = []
    for line in page.lines:
        seen = set()
        for character in (character for word in line.words for character in word.characters):
            x, y = (
                (character.box.left + character.box.right) / 2,
                (character.box.top + character.box.bottom) / 2,
            )
            seen |= {
                (row, k)
                for row, letters in enumerate(drawn.lines)
                for k, (_, box) in enumerate(letters)
                if box.left <= x < box.right and box.top <= y < box.bottom
            }
        owners.append(seen)
    places = []
    for row, letters in enumerate(drawn.lines):
        every = {(row, k) for k in range(len(letters))}
        # A letter read as none, or two as one, is no fault of the row.
        holding = [n for n, seen in enumerate(owners) if 2 * len(seen & every) > len(every)]
        whole = [
            n
            for n in holding
            if len(owners[n] & every) >= len(every) - max(1, len(every) // 10)
            and all(other == row for other, _ in owners[n])
            and not any(owners[m] & every for m in range(len(owners)) if m != n)
        ]
        places.append(whole[0] if whole else None)
    in_order = sum(
        place is not None and (place == 0 if row == 0 else places[row - 1] == place - 1)
        for row, place in enumerate(places)
    )
    whole_lines = sum(place is not None for place in places)
    return Found(len(places), whole_lines, in_order, score_page(drawn.text, page.text, COMPARISON))


_reader = functools.cache(Reader)
"""One reader in each process."""


def examine(kind: str, number: int) -> tuple[Found, str, str]:
    """Draw a page, read it; how it went, the truth and what was read."""
    drawn = drawn_pages.draw(kind, number)
    page = _reader().read(Image.fromarray(photograph(drawn.ink, seed=number)))
    return compare(drawn, page), drawn.text, page.text


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=10, help="of each kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--kind", action="append", choices=list(drawn_pages.KINDS))
    parser.add_argument("--verbose", action="store_true", help="print the pages with faults")
    arguments = parser.parse_args()
    kinds = arguments.kind or list(drawn_pages.KINDS)
    numbers = range(arguments.first, arguments.first + arguments.pages)
    print("| pages | lines | found % | in order % | errors % | with spaces % |\n|---|---|---|---|---|---|")
    total = Found(0, 0, 0, NOTHING)
    with ProcessPoolExecutor() as pool:
        for kind in kinds:
            results = list(pool.map(functools.partial(examine, kind), numbers))
            found = sum((result for result, _, _ in results), Found(0, 0, 0, NOTHING))
            total += found
            _print(kind, found)
            for number, (result, truth, read) in zip(numbers, results, strict=True):
                if arguments.verbose and result.in_order < result.lines:
                    print(
                        f"--- {kind} {number}: {result.in_order} of {result.lines}\n{truth}--- read\n{read}"
                    )
    _print("together", total)


def _print(name: str, found: Found) -> None:
    shares = (found.whole / found.lines, found.in_order / found.lines)
    rates = (found.score.characters.share, found.score.characters_and_spaces.share)
    figures = " | ".join(f"{100 * value:.1f}" for value in (*shares, *rates))
    print(f"| {name} | {found.lines} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
