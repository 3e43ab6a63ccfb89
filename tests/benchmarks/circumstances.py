"""How is writing read in hard circumstances?

    python tests/benchmarks/circumstances.py [KIND...] [--model NAME] [--pages N] [--save FOLDER] [--verbose]

Pages of random words in the synthetic hand are drawn on sheets that lie on tables among other things, in bad
light, in pencil, in colours, on ruled and squared paper, in boxes, beside holes and staples. ``kinds`` says
what the table gives.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import kinds
import numpy as np
from blank import draw_border, draw_holes, draw_staples, quadrilateral
from kinds import Pixels
from PIL import Image, ImageDraw

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import lay_on, photograph
from ocr_cli.datasets.surfaces import SURFACES, Floats, seen
from ocr_cli.datasets.synthetic import draw_text

PENCIL, BLUE, BLACK = (150, 150, 152), (45, 60, 150), (35, 35, 40)
LETTERS = "AAABCDDEEEEEFGHHIIIJKLLMNNNOOOPQRRRSSSTTTUUVWXYZ"


def words(rng: np.random.Generator, lines: int) -> tuple[str, ...]:
    """Lines of two or three random words in capitals, here and there a number."""

    def word() -> str:
        letters = "0123456789" if rng.random() < 0.12 else LETTERS
        return "".join(rng.choice(list(letters), rng.integers(2, 8)))

    return tuple(" ".join(word() for _ in range(rng.integers(2, 4))) for _ in range(lines))


def style(rng: np.random.Generator) -> Style:
    """A writer with an ordinary pen, who writes legibly."""
    return Style(
        seed=int(rng.integers(1 << 30)),
        slant=float(rng.normal(3, 6)),
        pen=float(rng.uniform(6, 10)),
        variation=float(rng.uniform(1, 2)),
    )


def written(
    rng: np.random.Generator, lines: int = 5, height: float = 44, **options: Any
) -> tuple[Floats, str]:
    """A page of ink and its text."""
    text = words(rng, lines)
    ink = draw_text(text, style=style(rng), seed=int(rng.integers(1 << 30)), height=height, **options).ink
    return ink, "\n".join(text)


def flat(ink: Floats, rng: np.random.Generator, **options: Any) -> Floats:
    """The sheet as it is, float32 (H, W, 3) in 0..255."""
    seed = int(rng.integers(1 << 30))
    return photograph(ink, seed=seed, **{"pen": BLUE, "blur": 0.0, "noise": 0.0, **options}).astype(
        np.float32
    )


def photographed(rng: np.random.Generator, options: dict[str, Any]) -> tuple[Pixels, str]:
    """A page that fills the picture, under the camera of ``datasets.paper``."""
    ink, text = written(rng)
    options = {"tilt": float(rng.normal(0, 1.5)), "pen": BLUE, "jpeg_quality": 85, **options}
    return photograph(ink, seed=int(rng.integers(1 << 30)), **options), text


def on_table(rng: np.random.Generator, table: str, things: str = "none") -> tuple[Pixels, str]:
    """A sheet on a table that takes up to half of the picture."""
    ink, text = written(rng, lines=4)
    page = flat(ink, rng)
    share = rng.uniform(0.7, 0.85)
    height, width = (round(side / share) for side in ink.shape)
    under = SURFACES[table](height, width, rng)
    if table == "plain":
        under *= np.float32(0.35)
    image = Image.fromarray(np.clip(under, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    if things == "pen":
        x, y = rng.uniform(0.02, 0.1) * width, rng.uniform(0.1, 0.5) * height
        pen.line((x, y, x + 0.04 * width, y + 0.4 * height), (230, 230, 225), round(0.02 * width))
        pen.line((x, y, x + 0.01 * width, y + 0.1 * height), (200, 30, 30), round(0.02 * width))
    elif things == "keys":
        under = SURFACES["keys"](height, width, rng)
        image.paste(Image.fromarray(np.clip(under, 0, 255).astype(np.uint8)).crop((0, 0, width, height // 2)))
    elif things == "print":
        text_beside = draw_text(words(rng, 12), style=Style(seed=7), seed=1, height=16, line_spacing=1.6).ink
        paper = flat(text_beside, rng, pen=BLACK, paper=(205, 203, 198))
        image.paste(Image.fromarray(paper.astype(np.uint8)), (round(rng.uniform(-0.3, 0.3) * width), 0))
        image.paste(Image.fromarray(paper.astype(np.uint8)), (0, round(0.8 * height)))
    corners = quadrilateral(height, width, rng, share)
    return seen(lay_on(page, np.asarray(image, np.float32), corners), rng, vignette=0.2), text


def reflection(rng: np.random.Generator) -> tuple[Pixels, str]:
    """A lamp's reflection, through which the ink is still to be seen."""
    ink, text = written(rng)
    return seen(flat(ink, rng), rng, lamp=0.7), text


def coloured(
    rng: np.random.Generator, paper: tuple[int, int, int], pen: tuple[int, int, int]
) -> tuple[Pixels, str]:
    """Coloured ink on coloured paper."""
    return photographed(rng, {"paper": paper, "pen": pen})


def two_pens(rng: np.random.Generator, share: float) -> tuple[Pixels, str]:
    """Lines in dark ink, and below them lines in one that covers the paper by so large a share of that."""
    (upper, first), (lower, second) = written(rng, lines=3), written(rng, lines=2)
    width = max(upper.shape[1], lower.shape[1])
    sides = [np.pad(ink, ((0, 0), (0, width - ink.shape[1]))) for ink in (upper, share * lower)]
    options: dict[str, Any] = {"tilt": float(rng.normal(0, 1.5)), "pen": BLACK, "jpeg_quality": 85}
    pixels = photograph(np.concatenate(sides), seed=int(rng.integers(1 << 30)), **options)
    return pixels, f"{first}\n{second}"


def margin(rng: np.random.Generator) -> tuple[Pixels, str]:
    """Ruled paper with a red line down the margin, some letters on it."""
    ink, text = written(rng)
    image = Image.fromarray(flat(np.zeros_like(ink), rng, ruling="lines", pitch=44.0).astype(np.uint8))
    x = rng.uniform(40, 75)
    ImageDraw.Draw(image).line((x, 0, x + 4, ink.shape[0]), (205, 90, 90), 3)
    page = np.asarray(image, np.float32)
    cover = 0.9 * ink[..., None]
    return seen(page * (1 - cover) + np.array(BLUE, np.float32) * cover, rng), text


def alone(letter: str, hand: Style, seed: int) -> Floats:
    """The ink of one letter, no margin around it."""
    ink = draw_text(letter, style=hand, seed=seed, height=38).ink
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def boxes(rng: np.random.Generator, gap: float, dark: int) -> tuple[Pixels, str]:
    """One letter a box, combs of boxes for words."""
    side, rows, columns = 64, 4, 11
    step = side * (1 + gap)
    image = Image.new("RGB", (round(columns * step) + 80, round(rows * 1.5 * side) + 80), (238, 236, 230))
    pen = ImageDraw.Draw(image)
    ink = np.zeros((image.height, image.width), np.float32)
    hand = style(rng)
    text = []
    for row in range(rows):
        top = round(40 + row * 1.5 * side)
        line = "".join(rng.choice(list(LETTERS), rng.integers(5, columns + 1)))
        for column in range(columns):
            left = round(40 + column * step)
            pen.rectangle((left, top, left + side, top + side), outline=(dark, dark, dark), width=2)
            if column < len(line):
                letter = alone(line[column], hand, row * 50 + column)
                y = top + round((side - letter.shape[0]) / 2 + rng.normal(0, 3))
                x = left + round((side - letter.shape[1]) / 2 + rng.normal(0, 3))
                area = ink[y : y + letter.shape[0], x : x + letter.shape[1]]
                np.maximum(area, letter[: area.shape[0], : area.shape[1]], out=area)
        text.append(line)
    cover = 0.9 * ink[..., None]
    page = np.asarray(image, np.float32) * (1 - cover) + np.array(BLUE, np.float32) * cover
    page = np.asarray(
        Image.fromarray(page.astype(np.uint8)).rotate(
            rng.normal(0, 1), Image.Resampling.BICUBIC, fillcolor=(238, 236, 230)
        ),
        np.float32,
    )
    return seen(page, rng), "\n".join(text)


def added(
    rng: np.random.Generator,
    draw: Callable[[ImageDraw.ImageDraw, float, float, np.random.Generator], None],
) -> tuple[Pixels, str]:
    """Something drawn onto the written sheet."""
    ink, text = written(rng, margin=2.5)
    image = Image.fromarray(flat(ink, rng).astype(np.uint8))
    draw(ImageDraw.Draw(image), float(image.width), float(image.height), rng)
    return seen(np.asarray(image, np.float32), rng), text


YELLOW, PINK, PALE_BLUE = (240, 222, 120), (238, 180, 190), (170, 205, 235)
RULES: dict[str, dict[str, Any]] = {
    "vignetting": {"vignette": 0.7, "uneven": 0.3},
    "hard shadow": {"shadow": 0.55, "shadow_edge": 4.0},
    "pencil on ruled paper": {"pen": PENCIL, "ruling": "lines", "pitch": 66.0},
    "pencil on squared paper": {"pen": PENCIL, "ruling": "squares", "pitch": 30.0},
    "blue ink on squared paper": {"ruling": "squares", "pitch": 30.0},
    "large squares": {"ruling": "squares", "pitch": 88.0},
    "rules as dark as the ink": {"ruling": "lines", "pitch": 70.0, "ruling_colour": (20, 30, 120)},
    "squares as dark as the ink": {"ruling": "squares", "pitch": 50.0, "ruling_colour": (20, 30, 120)},
    "dark ink, red rules": {"pen": BLACK, "ruling": "lines", "pitch": 70.0, "ruling_colour": (220, 60, 60)},
    "rules at 4 degrees": {"ruling": "lines", "pitch": 88.0, "tilt": 4.0},
}

KINDS: dict[str, Callable[[np.random.Generator], tuple[Pixels, str]]] = {
    "plain": functools.partial(photographed, options={}),
    "dark table": functools.partial(on_table, table="plain"),
    "wooden table": functools.partial(on_table, table="wood"),
    "cloth": functools.partial(on_table, table="cloth"),
    "wooden table, pen": functools.partial(on_table, table="wood", things="pen"),
    "dark table, keys": functools.partial(on_table, table="plain", things="keys"),
    "wooden table, print": functools.partial(on_table, table="wood", things="print"),
    "lamp": reflection,
    **{name: functools.partial(photographed, options=options) for name, options in RULES.items()},
    "red on yellow": functools.partial(coloured, paper=YELLOW, pen=(190, 50, 45)),
    "blue on pink": functools.partial(coloured, paper=PINK, pen=(80, 90, 190)),
    "green on yellow": functools.partial(coloured, paper=YELLOW, pen=(90, 160, 90)),
    "red on pale blue": functools.partial(coloured, paper=PALE_BLUE, pen=(225, 120, 130)),
    "yellow on white": functools.partial(coloured, paper=(236, 233, 224), pen=(235, 205, 60)),
    "two pens, one half as dark": functools.partial(two_pens, share=0.5),
    "two pens, one a third as dark": functools.partial(two_pens, share=1 / 3),
    "red margin": margin,
    "boxes": functools.partial(boxes, gap=0.0, dark=60),
    "pale boxes": functools.partial(boxes, gap=0.0, dark=170),
    "boxes apart": functools.partial(boxes, gap=0.2, dark=60),
    "holes": functools.partial(added, draw=draw_holes),
    "staples": functools.partial(added, draw=draw_staples),
    "border": functools.partial(added, draw=draw_border),
}
"""The circumstances by name."""


def draw(kind: str, seed: int) -> tuple[Pixels, str]:
    """A page, uint8 (H, W, 3), and its text."""
    return KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))


if __name__ == "__main__":
    kinds.main(__doc__, KINDS, draw)
