"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.arguments import FILE, MODEL, Number

if TYPE_CHECKING:
    from ocr_cli.decoding.presentation import Case
    from ocr_cli.reader import Reader

model_option = click.option(
    "--model",
    "-m",
    default="block",
    show_default=True,
    type=MODEL,
    metavar="NAME|PATH",
    help="The network: block knows capitals and digits, mixed small letters and signs as well; or a file "
    "that 'ocr train' wrote, named with its folder: ./me.npz.",
)

_LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt", "any", "none")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the reader may know of the text beforehand.

    Attributes:
        language: name of a language, ``any`` or ``none``.
        lexicon: file with the words to expect.
        lexicon_only: whether words must be in it.
        pattern: what words look like.
        whitelist: the only characters that are allowed.
        blacklist: characters that are not.
        unknown: stands for a refused character.
        min_confidence: less sure characters are refused.
        case: of all letters, ``keep``, ``upper`` or ``lower``.
    """

    language: str = "en"
    lexicon: str | None = None
    lexicon_only: bool = False
    pattern: tuple[str, ...] = ()
    whitelist: str | None = None
    blacklist: str = ""
    unknown: str = "?"
    min_confidence: float = 0.0
    case: Case = "keep"

    def reader(self, model: str, **options: Any) -> Reader:
        """A reader that knows it; ``options`` are further ones of ``Reader``.

        Raises:
            KnowledgeError: if a pattern is none, or no character that the model knows is allowed.
            LexiconError: if the lexicon cannot be used.
            ModelFileError: if the model or the language cannot be used.
        """
        from ocr_cli.decoding.lexicon import Lexicon
        from ocr_cli.decoding.presentation import Presentation
        from ocr_cli.reader import Reader

        return Reader(
            model,
            language=None if self.language == "none" else self.language,
            lexicon=None if self.lexicon is None else Lexicon.load(self.lexicon),
            lexicon_only=self.lexicon_only,
            patterns=self.pattern,
            presentation=Presentation(
                self.case, self.whitelist, self.blacklist, self.unknown, self.min_confidence
            ),
            **options,
        )


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
    """The options of ``Knowledge``, which the command is given as ``knowledge``."""

    @click.option(
        "--language",
        type=click.Choice(_LANGUAGES),
        default=Knowledge().language,
        show_default=True,
        help="The language that words are in, where shapes leave a doubt; none: shapes alone decide.",
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
        default=Knowledge().blacklist,
        metavar="CHARACTERS",
        help="Do not read these characters; what looks like nothing else is refused.",
    )
    @click.option(
        "--unknown",
        default=Knowledge().unknown,
        show_default=True,
        metavar="SIGN",
        help="Print this for a refused character; '' prints nothing.",
    )
    @click.option(
        "--min-confidence",
        type=Number(0, 1),
        default=Knowledge().min_confidence,
        metavar="P",
        help="Refuse characters that are less probably right than this.",
    )
    @click.option(
        "--case",
        type=click.Choice(["keep", "upper", "lower"]),
        default=Knowledge().case,
        show_default=True,
        help="Print letters as they are written, as capitals, or small.",
    )
    @wraps(command)
    def with_knowledge(*args: Any, **options: Any) -> Any:
        known = Knowledge(**{field.name: options.pop(field.name) for field in fields(Knowledge)})
        if known.lexicon_only and known.lexicon is None:
            raise click.UsageError("--lexicon-only needs a --lexicon.")
        return command(*args, knowledge=known, **options)

    return with_knowledge
