"""Pen trajectories from digitisers, drawn as ink and cropped like everything else."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.npz import read_archive
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import crop_ink

Strokes: TypeAlias = list[npt.NDArray[np.float64]]
"""The pen's ways over the paper, float (M, 2) each: x to the right and y down."""

F = TypeVar("F", bound=np.floating[Any])

_KEYS = ("points", "labels", "stroke_off", "char_off", "writer")
_SIDE = 128
"""Side in pixels of the picture on which a trajectory is drawn before it is cropped."""
_MARGIN = 12
_PEN = (4.0, 13.0)
"""Thinnest and widest pen in pixels of that picture."""
_SMOOTHED = 0.7
"""Share of the characters whose jagged polylines are smoothed, as faster digitisers would record them."""


@dataclass(frozen=True, slots=True)
class StrokeVariation:
    """How differently a writer might have set down the strokes of a character, each stroke on its own.

    No deformation of the finished picture moves the bar of a T along its stem.

    Attributes:
        shift: standard deviation of a stroke's displacement, as a share of the character's larger side.
        turn: standard deviation in degrees of its turn about its middle.
        scale: standard deviation of the logarithm of its size.
        ends: standard deviation of how far its two ends run on or stop short, as a share of the larger side.
    """

    shift: float = 0.02
    turn: float = 3.0
    scale: float = 0.05
    ends: float = 0.03


def load_strokes(
    path: str | Path, classes: str, seed: int, variation: StrokeVariation | None = None
) -> Dataset:
    """Draw the characters of a pen-trajectory file, each with a pen of random width.

    The file is an ``.npz`` with ``points`` float (M, 2), x to the right and y down; ``stroke_off``: the
    points of stroke s are ``points[stroke_off[s]:stroke_off[s + 1]]``; ``char_off``: the strokes of character
    c are ``char_off[c]`` to ``char_off[c + 1]``; ``labels``: ASCII codes; ``writer``.

    What such files may note of doubtful quality (``quality_ok``) is not heeded: in UNIPEN two thirds of the
    characters are marked, and they read as well as the others.

    Args:
        path: the file.
        classes: characters to draw; the others are left out.
        seed: of the pens and the variation.
        variation: how far the strokes depart from what was written; not at all if None.

    Raises:
        DataError: if the file cannot be read or holds none of the classes.
    """
    path = Path(path)
    content = read_archive(path, _KEYS)
    if len(content) < len(_KEYS):
        raise DataError(f"{path}: not a file of pen strokes: no {sorted(set(_KEYS) - content.keys())[0]!r}")
    points, labels, stroke_off, char_off, writers = (content[key] for key in _KEYS)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise DataError(f"{path}: points have the shape {points.shape} or are not finite")
    if len(char_off) != len(labels) + 1 or len(writers) != len(labels):
        raise DataError(f"{path}: {len(labels)} labels, {len(writers)} writers, {len(char_off)} offsets")
    if char_off.max() >= len(stroke_off) or stroke_off.max() > len(points):
        raise DataError(f"{path}: offsets beyond the end")
    points, writers = points.astype(np.float64), writers.astype(np.int64)
    rng = np.random.default_rng(seed)
    crops, kept = [], []
    for c in np.flatnonzero(np.isin(labels, [ord(text) for text in classes])):
        strokes = strokes_of(points, stroke_off, char_off, int(c))
        if strokes:
            crops.append(_draw(strokes if variation is None else _vary(strokes, variation, rng), rng))
            kept.append(c)
    if not crops:
        raise DataError(f"{path}: none of the characters asked for")
    texts = np.array([chr(code) for code in labels[kept]], "<U1")
    return Dataset(np.stack(crops), texts, writers[kept], path.stem)


def strokes_of(
    points: npt.NDArray[F],
    stroke_offsets: npt.NDArray[np.integer[Any]],
    offsets: npt.NDArray[np.integer[Any]],
    number: int,
) -> list[npt.NDArray[F]]:
    """The strokes of one character, or word, of such a file, those without points left out.

    Args:
        points: of any floating type, (M, 2).
        stroke_offsets: int (S + 1,), where the points of each stroke begin.
        offsets: int (N + 1,), where the strokes of each character, or word, begin.
        number: of the character, or word.
    """
    ends = stroke_offsets[offsets[number] : offsets[number + 1] + 1].tolist()
    strokes = [points[start:stop] for start, stop in itertools.pairwise(ends)]
    return [stroke for stroke in strokes if len(stroke)]


def _vary(strokes: Strokes, variation: StrokeVariation, rng: np.random.Generator) -> Strokes:
    """Each stroke (M, 2) moved, turned, scaled, and longer or shorter at its ends."""
    every = np.concatenate(strokes)
    side = float((every.max(axis=0) - every.min(axis=0)).max())
    varied = []
    for stroke in strokes:
        angle = np.radians(rng.normal(0, variation.turn))
        size = np.exp(rng.normal(0, variation.scale))
        turn = size * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        middle = (stroke.min(axis=0) + stroke.max(axis=0)) / 2
        line = (stroke - middle) @ turn + middle + rng.normal(0, variation.shift * side, 2)
        for end in (line, line[::-1]):
            _lengthen(end, float(rng.normal(0, variation.ends * side)))
        varied.append(line)
    return varied


def _lengthen(line: npt.NDArray[np.float64], amount: float) -> None:
    """Move the first point of a stroke (M, 2) out by ``amount``, or in, but not past the point after it."""
    if len(line) > 1:
        step = line[0] - line[1]
        length = float(np.hypot(*step))
        if length > 0:
            line[0] += step * max(amount / length, -0.9)


def _draw(strokes: Strokes, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = (_SIDE - 2 * _MARGIN) / max(float((high - low).max()), 1e-6)
    offset = (_SIDE - scale * (high - low)) / 2 - scale * low
    radius = rng.uniform(*_PEN) / 2
    picture = Image.new("L", (_SIDE, _SIDE))
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        line = stroke * scale + offset
        if len(line) > 4 and rng.random() < _SMOOTHED:
            line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
        draw_stroke(pen, line, np.full(len(line), radius))
    return crop_ink(np.asarray(picture, np.float32) / np.float32(255))
