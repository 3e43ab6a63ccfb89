"""The built-in synthetic hand put to paper: characters to train on, and whole texts to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr_cli.datasets.allographs import can_write
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.hand import Style, Trajectory, write
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.skeletons import BASELINE
from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import crop_ink
from ocr_cli.page import Box

Ink = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

_CROP_HEIGHT = 56
"""Capital height in pixels at which characters are drawn before they are cropped."""


def draw_dataset(
    classes: str,
    *,
    writers: int = 100,
    samples_per_class: int = 2,
    seed: int = 0,
    on_writer: Callable[[], object] | None = None,
) -> Dataset:
    """Characters drawn by the package itself, through the same crop as everything that is read.

    Args:
        classes: the characters to draw, of ``skeletons.CHARACTERS``.
        writers: how many people of the synthetic hand write them.
        samples_per_class: how many times each writes each character.
        seed: the same seed draws the same set; different seeds are different people.
        on_writer: called when the characters of one more of them are drawn.

    Returns:
        ``writers * samples_per_class * len(classes)`` samples, writer after writer.

    Raises:
        DataError: if the hand cannot write one of the characters, or there is nothing to draw.
    """
    _check_characters(classes)
    if not classes or writers < 1 or samples_per_class < 1:
        raise DataError("the synthetic hand needs at least one class, one writer and one sample")
    crops = []
    for writer in range(writers):
        style = Style.random(_mixed(seed, writer))
        rng = np.random.default_rng([seed, writer])
        for character in classes:
            strokes = write(character, style, samples_per_class, rng)
            for n in range(samples_per_class):
                ink, _ = _draw(strokes, n, _CROP_HEIGHT, supersampling=2)
                crops.append(crop_ink(ink))
        if on_writer is not None:
            on_writer()
    labels = np.tile(np.repeat(np.array(list(classes), dtype="<U1"), samples_per_class), writers)
    numbers = np.repeat(np.arange(writers, dtype=np.int64), len(classes) * samples_per_class)
    return Dataset(np.stack(crops), labels, numbers, f"synthetic hand (seed {seed})")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn text.

    Attributes:
        ink: float32 (H, W), 1 full ink on 0.
        lines: for each line its characters, spaces left out, with the box of their ink in pixels.
    """

    ink: Ink
    lines: tuple[tuple[tuple[str, Box], ...], ...]


def draw_text(
    lines: Sequence[str],
    *,
    style: Style,
    seed: int = 0,
    height: float = 40.0,
    letter_spacing: float = 0.3,
    word_spacing: float = 1.1,
    line_spacing: float = 2.0,
    spacing_jitter: float = 0.12,
    line_jitter: float = 0.06,
    slope: float = 0.0,
    margin: float = 1.5,
    broken: float = 0.0,
    size: tuple[int, int] | None = None,
) -> Drawing:
    """Write lines of text in separate letters. Distances are in capital heights, spaces between ink.

    Args:
        lines: the text; characters that ``allographs.can_write`` and spaces.
        style: who writes.
        seed: the same seed writes the same; another writes the same text once more.
        height: capital height in pixels.
        letter_spacing: gap between letters; 0 makes them touch, below 0 overlap.
        word_spacing: gap between words.
        line_spacing: from baseline to baseline.
        spacing_jitter: standard deviation of the gaps, as a share of them.
        line_jitter: standard deviation of a line's start, right and down.
        slope: degrees by which lines rise (above 0) or fall.
        margin: empty space on the left and the top, and at least on the right and the bottom.
        broken: probability that a stroke has a gap, as a dry pen leaves it.
        size: width and height of the page in pixels; by default as large as the text and margins.

    Returns:
        The page's ink and every character's box.

    Raises:
        DataError: if the hand cannot write a character, there is none, or the text does not fit on ``size``.
    """
    _check_characters("".join(lines).replace(" ", ""))
    rng = np.random.default_rng([seed, style.seed])
    placed: list[list[tuple[str, Ink, int, int]]] = []
    for number, text in enumerate(lines):
        start_x, start_y = rng.normal(0, line_jitter * height, 2)
        x = margin * height + start_x
        baseline = (margin + 1 + number * line_spacing) * height + start_y
        row: list[tuple[str, Ink, int, int]] = []
        gap = 0.0
        for character in text:
            if character == " ":
                gap = word_spacing
                continue
            strokes = write(character, style, 1, rng)
            if broken > 0:
                strokes = _break(strokes, broken, rng)
            ink, (_, top) = _draw(strokes, 0, height, supersampling=4)
            x += gap * height * float(np.exp(rng.normal(0, spacing_jitter)))
            y = baseline - np.tan(np.radians(slope)) * (x - margin * height)
            inked = np.flatnonzero(ink.max(axis=0) > 0.5)
            first, last = (int(inked[0]), int(inked[-1])) if len(inked) else (0, ink.shape[1] - 1)
            row.append((character, ink, round(x) - first, round(y + top - height)))
            x += last - first + 1
            gap = letter_spacing
        placed.append(row)
    return _compose(placed, round(margin * height), size)


def _compose(
    placed: list[list[tuple[str, Ink, int, int]]], margin: int, size: tuple[int, int] | None
) -> Drawing:
    every = [item for row in placed for item in row]
    if not every:
        raise DataError("no text to draw")
    right = max(left + ink.shape[1] for _, ink, left, _ in every)
    bottom = max(top + ink.shape[0] for _, ink, _, top in every)
    width, height = size or (right + margin, bottom + margin)
    if min(min(left, top) for _, _, left, top in every) < 0 or right > width or bottom > height:
        raise DataError(
            f"the text needs more room than a page of {width}x{height} pixels with its margin has"
        )
    page = np.zeros((height, width), np.float32)
    lines = []
    for row in placed:
        boxes = []
        for character, ink, left, top in row:
            area = page[top : top + ink.shape[0], left : left + ink.shape[1]]
            np.maximum(area, ink, out=area)
            rows, columns = np.nonzero(ink > 0.5)
            boxes.append(
                (
                    character,
                    Box(
                        left + int(columns.min()),
                        top + int(rows.min()),
                        left + int(columns.max()) + 1,
                        top + int(rows.max()) + 1,
                    ),
                )
            )
        lines.append(tuple(boxes))
    return Drawing(page, tuple(lines))


def _draw(
    strokes: list[Trajectory], n: int, height: float, supersampling: int
) -> tuple[Ink, tuple[int, int]]:
    """Draw the n-th writing of some strokes, round pen, anti-aliased.

    Args:
        strokes: as ``write`` returns them.
        n: which of the writings.
        height: capital height in pixels.
        supersampling: the picture is drawn so many times larger and averaged down.

    Returns:
        Ink with a pixel or two of empty margin, and (left, top) of the picture in pixels, where the
        character's own origin is (0, 0) and its baseline ``height``.
    """
    scale = height / BASELINE * supersampling
    points = [stroke.points[n] * scale for stroke in strokes]
    # A pen finer than a pixel still leaves a mark.
    radii = [np.maximum(stroke.widths[n] * scale, supersampling) / 2 for stroke in strokes]
    reach = max(float(r.max()) for r in radii) + supersampling
    low = np.min([p.min(axis=0) for p in points], axis=0) - reach
    high = np.max([p.max(axis=0) for p in points], axis=0) + reach
    left, top = (int(np.floor(v / supersampling)) for v in low)
    width, depth = (
        int(np.ceil(v / supersampling)) for v in high - (left * supersampling, top * supersampling)
    )
    canvas = Image.new("L", (width * supersampling, depth * supersampling))
    pen = ImageDraw.Draw(canvas)
    for line, radius in zip(points, radii, strict=True):
        draw_stroke(pen, line - (left * supersampling, top * supersampling), radius)
    ink: Ink = np.asarray(canvas.reduce(supersampling)).astype(np.float32) / np.float32(255)
    return ink, (left, top)


def _break(strokes: list[Trajectory], probability: float, rng: np.random.Generator) -> list[Trajectory]:
    """Strokes with gaps: some are cut in two and lose what lies between."""
    result = []
    for stroke in strokes:
        steps = stroke.points.shape[1]
        if steps < 8 or rng.random() >= probability:
            result.append(stroke)
            continue
        middle = int(rng.integers(steps // 4, steps - steps // 4))
        # Round pen ends reach into the gap by half a line each.
        lost = 2 + round(float(stroke.widths.mean()) / 10)
        for part in (slice(0, max(1, middle - lost)), slice(min(steps - 1, middle + lost), steps)):
            result.append(Trajectory(stroke.points[:, part], stroke.widths[:, part]))
    return result


def _check_characters(text: str) -> None:
    unknown = sorted(one for one in set(text) if not can_write(one))
    if unknown:
        raise DataError(f"the synthetic hand cannot write {' '.join(unknown)!r}")


def _mixed(seed: int, writer: int) -> int:
    """One number from two, so that writers of different seeds are different people."""
    return int(np.random.SeedSequence([seed, writer]).generate_state(1)[0])
