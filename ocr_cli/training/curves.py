"""Pictures of loss and accuracy over the epochs, legible in print and to the colour-blind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocr_cli.training.comparison import Comparison
from ocr_cli.training.loop import Epoch, Score
from ocr_cli.training.plots import check_picture, save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# M. Okabe and K. Ito's palette (2008) without its yellow, which white paper swallows. Dashes and markers are
# for grey printers; there are four and seven of them, so that 28 curves differ.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "D", "^", "v", "P", "X")


def plot_history(path: str | Path, history: Sequence[Epoch], title: str = "") -> None:
    """Draw loss and accuracy of training and validation over the epochs.

    Args:
        path: picture to write; its suffix names the format (``.png``, ``.svg``, ``.pdf``).
        history: at least one epoch.
        title: above the picture.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or the picture cannot be written.
    """
    check_picture(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    numbers = [epoch.number for epoch in history]
    training = [epoch.training for epoch in history]
    _draw(accuracies, losses, numbers, training, 0, "training")
    held_out = [epoch.validation for epoch in history if epoch.validation]
    if held_out:
        _draw(accuracies, losses, numbers, held_out, 1, "held out")
    _finish(accuracies, losses)
    for axes in (losses, accuracies):
        axes.legend()
    if title:
        figure.suptitle(title, fontsize="medium", parse_math=False)
    save_picture(path, figure)


def plot_comparison(path: str | Path, comparison: Comparison, title: str = "") -> None:
    """Draw the held-out loss and accuracy of each trial over the epochs (of training, if none were held out).

    Args:
        path: picture to write; its suffix names the format (``.png``, ``.svg``, ``.pdf``).
        comparison: what to draw; trials that broke down are drawn as far as they came.
        title: above the picture.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or the picture cannot be written.
    """
    check_picture(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    for index, trial in enumerate(comparison.trials):
        numbers = [epoch.number for epoch in trial.history]
        label = f"{trial.name} (broke down)" if trial.failure else trial.name
        _draw(accuracies, losses, numbers, [epoch.score for epoch in trial.history], index, label)
    held_out = any(epoch.validation for trial in comparison.trials for epoch in trial.history)
    _finish(accuracies, losses, "held-out " if held_out else "training ")
    finished = [epoch.score.loss for trial in comparison.trials if trial.best for epoch in trial.history]
    if finished:  # Losses that soared before a breakdown would flatten all others.
        losses.set_ylim(top=1.1 * max(finished))
    handles, labels = losses.get_legend_handles_labels()
    figure.legend(handles, labels, title=comparison.setting, loc="outside right upper", handlelength=3.5)
    if title:
        figure.suptitle(title, fontsize="medium", parse_math=False)
    save_picture(path, figure)


def _draw(
    accuracies: Axes, losses: Axes, numbers: list[int], scores: list[Score], index: int, label: str
) -> None:
    """A curve on each of the axes, in the style of that index."""
    style: dict[str, Any] = {
        "color": _COLOURS[index % len(_COLOURS)],
        "linestyle": _DASHES[index % len(_DASHES)],
        "marker": _MARKERS[index % len(_MARKERS)],
        "markersize": 4,
        "markevery": max(1, len(numbers) // 8),
        "label": label,
    }
    losses.plot(numbers, [score.loss for score in scores], **style)
    accuracies.plot(numbers, [score.accuracy for score in scores], **style)


def _finish(accuracies: Axes, losses: Axes, kind: str = "") -> None:
    """Scales and names of the axes, once all curves are there."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, PercentFormatter, StrMethodFormatter

    accuracies.set_ylabel(f"{kind}characters read right")
    accuracies.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    losses.set_ylabel(f"{kind}cross-entropy (nats)")
    if losses.dataLim.ymax > 5 * losses.dataLim.ymin > 0:
        losses.set_yscale("log")
        losses.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        losses.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        losses.yaxis.set_minor_formatter(NullFormatter())
    else:
        losses.set_ylim(bottom=0)
    for axes in (losses, accuracies):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
