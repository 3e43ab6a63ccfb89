"""The ``ocr`` command: a group whose commands are imported when they are needed."""

from __future__ import annotations

import sys
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import (
    Loudness,
    abandon_stdout,
    ends_when_asked,
    loudness_options,
    note,
    output_error,
    own_stderr,
    report,
    report_usage,
    set_loudness,
    withhold,
)
from ocr_cli.cli.options import FILE, SETTINGS_FILES
from ocr_cli.cli.table import COMMANDS, SECTIONS
from ocr_cli.errors import ExitCode, OutputError
from ocr_cli.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ocr_cli.cli.settings import SettingsFile

_TOLD = "ocr_cli.told"


class _Commands(click.Group):
    """Imports its commands on demand, and turns whatever they raise into one line and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name].target.partition(":")
            command = _announced(loudness_options(getattr(import_module(module), name)))
            command.short_help = COMMANDS[cmd_name].summary
            self.add_command(_with_variables(command, cmd_name), cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            _suggest_reading(ctx, args)
        name, command, rest = super().resolve_command(ctx, args)
        if name and command and not ctx.resilient_parsing:
            # A page of help is what one looks for when the settings are wrong.
            helped = not {"-h", "--help"}.isdisjoint(rest)
            _apply_settings(ctx, self, name, command, lenient=helped)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them by what they are for, without importing them."""
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, entry.summary) for name, entry in section.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the exit statuses."""
        with formatter.section("Exit status"):
            formatter.write_dl([(str(code.value), code.meaning) for code in ExitCode])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Complete commands without importing them; options as others do."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=entry.summary)
            for name, entry in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        # Here Click writes the texts of --help and --version.
        try:
            return super().make_context(*args, **kwargs)
        except OSError as error:
            abandon_stdout()
            status = report(error if isinstance(error, BrokenPipeError) else output_error(error))
            raise click.exceptions.Exit(status) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with own_stderr(), ends_when_asked():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, (OutputError, BrokenPipeError)):
                abandon_stdout()
            ctx.exit(report(error))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.setdefault("standalone_mode", True):
            return super().main(*args, **kwargs)
        kwargs["standalone_mode"] = False
        try:
            status = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = error.exit_code
        except click.ClickException as error:
            status = report_usage(error)
        except click.Abort:
            status = report(KeyboardInterrupt())
        sys.exit(status if isinstance(status, int) else ExitCode.OK)


def _suggest_reading(ctx: click.Context, args: list[str]) -> None:
    """Say what to type where pictures stand in the place of a command.

    Raises:
        click.UsageError: if it is so.
    """
    import os
    import shlex

    from ocr_cli.imaging.formats import picture_endings

    named = args[0]
    if os.path.exists(named) or os.path.splitext(named)[1].lower() in picture_endings():
        raise click.UsageError(f"{named} is no command; to read it: ocr read {shlex.join(args)}", ctx)


def _with_variables(command: click.Command, name: str | None) -> click.Command:
    """Let environment variables give the options of a command; ``name`` is None for ``ocr`` itself."""
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_eager and option.envvar is None:
            from ocr_cli.cli.settings import variable

            option.envvar = variable(name, option)
    return command


def _announced(command: click.Command) -> click.Command:
    """Have a command first say, unless it is quiet, what a folder's settings do to it and may not do."""
    callback = command.callback
    assert callback is not None

    @wraps(callback)
    def announced(*args: Any, **options: Any) -> Any:
        ctx = click.get_current_context()
        told, found = ctx.meta.pop(_TOLD, ((), {}))
        if found:
            from ocr_cli.cli import settings_notes

            told = [*told, *settings_notes.changes(ctx, found)]
        for message in told:
            note(message)
        return callback(*args, **options)

    command.callback = announced
    return command


def _apply_settings(
    ctx: click.Context, group: click.Group, name: str, command: click.Command, *, lenient: bool
) -> None:
    """Make what files of settings say the defaults of the command that is about to run.

    Raises:
        SettingsError: if they are wrong about it, unless ``lenient``.
    """
    from ocr_cli.cli import settings, settings_notes

    told: list[str] = []
    try:
        files = settings.find_files(ctx.params["config"], told.append)
        known = {**settings.settable(group), **settings.settable(command)}
        if any(_unknown(file, known) for file in files):
            settings.check_keys(files, group, {n: _command(group, ctx, n) for n in group.list_commands(ctx)})
        own = settings.entries(files, group, None, told.append)
        found = settings.entries(files, command, name, told.append)
        ctx.default_map = {name: settings.entry_values(found)}
    except settings.SettingsError:
        if not lenient:
            raise
        return
    for loudness in Loudness:
        entry = own.get(loudness.name.lower())
        if entry is not None and entry.value:
            set_loudness(ctx, loudness, click.core.ParameterSource.DEFAULT_MAP)
    withhold(ctx, settings_notes.files_said(files))
    for file in files:
        told += settings_notes.left_out(file, settings_notes.refused_here(file, command, name, COMMANDS))
    ctx.meta[_TOLD] = told, found
    ctx.meta[SETTINGS_FILES] = [file.path for file in files]


def _unknown(file: SettingsFile, known: dict[str, click.Option]) -> bool:
    """Whether a file says something that neither this command nor ``ocr`` itself has."""
    return file.kind != "project" and any(
        key not in COMMANDS if isinstance(value, dict) else key.replace("_", "-") not in known
        for key, value in file.values.items()
    )


def _command(group: click.Group, ctx: click.Context, name: str) -> click.Command:
    command = group.get_command(ctx, name)
    assert command is not None
    return command


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    type=FILE,
    metavar="FILE",
    help="Take settings from this file instead of those that are looked for: ocr.toml or [tool.ocr] in "
    "pyproject.toml, here or in a folder above, and the user's own.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main(config: str | None) -> None:
    """Read handwritten letters and digits from pictures, and train the network that does it.

    \b
    ocr read photo.jpg
    """  # noqa: D301 (Click's mark is a backspace)


loudness_options(main)
_with_variables(main, None)
