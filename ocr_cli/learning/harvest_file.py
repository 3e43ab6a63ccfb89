"""Harvested characters as DATA of ``ocr train``: one ``.npz``, or a folder with a sub-folder a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ocr_cli.alphabet import CAPITALS, DIGITS
from ocr_cli.errors import TranscriptError
from ocr_cli.files import atomic_write, make_folder
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


def save_folders(folder: str | Path, harvests: Sequence[Harvest]) -> None:
    """Write each character as a PNG of 32 x 32 pixels, dark on light, into the sub-folder of its class.

    The sub-folder of a capital or digit is called like it, that of any other by its code, as ``0x61``: small
    letters and capitals are told apart on every computer. What is there already stays, but for files of the
    same names, which say from which page and line a character is.

    Raises:
        OutputError: if a file cannot be written.
    """
    root = Path(folder)
    names = _page_names(harvests)
    for name, harvest in zip(names, harvests, strict=True):
        for number, sample in enumerate(harvest.samples, 1):
            of_class = root / class_folder(sample.label)
            make_folder(of_class)
            with atomic_write(of_class / f"{name}-{sample.line + 1}-{number}.png") as file:
                Image.fromarray(255 - sample.crop).save(file, "PNG")


def class_folder(label: str) -> str:
    """What the sub-folder of a class is called."""
    return label if label in CAPITALS + DIGITS else f"0x{ord(label):02x}"


def _page_names(harvests: Sequence[Harvest]) -> list[str]:
    """Names of pages without folder and ending; where several are called alike, further ones are numbered."""
    counts: Counter[str] = Counter()
    names = []
    for harvest in harvests:
        name = Path(harvest.page).stem
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name}-{counts[name]}")
    return names
