"""On which photographs without writing is something read?

    python tests/benchmarks/blank.py [KIND...] [--model NAME]... [--seeds N] [--sides N,N,...] [--save FOLDER]

Surfaces, scenes, lights, sheets on tables, ruled and squared paper, holes, staples, empty forms and printed
codes are drawn at several sizes. Printed are the pictures on which something was read, and for each kind how
many they were and the longest time a picture took.
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scenes import SCENES

from ocr_cli.datasets.paper import lay_on, photograph
from ocr_cli.datasets.surfaces import SURFACES, Floats, seen
from ocr_cli.reader import Reader

Pixels = npt.NDArray[np.uint8]


def surface(height: int, width: int, rng: np.random.Generator, name: str) -> Pixels:
    """A surface alone, in light that may be uneven."""
    picture = (SURFACES | SCENES)[name](height, width, rng)
    return seen(
        picture, rng, vignette=rng.uniform(0, 0.5), blur=rng.uniform(0.5, 3), noise=rng.uniform(0.5, 5)
    )


def sheet(height: int, width: int, rng: np.random.Generator, ruling: str = "none") -> Floats:
    """A blank sheet, float32 (height, width, 3) in 0..255."""
    pitch = rng.uniform(0.018, 0.06) * max(height, width)
    return photograph(
        np.zeros((height, width), np.float32),
        seed=int(rng.integers(1 << 30)),
        ruling=ruling,
        pitch=pitch,
        ruling_colour=[(150, 176, 206), (120, 120, 125), (205, 150, 150)][rng.integers(3)],
        uneven=rng.uniform(0, 0.3),
        blur=0.0,
        noise=0.0,
    ).astype(np.float32)


def quadrilateral(height: int, width: int, rng: np.random.Generator, share: float) -> Floats:
    """Corners of a sheet that takes about this share of a picture's sides, turned and in perspective."""
    corners = (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * share + rng.normal(0, 0.03, (4, 2))) / 2
    angle = np.radians(rng.normal(0, 4))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = corners * (width, height) @ turn
    return np.asarray(corners + (width / 2, height / 2) + rng.normal(0, 0.03, 2) * width, np.float32)


def on_table(height: int, width: int, rng: np.random.Generator, table: str, ruling: str = "none") -> Pixels:
    """A blank sheet on something."""
    under = SURFACES[table](height, width, rng)
    if table == "plain":
        under *= rng.uniform(0.1, 0.5)
    corners = quadrilateral(height, width, rng, rng.uniform(0.55, 0.85))
    picture = lay_on(sheet(height, width, rng, ruling), under, corners)
    return seen(picture, rng, vignette=rng.uniform(0, 0.4), lamp=rng.choice([0, 0, 0.5]))


def ruled(height: int, width: int, rng: np.random.Generator, ruling: str) -> Pixels:
    """Ruled paper that fills the picture, at an angle."""
    large = sheet(round(1.6 * height), round(1.6 * width), rng, ruling)
    corners = quadrilateral(height, width, rng, 1.6)
    return seen(
        lay_on(large, np.zeros((height, width, 3), np.float32), corners), rng, vignette=rng.uniform(0, 0.5)
    )


def lamp(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A lamp's reflection on paper or a table."""
    picture = SURFACES[rng.choice(["plain", "grainy", "wood"])](height, width, rng)
    return seen(picture, rng, lamp=rng.uniform(0.3, 1), vignette=rng.uniform(0, 0.5))


def noise(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Hardly any light, much noise."""
    return seen(SURFACES["plain"](height, width, rng), rng, blur=0, noise=rng.uniform(5, 40))


def gradient(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Light that falls off."""
    picture = photograph(
        np.zeros((height, width), np.float32),
        seed=int(rng.integers(1 << 30)),
        uneven=rng.uniform(0.2, 0.9),
        light_from=rng.uniform(0, 360),
        shadow=rng.choice([0, 0.5]),
        shadow_edge=rng.uniform(3, 80),
    )
    return picture


def drawn_on(
    height: int,
    width: int,
    rng: np.random.Generator,
    draw: Callable[[ImageDraw.ImageDraw, float, float, np.random.Generator], None],
) -> Pixels:
    """Something drawn onto a blank sheet."""
    image = Image.fromarray(sheet(height, width, rng).astype(np.uint8))
    draw(ImageDraw.Draw(image), float(width), float(height), rng)
    return seen(np.asarray(image, np.float32), rng)


def draw_holes(pen: ImageDraw.ImageDraw, width: float, height: float, rng: np.random.Generator) -> None:
    """Punch holes along the left edge, dark, or the table seen through them with a bright rim."""
    radius = rng.uniform(0.008, 0.016) * height
    x = rng.uniform(0.03, 0.06) * width
    fill = int(rng.integers(20, 140))
    for place in ((0.4, 0.6), (0.15, 0.38, 0.61, 0.85))[rng.integers(2)]:
        box = (x - radius, place * height - radius, x + radius, place * height + radius)
        pen.ellipse(box, (fill, fill, fill), (250, 250, 250) if rng.random() < 0.5 else None)


def draw_staples(pen: ImageDraw.ImageDraw, width: float, height: float, rng: np.random.Generator) -> None:
    """One or two staples near a corner."""
    long, thick = 0.035 * width, max(1, round(0.003 * width))
    for _ in range(int(rng.integers(1, 3))):
        x, y = rng.uniform(0.03, 0.15) * width, rng.uniform(0.03, 0.1) * height
        angle = rng.uniform(-0.9, 0.9)
        end = (x + long * np.cos(angle), y + long * np.sin(angle))
        pen.line((x, y, *end), (110, 110, 112), thick)
        pen.line((x, y + thick, end[0], end[1] + thick), (70, 70, 70), 1)


def draw_form(pen: ImageDraw.ImageDraw, width: float, height: float, rng: np.random.Generator) -> None:
    """Boxes, combs of boxes and lines to write on, all empty."""
    dark = int(rng.integers(20, 150))
    colour = (dark, dark, int(min(255, dark + rng.choice([0, 60]))))
    thick = max(1, round(rng.uniform(0.001, 0.004) * width))
    y = 0.08 * height
    while y < 0.88 * height:
        tall = rng.uniform(0.03, 0.07) * height
        left, right = 0.06 * width, rng.uniform(0.5, 0.94) * width
        kind = rng.integers(4)
        if kind == 0:
            pen.rectangle((left, y, right, y + tall), outline=colour, width=thick)
        elif kind == 1:
            for x in np.arange(left, right - tall, tall):
                pen.rectangle((x, y, x + tall, y + tall), outline=colour, width=thick)
        elif kind == 2:
            for x in np.arange(left, right - tall, 1.3 * tall):
                pen.rectangle((x, y, x + tall, y + tall), outline=colour, width=thick)
        else:
            pen.line((left, y + tall, right, y + tall), colour, thick)
        y += tall * rng.uniform(1.4, 2.2)


def draw_border(pen: ImageDraw.ImageDraw, width: float, height: float, rng: np.random.Generator) -> None:
    """A black border, as scanners leave it, on some of the sides, and a fold."""
    for side in range(4):
        reach = rng.uniform(0.005, 0.05) if rng.random() < 0.7 else 0.0
        x, y = reach * width, reach * height
        skew = rng.uniform(0.5, 1.5)
        corners = [
            [(0, 0), (x, 0), (skew * x, height), (0, height)],
            [(width, 0), (width - x, 0), (width - skew * x, height), (width, height)],
            [(0, 0), (width, 0), (width, y), (0, skew * y)],
            [(0, height), (width, height), (width, height - y), (0, height - skew * y)],
        ][side]
        pen.polygon(corners, (15, 15, 15))
    fold = rng.uniform(0.3, 0.7) * height
    pen.line(
        (0, fold, width, fold + rng.normal(0, 0.01) * height), (190, 190, 186), max(1, round(0.002 * height))
    )


KINDS: dict[str, Callable[[int, int, np.random.Generator], Pixels]] = {
    **{name: functools.partial(surface, name=name) for name in SURFACES},
    "gradient": gradient,
    "noise": noise,
    "lamp": lamp,
    "sheet on a dark table": functools.partial(on_table, table="plain"),
    "sheet on wood": functools.partial(on_table, table="wood"),
    "sheet on cloth": functools.partial(on_table, table="cloth"),
    "ruled sheet on wood": functools.partial(on_table, table="wood", ruling="lines"),
    "squared sheet on a dark table": functools.partial(on_table, table="plain", ruling="squares"),
    "ruled paper": functools.partial(ruled, ruling="lines"),
    "squared paper": functools.partial(ruled, ruling="squares"),
    "holes": functools.partial(drawn_on, draw=draw_holes),
    "staples": functools.partial(drawn_on, draw=draw_staples),
    "form": functools.partial(drawn_on, draw=draw_form),
    "border": functools.partial(drawn_on, draw=draw_border),
    **{name: functools.partial(surface, name=name) for name in SCENES},
}
"""What is photographed, by name."""


def draw(kind: str, side: int, seed: int) -> Pixels:
    """A photograph without writing, uint8 (H, W, 3), its longer side of so many pixels."""
    rng = np.random.default_rng([seed, side, list(KINDS).index(kind)])
    height, width = [(side, round(0.75 * side)), (round(0.75 * side), side)][rng.integers(2)]
    return KINDS[kind](height, width, rng)


_reader = functools.cache(Reader)
"""One reader for each model in each process."""


def read(work: tuple[str, int, int, str]) -> tuple[str, float]:
    """What is read on a drawn picture, and the seconds it took."""
    kind, side, seed, model = work
    picture = draw(kind, side, seed)
    reader = _reader(model)
    start = time.perf_counter()
    text = reader.read(picture).text
    return text, time.perf_counter() - start


def main() -> None:
    """Parse the command line, print what was read and the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--model", action="append")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument(
        "--sides", type=lambda text: [int(part) for part in text.split(",")], default="400,1000,2000"
    )
    parser.add_argument("--save", type=Path, help="draw the pictures into this folder and read nothing")
    arguments = parser.parse_args()
    kinds = arguments.kinds or list(KINDS)
    pictures = [
        (kind, side, seed) for kind in kinds for side in arguments.sides for seed in range(arguments.seeds)
    ]
    if arguments.save:
        arguments.save.mkdir(parents=True, exist_ok=True)
        for kind, side, seed in pictures:
            Image.fromarray(draw(kind, side, seed)).save(arguments.save / f"{kind}-{side}-{seed}.png")
        return
    work = [(*picture, model) for picture in pictures for model in arguments.model or ["auto"]]
    found = []
    with ProcessPoolExecutor() as pool:
        for (kind, side, seed, model), (text, seconds) in zip(work, pool.map(read, work), strict=True):
            found.append((kind, bool(text), seconds))
            if text:
                print(f"{kind}, side {side}, seed {seed}, {model}, {seconds:.1f} s: {text!r}", flush=True)
    print("\n| kind | pictures | with text | most seconds |\n|---|---|---|---|")
    for kind in [*kinds, "all"]:
        its = [one for one in found if kind in (one[0], "all")]
        print(f"| {kind} | {len(its)} | {sum(text for _, text, _ in its)} | {max(s for *_, s in its):.2f} |")


if __name__ == "__main__":
    main()
