"""What was harvested, on one picture: every crop with its label, class by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.learning.harvest import Harvest, Sample

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
    less than a half.

    Args:
        harvests: at least one sample among them.

    Returns:
        An RGB picture, 20 tiles across.
    """
    every = [one for harvest in harvests for one in harvest.samples]
    drawn = sorted(every, key=lambda one: one.likelihood)[:_MOST]
    samples = sorted(drawn, key=lambda one: (one.label, one.likelihood))
    rows = -(-len(samples) // _ACROSS)
    picture = Image.new("RGB", (_ACROSS * (_TILE + 4), rows * (_TILE + _LABEL + 4)), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=13)
    for k, sample in enumerate(samples):
        x, y = k % _ACROSS * (_TILE + 4) + 2, k // _ACROSS * (_TILE + _LABEL + 4) + 2
        picture.paste(_tile(sample), (x, y))
        colour = "#C00000" if sample.likelihood < _UNLIKELY else "black"
        pen.rectangle((x - 1, y - 1, x + _TILE, y + _TILE), outline="#B0B0B0")
        pen.text((x + 2, y + _TILE + 1), f"{sample.label}  line {sample.line + 1}", fill=colour, font=font)
    return picture


def _tile(sample: Sample) -> Image.Image:
    return Image.fromarray(np.asarray(255 - sample.crop)).resize((_TILE, _TILE), Image.Resampling.BICUBIC)
