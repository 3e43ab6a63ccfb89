"""What the scripts that make the shipped models share: command line, messages, temperature."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.network.activations import softmax
from ocr_cli.training.calibration import expected_calibration_error
from ocr_cli.training.loop import Epoch


def model_parser(description: str | None, models: Iterable[str]) -> argparse.ArgumentParser:
    """A command line of a model, the data, and a model file; scripts may add options of their own.

    Args:
        description: the script's docstring.
        models: names to choose from.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=list(models))
    parser.add_argument("--data", type=Path, required=True, help="folder with characters/ and strokes/")
    parser.add_argument("--output", type=Path, help="the model file, models/MODEL.npz if not given")
    return parser


def model_file(arguments: argparse.Namespace) -> Path:
    """The model file of a parsed command line."""
    return arguments.output or Path(__file__).with_name(f"{arguments.model}.npz")


def say(text: str) -> None:
    """A line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


def report_epoch(epoch: Epoch) -> None:
    """Say how a training goes."""
    held = epoch.score
    say(
        f"epoch {epoch.number}: loss {epoch.training.loss:.3f}, accuracy {epoch.training.accuracy:.4f}; "
        f"held out {held.loss:.3f}, {held.accuracy:.4f}; {epoch.seconds:.0f} s"
    )


def truest_temperature(logits: npt.NDArray[np.float32], truth: npt.NDArray[np.intp]) -> float:
    """The temperature of the least expected calibration error.

    The usual criterion, the cross-entropy, is ruled here by the few labels that are wrong.

    Args:
        logits: float32 (M, C) of what the network did not learn from.
        truth: class indices (M,).
    """
    temperatures = np.geomspace(0.4, 2.5, 93)
    errors = [expected_calibration_error(softmax(logits / np.float32(t)), truth) for t in temperatures]
    return float(temperatures[np.argmin(errors)])
