"""``ocr completion``: the script that lets a shell complete ``ocr``."""

from __future__ import annotations

import click

from ocr_cli.cli.console import emit_legible

SHELLS = ("bash", "fish", "powershell", "zsh")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion(shell: str) -> None:
    r"""Print what lets a SHELL (bash, fish, powershell or zsh) complete commands, options and values.

    \b
    bash:        echo 'eval "$(ocr completion bash)"' >> ~/.bashrc
    zsh:         echo 'eval "$(ocr completion zsh)"' >> ~/.zshrc
    fish:        ocr completion fish > ~/.config/fish/completions/ocr.fish
    powershell:  Add-Content $PROFILE 'ocr completion powershell | Out-String | Invoke-Expression'
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    group = click.get_current_context().find_root().command
    emit_legible(complete(group, {}, "ocr", "_OCR_COMPLETE").source().rstrip("\n") + "\n")
