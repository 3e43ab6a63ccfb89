"""What was harvested, on one picture: every crop with its label, class by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.learning.harvest import Harvest, Sample
from ocr_cli.writers.text import legible

_TILE = 64
_LABEL = 18
_ACROSS = 20
_MOST = 4000
"""Of more samples, those that the network holds for least likely are drawn."""
_UNLIKELY = 0.5
"""Labels to which the network gave less are red: either it has something to learn there or they are wrong."""


def draw_harvest(harvests: Sequence[Harvest]) -> Image.Image:
    """Tiles of all samples, 4,000 at most, by label, those that the network holds for least likely first.

    Under each crop stand its label and the line that it is from; in red where the network gave the label
    less than a half. Above all stand the names of the pages: of several, they have numbers, which stand
    before those of the lines.

    Args:
        harvests: at least one sample among them.

    Returns:
        An RGB picture, 20 tiles across.
    """
    every = [(number, one) for number, harvest in enumerate(harvests, 1) for one in harvest.samples]
    drawn = sorted(every, key=lambda one: one[1].likelihood)[:_MOST]
    samples = sorted(drawn, key=lambda one: (one[1].label, one[1].likelihood))
    rows = -(-len(samples) // _ACROSS)
    width = _ACROSS * (_TILE + 4)
    font = ImageFont.load_default(size=13)
    several = len(harvests) > 1
    names = [
        f"{number}: {one.page}" if several else one.page
        for number, one in enumerate(harvests, 1)
        if one.samples
    ]
    names = _wrapped([*["Below each: label, page, line."] * several, *names], width, font)
    head = _LABEL * len(names) + 4
    picture = Image.new("RGB", (width, head + rows * (_TILE + _LABEL + 4)), "white")
    pen = ImageDraw.Draw(picture)
    for k, line in enumerate(names):
        pen.text((2, 2 + k * _LABEL), line, fill="black", font=font)
    for k, (number, sample) in enumerate(samples):
        x, y = k % _ACROSS * (_TILE + 4) + 2, head + k // _ACROSS * (_TILE + _LABEL + 4) + 2
        picture.paste(_tile(sample), (x, y))
        colour = "#C00000" if sample.likelihood < _UNLIKELY else "black"
        pen.rectangle((x - 1, y - 1, x + _TILE, y + _TILE), outline="#B0B0B0")
        place = f"{number}, {sample.line + 1}" if several else f"line {sample.line + 1}"
        pen.text((x + 2, y + _TILE + 1), f"{sample.label}  {place}", fill=colour, font=font)
    return picture


def _wrapped(
    names: Sequence[str], width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> list[str]:
    """Names on as few lines as hold them; a name that is too long for a line loses its beginning."""
    lines: list[str] = []
    for name in map(legible, names):
        while len(name) > 2 and font.getlength(name) > width - 4:
            name = f"\u2026{name[2:]}"
        joined = f"{lines[-1]}   {name}" if lines else name
        if lines and font.getlength(joined) <= width - 4:
            lines[-1] = joined
        else:
            lines.append(name)
    return lines


def _tile(sample: Sample) -> Image.Image:
    return Image.fromarray(np.asarray(255 - sample.crop)).resize((_TILE, _TILE), Image.Resampling.BICUBIC)
