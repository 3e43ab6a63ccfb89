"""The options of ``ocr read`` that say what is read: which pictures, what they show, which parts of them."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, BinaryIO, get_args

import click
from click.shell_completion import CompletionItem

from ocr_cli.cli.options import FILE
from ocr_cli.errors import ImageError, KnowledgeError
from ocr_cli.options import ReadOptions, Shown
from ocr_cli.region import Region

if TYPE_CHECKING:
    from ocr_cli.batch.sources import Selection, Source

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


class _Size(click.ParamType[int]):
    """A number, perhaps of thousands, millions or thousands of millions: 500k, 200M, 1.5G."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The whole number."""
        match = re.fullmatch(r"(\d{1,18}(?:\.\d+)?)([kmg]?)", str(value), re.ASCII | re.IGNORECASE)
        size = round(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
        if size < 1:
            self.fail(f"{value!r} is not a number above 0, such as 500k, 200M or 1G.", param, ctx)
        return size


SIZE = _Size()


class _Pages(click.ParamType[str]):
    """Pages such as 2-5 or 1,3-."""

    name = "pages"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself, if it makes sense."""
        from ocr_cli.imaging.frames import PageRanges

        try:
            PageRanges.parse(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return str(value)


@dataclass(frozen=True, slots=True)
class InputOptions:
    """What is read; see the options' help."""

    recursive: bool
    glob: tuple[str, ...]
    files_from: str | None
    null: bool
    page: str | None
    max_pixels: int
    max_bytes: int

    def __post_init__(self) -> None:
        if self.null and self.files_from is None:
            raise click.UsageError("--null is for the names in --files-from.")

    def selection(self, output_dir: str | None) -> Selection:
        """What is taken of folders and files; results of an earlier run are not read."""
        from ocr_cli.batch.sources import Selection
        from ocr_cli.imaging.frames import PageRanges

        return Selection(
            recursive=self.recursive,
            patterns=self.glob,
            pages=None if self.page is None else PageRanges.parse(self.page),
            max_bytes=self.max_bytes,
            skipped=() if output_dir is None else (output_dir,),
        )

    def check(self, images: tuple[str, ...]) -> tuple[str, ...]:
        """The IMAGE arguments, ``-`` where none are given and a picture is piped in.

        Raises:
            click.UsageError: if nothing can be read, or standard input should be two things at once.
        """
        if self.files_from == "-" and "-" in images:
            raise click.UsageError("Standard input cannot be a picture and --files-from.")
        if images or self.files_from is not None:
            return images
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("Give an IMAGE, or pipe one in.")
        return ("-",)

    def sources(
        self, images: tuple[str, ...], selection: Selection, on_error: Callable[[ImageError], object]
    ) -> Iterator[Source]:
        """The pictures that the arguments and the list name.

        Raises:
            click.FileError: if the list cannot be read.
            ImageError: if it is no list.
        """
        from ocr_cli.batch.sources import find_sources, names_in

        yield from find_sources(images, selection, on_error, dash=True)
        if self.files_from is not None:
            try:
                with _opened(self.files_from) as file:
                    names = names_in(file, null=self.null)
                    yield from find_sources(names, selection, on_error, mirrored=self.recursive)
            except ImageError as error:
                raise ImageError(f"{self.files_from}: {error}", hint=error.hint) from error
            except OSError as error:
                raise click.FileError(self.files_from, error.strerror) from error


@contextlib.contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        if sys.stdin is None:
            raise click.UsageError("--files-from: standard input is closed.")
        yield sys.stdin.buffer
    else:
        from ocr_cli.batch.sources import MAX_LIST
        from ocr_cli.plain_files import open_plain

        with open_plain(name, MAX_LIST) as file:
            yield file


_OPTIONS = (
    click.option(
        "--recursive", "-r", is_flag=True, help="Read the pictures in folders within an IMAGE folder, too."
    ),
    click.option(
        "--glob",
        multiple=True,
        metavar="PATTERN",
        help="Take the files of such a name in folders, as 'page*.png', or of such a path below the folder, "
        "as '2024/*.jpg'; may be given several times. By default whatever is called like a picture.",
    ),
    click.option(
        "--files-from",
        type=FILE,
        metavar="FILE",
        help="Read the pictures and folders that this file names, one a line; - for standard input.",
    ),
    click.option(
        "--null", "-0", is_flag=True, help="Names in --files-from end with a NUL, as find -print0 has them."
    ),
    click.option(
        "--page",
        type=_Pages(),
        metavar="PAGES",
        help="Read these pages or frames of each file, such as 2-5 or 1,3-. By default all pages of a TIFF "
        "or PDF, and the first frame of an animation.",
    ),
    click.option(
        "--max-pixels",
        type=SIZE,
        default="200M",
        show_default=True,
        metavar="NUMBER",
        help="Refuse pictures that say they have more pixels: some files are made to fill the memory.",
    ),
    click.option(
        "--max-bytes",
        type=SIZE,
        default="1G",
        show_default=True,
        metavar="NUMBER",
        help="Refuse files of more bytes.",
    ),
)


def input_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of ``InputOptions``, which the command is given as ``inputs``."""

    @wraps(command)
    def with_inputs(
        *args: Any,
        recursive: bool,
        glob: tuple[str, ...],
        files_from: str | None,
        null: bool,
        page: str | None,
        max_pixels: int,
        max_bytes: int,
        **options: Any,
    ) -> Any:
        inputs = InputOptions(recursive, glob, files_from, null, page, max_pixels, max_bytes)
        return command(*args, inputs=inputs, **options)

    for option in reversed(_OPTIONS):
        with_inputs = option(with_inputs)
    return with_inputs


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
    "line, a word or a character, which may fill the picture to its edges. A line may have a frame, "
    "cells and rules. Tesseract's numbers are taken as well: --psm 7 is --layout line.",
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
