"""The stages of reading a picture, each drawn as a picture with a legend: where was a letter lost?"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, ImageDraw, ImageFont

from ocr_cli.lattice.lattice import Lattice
from ocr_cli.segmentation.components import LEAST_LETTER
from ocr_cli.stages import (
    ComponentsStage,
    GreyStage,
    InkStage,
    LatticesStage,
    PathRow,
    PathStage,
    RowsStage,
    RulesStage,
    Stage,
    TurnedStage,
    VerdictStage,
)
from ocr_cli.writers.overlay import ROW_COLOUR, WORD_COLOUR

CHARACTER_COLOUR = "#D55E00"
_INK, _PAPER, _FAINT = "#000000", "#FFFFFF", "#A0A0A0"
_MARK_COLOUR, _LOST_COLOUR = "#CC79A7", "#0072B2"
_ROW_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette (2008), as in ``overlay``."""
_LEGEND = 1 / 80, 22
"""Height of the strip above a picture that says what its colours mean: share of the width, least pixels."""
_BACKGROUND = 0.5
"""How strongly ink shows behind boxes, as a share of black."""
_TAGS = 0.45, 0.25
"""Sizes of the letter written above a box, and of its probability below, in letter heights."""


@functools.singledispatch
def draw_stage(stage: Stage) -> Iterator[tuple[str, Image.Image]]:
    """Draw a stage.

    Args:
        stage: as an observer of ``Reader.read`` is given it.

    Yields:
        A word that names the picture, fit for a file name, and the picture in RGB, as large as the stage's
        arrays but for the legend above them.

    Raises:
        TypeError: if it is none of the stages.
    """
    raise TypeError(f"no stage: {type(stage).__name__}")


@draw_stage.register
def _(stage: GreyStage) -> Iterator[tuple[str, Image.Image]]:
    yield "grey", _with_legend(_grey(stage.grey), ("grey picture at working scale", _INK))


@draw_stage.register
def _(stage: InkStage) -> Iterator[tuple[str, Image.Image]]:
    ink = stage.ink
    paper, ground = (1 - ink.paper, "a dark ground") if ink.inverted else (ink.paper, "paper")
    yield "paper", _with_legend(_grey(paper), (f"light of {ground} without ink", _INK))
    legend = f"ink strength; full ink swallows {ink.level:.0%} of the light"
    yield "strength", _with_legend(_grey(1 - ink.strength), (legend, _INK))
    yield "ink", _with_legend(_coloured(ink.mask.astype(int), _PAPER, _INK), ("ink", _INK))


@draw_stage.register
def _(stage: TurnedStage) -> Iterator[tuple[str, Image.Image]]:
    legend = ("ink of the tilted page, turned upright", _INK)
    yield "turned", _with_legend(_coloured(stage.mask.astype(int), _PAPER, _INK), legend)


@draw_stage.register
def _(stage: RulesStage) -> Iterator[tuple[str, Image.Image]]:
    kinds = stage.before.astype(int) + stage.after
    image = _coloured(kinds, _PAPER, CHARACTER_COLOUR, _INK)
    yield "rules", _with_legend(image, ("kept", _INK), ("rules and frames, taken out", CHARACTER_COLOUR))


@draw_stage.register
def _(stage: ComponentsStage) -> Iterator[tuple[str, Image.Image]]:
    components = stage.components
    tall = components.heights > LEAST_LETTER * stage.height
    kinds = np.where(stage.writing, np.where(tall, 1, 2), 3)
    image = _coloured(np.append(0, kinds)[components.labels], _PAPER, _LOST_COLOUR, WORD_COLOUR, _FAINT)
    draw = ImageDraw.Draw(image)
    colours = (_PAPER, _LOST_COLOUR, WORD_COLOUR, _FAINT)
    for kind, box in zip(kinds.tolist(), components.boxes.tolist(), strict=True):
        draw.rectangle(_outline(box), outline=colours[kind])
    yield (
        "components",
        _with_legend(
            image, ("high as letters", _LOST_COLOUR), ("small", WORD_COLOUR), ("no writing, left out", _FAINT)
        ),
    )


@draw_stage.register
def _(stage: RowsStage) -> Iterator[tuple[str, Image.Image]]:
    owner = np.zeros(len(stage.components) + 1, int)
    colours = [_ROW_COLOURS[k % len(_ROW_COLOURS)] for k in range(len(stage.rows))]
    for number, row in enumerate(stage.rows, start=2):
        owner[1 + np.concatenate([row.letters, row.small])] = number
    owner[1:][owner[1:] == 0] = 1
    image = _coloured(owner[stage.components.labels], _PAPER, _FAINT, *colours)
    draw = ImageDraw.Draw(image)
    for row, colour in zip(stage.rows, colours, strict=True):
        boxes = stage.components.boxes[row.letters]
        ends = int(boxes[:, 0].min()), int(boxes[:, 2].max())
        draw.line([(x, float(row.middle(x))) for x in ends], fill=colour, width=2)
        for box in boxes.tolist():
            draw.rectangle(_outline(box), outline=colour)
    legend = (f"{len(stage.rows)} rows: middle line, letters in boxes", _INK)
    yield "rows", _with_legend(image, legend, ("in no row", _FAINT))


@draw_stage.register
def _(stage: LatticesStage) -> Iterator[tuple[str, Image.Image]]:
    image = _grey(1 - _BACKGROUND * stage.strength)
    draw = ImageDraw.Draw(image)
    for lattice in stage.lattices:
        for box in lattice.boxes.tolist():
            draw.rectangle(_outline(box), outline=ROW_COLOUR)
    for lattice in stage.lattices:
        left, top = lattice.origin
        for x, y in _crossings(lattice).tolist():
            draw.rectangle((left + x - 1, top + y - 1, left + x + 1, top + y + 1), fill=CHARACTER_COLOUR)
    yield (
        "candidates",
        _with_legend(image, ("what could be one character", ROW_COLOUR), ("cuts", CHARACTER_COLOUR)),
    )


def _crossings(lattice: Lattice) -> npt.NDArray[np.int64]:
    """Where seams part ink from ink, in pixels of the row: int (K, 2)."""
    parents = np.append(lattice.parents, [-2, -1])[lattice.numbers]
    numbers = lattice.numbers
    rows, columns = np.nonzero(
        (numbers[:, 1:] >= 0) & (parents[:, 1:] == parents[:, :-1]) & (numbers[:, 1:] != numbers[:, :-1])
    )
    return np.stack([columns, rows], axis=1)


@draw_stage.register
def _(stage: PathStage) -> Iterator[tuple[str, Image.Image]]:
    image = _grey(1 - _BACKGROUND * stage.strength)
    draw = ImageDraw.Draw(image)
    for row in stage.rows:
        _draw_path(draw, row)
    yield (
        "path",
        _with_legend(
            image,
            ("character", CHARACTER_COLOUR),
            ("sign by its place", _MARK_COLOUR),
            ("row taken for dirt", _FAINT),
            ("below: probability in %", _INK),
            ("left: likelihood of the row", _LOST_COLOUR),
        ),
    )


@draw_stage.register
def _(stage: VerdictStage) -> Iterator[tuple[str, Image.Image]]:
    image = Image.blend(
        Image.fromarray(stage.pixels), Image.new("RGB", stage.pixels.shape[1::-1], _PAPER), 0.5
    )
    draw = ImageDraw.Draw(image)
    for box in stage.lines:
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), outline=ROW_COLOUR, width=2)
    font = ImageFont.load_default(size=max(11.0, image.width / 80))
    for one in stage.left_out:
        left, top = 2, 2
        if one.box is not None:
            left, top = one.box.left, one.box.bottom
            draw.rectangle((left, one.box.top, one.box.right - 1, top - 1), outline=_LOST_COLOUR, width=2)
        draw.text((left, top + 2), one.reason.said, fill=_LOST_COLOUR, font=font)
    yield "verdict", _with_legend(image, ("read", ROW_COLOUR), ("left out, and why", _LOST_COLOUR))


def _draw_path(draw: ImageDraw.ImageDraw, path: PathRow) -> None:
    font, small = (ImageFont.load_default(size=max(9.0, tag * path.row.height)) for tag in _TAGS)
    for sign in path.signs:
        colour = CHARACTER_COLOUR if sign.probabilities is not None else _MARK_COLOUR
        colour = colour if path.kept else _FAINT
        left, top, right, bottom = sign.box
        draw.rectangle((left, top, right - 1, bottom - 1), outline=colour, width=2)
        middle = (left + right) / 2
        draw.text((middle, top - 2), sign.text, fill=colour, font=font, anchor="mb")
        if sign.probabilities is not None:
            percent = f"{100 * sign.confidence:.0f}"
            draw.text((middle, bottom + 2), percent, fill=_INK, font=small, anchor="mt")
    if path.signs:
        left, top = path.signs[0].box[:2]
        colour = _LOST_COLOUR if path.kept else _FAINT
        draw.text((left - 4, top), f"{path.row.likelihood:.2f}", fill=colour, font=font, anchor="rt")


def _grey(values: npt.NDArray[np.float32]) -> Image.Image:
    """Values in [0, 1] as an RGB picture, 1 white."""
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)).convert("RGB")


def _coloured(kinds: npt.NDArray[np.int64], *colours: str) -> Image.Image:
    """A picture whose pixels have the colours of their kinds."""
    palette = np.array([ImageColor.getrgb(colour) for colour in colours], np.uint8)
    return Image.fromarray(palette[kinds])


def _outline(box: tuple[int, int, int, int] | list[int]) -> tuple[int, int, int, int]:
    """The pixels just inside a box's edges, as Pillow wants them."""
    left, top, right, bottom = box
    return left, top, right - 1, bottom - 1


def _with_legend(image: Image.Image, *entries: tuple[str, str]) -> Image.Image:
    """The picture with a strip above it that says in each colour what it stands for."""
    share, least = _LEGEND
    height = max(least, round(share * image.width))
    font = ImageFont.load_default(size=0.65 * height)
    lengths = [font.getlength(text) + height for text, _ in entries]
    whole = Image.new("RGB", (max(image.width, round(sum(lengths))), image.height + height), _PAPER)
    whole.paste(image, (0, height))
    draw = ImageDraw.Draw(whole)
    for (text, colour), x in zip(entries, itertools.accumulate(lengths, initial=height / 2), strict=False):
        draw.text((x, height / 2), text, fill=colour, font=font, anchor="lm")
    draw.line([(0, height - 1), (whole.width, height - 1)], fill=_FAINT)
    return whole
