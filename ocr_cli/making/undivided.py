"""Drawn letters with and without marks, as arcs of a lattice show them undivided, for ``marks.undivided``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import DIGITS, MARKS, SMALL_LETTERS, with_mark, without_mark
from ocr_cli.datasets.accents import Accented, Accents
from ocr_cli.datasets.lines import Composer
from ocr_cli.datasets.strips import worn
from ocr_cli.files import atomic_write
from ocr_cli.lattice.crop import crop_inks
from ocr_cli.making.data import joined
from ocr_cli.making.descent import BATCH, descend
from ocr_cli.making.windows import composer_of
from ocr_cli.marks.network import CLASSES
from ocr_cli.marks.undivided import INPUTS, LETTERS, NO_LETTER, OUTPUTS, UndividedNetwork, inputs_of
from ocr_cli.network.mlp import MLP, cross_entropy
from ocr_cli.segmentation.layout import LETTER_HEIGHT

_MARKED, _PLAIN = 0.6, 0.27
"""Shares of letters with a mark, and of characters without; the others are two or three characters. Set by
hand."""
_LISTED = 0.6
"""Share of the letters with a mark that are as frequent as in the lists of words. Set by hand."""
_DOTTED = 0.25
"""Share of the plain characters that are i or j. Set by hand."""
_INK = 0.4
"""Strength from which a pixel is ink."""
_IN_A_FILE = 4000
_UNITS, _EPOCHS, _NOISE = (128, 64), 20, 0.05


class Drawn(NamedTuple):
    """Arcs.

    Attributes:
        crops: uint8 (K, 32, 32).
        stands: float32 (K, 4), as of ``Parts.stands``.
        marks: uint8 (K,), which of ``network.CLASSES``.
        letters: uint8 (K,), which of ``undivided.LETTERS``, or ``NO_LETTER``.
    """

    crops: npt.NDArray[np.uint8]
    stands: npt.NDArray[np.float32]
    marks: npt.NDArray[np.uint8]
    letters: npt.NDArray[np.uint8]


def draw_undivided(
    data: Path,
    folder: Path,
    count: int,
    seed: int,
    words: Sequence[str],
    say: Callable[[str], None],
    *,
    held_out: bool,
) -> list[Path]:
    """Draw arcs into files of a folder.

    Args:
        data: as for ``making.windows.composer_of``.
        folder: of the files.
        count: of arcs.
        seed: of them.
        words: with marks, in small letters.
        say: is told of each file.
        held_out: whether of people who are held out, or of the others.
    """
    paths = [
        folder / f"undivided_{'tested' if held_out else 'learned'}_{k:02}.npz"
        for k in range(-(-count // _IN_A_FILE))
    ]
    if all(path.exists() for path in paths):
        return paths
    composer = composer_of(data, seed, held_out=held_out)
    for number, path in enumerate(paths):
        if path.exists():
            continue
        rng = np.random.default_rng([seed, number, 8])
        some = list(_arcs(composer, min(count, _IN_A_FILE), words, rng))
        inks, stands, marks, letters = zip(*some, strict=True)
        arrays = Drawn(
            crop_inks(inks),
            np.array(stands, np.float32),
            np.array(marks, np.uint8),
            np.array(letters, np.uint8),
        )
        with atomic_write(path) as file:
            np.savez_compressed(file, **arrays._asdict())
        say(f"drawn: {path}")
    return paths


_Arc = tuple[npt.NDArray[np.float32], list[float], int, int]


def _arcs(composer: Composer, count: int, words: Sequence[str], rng: np.random.Generator) -> Iterator[_Arc]:
    accents = Accents(composer.hands, rng)
    usual = [one for word in words for one in word if without_mark(one)[1]]
    made = 0
    while made < count:
        text = _text(usual, rng)
        drawn = accents.word(text, float(rng.uniform(-0.05, 0.12)))
        arc = None if drawn is None else _seen(composer, drawn, rng)
        if arc is not None:
            made += 1
            yield arc


def _text(usual: Sequence[str], rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < _MARKED:
        if rng.random() < _LISTED:
            text = usual[int(rng.integers(len(usual)))]
        else:
            mark = list(MARKS)[int(rng.integers(len(MARKS)))]
            able = [both for one in SMALL_LETTERS if (both := with_mark(one, mark))]
            text = able[int(rng.integers(len(able)))]
        return text.upper() if rng.random() < 0.5 else text
    plain = SMALL_LETTERS * 2 + SMALL_LETTERS.upper() * 2 + DIGITS
    if kind < _MARKED + _PLAIN:
        some = "ij" if rng.random() < _DOTTED else plain
        return some[int(rng.integers(len(some)))]
    some = SMALL_LETTERS + "iiitt" if rng.random() < 0.7 else plain
    return "".join(some[int(k)] for k in rng.integers(len(some), size=int(rng.integers(2, 4))))


def _seen(composer: Composer, word: Accented, rng: np.random.Generator) -> _Arc | None:
    """The ink of all that was drawn, as high as letters are in a lattice, and what it is."""
    capital = LETTER_HEIGHT * float(np.exp(rng.uniform(-0.25, 0.5)))
    placed = composer.drawing.placed(word.strokes, capital)
    if placed is None:
        return None
    bare = placed.inked(range(*word.letters[0])) > _INK
    ink = worn(placed.inked(range(len(word.strokes))), rng)
    rows, columns = (np.flatnonzero((ink > _INK).any(axis=axis)) for axis in (1, 0))
    feet = np.flatnonzero(bare.any(axis=1))
    if not len(rows) or not len(feet):
        return None
    foot = max(float(stroke[:, 1].max()) for stroke in word.strokes[slice(*word.letters[0])])
    base = feet[-1] + 1 - foot * capital + rng.normal(0, 0.1) * LETTER_HEIGHT
    lengths = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0], base - rows[0], base - rows[-1] - 1
    letter, mark = without_mark(word.text[0])
    alone = len(word.text) == 1 and letter in LETTERS
    return (
        ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1],
        [float(one) / LETTER_HEIGHT for one in lengths],
        CLASSES.index(mark or "") if len(word.text) == 1 else 0,
        LETTERS.index(letter) if alone else NO_LETTER,
    )


def load_drawn(paths: Sequence[Path]) -> Drawn:
    """The arcs of some files."""
    return Drawn(*joined(paths, Drawn._fields))


def learn_undivided(
    drawn: Drawn, tested: Drawn, say: Callable[[str], None], seed: int = 0
) -> UndividedNetwork:
    """Learn which mark arcs have, and on which letter those are that have one.

    Args:
        drawn: by people who are not held out.
        tested: by those who are.
        say: is told how it goes.
        seed: of the first weights, the order and the dropout.
    """
    rng = np.random.default_rng(seed)
    network = MLP([INPUTS, *_UNITS, OUTPUTS], "relu", "he", rng)
    inputs, marks = inputs_of(drawn.crops, drawn.stands), drawn.marks.astype(np.intp)
    letters = np.where(drawn.marks > 0, drawn.letters, NO_LETTER).astype(np.intp)
    held = inputs_of(tested.crops, tested.stands)
    steps = -(-_EPOCHS * len(inputs) // BATCH)

    def gradient(logits: npt.NDArray[np.float32], batch: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        both = np.zeros_like(logits)
        both[:, : len(CLASSES)] = cross_entropy(logits[:, : len(CLASSES)], marks[batch])[1]
        on = np.flatnonzero(letters[batch] != NO_LETTER)
        both[on, len(CLASSES) :] = cross_entropy(logits[on, len(CLASSES) :], letters[batch[on]])[1]
        return both

    def tell(done: int) -> None:
        logits = network.forward(held)
        said = logits[:, : len(CLASSES)].argmax(axis=1)
        on = np.flatnonzero(tested.marks > 0)
        there = (said[on] > 0).mean()
        right = (logits[on, len(CLASSES) :].argmax(axis=1) == tested.letters[on]).mean()
        false = (said[tested.marks == 0] > 0).mean()
        both = (said == tested.marks).mean()
        say(
            f"{done} of {steps} steps, held out: {both:.1%} right, {there:.1%} of the marks seen, "
            f"{false:.1%} without one have one, letters {right:.1%}"
        )

    order = rng.integers(len(inputs), size=(steps, BATCH))
    descend(network, inputs, order, gradient, _NOISE, rng, 1000, tell)
    return UndividedNetwork(network)
