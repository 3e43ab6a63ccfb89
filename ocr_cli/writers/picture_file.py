"""The picture of a page as a small file, for formats that show it: the file itself where that can be kept.

A JPEG file is kept as it is, whatever its orientation, and so is a PNG file; a picture of two colours becomes
fax (ITU-T T.6, "G4"); others become PNG if nothing was lost in them, else JPEG. Grey stays grey.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from ocr_cli.imaging.formats import open_picture
from ocr_cli.imaging.frames import pillow_limit

_JPEG_QUALITY = 85
_JPEG_SIDE = 65_500
"""No JPEG picture has a longer side."""
_HEAD = 1024
_LOSSLESS = ("TIFF", "PNG", "BMP", "GIF", "PPM", "DIB")
_KEPT_PNG = (0, 2, 3)
"""Colour types of PNG files that PDF knows as well: grey, colours and palettes, all without transparency."""
_PLAIN_DOTS, _FEW_DOTS, _MOST_DOTS = 100.0, 50.0, 2400.0
"""Dots per inch. Programs that know nothing of a picture's size write 72 or 96: fewer than 100 are believed
only if the page is not larger than A3 then."""
_A3 = 1191.0


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A page's picture, to be shown.

    Attributes:
        content: a JPEG, PNG or TIFF (one strip of G4) file.
        orientation: as EXIF has it: how what the file shows is to be turned.
        dots: per inch across and down, as the file shows it; None if nobody knows, or it is not plausible.
        points: width and height of the page upright, in 1/72 inch, if it is of a document.
    """

    content: bytes
    orientation: int = 1
    dots: tuple[float, float] | None = None
    points: tuple[float, float] | None = None

    def __call__(self) -> Image.Image:
        """The picture, upright, its pixels perhaps not decoded yet: a ``PictureSource``."""
        image: Image.Image = Image.open(io.BytesIO(self.content), formats=["JPEG", "PNG", "TIFF"])
        if self.orientation == 1:
            return image
        image.getexif()[0x0112] = self.orientation
        return ImageOps.exif_transpose(image)


def picture_file(
    original: bytes | None, frame: int, upright: Image.Image, points: tuple[float, float] | None = None
) -> PictureFile:
    """The file that stands for a page's picture.

    Args:
        original: content of the file that the page is of; None if it is not at hand.
        frame: which of its frames, from 1.
        upright: the picture as it was decoded at full size, RGB.
        points: size of the page, if it is of a document.
    """
    if original is None or points is not None:
        return PictureFile(_jpeg(upright), points=points)
    try:
        with pillow_limit(None), open_picture(io.BytesIO(original), original[:_HEAD]) as image:
            image.seek(frame - 1)
            return _file_of(image, original, upright)
    except Exception:  # What is damaged here and there is shown as it was read.
        return PictureFile(_jpeg(upright))


def _file_of(image: Image.Image, original: bytes, upright: Image.Image) -> PictureFile:
    orientation = int(image.getexif().get(0x0112, 1))
    orientation = orientation if 1 <= orientation <= 8 else 1
    dots = _plausible_dots(image)
    if image.format in ("JPEG", "MPO") and image.mode in ("L", "RGB") and image.tell() == 0:
        return PictureFile(original, orientation, dots)
    if image.format == "PNG" and _is_plain_png(original) and "transparency" not in image.info:
        return PictureFile(original, orientation, dots)
    swapped = orientation >= 5
    dots = (dots[1], dots[0]) if dots and swapped else dots
    if image.mode == "1":
        return PictureFile(_fax(upright.convert("1", dither=Image.Dither.NONE)), dots=dots)
    shown = upright.convert("L") if image.mode in ("L", "LA", "I;16", "I;16B", "I") else upright
    lossy = image.format not in _LOSSLESS or image.info.get("compression") in ("jpeg", "tiff_jpeg")
    return PictureFile(_jpeg(shown) if lossy else _png(shown), dots=dots)


def _plausible_dots(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(_FEW_DOTS <= value <= _MOST_DOTS for value in (across, down)):
        return None
    longest = 72 * max(image.width / across, image.height / down)
    return (across, down) if min(across, down) >= _PLAIN_DOTS or longest <= _A3 else None


def _is_plain_png(content: bytes) -> bool:
    """Whether PDF can show its data: 8 bits a sample at most, not interlaced, no transparency."""
    bits, colours, interlaced = content[24], content[25], content[28]
    return bits <= 8 and colours in _KEPT_PNG and not interlaced


def _jpeg(image: Image.Image) -> bytes:
    if max(image.size) > _JPEG_SIDE:
        image = image.copy()
        image.thumbnail((_JPEG_SIDE, _JPEG_SIDE))
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return _saved(image, "JPEG", quality=_JPEG_QUALITY, optimize=True)


def _png(image: Image.Image) -> bytes:
    return _saved(image, "PNG", optimize=True)


def _fax(image: Image.Image) -> bytes:
    # All rows in one strip, which PDF shows as it is.
    return _saved(image, "TIFF", compression="group4", strip_size=1 << 30)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
