"""Crops that the segmentation makes of touching letters.

Some are letters with remains of their neighbours on them, most are no characters, though a network that has
seen single characters alone takes many of these for one. They are cut out of drawn words, whose letters' ink
is known: the lattice is built as for any page, and what of each letter a candidate holds says what it is.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.filters import dilate
from ocr_cli.lattice.lattice import Lattice, RowInk
from ocr_cli.lattice.paths import Moves, best_text_path
from ocr_cli.making.words import Manner, Penmanship, Word, draw_word
from ocr_cli.segmentation.layout import Layout, find_layout

_WHOLE, _CLEAN = 0.88, 0.88
"""A candidate is a letter if it holds this share of its ink, and so much of its own ink is the letter's."""
_MUTILATED = 0.45
"""So much is enough on the best path through the lattice: O swallows the foot of an L, and a cut that is not
made leaves no letter whole."""
_NONE = 0.72
"""It is none if, of each letter, it holds less than this, or less of its own ink is the letter's."""
_PAPER_SHADE, _INK_SHADE = 235, 40
"""Of the picture that is made of a word: how dark its ink is, reading does not mind."""
_NEGATIVES = 12
"""Most candidates of no letter that are taken from a word."""


@dataclass(frozen=True, eq=False)
class Cuttings:
    """Candidates, and what they are.

    Attributes:
        crops: uint8 (N, 32, 32).
        cuts: float32 (N, CUTS), as of ``Lattice``.
        labels: str (N,), empty for no character.
    """

    crops: npt.NDArray[np.uint8]
    cuts: npt.NDArray[np.float32]
    labels: npt.NDArray[np.str_]

    @staticmethod
    def joined(parts: Iterable[Cuttings | None]) -> Cuttings:
        """All of them as one; None stands for a word without candidates."""
        some = [part for part in parts if part is not None]
        return Cuttings(
            np.concatenate([part.crops for part in some]),
            np.concatenate([part.cuts for part in some]),
            np.concatenate([part.labels for part in some]),
        )


def cut_words(
    penmanship: Penmanship, manner: Manner, words: Sequence[str], count: int, seed: int
) -> Cuttings:
    """The candidates of drawn words.

    Args:
        penmanship: who writes the words that the synthetic hand does not.
        manner: of writing.
        words: half of those that are written; the others are random.
        count: of words.
        seed: the same seed draws the same words.
    """
    job = functools.partial(_cut_one, penmanship, manner, list(words), seed)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return Cuttings.joined(pool.map(job, range(count), chunksize=64))


def _cut_one(
    penmanship: Penmanship, manner: Manner, words: Sequence[str], seed: int, number: int
) -> Cuttings | None:
    rng = np.random.default_rng([seed, number])
    word = draw_word(penmanship, manner, words, rng)
    found = lattice_of(word)
    if found is None:
        return None
    lattice, masks = found
    held, clean = shares(lattice, owners(lattice, masks), masks)
    both = np.minimum(held, clean)
    good = np.any((held >= _WHOLE) & (clean >= _CLEAN), axis=1)
    path = best_path(lattice, both)
    for letter, k in enumerate(path):
        good[k] |= both[k, letter] >= _MUTILATED
    known = np.flatnonzero(good)
    none = rng.permutation(np.flatnonzero((both < _NONE).all(axis=1) & ~good))[:_NEGATIVES]
    chosen = np.concatenate([known, none])
    if not len(chosen):
        return None
    # A letter that the other one covers is told by its place on the path.
    letters = {k: letter for letter, k in enumerate(path)}
    labels = [word.letters[letters.get(k, both[k].argmax())] for k in known.tolist()] + [""] * len(none)
    crops, cuts = lattice.crops[chosen], lattice.cuts[chosen]
    cut = cuts.any(axis=1)
    return Cuttings(crops[cut], cuts[cut], np.array(labels, "<U1")[cut])


def lattice_of(word: Word) -> tuple[Lattice, npt.NDArray[np.bool_]] | None:
    """The lattice of a drawn word's largest row, found and cut as that of any page.

    Returns:
        The lattice, complete, and the ink of each letter, bool (N, H, W), on the page as it was laid out;
        None if nothing on it looks like writing.
    """
    margin = len(word.ink) // 4
    sheet = np.pad(word.ink, margin)
    grey = np.rint(_PAPER_SHADE - (_PAPER_SHADE - _INK_SHADE) * sheet).astype(np.uint8)
    layout = find_layout(np.repeat(grey[:, :, None], 3, axis=2))
    if layout.components is None or not layout.rows:
        return None
    areas = layout.components.areas
    row = max(layout.rows, key=lambda one: int(areas[one.letters].sum()))
    # A pixel round each letter: strokes are found a little wider or narrower than they were drawn.
    inked = layout.components.mask | (layout.strength > 0.5)
    masks = [dilate(_laid_out(np.pad(mask, margin), layout), (3, 3)) & inked for mask in word.masks]
    return RowInk(layout.components, layout.strength, row).lattice(), np.stack(masks)


def _laid_out(mask: npt.NDArray[np.bool_], layout: Layout) -> npt.NDArray[np.bool_]:
    """Where ink of a picture lies on the page as it was laid out: bool (H, W)."""
    picture = Image.fromarray(mask.astype(np.uint8) * 255)
    picture = picture.resize(layout.size, Image.Resampling.BOX)
    if layout.tilt:
        picture = picture.rotate(layout.tilt, Image.Resampling.BILINEAR, expand=True)
    return np.asarray(picture) > 127


def best_path(lattice: Lattice, shares_of: npt.NDArray[np.float64]) -> list[int]:
    """The arcs, one for each letter, that leave the word's letters as whole and as clean as can be.

    Args:
        lattice: of the word.
        shares_of: float (K, N), how well each arc is each letter.

    Returns:
        Of each letter its arc; empty if there are not as many in a row.
    """
    # Where all letters are used, none is left to take.
    scores = np.pad(shares_of, ((0, 0), (0, 1)), constant_values=-np.inf)
    one = np.ones(len(lattice), np.int64)
    return list(map(int, best_text_path(Moves(lattice.start, lattice.stop, one, scores))))


def owners(lattice: Lattice, masks: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How much ink of each letter, and in all, each atom has: float (atoms, N + 1)."""
    left, top = lattice.origin
    height, width = lattice.numbers.shape
    inked = lattice.numbers >= 0
    numbers, own = lattice.numbers[inked], masks[:, top : top + height, left : left + width][:, inked]
    counts = [
        np.bincount(numbers[one], minlength=lattice.places) for one in [*own, np.ones_like(numbers, bool)]
    ]
    return np.stack(counts, axis=1).astype(np.float64)


def shares(
    lattice: Lattice, owner: npt.NDArray[np.float64], masks: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of each arc and letter: the share of the letter's ink, and of the arc's, float (K, N)."""
    so_far = np.concatenate([np.zeros((1, owner.shape[1])), owner.cumsum(axis=0)])
    sums = so_far[lattice.stop] - so_far[lattice.start]
    held = sums[:, :-1] / np.maximum(masks.sum(axis=(1, 2)), 1)
    clean = sums[:, :-1] / np.maximum(sums[:, -1:], 1)
    return held, clean
