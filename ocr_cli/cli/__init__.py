"""The ``ocr`` command: a group whose commands are imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from ocr_cli import __version__
from ocr_cli.cli.console import abandon_stdout, output_error, report
from ocr_cli.errors import OutputError

_COMMANDS = {
    "compare": "ocr_cli.cli.compare:compare",
    "evaluate": "ocr_cli.cli.evaluate:evaluate",
    "inspect": "ocr_cli.cli.inspect:inspect",
    "read": "ocr_cli.cli.read:read",
    "train": "ocr_cli.cli.train:train",
}


class _Commands(click.Group):
    """Imports its commands on demand, and turns whatever they raise into one line and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        # The help and version texts are written before a command is invoked.
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            abandon_stdout()
            raise SystemExit(report(output_error(error))) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, (OutputError, BrokenPipeError)):
                abandon_stdout()
            ctx.exit(report(error))


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Read handwritten letters and digits from pictures, and train the network that does it."""
