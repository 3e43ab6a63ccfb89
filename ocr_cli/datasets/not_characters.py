"""What is no character: neighbours stuck together, parts of letters, scribbles, blots, dashes, specks.

A network that has seen them can say "this is no character", so that pages with dirt are not read as text and
touching letters not as one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

from ocr_cli.alphabet import row_of
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.lattice.crop import CROP_SIZE, crop_ink

Ink = npt.NDArray[np.float32]

_SIDE = 96
_STUCK, _PARTS = 0.5, 0.2
"""Shares of stuck neighbours and of parts; the rest is dirt."""
_ATTEMPTS = 1000
"""After so many characters that will not do, a set has no others: a blot takes their place."""


def draw_not_characters(dataset: Dataset, count: int, seed: int) -> npt.NDArray[np.uint8]:
    """Crops of what is no character.

    What the set holds as a character is drawn for none: no dashes if there is a hyphen, no blots if there is
    a full stop, no parts if there are characters that look like a part of others, as many small letters do.

    Args:
        dataset: characters to stick together and to take apart.
        count: how many.
        seed: the same seed draws the same crops.

    Returns:
        uint8 (count, 32, 32).
    """
    rng = np.random.default_rng(seed)
    known = set(dataset.classes)
    dirt = [draw for draw, like in _DIRT.items() if like not in known]
    parts = 0.0 if any(row_of(text).part for text in known) else _PARTS
    crops = np.zeros((count, CROP_SIZE, CROP_SIZE), np.uint8)
    for crop in crops:
        kind = rng.random()
        if kind < _STUCK:
            ink = _stuck_together(dataset, rng)
        elif kind < _STUCK + parts:
            ink = _part(dataset, rng)
        else:
            ink = dirt[rng.integers(len(dirt))](rng)
        crop[:] = crop_ink(ink)
    return crops


def _trimmed(crop: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    rows, columns = np.nonzero(crop > 80)
    if not len(rows):
        return np.full((8, 8), 255, np.uint8)
    return crop[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _stuck_together(dataset: Dataset, rng: np.random.Generator) -> Ink:
    """Two or three characters side by side, so near that they overlap or all but touch."""
    number = 2 if rng.random() < 0.8 else 3
    for _ in range(_ATTEMPTS):
        chosen = rng.integers(0, len(dataset), number)
        narrow = sum(row_of(str(dataset.labels[k])).narrow for k in chosen)
        if narrow == 0 or (narrow < number and rng.random() < 0.25):
            break
    else:
        return _blot(rng)
    heights = [40, *rng.integers(34, 48, number - 1).tolist()]
    parts = []
    for k, height in zip(chosen, heights, strict=True):
        part = _trimmed(dataset.images[k])
        size = max(1, round(part.shape[1] * height / part.shape[0])), height
        parts.append(np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BILINEAR)))
    canvas = np.zeros((80, sum(part.shape[1] for part in parts) + 40), np.float32)
    x = 4
    for part in parts:
        top = 40 - part.shape[0] // 2 + int(rng.integers(-3, 4))
        area = canvas[top : top + part.shape[0], x : x + part.shape[1]]
        np.maximum(area, part, out=area)
        x = max(4, x + part.shape[1] + int(rng.integers(-7, 5)))
    return _ink(canvas)


def _part(dataset: Dataset, rng: np.random.Generator) -> Ink:
    """The left or the right part of a character, wide enough not to be an I."""
    for _ in range(_ATTEMPTS):
        k = int(rng.integers(len(dataset)))
        whole = _trimmed(dataset.images[k])
        width = whole.shape[1]
        cut = int(width * rng.uniform(0.35, 0.7))
        part = whole[:, :cut] if rng.random() < 0.5 else whole[:, width - cut :]
        wide = part.shape[1] > 0.33 * part.shape[0]
        row = row_of(str(dataset.labels[k]))
        if wide and not (row.narrow or row.parted) and part.max() > 100:
            return _ink(part)
    return _blot(rng)


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("L", (_SIDE, _SIDE))
    return picture, ImageDraw.Draw(picture)


def _ink(grey: Image.Image | npt.NDArray[Any]) -> Ink:
    ink: Ink = np.asarray(grey, np.float32) / np.float32(255)
    return ink


def _scribble(rng: np.random.Generator) -> Ink:
    picture, pen = _canvas()
    t = np.linspace(0, 1, 30)[:, None]
    for _ in range(int(rng.integers(1, 4))):
        a, b, c, d = rng.uniform(8, _SIDE - 8, (4, 1, 2))
        curve = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
        draw_stroke(pen, curve, np.full(len(curve), rng.uniform(2, 5.5)))
    return _ink(picture)


def _dash(rng: np.random.Generator) -> Ink:
    """A line nearer to level than to upright, as rules, underlines and hyphens are."""
    picture, pen = _canvas()
    angle, middle = np.radians(rng.uniform(-35, 35)), _SIDE / 2
    reach = 42 * np.array([np.cos(angle), np.sin(angle)])
    bend = np.array([middle, middle + rng.uniform(-10, 10)])
    line = np.stack([middle - reach, bend, middle + reach])
    draw_stroke(pen, line, np.full(3, rng.uniform(2, 15)))
    return _ink(picture)


def _blot(rng: np.random.Generator) -> Ink:
    picture, pen = _canvas()
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.uniform(30, 66, 2)
        a, b = rng.uniform(8, 28, 2)
        pen.ellipse([x - a, y - b, x + a, y + b], fill=255)
    return _ink(picture)


def _specks(rng: np.random.Generator) -> Ink:
    picture, pen = _canvas()
    for _ in range(int(rng.integers(3, 14))):
        x, y = rng.uniform(10, 86, 2)
        r = rng.uniform(2, 7)
        pen.ellipse([x - r, y - r, x + r, y + r], fill=255)
    return _ink(picture)


def _grain(rng: np.random.Generator) -> Ink:
    """The largest patch of a thresholded random texture, as wood and cloth leave them."""
    texture = ndimage.gaussian_filter(rng.standard_normal((48, 48)), rng.uniform(1, 5))
    labels, _ = ndimage.label(texture > rng.uniform(0.3, 1.5) * texture.std())
    sizes = np.bincount(labels.ravel())[1:]
    return (labels == 1 + int(sizes.argmax())).astype(np.float32) if len(sizes) else _blot(rng)


_DIRT: dict[Callable[[np.random.Generator], Ink], str | None] = {
    _scribble: None,
    _dash: "-",
    _blot: ".",
    _specks: None,
    _grain: None,
}
"""Ways to draw dirt, each with the character that it looks like."""
