"""The network that slides along rows: strips are drawn, learned from, and it is put into a model's file.

Strips are drawn into files of a folder once, some thousands each, the same for the same seed; learning takes
what lies there, and notes where it is every few hundred steps, so that it goes on where it was stopped.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.lines import Composer
from ocr_cli.datasets.pieces import PRINTABLE, load_hands, load_pieces, people_of
from ocr_cli.datasets.scans import Scans
from ocr_cli.datasets.strips import Example, examples
from ocr_cli.errors import DataError
from ocr_cli.files import atomic_write
from ocr_cli.making.data import HELD_OUT, UNSEEN, load_training
from ocr_cli.making.real_strips import lines_of, real_strips
from ocr_cli.making.recipes import RECIPES
from ocr_cli.network.model_file import load_model, save_model
from ocr_cli.network.time_delay import TimeDelayNetwork
from ocr_cli.options import FURTHER
from ocr_cli.training.windows import Learner, Settings, Written, batches, errors, greedy, grown
from ocr_cli.windows.strip import INPUTS

CLASSES = ("", " ", *PRINTABLE, *FURTHER)
"""Nothing, a space, the characters of ASCII, and those of Europe's languages that no mark composes."""
_IN_A_FILE = 2000
_HELD_OUT_STRIPS = 1600
_SEGMENTED = 0.25
"""Share of the strips that go through the segmentation."""
_EVERY_FACE = 8
"""One in so many faces is held out."""
_NOTED = 500
"""Steps after which it is noted where the learning is."""
_SCANS = 600
"""Scans of a character that are taken of one source at most."""
_SMALL_AMONG_CAPITALS = ("names_letters", "names_pseudo")
"""Sources whose capitals are small letters now and then."""
_UNITS = 448


def shape(units: int) -> list[tuple[int, tuple[int, ...], bool]]:
    """Outputs, offsets and whether residual, of each layer: six windows, one on the other."""
    return [
        (units, tuple(range(-4, 5)), False),
        (units, (-2, -1, 0, 1, 2), False),
        (units, (-4, -2, 0, 2, 4), True),
        (units, (-6, -3, 0, 3, 6), True),
        (units, (-1, 0, 1), True),
        (units, (-3, 0, 3), True),
        (len(CLASSES), (0,), False),
    ]


def composer_of(data: Path, seed: int, *, held_out: bool) -> Composer:
    """Whoever writes the lines: the people that are learned from, or those that are held out.

    Args:
        data: folder with ``strokes/`` and, if there are any, ``fonts/`` and ``names/lexicon.txt``.
        seed: of the lines.
        held_out: which of them.

    Raises:
        DataError: if there are no strokes of words.
    """
    path = data / "strokes" / "unipen_text.npz"
    if not path.exists():
        raise DataError(f"{path}: no such file: it holds the words that people wrote")
    people = set(json.loads(HELD_OUT.read_text())["unipen_people"]["people"])
    pieces = load_pieces(path, people, only=held_out)
    letters, signs = (data / "strokes" / f"{name}.npz" for name in ("unipen", "unipen_signs"))
    hands = load_hands(letters, signs, people_of((path, signs)), people, only=held_out)
    words = sorted({word for piece in pieces for word in piece.text.split() if word.isalpha()})
    names = data / "names" / "lexicon.txt"
    if names.exists():
        known = names.read_text().split()
        words += np.random.default_rng(0).choice(known, len(words) // 2).tolist()
    scans = None if held_out else scans_of(data)
    return Composer(pieces, hands, words, faces(data / "fonts", held_out=held_out), seed, scans)


@cache
def scans_of(data: Path) -> Scans | None:
    """The scanned characters that ``mixed`` learns from; none without their files.

    Args:
        data: folder with ``characters/``.
    """
    recipe = RECIPES["mixed"]
    names = [name for name in recipe.sources if name.startswith("characters/")]
    if not all((data / name).exists() for name in (*names, *UNSEEN)):
        return None
    crops: dict[str, list[npt.NDArray[np.uint8]]] = {}
    for name, (source, wanted) in load_training(data, names, recipe.recorded, recipe.seed).items():
        if name not in _SMALL_AMONG_CAPITALS:
            for text in set(source.dataset.labels[wanted].tolist()):
                its = np.flatnonzero(wanted & (source.dataset.labels == text))[:_SCANS]
                crops.setdefault(text, []).append(source.dataset.images[its])
    return Scans({text: np.concatenate(some) for text, some in crops.items()})


def faces(folder: Path, *, held_out: bool) -> list[tuple[Path, str]]:
    """Faces that look written, each with the characters it lacks; none without the folder."""
    table = folder / "fonts.csv"
    if not table.exists():
        return []
    found = []
    with table.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            if (number % _EVERY_FACE == 0) == held_out:
                lacking = row["missing_ascii"] + row["missing_signs"]
                if row["unicase"] == "1":
                    lacking += "abcdefghijklmnopqrstuvwxyzßæœøłđ"
                if float(row["has_accents"]) < 1:
                    lacking += "ßæœøłđÆŒØŁĐ¡¿"
                # What looks the same as another sign teaches nothing.
                lacking += "".join(one for one in FURTHER if f"={one}" in row["copies"])
                found.append((folder / row["file"], lacking))
    return found


def draw_strips(
    data: Path,
    folder: Path,
    count: int,
    say: Callable[[str], None],
    *,
    in_a_file: int = _IN_A_FILE,
    tested: int = _HELD_OUT_STRIPS,
) -> None:
    """Draw what is missing of the strips: ``folder/strips_NNN.npz`` and ``folder/held_out.npz``.

    Args:
        data: as for ``composer_of``.
        folder: made if it is not there.
        count: of strips to learn from.
        say: is told of each file.
        in_a_file: of strips.
        tested: strips of people who are held out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(folder / "held_out.npz", 0, tested, True)]
    files = range(-(-count // in_a_file))
    jobs += [(folder / f"strips_{k:03}.npz", k + 1, in_a_file, False) for k in files]
    missing = [job for job in jobs if not job[0].exists()]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for path in pool.map(partial(_draw_file, data), missing):
            say(f"drawn: {path}")
    lines, path = lines_of(data), folder / "strips_names.npz"
    if lines is not None and not path.exists():
        _save(path, list(real_strips(lines)))
        say(f"cut out: {path}")


def _draw_file(data: Path, job: tuple[Path, int, int, bool]) -> Path:
    path, seed, count, held_out = job
    composer = composer_of(data, seed, held_out=held_out)
    _save(path, examples(composer, count, 1.0 if held_out else _SEGMENTED, np.random.default_rng([seed, 1])))
    return path


def _save(path: Path, some: Sequence[Example]) -> None:
    with atomic_write(path) as file:
        np.savez_compressed(
            file,
            ink=np.concatenate([one.strip for one in some], axis=1),
            offsets=np.cumsum([0, *(one.strip.shape[1] for one in some)]),
            texts=np.array([one.text for one in some]),
            kinds=np.array([one.kind for one in some]),
        )


def load_strips(paths: Sequence[Path]) -> Written:
    """The strips of some files.

    Raises:
        DataError: if there are none.
    """
    written = Written([], [], [])
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            ink, offsets = file["ink"], file["offsets"]
            written.strips.extend(np.ascontiguousarray(part) for part in np.split(ink, offsets[1:-1], axis=1))
            written.texts.extend(file["texts"].tolist())
            written.kinds.extend(file["kinds"].tolist())
    if not written.strips:
        raise DataError("no strips to learn from")
    return written


def learn(
    folder: Path,
    settings: Settings,
    say: Callable[[str], None],
    *,
    units: int = _UNITS,
    start: TimeDelayNetwork | None = None,
) -> TimeDelayNetwork:
    """Learn from the strips of a folder, or go on with it: ``folder/checkpoint.npz``.

    Strips that are drawn meanwhile are learned from the next time around.

    Args:
        folder: as ``draw_strips`` filled it.
        settings: how to learn.
        say: is told how it goes.
        units: of each layer.
        start: a network that has learned already, no larger; otherwise one that has not.

    Returns:
        The network with the running mean of its weights.

    Raises:
        DataError: if there are no strips.
    """
    written = _written(folder)
    tested = load_strips([folder / "held_out.npz"])
    network = TimeDelayNetwork.random(shape(units), INPUTS, CLASSES, settings.seed)
    if start is not None:
        network = grown(start, network)
    learner = Learner(network, settings)
    checkpoint = folder / "checkpoint.npz"
    if checkpoint.exists():
        with np.load(checkpoint, allow_pickle=False) as file:
            learner.restore([file[f"array_{k}"] for k in range(len(file.files) - 1)], int(file["steps"]))
        say(f"going on after {learner.optimiser.steps} steps")
    rng = np.random.default_rng([settings.seed, learner.optimiser.steps])
    costs: list[float] = []
    for strips, texts in _for_ever(folder, written, settings, rng):
        if learner.optimiser.steps >= settings.steps:
            break
        costs.append(learner.step(strips, texts))
        if learner.optimiser.steps % _NOTED == 0 or learner.optimiser.steps == settings.steps:
            arrays = {f"array_{k}": array for k, array in enumerate(learner.arrays())}
            with atomic_write(checkpoint) as file:
                np.savez(file, steps=np.array(learner.optimiser.steps), **arrays)  # type: ignore[arg-type]  # names
            read = greedy(learner.averaged(), tested.strips, CLASSES)
            wrong = errors(tested.texts, read, tested.kinds)
            shares = ", ".join(f"{kind} {share:.3f}" for kind, (share, _) in wrong.items())
            cost = np.mean(costs)
            say(f"{learner.optimiser.steps} steps: {cost:.3f} nats a character; wrong, held out: {shares}")
            costs.clear()
    return learner.averaged()


def _written(folder: Path) -> Written:
    return load_strips(sorted(folder.glob("strips_*.npz")))


def _for_ever(
    folder: Path, written: Written, settings: Settings, rng: np.random.Generator
) -> Iterator[tuple[list[npt.NDArray[np.uint8]], list[npt.NDArray[np.intp]]]]:
    while True:
        yield from batches(written, CLASSES, settings, rng)
        written = _written(folder)


def put_windows(
    path: Path,
    network: TimeDelayNetwork,
    provenance: dict[str, object],
    weights: dict[str, dict[str, float]] | None = None,
) -> None:
    """Put a network into a model's file, which keeps all else.

    Args:
        path: of the model.
        network: that slides along rows.
        provenance: where it comes from.
        weights: that the model has of its own, as of ``Weights.of_model``; otherwise those that it had.
    """
    model = load_model(path, prototypes=True)
    known = {**model.provenance, "windows": provenance}
    settings = model.settings if weights is None else {**model.settings, "weights": weights}
    save_model(path, replace(model, windows=network, provenance=known, settings=settings), dtype="int8")
