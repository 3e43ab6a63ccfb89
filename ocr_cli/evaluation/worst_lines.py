"""The lines that were read worst, on one picture: the ink, what is written there and what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.pages import Comparison
from ocr_cli.imaging.load import Picture, load_picture
from ocr_cli.page import Box, Page

_WIDTH, _HEIGHT = 900, 64
"""Pixels of the picture, and of the ink of a line at most."""
_TEXT = 18
_NEVER = 10**6
"""Edits between lines that are not each other's."""
_ROOM = 0.3
"""Space round a line's box, in its heights."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a transcript beside what was read for it.

    Attributes:
        picture: the page's file.
        truth: what is written; empty if nothing was, where a line was read.
        read: what was read; empty if nothing was.
        errors: characters to edit, spaces left out.
        box: where it was read; None if nowhere.
    """

    picture: Path
    truth: str
    read: str
    errors: int
    box: Box | None

    @property
    def share(self) -> float:
        """Errors per character, in [0, 1]."""
        return self.errors / max(1, *(len("".join(text.split())) for text in (self.truth, self.read)))


def pair_lines(picture: Path, truth: str, page: Page, comparison: Comparison) -> list[ReadLine]:
    """Lines of a transcript beside the lines that were read, in order, with as few edits as possible.

    Args:
        picture: the page's file.
        truth: the transcript.
        page: what was read.
        comparison: what counts as the same.
    """
    texts = [text for text in truth.splitlines() if comparison.reduce(text)]
    lines = [line for line in page.lines if comparison.reduce(line.text)]

    def letters(text: str) -> str:
        return "".join(comparison.reduce(text).split())

    wanted, found = [letters(text) for text in texts], [letters(line.text) for line in lines]
    edits = np.array(
        [[sum(a != b for a, b in align(one, other)) for other in found] for one in wanted], int
    ).reshape(len(wanted), len(found))
    # Lines that share less than half of their letters are two lines, one lost and one invented.
    sizes = np.maximum.outer([len(one) for one in wanted], [len(one) for one in found])
    edits = np.where(2 * edits > sizes, _NEVER, edits)
    costs = np.zeros((len(wanted) + 1, len(found) + 1), int)
    costs[1:, 0] = np.cumsum([len(one) for one in wanted])
    costs[0, 1:] = np.cumsum([len(one) for one in found])
    for i, j in np.ndindex(edits.shape):
        lost, invented = costs[i, j + 1] + len(wanted[i]), costs[i + 1, j] + len(found[j])
        costs[i + 1, j + 1] = min(costs[i, j] + edits[i, j], lost, invented)
    pairs = []
    i, j = edits.shape
    while i or j:
        if i and j and costs[i, j] == costs[i - 1, j - 1] + edits[i - 1, j - 1]:
            i, j = i - 1, j - 1
            pairs.append(ReadLine(picture, texts[i], lines[j].text, int(edits[i, j]), lines[j].box))
        elif i and costs[i, j] == costs[i - 1, j] + len(wanted[i - 1]):
            i -= 1
            pairs.append(ReadLine(picture, texts[i], "", len(wanted[i]), None))
        else:
            j -= 1
            pairs.append(ReadLine(picture, "", lines[j].text, len(found[j]), lines[j].box))
    return pairs[::-1]


def worst_lines(lines: Sequence[ReadLine], count: int) -> list[ReadLine]:
    """Those with the most errors per character, the worst first; of equal ones the longer; none without."""
    wrong = [line for line in lines if line.errors]
    return sorted(wrong, key=lambda line: (-line.share, -line.errors))[:count]


def draw_lines(lines: Sequence[ReadLine]) -> Image.Image:
    """Draw each line's ink, what is written and what was read, one below the other: RGB, 900 pixels wide.

    Raises:
        ImageError: if a picture cannot be read.
    """
    block = _HEIGHT + 3 * _TEXT + 12
    drawing = Image.new("RGB", (_WIDTH, max(1, len(lines)) * block), "white")
    pen = ImageDraw.Draw(drawing)
    font = ImageFont.load_default(size=14)
    pictures: dict[Path, Picture] = {}
    for number, line in enumerate(lines):
        top = number * block + 4
        if line.box is not None:
            if line.picture not in pictures:
                pictures = {line.picture: load_picture(line.picture)}
            drawing.paste(_ink(pictures[line.picture], line.box), (4, top))
        share = f"{line.share:.0%} wrong"
        for k, (text, colour) in enumerate(
            (
                (f"{line.picture.name}: {share}", "#606060"),
                (f"written  {line.truth or '(nothing)'}", "black"),
                (f"read     {line.read or '(nothing)'}", "#C00000"),
            )
        ):
            pen.text((4, top + _HEIGHT + 2 + k * _TEXT), text, fill=colour, font=font)
        pen.line((0, top + block - 6, _WIDTH, top + block - 6), fill="#C0C0C0")
    return drawing


def _ink(picture: Picture, box: Box) -> Image.Image:
    """The part of a picture round a box, as high and wide as there is room."""
    image = Image.fromarray(np.asarray(picture.pixels))
    scale = image.width / picture.width
    room = _ROOM * box.height
    corners = (box.left - room, box.top - room, box.right + room, box.bottom + room)
    left, top, right, bottom = (round(scale * value) for value in corners)
    part = image.crop((max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)))
    shrink = min(_HEIGHT / part.height, (_WIDTH - 8) / part.width)
    return part.resize((max(1, round(shrink * part.width)), max(1, round(shrink * part.height))))
