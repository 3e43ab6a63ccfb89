"""What the scripts beside this one share: the command line, and where messages go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ocr_cli.model_store import shipped_file


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
    return arguments.output or shipped_file(f"{arguments.model}.npz")


def fit_parser(description: str | None, data: str) -> argparse.ArgumentParser:
    """A command line of a fit, whose weights are a group of the record.

    Args:
        description: the script's docstring.
        data: what the folder holds that it is fitted to.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help=data)
    parser.add_argument("--report", action="store_true", help="write nothing")
    return parser


def say(text: str) -> None:
    """A line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)
