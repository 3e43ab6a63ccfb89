"""Strips of scanned lines, which a reader that there is already reads surely, or as they are labelled.

What is drawn is cleaner than what scanners see: here are cut captions, faint pens, and thousands of hands.
The lines are names in capitals (``data/names``), read with the list of such names; the network that learns
from them is not asked. What is surely read is read well already: these strips teach ink rather than texts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ocr_cli.datasets.strips import Example, whole_row
from ocr_cli.errors import OcrError
from ocr_cli.imaging.load import load_picture
from ocr_cli.model_store import shipped_file
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader
from ocr_cli.segmentation.known import find_known_layout

_SURE = 0.9
"""Least confidence of a line without a label."""
_FEWEST = 3
"""Characters of such a line at least."""
_FRAMES = 1.5
"""Fewest frames a character: others are cut off."""


class Lines(NamedTuple):
    """Pictures of single lines.

    Attributes:
        paths: of the pictures.
        labels: by the file's name, where there is one.
        names: a list of the words that may be in them, in capitals.
    """

    paths: list[Path]
    labels: dict[str, str]
    names: Path


def lines_of(data: Path) -> Lines | None:
    """The lines that may be learned from; None if there are none.

    Not those of the validation part, nor those whose accents ``models/name_accents.csv`` lists for a test.

    Args:
        data: folder with ``names/``.
    """
    folder = data / "names"
    table = folder / "labels.csv"
    if not table.exists():
        return None
    with table.open(newline="", encoding="utf-8") as file:
        labels = {row["file"]: row["text"] for row in csv.DictReader(file) if row["part"] == "training"}
    with shipped_file("name_accents.csv").open(newline="", encoding="utf-8") as file:
        tested = {row["file"] for row in csv.DictReader(file)}
    paths = [folder / "labelled" / name for name in sorted(labels)] + sorted(
        (folder / "unlabelled").glob("*")
    )
    return Lines([path for path in paths if path.name not in tested], labels, folder / "lexicon.txt")


def real_strips(lines: Lines) -> Iterator[Example]:
    """The strips of those lines whose text is known surely enough."""
    reader = Reader(shipped_file("block.npz"), ReadOptions(lexicon=lines.names))
    listed = set(lines.names.read_text(encoding="utf-8").upper().split())
    for path in lines.paths:
        text = _text(reader, path, lines.labels.get(path.name), listed)
        if text is None:
            continue
        strip = whole_row(find_known_layout(load_picture(path).pixels, "line"))
        if strip is not None and strip.frames >= _FRAMES * len(text) + 1:
            yield Example(strip.ink, text, "name")


def _text(reader: Reader, path: Path, label: str | None, listed: set[str]) -> str | None:
    """What is written in a line; None if that is not sure."""
    try:
        page = reader.read(path)
    except OcrError:
        return None
    if len(page.lines) != 1:
        return None
    text = " ".join(page.lines[0].text.upper().split())
    if label is not None:
        return text if _letters(text) == _letters(label.upper()) else None
    words = [word for word in re.split(r"[\s-]+", text) if word]
    sure = page.lines[0].confidence > _SURE and set(words) <= listed
    return text if sure and len(_letters(text)) >= _FEWEST else None


def _letters(text: str) -> str:
    return re.sub("[^A-Z]", "", text)
