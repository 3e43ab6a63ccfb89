"""More that is photographed and bears no writing: walls, leaves, sky, water, carpets, printed codes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from ocr_cli.datasets.surfaces import Floats, clouds, coloured


def bricks(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A wall of bricks, every other row shifted by half a brick, with light or dark joints."""
    size = max(height, width)
    tall = rng.uniform(0.03, 0.08) * size
    long, joint = rng.uniform(2.2, 3.2) * tall, rng.uniform(0.06, 0.16) * tall
    y, x = np.mgrid[:height, :width].astype(np.float32)
    row = (y // tall).astype(int)
    x = x + (row % 2) * long / 2
    column = (x // long).astype(int)
    tone = rng.normal(1, 0.12, (int(row.max()) + 1, int(column.max()) + 1))[row, column]
    face = coloured(tone * (1 + 0.08 * clouds(height, width, rng, 4)), (156, 82, 62))
    seam = coloured(
        1 + 0.05 * clouds(height, width, rng, 3), [(190, 184, 172), (84, 78, 72)][rng.integers(2)]
    )
    inside = (y % tall > joint) & (x % long > joint)
    return np.where(inside[..., None], face, seam)


def leaves(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Leaves over each other, each with a vein."""
    size = max(height, width)
    image = Image.new("RGB", (width, height), (24, 40, 16))
    pen = ImageDraw.Draw(image)
    length = rng.uniform(0.04, 0.12) * size
    for _ in range(round(3 * height * width / length**2)):
        x, y, angle = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * np.pi)
        along = np.linspace(-1, 1, 13)
        side = 0.35 * (1 - along**2)
        outline = np.concatenate([np.stack([along, side]), np.stack([along[::-1], -side[::-1]])], axis=1)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = turn @ outline * length / 2 + [[x], [y]]
        green = rng.uniform(0.5, 1.4)
        colour = tuple((np.array([52, 92, 32]) * green).astype(int).tolist())
        pen.polygon([tuple(point) for point in points.T.tolist()], fill=colour)
        pen.line([tuple(points[:, 0].tolist()), tuple(points[:, 12].tolist())], tuple(c + 22 for c in colour))
    return np.asarray(image, np.float32)


def sky(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Blue, with clouds."""
    size = max(height, width)
    cover = clouds(height, width, rng, 0.25 * size, 2) + 0.5 * clouds(height, width, rng, 0.08 * size, 2)
    white = 1 / (1 + np.exp(-2 * (cover - rng.uniform(-1, 1))))[..., None]
    return np.asarray((1 - white) * (96, 148, 214) + white * (238, 240, 244), np.float32)


def water(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Waves, smaller and closer towards the horizon, with glints."""
    depth = np.linspace(0.25, 1, height, dtype=np.float32)[:, None]
    wave = clouds(height, width, rng, 0.015 * max(height, width), 5) * depth
    wave = wave + 0.6 * clouds(height, width, rng, 0.05 * max(height, width), 4) * depth
    shade = 1 + 0.22 * wave + np.where(wave > rng.uniform(1.2, 2), 0.8, 0)
    return np.clip(coloured(shade, (62, 96, 118)), 0, 255)


def carpet(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Tufts, of several sizes and brightnesses, perhaps with a pattern of lozenges."""
    shade = 1 + 0.16 * clouds(height, width, rng, rng.uniform(3, 8)) + 0.06 * clouds(height, width, rng, 40)
    if rng.random() < 0.5:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        pitch = rng.uniform(0.06, 0.15) * max(height, width)
        lozenge = np.abs(x % pitch / pitch - 0.5) + np.abs(y % pitch / pitch - 0.5)
        shade = shade * np.where(lozenge < 0.3, 0.7, 1)
    return coloured(shade, [(140, 64, 58), (92, 96, 110), (172, 156, 132)][rng.integers(3)])


def shadow(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A plain wall, on which the shadow of a window's bars or of a plant falls."""
    size = max(height, width)
    wall = 1 + 0.012 * clouds(height, width, rng, 3) + 0.05 * clouds(height, width, rng, 0.5 * size)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    if rng.random() < 0.5:
        angle, pitch = rng.normal(0, 0.4), rng.uniform(0.15, 0.4) * size
        across, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        away = np.minimum(np.abs(across % pitch - pitch / 2), np.abs(down % pitch - pitch / 2))
        edge = (away - 0.015 * size) / (rng.uniform(0.003, 0.02) * size)
    else:
        edge = 3 * clouds(height, width, rng, rng.uniform(0.05, 0.2) * size)
    light = rng.uniform(0.45, 0.8)
    return coloured(wall * (light + (1 - light) / (1 + np.exp(-edge))), (206, 202, 192))


def barcode(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed bar code on paper, without the number below it."""
    picture = coloured(1 + 0.01 * clouds(height, width, rng, 3), (232, 230, 224))
    module = max(1, round(rng.uniform(0.003, 0.008) * width))
    bars = rng.integers(1, 5, 58)
    x, top = round(rng.uniform(0.05, 0.2) * width), round(rng.uniform(0.2, 0.5) * height)
    tall = round(rng.uniform(0.1, 0.35) * height)
    for number, modules in enumerate(bars):
        if number % 2 == 0:
            picture[top : top + tall, x : x + modules * module] = 34
        x += int(modules) * module
    return picture


def code(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A printed code of squares, as QR codes look: finders at three corners, chance elsewhere."""
    count, quiet = int(rng.choice([21, 25, 33])), 4
    modules = rng.random((count, count)) < 0.5
    finder = np.ones((7, 7), bool)
    finder[1:6, 1:6] = False
    finder[2:5, 2:5] = True
    for y, x in ((0, 0), (0, count - 8), (count - 8, 0)):
        modules[y : y + 8, x : x + 8] = False
    for y, x in ((0, 0), (0, count - 7), (count - 7, 0)):
        modules[y : y + 7, x : x + 7] = finder
    modules = np.pad(modules, quiet)
    module = max(2, int(rng.uniform(0.4, 0.95) * min(height, width) / len(modules)))
    print_ = np.kron(modules, np.ones((module, module), bool))
    picture = coloured(1 + 0.01 * clouds(height, width, rng, 3), (232, 230, 224))
    top, left = (height - len(print_)) // 2, (width - len(print_)) // 2
    picture[top : top + len(print_), left : left + len(print_)][print_] = 30
    return picture


SCENES: dict[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "bricks": bricks,
    "leaves": leaves,
    "sky": sky,
    "water": water,
    "carpet": carpet,
    "shadow": shadow,
    "bar code": barcode,
    "square code": code,
}
"""The scenes by name."""
