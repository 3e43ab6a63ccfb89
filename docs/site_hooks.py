"""What this project adds to MkDocs: pages from outside ``docs/``, the reference of commands, formulas.

The reference is made of the very records that ``--help`` prints, section by section. (mkdocs-click 0.9 knows
no sections, and prints an object's name where Click 8.5 has no default.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from inspect import getdoc, getmembers, isclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocr_cli import errors
from ocr_cli.cli import main
from ocr_cli.cli.sections import SectionedCommand
from ocr_cli.cli.table import SECTIONS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]

OUTSIDE = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *(f"models/{n}.md" for n in ("accents", "block", "language", "mixed")),
)
"""Pages that stand elsewhere in the repository, and have in the site the place that they have in it."""

_COMMAND = re.compile(r"^::: command(?: (.+))?$", re.MULTILINE)
_COMMANDS = re.compile(r"^::: commands$", re.MULTILINE)
_ERRORS = re.compile(r"^::: errors$", re.MULTILINE)
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
_LEAVING = re.compile(rf"\]\(\.\./((?:\.\./)*(?:{'|'.join(map(re.escape, OUTSIDE))}))")
_ENTERING = re.compile(r"\]\(((?:\.\./)*)docs/")
_CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere."""
    from mkdocs.structure.files import File

    for name in OUTSIDE:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the reference in the place of lines such as ``::: command read``; lead links as the site has them.

    In the repository, pages of ``docs/`` lead outside it by one more ``..``; others lead into ``docs``.
    """
    markdown = _LEAVING.sub(r"](\1", _ENTERING.sub(r"](\1", markdown))
    markdown = _COMMANDS.sub(lambda _: overview(), _ERRORS.sub(lambda _: errors_raised(), markdown))
    return _COMMAND.sub(lambda found: reference(found[1] or ""), markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Make MathML of formulas, which browsers set without a script."""
    from latex2mathml.converter import convert

    displays = {"span": "inline", "div": "block"}
    return _FORMULA.sub(lambda found: convert(unescape(found[2]), display=displays[found[1]]), html)


def command_called(path: str) -> click.Command:
    """The command that is typed so after ``ocr``; ``ocr`` itself if nothing is.

    Raises:
        ValueError: if there is none.
    """
    command: click.Command = main
    for name in path.split():
        inner = (
            command.get_command(click.Context(command), name) if isinstance(command, click.Group) else None
        )
        if inner is None:
            raise ValueError(f"there is no command called ocr {path}")
        command = inner
    return command


def overview() -> str:
    """Markdown: the commands by what they are for, each with a link to its page."""
    lines: list[str] = []
    for heading, section in SECTIONS.items():
        lines += [f"**{heading}**", ""]
        lines += [f"- [`ocr {name}`]({name}.md): {entry.summary}" for name, entry in section.items()]
        lines += [""]
    return "\n".join(lines)


def errors_raised() -> str:
    """Markdown: what is raised on purpose, with the exit status that it gives a command."""
    kinds = [kind for _, kind in getmembers(errors, isclass) if issubclass(kind, errors.OcrError)]
    rows = [f"| `{k.__name__}` | {k.exit_code.value} | {(getdoc(k) or '').splitlines()[0]} |" for k in kinds]
    return "\n".join(["| error | exit status | |", "|---|---|---|", *rows])


def reference(path: str) -> str:
    """Markdown: how a command is called, and what its options do; the same of those within it.

    Args:
        path: what is typed after ``ocr``.
    """
    return "\n".join(_reference(command_called(path), path))


def _reference(command: click.Command, path: str) -> Iterator[str]:
    spoken = f"ocr {path}".strip()
    ctx = click.Context(command, info_name=spoken, **_CONTEXT)
    if path:
        yield from (
            "",
            f"## `{spoken}`",
            "",
            "```text",
            f"{spoken} {' '.join(command.collect_usage_pieces(ctx))}",
            "```",
            "",
        )
    if isinstance(command, SectionedCommand):
        sections = command.records(ctx)
    else:
        options = [record for one in command.get_params(ctx) if (record := one.get_help_record(ctx))]
        sections = {"": options}
    for heading, records in sections.items():
        if heading:
            yield from ("", f"### {heading}", "")
        yield from _definitions(records, path)
    if path and isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            yield from _reference(command_called(f"{path} {name}"), f"{path} {name}")


def _definitions(records: list[tuple[str, str]], path: str) -> Iterator[str]:
    yield '<dl class="options">'
    for said, meaning in records:
        names = re.findall(r"--([a-z][a-z-]*)", said)
        anchor = f' id="{"-".join([*path.split(), names[0]])}"' if names else ""
        yield f"<dt{anchor}><code>{escape(said)}</code></dt><dd>{escape(' '.join(meaning.split()))}</dd>"
    yield "</dl>"
