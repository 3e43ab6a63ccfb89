"""``ocr train --pages``: characters to train on from pages and lines, with and without transcripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocr_cli.cli.console import Loudness, detail, loudness, note
from ocr_cli.errors import DataError

if TYPE_CHECKING:
    from ocr_cli.datasets.dataset import Dataset
    from ocr_cli.learning.harvest import Harvest


def page_data(
    pages: tuple[str, ...],
    data: tuple[str, ...],
    *,
    model: str,
    lexicon: str | None,
    self_train: bool,
    classes: str | None,
    validation: float,
    seed: int,
) -> tuple[Dataset, Dataset | None]:
    """The samples to learn from and those held out: whole pages with transcripts.

    Args:
        pages: folders and CSV files of pictures.
        data: sets of single characters to learn from as well.
        model: what finds the characters on the pages, and reads those without transcripts.
        lexicon: file of words to expect on those.
        self_train: whether those are used.
        classes: characters to keep; all if None.
        validation: share of the pages with transcripts to hold out.
        seed: of the choice.

    Raises:
        DataError: if there is nothing to learn from.
        ModelFileError: if the model cannot be used.
    """
    import numpy as np

    from ocr_cli.datasets.dataset import concatenate
    from ocr_cli.learning.collection import (
        find_collection,
        harvest_read,
        harvest_transcribed,
        join_harvests,
        sure_enough,
    )
    from ocr_cli.options import ReadOptions
    from ocr_cli.reader import Reader
    from ocr_cli.training.recipe import load_samples

    found = find_collection(pages)
    if not found.transcribed:
        raise DataError(
            f"{', '.join(pages)}: no picture has a transcript; some lines must have one",
            hint="the text of a.jpg belongs into a.gt.txt",
        )
    order = np.random.default_rng(seed).permutation(len(found.transcribed))
    held = round(validation * len(order))
    back, own = ([found.transcribed[k] for k in part] for part in (order[:held], order[held:]))
    reader = Reader(model, ReadOptions(lexicon=lexicon))
    name = " + ".join(Path(path).name for path in pages)
    with _Watch("pages with transcripts", len(order)) as watch:
        harvests = harvest_transcribed(reader, own, watch)
        held_out = harvest_transcribed(reader, back, watch)
    if self_train and found.others:
        least = sure_enough(reader, back)
        note(f"lines read with a confidence of {least:.3f} and more are believed")
        with _Watch("pages without", len(found.others)) as watch:
            harvests += harvest_read(reader, found.others, least, watch)
    elif found.others:
        note(f"{len(found.others)} pictures have no transcript; --self-train would learn from them, too")
    training = join_harvests(harvests, name)
    if data:
        training = concatenate([training, load_samples(data, None, seed)])
    validated = join_harvests(held_out, name) if held_out else None
    if classes is not None:
        training = training.select(np.isin(training.labels, list(classes)))
        if validated is not None:
            validated = validated.select(np.isin(validated.labels, list(classes)))
    return training, validated


class _Watch:
    """Counts the pages, with a bar on a terminal, and says in the end what they brought."""

    def __init__(self, what: str, pages: int) -> None:
        self._what = what
        self._pages = self._used = self._characters = 0
        terminal = sys.stderr is not None and sys.stderr.isatty() and loudness() is not Loudness.QUIET
        self._bar = click.progressbar(length=pages, label=what, file=sys.stderr) if terminal else None

    def __enter__(self) -> _Watch:
        return self

    def __call__(self, picture: Path, brought: Harvest | Exception) -> None:
        self._pages += 1
        if isinstance(brought, Exception):
            detail(str(brought))
        else:
            self._used += 1
            self._characters += len(brought.samples)
        if self._bar:
            self._bar.update(1)

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.render_finish()
        note(f"{self._what}: {self._characters} characters from {self._used} of {self._pages}")
