"""Options that several commands share."""

from __future__ import annotations

import click

model_option = click.option(
    "--model",
    "-m",
    default="block",
    show_default=True,
    metavar="NAME|PATH",
    help="The network: the name of one that comes with ocr, or a file that 'ocr train' wrote.",
)
