"""``ocr completion``: the script that lets a shell complete ``ocr``."""

from __future__ import annotations

import click

from ocr_cli.cli.console import emit_legible

SHELLS = ("bash", "fish", "powershell", "zsh")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
def completion(shell: str) -> None:
    """Print what lets a SHELL (bash, fish, powershell or zsh) complete commands, options and values.

    \b
    bash:        echo 'eval "$(ocr completion bash)"' >> ~/.bashrc
    zsh:         echo 'eval "$(ocr completion zsh)"' >> ~/.zshrc
    fish:        ocr completion fish > ~/.config/fish/completions/ocr.fish
    powershell:  Add-Content $PROFILE 'ocr completion powershell | Out-String | Invoke-Expression'
    """  # noqa: D301 (Click's mark is a backspace)
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    group = click.get_current_context().find_root().command
    source = complete(group, {}, "ocr", "_OCR_COMPLETE").source()
    if shell == "zsh":
        # Where no other script has begun to complete, as in a plain zsh -f, compdef is no command yet. After
        # the first line, which tells zsh what the file is for.
        head, _, rest = source.partition("\n")
        source = f"{head}\n(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit -i }}\n{rest}"
    elif shell == "fish":
        # Descriptions have commas, too.
        source = source.replace('string split ","', 'string split --max 1 ","')
    emit_legible(source.rstrip("\n") + "\n")
