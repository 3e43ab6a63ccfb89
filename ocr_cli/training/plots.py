"""Pictures of an evaluation, legible in print and to the colour-blind, and what all pictures share."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocr_cli.errors import MissingExtraError, OutputError
from ocr_cli.files import atomic_write, check_writable
from ocr_cli.training.evaluation import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def check_picture(path: str | Path) -> None:
    """Find out, before hours of work, whether a picture can be drawn into ``path``.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or nothing can be written there.
    """
    try:
        with _out_of_working_folder():
            from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError.of("pictures", "matplotlib", "plot") from error
    if _format(path) not in Figure().canvas.get_supported_filetypes():
        raise OutputError(
            f"{path}: a picture's name ends in .png, .svg or .pdf", hint="another name is needed"
        )
    check_writable(path)


@contextlib.contextmanager
def _out_of_working_folder() -> Iterator[None]:
    """For matplotlib's import, which obeys a ``matplotlibrc`` of the working folder, whoever put it there."""
    try:
        before = os.getcwd()
    except OSError:  # It is gone, and its files with it.
        yield
        return
    os.chdir(Path(__file__).parent)
    try:
        yield
    finally:
        os.chdir(before)


def plot_confusion(path: str | Path, evaluation: Evaluation, title: str = "") -> None:
    """Draw the confusion matrix: each row is a class, its cells the shares of it that were read as what.

    The colour follows the square root of the share, or the mistakes would vanish beside the diagonal; the
    number in a cell says how many samples were mistaken.

    Args:
        path: picture to write; its suffix names the format (``.png``, ``.svg``, ``.pdf``).
        evaluation: what to draw.
        title: above the picture.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or the picture cannot be written.
    """
    check_picture(path)
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    # Classes that were neither written nor read would only make all others smaller.
    known = np.flatnonzero(evaluation.matrix.sum(axis=0) + evaluation.matrix.sum(axis=1))
    classes = [evaluation.classes[k] for k in known]
    matrix = evaluation.matrix[np.ix_(known, known)]
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = min(24.0, max(4.0, 0.17 * len(matrix) + 1.2))
    figure = Figure(figsize=(side + 1.0, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1))
    places = range(len(matrix))
    axes.set_xticks(places, classes, fontsize=7)
    axes.set_yticks(places, classes, fontsize=7)
    axes.set_xticks(np.arange(len(matrix) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(matrix) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.4)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel("read as")
    axes.set_ylabel("written")
    for pair in evaluation.confusions:
        row, column = classes.index(pair.truth), classes.index(pair.read)
        colour = "white" if shares[row, column] > 0.25 else "black"
        axes.text(column, row, str(pair.count), ha="center", va="center", fontsize=6, color=colour)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, aspect=30, label="share of what was written")
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    bar.set_ticks([0, 0.01, 0.05, 0.1, 0.25, 0.5, 1])
    summary = f"{evaluation.samples} characters, {evaluation.accuracy:.1%} read right"
    axes.set_title(f"{title}: {summary}" if title else summary, fontsize="medium", parse_math=False)
    save_picture(path, figure)


def _format(path: str | Path) -> str:
    return Path(path).suffix[1:].lower() or "png"


def save_picture(path: str | Path, figure: Figure) -> None:
    """Write a figure, whole or not at all, in the format that the suffix names (PNG if there is none).

    Raises:
        OutputError: if it cannot be written.
    """
    with atomic_write(path) as file:
        figure.savefig(file, format=_format(path), dpi=150)
