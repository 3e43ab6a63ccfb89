"""Options that several commands share."""

from __future__ import annotations

import click

model_option = click.option(
    "--model",
    "-m",
    default="block",
    show_default=True,
    metavar="NAME|PATH",
    help="The network: block knows capitals and digits, mixed small letters and signs as well; or a file "
    "that 'ocr train' wrote.",
)
