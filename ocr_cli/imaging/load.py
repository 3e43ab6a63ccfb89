"""Any picture in, upright 8-bit RGB pixels out: the one door between files and the rest of the package.

The formats of ``ocr_cli.imaging.formats`` are accepted. What the rest need not know about ends here:
orientation notes in the file, transparency, palettes, 16-bit and floating-point samples, ink colours, damaged
and hostile files. NumPy is imported where it is needed first, because it takes as long to import as many a
picture to decode, and another thread may do the one meanwhile.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeAlias, cast

from PIL import ExifTags, Image, UnidentifiedImageError

from ocr_cli.errors import ImageError, MissingExtraError, kind_for
from ocr_cli.imaging.formats import SPOKEN, picture_endings
from ocr_cli.imaging.frames import MAX_BYTES as MAX_BYTES
from ocr_cli.imaging.frames import opened_frame, pillow_limit
from ocr_cli.plain_files import TooLargeError, open_plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocr_cli.page import Box

ImageSource: TypeAlias = "str | Path | bytes | BinaryIO | Image.Image | NDArray[Any]"

MAX_PIXELS = 200_000_000
"""Default for the most pixels a picture may say it has: 600 MB once decoded. A limit."""

WORKING_SIDE = 3600
"""Pictures whose longer side has more pixels are shrunk by a whole factor to be read; letters of a hundredth
of it stay legible. A limit."""

_ANEW = "save, copy or scan it anew"
_KNOWN = f"{SPOKEN} are"
_ALLOW = "if you trust it, allow more with --max-{}"
_LESS = "a smaller copy of it will do"
_NAME = "see whether the name is right"

# Names of the modes that Pillow's 16-bit and 32-bit greyscale samples come in; "F" is floating point.
_DEEP_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N", "F")

# What turns a picture with this EXIF orientation upright. ImageOps.exif_transpose knows the same, and fails
# on files whose other EXIF entries it cannot write back.
_TO_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SWAPS_SIDES = {turn for orientation, turn in _TO_UPRIGHT.items() if orientation >= 5}


class Picture(NamedTuple):
    """A decoded picture.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, upright, read-only.
        width: pixels across of the full picture, upright; more than W if it was decoded at a smaller scale.
        height: pixels down of the full picture, upright.
        source: the file it came from, if it came from a named one.
        frame: which frame or page of the file it is, from 1.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    source: str | None = None
    frame: int = 1

    def part(self, box: Box, max_side: int) -> Picture:
        """A part of the picture as a picture of its own.

        Args:
            box: of the full picture, in its pixels.
            max_side: larger parts are brought down by a whole factor until their longer side has no more.
        """
        high, wide = self.pixels.shape[:2]
        across, down = wide / self.width, high / self.height
        left, top = int(box.left * across), int(box.top * down)
        right, bottom = max(left + 1, round(box.right * across)), max(top + 1, round(box.bottom * down))
        pixels = self.pixels[top:bottom, left:right]
        if max(pixels.shape) > max_side:
            pixels = _pixels(Image.fromarray(pixels).reduce(-(-max(pixels.shape) // max_side)))
        return Picture(pixels, box.width, box.height, self.source, self.frame)


def load_picture(
    source: ImageSource,
    *,
    frame: int = 1,
    max_side: int | None = None,
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
) -> Picture:
    """Decode a picture to upright 8-bit RGB.

    EXIF orientation is applied. PDF pages are drawn at 300 dots per inch. Transparent parts become white
    paper, or black if what is drawn on a mostly transparent picture is light. Greyscale samples deeper than
    8 bits are scaled from the smallest bit depth that holds the brightest of them, since 10- and 12-bit data
    often come in 16-bit files.

    Args:
        source: a file name, a file's content, a binary file open for reading, a Pillow image (left as it is),
            or an array (H, W), (H, W, 3) or (H, W, 4) of uint8, uint16, bool, other integers in 0 to 255, or
            floating point in [0, 1].
        frame: which frame of an animation or page of a TIFF or PDF to take, from 1.
        max_side: if given, pictures whose longer side has more pixels are brought down by a whole factor
            until it has no more, JPEG files already while decoding.
        max_pixels: a picture whose header says more is refused before it is decoded.
        max_bytes: a file, or a content, of more bytes is refused before it is looked into.

    Raises:
        ImageError: if there is no such file, or it is empty, no picture, damaged, or too large, or has no
            such frame; or if the array has another shape, dtype or range. The message names the source, on
            one line.
        MissingExtraError: if a package that opens such files is not installed.
        ValueError: if the frame is less than 1.
    """
    if frame < 1:
        raise ValueError(f"frames are counted from 1, not {frame}")
    name = _name_of(source)
    try:
        with (
            pillow_limit(max_pixels),
            _opened(source, frame, max_side, max_pixels, max_bytes) as (image, full_size),
        ):
            if image.width * image.height > max_pixels:
                raise Image.DecompressionBombError
            owned = image is not source
            image, (width, height) = _decoded(image, max_side if owned else None)
            if full_size is not None:
                width, height = full_size
            if max_side is not None and max(image.size) > max_side:
                image = image.reduce(-(-max(image.size) // max_side))
            pixels = _pixels(image)
    except ImageError as error:
        raise type(error)(f"{name or 'picture'}: {error}", hint=error.hint) from error.__cause__
    except MissingExtraError as error:
        raise MissingExtraError(f"{name or 'picture'}: {error}") from error.__cause__
    except Image.DecompressionBombError as error:
        raise ImageError(
            f"{name or 'picture'}: refused, more than {max_pixels} pixels", hint=_ALLOW.format("pixels")
        ) from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{name or 'picture'}: is not a picture in a known format", hint=_KNOWN) from error
    except MemoryError as error:
        raise ImageError(
            f"{name or 'picture'}: there is too little memory to decode it", hint=_LESS
        ) from error
    except Exception as error:
        # Damaged files make Pillow's decoders raise a dozen types, struct.error and KeyError among them; some
        # say it in several lines.
        said = " ".join(str(error).split())
        raise ImageError(f"{name or 'picture'}: is damaged: {said}", hint=_ANEW) from error
    pixels.setflags(write=False)
    return Picture(pixels, width, height, name, frame)


def pictures_in(folder: str | Path) -> list[Path]:
    """The picture files directly in ``folder``, told by their endings, sorted by name, without hidden ones.

    PDF and HEIC files are among them, whether or not the packages that open them are installed.

    Raises:
        ImageError: if the folder has none or cannot be listed.
    """
    endings = picture_endings()
    try:
        found = [
            path
            for path in Path(folder).iterdir()
            if path.suffix.lower() in endings and not path.name.startswith(".") and path.is_file()
        ]
    except OSError as error:
        raise kind_for(ImageError, error)(f"{folder}: {error.strerror or error}", hint=_NAME) from error
    if not found:
        raise ImageError(f"{folder}: there is no picture in this folder", hint="its folders: --recursive")
    return sorted(found)


def _name_of(source: ImageSource) -> str | None:
    if isinstance(source, (str, Path)):
        return str(source)
    # Open files and Pillow images may know their file; a descriptor's name is a number, which tells nothing.
    name = getattr(source, "filename", None) or getattr(source, "name", None)
    return str(name) if isinstance(name, (str, Path)) else None


@contextmanager
def _opened(
    source: ImageSource, frame: int, max_side: int | None, max_pixels: int, max_bytes: int
) -> Iterator[tuple[Image.Image, tuple[int, int] | None]]:
    """As ``opened_frame``, for any source."""
    if isinstance(source, (str, Path)):
        try:
            file = open_plain(source, max_bytes)
        except TooLargeError as error:
            raise _too_large(max_bytes) from error
        except OSError as error:
            raise kind_for(ImageError, error)(_why_not_opened(error), hint=_NAME) from error
        with file, _opened(file, frame, max_side, max_pixels, max_bytes) as opened:
            yield opened
    elif isinstance(source, bytes):
        with _opened(io.BytesIO(source), frame, max_side, max_pixels, max_bytes) as opened:
            yield opened
    elif hasattr(source, "seekable"):
        file = _checked_file(cast("BinaryIO", source), max_bytes)
        with opened_frame(file, frame, max_side=max_side, max_pixels=max_pixels) as opened:
            yield opened
    else:
        if frame > 1:
            raise ImageError(f"has no page {frame}", hint="its pages count from 1")
        yield source if isinstance(source, Image.Image) else _as_image(source), None


def _too_large(max_bytes: int) -> ImageError:
    return ImageError(f"refused, more than {max_bytes} bytes", hint=_ALLOW.format("bytes"))


def _why_not_opened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a picture"
    return error.strerror or str(error)


def _checked_file(file: BinaryIO, max_bytes: int) -> BinaryIO:
    """The file itself, or what a pipe has to give, which Pillow could not seek in.

    Raises:
        ImageError: if it is empty or too large.
    """
    if not file.seekable():
        file = io.BytesIO(file.read(max_bytes + 1))
    start = file.tell()
    length = file.seek(0, io.SEEK_END) - start
    file.seek(start)
    if length <= 0:
        raise ImageError("is empty", hint=_ANEW)
    if length > max_bytes:
        raise _too_large(max_bytes)
    return file


def _decoded(image: Image.Image, max_side: int | None) -> tuple[Image.Image, tuple[int, int]]:
    """An upright image of mode L, RGB or RGBA, and the width and height it has at full scale."""
    header_size = image.size
    if max_side is not None:
        factor = -(-max(header_size) // max_side)
        image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
    drafted = image.size != header_size
    image.load()
    # Pillow turns TIFF files while loading them (and forgets their orientation), so this comes afterwards.
    width, height = header_size if drafted else image.size
    turn = _TO_UPRIGHT.get(_orientation(image))
    image = _plain(image)
    if turn is not None:
        image = image.transpose(turn)
        if turn in _SWAPS_SIDES:
            width, height = height, width
    return image, (width, height)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) if there is none or the EXIF data make no sense."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # Damage in a note beside the picture is no reason not to read the picture.
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The image with 8 bits a sample, as mode L, RGB or, if anything may be transparent, RGBA."""
    if image.mode in _DEEP_MODES:
        from ocr_cli.imaging.samples import eight_bits

        return eight_bits(image)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode == "LAB":  # Pillow converts it only with colour profiles; its lightness is all we need.
        return image.getchannel("L")
    return _in_mode(image, "L" if image.mode in ("1", "L") else "RGB")


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The image in that mode: itself if it is, which Pillow would copy."""
    return image if image.mode == mode else image.convert(mode)


def _as_image(array: NDArray[Any]) -> Image.Image:
    from ocr_cli.imaging.samples import checked_array

    return Image.fromarray(checked_array(array))


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels, uint8 (H, W, 3), of an image of mode L, RGB or RGBA."""
    import numpy as np

    if image.mode == "RGBA":
        from ocr_cli.imaging.samples import on_paper

        image = on_paper(image)
    return np.asarray(_in_mode(image, "RGB"))
