"""The pictures that ``figures.py`` has read, with what is written on them, and what counts as the same."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from ocr_cli.alphabet import fold
from ocr_cli.evaluation.alignment import align

ROOT = Path(__file__).resolve().parents[2]
Sides: TypeAlias = tuple[int, int, int, int]
Strictness: TypeAlias = Literal["exact", "letters", "folded"]
"""What counts: case and signs as well; letters A-Z and digits alone; these, with look-alikes for the same."""

_TYPOGRAPHIC = str.maketrans(
    dict(zip("\u2018\u2019\u201c\u201d\u2013\u2014\u2212\u00d7", "''\"\"---x", strict=True))
)
"""Quotes, dashes and crosses count as those that are on a keyboard."""
_CAPITALS = (
    "cmu_01_list",
    "cmu_02_letters",
    "cmu18752_alphabet_black",
    "nist_hsf_form1_upper_crop",
    "pangram_author0_upper_crop",
    "pyimg_hello_world",
    "pyimg_umbc_zipcode",
    "writein_alphabet_line",
    "writein_george_washington",
    "writein_john_cage",
)
_MIXED = (
    "graph_ink",
    "hubert_abc",
    "jim_dream_tablet",
    "jim_rapid_progress",
    "jim_schrodinger",
    "pangram_author0",
    "rocketbook_page",
    "writein_matt_coffey_mixed",
)
_UNWRITTEN = ("choice", "check")


@dataclass(frozen=True)
class Field:
    """Of a form: where it is, in pixels, and what is written in it."""

    name: str
    kind: str
    box: Sides
    cells: int | None
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A picture that is read.

    Attributes:
        kind: under which it is counted.
        picture: its file.
        truth: what is written on it; of a form nothing.
        shows: a page, or a single row.
        fields: of a form.
    """

    kind: str
    picture: Path
    truth: str
    shows: Literal["page", "line"] = "page"
    fields: tuple[Field, ...] = ()


@dataclass
class Tally:
    """Counts of one kind; of forms, a unit is a field instead of a picture."""

    pictures: int = 0
    right: int = 0
    characters: int = 0
    errors: int = 0

    def add(self, truth: str, read: str) -> None:
        """Count one more text; both as ``comparable`` makes them."""
        wrong = sum(a != b for a, b in align(truth, read))
        self.pictures += 1
        self.right += not wrong
        self.characters += len(truth)
        self.errors += wrong


def comparable(text: str, strictness: Strictness) -> str:
    """What of a text counts; white space never does."""
    text = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHIC)
    if strictness != "exact":
        text = re.sub("[^A-Z0-9]", "", text.upper())
    return "".join((fold(text) if strictness == "folded" else text).split())


def _pages(folder: Path, kind_of: Callable[[str], str | None]) -> Iterator[Case]:
    """The pictures of a folder that have a transcript and a kind."""
    for truth in sorted(folder.glob("*.gt.txt")):
        name = truth.name.removesuffix(".gt.txt")
        kind = kind_of(name)
        pictures = [p for p in sorted(folder.glob(f"{name}.*")) if p.suffix in {".jpg", ".jpeg", ".png"}]
        if kind and pictures:
            yield Case(kind, pictures[0], truth.read_text(encoding="utf-8"))


def samples(data: Path) -> Iterator[Case]:
    """The sample pages of this repository, wherever the data are."""
    yield from _pages(ROOT / "samples", lambda name: "samples")


def notes(data: Path) -> Iterator[Case]:
    """Photographs and scans of notes, by kind."""
    with open(data / "notes" / "notes.csv", encoding="utf-8", newline="") as file:
        kinds = {Path(row["name"]).stem: row["kind"] for row in csv.DictReader(file)}
    yield from _pages(data / "notes", kinds.get)


def capitals(data: Path) -> Iterator[Case]:
    """Pages in capitals."""
    yield from _pages(data / "pages", lambda name: "capital pages" if name in _CAPITALS else None)


def mixed(data: Path) -> Iterator[Case]:
    """Pages in separate letters of both cases."""
    yield from _pages(data / "pages", lambda name: "mixed pages" if name in _MIXED else None)


def names(data: Path) -> Iterator[Case]:
    """Lines of names, each by another person."""
    with open(data / "names" / "labels.csv", encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["part"] == "validation"]
    for row in [r for r in rows if r["printed_caption"] == r["ink_at_edge"] == "0"]:
        yield Case("name lines", data / "names" / "labelled" / row["file"], row["text"], "line")


def writein(data: Path) -> Iterator[Case]:
    """Words by one person, each cut out of a photograph."""
    for case in _pages(data / "writein", lambda name: "words of one person"):
        yield replace(case, shows="line")


def cases(data: Path) -> Iterator[Case]:
    """Hard circumstances: boxes, rules, shadows, pages on their side."""
    yield from _pages(data.parent / "cases", lambda name: "hard circumstances")


def forms(data: Path) -> Iterator[Case]:
    """Filled forms: fields with writing, and empty ones."""
    for path in sorted((data / "forms").glob("*.fields.json")):
        form = json.loads(path.read_text(encoding="utf-8"))
        fields = tuple(
            Field(f["name"], f["kind"], tuple(f["box"]), f["cells"], (f["text"], *f.get("also", ())))
            for f in form["fields"]
            if f["kind"] not in _UNWRITTEN
        )
        if fields and "_blank" not in path.name:
            yield Case("forms", path.parent / form["image"], "", fields=fields)


SETS: dict[str, tuple[Callable[[Path], Iterator[Case]], Strictness]] = {
    "samples": (samples, "exact"),
    "notes": (notes, "exact"),
    "capital_pages": (capitals, "letters"),
    "mixed_pages": (mixed, "exact"),
    "names": (names, "letters"),
    "writein": (writein, "letters"),
    "cases": (cases, "folded"),
    "forms": (forms, "exact"),
}
"""Each set by its name: its pictures, and what counts on them."""


def field_text(text: str, kind: str) -> str:
    """What of a field's text counts: neither case nor white space; of dates no signs."""
    text = comparable(text.upper(), "exact")
    return re.sub("[^A-Z0-9]", "", text) if kind == "date" else text
