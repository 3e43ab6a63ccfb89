"""What all commands check before they write anything: no result replaces what is read, nor another result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from ocr_cli.model_store import is_file_name, named_models
from ocr_cli.targets import ReadAndWritten

SETTINGS_FILES = "ocr_cli.settings_files"
"""Where the context keeps the names of the files of settings that hold."""


def claim(
    reads: Iterable[str | Path | None],
    writes: Mapping[str, str | Path | None] = MappingProxyType({}),
    *,
    model: str | None = None,
) -> ReadAndWritten:
    """Check the files of a command; its files of settings are among those that it reads.

    Args:
        reads: files; None for an option that was not given, ``-`` for standard input.
        writes: the option for which each file is written, and the file, if it was given.
        model: the name or the path of one that is read.

    Raises:
        NameClashError: if a file that is written is also read, or written twice.
    """
    files = ReadAndWritten()
    for path in (*click.get_current_context().meta.get(SETTINGS_FILES, ()), *reads, *_model_files(model)):
        if path is not None and str(path) != "-":
            files.reads(path)
    for option, path in writes.items():
        if path is not None:
            files.writes(path, option)
    return files


def _model_files(model: str | None) -> Iterable[str | Path]:
    """The file of a model; of a name that stands for none in particular, all that have a name."""
    if model is None:
        return ()
    if is_file_name(model):
        return (model,)
    named = named_models()
    return (named[model],) if model in named else named.values()
