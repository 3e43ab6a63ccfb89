"""Parts of pictures that are to be read, in pixels or per cent."""

from __future__ import annotations

import re
from typing import NamedTuple

from ocr_cli.errors import ImageError, KnowledgeError
from ocr_cli.page import Box

_SIDE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?)\s*", re.ASCII)


class Side(NamedTuple):
    """Where a region begins or ends: pixels from the picture's left or upper edge, or per cent of it."""

    value: float
    is_share: bool

    def pixels(self, size: int) -> float:
        """In pixels of a picture that has so many of them in this direction."""
        return self.value / 100 * size if self.is_share else self.value


class Region(NamedTuple):
    """A part of a picture."""

    left: Side
    top: Side
    right: Side
    bottom: Side

    @classmethod
    def parse(cls, text: str) -> Region:
        """The region that a text names: ``LEFT,TOP,RIGHT,BOTTOM``, each in pixels or, with ``%``, per cent.

        Raises:
            KnowledgeError: if it names none.
        """
        found = [_SIDE.fullmatch(part) for part in text.split(",")]
        sides = [Side(float(one[1]), one[2] == "%") for one in found if one is not None]
        if len(found) != 4 or len(sides) != 4:
            raise KnowledgeError(
                f"{text!r} is not LEFT,TOP,RIGHT,BOTTOM, such as 10,20,300,80 or 0,50%,100%,100%"
            )
        region = cls(*sides)
        for begin, end in ((region.left, region.right), (region.top, region.bottom)):
            if begin.is_share == end.is_share and begin.value >= end.value:
                raise KnowledgeError(f"{text!r} ends before it begins")
            if begin.is_share and begin.value >= 100:
                raise KnowledgeError(f"{text!r} begins where the picture ends")
        return region

    def box(self, width: int, height: int) -> Box:
        """What the region is of a picture, in whole pixels; what reaches beyond the picture is cut off.

        Args:
            width: of the picture in pixels.
            height: likewise.

        Raises:
            ImageError: if nothing is left.
        """
        left, right = (min(width, round(side.pixels(width))) for side in (self.left, self.right))
        top, bottom = (min(height, round(side.pixels(height))) for side in (self.top, self.bottom))
        if left >= right or top >= bottom:
            raise ImageError(
                f"the region {self} lies outside of the picture",
                hint=f"the picture is {width} pixels wide and {height} high",
            )
        return Box(left, top, right, bottom)

    def __str__(self) -> str:
        return ",".join(f"{side.value:g}{'%' if side.is_share else ''}" for side in self)
