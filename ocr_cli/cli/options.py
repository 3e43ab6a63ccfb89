"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.arguments import FILE, MODEL

if TYPE_CHECKING:
    from ocr_cli.reader import Reader

model_option = click.option(
    "--model",
    "-m",
    default="block",
    show_default=True,
    type=MODEL,
    metavar="NAME|PATH",
    help="The network: block knows capitals and digits, mixed small letters and signs as well; or a file "
    "that 'ocr train' wrote.",
)

_LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt", "any", "none")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the reader may know of the text beforehand.

    Attributes:
        language: name of a language, ``any`` or ``none``.
        lexicon: file with the words to expect.
        lexicon_only: whether words must be in it.
    """

    language: str = "en"
    lexicon: str | None = None
    lexicon_only: bool = False

    def reader(self, model: str, **options: Any) -> Reader:
        """A reader that knows it; ``options`` are further ones of ``Reader``.

        Raises:
            LexiconError: if the lexicon cannot be used.
            ModelFileError: if the model or the language cannot be used.
        """
        from ocr_cli.decoding.lexicon import Lexicon
        from ocr_cli.reader import Reader

        return Reader(
            model,
            language=None if self.language == "none" else self.language,
            lexicon=None if self.lexicon is None else Lexicon.load(self.lexicon),
            lexicon_only=self.lexicon_only,
            **options,
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
        help="Read no words but those of --lexicon, no line that has others; numbers are read as ever.",
    )
    @wraps(command)
    def with_knowledge(
        *args: Any, language: str, lexicon: str | None, lexicon_only: bool, **options: Any
    ) -> Any:
        if lexicon_only and lexicon is None:
            raise click.UsageError("--lexicon-only needs a --lexicon.")
        return command(*args, knowledge=Knowledge(language, lexicon, lexicon_only), **options)

    return with_knowledge
