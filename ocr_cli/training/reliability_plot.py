"""The picture of an evaluation's calibration: a reliability diagram."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.training.evaluation import Evaluation
from ocr_cli.training.plots import check_picture, save_picture

_BLUE = "#0072B2"


def plot_reliability(path: str | Path, evaluation: Evaluation, title: str = "") -> None:
    """Draw how often answers of each confidence are right, and how many answers there are of it.

    Calibrated answers lie on the diagonal; those below it were given too surely. Source: the reliability
    diagram of C. Guo et al., "On calibration of modern neural networks", ICML 2017.

    Args:
        path: picture to write; its suffix names the format (``.png``, ``.svg``, ``.pdf``).
        evaluation: what to draw.
        title: above the picture.

    Raises:
        MissingExtraError: if matplotlib is not installed.
        OutputError: if the suffix names no picture format, or the picture cannot be written.
    """
    check_picture(path)
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    table = evaluation.reliability
    filled = table.counts > 0
    confidence, accuracy, counts = table.confidence[filled], table.accuracy[filled], table.counts[filled]
    figure = Figure(figsize=(4.8, 5.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], color="black", linestyle=":", label="calibrated")
    above.errorbar(
        confidence,
        accuracy,
        np.abs(_wilson(accuracy, counts) - accuracy),
        label="measured, with 95 % intervals",
        capsize=3,
        color=_BLUE,
        marker="o",
        markersize=5,
        linestyle="none",
    )
    above.set_ylabel("characters read right")
    above.set_ylim(0, 1.02)
    above.yaxis.set_major_formatter(PercentFormatter(1))
    above.grid(alpha=0.3)
    above.legend(loc="lower right")
    below.stairs(table.counts, np.linspace(0, 1, len(table.counts) + 1), fill=True, color=_BLUE)
    below.set_yscale("symlog", linthresh=1)
    below.set_ylabel("characters")
    below.set_xlabel("confidence: probability of the likeliest class")
    below.set_xlim(0, 1.01)
    below.xaxis.set_major_formatter(PercentFormatter(1))
    summary = f"{evaluation.samples} characters, expected calibration error {table.error:.1%}"
    figure.suptitle(f"{title}\n{summary}" if title else summary, fontsize="medium", parse_math=False)
    save_picture(path, figure)


def _wilson(shares: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Lower and upper ends, (2, N), of the 95 % intervals of shares (N,) found in so many samples (N,).

    Source: E. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    z = 1.96
    middle = shares + z**2 / (2 * counts)
    half = z * np.sqrt(shares * (1 - shares) / counts + (z / (2 * counts)) ** 2)
    ends: npt.NDArray[np.float64] = np.stack([middle - half, middle + half]) / (1 + z**2 / counts)
    return ends
