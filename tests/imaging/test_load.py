import io
import os
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_cli.errors import ImageError
from ocr_cli.imaging import Picture, load_picture, pictures_in


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def page(width=60, height=40, mode="L", paper=255, ink=0):
    """A page whose upper left corner is ink, so that every way of turning it shows."""
    image = Image.new(mode, (width, height), paper)
    ImageDraw.Draw(image).rectangle((0, 0, width // 3, height // 4), fill=ink)
    return image


def noise(width, height):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8))


def corners(picture):
    """The four corners' mean values: upper left, upper right, lower left, lower right."""
    grey = picture.pixels.mean(axis=2)
    return [int(grey[y, x].round()) for y in (0, -1) for x in (0, -1)]


class TestSources:
    def test_a_file_by_str_and_by_path(self, tmp_path):
        path = tmp_path / "page.png"
        page().save(path)
        for source in (path, str(path)):
            picture = load_picture(source)
            assert picture.pixels.shape == (40, 60, 3)
            assert picture.pixels.dtype == np.uint8
            assert (picture.width, picture.height, picture.source) == (60, 40, str(path))
            assert corners(picture) == [0, 255, 255, 255]

    def test_bytes_files_and_pipes(self):
        content = encoded(page(), "PNG")
        reader, writer = os.pipe()
        with open(writer, "wb") as pipe:
            pipe.write(content)
        with open(reader, "rb") as pipe:
            pictures = [load_picture(s) for s in (content, io.BytesIO(content), pipe)]
        for picture in pictures:
            assert corners(picture) == [0, 255, 255, 255]
            assert picture.source is None

    def test_an_open_file_is_named_and_stays_open(self, tmp_path):
        path = tmp_path / "page.png"
        page().save(path)
        with path.open("rb") as file:
            assert load_picture(file).source == str(path)
            assert not file.closed

    def test_a_pillow_image_is_left_as_it_is(self):
        image = page(mode="RGB", paper="white", ink="black")
        picture = load_picture(image, max_side=20)
        assert image.size == (60, 40)
        assert picture.pixels.shape == (14, 20, 3)
        assert (picture.width, picture.height) == (60, 40)

    def test_a_lazily_opened_pillow_jpeg_is_not_drafted(self, tmp_path):
        path = tmp_path / "page.jpg"
        noise(640, 480).save(path)
        with Image.open(path) as image:
            assert load_picture(image, max_side=80).pixels.shape == (60, 80, 3)
            assert image.size == (640, 480)

    @pytest.mark.parametrize(
        "array",
        [
            np.asarray(page()),
            np.asarray(page()) > 0,
            np.asarray(page()) / 255.0,
            np.asarray(page()).astype(np.float16) / 255,
            np.asarray(page()).astype(np.uint16) * 257,
            np.asarray(page(mode="RGB", paper="white", ink="black")),
            np.asarray(page(mode="RGBA", paper="white", ink="black")),
            np.asarray(page())[::-1][::-1],
            np.repeat(np.asarray(page()), 2, axis=1)[:, ::2],
            np.asfortranarray(np.asarray(page(mode="RGB", paper="white", ink="black"))),
            np.asarray(page()).astype(np.int64),
            (np.asarray(page()).astype(np.uint16) * 257).astype(">u2"),
            np.asarray(page())[..., None] / np.float32(255),
            np.asarray(page(mode="RGBA", paper="white", ink="black")) / 255.0,
        ],
        ids=[
            *("uint8", "bool", "float64", "float16", "uint16", "rgb", "rgba", "strided", "steps", "fortran"),
            *("int64", "big-endian", "one-channel", "float-rgba"),
        ],
    )
    def test_arrays(self, array):
        before = array.copy()
        array.setflags(write=False)
        picture = load_picture(array)
        assert corners(picture) == [0, 255, 255, 255]
        assert (picture.width, picture.height) == (60, 40)
        np.testing.assert_array_equal(array, before)

    @pytest.mark.parametrize(
        "array",
        [
            np.zeros(5, np.uint8),
            np.zeros((4, 4, 2), np.uint8),
            np.zeros((0, 4), np.uint8),
            np.full((4, 4), 256, np.int64),
            np.full((4, 4), -1, np.int8),
            np.full((4, 4), 1.5),
            np.full((4, 4), -0.1),
            np.full((4, 4), np.nan),
            np.zeros((4, 4), complex),
        ],
    )
    def test_other_arrays_are_refused(self, array):
        with pytest.raises(ImageError, match=r"^picture: an array of "):
            load_picture(array)

    def test_the_pixels_cannot_be_changed(self):
        with pytest.raises(ValueError, match="read-only"):
            load_picture(page()).pixels[0, 0] = 1


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
    def test_the_picture_comes_out_as_a_viewer_shows_it(self, orientation, kind):
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture = load_picture(encoded(page(), kind, exif=exif))
        dark = {1: 0, 2: 1, 3: 3, 4: 2, 5: 0, 6: 1, 7: 3, 8: 2}[orientation]
        assert [value < 128 for value in corners(picture)] == [i == dark for i in range(4)]
        size = (60, 40) if orientation < 5 else (40, 60)
        assert (picture.width, picture.height) == size
        assert picture.pixels.shape == (size[1], size[0], 3)

    def test_the_full_size_is_upright_when_decoded_smaller(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = load_picture(encoded(page(640, 400), "JPEG", exif=exif), max_side=100)
        assert (picture.width, picture.height) == (400, 640)
        assert picture.pixels.shape == (80, 50, 3)

    def test_damaged_exif_does_not_hinder(self):
        assert corners(load_picture(encoded(page(), "PNG", exif=b"Exif\x00\x00rubbish")))[0] == 0

    def test_exif_that_cannot_be_written_back_still_turns(self):
        # Two entries, little-endian: orientation 6, and a "software" entry of an unknown type.
        entries = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack("<HHII", 0x0131, 99, 1, 0)
        exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", 2) + entries + bytes(4)
        picture = load_picture(encoded(page(), "JPEG", exif=exif))
        assert (picture.width, picture.height) == (40, 60)


class TestScale:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_the_longer_side_comes_down_to_max_side(self, kind):
        picture = load_picture(encoded(page(1200, 900), kind), max_side=300)
        assert picture.pixels.shape == (225, 300, 3)
        assert (picture.width, picture.height) == (1200, 900)

    @pytest.mark.parametrize(
        ("kind", "side", "left"),
        [("PNG", 599, 300), ("PNG", 601, 201), ("PNG", 2000, 286), ("JPEG", 599, 300), ("JPEG", 2000, 250)],
    )
    def test_it_comes_down_by_a_whole_factor(self, kind, side, left):
        assert load_picture(encoded(page(side, 60), kind), max_side=300).pixels.shape[1] == left

    def test_smaller_pictures_stay(self):
        assert load_picture(page(), max_side=300).pixels.shape == (40, 60, 3)

    def test_reduction_averages_rather_than_picks(self):
        board = Image.fromarray((np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8))
        for image in (board, board.convert("1", dither=Image.Dither.NONE), board.convert("P")):
            assert np.ptp(load_picture(image, max_side=64).pixels[4:-4, 4:-4]) < 16

    def test_a_line_of_pixels_keeps_one(self):
        assert load_picture(page(1000, 1), max_side=10).pixels.shape == (1, 10, 3)

    def test_one_pixel(self):
        assert load_picture(encoded(Image.new("L", (1, 1), 7), "PNG")).pixels.tolist() == [[[7, 7, 7]]]


class TestModes:
    def test_bilevel(self):
        assert corners(load_picture(encoded(page(mode="1", paper=1), "TIFF"))) == [0, 255, 255, 255]

    @pytest.mark.parametrize(
        ("brightest", "expected"), [(65535, 255), (4095, 255), (40000, 156), (200, 200), (0, 0)]
    )
    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_16_bit_is_scaled_by_the_depth_it_uses(self, brightest, expected, kind):
        samples = np.full((40, 60), brightest, np.uint16)
        samples[:10, :20] = 0
        picture = load_picture(encoded(Image.fromarray(samples), kind))
        assert corners(picture) == [0, expected, expected, expected]

    def test_a_blank_16_bit_page_stays_blank(self):
        samples = np.random.default_rng(0).integers(60000, 60100, (40, 60)).astype(np.uint16)
        assert np.ptp(load_picture(encoded(Image.fromarray(samples), "PNG")).pixels) <= 1

    def test_32_bit_integers(self):
        samples = np.full((4, 4), 2**20 - 1, np.int32)
        samples[0, 0] = -5
        picture = load_picture(encoded(Image.fromarray(samples), "TIFF"))
        assert corners(picture) == [0, 255, 255, 255]

    @pytest.mark.parametrize("brightest", [1.0, 255.0, 1023.0])
    def test_floating_point(self, brightest):
        samples = np.full((4, 4), brightest, np.float32)
        samples[0, 0] = np.nan
        samples[1, 1] = np.inf
        picture = load_picture(encoded(Image.fromarray(samples), "TIFF"))
        assert corners(picture) == [0, 255, 255, 255]

    def test_cmyk_jpeg(self):
        image = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
        ImageDraw.Draw(image).rectangle((0, 0, 7, 7), fill=(0, 0, 0, 255))
        upper_left, *others = corners(load_picture(encoded(image, "JPEG", quality=95)))
        assert upper_left < 20
        assert min(others) > 235

    def test_cmyk_tiff_colours(self):
        image = Image.new("CMYK", (4, 4), (255, 0, 0, 0))
        assert load_picture(encoded(image, "TIFF")).pixels[0, 0].tolist() == [0, 255, 255]

    @pytest.mark.parametrize("mode", ["YCbCr", "LAB", "HSV"])
    def test_other_colour_spaces(self, mode):
        light = {"YCbCr": (230, 128, 128), "LAB": (230, 0, 0), "HSV": (0, 0, 230)}[mode]
        assert corners(load_picture(Image.new(mode, (4, 4), light))) == [230] * 4

    def test_animated_gif_gives_its_first_frame(self):
        frames = [page(), page(ink=255), page(paper=0)]
        content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
        assert corners(load_picture(content)) == [0, 255, 255, 255]


class TestTransparency:
    @pytest.mark.parametrize("mode", ["RGBA", "LA"])
    def test_dark_ink_on_clear_lies_on_white(self, mode):
        ink, clear = ((0, 0, 0, 255), (0, 0, 0, 0)) if mode == "RGBA" else ((0, 255), (0, 0))
        assert corners(load_picture(encoded(page(mode=mode, paper=clear, ink=ink), "PNG"))) == [
            0,
            255,
            255,
            255,
        ]

    def test_light_ink_on_clear_lies_on_black(self):
        image = page(mode="RGBA", paper=(255, 255, 255, 0), ink=(255, 255, 255, 255))
        assert corners(load_picture(encoded(image, "PNG"))) == [255, 0, 0, 0]

    def test_a_light_photo_with_a_clear_corner_gets_white(self):
        image = page(mode="RGBA", paper=(200, 200, 200, 255), ink=(0, 0, 0, 0))
        assert corners(load_picture(encoded(image, "PNG"))) == [255, 200, 200, 200]

    def test_half_transparent_ink_mixes(self):
        image = Image.new("RGBA", (4, 4), (0, 0, 0, 51))
        assert corners(load_picture(image)) == [204] * 4

    @pytest.mark.parametrize("kind", ["PNG", "GIF"])
    def test_palette(self, kind):
        image = page(mode="P", paper=0, ink=1)
        image.putpalette([0, 0, 0, 10, 10, 10])
        assert corners(load_picture(encoded(image, kind, transparency=0))) == [10, 255, 255, 255]

    def test_palette_with_an_opacity_per_colour(self):
        image = page(mode="P", paper=0, ink=1)
        image.putpalette([0, 0, 0, 0, 0, 0])
        content = encoded(image, "PNG", transparency=bytes([0, 128]))
        assert corners(load_picture(content)) == [127, 255, 255, 255]

    def test_grey_with_a_transparent_value(self):
        content = encoded(page(paper=9), "PNG", transparency=9)
        assert corners(load_picture(content)) == [0, 255, 255, 255]

    def test_all_clear_is_a_blank_page(self):
        assert corners(load_picture(Image.new("RGBA", (4, 4), (0, 0, 0, 0)))) == [255] * 4


def png_header(width, height):
    """A PNG file whose header claims a size; there is one byte of pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


class TestRefusals:
    def refusal(self, source, **options):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with pytest.raises(ImageError) as info:
                load_picture(source, **options)
        assert caught == []
        message = str(info.value)
        assert "\n" not in message
        return message

    def test_no_such_file(self):
        assert self.refusal("missing.png") == "missing.png: no such file"

    def test_postscript_is_not_run(self):
        endless = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n%%EOF\n"
        assert self.refusal(endless) == "picture: is PostScript: a program, not a picture"

    def test_what_pillow_logs_is_for_those_who_listen(self, capfd):
        content = io.BytesIO()
        Image.new("RGB", (9, 9)).save(content, "TIFF")
        # SamplesPerPixel, a SHORT, is 3.
        many = content.getvalue().replace(b"\x15\1\3\0\1\0\0\0\3\0", b"\x15\1\3\0\1\0\0\0\xa0\x86")
        assert "is damaged" in self.refusal(many) or "not a picture" in self.refusal(many)
        assert capfd.readouterr().err == ""

    def test_a_folder(self, tmp_path):
        assert self.refusal(tmp_path) == f"{tmp_path}: is a folder, not a picture"

    def test_a_name_no_file_can_have(self):
        assert "null" in self.refusal("a\0b")

    def test_an_empty_file(self, tmp_path):
        (tmp_path / "a.png").touch()
        assert self.refusal(tmp_path / "a.png") == f"{tmp_path / 'a.png'}: is empty"
        assert self.refusal(b"") == "picture: is empty"

    def test_a_text_file_called_jpg(self, tmp_path):
        path = tmp_path / "notes.jpg"
        path.write_text("Milk, eggs, bread\n" * 50)
        assert self.refusal(path) == f"{path}: is not a picture in a known format"

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"])
    def test_a_truncated_file(self, kind):
        content = encoded(noise(200, 200), kind)
        assert "is damaged" in self.refusal(content[: len(content) // 2])

    def test_a_truncated_jpeg_decoded_at_a_smaller_scale(self):
        content = encoded(noise(800, 800), "JPEG")
        assert "is damaged" in self.refusal(content[: len(content) // 2], max_side=100)

    def test_a_decompression_bomb(self, tmp_path):
        path = tmp_path / "bomb.png"
        path.write_bytes(png_header(100_000, 100_000))
        assert self.refusal(path) == f"{path}: refused, more than 200000000 pixels"

    def test_the_limit_is_exact_and_adjustable(self):
        content = encoded(Image.new("L", (101, 101)), "PNG")
        assert load_picture(content, max_pixels=101 * 101).width == 101
        assert "more than 10200 pixels" in self.refusal(content, max_pixels=101 * 101 - 1)
        assert "more than 10200 pixels" in self.refusal(np.zeros((101, 101), np.uint8), max_pixels=10200)

    def test_a_picture_beyond_pillows_own_warning_passes(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        assert load_picture(encoded(Image.new("L", (101, 101)), "PNG")).width == 101
        assert Image.MAX_IMAGE_PIXELS == 100

    def test_a_decoder_that_says_it_in_several_lines(self, monkeypatch):
        def fail(*_):
            raise OSError("Invalid input:\n  Unexpected end of file\n")

        content = encoded(noise(9, 9), "PNG")
        monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
        said = self.refusal(content)
        assert said == "picture: is damaged: Invalid input: Unexpected end of file"

    def test_a_closed_pillow_image(self):
        image = page()
        image.close()
        assert "is damaged" in self.refusal(image)


def test_several_threads_load_at_once_and_leave_no_trace():
    filters, limit = list(warnings.filters), Image.MAX_IMAGE_PIXELS
    content = encoded(noise(100, 100), "PNG")
    results: list[Picture] = []
    threads = [threading.Thread(target=lambda: results.append(load_picture(content))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.width for r in results] == [100] * 8
    assert (list(warnings.filters), Image.MAX_IMAGE_PIXELS) == (filters, limit)


class TestFolders:
    def test_pictures_by_name(self, tmp_path):
        for name in ("b.PNG", "a.jpg", "c.tiff", "a.gt.txt", ".hidden.png", "film.mpg", "noending"):
            (tmp_path / name).touch()
        (tmp_path / "folder.png").mkdir()
        assert [path.name for path in pictures_in(tmp_path)] == ["a.jpg", "b.PNG", "c.tiff"]

    def test_no_picture_in_it(self, tmp_path):
        (tmp_path / "a.txt").touch()
        with pytest.raises(ImageError, match="there is no picture in this folder"):
            pictures_in(tmp_path)

    def test_no_folder(self):
        with pytest.raises(ImageError, match="missing: No such file"):
            pictures_in(Path("missing"))
