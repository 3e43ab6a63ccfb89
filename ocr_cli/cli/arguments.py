"""Arguments that name files, folders or models: shells complete them, settings hold them.

No result replaces what is read, nor another result: all commands check it before they write anything.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem

from ocr_cli.files import ReadAndWritten
from ocr_cli.model_store import AUTO, is_file_name, named_models


class FileName(click.ParamType[str]):
    """The name of a file, passed on as it is: commands open files themselves, and say what is wrong."""

    name = "file"
    envvar_list_splitter: ClassVar[str | None] = os.path.pathsep
    _completed_as = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself."""
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """Leave it to the shell, which knows its files."""
        return [CompletionItem(incomplete, type=self._completed_as)]

    def seen_from(self, folder: Path, value: str) -> str:
        """A name that stands in a file of ``folder`` as it must be said elsewhere: ``~`` and ``..`` work."""
        return value if value == "-" else os.path.join(folder, os.path.expanduser(value))


class FolderName(FileName):
    """The name of a folder."""

    name = "folder"
    _completed_as = "dir"


class ModelName(FileName):
    """A model: the name of one that ``ocr models`` lists, or the path of a file.

    Args:
        auto: whether ``auto`` is one, too.
    """

    name = "model"

    def __init__(self, *, auto: bool) -> None:
        self._auto = auto

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """The names that begin so, else files."""
        known = (*[AUTO][: self._auto], *named_models())
        names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
        return names or super().shell_complete(ctx, param, incomplete)

    def seen_from(self, folder: Path, value: str) -> str:
        """A name as it is, a file as others are."""
        return super().seen_from(folder, value) if is_file_name(value) else value


class Number(click.FloatRange):
    """A number in a range; none of those that stand for no number, or for one without an end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number that can be counted with.", param, ctx)
        return number


FILE = FileName()
FOLDER = FolderName()
MODEL, MODELS = ModelName(auto=False), ModelName(auto=True)


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
