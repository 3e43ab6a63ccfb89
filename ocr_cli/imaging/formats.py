"""The picture formats that are opened, and how: what people have, and no more.

Pillow knows three times as many. Whatever it opens is parsed by code that a hostile file may find a hole in,
and its holes of late were in formats that nobody photographs or scans to (PSD, FITS).
"""

from __future__ import annotations

import struct
from importlib import import_module
from typing import BinaryIO

from PIL import Image

from ocr_cli.errors import ImageError

FORMATS = {
    "JPEG": ("JpegImagePlugin", (".jpg", ".jpeg", ".jpe", ".jfif")),
    "PNG": ("PngImagePlugin", (".png", ".apng")),
    "TIFF": ("TiffImagePlugin", (".tif", ".tiff")),
    "WEBP": ("WebPImagePlugin", (".webp",)),
    "GIF": ("GifImagePlugin", (".gif",)),
    "BMP": ("BmpImagePlugin", (".bmp",)),
    "JPEG2000": ("Jpeg2KImagePlugin", (".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c")),
    "AVIF": ("AvifImagePlugin", (".avif", ".avifs")),
    "PPM": ("PpmImagePlugin", (".pbm", ".pgm", ".ppm", ".pnm", ".pfm")),
}
"""Pillow's names of them; its module for each, and how the names of such files end."""

SPOKEN = "JPEG, PNG, TIFF, WebP, GIF, BMP, JPEG 2000, AVIF, PNM, PDF and HEIC"
"""What messages and manuals call them, with the two that need the extras."""

_OPTIONAL_ENDINGS = (".heic", ".heif", ".pdf")

_COMMON = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"))
"""How the content of most pictures begins, and the name of their kind."""

_POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")


def open_picture(file: BinaryIO, head: bytes) -> Image.Image:
    """Open a picture, its pixels not decoded yet.

    Args:
        file: seekable, at its start.
        head: its first bytes, 16 or more.

    Raises:
        ImageError: if it is PostScript. Whatever Pillow raises passes unchanged: ``UnidentifiedImageError``
            if it is in none of ``FORMATS``.
    """
    if head.startswith(_POSTSCRIPT):
        raise ImageError("is PostScript: a program, not a picture", hint="convert it to PDF or PNG")
    return _common(file, head) or Image.open(file, formats=_registered())


def picture_endings() -> frozenset[str]:
    """How the names of files end that may be read, in lower case, with the dot."""
    return frozenset(_OPTIONAL_ENDINGS).union(*(endings for _, endings in FORMATS.values()))


def _registered() -> tuple[str, ...]:
    """Those of the formats that this Pillow was built with.

    Only their modules are imported; for a format that it does not know, Pillow would import all that it has.
    """
    for module, _ in FORMATS.values():
        import_module(f"PIL.{module}")
    return tuple(kind for kind in FORMATS if kind in Image.OPEN)


def _common(file: BinaryIO, head: bytes) -> Image.Image | None:
    """A PNG or JPEG file opened with its own module alone: the others take as long to import as it to decode.

    None if it is of another kind, or damaged, which Pillow then says.
    """
    for beginning, kind in _COMMON:
        if head.startswith(beginning):
            import_module(f"PIL.{FORMATS[kind][0]}")
            file.seek(0)
            try:
                return Image.OPEN[kind][0](file, "")
            except (SyntaxError, IndexError, TypeError, struct.error):
                file.seek(0)
    return None
