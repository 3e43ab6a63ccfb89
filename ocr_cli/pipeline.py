"""The steps from the pixels of a picture to the lines on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import is_sign, row_of
from ocr_cli.choosing import SAMPLE, Told, told_by
from ocr_cli.decoding.decoder import (
    LatticesStage,
    PathRow,
    PathStage,
    ReadLine,
    Sign,
    VerdictStage,
)
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.decoding.writing import why_not_writing
from ocr_cli.imaging.load import Picture
from ocr_cli.imaging.sheet import paint_surroundings, small_copy
from ocr_cli.imaging.sheets import Sheet, part_sheets
from ocr_cli.lattice.lattice import RowInk, row_inks
from ocr_cli.loading import Loading, Tools
from ocr_cli.looks import SURE, further_looks
from ocr_cli.options import Rotation, Shown
from ocr_cli.page import Box, LeftOut
from ocr_cli.segmentation.known import Known, find_known_layout
from ocr_cli.segmentation.layout import Layout, Stage, find_layout, ignore
from ocr_cli.segmentation.layout import Observer as LayoutObserver
from ocr_cli.speed.sharing import Each
from ocr_cli.verdict import Mark, Reason, signs, stray_marks
from ocr_cli.weights import PrintWeights

_DIRT, _UPRIGHT = 0.2, 0.9
"""Pages whose characters are in the mean less likely or likelier are not tried in other orientations."""
_TURNED, _LIKELIER = 0.85, 0.08
"""A turned page must be so likely, and so much likelier than the page as it is, to be believed."""
_SAMPLE = 60
"""At most so many letters are looked at in all orientations; only the likeliest one is read."""
_ENOUGH = 12
"""Pages of fewer characters are never turned: JULES upside down is 53716."""
_FILLS = 0.4
"""Letters higher than this, as a share of the picture's height, may fill a picture that was cut out closely.
Set by hand: of words cut to their ink the usual letter has half of the height and more."""
_CUT_OUT = 250
"""Only pictures lower than this, in pixels, are taken to be cut out closely: photographs are higher, and what
fills them is a surface. Set by hand."""

Observer: TypeAlias = Callable[[Stage | LatticesStage | PathStage | VerdictStage], None]
"""Called with each stage of the way from the picture to the path through the lattices, in order."""


PageBox: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of a page as it was laid out."""


class _Reading(NamedTuple):
    """The rows of a picture after it was turned counter-clockwise by so many quarters.

    Attributes:
        quarters: the turn.
        layout: of the turned picture, without its ink.
        rows: with their best paths by shape.
        tools: what they were rated with; None without rows.
        told: what the page's letters tell of the tools to take.
        inks: of the rows, if they are to be read with other tools as well.
        known: what the picture was taken to show; None for a page.
    """

    quarters: int
    layout: Layout
    rows: list[DecodedRow]
    tools: Tools | None = None
    told: Told = Told()
    inks: tuple[RowInk, ...] = ()
    known: Known | None = None

    @property
    def likelihood(self) -> float:
        """Mean of the rows' likelihoods, long rows counting for more; 0 without characters."""
        weights = [len(row.probabilities) for row in self.rows]
        total = sum(n * row.likelihood for n, row in zip(weights, self.rows, strict=True))
        return total / max(1, sum(weights))

    @property
    def filled(self) -> float:
        """Share of the picture's height that its highest character takes."""
        heights = [
            np.diff(row.lattice.boxes[row.read][:, [1, 3]], axis=1).max(initial=0) for row in self.rows
        ]
        return float(max(heights, default=0) / self.layout.turned_size[1])


class Seen(NamedTuple):
    """What is on a picture.

    Attributes:
        lines: what is written there, each with what says where on it, in its own pixels, a candidate lies.
        left_out: what was taken for no writing.
        models: names of those that read it, or the sheets on it, each once.
    """

    lines: list[tuple[ReadLine, Callable[[PageBox], Box]]]
    left_out: list[LeftOut]
    models: tuple[str, ...] = ()


class _Found(NamedTuple):
    """What is written on a picture.

    Attributes:
        reading: of its rows.
        reasons: why each of them is no writing; None if it is.
        lines: what is written in those that are.
    """

    reading: _Reading
    reasons: list[Reason | None]
    lines: list[ReadLine]

    @property
    def confidence(self) -> float:
        """Mean of the characters' confidences; 0 without any."""
        every = [sign.confidence for line in self.lines for sign in line.signs]
        return sum(every) / max(1, len(every))

    @property
    def worth(self) -> float:
        """How many characters more are right than wrong, as far as their confidences tell."""
        return sum(2 * sign.confidence - 1 for line in self.lines for sign in line.signs)


class PageRows:
    """The rows of a picture with all that their candidates may be, before it is decided what is read.

    Args:
        readings: of the picture, or of each sheet of paper in it, each with what says where on the picture,
            in its own pixels, a box of it lies.
        tools: that rated them.

    Attributes:
        rows: in reading order, dirt included.
        scorer: that rated them.
    """

    def __init__(self, readings: Sequence[tuple[_Reading, Callable[[PageBox], Box]]], tools: Tools) -> None:
        self.rows = tuple(row for reading, _ in readings for row in reading.rows)
        self.scorer, self._weights = tools.scorer, tools.weights.writing
        self._readings = [reading for reading, _ in readings]
        self._boxes = [box for reading, box in readings for _ in reading.rows]

    @property
    def sheets(self) -> list[tuple[list[DecodedRow], float]]:
        """The rows of each sheet, and the steadiness of its ink, as of ``InkMap``."""
        return [(reading.rows, reading.layout.steadiness) for reading in self._readings]

    def writing(self) -> list[DecodedRow]:
        """The rows that are writing."""
        kept = []
        for reading in self._readings:
            rows, steadiness = reading.rows, reading.layout.steadiness
            reasons = why_not_writing(rows, steadiness, self._weights, reading.filled)
            kept += [row for row, why in zip(rows, reasons, strict=True) if why is None]
        return kept

    def box(self, number: int, box: PageBox) -> Box:
        """Where a box of the row of this number lies on the picture, in its own pixels."""
        return self._boxes[number](box)


class Pipeline:
    """From pixels to lines.

    Args:
        tools: what knows characters and words; they may still be loading. Of two, each page is read with
            those that suit it.
        layout: what pictures show.
        rotation: how pictures are turned before they are read.
        ignore_print: whether printed text beside the handwriting is left out.
        each: does the work with each row.
        thorough: whether pages that are read with little confidence are looked at again, differently.
    """

    def __init__(
        self,
        tools: Loading,
        layout: Shown,
        rotation: Rotation,
        ignore_print: bool,
        each: Each,
        thorough: bool,
    ) -> None:
        self._tools = tools
        self._known: Known | None = None if layout == "page" else layout
        # What is known to be a line or a word stands as it is cut out.
        self._rotation: Rotation = 0 if self._known and rotation == "auto" else rotation
        self._ignore_print = ignore_print
        self._thorough = thorough
        self._each = each

    def read(self, picture: Picture, observe: Observer | None = None) -> Seen:
        """What is on a picture.

        Args:
            picture: at the scale it is to be read at.
            observe: is told of each stage, of the orientation in which the picture, or each sheet of paper
                in it, was read.
        """
        seen = Seen([], [])
        for page, pixels, to_picture in self._pages(picture):
            found = self._read_page(page, pixels, observe, to_picture)
            models = tuple(dict.fromkeys(seen.models + found.models))
            seen = Seen(seen.lines + found.lines, seen.left_out + found.left_out, models)
        return seen

    def _pages(
        self, picture: Picture
    ) -> Iterator[tuple[Picture, npt.NDArray[np.uint8], Callable[[Box], Box]]]:
        """The picture, or the sheets of paper in it.

        Each comes with its pixels, what is around it painted over, and with what says where on the picture a
        box of it lies.
        """
        if self._known:
            yield picture, picture.pixels, _as_it_is
            return
        small = small_copy(picture.pixels)
        sheets = part_sheets(picture.pixels, small)
        if not sheets:
            yield picture, paint_surroundings(picture.pixels, small), _as_it_is
        for sheet in sheets:
            height, width = sheet.pixels.shape[:2]
            page = Picture(sheet.pixels, width, height)
            yield page, paint_surroundings(sheet.pixels), partial(_box_on, picture, sheet)

    def _read_page(
        self,
        page: Picture,
        pixels: npt.NDArray[np.uint8],
        observe: Observer | None,
        to_picture: Callable[[Box], Box],
    ) -> Seen:
        """What is on a page, which is the picture or a sheet in it."""
        found = self._judged(self._surest(self._turn_upright(pixels)), page)
        if not self._known and not found.lines:
            filled = self._read_filled(page.pixels)
            if filled is not None:
                second = self._judged(self._surest(filled), page)
                if second.lines:
                    pixels, found = page.pixels, second
        seen = page
        if self._thorough and not self._known:
            found, seen = self._looked_again(found, Picture(pixels, page.width, page.height))
            pixels = seen.pixels
        place = _Place(found.reading, seen)
        left_out = _left_out(found, place)
        if observe is not None:
            self._show(pixels, found, observe)
            boxes = tuple(Box.around(place.box(sign.box) for sign in line.signs) for line in found.lines)
            observe(VerdictStage(page.pixels, tuple(left_out), boxes))
        tools = found.reading.tools
        return Seen(
            [(text, lambda box: to_picture(place.box(box))) for text in found.lines],
            [one._replace(box=one.box and to_picture(one.box)) for one in left_out],
            (tools.name,) if tools is not None and tools.name is not None else (),
        )

    def _looked_again(self, found: _Found, page: Picture) -> tuple[_Found, Picture]:
        """The likeliest of several looks at a page, and the picture that shows it."""
        seen, turned = page, self._rotation == "auto"
        for picture, quarters in further_looks(page, found.reading.quarters, turned=turned):
            if found.confidence >= SURE:
                break
            other = self._judged(self._surest(self._read_turned(picture.pixels, quarters, None)), picture)
            if other.worth > found.worth:
                found, seen = other, picture
        return found, seen

    def _judged(self, found: _Found, page: Picture) -> _Found:
        """What was found, without the text if no writing looks like it; rows without text are none."""
        lines = iter(found.lines)
        of_row = [next(lines) if why is None else ReadLine(()) for why in found.reasons]
        every = [sign for line in of_row for sign in line.signs]
        why = None if self._known or not every else _why_no_text(every, _Place(found.reading, page), page)
        reasons = [
            old or why or (None if line.signs else Reason.UNLIKELY)
            for old, line in zip(found.reasons, of_row, strict=True)
        ]
        kept = [line for line, why in zip(of_row, reasons, strict=True) if why is None]
        return _Found(found.reading, reasons, kept)

    def _read_filled(self, pixels: npt.NDArray[np.uint8]) -> _Reading | None:
        """A second look at a picture on which nothing was found: its letters may fill it to its edges.

        What is read then must be writing as on any page. None if the picture is large, or no letter is nearly
        as high as it.
        """
        if len(pixels) > _CUT_OUT:
            return None
        layout = find_known_layout(pixels, "block", printed=self._printed())
        height = layout.size[1] - 2 * layout.border * layout.scale
        if not any(row.height >= _FILLS * height for row in layout.rows):
            return None
        return self._read_layout(layout, 0)._replace(known="block")

    def rows(self, picture: Picture, tools: Tools | None = None) -> PageRows:
        """The rows of a picture with all that their arcs may be: those that ``read`` reads.

        Args:
            picture: at the scale it is to be read at.
            tools: to rate them with; those that suit it if None.
        """
        readings: list[tuple[_Reading, Callable[[PageBox], Box]]] = []
        for page, pixels, to_picture in self._pages(picture):
            reading = self._turn_upright(pixels, tools)
            # One hand writes on all sheets: what reads the first one reads them all.
            tools = tools or reading.tools
            readings.append((reading, partial(_box_through, _Place(reading, page), to_picture)))
        return PageRows(readings, tools or self._tools.get()[0])

    def _surest(self, reading: _Reading) -> _Found:
        """What is written on the picture, read with two tools if it is doubtful which are the right ones."""
        if not reading.inks:
            return self._lines(reading)
        narrow, wide = (self._lines(self._rated(tools, reading)) for tools in self._tools.get())
        return wide if reading.told.is_wide(narrow.confidence, wide.confidence) else narrow

    def _lines(self, reading: _Reading) -> _Found:
        if reading.tools is None:
            # Without rows, nobody waits for the tools.
            return _Found(reading, [], [])
        known, spaces = self._known is not None, self._known not in ("word", "character")
        weights = reading.tools.weights.writing
        steadiness, filled = reading.layout.steadiness, reading.filled
        rows = reading.rows
        reasons: list[Reason | None] = [None] * len(rows)
        if not known:
            reasons = why_not_writing(rows, steadiness, weights, filled)
        kept = [row for row, why in zip(rows, reasons, strict=True) if why is None]
        return _Found(reading, reasons, reading.tools.decoder.read(kept, self._each, spaces=spaces))

    def _printed(self) -> PrintWeights | None:
        """What tells print, if it is to be left out."""
        return self._tools.get()[0].weights.printed if self._ignore_print else None

    def _layout(
        self, pixels: npt.NDArray[np.uint8], known: Known | None, observe: LayoutObserver = ignore
    ) -> Layout:
        if known is None:
            return find_layout(pixels, observe, printed=self._printed())
        return find_known_layout(pixels, known, observe, printed=self._printed())

    def _show(self, pixels: npt.NDArray[np.uint8], found: _Found, observe: Observer) -> None:
        """Lay the picture out once more, the way it was read, before the eyes of an observer."""
        reading, lines = found.reading, iter(found.lines)
        decoder = (reading.tools or self._tools.get()[0]).decoder
        paths = tuple(
            PathRow(row, next(lines).signs if why is None else tuple(decoder.likeliest(row)), why)
            for row, why in zip(reading.rows, found.reasons, strict=True)
        )

        layout = self._layout(_turned(pixels, reading.quarters), reading.known, observe)
        if layout.components is not None:
            observe(LatticesStage(layout.strength, tuple(row.lattice for row in reading.rows)))
            observe(PathStage(layout.strength, paths))

    def _turn_upright(self, pixels: npt.NDArray[np.uint8], tools: Tools | None = None) -> _Reading:
        """The picture read as it stands, or turned if it reads so well only then.

        Args:
            pixels: of a page.
            tools: to rate it with; those that suit it if None.
        """
        if self._rotation != "auto":
            return self._read_turned(pixels, -self._rotation // 90 % 4, tools)
        best = self._read_turned(pixels, 0, tools)
        if _DIRT < best.likelihood < _UPRIGHT and _characters(best) >= _ENOUGH:
            quarters = _likeliest_turn(best)
            turned = self._read_turned(pixels, quarters, tools) if quarters else best
            least = max(_TURNED, best.likelihood + _LIKELIER)
            if turned.likelihood > least and _characters(turned) >= _characters(best) / 2:
                best = turned
        return best

    def _read_turned(self, pixels: npt.NDArray[np.uint8], quarters: int, tools: Tools | None) -> _Reading:
        layout = self._layout(_turned(pixels, quarters), self._known)
        return self._read_layout(layout, quarters, tools)._replace(known=self._known)

    def _read_layout(self, layout: Layout, quarters: int, tools: Tools | None = None) -> _Reading:
        inks = tuple(row_inks(layout.components, layout.strength, layout.rows))
        reading = _Reading(quarters, layout.without_ink(), [], inks=inks)
        if not inks:
            return reading
        *narrower, wide = self._tools.get()
        if tools or not narrower:
            return self._rated(tools or wide, reading)._replace(inks=())
        crops = _some(np.concatenate([row.doubtful for row in inks]), SAMPLE)
        if len(crops):
            reading = reading._replace(
                told=told_by(wide.scorer.classifier.classify(crops), wide.scorer.classifier.classes)
            )
        reading = self._rated(wide if reading.told.is_wide() else narrower[0], reading)
        return reading if reading.told.is_doubtful else reading._replace(inks=())

    def _rated(self, tools: Tools, reading: _Reading) -> _Reading:
        """The rows rated with some tools: the reading itself if they were."""
        if tools is reading.tools:
            return reading
        lattices = tools.scorer.lattices(reading.inks, self._each)
        return reading._replace(tools=tools, rows=tools.decoder.by_shape(lattices))


def _likeliest_turn(reading: _Reading) -> int:
    """Quarters counter-clockwise by which letters of a page, turned alone, look most like letters."""
    lattices = [row.lattice for row in reading.rows]
    crops = np.concatenate([lattice.crops[lattice.of_letters] for lattice in lattices])
    if not len(crops) or reading.tools is None:
        return 0
    scorer, sample = reading.tools.scorer, _some(crops, _SAMPLE)
    turns = [np.ascontiguousarray(np.rot90(sample, quarters, (1, 2))) for quarters in range(4)]
    found = [scorer.classifier.classify(turn) for turn in turns]
    return int(np.argmax([(one.is_character * scorer.folded(one)).mean() for one in found]))


def _some(crops: npt.NDArray[np.uint8], most: int) -> npt.NDArray[np.uint8]:
    """At most so many crops, from all over the page."""
    return crops[:: max(1, -(-len(crops) // most))]


def _turned(pixels: npt.NDArray[np.uint8], quarters: int) -> npt.NDArray[np.uint8]:
    """The picture turned counter-clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def _why_no_text(read: Sequence[Sign], place: _Place, picture: Picture) -> Reason | None:
    """Why the text of a page is none."""
    texts = [sign.text for sign in read]
    why = signs(sum(map(is_sign, texts)), len(texts))
    if why is not None or any(row_of(text).look != "stroke" for text in texts):
        return why
    boxes = [place.box(sign.box) for sign in read]
    width, height = picture.width, picture.height
    return stray_marks(
        [
            Mark(
                box.height / max(width, height),
                min(box.left, width - box.right) / width,
                box.height / height,
            )
            for box in boxes
        ]
    )


def _left_out(found: _Found, place: _Place) -> list[LeftOut]:
    """What of a page is no writing, from top to bottom, in pixels of the picture."""
    layout = [
        LeftOut(why, None if box is None else place.box(box)) for why, box in found.reading.layout.left_out
    ]
    rows = [
        LeftOut(why, Box.around(place.box(row.lattice.box(arc)) for arc in row.path.tolist()))
        for row, why in zip(found.reading.rows, found.reasons, strict=True)
        if why is not None and len(row.path)
    ]
    return [*layout, *rows]


def _as_it_is(box: Box) -> Box:
    """Where a box of a page lies on the picture, if that is the page."""
    return box


def _box_on(picture: Picture, sheet: Sheet, box: Box) -> Box:
    """Where a box of a sheet lies on the picture."""
    corners = np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)], float)
    height, width = picture.pixels.shape[:2]
    corners = sheet.to_picture(corners) * (picture.width / width, picture.height / height)
    return _clipped(np.stack([corners.min(axis=0), corners.max(axis=0)]), picture)


def _clipped(corners: npt.NDArray[np.float64], picture: Picture) -> Box:
    """A box, [[left, top], [right, bottom]], in whole pixels of a picture."""
    (left, top), (right, bottom) = corners.tolist()
    across, down = picture.width, picture.height
    x, y = min(max(0, int(left)), across - 1), min(max(0, int(top)), down - 1)
    return Box(x, y, min(max(x + 1, round(right)), across), min(max(y + 1, round(bottom)), down))


def _characters(reading: _Reading) -> int:
    return sum(len(row.probabilities) for row in reading.rows)


def _box_through(place: _Place, to_picture: Callable[[Box], Box], box: PageBox) -> Box:
    """Where on the picture a box lies of a page on it."""
    return to_picture(place.box(box))


class _Place:
    """Where on the picture what was read lies."""

    def __init__(self, reading: _Reading, picture: Picture) -> None:
        self._reading = reading
        self._picture = picture

    def box(self, box: PageBox) -> Box:
        """The box of a character in the picture's own pixels, clipped to it."""
        left, top, right, bottom = self._reading.layout.to_pixels(box)
        height, width = self._picture.pixels.shape[:2]
        corners = np.array([[left, top], [right, bottom]])
        # A quarter counter-clockwise takes the picture's x to its width minus y, and its y to x.
        sides = itertools.cycle((width, height) if self._reading.quarters % 2 else (height, width))
        for _ in range(self._reading.quarters):
            corners = np.stack([next(sides) - corners[:, 1], corners[:, 0]], axis=1)
        corners = np.sort(corners, axis=0) * (self._picture.width / width, self._picture.height / height)
        return _clipped(corners, self._picture)
