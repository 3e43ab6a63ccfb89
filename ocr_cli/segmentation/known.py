"""Pictures that are known to show one block, line, word or character, such as the fields cut from a form.

Nothing is searched for there. All ink is writing, whatever it looks like, but for the frame, the rules and
the walls of cells that a line was cut out with (``ruled.cutouts``); it may fill the picture to its edges; and
how high the letters are, the ink itself says.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import otsu
from ocr_cli.imaging.ink import InkMap, find_ink, grey_levels, is_light_on_dark, to_grey
from ocr_cli.segmentation.components import (
    GRAIN,
    LEAST_LETTER,
    STROKE,
    Components,
    find_components,
    letter_height,
)
from ocr_cli.segmentation.healing import gather_pieces, heal_strokes
from ocr_cli.segmentation.layout import (
    COARSE_SIDE,
    LARGEST_SIDE,
    LETTER_HEIGHT,
    WEAKEST_IN_SMALL_SCANS,
    Layout,
    ignore,
)
from ocr_cli.segmentation.printed import without_print
from ocr_cli.segmentation.rows import Row, find_rows, row_of
from ocr_cli.segmentation.rules import remove_frames, remove_rules
from ocr_cli.segmentation.sides import ROW
from ocr_cli.stages import ComponentsStage, GreyStage, InkStage, LayoutObserver, RowsStage
from ocr_cli.weights import PrintWeights

Known: TypeAlias = Literal["block", "line", "word", "character"]
"""What a picture is known to show: ``options.Shown`` but a page."""

_BORDER = 0.5
"""Paper is put round the picture, so wide as a share of its shorter side, of one character its longer one:
ink that reaches the edge is not the edge's. Set by hand."""
_WIDEST_BORDER = 150
_SPECK = 0.06
"""Components lower and narrower than this, in letter heights, are no ink of a pen. Set by hand."""
_REST = 0.03
"""Of one character, what is smaller than this share of its largest piece is dirt: dots are larger.
Set by hand."""
_SINGLE = 0.7
"""Components narrower than this, in letter heights, are not tried cut into several: ``atoms.may_be_cut``.
Set by hand."""
_DOT = 0.35
"""Largest dot of a dotted rule, in letter heights. Set by hand."""
_LEVEL, _WIDE = 0.1, 2.5
"""Their heights differ by less, and they are farther apart, in letter heights. Set by hand."""
_APART, _LOW = 0.6, 0.55
"""Ink that a picture's edge cuts is of what stands beside its line if it is so far from the line's, and so
low, in letter heights. Set by hand."""
_LEAST_GUESS = 6.0
"""Letters are thought to be no lower, in pixels, before any ink is seen. Set by hand."""


def find_known_layout(
    pixels: npt.NDArray[np.uint8],
    known: Known,
    observe: LayoutObserver = ignore,
    *,
    printed: PrintWeights | None = None,
) -> Layout:
    """The rows of a picture that is known to show nothing but writing.

    Args:
        pixels: uint8 (H, W, 3), RGB, upright.
        known: what it shows.
        observe: is told of each stage on the way.
        printed: tells what is printed, to leave it out; None to keep it.

    Returns:
        The layout; without rows if there is no ink. One that is known to be of a line or word has one row; of
        a character, one that has a single component, too narrow for its height to be cut.
    """
    grey, border, inverted = _framed(grey_levels(pixels), known)
    if known == "line" and not inverted:
        from ocr_cli.ruled.cutouts import cut_out

        field = cut_out(pixels)
        if field is not None:
            levels = 255 - np.rint(255 * field.strength).astype(np.uint8)
            layout = _layout(*_framed(levels, known), known, observe, printed, field.margin)
            around = (layout.border + field.margin) / field.scale
            return layout._replace(scale=layout.scale * field.scale, border=around)
    return _layout(grey, border, inverted, known, observe, printed)


def _layout(
    grey: npt.NDArray[np.uint8],
    border: int,
    inverted: bool,
    known: Known,
    observe: LayoutObserver,
    printed: PrintWeights | None,
    margin: int = 0,
) -> Layout:
    """As ``find_known_layout``, of what ``_framed`` gives, with so much paper within its border."""
    height = _ink_height(grey, border, known, inverted)
    scale = min(LETTER_HEIGHT / (height or LETTER_HEIGHT), LARGEST_SIDE / max(grey.shape))
    working = to_grey(grey, scale)
    observe(GreyStage(working))
    size = (working.shape[1], working.shape[0])
    ink = find_ink(
        working, LETTER_HEIGHT, WEAKEST_IN_SMALL_SCANS, inverted=inverted, paler=known in ("block", "line")
    )
    observe(InkStage(ink))
    if height is None or not ink.mask.any():
        return Layout((), scale, 0.0, size, size, border=border)
    components, strength = _components(ink, known)
    kept = _no_specks(components, known)
    if known == "line":
        kept &= ~_scraps(components, kept, scale * (border + margin))
    observe(ComponentsStage(components, kept, LETTER_HEIGHT))
    if not kept.any():
        return Layout((), scale, 0.0, size, size, border=border)
    if known == "character":
        components = _as_one(components, kept)
        rows = [_whole_row(components)]
    elif known == "block":
        rows = find_rows(components, kept, letter_height(components) or LETTER_HEIGHT, columns=False)
    else:
        rows = [_only_row(components, kept)]
    observe(RowsStage(components, tuple(rows)))
    if printed is not None:
        rows = without_print(components, strength, rows, printed)
        observe(RowsStage(components, tuple(rows)))
    return Layout(tuple(rows), scale, 0.0, size, size, ink.steadiness, components, strength, border)


def _framed(grey: npt.NDArray[np.uint8], known: Known) -> tuple[npt.NDArray[np.uint8], int, bool]:
    """A picture with paper put round it.

    Args:
        grey: uint8 (H, W).
        known: what it shows.

    Returns:
        uint8 (H + 2b, W + 2b), the border b in pixels, and whether the writing is light on dark.
    """
    levels = np.sort(grey, axis=None).astype(np.float32)
    if levels[0] == levels[-1]:
        return grey, 0, False
    parting = otsu(levels)
    light, dark = (float(np.median(levels[part])) for part in (levels > parting, levels <= parting))
    height, width = grey.shape
    # A stroke that fills its picture may leave no paper to be seen.
    stroke = known == "character" and min(height, width) < STROKE * max(height, width)
    # Without paper round it, ink has no surroundings; but there is less of it.
    inverted = not stroke and float(np.mean(levels <= parting)) > 0.5
    if known in ("block", "line"):
        # Half of it may lie in shadow. Between rules, paper stands out, too.
        inverted = inverted and is_light_on_dark(grey.astype(np.float32) / np.float32(255))
    side = max(height, width) if known == "character" else min(height, width)
    wide = min(max(2, round(_BORDER * side)), _WIDEST_BORDER)
    return np.pad(grey, wide, constant_values=round(dark if inverted else light)), wide, inverted


def _ink_height(grey: npt.NDArray[np.uint8], border: int, known: Known, inverted: bool) -> float | None:
    """How high letters are, in pixels of the picture; None if there is no ink."""
    scale = min(1.0, COARSE_SIDE / max(grey.shape))
    small = to_grey(grey, scale)
    height = max(_LEAST_GUESS, (0.04 if known == "block" else 0.6) * scale * (len(grey) - 2 * border))
    for _ in range(2):
        # The window that evens out the light must be about a letter wide: look again with the right one.
        ink = find_ink(small, height, inverted=inverted)
        if not ink.mask.any():
            return None
        components = find_components(ink.mask, ink.strength)
        found = None if known == "character" else letter_height(components)
        if found is None:
            down, across = (np.ptp(places) + 1 for places in np.nonzero(ink.mask))
            found = float(max(down, 0.5 * across))
        if 0.5 < found / height < 2.0:
            break
        height = found
    return float(found / scale)


def _components(ink: InkMap, known: Known) -> tuple[Components, npt.NDArray[np.float32]]:
    """The components, and the strength of the ink.

    Those of one character are as they are. Of others, the lines that they are written on and in are taken
    out, and strokes that broke are whole again.
    """
    if known == "character":
        return find_components(ink.mask, ink.strength), ink.strength
    mask = remove_rules(ink.mask, LETTER_HEIGHT)
    components = remove_frames(find_components(mask, ink.strength), ink.strength)
    components = _without_dots(components, ink.strength)
    components, strength = heal_strokes(components, ink.strength)
    return gather_pieces(components)[0], strength


def _no_specks(components: Components, known: Known) -> npt.NDArray[np.bool_]:
    """Which components are ink of a pen: bool (N,), at least one."""
    large = np.maximum(components.widths, components.heights) >= _SPECK * LETTER_HEIGHT
    if known == "character":
        large &= components.areas >= _REST * components.areas.max()
    return large if large.any() else np.ones(len(components), bool)


def _scraps(components: Components, kept: npt.NDArray[np.bool_], edge: float) -> npt.NDArray[np.bool_]:
    """Which components are cut off by the picture's edge, low, and apart from all that is higher: bool (N,).

    They are ends of what stands beside the line.

    Args:
        components: of a line.
        kept: bool (N,), which of them are ink of a pen.
        edge: pixels of paper around the picture.
    """
    boxes = components.boxes
    order = np.flatnonzero(kept)[np.argsort(boxes[kept, 0], kind="stable")]
    reached = np.maximum.accumulate(boxes[order, 2])
    groups = np.split(order, 1 + np.flatnonzero(boxes[order[1:], 0] - reached[:-1] > _APART * LETTER_HEIGHT))
    low = [bool((components.heights[group] < _LOW * LETTER_HEIGHT).all()) for group in groups]
    within = edge + _SPECK * LETTER_HEIGHT
    ends = np.array(components.labels.shape[::-1]) - within
    cut = np.asarray((boxes[:, :2] <= within).any(axis=1) | (boxes[:, 2:] >= ends).any(axis=1))
    found = np.zeros(len(components), bool)
    for group, is_low in zip(groups, low, strict=True):
        found[group] = is_low and cut[group].any() and not all(low)
    for head in order[:1].tolist():
        # The stop of a number that is printed before it.
        is_dot = cut[head] and max(boxes[head, 2:] - boxes[head, :2]) <= _DOT * LETTER_HEIGHT
        apart = (boxes[order[1:], 0] - boxes[head, 2] > _DOT * LETTER_HEIGHT).all()
        found[head] |= len(order) > 1 and is_dot and apart
    first, small = boxes[groups[0]], components.heights[groups[0]] <= _DOT * LETTER_HEIGHT
    if len(groups) > 1 and len(first) == 2 and small.all() and first[1, 0] < first[0, 2]:
        # The colon of a caption.
        found[groups[0]] = True
    return found


def _without_dots(components: Components, strength: npt.NDArray[np.float32]) -> Components:
    """The components without the dots of dotted rules that a line is written on, or between.

    Those are some dots at one height. Full stops stand after letters, and the dots of i above them.
    """
    boxes = components.boxes
    sizes = np.maximum(components.widths, components.heights)
    dots = np.flatnonzero(sizes <= _DOT * LETTER_HEIGHT)
    letters = boxes[components.heights > LEAST_LETTER * LETTER_HEIGHT]
    if not ROW <= len(dots) <= GRAIN or not len(letters):
        return components
    places = (boxes[dots, 1] + boxes[dots, 3]) / 2
    middles = (boxes[dots, 0] + boxes[dots, 2])[:, None] / 2
    over = (letters[:, 0] <= middles) & (middles <= letters[:, 2])
    under = (over & (places[:, None] > (letters[:, 1] + letters[:, 3]) / 2)).any(axis=1)
    after = (letters[:, 0] <= middles) & (middles <= letters[:, 2] + _APART * LETTER_HEIGHT)
    free = under | ~after.any(axis=1)
    gone = np.zeros(len(components), bool)
    for place in places.tolist():
        level = np.abs(places - place) <= _LEVEL * LETTER_HEIGHT
        wide = np.ptp(middles[level]) >= _WIDE * LETTER_HEIGHT
        if level.sum() >= ROW and wide and free[level].mean() >= 0.5:
            gone[dots[level]] = True
    return find_components(components.mask & ~np.append(False, gone)[components.labels], strength)


def _as_one(components: Components, kept: npt.NDArray[np.bool_]) -> Components:
    """Components as a single one."""
    labels = np.isin(components.labels, np.flatnonzero(kept) + 1).astype(np.int32)
    boxes = components.boxes[kept]
    box = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    areas = components.areas[kept]
    darkness = (components.darkness[kept] @ areas) / areas.sum()
    return Components(labels, box[None], areas.sum(keepdims=True), np.array([darkness]))


def _whole_row(components: Components) -> Row:
    """The row of a single component, so high that it is not wide enough to be several letters."""
    row = row_of(components, np.zeros(1, np.int64))
    return row._replace(height=max(row.height, float(components.widths[0]) / _SINGLE))


def _only_row(components: Components, kept: npt.NDArray[np.bool_]) -> Row:
    """All components as one row."""
    heights = components.heights
    letters = kept & (heights > LEAST_LETTER * LETTER_HEIGHT)
    if not letters.any():
        letters = kept & (heights >= LEAST_LETTER * heights[kept].max())
    order = np.argsort(components.boxes[:, 0], kind="stable")
    return row_of(components, order[letters[order]], np.flatnonzero(kept & ~letters))
