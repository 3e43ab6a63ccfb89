"""Types of arguments that name files, folders or models: shells complete them, settings hold them."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem


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
        from ocr_cli.model_store import AUTO, named_models

        known = (*[AUTO][: self._auto], *named_models())
        names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
        return names or super().shell_complete(ctx, param, incomplete)

    def seen_from(self, folder: Path, value: str) -> str:
        """A name as it is, a file as others are."""
        from ocr_cli.model_store import is_file_name

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
