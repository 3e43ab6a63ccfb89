"""The characters that the shipped models learn from and are tested on, and who of them is held out.

``models/held_out.json`` names, once and for all, the writers of each training set whose characters are never
trained on; where nobody noted the writers, the places of single characters in their file.
``models/doubtful.csv`` lists the characters whose label is likely wrong, found with ``models/train.py
--doubtful``: they are not trained on either.
"""

from __future__ import annotations

import csv
import functools
import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.strokes import StrokeVariation, load_strokes
from ocr_cli.lattice.crop import crop_ink
from ocr_cli.model_store import shipped_file

HELD_OUT = shipped_file("held_out.json")
DOUBTFUL = shipped_file("doubtful.csv")
UNSEEN = (
    *("characters/nist26.npz", "characters/cmu18752.npz", "characters/kishieel.npz"),
    *("characters/mingyanying.npz", "characters/mutikara.npz", "characters/ateam.npz"),
    *("characters/choice.npz", "characters/varzero.npz", "characters/tessalonica.npz"),
    *("characters/param.npz", "characters/binaryalphadigs.npz", "strokes/digilets.npz"),
    *("strokes/chars74k_trj.npz", "strokes/crohme.npz"),
)
"""Sets that are only tested on."""
REDRAWN = {"unipen": 2}
"""Sets of pen strokes that are drawn so many times more, with strokes that vary."""


@dataclass(frozen=True, eq=False)
class Source:
    """One file's characters of the classes asked for.

    Attributes:
        dataset: their crops and labels.
        held_out: bool (N,), whether never to train on them.
        rows: int (N,), their places in the file.
        redrawn: crops uint8 (K, N, 32, 32), the same characters drawn again with varied strokes; K may be 0.
    """

    dataset: Dataset
    held_out: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.int64]
    redrawn: npt.NDArray[np.uint8]


def load(path: Path, classes: str, seed: int, *, redraw: bool = True) -> Source:
    """Read one file of ``characters/`` or ``strokes/``; ``redraw``: as often as ``REDRAWN`` says."""
    wanted = [ord(text) for text in classes]
    with np.load(path, allow_pickle=False) as file:
        names, writers = file["writer_names"], file["writer"]
        rows = np.flatnonzero(np.isin(file["labels"], wanted))
        texts = np.array([chr(code) for code in file["labels"]], "<U1")
        if path.parent.name == "strokes":
            starts = file["stroke_off"][file["char_off"]]
            rows = rows[starts[rows + 1] > starts[rows]]
            again = range(1, 1 + redraw * REDRAWN.get(path.stem, 0))
            crops = load_strokes(path, classes, seed).images
            redrawn = [load_strokes(path, classes, seed + k, StrokeVariation()).images for k in again]
        else:
            images = file["images"]
            rows = rows[images[rows].any(axis=(1, 2))]
            crops = np.stack([crop_ink(image / np.float32(255)) for image in images[rows]])
            redrawn = []
    dataset = Dataset(crops, texts[rows], writers[rows].astype(np.int64), path.stem)
    more = np.stack(redrawn) if redrawn else np.zeros((0, *crops.shape), np.uint8)
    return Source(dataset, _held_out(path.stem, rows, names[writers[rows]]), rows, more)


def load_all(
    root: Path, names: Sequence[str], classes: str, seed: int, *, redraw: bool = True
) -> dict[str, Source]:
    """The sources ``root / name`` by their file's name without suffix."""
    paths = [root / name for name in names]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        loaded = pool.map(functools.partial(load, classes=classes, seed=seed, redraw=redraw), paths)
        return {path.stem: source for path, source in zip(paths, loaded, strict=True)}


def _held_out(name: str, rows: npt.NDArray[np.int64], writers: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    entry = json.loads(HELD_OUT.read_text()).get(name, {})
    return np.isin(writers, entry.get("writers", [])) | np.isin(rows, entry.get("samples", []))


def doubtful_rows(name: str) -> list[int]:
    """The places in its file of a set's characters that ``doubtful.csv`` lists."""
    with DOUBTFUL.open(newline="") as file:
        return [int(row["row"]) for row in csv.DictReader(file) if row["set"] == name]


def signatures(crops: npt.NDArray[np.uint8]) -> list[bytes]:
    """What copies of one picture share, though one was scaled or compressed: 16x16 black or white cells."""
    cells = crops.reshape(-1, 16, 2, 16, 2).mean(axis=(2, 4)) > 127
    return [cell.tobytes() for cell in np.packbits(cells.reshape(len(cells), -1), axis=1)]


def training_part(source: Source, tested: set[bytes]) -> npt.NDArray[np.bool_]:
    """What to train on of a source: bool (N,); nothing held out, doubtful, or also in a test set.

    Args:
        source: as loaded.
        tested: ``signatures`` of everything that is tested on.
    """
    copies = np.array([signature in tested for signature in signatures(source.dataset.images)])
    doubtful = np.isin(source.rows, doubtful_rows(source.dataset.name))
    return np.asarray(~(source.held_out | doubtful | copies))


def load_training(
    root: Path, names: Sequence[str], classes: str, seed: int, *, redraw: bool = True
) -> dict[str, tuple[Source, npt.NDArray[np.bool_]]]:
    """The sources ``root / name`` by their file's name without suffix, each with what to train on of it.

    Copies of what is held out, or of what ``UNSEEN`` holds, are left out of every source.
    """
    sources = load_all(root, names, classes, seed, redraw=redraw)
    tests = load_all(root, UNSEEN, classes, seed)
    tested = {mark for source in tests.values() for mark in signatures(source.dataset.images)}
    for source in sources.values():
        tested.update(signatures(source.dataset.images[source.held_out]))
    return {name: (source, training_part(source, tested)) for name, source in sources.items()}


def draw_weights(labels: npt.NDArray[np.str_], amount: float) -> npt.NDArray[np.float64]:
    """Weights (N,) that add up to ``amount``; rare classes count for more than their share (square root)."""
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = counts[inverse] ** -0.5
    return np.asarray(weights / weights.sum() * amount)


def joined(paths: Sequence[Path], names: Sequence[str]) -> list[npt.NDArray[Any]]:
    """The arrays of these names in some files, each as one."""
    found = []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            found.append([file[name] for name in names])
    return [np.concatenate(arrays) for arrays in zip(*found, strict=True)]
