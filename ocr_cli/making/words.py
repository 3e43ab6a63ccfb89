"""Words put together from letters whose ink is known: pen strokes of some writers, and the synthetic hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr_cli.alphabet import CAPITALS, DIGITS, SMALL_LETTERS, row_of
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.strokes import Strokes, strokes_of
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.filters import gaussian_blur

Ink = npt.NDArray[np.float32]

_PEN = (0.05, 0.17)
"""Pen widths in letter heights."""
_SYNTHETIC = 0.35
"""Share of the words that the synthetic hand writes."""
_JOINED = 0.27
"""Share of touching neighbours that a thin stroke joins; the others reach into each other."""
_SUNK = (-0.02, 0.11)
"""How far, in widths of the narrower one; below 0 there is a gap that light or blur may close."""


@dataclass(frozen=True)
class Manner:
    """How words are written.

    Attributes:
        letters: those of random words, besides digits.
        lengths: fewest letters of a word, and one more than the most.
        apart: least and greatest share of a word's neighbours that stand apart.
        heights: least and greatest height of a capital in pixels: at about these, pages are taken apart.
        cases: ways of writing a usual word, each with its share.
    """

    letters: str
    lengths: tuple[int, int]
    apart: tuple[float, float]
    heights: tuple[float, float]
    cases: Mapping[Callable[[str], str], float]


IN_CAPITALS = Manner(CAPITALS, (3, 7), (0.25, 0.25), (34.0, 54.0), {str.upper: 1.0})
IN_ANY_LETTERS = Manner(
    SMALL_LETTERS + CAPITALS,
    (6, 13),
    (0.2, 0.8),
    (36.0, 58.0),
    {str.lower: 0.6, str.capitalize: 0.25, str.upper: 0.15},
)
"""Words with small letters are longer: how high those are is told by others that stand apart."""


@dataclass(frozen=True, eq=False)
class Word:
    """A drawn word: ink float32 (H, W), its letters, and the ink of each alone, bool (N, H, W)."""

    ink: Ink
    letters: str
    masks: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Penmanship:
    """The strokes of each writer's characters."""

    writers: tuple[dict[str, list[Strokes]], ...]

    @staticmethod
    def load(path: Path, classes: str, some: Sequence[str], *, only: bool) -> Penmanship:
        """Read the characters of some writers alone, or of all but them, from a file of ``strokes/``."""
        with np.load(path, allow_pickle=False) as file:
            points, stroke_off, char_off = file["points"].astype(float), file["stroke_off"], file["char_off"]
            labels, writer, names = file["labels"], file["writer"], file["writer_names"]
        writers: dict[int, dict[str, list[Strokes]]] = {}
        wanted = np.isin(labels, [ord(text) for text in classes]) & (np.isin(names[writer], some) == only)
        for c in np.flatnonzero(wanted).tolist():
            strokes = strokes_of(points, stroke_off, char_off, c)
            if strokes:
                writers.setdefault(int(writer[c]), {}).setdefault(chr(labels[c]), []).append(strokes)
        return Penmanship(tuple(hand for hand in writers.values() if len(hand) >= 8))


def usual_words(path: Path, excluded: Sequence[str]) -> list[str]:
    """The words in capitals of a file of written words, some writers' left out."""
    with np.load(path, allow_pickle=False) as file:
        known = ~np.isin(file["writer"], excluded)
        words = [word for text in file["labels"][known] for word in str(text).split()]
    return [word for word in words if word.isalnum() and word == word.upper() and 2 <= len(word) <= 8]


def draw_word(penmanship: Penmanship, manner: Manner, words: Sequence[str], rng: np.random.Generator) -> Word:
    """A word, or several without a gap, some of whose letters touch."""
    height = float(rng.uniform(*manner.heights))
    pen = height * float(np.exp(rng.uniform(*np.log(_PEN))))
    text = _text(manner, words, rng)
    if rng.random() < _SYNTHETIC:
        style = Style.random(int(rng.integers(2**31)))
        seeds = rng.integers(2**31, size=len(text)).tolist()
        inks = [
            draw_text([c], style=style, seed=seed, height=height, margin=1.0, line_jitter=0).ink
            for c, seed in zip(text, seeds, strict=True)
        ]
    else:
        hand = penmanship.writers[rng.integers(len(penmanship.writers))]
        shear, width = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.12))
        turn = np.array([[width, 0], [-shear, 1]])
        known = [c if c in hand else str(rng.choice(list(hand))) for c in text]
        text = "".join(known)
        inks = [_draw(hand[c][rng.integers(len(hand[c]))], turn, reach(c), height, pen, rng) for c in known]
    return _put_together(text, inks, float(rng.uniform(*manner.apart)), height, pen, rng)


def _text(manner: Manner, words: Sequence[str], rng: np.random.Generator) -> str:
    if not words or rng.random() < 0.5:
        letters = list(manner.letters + (DIGITS if rng.random() < 0.2 else ""))
        return "".join(rng.choice(letters, int(rng.integers(*manner.lengths))))
    case = list(manner.cases)[rng.choice(len(manner.cases), p=list(manner.cases.values()))]
    text = ""
    while len(text) < manner.lengths[0] - 1:
        text += case(str(rng.choice(words)))
    return text


def reach(character: str) -> tuple[float, float]:
    """How far up a character reaches from the line, and how far down, in heights of a capital.

    Pen strokes of single characters do not tell.
    """
    row = row_of(character)
    return row.highest, max(0.0, -row.bottom)


def _draw(
    strokes: Strokes,
    turn: npt.NDArray[np.float64],
    reaches: tuple[float, float],
    height: float,
    pen: float,
    rng: np.random.Generator,
) -> Ink:
    """A letter on a sheet three capitals high, its line at two thirds."""
    strokes = [stroke @ turn for stroke in strokes]
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    tall = sum(reaches) * height * float(np.exp(rng.normal(0, 0.06))) - pen
    scale = tall / max(float(high[1] - low[1]), 0.35 * float(high[0] - low[0]), 1e-6)
    size = scale * (high - low)
    sheet = Image.new("L", (round(size[0] + 2 * pen) + 2, round(3 * height)))
    bottom = (2 + reaches[1] + rng.normal(0, 0.03)) * height
    offset = np.array([pen + 1, bottom - size[1] - pen / 2]) - scale * low
    for stroke in strokes:
        line = stroke * scale + offset
        draw_stroke(ImageDraw.Draw(sheet), line, np.full(len(line), pen / 2))
    return _inked(sheet)


def _inked(sheet: Image.Image) -> Ink:
    return np.asarray(np.asarray(sheet, np.float32) / np.float32(255))


def _put_together(
    text: str, inks: Sequence[Ink], apart: float, height: float, pen: float, rng: np.random.Generator
) -> Word:
    margin = round(height)
    inks = [_trimmed(ink) for ink in inks]
    canvas = np.zeros((max(map(len, inks)), sum(ink.shape[1] for ink in inks) * 2 + 2 * margin), np.float32)
    masks = np.zeros((len(inks), *canvas.shape), bool)
    right = margin
    for n, ink in enumerate(inks):
        left = right
        if n:
            left = _next_to(canvas, masks[n - 1], ink, right, apart, height, pen, rng)
        rows, columns = ink.shape
        np.maximum(canvas[:rows, left : left + columns], ink, out=canvas[:rows, left : left + columns])
        masks[n, :rows, left : left + columns] = ink > 0.5
        right = max(right, left + columns) if n else left + columns
    stop = right + margin
    noise = rng.normal(0, 0.04, (len(canvas), stop)).astype(np.float32)
    blurred = gaussian_blur(canvas[:, :stop], float(rng.uniform(0.4, 1.1)), 4)
    return Word(np.clip(blurred + noise, 0, 1), text, masks[:, :, :stop])


def _trimmed(ink: Ink) -> Ink:
    columns = np.flatnonzero((ink > 0.5).any(axis=0))
    return ink[:, columns[0] : columns[-1] + 1] if len(columns) else ink


def _next_to(
    canvas: Ink,
    before: npt.NDArray[np.bool_],
    ink: Ink,
    right: int,
    apart: float,
    height: float,
    pen: float,
    rng: np.random.Generator,
) -> int:
    """The column of the next letter; a stroke that joins it to the one before is drawn."""
    solid, new = before[: len(ink)], ink > 0.5
    width = ink.shape[1]
    kind = (rng.random() - apart) / (1 - apart)
    both = np.flatnonzero(solid.any(axis=1) & new.any(axis=1))
    if kind < 0 or not len(both):
        return right + max(2, round(float(rng.uniform(0.03, 0.3)) * height))
    last = solid.shape[1] - 1 - solid[both, ::-1].argmax(axis=1)
    room = right - 1 - last + new[both].argmax(axis=1)
    narrower = min(width, int(np.ptp(np.flatnonzero(before.any(axis=0)))) + 1)
    contact = min(int(room.min()), round(0.22 * narrower))
    if kind < _JOINED:
        left = right - contact + max(1, round(float(rng.uniform(0, 2.5)) * pen))
        row = int(rng.choice(both[room <= np.quantile(room, 0.4)]))
        picture = Image.fromarray((canvas * 255).astype(np.uint8))
        start = canvas.shape[1] - 1 - int(before[row, ::-1].argmax())
        ends = np.array(
            [[start, row], [left + int(new[row].argmax()), row + rng.normal(0, 0.3) * pen]], float
        )
        draw_stroke(ImageDraw.Draw(picture), ends, np.full(2, pen * float(rng.uniform(0.25, 0.6))))
        np.maximum(canvas, _inked(picture), out=canvas)
        return int(left)
    return int(max(0, right - contact - round(float(rng.uniform(*_SUNK)) * narrower)))
