"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any

import click

from ocr_cli.cli.arguments import FILE, MODELS, Number
from ocr_cli.languages import LONGER_CODES
from ocr_cli.model_store import shipped_languages
from ocr_cli.options import ReadOptions

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
