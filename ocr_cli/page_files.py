"""A page as a file or a picture, for who reads from Python: what ``ocr read`` does with each page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ocr_cli.errors import ImageError, OutputError
from ocr_cli.files import atomic_write
from ocr_cli.imaging.load import load_picture
from ocr_cli.writers.formats import FORMATS, format_of
from ocr_cli.writers.overlay import draw_overlay

if TYPE_CHECKING:
    from ocr_cli.imaging.load import ImageSource, Picture
    from ocr_cli.page import Page


def save_page(page: Page, path: str | Path, kind: str | None, picture: ImageSource | None) -> None:
    """Write a page into a file, whole or not at all.

    Args:
        page: what was read.
        path: the file.
        kind: name of the format; by default what the file's ending says.
        picture: what was read, for formats that show it; by default the page's source.

    Raises:
        OutputError: if there is no such format, or the file cannot be written.
        ImageError: if the picture is needed and cannot be loaded.
    """
    kind = kind or format_of(str(path))
    if kind not in FORMATS:
        known = " ".join(one.suffix for one in FORMATS.values())
        raise OutputError(f"{path}: the name must end in one of {known}", hint="another name is needed")
    one = FORMATS[kind]
    writer = one.open()
    content = writer.add(page, (lambda: _image(page, picture)) if one.needs_picture else None)
    content += writer.finish()
    with atomic_write(path) as file:
        file.write(content)


def draw_page(page: Page, picture: ImageSource | None) -> Image.Image:
    """A page's picture with the boxes of what was found on it.

    Args:
        page: what was read.
        picture: what was read; by default the page's source.

    Raises:
        ImageError: if the picture cannot be loaded.
    """
    return draw_overlay(_loaded(page, picture), page)


def _image(page: Page, picture: ImageSource | None) -> Image.Image:
    return Image.fromarray(_loaded(page, picture).pixels)


def _loaded(page: Page, picture: ImageSource | None) -> Picture:
    if picture is not None:
        return load_picture(picture, frame=page.frame)
    if page.source is None:
        raise ImageError("the page's picture has no name", hint="give it: picture=...")
    return load_picture(page.source, frame=page.frame)
