"""``ocr man``: manual pages, made of what ``--help`` says, in the macros of man(7)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

import click

from ocr_cli.cli.console import emit_legible, note
from ocr_cli.cli.options import FOLDER
from ocr_cli.cli.sections import SectionedCommand
from ocr_cli.errors import ExitCode
from ocr_cli.version import __version__

_ENVIRONMENT = (
    ("OCR_COMMAND_OPTION", "Gives an option that the command line does not, such as OCR_READ_MODEL."),
    (
        "OCR_CACHE_DIR",
        "Folder for what models and languages are unpacked to; if empty, none is.",
    ),
    ("OCR_DEBUG", "If set, a fault in ocr itself shows its traceback."),
    ("NO_COLOR", "If set, no colours on a terminal."),
)
_FILES = (
    (
        "ocr.toml",
        "How pages are read in a folder, the working directory or one above it; or the table [tool.ocr] "
        "in pyproject.toml.",
    ),
    ("$XDG_CONFIG_HOME/ocr/ocr.toml", "The user's settings, by default in ~/.config."),
    ("$XDG_CACHE_HOME/ocr", "What models and languages are unpacked to, by default in ~/.cache."),
)


@click.command()
@click.argument("command", nargs=-1, metavar="[COMMAND]...")
@click.option(
    "--output-dir",
    type=FOLDER,
    metavar="DIR",
    help="Write all pages into this folder, which is made if it is missing: ocr.1, ocr-read.1, and so on. "
    "man finds them in ~/.local/share/man/man1.",
)
@click.pass_context
def man(ctx: click.Context, /, command: tuple[str, ...], output_dir: str | None) -> None:
    """Print the manual page of ocr, or of a COMMAND; the pages say what --help says.

    \b
    ocr man read | man -l -
    ocr man --output-dir ~/.local/share/man/man1
    """  # noqa: D301 (Click's mark is a backspace)
    root = ctx.find_root()
    pages = {" ".join(path): (path, one) for path, one in _walk(root, root.command, ())}
    if output_dir is not None:
        if command:
            raise click.UsageError("--output-dir writes all pages; give it without a COMMAND.")
        from pathlib import Path

        from ocr_cli.files import atomic_write, make_folder

        make_folder(output_dir)
        for path, one in pages.values():
            target = Path(output_dir, "-".join(("ocr", *path)) + ".1")
            with atomic_write(target, "w") as file:
                file.write(_page(path, one))
        note(f"{output_dir}: {len(pages)} pages")
        return
    name = " ".join(command)
    if name not in pages:
        raise click.BadParameter(f"{name}: no such command.", param_hint="COMMAND")
    emit_legible(_page(*pages[name]))


def _walk(
    ctx: click.Context, command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            if inner is not None and not inner.hidden:
                yield from _walk(ctx, inner, (*path, name))


def _page(path: tuple[str, ...], command: click.Command) -> str:
    """A page for section 1, ASCII alone.

    Args:
        path: names from the group's down to the command's; empty for ``ocr`` itself.
        command: whose help it is made of.
    """
    spoken = " ".join(("ocr", *path))
    ctx = click.Context(command, info_name=spoken, help_option_names=["-h", "--help"])
    title = "-".join(("ocr", *path))
    lines = [
        f'.TH "{title.upper()}" "1" "" "ocr_cli {__version__}" "ocr"',
        ".SH NAME",
        rf"{_plain(title)} \- {_plain(_first_sentence(command))}",
        ".SH SYNOPSIS",
        rf"\fB{_plain(spoken)}\fR {_plain(' '.join(command.collect_usage_pieces(ctx)))}",
        ".SH DESCRIPTION",
        *_paragraphs(inspect.cleandoc(command.help or "")),
        ".SH OPTIONS",
    ]
    if isinstance(command, SectionedCommand):
        for heading, records in command.records(ctx).items():
            lines += [f".SS {_plain(heading)}", *_definitions(records)]
    else:
        records = [record for option in command.get_params(ctx) if (record := option.get_help_record(ctx))]
        lines += _definitions(records)
    if isinstance(command, click.Group):
        commands = [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]
        lines += [".SH COMMANDS", *_definitions((n, _first_sentence(c)) for n, c in commands if c)]
    lines += [".SH EXIT STATUS", *_definitions((str(code.value), code.meaning) for code in ExitCode)]
    lines += [".SH ENVIRONMENT", *_definitions(_ENVIRONMENT)]
    lines += [".SH FILES", *_definitions(_FILES)]
    if path:
        lines += [".SH SEE ALSO", r"\fBocr\fR(1)"]
    return "\n".join(lines) + "\n"


def _first_sentence(command: click.Command) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split()).rstrip(".")


def _paragraphs(text: str) -> Iterator[str]:
    r"""Paragraphs filled as Click fills them; those that begin with its mark ``\b`` stay as they are."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b\n"):
            yield from (".nf", *map(_plain, paragraph.splitlines()[1:]), ".fi")
        else:
            yield _plain(" ".join(paragraph.split()))


def _definitions(terms: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in terms:
        yield from (".TP", rf"\fB{_plain(term)}\fR", _plain(" ".join(meaning.split())))


def _plain(text: str) -> str:
    """Text that the formatter sets as it is, see groff_char(7) and groff_man_style(7)."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("^", r"\(ha").replace("~", r"\(ti")
    text = text.replace("'", r"\(aq").replace("`", r"\(ga").replace('"', r"\(dq")
    text = re.sub(r"[^\x20-\x7e]", lambda found: rf"\[u{ord(found.group()):04X}]", text)
    # A line that begins so would be a request.
    return rf"\&{text}" if text.startswith((".", "'")) else text
