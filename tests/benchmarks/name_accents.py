"""How well are the accents of scanned name lines read, each line by another person?

    python tests/benchmarks/name_accents.py DATA [--language fr] [--language any] [--model auto] [--list]

DATA has ``names/labelled`` and ``names/unlabelled``. ``models/name_accents.csv`` gives the text of some two
hundred lines with accents and some hundred without, most of these with dots on their capital I, as they were
seen by eye: what may be one mark or another is not among them, nor is a flat one. The letters of many of the
lines have been learned from, none of their marks.

Read are the lines as they are read without options, and in each of the languages. Case and all that is no
letter do not count; where print stands above or below the name, the row counts that is most like it. Printed
are how many lines are wholly right, and how many of their characters are wrong, with their accents and
without; of each mark, on letters that are themselves right, how many are found, and how many of those that
are read are there; and how many accents are read on the lines that have none.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from accents import Marks, bare

from ocr_cli.alphabet import without_mark
from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.pages import Comparison
from ocr_cli.model_store import shipped_file
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

Read = tuple[str, str]
"""What is written on a line, and what was read of its picture."""
_COMPARED = Comparison(ignore_case=True, alphanumeric=True)


class Line(NamedTuple):
    """A picture and the name on it, with its accents."""

    picture: Path
    text: str


class Score(NamedTuple):
    """What became of some lines.

    Attributes:
        lines: how many there are.
        right: of them, wholly.
        right_bare: likewise, accents left out.
        characters: that are written.
        wrong: lost, mistaken or invented.
        wrong_bare: likewise, accents left out.
        marks: of letters that are themselves right.
        plain: lines without accents.
        invented: accents read on these.
        invented_on: how many of these have one.
    """

    lines: int
    right: int
    right_bare: int
    characters: int
    wrong: int
    wrong_bare: int
    marks: Marks
    plain: int
    invented: int
    invented_on: int


def lines(data: Path) -> list[Line]:
    """The lines of ``models/name_accents.csv`` whose pictures are there."""
    with shipped_file("name_accents.csv").open(encoding="utf-8", newline="") as file:
        found = [
            Line(data / "names" / part / row["file"], row["text"])
            for row in csv.DictReader(file)
            for part in ("labelled", "unlabelled")
        ]
    return [line for line in found if line.picture.exists()]


def letters(text: str) -> str:
    """What counts of a text."""
    return _COMPARED.reduce(text).replace(" ", "").replace("\n", "")


def errors(true: str, said: str) -> int:
    """How many characters are lost, mistaken or invented."""
    return sum(one != other for one, other in align(true, said))


def name_in(said: str, true: str) -> str:
    """The row of what was read that is most like the name, accents or not: what counts of it."""
    rows = [letters(row) for row in said.splitlines()]
    return min(rows, key=lambda row: errors(bare(true), bare(row)), default="")


def accents_of(text: str) -> int:
    """How many letters have a mark."""
    return sum(without_mark(one)[1] is not None for one in text)


def score(read: Iterable[Read]) -> Score:
    """Count what is right and what is wrong."""
    pairs = [(letters(text), name_in(said, letters(text))) for text, said in read]
    marks = Marks()
    for true, said in pairs:
        right = [
            (one, other)
            for one, other in align(true, said)
            if one is not None and other is not None and bare(one) == bare(other)
        ]
        marks.add("".join(one for one, _ in right), "".join(other for _, other in right))
    plain = [accents_of(said) for true, said in pairs if not accents_of(true)]
    return Score(
        len(pairs),
        sum(true == said for true, said in pairs),
        sum(bare(true) == bare(said) for true, said in pairs),
        sum(len(true) for true, _ in pairs),
        sum(errors(true, said) for true, said in pairs),
        sum(errors(bare(true), bare(said)) for true, said in pairs),
        marks,
        len(plain),
        sum(plain),
        sum(map(bool, plain)),
    )


def print_scores(scores: Sequence[tuple[str, Score]]) -> None:
    """The table of lines and characters, and for each way of reading that of the marks."""
    print("| read with | lines | right | but for accents | wrong characters | but for accents | invented |")
    print("|---|---|---|---|---|---|---|")
    for name, one in scores:
        print(
            f"| {name} | {one.lines} | {one.right / one.lines:.1%} | {one.right_bare / one.lines:.1%} "
            f"| {one.wrong / one.characters:.2%} | {one.wrong_bare / one.characters:.2%} "
            f"| {one.invented_on} of {one.plain} lines: {one.invented} |"
        )
    for name, one in scores:
        print(f"\n{name}\n\n| mark | there | found | read | read rightly |\n|---|---|---|---|---|")
        for mark in sorted(one.marks.there | one.marks.read, key=lambda each: -one.marks.there[each]):
            _print_mark(mark, one.marks.there[mark], one.marks.read[mark], one.marks.both[mark])
        there, read, both = (
            sum(counts.values()) for counts in (one.marks.there, one.marks.read, one.marks.both)
        )
        _print_mark("all", there, read, both)


def _print_mark(name: str, there: int, read: int, both: int) -> None:
    found, rightly = (f"{both / count:.1%}" if count else "-" for count in (there, read))
    print(f"| {name} | {there} | {found} | {read} | {rightly} |")


def main() -> None:
    """Parse the command line, read and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--language", action="append", default=[], help="read in it, too; several times")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--list", action="store_true", help="print what is misread")
    arguments = parser.parse_args()
    found = lines(arguments.data)
    if not found:
        print(f"left out: {arguments.data} has none of the name lines")
        return
    scores: list[tuple[str, Score]] = []
    for language in [None, *arguments.language]:
        name = f"--language {language}" if language else "no options"
        options = ReadOptions(language=language) if language else ReadOptions()
        reader = Reader(arguments.model, options)
        read = [(line.text, reader.read(line.picture).text) for line in found]
        scores.append((name, score(read)))
        if arguments.list:
            for line, (text, said) in zip(found, read, strict=True):
                if letters(text) != name_in(said, letters(text)):
                    print(f"{name}\t{line.picture.name}\t{text}\t{said!r}")
    print_scores(scores)


if __name__ == "__main__":
    main()
