"""``--debug-dir``: the stages of reading each page, as numbered pictures in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocr_cli.files import atomic_write, check_writable, make_folder

if TYPE_CHECKING:
    from ocr_cli.decoding.decoder import PathStage
    from ocr_cli.segmentation.stages import Stage


class DebugPictures:
    """Draws the stages of one page as they come, called with each.

    Args:
        start: path of the pictures, but for their number and what they show.
    """

    def __init__(self, start: Path) -> None:
        self._start = start
        self._drawn = 0

    def __call__(self, stage: Stage | PathStage) -> None:
        """Draw a stage.

        Raises:
            OutputError: if a picture cannot be written.
        """
        from ocr_cli.writers.stages import draw_stage

        for what, image in draw_stage(stage):
            self._drawn += 1
            with atomic_write(f"{self._start}-{self._drawn:02}-{what}.png") as file:
                image.save(file, "PNG")


def debug_pictures(folder: str | None, names: Sequence[str]) -> list[DebugPictures | None]:
    """What draws the stages of each page; makes the folder before anything is read.

    The pictures of ``page.jpg`` are ``page-01-grey.png`` and so on. Of several pages, which may have the same
    name, each has its number in front: ``2-page-01-grey.png``.

    Args:
        folder: where the pictures go; None for no pictures.
        names: the pictures that will be read, ``-`` for standard input.

    Raises:
        OutputError: if the folder cannot be made or written to.
        click.BadParameter: if one of the pictures to read would be overwritten.
    """
    if folder is None:
        return [None] * len(names)
    make_folder(folder)
    stems = ["stdin" if name == "-" else Path(name).stem for name in names]
    if len(stems) > 1:
        digits = len(str(len(stems)))
        stems = [f"{number:0{digits}}-{stem}" for number, stem in enumerate(stems, start=1)]
    inside = [Path(name) for name in names if name != "-" and _is_in(name, folder)]
    for stem in stems:
        check_writable(Path(folder) / f"{stem}-01-grey.png")
        for name in inside:
            if re.fullmatch(rf"{re.escape(stem)}-\d\d-[a-z]+\.png", name.name):
                raise click.BadParameter(f"{name} is one of the pictures to read.", param_hint="--debug-dir")
    return [DebugPictures(Path(folder) / stem) for stem in stems]


def _is_in(name: str, folder: str) -> bool:
    return os.path.dirname(os.path.realpath(name)) == os.path.realpath(folder)
