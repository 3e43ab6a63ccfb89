"""The tables of README and docs, made of what ``figures.py`` measured.

A table stands between ``<!-- figures: NAME -->`` and ``<!-- end of figures -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from figure_sets import ROOT, Tally

from ocr_cli.files import atomic_write

Measured: TypeAlias = dict[str, Any]

PAGES = (ROOT / "README.md", ROOT / "docs" / "accuracy.md")
PEERS = ("PP-OCRv6 small", "Tesseract")
_TABLE = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)
_MEASURED_ON = (
    ("notes", "capitals", "notes in capitals"),
    ("notes", "mixed", "notes in separate letters, capital and small"),
    ("notes", "digits", "digits, sums, lists of numbers"),
    ("notes", "words", "notes in words, partly joined"),
    ("notes", "hard", "hard notes"),
    ("capital_pages", "capital pages", "pages in capitals (A-Z, 0-9)"),
    ("mixed_pages", "mixed pages", "pages in separate letters"),
    ("names", "name lines", "lines of names in capitals"),
    ("writein", "words of one person", "photographed words of one person"),
    ("cases", "hard circumstances", "hard circumstances (drawn; look-alikes as one)"),
)
"""Set, kind, and how tables call it."""
_SHORT = {"capitals", "mixed", "digits", "words", "capital pages", "name lines"}


def wrong(reader: Measured, set_name: str, kind: str) -> float | None:
    """Per cent of the characters that a reader got wrong; None if that was not measured."""
    tally = _tally(reader, set_name, kind)
    return None if tally is None or not tally.characters else 100 * tally.errors / tally.characters


def readme(report: Measured, peers: Measured) -> Iterator[str]:
    """The few that stand in the README."""
    yield from _head("wrong characters, %")
    for set_name, kind, title in _MEASURED_ON:
        if kind in _SHORT:
            yield _row(title, [_shown(wrong(r, set_name, kind)) for r in _columns(report, peers)])
    yield _row(
        "fields of forms read wholly right, %",
        [_shown(_right(r, "forms", "written fields")) for r in _columns(report, peers)],
    )
    yield _row(
        "processor seconds for a sample page",
        [_shown(r.get("seconds_of_a_process"), 2) for r in _columns(report, peers)],
    )


def everything(report: Measured, peers: Measured) -> Iterator[str]:
    """All sets and kinds, with how many pictures and characters they have."""
    yield "| wrong characters, % | pictures | characters | ocr | " + " | ".join(PEERS) + " |"
    yield "|---|---|---|---|" + "---|" * len(PEERS)
    for set_name, kind, title in _MEASURED_ON:
        tally = _tally(report, set_name, kind)
        if tally is not None:
            counts = [str(tally.pictures), f"{tally.characters:,}"]
            yield _row(title, [*counts, *(_shown(wrong(r, set_name, kind)) for r in _columns(report, peers))])


def whole(report: Measured, peers: Measured) -> Iterator[str]:
    """How many pictures, and fields of forms, are read without any error."""
    yield "| read without any error | of | ocr | " + " | ".join(PEERS) + " |"
    yield "|---|---|---|" + "---|" * len(PEERS)
    forms = (
        ("forms", "written fields", "written fields of forms"),
        ("forms", "empty fields", "empty fields of forms (told so)"),
    )
    for set_name, kind, title in (*_MEASURED_ON, *forms):
        tally = _tally(report, set_name, kind)
        if tally is not None:
            counts = [_tally(r, set_name, kind) for r in _columns(report, peers)]
            yield _row(
                title, [str(tally.pictures), *("\u2013" if c is None else str(c.right) for c in counts)]
            )


def speed(report: Measured, peers: Measured) -> Iterator[str]:
    """Processor seconds."""
    yield from _head("processor seconds")
    processes = [_shown(r.get("seconds_of_a_process"), 2) for r in _columns(report, peers)]
    yield _row("a sample page, program start included", processes)
    notes = [r.get("sets", {}).get("notes", {}).get("seconds") for r in _columns(report, peers)]
    yield _row("a further note, in a batch (Tesseract: a process each)", [_shown(n, 2) for n in notes])


def origin(report: Measured, peers: Measured) -> Iterator[str]:
    """Who measured what, with what."""
    for name, reader in (("ocr", report), *((name, peers.get(name, {})) for name in PEERS)):
        if reader:
            days = sorted({one["measured"] for one in reader["sets"].values()})
            at = f", commit {reader['commit']}" if reader.get("commit") else ""
            span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
            yield f"- **{name}**: {reader['about']}{at}; {span}, {reader['machine']}."


TABLES: dict[str, Callable[[Measured, Measured], Iterator[str]]] = {
    table.__name__: table for table in (readme, everything, whole, speed, origin)
}


def filled(text: str, report: Measured, peers: Measured) -> str:
    """A page with its tables as they should be.

    Raises:
        KeyError: if it has a table that there is not.
    """

    def table(found: re.Match[str]) -> str:
        lines = "".join(f"{line}\n" for line in TABLES[found[2]](report, peers))
        return f"{found[1]}\n{lines}\n{found[3]}"

    return _TABLE.sub(table, text)


def write(report: Measured, peers: Measured) -> list[Path]:
    """Put the tables into their pages; those that changed."""
    changed = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        new = filled(text, report, peers)
        if new != text:
            with atomic_write(path, "w") as file:
                file.write(new)
            changed.append(path)
    return changed


def _columns(report: Measured, peers: Measured) -> list[Measured]:
    return [report, *(peers.get(name, {}) for name in PEERS)]


def _tally(reader: Measured, set_name: str, kind: str) -> Tally | None:
    found = reader.get("sets", {}).get(set_name, {}).get("kinds", {}).get(kind)
    return None if found is None else Tally(**found)


def _right(reader: Measured, set_name: str, kind: str) -> float | None:
    tally = _tally(reader, set_name, kind)
    return None if tally is None else 100 * tally.right / tally.pictures


def _head(title: str) -> Iterator[str]:
    yield f"| {title} | ocr | " + " | ".join(PEERS) + " |"
    yield "|---|---|" + "---|" * len(PEERS)


def _row(title: str, cells: list[str]) -> str:
    return f"| {title} | " + " | ".join(cells) + " |"


def _shown(number: float | None, places: int = 1) -> str:
    return "\u2013" if number is None else f"{number:.{places}f}"
