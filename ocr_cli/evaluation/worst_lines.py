"""The lines that were read worst, on one picture: the ink, what is written there and what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.pages import Comparison
from ocr_cli.imaging.load import Picture, load_picture
from ocr_cli.page import Box, Page

_WIDTH, _HEIGHT = 900, 64
"""Pixels of the picture, and of the ink of a line at most."""
_TEXT = 18
_INDENT = 70
_WRONG = "#B6E3C6", "#FFB3AB"
"""Behind what should stand there, and behind what was read instead."""
_GAP = "\u00b7"
"""Where one of the texts has nothing."""
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


class CharacterPair(NamedTuple):
    """What is written in a place, and what was read there.

    Attributes:
        texts: both; empty where there is nothing.
        wrong: whether that is an error.
    """

    texts: tuple[str, str]
    wrong: bool


def pair_characters(truth: str, read: str, comparison: Comparison) -> list[CharacterPair]:
    """The characters of a line beside those that were read for them, with as few edits as possible.

    Args:
        truth: what is written.
        read: what was read.
        comparison: what counts as the same; spaces, and what it leaves out, are never wrong.
    """

    def keys(text: str) -> list[str]:
        return [comparison.reduce(character) or " " for character in text]

    wanted, found = iter(truth), iter(read)
    pairs = []
    for key, other in align(keys(truth), keys(read)):
        texts = (next(wanted) if key is not None else "", next(found) if other is not None else "")
        pairs.append(CharacterPair(texts, key != other and {key, other} != {" ", None}))
    return pairs


def worst_lines(lines: Sequence[ReadLine], count: int) -> list[ReadLine]:
    """Those with the most errors per character, the worst first; of equal ones the longer; none without."""
    wrong = [line for line in lines if line.errors]
    return sorted(wrong, key=lambda line: (-line.share, -line.errors))[:count]


def draw_lines(lines: Sequence[ReadLine], comparison: Comparison, of: int) -> Image.Image:
    """Draw each line's ink, what is written and what was read, one below the other: RGB, 900 pixels wide.

    What is written stands above what was read for it, and where they differ both are marked.

    Args:
        lines: those to draw; where there is none, the picture says so.
        comparison: what counts as the same.
        of: how many lines were compared.

    Raises:
        ImageError: if a picture cannot be read.
    """
    if not lines:
        return _nothing(of)
    block = _HEIGHT + 3 * _TEXT + 12
    drawing = Image.new("RGB", (_WIDTH, len(lines) * block), "white")
    pen = ImageDraw.Draw(drawing)
    font = ImageFont.load_default(size=14)
    pictures: dict[Path, Picture] = {}
    for number, line in enumerate(lines):
        top = number * block + 4
        if line.box is not None:
            if line.picture not in pictures:
                pictures = {line.picture: load_picture(line.picture)}
            drawing.paste(_ink(pictures[line.picture], line.box), (4, top))
        top += _HEIGHT + 2
        pen.text((4, top), f"{line.picture.name}: {line.share:.0%} wrong", fill="#606060", font=font)
        for k, name in enumerate(("written", "read"), 1):
            pen.text((4, top + k * _TEXT), name, fill="#606060", font=font)
        _draw_texts(pen, (_INDENT, top + _TEXT), line, comparison, font)
        top = number * block + 4
        pen.line((0, top + block - 6, _WIDTH, top + block - 6), fill="#C0C0C0")
    return drawing


def _draw_texts(
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    line: ReadLine,
    comparison: Comparison,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    """What is written, and below each character what was read for it; red where they differ."""
    x, y = float(corner[0]), corner[1]
    for pair in pair_characters(line.truth, line.read, comparison):
        step = max(font.getlength(text or _GAP) for text in pair.texts) + 1
        for k, text in enumerate(pair.texts):
            if pair.wrong:
                pen.rectangle((x, y + k * _TEXT, x + step - 1, y + (k + 1) * _TEXT - 2), fill=_WRONG[k])
            pen.text((x, y + k * _TEXT), text or _GAP, fill="black", font=font)
        x += step


def _nothing(of: int) -> Image.Image:
    """What is drawn where no line is wrong."""
    drawing = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    said = f"Nothing is wrong: all {of} lines were read right." if of else "There was no line to compare."
    font = ImageFont.load_default(size=18)
    ImageDraw.Draw(drawing).text((16, _HEIGHT // 2), said, fill="black", font=font, anchor="lm")
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
