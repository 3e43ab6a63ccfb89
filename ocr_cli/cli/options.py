"""Options that several commands share, and arguments that name files, folders or models.

Shells complete such names, settings hold them. No result replaces what is read, nor another result: all
commands check it before they write anything.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem

from ocr_cli.files import ReadAndWritten
from ocr_cli.model_store import AUTO, is_file_name, named_models, shipped_languages
from ocr_cli.options import LONGER_CODES, ReadOptions


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


model_option = click.option(
    "--model",
    "-m",
    default="auto",
    show_default=True,
    type=MODELS,
    metavar="NAME|PATH",
    help="The network: block knows capitals and digits, mixed small letters and signs as well; auto is "
    "mixed; or a file that 'ocr train' wrote, named with its folder: ./me.npz.",
)


class Language(click.Choice[str]):
    """A language that comes with the package, by its code of two letters or of three; or ``none``.

    Several are joined by ``+``.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The codes of two letters."""
        lower = str(value).lower()
        codes = [LONGER_CODES.get(code, code) for code in lower.split("+")]
        if len(codes) == 1:
            return super().convert(codes[0], param, ctx)
        for code in codes:
            if super().convert(code, param, ctx) in ("any", "none"):
                self.fail(f"{code!r} is not one of several languages.", param, ctx)
        return "+".join(dict.fromkeys(codes))


_USUAL = ReadOptions()
KNOWLEDGE = tuple(
    one.name
    for one in fields(ReadOptions)
    if one.name not in ("layout", "regions", "rotation", "ignore_print", "thorough")
)
"""The parameters of ``knowledge_options``."""


def format_option(explained: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--format`` of a command that prints text or JSON, and what each of them is."""
    return click.option(
        "--format",
        "-f",
        "output_format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=explained,
    )


def knowledge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What the reader may know of the text beforehand, which the command is given as ``options``."""

    @click.option(
        "--language",
        "-l",
        type=Language([*shipped_languages(), "none"]),
        default=_USUAL.language,
        show_default=True,
        help="The language that words are in, where shapes leave a doubt; none: shapes alone decide. "
        "Codes of three letters, such as eng and deu, are taken as well, and several languages: fr+de.",
    )
    @click.option(
        "--lexicon",
        type=FILE,
        metavar="FILE",
        help="Words to expect, one a line: names, products, places. Case and accents do not matter.",
    )
    @click.option(
        "--lexicon-only",
        is_flag=True,
        help="Read each word as the nearest one of --lexicon, and refuse it if none is near; numbers are "
        "read as ever.",
    )
    @click.option(
        "--pattern",
        "patterns",
        multiple=True,
        metavar="PATTERN",
        help="What the words look like: [0-9]{5}, or AA-999 for two letters, a hyphen and three digits. "
        "Others are refused. May be given several times.",
    )
    @click.option(
        "--whitelist",
        metavar="CHARACTERS",
        help="Read these characters alone; what looks like none of them is refused.",
    )
    @click.option(
        "--blacklist",
        default=_USUAL.blacklist,
        metavar="CHARACTERS",
        help="Do not read these characters; what looks like nothing else is refused.",
    )
    @click.option(
        "--unknown",
        default=_USUAL.unknown,
        show_default=True,
        metavar="SIGN",
        help="Print this for a refused character; '' prints nothing.",
    )
    @click.option(
        "--min-confidence",
        type=Number(0, 1),
        default=_USUAL.min_confidence,
        metavar="P",
        help="Refuse characters that are less probably right than this.",
    )
    @click.option(
        "--case",
        type=click.Choice(["keep", "upper", "lower"]),
        default=_USUAL.case,
        show_default=True,
        help="Print letters as they are written, as capitals, or small.",
    )
    @click.option(
        "--accents",
        type=click.Choice(["keep", "drop"]),
        default=_USUAL.accents,
        help="Print letters with the accents that they are written with, or without. By default they are "
        "kept in every --language but en and none.",
    )
    @wraps(command)
    def with_knowledge(*args: Any, **given: Any) -> Any:
        known = {name: given.pop(name) for name in KNOWLEDGE}
        if known["lexicon_only"] and known["lexicon"] is None:
            raise click.UsageError("--lexicon-only needs a --lexicon.")
        if known["language"] == "none":
            known["language"] = None
        return command(*args, options=ReadOptions(**known), **given)

    return with_knowledge
