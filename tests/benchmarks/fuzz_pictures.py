"""Good pictures to damage: of every format that Pillow writes, in its modes."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import ImageFileDirectory_v2

SAMPLE = Path(__file__).parents[2] / "samples" / "table.jpg"

Files = dict[str, bytes]
"""A good input: names and contents, the first one is what ``ocr`` is given."""


def drawn() -> Image.Image:
    """A crop of a sample page, small enough to be read in a few hundredths of a second."""
    with Image.open(SAMPLE) as image:
        image = image.convert("L").resize((480, 360))
        return image.crop((80, 122, 220, 170))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The image as a file of a kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pictures(formats: Collection[str] | None) -> Iterator[Files]:
    """Every format that Pillow writes, in its modes, with what such files may carry."""
    Image.init()
    crop = drawn()
    frames = [crop.rotate(angle, fillcolor=255) for angle in (0, 90, 3)]
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "x" * 300
    tags = ImageFileDirectory_v2()
    tags[270] = "y" * 200
    deep = Image.fromarray(np.asarray(crop).astype(np.uint16) * 257)
    floating = Image.fromarray(np.asarray(crop, np.float32) / 255)
    see_through = crop.convert("RGBA")
    ImageDraw.Draw(see_through).rectangle((0, 0, 20, 48), fill=(0, 0, 0, 0))
    images = {
        mode: crop.convert(mode) for mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr", "LA", "I", "HSV")
    } | {"RGBA": see_through, "I;16": deep, "F": floating}
    ways: list[dict[str, Any]] = [
        {},
        {"exif": exif.tobytes()},
        {"save_all": True, "append_images": frames},
        {"progressive": True, "quality": 30},
        {"interlace": 1, "transparency": 3, "bits": 4},
        {"lossless": True},
        {"compression": "tiff_lzw", "tiffinfo": tags},
        {"compression": "tiff_adobe_deflate", "tile": (64, 64)},
        {"compression": "jpeg"},
        {"compression": "group4"},
        {"compression": "packbits"},
        {"rle": True, "compression": "tga_rle"},
        {"no_jp2": True, "num_resolutions": 2},
        {"sizes": [(16, 16), (64, 64)]},
    ]
    seen = set()
    for kind in sorted(Image.SAVE if formats is None else formats):
        for mode, image in images.items():
            if kind in ("AVIF", "HEIF") and mode not in ("RGB", "RGBA"):
                continue  # They take long to write, and know no other modes.
            # Not all options in all modes, of which there are few kinds.
            for way in ways if mode in ("1", "L", "P", "RGBA") else ways[:1]:
                # Most modes and options suit few formats.
                with contextlib.suppress(Exception), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    content = saved(image, kind, **way)
                    if content not in seen and len(content) < 1 << 18:
                        seen.add(content)
                        yield {f"{mode.replace(';', '')}.{kind.lower()}": content}
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
        yield {"a.heic": saved(crop.convert("RGB"), "HEIF", append_images=frames[:1], save_all=True)}
