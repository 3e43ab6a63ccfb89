"""Many people's pages, with and without transcripts -> characters to train on.

Lines that have a transcript are harvested. Of those that have none, a model reads what it can
(*self-training*; H. Scudder, "Probability of error of some adaptive pattern-recognition machines", IEEE
Transactions on Information Theory 11, 1965), and what it reads surely enough is harvested with that for a
transcript. How sure is enough, lines with a transcript say: there it can be seen how often it is right.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError, ImageError, TranscriptError
from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.pages import Comparison
from ocr_cli.evaluation.transcript_files import read_text
from ocr_cli.evaluation.transcripts import SUFFIX, Transcribed, check_length
from ocr_cli.imaging.load import pictures_in
from ocr_cli.learning.harvest import Harvest, harvest, harvest_rows
from ocr_cli.reader import Reader

LEAST_RIGHT = 0.97
"""Share of the characters that must be right in readings as sure as those that are learned from."""
_FEWEST = 20
"""From fewer lines nothing can be said of how often such readings are right."""
_SAME = Comparison(ignore_case=True, fold=True, alphanumeric=True)


@dataclass(frozen=True, slots=True)
class Collection:
    """Pictures of pages or lines.

    Attributes:
        transcribed: those whose text is known.
        others: those whose text is not.
    """

    transcribed: tuple[Transcribed, ...]
    others: tuple[Path, ...]


def find_collection(paths: Iterable[str | Path]) -> Collection:
    """The pictures at ``paths``.

    Args:
        paths: folders, whose pictures have their text beside them (``NAME.gt.txt`` beside ``NAME.jpg``) or
            not; and CSV files with a column ``file``, names of pictures seen from the CSV file's folder, and
            a column ``text``, which may be empty.

    Raises:
        DataError: if a CSV file lacks the columns, or a text cannot be read.
        ImageError: if a folder cannot be listed, or has no pictures.
    """
    transcribed: list[Transcribed] = []
    others: list[Path] = []
    for path in map(Path, paths):
        if os.path.isdir(path):
            for picture in pictures_in(path):
                beside = picture.with_name(picture.stem + SUFFIX)
                if os.path.isfile(beside):
                    transcribed.append(Transcribed(picture, read_text(beside)))
                else:
                    others.append(picture)
            continue
        for row in _rows(path):
            if row["text"]:
                transcribed.append(Transcribed(path.parent / row["file"], row["text"]))
            else:
                others.append(path.parent / row["file"])
    return Collection(tuple(transcribed), tuple(others))


def collection_files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """The files that ``find_collection`` and whoever learns from them read; raises what that raises."""
    given = [Path(path) for path in paths]
    yield from (path for path in given if not os.path.isdir(path))
    found = find_collection(given)
    for picture in (*(one.picture for one in found.transcribed), *found.others):
        yield picture
        yield picture.with_name(picture.stem + SUFFIX)


def _rows(path: Path) -> list[dict[str, str]]:
    if path.suffix.lower() != ".csv":
        raise DataError(f"{path}: neither a folder of pictures nor a .csv with the columns file and text")
    try:
        rows = list(csv.DictReader(read_text(path).splitlines()))
    except csv.Error as error:
        raise DataError(f"{path}: not a table: {error}") from error
    if not rows or not {"file", "text"} <= rows[0].keys():
        raise DataError(f"{path}: no rows with the columns file and text")
    return [{"file": row["file"] or "", "text": row["text"] or ""} for row in rows]


def harvest_transcribed(
    reader: Reader,
    pages: Sequence[Transcribed],
    on_page: Callable[[Path, Harvest | Exception], None] | None = None,
) -> list[Harvest]:
    """Harvest pages whose text is known; those that cannot be used are left out.

    Args:
        reader: finds the characters.
        pages: what is harvested.
        on_page: is told of each page what it brought, or why it was left out.
    """
    found = []
    for page in pages:
        try:
            one = harvest(reader, page.picture, page.text, str(page.picture))
        except (ImageError, TranscriptError) as error:
            if on_page:
                on_page(page.picture, error)
            continue
        if on_page:
            on_page(page.picture, one)
        found.append(one)
    return found


def sure_enough(reader: Reader, pages: Sequence[Transcribed]) -> float:
    """The least confidence of a line from which on 97 % of the characters are read right.

    Args:
        reader: that reads.
        pages: whose text is known, and which it did not learn from.

    Returns:
        A probability in [0, 1]; infinity if even the surest lines are not so good, or there are not 20.
    """
    readings: list[tuple[float, int, int]] = []
    for page in pages:
        try:
            check_length(page.text, str(page.picture))
            lines = reader.read(page.picture).lines
        except (ImageError, TranscriptError):
            continue
        texts = [_letters(line) for line in page.text.splitlines()]
        for line in lines:
            read = _letters(line.text)
            wrong = min(sum(a != b for a, b in align(text, read)) for text in [*texts, ""])
            readings.append((line.confidence, wrong, len(read)))
    readings.sort(reverse=True)
    least, errors, characters = math.inf, 0, 0
    for count, (confidence, wrong, length) in enumerate(readings, 1):
        errors, characters = errors + wrong, characters + length
        if count >= _FEWEST and errors <= (1 - LEAST_RIGHT) * characters:
            least = confidence
    return least


def harvest_read(
    reader: Reader,
    pictures: Sequence[Path],
    least: float,
    on_page: Callable[[Path, Harvest | Exception], None] | None = None,
) -> list[Harvest]:
    """Harvest pictures without a transcript by what is read on them surely enough.

    Args:
        reader: reads, and finds the characters.
        pictures: what is harvested.
        least: confidence of a line from which on it is believed.
        on_page: is told of each page what it brought, or why it brought nothing.
    """
    found = []
    for picture in pictures:
        try:
            lines = reader.read(picture).lines
            text = "\n".join(line.text for line in lines if line.confidence >= least)
            if not text:
                raise TranscriptError(f"{picture}: nothing on it is read surely enough")
            one = harvest_rows(reader.rows(picture), text, str(picture))
        except (ImageError, TranscriptError) as error:
            if on_page:
                on_page(picture, error)
            continue
        if on_page:
            on_page(picture, one)
        found.append(one)
    return found


def join_harvests(harvests: Sequence[Harvest], name: str) -> Dataset:
    """All samples as one set in which each page counts as a writer of its own.

    Raises:
        DataError: if there are none.
    """
    samples = [(number, one) for number, harvest in enumerate(harvests) for one in harvest.samples]
    if not samples:
        raise DataError(f"{name}: no characters harvested")
    return Dataset(
        np.stack([one.crop for _, one in samples]),
        np.array([one.label for _, one in samples], "<U1"),
        np.array([number for number, _ in samples], np.int64),
        name,
    )


def _letters(text: str) -> str:
    return "".join(_SAME.reduce(text).split())
