"""The steps from the pixels of a picture to the lines on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import is_sign, row_of
from ocr_cli.decoding.decoder import ReadLine, Sign
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.decoding.writing import heard_alone, why_not_writing
from ocr_cli.imaging.load import Picture
from ocr_cli.imaging.smear import find_smear, without_smear
from ocr_cli.loading import Loading, Tools
from ocr_cli.looks import SURE, further_looks, thickened
from ocr_cli.options import Rotation, Shown
from ocr_cli.page import Box, LeftOut
from ocr_cli.placement import PageBox, Part, Placement, parts_of, reading_order, turned
from ocr_cli.rating import Rated, Rater
from ocr_cli.segmentation.layout import LETTER_HEIGHT
from ocr_cli.speed.sharing import Each
from ocr_cli.stages import LatticesStage, Observer, PathRow, PathStage, VerdictStage
from ocr_cli.verdict import Mark, Reason, signs, stray_marks, unsure


class Seen(NamedTuple):
    """What is on a picture.

    Attributes:
        lines: what is written there, each with what says where on it, in its own pixels, a candidate lies.
        left_out: what was taken for no writing.
        model: name of that which read it; None if nothing was to be read, or it has none.
    """

    lines: list[tuple[ReadLine, Callable[[PageBox], Box]]]
    left_out: list[LeftOut]
    model: str | None = None


class _Found(NamedTuple):
    """What is written on a page.

    Attributes:
        rated: its rows.
        reasons: why each of them is no writing; None if it is.
        read: what was read in each; nothing where that was not tried.
    """

    rated: Rated
    reasons: list[Reason | None]
    read: list[ReadLine]

    @property
    def lines(self) -> list[ReadLine]:
        """What is written in those that are writing."""
        return [line for line, why in zip(self.read, self.reasons, strict=True) if why is None]

    @property
    def confidence(self) -> float:
        """Mean of the characters' confidences; 0 without any."""
        every = self._confidences
        return sum(every) / max(1, len(every))

    @property
    def worth(self) -> float:
        """How many characters more are right than wrong, as far as their confidences tell."""
        return sum(2 * confidence - 1 for confidence in self._confidences)

    @property
    def _confidences(self) -> list[float]:
        """Of all characters, those of rows that are left out as unsure among them: the page may lie askew."""
        kept = [
            line for line, why in zip(self.read, self.reasons, strict=True) if why in (None, Reason.UNSURE)
        ]
        return [sign.confidence for line in kept for sign in line.signs]

    @property
    def doubts(self) -> list[Reason | None]:
        """The reasons, with those that what was read in a row gives."""
        return [
            why or (unsure([sign.folded for sign in line.signs]) if line.signs else Reason.UNLIKELY)
            for line, why in zip(self.read, self.reasons, strict=True)
        ]


class PageRows:
    """The rows of a picture with all that their candidates may be, before it is decided what is read.

    Args:
        sheets: the rows of the picture, or of each sheet of paper in it, and where those lie.
        tools: that rated them.

    Attributes:
        rows: in reading order, dirt included.
        scorer: that rated them.
    """

    def __init__(self, sheets: Sequence[tuple[Rated, Placement]], tools: Tools) -> None:
        self.scorer, self._weights = tools.scorer, tools.weights.writing
        self._rated = [rated for rated, _ in sheets]
        boxes = [
            [Box.around(map(place.on_picture, row.lattice.atoms.tolist())) for row in rated.rows]
            for rated, place in sheets
        ]
        order = reading_order(boxes)
        self.rows = tuple(sheets[number][0].rows[row] for number, row in order)
        self._places = [sheets[number][1] for number, _ in order]

    @property
    def sheets(self) -> list[tuple[list[DecodedRow], float]]:
        """The rows of each sheet, and the steadiness of its ink, as of ``InkMap``."""
        return [(rated.rows, rated.layout.steadiness) for rated in self._rated]

    def writing(self) -> list[DecodedRow]:
        """The rows that are writing."""
        kept = []
        for rated in self._rated:
            rows, steadiness = rated.rows, rated.layout.steadiness
            reasons = why_not_writing(rows, steadiness, self._weights)
            kept += [row for row, why in zip(rows, reasons, strict=True) if why is None]
        return kept

    def box(self, number: int, box: PageBox) -> Box:
        """Where a box of the row of this number lies on the picture, in its own pixels."""
        return self._places[number].on_picture(box)


class Pipeline:
    """From pixels to lines.

    Args:
        tools: what knows characters and words, last of all; they may still be loading.
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
        self._tools, self._each = tools, each
        self._rater = Rater(tools, layout, rotation, ignore_print, each)
        self._thorough = thorough

    def read(self, picture: Picture, observe: Observer | None = None) -> Seen:
        """What is on a picture.

        Args:
            picture: at the scale it is to be read at.
            observe: is told of each stage, of the orientation in which the picture, or each sheet of paper
                in it, was read.
        """
        parts = [self._read_part(part, observe) for part in self._parts(picture)]
        if len(parts) == 1:
            return parts[0]
        boxes = [
            [Box.around(on_picture(sign.box) for sign in line.signs) for line, on_picture in part.lines]
            for part in parts
        ]
        return Seen(
            [parts[number].lines[line] for number, line in reading_order(boxes)],
            [one for part in parts for one in part.left_out],
            next((part.model for part in parts if part.model), None),
        )

    def rows(self, picture: Picture) -> PageRows:
        """The rows of a picture with all that their arcs may be: those that ``read`` reads.

        Args:
            picture: at the scale it is to be read at.
        """
        sheets: list[tuple[Rated, Placement]] = []
        for part in self._parts(picture):
            looks = self._rater.orientations(part.pixels)
            rated = looks[0] if len(looks) == 1 else self._worthiest(looks).rated
            sheets.append((rated, _placed(rated, part)))
        return PageRows(sheets, self._tools.get()[-1])

    def _parts(self, picture: Picture) -> Iterable[Part]:
        """What is known to be no page has no sheets, nor anything around it."""
        return [Part.whole(picture)] if self._rater.known else parts_of(picture)

    def _read_part(self, part: Part, observe: Observer | None) -> Seen:
        """What is on a page, which is the picture or a sheet in it."""
        seen, pages = part, self._rater.known is None
        found = self._judged(self._worthiest(self._rater.orientations(part.pixels)), part)
        second = self._second_look(found, part) if pages else None
        if second is not None:
            look = part._replace(pixels=second[1])
            other = self._judged(second[0], look)
            # What is read then must be writing as on any page.
            if other.lines and other.confidence > found.confidence:
                found, seen = other, look
        if pages and self._thorough:
            found, seen = self._looked_again(found, seen)
        if pages and not found.lines:
            found = self._judged(self._heard(found), seen)
        place = _placed(found.rated, seen)
        left_out = _left_out(found, place)
        if observe is not None:
            self._show(found, seen, observe)
            boxes = tuple(Box.around(place.on_page(sign.box) for sign in line.signs) for line in found.lines)
            observe(VerdictStage(part.page.pixels, tuple(left_out), boxes))
        tools = found.rated.tools
        return Seen(
            [(text, place.on_picture) for text in found.lines],
            [one._replace(box=one.box and place.to_picture(one.box)) for one in left_out],
            None if tools is None else tools.name,
        )

    def _worthiest(self, looks: Sequence[Rated]) -> _Found:
        """What is written on a page, in that of some looks at it in which most can be read."""
        return max(map(self._lines, looks), key=lambda found: found.worth)

    def _second_look(self, found: _Found, part: Part) -> tuple[_Found, npt.NDArray[np.uint8]] | None:
        """A page looked at otherwise, if it is smeared, empty, crumbs of strokes, or one row in doubt."""
        rated, pixels = found.rated, part.page.pixels
        if found.confidence < SURE and (smear := find_smear(part.pixels)):
            sharp = without_smear(part.pixels, smear)
            return self._worthiest(self._rater.orientations(sharp)), sharp
        if not found.lines:
            filling = self._rater.filling(pixels)
            return filling and (self._lines(filling), pixels)
        if rated.is_crumbled:
            pixels = thickened(part.pixels, LETTER_HEIGHT / rated.layout.scale)
            return self._lines(self._rater.turned(pixels, rated.quarters)), pixels
        if found.confidence < SURE and rated.is_one_row:
            return self._lines(self._rater.alone(pixels)), pixels
        return None

    def _looked_again(self, found: _Found, part: Part) -> tuple[_Found, Part]:
        """The likeliest of several looks at a page, and the page as it was looked at."""
        seen, page = part, Picture(part.pixels, part.page.width, part.page.height)
        for picture, quarters in further_looks(page, found.rated.quarters, turned=self._rater.turns):
            if found.confidence >= SURE:
                break
            look = Part(picture, picture.pixels, part.to_picture)
            other = self._judged(self._lines(self._rater.turned(look.pixels, quarters)), look)
            if other.worth > found.worth:
                found, seen = other, look
        return found, seen

    def _lines(self, rated: Rated) -> _Found:
        """What is written on a page."""
        if rated.tools is None:
            # Without rows, nobody waits for the tools.
            return _Found(rated, [], [])
        reasons: list[Reason | None] = [None] * len(rated.rows)
        if self._rater.known is None:
            reasons = why_not_writing(rated.rows, rated.layout.steadiness, rated.tools.weights.writing)
        return self._decoded(rated, rated.tools, reasons)

    def _heard(self, found: _Found) -> _Found:
        """What is written on a page without writing, if windows speak of it so and it is read surely."""
        rated = found.rated
        if rated.tools is None:
            return found
        weights = rated.tools.weights.writing
        reasons = heard_alone(rated.rows, found.reasons, rated.layout.steadiness, weights)
        if None not in reasons:
            return found
        heard = self._decoded(rated, rated.tools, reasons)
        doubts = heard.doubts
        return heard._replace(reasons=doubts) if None in doubts else found

    def _decoded(self, rated: Rated, tools: Tools, reasons: list[Reason | None]) -> _Found:
        """What is written in the rows of a page that are writing."""
        kept = [row for row, why in zip(rated.rows, reasons, strict=True) if why is None]
        spaces = self._rater.known not in ("word", "character")
        also = [tools.decoder.noted] * len(kept) if self._rater.known == "line" else None
        lines = iter(tools.decoder.read(kept, self._each, spaces=spaces, also=also))
        return _Found(rated, reasons, [next(lines) if why is None else ReadLine(()) for why in reasons])

    def _judged(self, found: _Found, part: Part) -> _Found:
        """What was found, without the text if no writing looks like it; rows without text are none."""
        pages = self._rater.known is None
        reasons = [
            why or (None if line.signs else Reason.UNLIKELY)
            for line, why in zip(found.read, found.reasons, strict=True)
        ]
        doubts = found.doubts if pages else reasons
        if None in doubts:
            # Unsure is what is less sure than other rows: a page of nothing else is shown as it was read.
            reasons = doubts
        found = found._replace(reasons=reasons)
        every = [sign for line in found.lines for sign in line.signs]
        why = _why_no_text(every, _placed(found.rated, part)) if every and pages else None
        return found._replace(reasons=[old or why for old in reasons])

    def _show(self, found: _Found, part: Part, observe: Observer) -> None:
        """Lay the page out once more, the way it was read, before the eyes of an observer."""
        rated = found.rated
        decoder = (rated.tools or self._tools.get()[-1]).decoder
        paths = tuple(
            PathRow(row, line.signs or tuple(decoder.likeliest(row)), why)
            for row, line, why in zip(rated.rows, found.read, found.reasons, strict=True)
        )
        layout = self._rater.layout(turned(part.pixels, rated.quarters), rated.known, observe)
        if layout.components is not None:
            observe(LatticesStage(layout.strength, tuple(row.lattice for row in rated.rows)))
            observe(PathStage(layout.strength, paths))


def _placed(rated: Rated, part: Part) -> Placement:
    return Placement(rated.layout, rated.quarters, part.page, part.to_picture)


def _why_no_text(read: Sequence[Sign], place: Placement) -> Reason | None:
    """Why the text of a page is none."""
    texts = [sign.text for sign in read]
    why = signs(sum(map(is_sign, texts)), len(texts))
    if why is not None or any(row_of(text).look != "stroke" for text in texts):
        return why
    boxes = [place.on_page(sign.box) for sign in read]
    width, height = place.page.width, place.page.height
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


def _left_out(found: _Found, place: Placement) -> list[LeftOut]:
    """What of a page is no writing, from top to bottom, in its own pixels."""
    layout = [
        LeftOut(why, None if box is None else place.on_page(box)) for why, box in found.rated.layout.left_out
    ]
    rows = [
        LeftOut(why, Box.around(place.on_page(row.lattice.box(arc)) for arc in row.path.tolist()))
        for row, why in zip(found.rated.rows, found.reasons, strict=True)
        if why is not None and len(row.path)
    ]
    return [*layout, *rows]
