"""Strips of drawn lines, for the network that slides along rows to learn from.

Some come the way of every page, through the segmentation of ``ocr read``: what it loses and mistakes there,
the network sees as well. That takes several times as long as to draw, so the others are straightened where
they were drawn, in about the same place and size as the segmentation would have found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.lines import Composer, Line
from ocr_cli.imaging.filters import gaussian_blur
from ocr_cli.segmentation.known import find_known_layout
from ocr_cli.segmentation.layout import Layout, find_layout
from ocr_cli.windows.strip import Strip, straighten, strip_of

_PAGES = 0.5
"""Share of those that go through the segmentation that do so as pages; the others as lines."""
_WHOLE = 0.93
"""A row is the whole line if it has this share of the ink."""
_LONG = 0.6
"""And if it is as long, as a share of the picture's width."""
_HEIGHTS = (18.0, 60.0)
"""Heights of a capital in pixels, where a line is straightened as it was drawn."""
_FRAMES = 1.1
"""Fewest frames a character: where it is written more closely, nobody could read it."""


class Example(NamedTuple):
    """A strip, what is written on it, and what it was made of."""

    strip: npt.NDArray[np.uint8]
    text: str
    kind: str


def examples(composer: Composer, count: int, segmented: float, rng: np.random.Generator) -> list[Example]:
    """So many strips.

    Args:
        composer: of the lines.
        count: how many.
        segmented: share of those that go through the segmentation.
        rng: of all that the composer does not choose.
    """
    made: list[Example] = []
    while len(made) < count:
        found = _segmented(composer, rng) if rng.random() < segmented else _straightened(composer, rng)
        if found is None:
            continue
        kind, text, strip = found
        if strip.frames >= _FRAMES * len(text) + 1:
            made.append(Example(strip.ink, text, kind))
    return made


def _segmented(composer: Composer, rng: np.random.Generator) -> tuple[str, str, Strip] | None:
    """A line as it comes to be read; None if its row is not found whole."""
    drawn = composer.drawn()
    if drawn is None:
        return None
    kind, text, pixels = drawn
    strip = whole_row(
        find_layout(pixels) if rng.random() < _PAGES else find_known_layout(pixels, "line"), _LONG
    )
    return None if strip is None else (kind, text, strip)


def whole_row(layout: Layout, long: float = 0.0) -> Strip | None:
    """The row of a page of one line; None if it is not found whole.

    Args:
        layout: of the page.
        long: share of the picture's width that it has at least.
    """
    components = layout.components
    if components is None or not layout.rows:
        return None
    members = [np.concatenate([row.letters, row.small]) for row in layout.rows]
    inks = [int(components.areas[its].sum()) for its in members]
    most = int(np.argmax(inks))
    boxes = components.boxes[members[most]]
    width = boxes[:, 2].max() - boxes[:, 0].min()
    if inks[most] < _WHOLE * sum(inks) or width < long * components.labels.shape[1]:
        return None
    return strip_of(components, layout.strength, layout.rows[most])


def _straightened(composer: Composer, rng: np.random.Generator) -> tuple[str, str, Strip] | None:
    """A line as it was drawn, with what scanners and thresholds do to ink."""
    height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
    found = composer.scanned(height)
    if found is not None:
        kind, (text, ink) = "scanned", found
    else:
        kind, line = composer.any_line()
        if isinstance(line, Line):
            if not line.strokes or not line.text:
                return None
            text, ink = line.text, composer.drawing.inked(line.strokes, height)
        else:
            text, ink = line[0], composer.drawing.set_in_face(*line, height)
    ink = worn(ink, rng)
    rows, columns = (np.flatnonzero((ink > 0.3).any(axis=axis)) for axis in (1, 0))
    if len(columns) < 3:
        return None
    ink = ink[rows[0] : rows[-1] + 1, max(0, columns[0] - 1) : columns[-1] + 2]
    weights = np.maximum(ink.sum(axis=0), 1e-6)
    x = np.arange(ink.shape[1])
    y = (ink * np.arange(len(ink))[:, None]).sum(axis=0) / weights
    across, down = np.average(x, weights=weights), np.average(y, weights=weights)
    away = x - across
    slope = float((weights * away * (y - down)).sum() / max(float((weights * away**2).sum()), 1e-6))
    # A short row has no slope of its own.
    slope = float(np.clip(slope, -0.15, 0.15)) * min(1.0, ink.shape[1] / (6 * height))
    middle = down + (slope + rng.normal(0, 0.008)) * away + 0.5
    # The letters of a row are lower than its capitals.
    return kind, text, straighten(ink, middle, height * float(np.exp(rng.normal(-0.12, 0.2))))


def worn(ink: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Ink blurred, paler or darker, thicker or thinner, and here and there broken."""
    if rng.random() < 0.8:
        ink = gaussian_blur(ink, float(rng.uniform(0.3, 1.0)), 4)
    if rng.random() < 0.5:
        ink = ink * np.float32(rng.uniform(0.7, 1.3))
    ink = np.clip((ink - rng.uniform(0.05, 0.3)) * rng.uniform(1.1, 2.2), 0, 1).astype(np.float32)
    if rng.random() < 0.25:
        patches = rng.random((ink.shape[0] // 3 + 1, ink.shape[1] // 3 + 1)).astype(np.float32)
        patches = np.kron(patches, np.ones((3, 3), np.float32))[: ink.shape[0], : ink.shape[1]]
        ink = ink * np.where(patches < rng.uniform(0, 0.25), rng.uniform(0, 0.7), 1).astype(np.float32)
    return np.asarray(ink, np.float32)
