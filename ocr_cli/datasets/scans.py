"""Lines put together from scanned characters: ink as scanners saw it, of thousands of hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.alphabet import row_of

Floats = npt.NDArray[np.float32]
Drawn = Callable[[str, float], tuple[Floats, float] | None]
"""A character and the height of a capital in pixels -> its ink, float32 (H, W), and how far its foot is below
the base line, in pixels."""

_GAPS = (0.02, 0.3)
"""Between characters, in heights of a capital."""
_SPACE = (0.5, 1.0)
"""Between words, likewise."""
_INKED = 60
"""Grey from which on a pixel of a scan is ink."""


class Scans:
    """Scanned characters.

    Args:
        crops: uint8 (N, 32, 32) of each character, ink 255 on 0.
    """

    def __init__(self, crops: Mapping[str, npt.NDArray[np.uint8]]) -> None:
        self._crops = {text: some for text, some in crops.items() if len(some)}

    def line(
        self, text: str, height: float, rng: np.random.Generator, drawn: Drawn
    ) -> tuple[str, Floats] | None:
        """A text in characters of many hands, each in its own, and what of it is there; None if nothing is.

        Args:
            text: to be written.
            height: of a capital in pixels.
            rng: chooses.
            drawn: draws what nobody scanned.

        Returns:
            The text, and its ink: float32 (H, W) in [0, 1].
        """
        gap, space = rng.uniform(*_GAPS), rng.uniform(*_SPACE)
        size, jitter = rng.uniform(0.0, 0.1), rng.uniform(0.0, 0.05)
        placed: list[tuple[Floats, int, int]] = []
        x, made = 0.0, ""
        for one in text:
            if one == " ":
                x += height * space * float(np.exp(rng.normal(0, 0.15)))
                made += " "
                continue
            found = self._scanned(one, height * float(np.exp(rng.normal(0, size))), rng)
            found = found or drawn(one, height)
            if found is None:
                continue
            ink, below = found
            below += float(rng.normal(0, jitter)) * height
            placed.append((ink, round(x), round(below) - len(ink)))
            x += ink.shape[1] + height * max(-0.05, gap * float(np.exp(rng.normal(0, 0.3))))
            made += one
        if not placed:
            return None
        top = min(y for _, _, y in placed)
        bottom = max(y + len(ink) for ink, _, y in placed)
        right = max(left + ink.shape[1] for ink, left, _ in placed)
        line = np.zeros((bottom - top, right), np.float32)
        for ink, left, y in placed:
            part = line[y - top : y - top + len(ink), left : left + ink.shape[1]]
            np.maximum(part, ink, out=part)
        return " ".join(made.split()), np.pad(line, round(0.3 * height))

    def _scanned(self, text: str, height: float, rng: np.random.Generator) -> tuple[Floats, float] | None:
        """One of the scans of a character, as high as it stands in a row, and how deep its foot is."""
        if text not in self._crops:
            return None
        crops = self._crops[text]
        crop = crops[int(rng.integers(len(crops)))]
        rows, columns = (np.flatnonzero((crop > _INKED).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return None
        crop = crop[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        row = row_of(text)
        grown = height * (row.highest - row.bottom) / len(crop)
        side = tuple(max(1, round(length * grown)) for length in crop.shape[::-1])
        ink = np.asarray(Image.fromarray(crop).resize((side[0], side[1]), Image.Resampling.BICUBIC))
        return ink.astype(np.float32) / np.float32(255), -row.bottom * height
