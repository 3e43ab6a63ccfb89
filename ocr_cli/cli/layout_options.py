"""The options of ``ocr read`` that say what its pictures show, and which parts of them."""

from __future__ import annotations

from typing import Any, get_args

import click
from click.shell_completion import CompletionItem

from ocr_cli.errors import KnowledgeError
from ocr_cli.options import ReadOptions, Shown
from ocr_cli.region import Region

_LAYOUTS: tuple[str, ...] = get_args(Shown)
_SEGMENTATION_MODES = {
    **dict.fromkeys(("1", "3", "4", "11"), "page"),
    "6": "block",
    **dict.fromkeys(("7", "13"), "line"),
    "8": "word",
    "10": "character",
}
"""Tesseract's numbers of them."""


class _Layout(click.ParamType[str]):
    """A layout by its name or by Tesseract's number."""

    name = "layout"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Its name."""
        text = str(value)
        layout = _SEGMENTATION_MODES.get(text, text)
        if layout in _LAYOUTS:
            return layout
        names = ", ".join(f"{name} ({_numbers(name)})" for name in _LAYOUTS)
        hint = " Upright rows are read with --rotate." if text == "5" else ""
        self.fail(f"{text!r} is none of {names}.{hint}", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """The names that begin so."""
        return [CompletionItem(name) for name in _LAYOUTS if name.startswith(incomplete)]


class _Region(click.ParamType[str]):
    """A part of a picture, LEFT,TOP,RIGHT,BOTTOM."""

    name = "region"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself, if it makes sense."""
        try:
            Region.parse(str(value))
        except KnowledgeError as error:
            self.fail(f"{error}.", param, ctx)
        return str(value)


def _numbers(layout: str) -> str:
    return ", ".join(number for number, name in _SEGMENTATION_MODES.items() if name == layout)


layout_option = click.option(
    "--layout",
    "--psm",
    type=_Layout(),
    default=ReadOptions().layout,
    show_default=True,
    metavar="|".join(_LAYOUTS),
    help="What the pictures show: a page, on which writing is looked for, or nothing but a block of rows, a "
    "line, a word or a character, which may fill the picture to its edges. Tesseract's numbers "
    "are taken as well: --psm 7 is --layout line.",
)
region_option = click.option(
    "--region",
    "regions",
    type=_Region(),
    multiple=True,
    metavar="LEFT,TOP,RIGHT,BOTTOM",
    help="Read this part of each picture alone, in pixels or, with %, per cent: 0,50%,100%,100% is the lower "
    "half. May be given several times; what is read has its place on the whole picture.",
)
