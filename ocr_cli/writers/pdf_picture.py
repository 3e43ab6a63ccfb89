"""A picture file as PDF shows it: its data, and the filter that decodes them (ISO 32000-1, 8.9)."""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

from PIL import Image

from ocr_cli.writers.picture_file import PictureFile

_STRIP_OFFSETS, _STRIP_BYTES, _PHOTOMETRIC = 273, 279, 262
_LONGER_SIDE = 842.0
"""Of a page in points (1/72 inch), that of A4, where a picture says nothing true of its paper's size."""


class PdfPicture(NamedTuple):
    """An image of a PDF file.

    Attributes:
        about: the entries of its dictionary, but for its length.
        data: its stream.
        width: of the page upright, in points.
        height: the same down.
        place: the six numbers of the matrix that lays it upright over the page.
    """

    about: str
    data: bytes
    width: float
    height: float
    place: tuple[float, ...]


def pdf_picture(file: PictureFile) -> PdfPicture:
    """The picture, and the page that it fills."""
    with Image.open(io.BytesIO(file.content), formats=["JPEG", "PNG", "TIFF"]) as image:
        size, kind, mode = image.size, image.format, image.mode
        if kind == "JPEG" or kind == "MPO":
            space = "/DeviceGray" if mode == "L" else "/DeviceRGB"
            coded, data = f"{space} /BitsPerComponent 8 /Filter /DCTDecode", file.content
        elif kind == "PNG":
            coded, data = _png(file.content, size[0])
        else:
            coded, data = _fax(image, file.content)
    about = f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} /ColorSpace {coded}"
    width, height = _page_size(file, size)
    return PdfPicture(about, data, width, height, _place(file.orientation, width, height))


def _page_size(file: PictureFile, size: tuple[int, int]) -> tuple[float, float]:
    """Of the page upright, in points."""
    if file.points is not None:
        return file.points
    if file.dots is not None:
        across, down = (72 * pixels / dots for pixels, dots in zip(size, file.dots, strict=True))
    else:
        scale = min(1.0, _LONGER_SIDE / max(size))
        across, down = size[0] * scale, size[1] * scale
    return (down, across) if file.orientation >= 5 else (across, down)


def _place(orientation: int, w: float, h: float) -> tuple[float, ...]:
    return {
        1: (w, 0, 0, h, 0, 0),
        2: (-w, 0, 0, h, w, 0),
        3: (-w, 0, 0, -h, w, h),
        4: (w, 0, 0, -h, 0, h),
        5: (0, -h, -w, 0, w, h),
        6: (0, -h, w, 0, 0, h),
        7: (0, h, w, 0, 0, 0),
        8: (0, h, -w, 0, w, 0),
    }[orientation]


def _png(content: bytes, width: int) -> tuple[str, bytes]:
    """The compressed rows of a PNG file, which PDF decodes by the same filters (ISO 15948, 9.2)."""
    bits, colours = content[24], content[25]
    data, palette = [], b""
    position = 8
    while position + 8 <= len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        kind, chunk = content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        if kind == b"IDAT":
            data.append(chunk)
        elif kind == b"PLTE":
            palette = chunk
        position += length + 12
    space = {0: "/DeviceGray", 2: "/DeviceRGB"}.get(
        colours, f"[/Indexed /DeviceRGB {len(palette) // 3 - 1} <{palette.hex()}>]"
    )
    samples = 3 if colours == 2 else 1
    rows = f"/Predictor 15 /Colors {samples} /BitsPerComponent {bits} /Columns {width}"
    return f"{space} /BitsPerComponent {bits} /Filter /FlateDecode /DecodeParms << {rows} >>", b"".join(data)


def _fax(image: Image.Image, content: bytes) -> tuple[str, bytes]:
    tags = image.tag_v2  # type: ignore[attr-defined]
    (start,), (length,) = tags[_STRIP_OFFSETS], tags[_STRIP_BYTES]
    black = "true" if tags[_PHOTOMETRIC] == 1 else "false"
    rows = f"/K -1 /Columns {image.width} /Rows {image.height} /BlackIs1 {black}"
    coded = f"/DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << {rows} >>"
    return coded, content[start : start + length]
