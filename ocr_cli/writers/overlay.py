"""The picture with what was found drawn onto it: boxes of rows, words and characters, with letters."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.errors import OutputError
from ocr_cli.files import atomic_write, check_writable
from ocr_cli.imaging import Picture
from ocr_cli.page import Box, Page

# Okabe and Ito's palette (2008), which every kind of colour vision can tell apart.
ROW_COLOUR = "#56B4E9"
WORD_COLOUR = "#009E73"
CHARACTER_COLOUR = "#D55E00"

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
    """Draw the page's boxes onto its picture, and above each character the letter that was read.

    Rows are blue, words green, characters red, and each letter stands in a red tag on its character's box.

    Args:
        picture: the picture that was read, at any scale.
        page: what was read on it; its boxes are in pixels of the full picture.

    Returns:
        An RGB image. It is enlarged if letters on it are small.
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
    font = ImageFont.load_default(size=max(11.0, 0.4 * letter_height))
    for character in page.characters:
        corners = _corners(character.box, scale, 0)
        draw.rectangle(corners, outline=CHARACTER_COLOUR, width=stroke)
        _draw_tag(draw, character.text, corners, font, image.size)
    return image


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


def _draw_tag(
    draw: ImageDraw.ImageDraw,
    text: str,
    corners: tuple[float, float, float, float],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    size: tuple[int, int],
) -> None:
    """A filled tag with the letter, centred on the upper edge from outside, kept inside the picture."""
    left, top, right, _ = corners
    ink = draw.textbbox((0, 0), text, font=font)
    # All tags are as high as an M, so that those of a row stand level.
    cap = draw.textbbox((0, 0), "M", font=font)
    pad = max(1, round((cap[3] - cap[1]) / 5))
    width = ink[2] - ink[0] + 2 * pad
    height = cap[3] - cap[1] + 2 * pad
    x = min(max((left + right - width) / 2, 0), max(0, size[0] - width))
    y = max(top - height, 0)
    draw.rectangle((x, y, x + width, y + height), fill=CHARACTER_COLOUR)
    draw.text((x + pad - ink[0], y + pad - cap[1]), text, fill="white", font=font)
