"""How are the small pictures read that people hand to a reader?

    python tests/benchmarks/everyday.py [KIND...] [--model NAME] [--pages N] [--save FOLDER] [--verbose]

Notes of a few words in the synthetic hand, with what everyday brings: two pens, ink as bright as the paper,
bars and strips of another colour, notes on a desk, number plates, characters that fill the picture, what
shines through, signatures, bar codes, rings of cups, a hand that shook, a lamp on a board; and the sample
pages beside cards and labels on a desk. ``kinds`` says what the table gives.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import kinds
import numpy as np
from circumstances import alone, style
from drawn_pages import WORDS
from kinds import Drawn, Pixels
from PIL import Image, ImageDraw
from scipy import ndimage

from ocr_cli.datasets.paper import lay_on
from ocr_cli.datasets.surfaces import SURFACES, Floats
from ocr_cli.datasets.synthetic import draw_text

Colour: TypeAlias = tuple[int, int, int]

WHITE, BLACK = (250, 250, 248), (28, 28, 32)
STRIPS = ((248, 220, 90), (150, 215, 245), (245, 165, 70), (170, 225, 160))
SAMPLES = Path(__file__).parents[2] / "samples"
NOTES = (WHITE, (250, 235, 130), (165, 220, 250), (250, 190, 200))


def text_of(rng: np.random.Generator, lines: int, most: int = 3) -> list[str]:
    """Lines of one to so many words, here and there a number."""

    def word() -> str:
        return str(rng.integers(2, 2000)) if rng.random() < 0.2 else str(rng.choice(WORDS))

    return [" ".join(word() for _ in range(rng.integers(1, most + 1))) for _ in range(lines)]


def inked(rng: np.random.Generator, lines: list[str], height: float = 40, margin: float = 1.0) -> Floats:
    """The ink of some lines: float32 (H, W), 1 full ink."""
    seed = int(rng.integers(1 << 30))
    return draw_text(lines, style=style(rng), seed=seed, height=height, margin=margin).ink


def on(paper: Colour | Floats, ink: Floats, pen: Colour = BLACK) -> Floats:
    """Ink on paper of one colour, or on a picture: float32 (H, W, 3) in 0..255."""
    cover = ink[..., None]
    return np.asarray(np.asarray(paper, np.float32) * (1 - cover) + np.array(pen, np.float32) * cover)


def seen(picture: Floats, rng: np.random.Generator, noise: float = 1.0) -> Pixels:
    """As a camera or a screen shows it."""
    grain = rng.normal(0, noise, picture.shape) if noise else 0.0
    return np.clip(np.rint(picture + grain), 0, 255).astype(np.uint8)


def beside(upper: Floats, lower: Floats) -> Floats:
    """Two pictures one above the other, as wide as the wider one; the last column goes on."""
    width = max(upper.shape[1], lower.shape[1])
    parts = [np.pad(one, ((0, 0), (0, width - one.shape[1]), (0, 0)), "edge") for one in (upper, lower)]
    return np.concatenate(parts)


def two_pens(rng: np.random.Generator) -> Drawn:
    """Every other word, or a line, in a pen 0.38 to 0.6 as dark as the other."""
    share = rng.uniform(0.38, 0.6)
    by_word = rng.random() < 0.5
    text, rows = [], []
    for number in range(3):
        words = [str(word) for word in rng.choice(WORDS, 2 if by_word else 1)]
        pieces = [inked(rng, [word], margin=0.6) for word in words]
        tall = max(piece.shape[0] for piece in pieces)
        dark = [number != 1 if not by_word else k == number % 2 for k in range(len(pieces))]
        row = [
            np.pad(piece * (1 if full else share), ((0, tall - piece.shape[0]), (0, 0)))
            for piece, full in zip(pieces, dark, strict=True)
        ]
        rows.append(on(WHITE, np.concatenate(row, axis=1)))
        text.append(" ".join(words))
    return seen(functools.reduce(beside, rows), rng), "\n".join(text)


def faint(rng: np.random.Generator) -> Drawn:
    """Even, clean writing that is 4 to 6 hundredths darker than the paper."""
    text = text_of(rng, 3)
    level = round(250 * (1 - rng.uniform(0.04, 0.06)))
    return seen(on((250, 250, 250), inked(rng, text), (level, level, level)), rng, noise=0), "\n".join(text)


def equally_bright(rng: np.random.Generator) -> Drawn:
    """Ink as bright as the paper and of another colour."""
    text = text_of(rng, 2)
    paper, pen = [
        ((40, 120, 40), (190, 40, 48)),
        ((180, 95, 15), (90, 90, 230)),
        ((205, 60, 60), (30, 128, 60)),
        ((90, 110, 200), (180, 85, 60)),
        ((60, 130, 130), (190, 80, 60)),
    ][rng.integers(5)]
    return seen(on(paper, inked(rng, text), pen), rng), "\n".join(text)


def reverse_side(rng: np.random.Generator) -> Drawn:
    """What is written on the other side shines through, mirrored and blurred, a tenth to a third as dark."""
    text = text_of(rng, 3)
    ink = inked(rng, text)
    behind = inked(rng, text_of(rng, 4, 4))[:, ::-1]
    height, width = np.maximum(ink.shape, behind.shape)
    ink, behind = (np.pad(one, ((0, height - len(one)), (0, width - one.shape[1]))) for one in (ink, behind))
    behind = np.asarray(ndimage.gaussian_filter(behind, rng.uniform(1, 2)))
    both = np.maximum(ink, rng.uniform(0.1, 0.35) * np.roll(behind, int(rng.integers(-40, 40)), axis=0))
    return seen(on(WHITE, both), rng), "\n".join(text)


def header(rng: np.random.Generator) -> Drawn:
    """A strip of another colour above or below the page, dark writing on both."""
    page, strip = text_of(rng, 3), text_of(rng, 1, 2)
    colour = STRIPS[rng.integers(len(STRIPS))]
    parts = [on(WHITE, inked(rng, page)), on(colour, inked(rng, strip, margin=0.6))]
    texts = [*page, *strip]
    if rng.random() < 0.6:
        parts, texts = parts[::-1], [*strip, *page]
    return seen(beside(*parts), rng), "\n".join(texts)


def light_bar(rng: np.random.Generator) -> Drawn:
    """A dark bar with light writing above or below dark writing on light paper."""
    page, bar = text_of(rng, 3), text_of(rng, 1, 2)
    colour = [(16, 16, 18), (30, 60, 160), (20, 90, 50), (120, 24, 30)][rng.integers(4)]
    parts = [on(WHITE, inked(rng, page)), on(colour, inked(rng, bar, margin=0.6), WHITE)]
    texts = [*page, *bar]
    if rng.random() < 0.6:
        parts, texts = parts[::-1], [*bar, *page]
    return seen(beside(*parts), rng), "\n".join(texts)


def ground(name: str, height: int, width: int, rng: np.random.Generator) -> Floats:
    """What notes lie on: a dark, light or wooden desk."""
    if name == "wood":
        return SURFACES["wood"](height, width, rng)
    level = rng.uniform(25, 60) if name == "dark" else rng.uniform(170, 205)
    return np.asarray(level + rng.normal(0, 2, (height, width, 1)) + rng.normal(0, 4, 3), np.float32)


def notes(rng: np.random.Generator, name: str, columns: int, rows: int, size: float) -> Drawn:
    """Notes on a desk, askew, in rows; each has a few words and fills so large a share of its place."""
    place = np.array([340, 250])
    picture = ground(name, int(rows * place[1] / size), int(columns * place[0] / size), rng)
    texts = []
    for number in range(columns * rows):
        text = text_of(rng, 2, 1)
        ink = inked(rng, text, height=34, margin=0.9)
        note = on(NOTES[rng.integers(len(NOTES))], ink)
        half = np.array(ink.shape[::-1]) / 2
        middle = (np.array([number % columns, number // columns]) + 0.5) * place / size
        angle = np.radians(rng.normal(0, 4))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turn + middle + rng.normal(0, 5, 2)
        picture = lay_on(note, picture, corners)
        texts += text
    return seen(picture, rng, noise=2), "\n".join(texts)


def _sample(rng: np.random.Generator) -> tuple[Floats, list[str]]:
    """One of the sample pages, 640 to 900 pixels wide."""
    path = sorted(SAMPLES.glob("*.jpg"))[rng.integers(len(list(SAMPLES.glob("*.jpg"))))]
    with Image.open(path) as image:
        width = int(rng.integers(640, 900))
        size = (width, round(image.height * width / image.width))
        pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), np.float32)
    return pixels, path.with_suffix("").with_suffix(".gt.txt").read_text().splitlines()


def _card(rng: np.random.Generator, lines: int, most: int) -> tuple[Floats, list[str]]:
    """A card of some lines of one to so many words, in some colour."""
    text = text_of(rng, lines, most)
    return on(NOTES[rng.integers(len(NOTES))], inked(rng, text, height=34, margin=0.9)), text


def pages(rng: np.random.Generator, name: str) -> Drawn:
    """Two to nine sample pages, cards and labels side by side on a desk, in rows, a little askew."""
    kinds_of = (_sample, functools.partial(_card, lines=3, most=2), functools.partial(_card, lines=1, most=1))
    sheets = [kinds_of[rng.integers(3)](rng) for _ in range(rng.integers(2, 10))]
    columns = int(np.ceil(np.sqrt(len(sheets))))
    rows = [sheets[first : first + columns] for first in range(0, len(sheets), columns)]
    # Desk between them, and around them all.
    gaps = iter(rng.uniform(30, 120, 40).tolist())
    placed, down, right = [], next(gaps), 0.0
    for row in rows:
        left, tall = next(gaps), max(len(sheet) for sheet, _ in row)
        for sheet, _ in row:
            half = np.array(sheet.shape[1::-1]) / 2
            angle = np.radians(rng.normal(0, 1.0))
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            middle = np.array([left + half[0], down + tall / 2])
            placed.append((sheet, np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turn + middle))
            left += sheet.shape[1] + next(gaps)
        down, right = down + tall + next(gaps), max(right, left)
    picture = ground(name, int(down), int(right), rng)
    for sheet, corners in placed:
        picture = lay_on(sheet, picture, corners)
    return seen(picture, rng, noise=2), "\n".join(line for _, text in sheets for line in text)


def motion(rng: np.random.Generator) -> Drawn:
    """A hand that shook: letters smeared by a quarter to half of their height in one direction."""
    text = text_of(rng, 3)
    ink = inked(rng, text, height=44)
    length = int(rng.uniform(0.25, 0.45) * 44) | 1
    smear = Image.new("F", (length, length))
    angle = rng.uniform(0, np.pi)
    reach, middle = length / 2 * np.array([np.cos(angle), np.sin(angle)]), length / 2
    ImageDraw.Draw(smear).line([*(middle - reach), *(middle + reach)], 1.0)
    weights = np.asarray(smear)
    moved = np.asarray(ndimage.convolve(ink, weights / weights.sum()), np.float32)
    return seen(on(WHITE, moved), rng, noise=2), "\n".join(text)


def glare(rng: np.random.Generator) -> Drawn:
    """A whiteboard, a lamp shines on the middle of the writing."""
    text = text_of(rng, 3)
    board = on((205, 208, 208), inked(rng, text), (40, 60, 150))
    y, x = np.mgrid[: board.shape[0], : board.shape[1]]
    middle = rng.uniform(0.35, 0.65, 2) * board.shape[:2]
    away = np.hypot(y - middle[0], x - middle[1]) / rng.uniform(50, 90)
    lamp = rng.uniform(0.6, 0.8) * np.exp(-0.5 * away**2)[..., None]
    return seen(np.asarray(board + lamp * (255 - board), np.float32), rng, noise=2), "\n".join(text)


def single(rng: np.random.Generator, characters: str) -> Drawn:
    """One character that fills the picture, two pixels of paper around it."""
    text = str(rng.choice(list(characters)))
    ink = np.pad(alone(text, style(rng), int(rng.integers(1 << 30))), 3)
    return seen(on(WHITE, ink), rng), text


def plate(rng: np.random.Generator) -> Drawn:
    """A number plate: a frame close to large letters and digits."""
    letters, digits = rng.choice(list("ABCDEFGHKLMNPRSTUVXZ"), 2), rng.choice(list("2345678"), 3)
    text = f"{''.join(letters)} {''.join(digits)}"
    ink = inked(rng, [text], height=60, margin=0.5)
    paper, pen = [(WHITE, BLACK), ((250, 205, 30), BLACK), ((16, 16, 18), WHITE)][rng.integers(3)]
    image = Image.fromarray(seen(on(paper, ink, pen), rng))
    border = (1, 1, image.width - 2, image.height - 2)
    ImageDraw.Draw(image).rounded_rectangle(border, 8, outline=pen, width=4)
    return np.asarray(image), text


def cup_ring(rng: np.random.Generator) -> Drawn:
    """Nothing but the ring of a cup."""
    height, width = 500, 700
    y, x = np.mgrid[:height, :width]
    radius = rng.uniform(50, 140)
    middle = rng.uniform(radius + 20, height - radius - 20), rng.uniform(radius + 20, width - radius - 20)
    ring = np.abs(np.hypot(y - middle[0], x - middle[1]) - radius) < rng.uniform(3, 6)
    ink = rng.uniform(0.3, 0.7) * ndimage.gaussian_filter(ring.astype(np.float32), 1.5)
    return seen(on(WHITE, np.asarray(ink, np.float32), (120, 80, 40)), rng, noise=2), ""


def signature(rng: np.random.Generator) -> Drawn:
    """Rows of writing with a signature below: one line up and down."""
    text = text_of(rng, 3)
    ink = np.pad(inked(rng, text), ((0, 90), (0, 0)))
    image = Image.fromarray(seen(on(WHITE, ink), rng))
    steps = int(rng.integers(14, 26))
    x = 40 + np.cumsum(rng.uniform(4, 11, steps))
    y = len(ink) - 70 + 16 * (-1.0) ** np.arange(steps) * rng.uniform(0.5, 1.3, steps)
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    ImageDraw.Draw(image).line(points, (30, 40, 120), 3, joint="curve")
    return np.asarray(image), "\n".join(text)


def bar_code(rng: np.random.Generator) -> Drawn:
    """Writing beside a bar code."""
    text = text_of(rng, 3)
    ink = inked(rng, text)
    image = Image.fromarray(seen(on(WHITE, np.pad(ink, ((0, 0), (0, 280)))), rng))
    top, x = rng.uniform(20, 60), ink.shape[1] + 20.0
    low = top + rng.uniform(70, 120)
    while x < ink.shape[1] + 240:
        wide = int(rng.integers(1, 5)) * 2
        ImageDraw.Draw(image).rectangle((x, top, x + wide - 1, low), BLACK)
        x += wide + 2 * int(rng.integers(1, 4))
    return np.asarray(image), "\n".join(text)


def drying_marker(rng: np.random.Generator) -> Drawn:
    """A thin marker that dries: its strokes fall into crumbs, with gaps wider than the pen."""
    text = text_of(rng, 3)
    hand = replace(style(rng), pen=float(rng.uniform(6, 9)))
    ink = draw_text(text, style=hand, seed=int(rng.integers(1 << 30)), height=50).ink
    cloud = np.asarray(ndimage.gaussian_filter(rng.normal(size=ink.shape), 2.2))
    left = cloud > np.quantile(cloud, rng.uniform(0.25, 0.4))
    return seen(on(WHITE, np.asarray(ink * (ink > 0.5) * left, np.float32)), rng), "\n".join(text)


def low_resolution(rng: np.random.Generator) -> Drawn:
    """Letters nine or ten pixels high."""
    text = text_of(rng, 3)
    image = Image.fromarray(seen(on(WHITE, inked(rng, text)), rng))
    scale = rng.uniform(9, 10.5) / 40
    size = (round(image.width * scale), round(image.height * scale))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC)), "\n".join(text)


KINDS: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "two pens": two_pens,
    "faint": faint,
    "equally bright": equally_bright,
    "reverse side": reverse_side,
    "header": header,
    "light bar": light_bar,
    "single letter": functools.partial(single, characters="ABEFGHKMNPRW234567"),
    "single ring or stroke": functools.partial(single, characters="O0QI1"),
    "number plate": plate,
    "ring of a cup": cup_ring,
    "signature": signature,
    "bar code": bar_code,
    "low resolution": low_resolution,
    "drying marker": drying_marker,
    "note on a dark desk": functools.partial(notes, name="dark", columns=1, rows=1, size=0.4),
    "notes on a dark desk": functools.partial(notes, name="dark", columns=3, rows=1, size=0.75),
    "cards on wood": functools.partial(notes, name="wood", columns=2, rows=2, size=0.95),
    "cards on a light desk": functools.partial(notes, name="light", columns=3, rows=3, size=0.95),
    "pages on a dark desk": functools.partial(pages, name="dark"),
    "pages on wood": functools.partial(pages, name="wood"),
    "pages on a light desk": functools.partial(pages, name="light"),
    "motion": motion,
    "lamp on a whiteboard": glare,
}
"""The pictures by name."""


def draw(kind: str, seed: int) -> Drawn:
    """A picture, uint8 (H, W, 3), and its text."""
    return KINDS[kind](np.random.default_rng([seed, *kind.encode()]))


if __name__ == "__main__":
    kinds.main(__doc__, KINDS, draw)
