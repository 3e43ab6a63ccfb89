"""Words with accents are drawn and taken apart as by ``ocr read``: examples for ``making.parted``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ocr_cli.alphabet import MARKS, SMALL_LETTERS, with_mark, without_mark
from ocr_cli.datasets.accents import Accented, Accents, accented_texts, marked
from ocr_cli.datasets.drawing import Placed
from ocr_cli.datasets.lines import Composer, Line
from ocr_cli.datasets.strips import worn
from ocr_cli.decoding.accents import load_listed
from ocr_cli.files import atomic_write
from ocr_cli.imaging.filters import stroke_width
from ocr_cli.lattice.atoms import Masks
from ocr_cli.lattice.lattice import Lattice, row_inks
from ocr_cli.making.data import joined
from ocr_cli.making.windows import composer_of
from ocr_cli.marks.network import CLASSES, INPUTS, inputs_of
from ocr_cli.marks.parts import NO_PARTS, Parts, parts_of
from ocr_cli.model_store import accents_file
from ocr_cli.segmentation.known import find_known_layout
from ocr_cli.segmentation.layout import LETTER_HEIGHT, Layout, find_layout

_HEIGHTS = (16.0, 60.0)
"""Heights of a capital in pixels."""
_PAGES = 0.3
"""Share of the words that are looked for as on a page."""
_LONGEST_WORD = 10
"""Letters of a word with accents."""
_RANDOM = 0.4
"""Share of the words that are letters drawn at random, with marks that no list has enough of."""
_PLAIN = 0.35
"""Share of the pictures that are words, lines and characters as people wrote them, without accents."""
_INK = 0.4
"""Strength from which a pixel of a single letter is ink."""
_LONGEST = 24
"""Characters of a line without accents."""
_WHOLE = 0.75
"""Share of the pictures in which no component is cut."""
_MOST_OF_NONE = 8
"""Parts that are no mark are taken from a picture."""
_WELL, _BADLY = 0.7, 0.1
"""Shares of a mark, or of a part, from which it is said to be this, and below which it is none of it."""


class Examples(NamedTuple):
    """Parts, and which of ``CLASSES`` each is.

    Attributes:
        inputs: float16 (K, INPUTS).
        labels: uint8 (K,).
    """

    inputs: npt.NDArray[np.float16]
    labels: npt.NDArray[np.uint8]


def common_words() -> list[str]:
    """Common words with marks, in small letters, of the languages that have lists (``making.accents``)."""
    words = load_listed(accents_file("words"), "any")
    return [word for word in words if word.isalpha() and 2 <= len(word) <= _LONGEST_WORD and marked(word)]


def random_word(rng: np.random.Generator) -> str:
    """A few letters, some of them with a mark."""
    names = list(MARKS)
    word = ""
    for _ in range(int(rng.integers(2, 7))):
        letter = SMALL_LETTERS[int(rng.integers(26))]
        if rng.random() < 0.5:
            mark = names[int(rng.integers(len(names)))]
            able = [one for one in SMALL_LETTERS if with_mark(one, mark)]
            letter = with_mark(able[int(rng.integers(len(able)))], mark) or letter
        word += letter
    return word


def draw_parts(
    data: Path, path: Path, count: int, seed: int, say: Callable[[str], None], *, held_out: bool
) -> None:
    """Draw words, take them apart, and write the parts into a file.

    Args:
        data: as for ``making.windows.composer_of``.
        path: of the file.
        count: of pictures.
        seed: of them.
        say: is told how it goes.
        held_out: whether of people who are held out, or of the others.
    """
    composer = composer_of(data, seed, held_out=held_out)
    rng = np.random.default_rng([seed, 5])
    accents, words = Accents(composer.hands, rng), common_words()
    found: list[Examples] = []
    for number in range(count):
        if rng.random() < _PLAIN:
            some = _plain(composer, rng)
        else:
            text = random_word(rng) if rng.random() < _RANDOM else words[int(rng.integers(len(words)))]
            some = _accented(composer, accents.word(accented_texts([text], rng)), rng)
        found += some
        if number % 500 == 499:
            say(f"{number + 1} pictures, {sum(len(one.labels) for one in found)} parts")
    _write(path, found)


def _write(path: Path, found: Sequence[Examples]) -> None:
    with atomic_write(path) as file:
        np.savez_compressed(
            file,
            inputs=np.concatenate([one.inputs for one in found]),
            labels=np.concatenate([one.labels for one in found]),
        )


def _laid_out(pixels: npt.NDArray[np.uint8], rng: np.random.Generator) -> tuple[Layout, list[Lattice]]:
    layout = find_layout(pixels) if rng.random() < _PAGES else find_known_layout(pixels, "line")
    inks = row_inks(layout.components, layout.strength, layout.rows)
    # What is cut into pieces has many arcs, all of which are taken apart.
    whole = rng.random() < _WHOLE
    sure = [np.ones(len(ink.doubtful), bool) if whole else None for ink in inks]
    return layout, [ink.lattice(one, marks=True) for ink, one in zip(inks, sure, strict=True)]


def _plain(composer: Composer, rng: np.random.Generator) -> list[Examples]:
    """Parts of a picture without accents."""
    _, line = composer.line()
    if not isinstance(line, Line) or not line.strokes or len(line.text) > _LONGEST:
        return []
    height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
    found = []
    for lattice in _laid_out(
        composer.drawing.seen(composer.drawing.inked(line.strokes, height), height), rng
    )[1]:
        parts = _parts(lattice)
        if len(parts):
            chosen = _some(np.arange(len(parts)), parts, lattice, rng)
            found.append(_examples(parts, chosen, np.zeros(len(chosen), np.uint8)))
    return found


def _parts(lattice: Lattice) -> Parts:
    return NO_PARTS if lattice.ink is None else lattice.ink.parts()


def _some(
    which: npt.NDArray[np.intp], parts: Parts, lattice: Lattice, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Some of the parts, rather those of whole letters than of others."""
    if not len(which):
        return which
    whole = lattice.of_letters[parts.arcs[which]]
    weights = np.where(whole, 4.0, 1.0)
    count = min(_MOST_OF_NONE, len(which))
    return np.sort(rng.choice(which, count, replace=False, p=weights / weights.sum()))


def _accented(composer: Composer, word: Accented | None, rng: np.random.Generator) -> list[Examples]:
    """Parts of a word with accents; those that are half a mark are left out."""
    height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
    placed = None if word is None else composer.drawing.placed(word.strokes, height)
    if word is None or placed is None:
        return []
    pixels = composer.drawing.seen(placed.inked(range(len(word.strokes))), height)
    numbers = numbered(placed, word)
    layout, lattices = _laid_out(pixels, rng)
    if layout.tilt:
        return []
    found = []
    for lattice in lattices:
        parts = _parts(lattice)
        if not len(parts):
            continue
        labels = _labels(parts, numbers, word, layout.scale, layout.border)
        marks = np.flatnonzero(labels > 0)
        nothing = _some(np.flatnonzero(labels == 0), parts, lattice, rng)
        chosen = np.concatenate([marks, nothing])
        found.append(_examples(parts, chosen, labels[chosen].astype(np.uint8)))
    return found


def draw_letters(
    data: Path, path: Path, count: int, seed: int, say: Callable[[str], None], *, held_out: bool
) -> None:
    """The same of single letters, without looking for them on a page: many times as fast.

    Arguments as for ``draw_parts``.
    """
    composer = composer_of(data, seed, held_out=held_out)
    rng = np.random.default_rng([seed, 6])
    accents, words = Accents(composer.hands, rng), common_words()
    found = []
    for number in range(count):
        kind = rng.random()
        text = random_word(rng)[:1]
        if kind < _PLAIN:
            text = without_mark(text)[0] if rng.random() < 0.7 else "ij"[int(rng.integers(2))]
        elif kind < 1 - _RANDOM:
            word = words[int(rng.integers(len(words)))]
            text = next(one for one in word if not one.isascii())
        drawn = accents.word(text.upper() if rng.random() < 0.5 and text.upper() != "SS" else text)
        if drawn is not None:
            found.append(_letter(composer, drawn, rng))
        if number % 5000 == 4999:
            say(f"{number + 1} letters")
    _write(path, found)


def _letter(composer: Composer, word: Accented, rng: np.random.Generator) -> Examples:
    """Parts of a single letter, as high as letters are when they are taken apart."""
    none = Examples(np.zeros((0, INPUTS), np.float16), np.zeros(0, np.uint8))
    capital = LETTER_HEIGHT * float(np.exp(rng.uniform(-0.15, 0.5)))
    placed = composer.drawing.placed(word.strokes, capital)
    if placed is None:
        return none
    numbers = numbered(placed, word)
    rows = np.flatnonzero((numbers < 0).any(axis=1))
    strength = worn(placed.inked(range(len(word.strokes))), rng)
    pieces, count = ndimage.label(strength > _INK, np.ones((3, 3)))
    if not count or not len(rows):
        return none
    areas = np.bincount(pieces.ravel())
    areas[0] = 0
    letter = pieces == int(areas.argmax())
    foot = max(float(stroke[:, 1].max()) for stroke in word.strokes[slice(*word.letters[0])])
    base = rows[-1] + 1 - foot * capital + rng.normal(0, 0.08) * LETTER_HEIGHT
    top = int(np.flatnonzero(letter.any(axis=1))[0])
    above = np.zeros_like(letter)
    for number in range(1, count + 1):
        piece = pieces == number
        if np.flatnonzero(piece.any(axis=1))[-1] + 1 < top + 0.15 * LETTER_HEIGHT:
            above |= piece
    masks = Masks((pieces > 0) & ~above, above, pieces == 0, strength, (0, 0))
    parts = parts_of([masks], [base], LETTER_HEIGHT, stroke_width(pieces > 0))
    if not len(parts):
        return none
    labels = _labels(parts, numbers, word, 1.0, 0)
    chosen = np.flatnonzero(labels >= 0)
    return _examples(parts, chosen, labels[chosen].astype(np.uint8))


def numbered(placed: Placed, word: Accented) -> npt.NDArray[np.int16]:
    """Whose ink is where: int16 (H, W), 1 and more for marks, -1 and less for letters, 0 for paper."""
    whole = placed.inked(range(len(word.strokes)))
    numbers = np.zeros(whole.shape, np.int16)
    for k, (start, stop) in enumerate(word.letters):
        numbers[placed.inked(range(start, stop)) > 0.3] = -1 - k
    for k, (_, start, stop) in enumerate(word.marks):
        numbers[placed.inked(range(start, stop)) > 0.3] = 1 + k
    return numbers


def _labels(
    parts: Parts, numbers: npt.NDArray[np.int16], word: Accented, scale: float, border: float
) -> npt.NDArray[np.int16]:
    """What each part is: int16 (K,), number of ``CLASSES``, or -1 where it is neither.

    Args:
        parts: on a page, or a letter.
        numbers: as of ``numbered``.
        word: what was drawn.
        scale: pixels of the page per pixel of these.
        border: pixels that were put round these before.
    """
    labels = np.full(len(parts), -1, np.int16)
    sizes = np.bincount(np.maximum(numbers, 0).ravel(), minlength=len(word.marks) + 1) * scale**2
    for k, (mask, (left, top)) in enumerate(parts.masks):
        y, x = (places + corner for places, corner in zip(np.nonzero(mask), (top, left), strict=True))
        column = np.clip(((x + 0.5) / scale - border).astype(int), 0, numbers.shape[1] - 1)
        row = np.clip(((y + 0.5) / scale - border).astype(int), 0, numbers.shape[0] - 1)
        its = numbers[row, column]
        inked = max(1, int((its != 0).sum()))
        counts = np.bincount(np.maximum(its, 0), minlength=len(sizes))
        counts[0] = 0
        if not counts.any():
            labels[k] = 0
            continue
        best = int(counts.argmax())
        pure, whole = counts[best] / inked, counts[best] / max(1.0, sizes[best])
        if pure >= _WELL and whole >= _WELL:
            labels[k] = CLASSES.index(word.marks[best - 1][0])
        elif whole < _BADLY or pure < _BADLY:
            labels[k] = 0
    return labels


def _examples(parts: Parts, chosen: npt.NDArray[np.intp], labels: npt.NDArray[np.uint8]) -> Examples:
    return Examples(inputs_of(parts)[chosen].astype(np.float16), labels)


def load_examples(paths: Sequence[Path]) -> Examples:
    """The parts of some files."""
    return Examples(*joined(paths, Examples._fields))
