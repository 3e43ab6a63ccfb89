"""Handwriting drawn as pages show it: with some pen, on some paper, scanned or photographed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from ocr_cli.datasets.paper import Colour, photograph
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.pieces import Strokes

Floats = npt.NDArray[np.float32]

_PEN = (0.045, 0.19)
"""Pen widths in heights of a capital."""


class Placed(NamedTuple):
    """Strokes on a sheet.

    Attributes:
        lines: float (M, 2) each, in pixels of the sheet.
        widths: of the pen, in such pixels.
        size: width and height of the sheet.
        over: so many times as large is it drawn as it is seen.
    """

    lines: tuple[npt.NDArray[np.float64], ...]
    widths: tuple[float, ...]
    size: tuple[int, int]
    over: float

    def inked(self, some: Iterable[int]) -> Floats:
        """The ink of some of the strokes: float32 (H, W) in [0, 1], as it is seen."""
        sheet = Image.new("L", self.size)
        draw = ImageDraw.Draw(sheet)
        for number in some:
            line = self.lines[number]
            draw_stroke(draw, line, np.full(len(line), max(0.5, self.widths[number] / 2)))
        if self.over > 1:
            seen = (max(1, round(side / self.over)) for side in self.size)
            sheet = sheet.resize((next(seen), next(seen)), Image.Resampling.BOX)
        return np.asarray(np.asarray(sheet, np.float32) / np.float32(255), np.float32)


class Drawing:
    """Draws strokes, and texts in faces.

    Args:
        rng: chooses pen, paper and all else.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def inked(self, strokes: Strokes, height: float) -> Floats:
        """Strokes drawn with some pen: float32 (H, W) in [0, 1]; one empty pixel if they are too long.

        Args:
            strokes: in heights of a capital.
            height: of a capital in pixels.
        """
        placed = self.placed(strokes, height)
        return np.zeros((1, 1), np.float32) if placed is None else placed.inked(range(len(strokes)))

    def placed(self, strokes: Strokes, height: float) -> Placed | None:
        """The same, where they come to lie on the sheet; None if they are too long for one."""
        rng = self._rng
        # Thin lines of small writing are drawn larger and shrunk, as a camera would.
        over = 2.0 if height < 30 else 1.0
        pen = height * over * float(np.exp(rng.uniform(*np.log(_PEN))))
        shear, wide = float(rng.normal(0, 0.2)), float(np.exp(rng.normal(0, 0.15)))
        turn = np.radians(float(rng.normal(0, 1.2)))
        matrix = np.array([[wide, 0.0], [-shear, 1.0]]) @ np.array(
            [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        )
        rough = rng.random() < 0.3
        lines = []
        for stroke in strokes:
            line = stroke.astype(float) @ matrix * height * over
            if not rough and len(line) > 4:
                line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
            lines.append(line)
        every = np.concatenate(lines)
        low, high = every.min(axis=0), every.max(axis=0)
        margin = height * over * rng.uniform(0.5, 1.4, 2) + pen
        size = np.ceil(high - low + 2 * margin).astype(int)
        if size[0] > 6000 * over or size[1] > 700 * over:
            return None
        vary = rng.random() < 0.3
        widths = [pen * (np.exp(rng.normal(0, 0.15)) if vary else 1.0) for _ in lines]
        moved = tuple(line - low + margin for line in lines)
        return Placed(moved, tuple(map(float, widths)), (int(size[0]), int(size[1])), over)

    def set_in_face(self, text: str, path: Path, height: float) -> Floats:
        """A text in a face, bent so that no letter is like another; else as ``inked``."""
        rng = self._rng
        font = ImageFont.truetype(str(path), max(8, round(height / 0.68)))
        left, top, right, bottom = font.getbbox(text)
        margin = round(height * 0.9)
        size = round(right - left) + 2 * margin, round(bottom - top) + 2 * margin
        if size[0] > 6000 or size[1] > 700:
            return np.zeros((1, 1), np.float32)
        sheet = Image.new("L", size)
        x = float(margin - left)
        words = text.split(" ")
        for word in words:
            y = margin - top + float(rng.normal(0, 0.02)) * height
            ImageDraw.Draw(sheet).text((x, y), word, font=font, fill=255)
            x += font.getlength(word + " ") * float(rng.uniform(0.97, 1.1))
        ink = np.asarray(sheet, np.float32) / np.float32(255)
        coarse = tuple(max(2, round(side / (0.45 * height)) + 1) for side in ink.shape)
        y, x_ = np.mgrid[: ink.shape[0], : ink.shape[1]].astype(np.float32)
        bent = []
        for place, amount in ((y, 0.05), (x_, 0.06)):
            field = rng.normal(0, amount * height, coarse).astype(np.float32)
            grown = np.asarray(Image.fromarray(field).resize(ink.shape[::-1], Image.Resampling.BICUBIC))
            bent.append(place + grown)
        ink = ndimage.map_coordinates(ink, bent, order=1, mode="constant")
        weight = float(rng.normal(0, 0.03)) * height
        if weight > 0.7:
            ink = ndimage.grey_dilation(ink, (1 + round(weight), 1 + round(weight)))
        return np.asarray(ink, np.float32)

    def seen(self, ink: Floats, height: float) -> npt.NDArray[np.uint8]:
        """The picture that is taken of some ink: uint8 (H, W, 3).

        Args:
            ink: float32 (H, W) in [0, 1].
            height: of a capital in pixels.
        """
        rng = self._rng
        if rng.random() < 0.45:
            return photograph(
                ink,
                seed=int(rng.integers(2**31)),
                paper=_colour(rng.integers(175, 250) + rng.integers(-12, 6, 3)),
                pen=_colour(np.maximum(0, rng.integers(10, 110) + rng.integers(-10, 40, 3))),
                patchiness=float(rng.choice([0.1, rng.uniform(0.1, 0.5)])),
                uneven=float(rng.uniform(0, 0.4)),
                grain=float(rng.uniform(0.005, 0.03)),
                blur=float(rng.uniform(0.3, 1.0)) * (1.0 if height > 24 else 0.6),
                noise=float(rng.uniform(0.5, 7)),
                jpeg_quality=int(rng.integers(50, 95)) if rng.random() < 0.5 else None,
            )
        if rng.random() < 0.6:
            blurred = ndimage.gaussian_filter(ink, float(rng.uniform(0.3, 0.9)))
            ink = blurred + rng.normal(0, float(rng.uniform(0, 0.05)), ink.shape).astype(np.float32)
        elif rng.random() < 0.5:
            # Scanned in black and white.
            ink = (ink + rng.normal(0, 0.08, ink.shape) > rng.uniform(0.35, 0.65)).astype(np.float32)
        paper, dark = float(rng.uniform(200, 255)), float(rng.uniform(0, 110))
        grey = np.clip(np.rint(paper - (paper - dark) * ink), 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)


def _colour(levels: npt.NDArray[np.int64]) -> Colour:
    red, green, blue = levels.tolist()
    return red, green, blue
