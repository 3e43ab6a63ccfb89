"""The picture with what was found drawn onto it: boxes of rows, words and characters, with letters."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.alphabet import is_sign
from ocr_cli.errors import OutputError
from ocr_cli.files import atomic_write, check_writable
from ocr_cli.imaging import Picture
from ocr_cli.page import Box, Character, Page
from ocr_cli.writers.labels import place_labels

# Okabe and Ito's palette (2008), which every kind of colour vision can tell apart.
ROW_COLOUR = "#56B4E9"
WORD_COLOUR = "#009E73"


class Level(NamedTuple):
    """How sure characters are that are drawn alike.

    Attributes:
        least: confidence.
        colour: of their boxes and labels.
        text: colour of the letters on labels.
        width: of the boxes' lines, in those of rows and words.
        meaning: for the legend.
    """

    least: float
    colour: str
    text: str
    width: int
    meaning: str


SURE = Level(0.9, "#0072B2", "white", 1, "character, 90 % sure or more")
UNSURE = Level(0.5, "#E69F00", "black", 2, "50 to 90 %")
DOUBTFUL = Level(0.0, "#D55E00", "white", 3, "less, or refused")
_LABELS = (0.4, 11.0), (0.28, 9.0)
"""Sizes of letters on labels, the second where there is no room for the first: in letter heights, and the
least in pixels."""
_MARK = 0.5
"""Signs lower than this, in letter heights, have no label: it would be larger than they are."""
_LEGEND = 60, 12, 400
"""The legend's letters are this part of the picture's width, of so many pixels at least; its least width."""

# Small letters are enlarged to this height in pixels, so that the letters drawn above them can be read.
_LEAST_LETTER_HEIGHT = 36
_LONGEST_SIDE = 4000

_FORMATS = {
    ".bmp": "BMP",
    ".gif": "GIF",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".pdf": "PDF",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}


def draw_overlay(picture: Picture, page: Page) -> Image.Image:
    """Draw the page's boxes onto its picture, and beside each character the letter that was read.

    Rows are light blue, words green, characters of a colour that says how sure they are. A letter stands
    where there is room for it above, below or beside its character, never on one and never on another letter;
    small marks have none.

    Args:
        picture: the picture that was read, at any scale.
        page: what was read on it; its boxes are in pixels of the full picture.

    Returns:
        An RGB image. It is enlarged if letters on it are small, and below it stands what its colours mean.
    """
    image = Image.fromarray(np.asarray(picture.pixels))
    shrunk = image.width / picture.width
    if not page.lines:
        return image
    letter_height = statistics.median(c.box.height for c in page.characters) * shrunk
    enlarge = min(max(1.0, _LEAST_LETTER_HEIGHT / letter_height), max(1.0, _LONGEST_SIDE / max(image.size)))
    if enlarge > 1.0:
        image = image.resize((round(image.width * enlarge), round(image.height * enlarge)))
    scale = shrunk * enlarge
    letter_height *= enlarge

    draw = ImageDraw.Draw(image)
    stroke = max(1, round(letter_height / 30))
    for line in page.lines:
        draw.rectangle(_corners(line.box, scale, 4 * stroke), outline=ROW_COLOUR, width=stroke)
        for word in line.words:
            draw.rectangle(_corners(word.box, scale, 2 * stroke), outline=WORD_COLOUR, width=stroke)
    for character in page.characters:
        level = level_of(character)
        width = level.width * stroke
        # The line lies outside the box, and so beside the ink.
        draw.rectangle(_corners(character.box, scale, width - 1), outline=level.colour, width=width)
    _draw_labels(draw, page.characters, scale, letter_height, stroke, image.size)
    return _with_legend(image)


def level_of(character: Character) -> Level:
    """How sure a character is."""
    if character.rejected:
        return DOUBTFUL
    return next(level for level in (SURE, UNSURE, DOUBTFUL) if character.confidence >= level.least)


def overlay_format(path: str | Path) -> str:
    """Pillow's name of the picture format that the ending of ``path`` stands for.

    Raises:
        OutputError: if the ending stands for none that boxes can be drawn to.
    """
    ending = Path(path).suffix.lower()
    if ending not in _FORMATS:
        raise OutputError(
            f"{path}: the name must end in one of {' '.join(_FORMATS)}", hint="another name is needed"
        )
    return _FORMATS[ending]


def check_overlay_path(path: str | Path) -> None:
    """Find out now whether ``save_overlay`` to ``path`` will be refused, before the page is read.

    Raises:
        OutputError: if its ending stands for no picture format, or it cannot be written.
    """
    overlay_format(path)
    check_writable(path)


def save_overlay(image: Image.Image, path: str | Path) -> None:
    """Save a drawn page, whole or not at all, in the format that the ending of ``path`` stands for.

    Raises:
        OutputError: if it cannot be written.
    """
    kind = overlay_format(path)
    with atomic_write(path) as file:
        image.save(file, kind, quality=90)


def _corners(box: Box, scale: float, margin: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a frame ``margin`` pixels outside the box, as Pillow draws it."""
    return (
        box.left * scale - margin,
        box.top * scale - margin,
        max(box.right * scale - 1, box.left * scale) + margin,
        max(box.bottom * scale - 1, box.top * scale) + margin,
    )


def _draw_labels(
    draw: ImageDraw.ImageDraw,
    characters: Sequence[Character],
    scale: float,
    letter_height: float,
    stroke: int,
    size: tuple[int, int],
) -> None:
    """Filled tags with the letters, where there is room for them."""
    fonts = [ImageFont.load_default(size=max(least, share * letter_height)) for share, least in _LABELS]
    # All tags are as high as an M, so that those of a row stand level.
    caps = [draw.textbbox((0, 0), "M", font=font) for font in fonts]
    heights = [cap[3] - cap[1] for cap in caps]
    pads = [max(1, round(height / 5)) for height in heights]

    def sizes(character: Character) -> list[tuple[float, float]]:
        if is_sign(character.text) and character.box.height * scale < _MARK * letter_height:
            return []
        boxes = [draw.textbbox((0, 0), character.text, font=font) for font in fonts]
        return [
            (box[2] - box[0] + 2 * pad, height + 2 * pad)
            for box, height, pad in zip(boxes, heights, pads, strict=True)
        ]

    # With the lines of their boxes.
    frames = [_corners(one.box, scale, level_of(one).width * stroke - 1) for one in characters]
    boxes = [(left, top, right + 1, bottom + 1) for left, top, right, bottom in frames]
    places = place_labels(boxes, list(map(sizes, characters)), size)
    for character, place in zip(characters, places, strict=True):
        if place is None:
            continue
        number, x, y = place
        font, cap, pad, level = fonts[number], caps[number], pads[number], level_of(character)
        ink = draw.textbbox((0, 0), character.text, font=font)
        width, height = ink[2] - ink[0] + 2 * pad, heights[number] + 2 * pad
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=level.colour)
        draw.text((x + pad - ink[0], y + pad - cap[1]), character.text, fill=level.text, font=font)


def _with_legend(image: Image.Image) -> Image.Image:
    """The picture, and below it what its colours mean."""
    part, least, narrowest = _LEGEND
    entries = [(ROW_COLOUR, 1, "line"), (WORD_COLOUR, 1, "word")]
    entries += [(level.colour, level.width, level.meaning) for level in (SURE, UNSURE, DOUBTFUL)]
    width = max(image.width, narrowest)
    size = max(least, min(width // part, 4 * least))
    font = ImageFont.load_default(size=size)
    lines: list[list[tuple[int, tuple[str, int, str]]]] = [[]]
    x = size
    for entry in entries:
        length = round(font.getlength(entry[2])) + 3 * size
        if lines[-1] and x + length > width:
            lines.append([])
            x = size
        lines[-1].append((x, entry))
        x += length
    step = 2 * size
    whole = Image.new("RGB", (width, image.height + step * len(lines)), "white")
    whole.paste(image)
    draw = ImageDraw.Draw(whole)
    for number, line in enumerate(lines):
        middle = image.height + step * number + step // 2
        for x, (colour, stroke, meaning) in line:
            box = (x, middle - size // 2, x + size, middle + size // 2)
            draw.rectangle(box, outline=colour, width=max(1, stroke * size // 10))
            draw.text((x + 3 * size // 2, middle), meaning, fill="black", font=font, anchor="lm")
    return whole
