"""Harvested characters in one ``.npz`` that ``ocr train`` takes as DATA."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ocr_cli.errors import TranscriptError
from ocr_cli.files import atomic_write
from ocr_cli.learning.harvest import Harvest


def save_harvest(path: str | Path, harvests: Sequence[Harvest]) -> None:
    """Write what pages brought, whole or not at all.

    The arrays: ``images`` uint8 (N, 32, 32), ink 255 on 0; ``labels`` <U1 (N,); ``page`` int (N,), places in
    ``page_names``; ``line`` int (N,), of the page's transcript, from 0; ``box`` int (N, 4), left, top, right,
    bottom in pixels of the picture; ``score`` float32 (N,), probability in [0, 1] that the character lies
    there; ``likelihood`` float32 (N,), what the network that harvested gave its label.

    Raises:
        OutputError: if the file cannot be written.
        TranscriptError: if there are no characters.
    """
    samples = [(number, one) for number, harvest in enumerate(harvests) for one in harvest.samples]
    if not samples:
        raise TranscriptError(
            "no characters harvested", hint="more pages, or better legible ones, bring more"
        )
    with atomic_write(path) as file:
        np.savez_compressed(
            file,
            images=np.stack([one.crop for _, one in samples]),
            labels=np.array([one.label for _, one in samples], "<U1"),
            page=np.array([number for number, _ in samples]),
            page_names=np.array([harvest.page for harvest in harvests]),
            line=np.array([one.line for _, one in samples]),
            box=np.array([[one.box.left, one.box.top, one.box.right, one.box.bottom] for _, one in samples]),
            score=np.array([one.score for _, one in samples], np.float32),
            likelihood=np.array([one.likelihood for _, one in samples], np.float32),
        )
