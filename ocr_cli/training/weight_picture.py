"""A picture of what the units of the first layer look for, legible in print and to the colour-blind."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import features_of
from ocr_cli.features import FeatureSettings, as_maps
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.plots import check_picture, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Tiles: TypeAlias = npt.NDArray[np.float32]
_GAP = 3
"""Cells between two tiles; one lies between the parts of a tile."""
_LINES = np.zeros((4, 5, 5), np.float32)
_LINES[0, :, 2] = _LINES[2, 2, :] = 1
_LINES[1] = np.eye(5)[::-1]
_LINES[3] = np.eye(5)


def plot_weights(
    path: str | Path, model: ModelFile, initial: MLP | None = None, units: int | None = None, title: str = ""
) -> None:
    """Draw the first layer's weights, a tile for each unit, before and after training side by side.

    A tile is laid out as the crop is. For pixels, each cell is a weight. For gradient features, each zone of
    the crop, and beside it of its normalised copy, has a little line where a stroke would run: in the
    orientation whose weight is the largest, of either sign. The shrunken picture, if the features have it,
    comes last.

    Args:
        path: picture to write; its suffix names the format (``.png``, ``.svg``, ``.pdf``).
        model: what to draw.
        initial: the network before training, see ``initial_network``; if None, only the trained one is drawn.
        units: how many to draw at most, at least 1; the first ones are taken. If None, 64 for pixels and 18
            for gradient features.
        title: above the picture.

    Raises:
        ModelFileError: if the features are not known here, or do not fit the network.
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or the picture cannot be written.
    """
    check_picture(path)
    from matplotlib.figure import Figure

    features = features_of(model)
    total = model.network.sizes[1]
    shown = min(total, units or (64 if features.kind == "pixels" else 18))
    epoch = model.provenance.get("epoch")
    sides = [(f"after epoch {epoch}" if isinstance(epoch, int) else "after training", model.network)]
    if initial:
        sides.insert(0, ("before training", initial))
    tiles = [_tiles(network, features, shown) for _, network in sides]
    columns = math.ceil(math.sqrt(shown * tiles[0].shape[1] / tiles[0].shape[2]))
    mosaics = [_mosaic(one, columns) for one in tiles]

    kind = "hidden units" if len(model.network.layers) > 1 else "classes"
    count = f"all {total}" if shown == total else f"the first {shown} of {total}"
    heading = f"first-layer weights of {count} {kind}"
    width = 8.4 if initial else 5.0
    caption = textwrap.fill(_caption(features), int(15 * width))
    height = (width / len(sides) - 0.6) * mosaics[0].shape[0] / mosaics[0].shape[1]
    figure = Figure(figsize=(width, height + 1.6 + 0.16 * caption.count("\n")), layout="constrained")
    every_axes = figure.subplots(1, len(sides), squeeze=False)[0]
    for axes, (name, _), mosaic in zip(every_axes, sides, mosaics, strict=True):
        _draw(axes, mosaic, shown, columns)
        axes.set_title(name, fontsize="medium")
    figure.suptitle(
        textwrap.fill(f"{title}: {heading}" if title else heading, int(13 * width)),
        fontsize="medium",
        parse_math=False,
    )
    figure.supxlabel(caption, fontsize="small")
    save_picture(path, figure)


def _tiles(network: MLP, features: FeatureSettings, units: int) -> _Tiles:
    """The tiles of the first units, float32 (units, H, W), nan where they are empty."""
    parts = as_maps(network.layers[0].weight.T[:units], features)
    pictures = [_strokes(part) if part.shape[1] > 1 else part[:, 0] for part in parts]
    height = max(picture.shape[1] for picture in pictures)
    padded = []
    for picture in pictures:
        times = height // picture.shape[1]
        large = picture.repeat(times, axis=1).repeat(times, axis=2)
        above, rest = divmod(height - large.shape[1], 2)
        padded.append(np.pad(large, ((0, 0), (above, above + rest), (0, 1)), constant_values=np.nan))
    tiles: _Tiles = np.concatenate(padded, axis=2)
    return tiles[:, :, :-1]


def _strokes(maps: _Tiles) -> _Tiles:
    """``as_maps``' directions (N, 8, side, side) as little lines: (N, 5 side, 5 side).

    A stroke has two edges, along which ink grows in opposite directions, across the stroke; it counts with
    their mean weight.
    """
    orientations = (maps[:, :4] + maps[:, 4:]) / 2
    strongest = np.abs(orientations).argmax(axis=1)
    weights = np.take_along_axis(orientations, strongest[:, None], axis=1)[:, 0]
    cells = weights[..., None, None] * _LINES[strongest]
    return np.asarray(cells.swapaxes(2, 3).reshape(len(maps), 5 * maps.shape[2], -1))


def _mosaic(tiles: _Tiles, columns: int) -> _Tiles:
    """Tiles (N, H, W) in rows, nan between them."""
    count, height, width = tiles.shape
    rows = -(-count // columns)
    empty = rows * columns - count
    framed = np.pad(tiles, ((0, empty), (0, _GAP), (0, _GAP)), constant_values=np.nan)
    grid = framed.reshape(rows, columns, height + _GAP, width + _GAP).swapaxes(1, 2)
    return np.asarray(grid.reshape(rows * (height + _GAP), -1)[:-_GAP, :-_GAP])


def _draw(axes: Axes, mosaic: _Tiles, units: int, columns: int) -> None:
    from matplotlib.ticker import MaxNLocator

    # A few extreme weights would leave all others grey.
    limit = float(np.nanpercentile(np.abs(mosaic), 99.5)) or 1.0
    # cividis (Nunez 2018) goes from dark blue over grey to light yellow: its ends stay apart in grey print.
    image = axes.imshow(mosaic, cmap="cividis", vmin=-limit, vmax=limit, interpolation="nearest")
    rows = -(-units // columns)
    ends = [(row * columns + 1, min((row + 1) * columns, units)) for row in range(rows)]
    pitch = (mosaic.shape[0] + _GAP) / rows
    axes.set_yticks(
        [(row + 0.5) * pitch - 0.5 * _GAP - 0.5 for row in range(rows)],
        [f"{first}\N{EN DASH}{last}" if first < last else str(first) for first, last in ends],
        fontsize="small",
    )
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.figure.colorbar(
        image,
        ax=axes,
        orientation="horizontal",
        shrink=0.8,
        aspect=30,
        extend="both",
        ticks=MaxNLocator(4, symmetric=True),
        label="weight",
    )


def _caption(features: FeatureSettings) -> str:
    if features.kind == "pixels":
        return "Each tile is a unit, each cell the weight of a pixel of the crop."
    parts = []
    if features.zones:
        parts.append("zones of the crop")
    if features.moment_zones:
        parts.append("zones of the crop normalised by its moments")
    if features.thumbnail:
        parts.append("pixels of the shrunken crop")
    caption = f"Each tile is a unit; in it, from left to right: {', '.join(parts)}."
    if features.zones or features.moment_zones:
        caption += (
            " Each zone shows the orientation of stroke with the largest weight, light for it, dark against."
        )
    return caption
