"""How much is read of rows that lie awkwardly, and of rows that lines cross or frame?

    python tests/benchmarks/awkward.py [KIND...] [--model NAME] [--pages N] [--save FOLDER] [--verbose]

Pages on their side, rows close together, felt pens, dark rules, boxes, combs, rings and so on, drawn with the
package's own hand; every picture follows from its kind and a number. ``kinds`` says what the table gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import kinds
import numpy as np
import numpy.typing as npt
from drawn_pages import WORDS
from kinds import Drawn, Pixels
from PIL import Image, ImageDraw, ImageFilter

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text

Ink = npt.NDArray[np.float32]

HEIGHT = 44.0
"""Capital height in pixels of usual rows."""
_PAPER, _BLACK = 250, 35


def hand(rng: np.random.Generator, pen: float = 9.0) -> Style:
    """A tidy writer with a pen of this width in hundredths of the letters' height."""
    return Style(
        seed=int(rng.integers(1 << 30)),
        slant=float(rng.normal(3, 5)),
        aspect=float(rng.uniform(0.9, 1.1)),
        pen=pen,
    )


def phrase(rng: np.random.Generator, count: int = 2) -> str:
    """Some words and a number."""
    return " ".join([*map(str, rng.choice(WORDS, count)), str(rng.integers(10, 2000))])


def write(rng: np.random.Generator, lines: list[str], pen: float = 9.0, **options: Any) -> Ink:
    """Rows in one hand: float32 (H, W), 1 full ink on 0."""
    return draw_text(
        lines,
        style=hand(rng, pen),
        seed=int(rng.integers(1 << 30)),
        **{"height": HEIGHT, "line_spacing": 1.8, "line_jitter": 0.03, **options},
    ).ink


def extent(ink: Ink, axis: int) -> tuple[int, int]:
    """First and last place along an axis with ink."""
    inked = np.flatnonzero(ink.max(axis=1 - axis) > 0.3)
    return int(inked[0]), int(inked[-1])


def picture(ink: Ink, paper: int = _PAPER) -> Image.Image:
    """A grey picture of ink on paper."""
    return Image.fromarray((paper - (paper - _BLACK) * ink).astype(np.uint8))


def seen(image: Image.Image, rng: np.random.Generator) -> Pixels:
    """What a camera makes of it: a little blur and noise."""
    soft = np.asarray(image.convert("RGB").filter(ImageFilter.GaussianBlur(0.6)), np.float32)
    noise = rng.normal(0, 2, soft.shape[:2])[..., None]
    return np.asarray(np.clip(soft + noise, 0, 255), np.uint8)


def rows(rng: np.random.Generator, count: int = 3) -> list[str]:
    """Lines of text."""
    return [phrase(rng) for _ in range(count)]


def plain(rng: np.random.Generator) -> Drawn:
    """Level rows: what all the others are compared with."""
    text = rows(rng)
    return seen(picture(write(rng, text)), rng), "\n".join(text)


def sideways(rng: np.random.Generator) -> Drawn:
    """A page on its side, letters close together."""
    text = rows(rng, 4)
    page = picture(write(rng, text, letter_spacing=0.15))
    return seen(page.rotate(int(rng.choice([90, 270])), expand=True), rng), "\n".join(text)


def sideways_row(rng: np.random.Generator) -> Drawn:
    """One short row on its side."""
    text = phrase(rng, 1)
    page = picture(write(rng, [text]))
    return seen(page.rotate(int(rng.choice([90, 270])), expand=True), rng), text


def close_rows(rng: np.random.Generator) -> Drawn:
    """Rows 1.1 to 1.3 letter heights apart."""
    text = rows(rng, 4)
    return seen(picture(write(rng, text, line_spacing=rng.uniform(1.15, 1.3))), rng), "\n".join(text)


def felt_pen(rng: np.random.Generator) -> Drawn:
    """A pen a quarter to a third as wide as the letters are high."""
    text = rows(rng)
    ink = write(rng, text, pen=rng.uniform(25, 30), height=70, letter_spacing=0.45, line_spacing=1.6)
    return seen(picture(ink), rng), "\n".join(text)


def low_letters(rng: np.random.Generator) -> Drawn:
    """Letters 8 to 10 pixels high."""
    text = rows(rng)
    page = picture(write(rng, text, pen=11))
    scale = rng.uniform(8, 10) / HEIGHT
    small = page.resize([round(side * scale) for side in page.size], Image.Resampling.BOX)
    return np.asarray(small.convert("RGB")), "\n".join(text)


def heading(rng: np.random.Generator) -> Drawn:
    """A heading three to six times as high as the rows below it."""
    text = rows(rng, 4)
    title = str(rng.choice([word for word in WORDS if len(word) < 6]))
    above = write(rng, [title], height=HEIGHT * rng.uniform(3, 6), margin=0.4)
    below = write(rng, text, line_spacing=1.5)
    width = max(above.shape[1], below.shape[1])
    top = above[: extent(above, 0)[1] + 40]
    below = below[extent(below, 0)[0] - 20 :]
    ink = np.concatenate([np.pad(one, ((0, 0), (0, width - one.shape[1]))) for one in (top, below)])
    return seen(picture(ink), rng), "\n".join([title, *text])


def dark_rules(rng: np.random.Generator) -> Drawn:
    """Rules as dark as the ink that run through the letters' feet."""
    text = rows(rng)
    page = picture(write(rng, text, line_spacing=1.5))
    pen = ImageDraw.Draw(page)
    for number in range(-1, 6):
        y = (2.5 + 1.5 * number) * HEIGHT + rng.uniform(-0.15, 0.05) * HEIGHT
        pen.line((0, y, page.width, y), _BLACK, 3)
    return seen(page, rng), "\n".join(text)


def notebook(rng: np.random.Generator) -> Drawn:
    """Rules of a notebook, every second one through the letters, and a margin."""
    text = rows(rng)
    page = picture(write(rng, text, line_spacing=1.5)).convert("RGB")
    pen = ImageDraw.Draw(page)
    first, pitch = rng.uniform(0, 0.75) * HEIGHT, 0.75 * HEIGHT
    for y in np.arange(first, page.height, pitch).tolist():
        pen.line((0, y, page.width, y), (70, 90, 160), 2)
    pen.line((40, 0, 40, page.height), (200, 60, 60), 2)
    return seen(page, rng), "\n".join(text)


def squares(rng: np.random.Generator) -> Drawn:
    """Squared paper with lines that are half as dark as the ink."""
    text = rows(rng)
    ink = write(rng, text, line_spacing=1.7)
    page = Image.new("L", ink.shape[::-1], _PAPER)
    pen = ImageDraw.Draw(page)
    pitch = rng.uniform(0.7, 1.0) * HEIGHT
    for at in np.arange(rng.uniform(0, pitch), max(page.size), pitch).tolist():
        pen.line((0, at, page.width, at), 140, 2)
        pen.line((at, 0, at, page.height), 140, 2)
    covered = np.minimum(np.asarray(page), np.asarray(picture(ink)))
    return seen(Image.fromarray(covered), rng), "\n".join(text)


def underlined(rng: np.random.Generator) -> Drawn:
    """Each row with a line under it that touches its feet."""
    text = rows(rng)
    ink = write(rng, text, line_jitter=0.0)
    page = picture(ink)
    pen = ImageDraw.Draw(page)
    for number in range(len(text)):
        y = (2.5 + 1.8 * number) * HEIGHT
        row = ink[round(y - HEIGHT) : round(y)]
        left, right = extent(row, 1)
        ends = y + rng.uniform(2, 5, 2)
        pen.line((left - 8, ends[0], right + 8, ends[1]), _BLACK, 4)
    return seen(page, rng), "\n".join(text)


def struck(rng: np.random.Generator) -> Drawn:
    """A line right across the page."""
    text = rows(rng)
    page = picture(write(rng, text))
    heights = rng.uniform(0.15, 0.9, 2) * page.height
    ImageDraw.Draw(page).line((0, heights[0], page.width, heights[1]), _BLACK, 4)
    return seen(page, rng), "\n".join(text)


def circled(rng: np.random.Generator) -> Drawn:
    """Rings around words."""
    text = rows(rng)
    ink = write(rng, text, word_spacing=1.8)
    page = picture(ink)
    pen = ImageDraw.Draw(page)
    for number in range(len(text)):
        base = (2.5 + 1.8 * number) * HEIGHT
        row = ink[round(base - HEIGHT) : round(base)]
        columns = np.flatnonzero(row.max(axis=0) > 0.3)
        gaps = np.flatnonzero(np.diff(columns) > 1.2 * HEIGHT)
        word = int(rng.integers(len(gaps) + 1))
        left = columns[np.append(0, gaps + 1)[word]]
        right = columns[np.append(gaps, len(columns) - 1)[word]]
        over, beside = rng.uniform(0.22, 0.35) * HEIGHT, rng.uniform(0.5, 0.7) * HEIGHT
        pen.ellipse(
            (left - beside, base - HEIGHT - over, right + beside, base + over), outline=_BLACK, width=4
        )
    return seen(page, rng), "\n".join(text)


def stained(rng: np.random.Generator) -> Drawn:
    """The brown ring of a cup over the writing."""
    text = rows(rng)
    ink = write(rng, text)
    page = Image.new("RGB", ink.shape[::-1], (_PAPER,) * 3)
    x, y = rng.uniform(0.3, 0.7) * page.width, rng.uniform(0.35, 0.65) * page.height
    radius = rng.uniform(1.8, 2.6) * HEIGHT
    ImageDraw.Draw(page).ellipse((x - radius, y - radius, x + radius, y + radius), None, (180, 140, 95), 9)
    covered = np.minimum(np.asarray(page), np.asarray(picture(ink))[..., None])
    return seen(Image.fromarray(covered), rng), "\n".join(text)


def _fields(
    rng: np.random.Generator, cell: tuple[float, float], draw: Callable[[ImageDraw.ImageDraw, Any], None]
) -> Drawn:
    """Two fields of one letter a cell; ``draw`` gets left, top, right, bottom and number of cells of each."""
    across, down = round(cell[0] * HEIGHT), round(cell[1] * HEIGHT)
    words = [str(word) for word in rng.choice([w for w in WORDS if 3 < len(w) < 8], 2)]
    words = [word + str(rng.integers(10, 1000)) for word in words]
    size = (across * max(map(len, words)) + 120, 5 * down + 60)
    ink = np.zeros(size[::-1], np.float32)
    page = Image.new("L", size, _PAPER)
    pen, style = ImageDraw.Draw(page), hand(rng)
    for row, word in enumerate(words):
        left, top = 60, 40 + round(2.2 * row * down)
        draw(pen, (left, top, left + across * len(word), top + down, len(word)))
        for number, letter in enumerate(word):
            drawn = draw_text([letter], style=style, seed=int(rng.integers(1 << 30)), height=HEIGHT).ink
            (y0, y1), (x0, x1) = extent(drawn, 0), extent(drawn, 1)
            drawn = drawn[y0 : y1 + 1, x0 : x1 + 1]
            x = left + across * number + round((across - drawn.shape[1]) / 2 + rng.normal(0, 1.5))
            y = top + round((down - drawn.shape[0]) / 2 + rng.normal(0, 1.5))
            area = ink[y : y + drawn.shape[0], x : x + drawn.shape[1]]
            np.maximum(area, drawn, out=area)
    both = np.minimum(np.asarray(page), np.asarray(picture(ink)))
    return seen(Image.fromarray(both), rng), "\n".join(words)


def combs(rng: np.random.Generator) -> Drawn:
    """A line under each field with teeth between the letters."""

    def draw(pen: ImageDraw.ImageDraw, field: Any) -> None:
        left, top, right, bottom, count = field
        pen.line((left, bottom, right, bottom), _BLACK, 3)
        for x in np.linspace(left, right, count + 1).tolist():
            pen.line((x, bottom - rng_height * (bottom - top), x, bottom), _BLACK, 3)

    rng_height = rng.uniform(0.3, 0.55)
    return _fields(rng, (1.35, 1.3), draw)


def _boxes(pen: ImageDraw.ImageDraw, field: Any) -> None:
    left, top, right, bottom, count = field
    pen.rectangle((left, top, right, bottom), None, _BLACK, 3)
    for x in np.linspace(left, right, count + 1).tolist()[1:-1]:
        pen.line((x, top, x, bottom), _BLACK, 3)


def tight_boxes(rng: np.random.Generator) -> Drawn:
    """Boxes hardly larger than the letters, and as dark."""
    return _fields(rng, (rng.uniform(1.2, 1.3), rng.uniform(1.2, 1.3)), _boxes)


def dotted_boxes(rng: np.random.Generator) -> Drawn:
    """Boxes of dotted lines."""
    dot = int(rng.integers(2, 4))

    def draw(pen: ImageDraw.ImageDraw, field: Any) -> None:
        left, top, right, bottom, count = field
        for y in (top, bottom):
            for x in np.arange(left, right, 2.5 * dot).tolist():
                pen.rectangle((x, y, x + dot - 1, y + dot - 1), _BLACK)
        for x in np.linspace(left, right, count + 1).tolist():
            for y in np.arange(top, bottom, 2.5 * dot).tolist():
                pen.rectangle((x, y, x + dot - 1, y + dot - 1), _BLACK)

    return _fields(rng, (1.5, 1.5), draw)


def plate(rng: np.random.Generator) -> Drawn:
    """A number plate, its frame close to the letters."""
    text = "".join(chr(65 + int(k)) for k in rng.integers(0, 26, 2)) + str(rng.integers(100, 1000))
    ink = write(rng, [text], pen=14, height=80, margin=0.6, letter_spacing=0.25)
    (y0, y1), (x0, x1) = extent(ink, 0), extent(ink, 1)
    ink = np.pad(ink[y0 : y1 + 1, x0 : x1 + 1], 26)
    page = picture(ink)
    light, dark = _PAPER, _BLACK
    if rng.random() < 0.5:
        page, light, dark = Image.fromarray(255 - np.asarray(page)), dark, light
    pen = ImageDraw.Draw(page)
    pen.rounded_rectangle((0, 0, page.width - 1, page.height - 1), 14, None, dark, 5)
    return seen(page, rng), text


def diagram(rng: np.random.Generator) -> Drawn:
    """Words in boxes and ovals, with arrows between them."""
    words = [str(word) for word in rng.choice([w for w in WORDS if 3 < len(w) < 7], 3)]
    page = Image.new("L", (460, 640), _PAPER)
    pen = ImageDraw.Draw(page)
    for number, word in enumerate(words):
        ink = write(rng, [word])
        (y0, y1), (x0, x1) = extent(ink, 0), extent(ink, 1)
        ink = ink[y0 : y1 + 1, x0 : x1 + 1]
        middle, y = 230, 110 + 210 * number
        x = middle - ink.shape[1] // 2
        area = np.s_[y - len(ink) // 2 : y - len(ink) // 2 + len(ink), x : x + ink.shape[1]]
        pixels = np.array(page)
        pixels[area] = np.minimum(pixels[area], np.asarray(picture(ink)))
        page.paste(Image.fromarray(pixels))
        half = ink.shape[1] / 2
        if number % 2:
            pen.ellipse((middle - half - 55, y - 55, middle + half + 55, y + 55), None, _BLACK, 4)
        else:
            pen.rectangle((middle - half - 30, y - 45, middle + half + 30, y + 45), None, _BLACK, 4)
        if number:
            pen.line((middle, y - 150, middle, y - 70), _BLACK, 4)
            pen.line((middle - 12, y - 88, middle, y - 68), _BLACK, 4)
            pen.line((middle + 12, y - 88, middle, y - 68), _BLACK, 4)
    return seen(page, rng), "\n".join(words)


def tilted(rng: np.random.Generator) -> Drawn:
    """A page turned by 30 to 60 degrees."""
    text = rows(rng, 4)
    page = picture(write(rng, text))
    angle = float(rng.choice([-1, 1]) * rng.uniform(30, 60))
    turned = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=_PAPER)
    return seen(turned, rng), "\n".join(text)


def fan(rng: np.random.Generator) -> Drawn:
    """Rows that rise, and below them rows that fall."""
    text = rows(rng, 5)
    inks = []
    for number, line in enumerate(text):
        ink = write(rng, [line], slope=7.0 - 3.5 * number, margin=3.0)
        low, high = extent(ink, 0)
        inks.append(ink[max(0, low - 12) : high + 12])
    width = max(ink.shape[1] for ink in inks) + 60
    sheet = np.concatenate([np.pad(ink, ((0, 0), (30, width - 30 - ink.shape[1]))) for ink in inks])
    return seen(picture(np.pad(sheet, 30)), rng), "\n".join(text)


def double_page(rng: np.random.Generator) -> Drawn:
    """An open book: rows at the same heights on both of its pages, and a shadow in the fold."""
    sides = [rows(rng, 4), rows(rng, 4)]
    inks = [write(rng, side, line_spacing=1.6) for side in sides]
    height = max(map(len, inks))
    ink = np.concatenate([np.pad(one, ((0, height - len(one)), (0, 0))) for one in inks], axis=1)
    fold = inks[0].shape[1]
    shade = 1 - rng.uniform(0.5, 0.8) * np.exp(-0.5 * ((np.arange(ink.shape[1]) - fold) / 16) ** 2)
    pixels = np.asarray(picture(ink), np.float32) * shade
    return seen(Image.fromarray(pixels.astype(np.uint8)), rng), "\n".join(sides[0] + sides[1])


def strip(rng: np.random.Generator) -> Drawn:
    """One row on a picture a hundred times as wide as high."""
    text = phrase(rng, 5)
    while True:
        ink = write(rng, [text], height=24, margin=0.5)
        low, high = extent(ink, 0)
        ink = ink[max(0, low - 4) : high + 5]
        if ink.shape[1] > 90 * len(ink):
            return seen(picture(ink), rng), text
        text += " " + phrase(rng, 4)


def bullets(rng: np.random.Generator) -> Drawn:
    """Dots before the rows of a list."""
    text = rows(rng, 4)
    ink = write(rng, text, margin=2.0)
    page = picture(ink)
    pen = ImageDraw.Draw(page)
    for number in range(len(text)):
        y, radius = (2.5 + 1.8 * number) * HEIGHT, rng.uniform(0.1, 0.16) * HEIGHT
        pen.ellipse((40 - radius, y - radius, 40 + radius, y + radius), _BLACK)
    return seen(page, rng), "\n".join(text)


KINDS: dict[str, Callable[[np.random.Generator], Drawn]] = {
    kind.__name__: kind
    for kind in (
        plain, sideways, close_rows, felt_pen, low_letters, heading, dark_rules, notebook, squares,
        underlined, struck, circled, stained, combs, tight_boxes, dotted_boxes, plate, diagram,
        tilted, fan, double_page, strip, bullets, sideways_row,
    )
}  # fmt: skip
"""The kinds by name."""


def draw(kind: str, seed: int) -> Drawn:
    """A picture, uint8 (H, W, 3), and its text."""
    return KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))


if __name__ == "__main__":
    kinds.main(__doc__, KINDS, draw)
