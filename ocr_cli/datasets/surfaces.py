"""What is photographed and bears no writing: wood, cloth, crumpled paper, keys, panes, light and grain.

Each surface is drawn by ``surface(height, width, rng)`` as float32 (height, width, 3) in 0..255.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Floats = npt.NDArray[np.float32]


def clouds(height: int, width: int, rng: np.random.Generator, scale: float, stretch: float = 1.0) -> Floats:
    """Smooth noise of mean 0 and standard deviation 1.

    Args:
        height: rows of the result.
        width: columns of the result.
        rng: draws the noise.
        scale: size of its patches, in pixels down.
        stretch: how many times wider than high they are.

    Returns:
        float32 (height, width).
    """
    small = rng.normal(
        0, 1, (max(4, round(2 * height / scale)), max(4, round(2 * width / (scale * stretch))))
    )
    small = ndimage.gaussian_filter(small, 1.0).astype(np.float32)
    large = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC), np.float32)
    return np.asarray((large - large.mean()) / max(float(large.std()), 1e-6), np.float32)


def coloured(shade: npt.ArrayLike, colour: tuple[int, int, int]) -> Floats:
    """A colour times a brightness: (H, W) -> float32 (H, W, 3)."""
    return np.asarray(np.asarray(shade, np.float32)[..., None] * np.array(colour, np.float32), np.float32)


def plain(height: int, width: int, rng: np.random.Generator) -> Floats:
    """An even colour, dark or light."""
    return coloured(np.ones((height, width)), _colour(rng, 30, 230))


def grainy(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Paper, plaster, stone: grain of some sizes."""
    shade = 1 + sum(rng.uniform(0.01, 0.05) * clouds(height, width, rng, scale) for scale in (2.0, 5.0, 40.0))
    return coloured(shade, _colour(rng, 120, 230))


def wood(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Planks with their grain, brown, light or dark."""
    y = np.arange(height, dtype=np.float32)[:, None]
    size = max(height, width)
    rings = y / (0.02 * size) + 1.5 * clouds(height, width, rng, 0.15 * size, 4)
    fibres = clouds(height, width, rng, 3.0, 25)
    shade = 1 + rng.uniform(0.04, 0.12) * np.sin(2 * np.pi * rings) + 0.06 * fibres
    plank = rng.uniform(0.15, 0.4) * size
    number = (y // plank).astype(int)
    tone = rng.normal(1, 0.06, int(number.max()) + 1)
    shade = shade * tone[number] * np.where(y % plank < max(1, 0.002 * size), 0.6, 1)
    return coloured(shade, [(150, 105, 65), (205, 165, 115), (85, 55, 38)][rng.integers(3)])


def cloth(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Woven threads, perhaps with checks."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    thread = rng.uniform(2.5, 8)
    weave = np.sin(2 * np.pi * x / thread) * np.sin(2 * np.pi * y / thread)
    shade = 1 + 0.08 * weave + 0.04 * clouds(height, width, rng, 3)
    if rng.random() < 0.5:
        check = rng.uniform(0.03, 0.1) * max(height, width)
        shade *= 1 - 0.25 * ((x % (2 * check) < check).astype(np.float32) + (y % (2 * check) < check)) / 2
    return coloured(shade, _colour(rng, 40, 200))


def crumpled(height: int, width: int, rng: np.random.Generator) -> Floats:
    """White paper with creases, each lit on one side and dark on the other."""
    size = max(height, width)
    relief = sum(
        np.abs(clouds(height, width, rng, size * share)) * share for share in (0.5, 0.25, 0.12, 0.06)
    )
    slope = ndimage.sobel(np.asarray(relief, np.float32), axis=int(rng.integers(2))) * size / 200
    return coloured(np.clip(1 + rng.uniform(0.3, 0.9) * slope, 0.5, 1.06), (232, 230, 224))


def blobs(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Lamps and leaves out of focus."""
    size = max(height, width)
    picture = coloured(1 + 0.15 * clouds(height, width, rng, 0.4 * size), _colour(rng, 40, 150))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for _ in range(int(rng.integers(5, 25))):
        radius = rng.uniform(0.01, 0.08) * size
        distance = np.hypot(x - rng.uniform(0, width), y - rng.uniform(0, height))
        disc = np.clip((radius - distance) / (0.25 * radius) + 0.5, 0, 1)[..., None] * rng.uniform(0.2, 0.9)
        picture = picture * (1 - disc) + np.array(_colour(rng, 60, 255), np.float32) * disc
    return np.asarray(picture, np.float32)


def keys(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Keys without letters, tiles or bricks: rounded blocks in rows."""
    pitch = rng.uniform(0.04, 0.12) * max(height, width)
    across = pitch * rng.choice([1.0, 1.0, 2.2])
    y, x = np.mgrid[:height, :width].astype(np.float32)
    row = y // pitch
    x = x + rng.uniform(0, 0.5) * across * row
    # Distance from the middle of the block, 1 at its edge.
    dx, dy = np.abs(x % across / across - 0.5) * 2, np.abs(y % pitch / pitch - 0.5) * 2
    edge = (dx**8 + dy**8) ** (1 / 8)
    block = 1 / (1 + np.exp((edge - 0.88) * 40))[..., None]
    tone = rng.normal(1, rng.uniform(0, 0.06), (int(row.max()) + 1, int((x // across).max()) + 1))
    face = coloured(tone[row.astype(int), (x // across).astype(int)], _colour(rng, 30, 230))
    return np.asarray(face * block + np.array(_colour(rng, 20, 220), np.float32) * (1 - block), np.float32)


def panes(height: int, width: int, rng: np.random.Generator) -> Floats:
    """A window: a bright sky behind bars."""
    size = max(height, width)
    picture = coloured(1 + 0.05 * clouds(height, width, rng, 0.3 * size), (215, 228, 242))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pitch, bar = rng.uniform(0.1, 0.35) * size, rng.uniform(0.006, 0.03) * size
    bars = ((x + rng.uniform(0, pitch)) % pitch < bar) | ((y + rng.uniform(0, pitch)) % (1.3 * pitch) < bar)
    picture[bars] = _colour(rng, 30, 110)
    return picture


def stripes(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Blinds, a fence, a radiator: slanting bars."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.15)
    pitch = rng.uniform(0.01, 0.06) * max(height, width)
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch)
    return coloured(1 + rng.uniform(0.05, 0.4) * np.tanh(rng.uniform(1, 6) * wave), _colour(rng, 90, 180))


def halves(height: int, width: int, rng: np.random.Generator) -> Floats:
    """The edge of a table: two surfaces and the line between them."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    distance = (x - width * rng.uniform(0.3, 0.7)) * np.cos(angle)
    distance += (y - height * rng.uniform(0.3, 0.7)) * np.sin(angle)
    share = np.clip(distance / rng.uniform(1, 6) + 0.5, 0, 1)[..., None]
    one, other = (SURFACES[name](height, width, rng) for name in rng.choice(["plain", "grainy", "wood"], 2))
    return np.asarray(one * share + other * (1 - share), np.float32)


SURFACES: dict[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "plain": plain,
    "grainy": grainy,
    "wood": wood,
    "cloth": cloth,
    "crumpled": crumpled,
    "blobs": blobs,
    "keys": keys,
    "panes": panes,
    "stripes": stripes,
    "halves": halves,
}
"""The surfaces by name."""


def seen(
    picture: Floats,
    rng: np.random.Generator,
    *,
    vignette: float = 0.0,
    lamp: float = 0.0,
    blur: float = 0.7,
    noise: float = 2.0,
) -> npt.NDArray[np.uint8]:
    """What a camera makes of a scene.

    Args:
        picture: float32 (H, W, 3), in 0..255.
        rng: draws the noise and where a lamp shines.
        vignette: share of the light lost in the corners.
        lamp: how much of a lamp's white is reflected in the middle of its reflection.
        blur: standard deviation of the camera's blur in pixels.
        noise: standard deviation of the sensor's noise in grey values of 255.

    Returns:
        uint8 (H, W, 3).
    """
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    if lamp:
        at_x, at_y = rng.uniform(-0.7, 0.7, 2)
        radius = rng.uniform(0.15, 0.4)
        shine = lamp * np.exp(-((((x - at_x) ** 2 + (y - at_y) ** 2) / radius**2) ** 2))[..., None]
        picture = picture * (1 - shine) + np.float32(255) * shine
    picture = picture * (1 - vignette * (x**2 + y**2) / 2)[..., None]
    if blur:
        picture = np.asarray(ndimage.gaussian_filter(picture, (blur, blur, 0)), np.float32)
    picture = picture + rng.normal(0, noise, picture.shape).astype(np.float32)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _colour(rng: np.random.Generator, darkest: int, lightest: int) -> tuple[int, int, int]:
    """A not very bright colour."""
    grey = rng.integers(darkest, lightest + 1)
    red, green, blue = np.clip(grey + rng.normal(0, 18, 3), 0, 255).astype(int).tolist()
    return red, green, blue
