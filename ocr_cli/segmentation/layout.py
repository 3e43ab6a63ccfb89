"""Picture -> its rows of writing, and the ink they are made of."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.imaging.ink import find_ink, grey_levels, is_light_on_dark, to_grey
from ocr_cli.segmentation.columns import find_fold
from ocr_cli.segmentation.components import Components, find_components, is_writing, letter_height
from ocr_cli.segmentation.crossings import part_crossed
from ocr_cli.segmentation.healing import gather_pieces, heal_strokes
from ocr_cli.segmentation.printed import without_print
from ocr_cli.segmentation.rows import Row, find_rows, find_tilt, split_tall
from ocr_cli.segmentation.rules import are_ends, are_rests, remove_dotted_lines, remove_frames, remove_rules
from ocr_cli.segmentation.surface import InkEvidence, are_bars, why_not_rows
from ocr_cli.stages import (
    ComponentsStage,
    GreyStage,
    InkStage,
    LayoutObserver,
    LayoutStage,
    RowsStage,
    RulesStage,
    TurnedStage,
)
from ocr_cli.verdict import Reason, surface
from ocr_cli.weights import PrintWeights

COARSE_SIDE = 1000
"""Longer side of the picture on which the letters' size is found, in pixels. Set by hand."""
_COARSE_LEAST = 120
"""Its shorter side at least, as far as the picture has so many pixels: of strips of one row. Set by hand."""
LETTER_HEIGHT = 44.0
"""Height in pixels at which letters are taken apart: a crop's 32, and a reserve for thin gaps.
Set by hand."""
_SMALLEST_LETTER = 11.0
"""Letters lower than this, in pixels of the picture or of its coarse copy, cannot be read. Set by hand."""
LARGEST_SIDE, _LARGEST_STRIP = 3200, 1200
"""The working copy is no longer than this, or no larger than a square of the second side: strips are long.
Set by hand."""
_LEAST_TILT = 0.7
"""Degrees from which on the page is turned upright. Set by hand."""
_WEAKEST, WEAKEST_IN_SMALL_SCANS = 0.62, 0.33
"""How weak ink may be that hangs together with full ink (``find_ink``). Set by hand."""


_NO_INK = np.zeros((0, 0), np.float32)

Refused: TypeAlias = tuple[Reason, tuple[int, int, int, int] | None]
"""Why something is no writing, and its box in pixels of the copy; None for the whole picture."""


def ignore(stage: LayoutStage) -> None:
    """The observer who does not look."""


class Layout(NamedTuple):
    """The rows of a page, in pixels of a scaled and upright copy.

    Attributes:
        rows: in reading order.
        scale: pixels of the copy per pixel of the picture.
        tilt: degrees by which the copy was turned back.
        size: width and height of the scaled picture before turning.
        turned_size: width and height of the turned one.
        steadiness: of the ink, as of ``InkMap``; 0 without rows.
        components: that the rows are made of; None if the page has none.
        strength: float32 (H, W) in [0, 1], the ink; empty if the page has none.
        border: pixels of the picture that were put round it before it was scaled.
        left_out: what was taken for no writing.
    """

    rows: tuple[Row, ...]
    scale: float
    tilt: float
    size: tuple[int, int]
    turned_size: tuple[int, int]
    steadiness: float = 0.0
    components: Components | None = None
    strength: npt.NDArray[np.float32] = _NO_INK
    border: float = 0
    left_out: tuple[Refused, ...] = ()

    def without_ink(self) -> Layout:
        """The same without the arrays of the page's pixels, which are large."""
        return self._replace(components=None, strength=_NO_INK)

    def without(self, why: Reason) -> Layout:
        """The same with the whole picture left out."""
        return self._replace(left_out=((why, None),))

    def to_pixels(self, box: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
        """A box of the copy -> the smallest box around it in the picture: left, top, right, bottom."""
        left, top, right, bottom = box
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
        angle = np.radians(self.tilt)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        middle = (np.array(self.turned_size) - 1) / 2
        back = (
            (corners + -0.5 - middle) @ turn + (np.array(self.size) - 1) / 2 + 0.5
        ) / self.scale - self.border
        (x0, y0), (x1, y1) = back.min(axis=0), back.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def find_layout(
    pixels: npt.NDArray[np.uint8],
    observe: LayoutObserver = ignore,
    *,
    printed: PrintWeights | None = None,
) -> Layout:
    """Find the rows of writing on a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, upright.
        observe: is told of each stage on the way.
        printed: tells what is printed, to leave it out; None to keep it.

    Returns:
        The layout; without rows if nothing looks like writing.
    """
    # Bytes until it has its working scale: a large picture takes a quarter of the memory.
    grey = grey_levels(pixels)
    size = (grey.shape[1], grey.shape[0])
    nothing = Layout((), 1.0, 0.0, size, size)
    scale, inverted, stands_out = _working_scale(grey)
    working = to_grey(grey, scale or 1.0)
    observe(GreyStage(working))
    if scale is None:
        return nothing.without(Reason.NO_LETTERS if stands_out else Reason.NO_INK)
    size = (working.shape[1], working.shape[0])
    weakest = WEAKEST_IN_SMALL_SCANS if scale > 1.5 else _WEAKEST
    ink = find_ink(working, LETTER_HEIGHT, weakest, inverted=inverted, paler=True)
    observe(InkStage(ink))
    mask, strength = ink.mask, ink.strength
    # A page may be full of its rules.
    without_rules = remove_rules(mask, LETTER_HEIGHT)
    why = surface(InkEvidence(ink._replace(mask=without_rules)))
    if why is not None:
        return nothing.without(why)
    components, removed, strength, height = _components(mask, without_rules, strength, observe)
    if height is None:
        return nothing.without(Reason.NO_LETTERS)
    writing = is_writing(components, height) & ~are_bars(components)
    fold = find_fold(ink.paper, height)
    tilt = find_tilt(components, writing, height)
    if abs(tilt) >= _LEAST_TILT:
        # Rules are found by their level runs, so more of them once the page is straight.
        mask, strength = _turn(mask, strength, tilt)
        if fold is not None:
            fold = (fold - size[0] / 2) * float(np.cos(np.radians(tilt))) + mask.shape[1] / 2
        observe(TurnedStage(mask))
        without_rules = remove_rules(mask, LETTER_HEIGHT)
        components, removed, strength, _ = _components(mask, without_rules, strength, observe)
        writing = is_writing(components, height) & ~are_bars(components)
    else:
        tilt = 0.0
    parted = split_tall(components, strength, writing, height)
    if parted is not components:
        components, writing = parted, is_writing(parted, height) & ~are_bars(parted)
    writing &= ~are_rests(components, removed)
    writing &= ~are_ends(components, mask, removed, height)
    observe(ComponentsStage(components, writing, height))
    found = find_rows(components, writing, height, fold)
    reasons = why_not_rows(components, found)
    rows = [row for row, why in zip(found, reasons, strict=True) if why is None]
    left_out: list[Refused] = [
        (why, row.box(components)) for row, why in zip(found, reasons, strict=True) if why
    ]
    if not found:
        left_out.append((Reason.NO_LETTERS, None))
    observe(RowsStage(components, tuple(rows)))
    if printed is not None:
        written = without_print(components, strength, rows, printed)
        if rows and not written:
            left_out.append((Reason.PRINTED, None))
        rows = written
        observe(RowsStage(components, tuple(rows)))
    turned_size = (strength.shape[1], strength.shape[0])
    return Layout(
        tuple(rows),
        scale,
        tilt,
        size,
        turned_size,
        ink.steadiness,
        components,
        strength,
        left_out=tuple(left_out),
    )


def _components(
    mask: npt.NDArray[np.bool_],
    without_rules: npt.NDArray[np.bool_],
    strength: npt.NDArray[np.float32],
    observe: LayoutObserver,
) -> tuple[Components, npt.NDArray[np.bool_], npt.NDArray[np.float32], float | None]:
    """What is one once frames are taken out as rules were, strokes healed and pieces gathered.

    Returns:
        The components, where rules and frames were, bool (H, W), the healed strength, and ``letter_height``.
    """
    components = remove_frames(find_components(without_rules, strength), strength)
    components = remove_dotted_lines(components, strength, LETTER_HEIGHT)
    removed = mask & ~components.mask
    components = part_crossed(components, strength, LETTER_HEIGHT)
    observe(RulesStage(mask, components.mask))
    components, strength = heal_strokes(components, strength)
    components, height = gather_pieces(components)
    return components, removed, strength, height


def _working_scale(grey: npt.NDArray[np.uint8]) -> tuple[float | None, bool, bool]:
    """The scale at which the letters have their working height, whether they are light on dark, and exist.

    The scale is None if there is nothing to read; the last one says whether anything stood out all the same.
    """
    coarse = min(1.0, max(COARSE_SIDE / max(grey.shape), _COARSE_LEAST / min(grey.shape)))
    small = to_grey(grey, coarse)
    guess = max(_SMALLEST_LETTER, min(0.04 * max(small.shape), 0.5 * min(small.shape)))
    inverted = is_light_on_dark(small)
    height = _height_of_letters(small, guess, inverted)
    if height is not None and not 0.5 < height / guess < 2.0:
        # The window that evens out the light must be about a letter wide: look again with the right one.
        height = _height_of_letters(small, height, inverted)
    if height is None:
        stands_out = bool(find_ink(small, guess, inverted=inverted).mask.any())
        return None, inverted, stands_out
    height = max(height, _SMALLEST_LETTER)
    largest = max(LARGEST_SIDE / max(grey.shape), _LARGEST_STRIP / grey.size**0.5)
    return float(min(coarse * LETTER_HEIGHT / height, largest)), inverted, True


def _height_of_letters(grey: npt.NDArray[np.float32], guess: float, inverted: bool) -> float | None:
    ink = find_ink(grey, guess, inverted=inverted)
    components = find_components(remove_rules(ink.mask, guess), ink.strength)
    return letter_height(remove_frames(components, ink.strength))


def _turn(
    mask: npt.NDArray[np.bool_], strength: npt.NDArray[np.float32], degrees: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float32]]:
    """Turn ink by ``degrees`` counter-clockwise, on a larger sheet that holds all of it."""
    turned = np.asarray(Image.fromarray(strength).rotate(degrees, Image.Resampling.BILINEAR, expand=True))
    ink = Image.fromarray(mask.astype(np.uint8) * 255).rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    return np.asarray(ink) > 127, turned
