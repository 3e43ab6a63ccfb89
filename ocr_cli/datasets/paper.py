"""Ink on paper under a camera: sheets, ruling, light, shadow, tilt and the camera's own faults."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Floats = npt.NDArray[np.float32]
Colour = tuple[int, int, int]

WHITE_PAPER: Colour = (236, 233, 224)
BLUE_PEN: Colour = (38, 48, 104)
BLACKBOARD: Colour = (42, 56, 50)
CHALK: Colour = (226, 226, 214)
DARK_TABLE: Colour = (66, 46, 34)


def photograph(
    ink: Floats,
    *,
    seed: int = 0,
    paper: Colour = WHITE_PAPER,
    pen: Colour = BLUE_PEN,
    patchiness: float = 0.1,
    ruling: Literal["none", "lines", "squares"] = "none",
    pitch: float = 60.0,
    ruling_colour: Colour = (150, 176, 206),
    tilt: float = 0.0,
    perspective: float = 0.0,
    table: Colour | None = None,
    table_width: int = 60,
    uneven: float = 0.0,
    light_from: float = 30.0,
    vignette: float = 0.0,
    shadow: float = 0.0,
    shadow_edge: float = 40.0,
    grain: float = 0.015,
    blur: float = 0.7,
    noise: float = 2.0,
    jpeg_quality: int | None = None,
) -> npt.NDArray[np.uint8]:
    """What a camera sees of a page of ink.

    Args:
        ink: float32 (H, W), 1 full ink on 0, as ``synthetic.draw_text`` makes it.
        seed: of grain, noise, patches and the shadow's place.
        paper: RGB of the sheet; a dark one with a light ``pen`` is a blackboard.
        pen: RGB of full ink.
        patchiness: 0 for an even line, 1 for chalk or a dry pen.
        ruling: printed lines on the sheet.
        pitch: distance of the ruled lines in pixels.
        ruling_colour: RGB of the ruled lines.
        tilt: degrees by which the sheet is turned counter-clockwise; what leaves the picture is cut off.
        perspective: share by which the sheet's far (upper) edge is shorter than the near one.
        table: RGB of the table that shows around the sheet; None if the sheet fills the picture.
        table_width: pixels of table on each side.
        uneven: share of the light lost on the far side.
        light_from: direction from which light comes, degrees counter-clockwise from the right.
        vignette: share of the light lost in the corners.
        shadow: share of the light lost in the shadow of a hand or a phone across a part of the sheet.
        shadow_edge: softness of the shadow's edge in pixels.
        grain: standard deviation of the paper's brightness, as a share.
        blur: standard deviation of the camera's blur in pixels.
        noise: standard deviation of the sensor's noise in grey values of 255.
        jpeg_quality: quality of a JPEG file the picture has been through; None for none.

    Returns:
        uint8 (H, W, 3), RGB; larger by twice ``table_width`` with a ``table``.
    """
    rng = np.random.default_rng(seed)
    height, width = ink.shape
    # Without a table to show, the sheet goes on beyond the picture, so that turning leaves no corner bare.
    beyond = max(height, width) // 4 if table is None and (tilt or perspective) else 0
    ink = np.pad(ink, beyond)
    sheet = _sheet(ink, rng, paper, pen, patchiness, grain)
    if ruling != "none":
        sheet = _ruled(sheet, ink, pitch, ruling_colour, squares=ruling == "squares")
    border = 0 if table is None else table_width
    picture = _seen_from_above(sheet, border, paper if table is None else table, tilt, perspective)
    picture = picture[beyond : beyond + height + 2 * border, beyond : beyond + width + 2 * border]
    height, width = picture.shape[:2]
    light = _light(height, width, uneven, light_from, vignette)
    if shadow:
        light *= 1 - shadow * _shadow(height, width, shadow_edge, rng)
    picture = picture * light[..., None]
    if blur:
        picture = np.asarray(ndimage.gaussian_filter(picture, (blur, blur, 0)), np.float32)
    picture = picture + rng.normal(0, noise, picture.shape).astype(np.float32)
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return pixels if jpeg_quality is None else _through_jpeg(pixels, jpeg_quality)


def _sheet(
    ink: Floats, rng: np.random.Generator, paper: Colour, pen: Colour, patchiness: float, grain: float
) -> Floats:
    """The sheet as it is, evenly lit, (H, W, 3) in 0..255."""
    fine = rng.normal(0, 1, ink.shape).astype(np.float32)
    coarse = np.asarray(ndimage.gaussian_filter(fine, 1.5), np.float32)
    coarse /= max(float(coarse.std()), 1e-6)
    fibres = 1 + grain * (0.5 * fine + coarse)
    cover = ink * np.clip(0.95 - patchiness * (0.35 + 0.35 * coarse), 0.15, 1)
    white, full = np.array(paper, np.float32), np.array(pen, np.float32)
    return np.asarray(white * (fibres * (1 - cover))[..., None] + full * cover[..., None], np.float32)


def _ruled(sheet: Floats, ink: Floats, pitch: float, colour: Colour, *, squares: bool) -> Floats:
    """Print lines (about 1.5 pixels wide) on a sheet; ink lies over them."""
    height, width = ink.shape
    printed = np.zeros_like(ink)

    def across(length: int) -> Floats:
        place = np.abs((np.arange(length) - 0.6 * pitch + pitch / 2) % pitch - pitch / 2)
        return np.asarray(np.clip(1.4 - place, 0, 1), np.float32)

    printed = np.maximum(printed, across(height)[:, None])
    if squares:
        printed = np.maximum(printed, across(width)[None, :])
    strength = (0.75 * printed * (1 - ink))[..., None]
    return np.asarray(sheet * (1 - strength) + np.array(colour, np.float32) * strength, np.float32)


def _seen_from_above(sheet: Floats, border: int, table: Colour, tilt: float, perspective: float) -> Floats:
    """Lay the sheet on a table of which ``border`` pixels show on each side, turned and in perspective."""
    if not (border or tilt or perspective):
        return sheet
    height, width = sheet.shape[:2]
    full = (width + 2 * border, height + 2 * border)
    # Where the corners of the sheet come to lie in the picture, from the upper left clockwise.
    inset = perspective * width / 2
    corners = np.array([[inset, 0], [width - inset, 0], [width, height], [0, height]], np.float64)
    centre = np.array([width / 2, height / 2])
    sine, cosine = np.sin(np.radians(-tilt)), np.cos(np.radians(-tilt))
    corners = (corners - centre) @ np.array([[cosine, sine], [-sine, cosine]]) + centre + border
    return _through_lens(sheet, corners, full, table)


def lay_on(sheet: Floats, surface: Floats, corners: npt.ArrayLike) -> Floats:
    """A picture of a sheet that lies on something.

    Args:
        sheet: float32 (h, w, 3), in 0..255.
        surface: float32 (H, W, 3), in 0..255, what it lies on.
        corners: (4, 2), where the sheet's corners come to lie in the picture, x and y in pixels, from its
            upper left one clockwise; they may lie outside.

    Returns:
        float32 (H, W, 3), in 0..255.
    """
    height, width = surface.shape[:2]
    place = np.asarray(corners, np.float64)
    seen = _through_lens(sheet, place, (width, height), (0, 0, 0))
    covered = _through_lens(np.full_like(sheet, 255), place, (width, height), (0, 0, 0)) / 255
    return np.asarray(seen * covered + surface * (1 - covered), np.float32)


def _through_lens(
    sheet: Floats, corners: npt.NDArray[np.float64], size: tuple[int, int], around: Colour
) -> Floats:
    """The sheet with its corners at these places of a picture of this size, a colour around it."""
    height, width = sheet.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    # Eight equations for the coefficients a..h of Pillow's transform, which maps the picture to the sheet.
    rows = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    coefficients = np.linalg.solve(np.array(rows), source.ravel())
    seen = Image.fromarray(np.clip(np.rint(sheet), 0, 255).astype(np.uint8)).transform(
        size,
        Image.Transform.PERSPECTIVE,
        coefficients.tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=around,
    )
    return np.asarray(seen, np.float32)


def _light(height: int, width: int, uneven: float, light_from: float, vignette: float) -> Floats:
    """Brightness (H, W), at most 1."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = np.radians(light_from)
    towards = (x * np.cos(angle) - y * np.sin(angle)) / np.sqrt(2)
    falloff = 1 - uneven * (1 - towards) / 2
    return np.asarray(falloff * (1 - vignette * (x**2 + y**2) / 2), np.float32)


def _shadow(height: int, width: int, edge: float, rng: np.random.Generator) -> Floats:
    """1 in the shadow, 0 outside: everything beyond a bent line through the picture."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = (x - width / 2) * np.sin(angle) - (y - height / 2) * np.cos(angle)
    beyond = (x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)
    bend = 0.08 * width * np.sin(along / (0.25 * width) + rng.uniform(0, 2 * np.pi))
    distance = beyond - rng.uniform(-0.1, 0.15) * width - bend
    return np.asarray(1 / (1 + np.exp(np.clip(-4 * distance / max(edge, 1e-3), -50, 50))), np.float32)


def _through_jpeg(pixels: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file).convert("RGB"))
