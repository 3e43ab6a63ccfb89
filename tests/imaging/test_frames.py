import io
import sys

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from ocr_cli.errors import ImageError, MissingExtraError
from ocr_cli.imaging import PageRanges, chosen_frames, load_picture, pictures_in


def frames(*greys, size=(60, 40)):
    """Pictures of one grey each, so that each can be told from the others."""
    return [Image.new("L", size, grey) for grey in greys]


def saved(images, kind, **options):
    file = io.BytesIO()
    images[0].save(file, kind, save_all=True, append_images=images[1:], **options)
    return file.getvalue()


def greys(content, numbers):
    return [int(load_picture(content, frame=n).pixels.mean().round()) for n in numbers]


class TestPageRanges:
    @pytest.mark.parametrize(
        ("text", "chosen"),
        [
            ("3", [3]),
            ("2-5", [2, 3, 4, 5]),
            ("1,3-", [1, 3, 4, 5, 6]),
            ("-2", [1, 2]),
            ("5-9, 1 ,5", [1, 5, 6]),
            ("7", []),
        ],
    )
    def test_of_six(self, text, chosen):
        assert PageRanges.parse(text).of(6) == chosen

    @pytest.mark.parametrize("text", ["", "0", "-", "a", "2-1", "1,,2", "1-2-3", "-0", "٣"])
    def test_no_pages(self, text):
        with pytest.raises(ValueError, match="page"):
            PageRanges.parse(text)

    @pytest.mark.parametrize("text", ["3", "2-5", "1,3-"])
    def test_is_shown_as_it_was_written(self, text):
        assert str(PageRanges.parse(text)) == text


class TestChosenFrames:
    def test_all_pages_of_a_tiff(self, tmp_path):
        content = saved(frames(10, 20, 30), "TIFF")
        (tmp_path / "a.dat").write_bytes(content)
        assert chosen_frames(content) == chosen_frames(tmp_path / "a.dat") == [1, 2, 3]
        assert greys(content, [3, 1, 2]) == [30, 10, 20]

    def test_smaller_copies_in_a_tiff_are_no_pages(self):
        file = io.BytesIO()
        with AppendingTiffWriter(file) as tiff:
            for reduced, image in zip((0, 1, 0), frames(10, 20, 30), strict=True):
                image.save(tiff, "TIFF", tiffinfo={254: reduced})
                tiff.newFrame()
        content = file.getvalue()
        assert chosen_frames(content) == [1, 3]
        assert chosen_frames(content, PageRanges.parse("2")) == [2]

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
    def test_the_first_frame_of_an_animation_unless_others_are_asked_for(self, kind):
        options = {"lossless": True} if kind == "WEBP" else {}
        content = saved(frames(10, 120, 250), kind, duration=100, **options)
        assert chosen_frames(content) == [1]
        assert chosen_frames(content, PageRanges.parse("2-")) == [2, 3]
        assert greys(content, [2, 3]) == [120, 250]

    def test_pages_that_are_not_there(self):
        with pytest.raises(ImageError, match=r"^has 2 pages, and none of those asked for \(3-\)$"):
            chosen_frames(saved(frames(10, 20), "TIFF"), PageRanges.parse("3-"))
        with pytest.raises(ImageError, match=r"^has one page, "):
            chosen_frames(saved(frames(10), "PNG"), PageRanges.parse("2"))

    @pytest.mark.parametrize("content", [b"", b"II*\0 and nothing else", b"%PDF-1.4 and nothing else"])
    def test_what_cannot_be_opened_is_left_to_the_one_who_opens_it(self, content):
        if content.startswith(b"%PDF"):
            pytest.importorskip("pypdfium2", reason="needs the extra pdf")
        for pages in (None, PageRanges.parse("2-3")):
            assert chosen_frames(content, pages) == [1]

    def test_a_damaged_second_page_is_not_passed_over(self):
        content = bytearray(saved(frames(10, 20, 30), "TIFF"))
        # The first directory's last four bytes lead to the second one.
        at = int.from_bytes(content[4:8], "little")
        following = at + 2 + 12 * int.from_bytes(content[at : at + 2], "little")
        content[following : following + 4] = (len(content) - 3).to_bytes(4, "little")
        numbers = chosen_frames(bytes(content))
        assert numbers[0] == 1
        assert len(numbers) == 2
        with pytest.raises(ImageError, match="damaged"):
            load_picture(bytes(content), frame=2)

    def test_what_is_no_plain_file_or_too_large_is_not_looked_into(self, tmp_path):
        path = tmp_path / "a.tif"
        assert chosen_frames(path) == [1]
        path.write_bytes(saved(frames(10, 20), "TIFF"))
        assert chosen_frames(path, max_bytes=10) == [1]


class TestOneFrame:
    def test_its_number_is_noted(self):
        assert load_picture(saved(frames(10, 20), "TIFF"), frame=2).frame == 2

    @pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP"])
    def test_there_is_no_such_frame(self, kind):
        with pytest.raises(ImageError, match=r"^picture: has no page 4$"):
            load_picture(saved(frames(10, 200), kind), frame=4)

    def test_an_array_has_one(self):
        with pytest.raises(ImageError, match="has no page 2"):
            load_picture(np.zeros((4, 4), np.uint8), frame=2)

    def test_there_is_no_frame_before_the_first(self):
        with pytest.raises(ValueError, match="counted from 1"):
            load_picture(b"", frame=0)


def test_bytes_are_limited(tmp_path):
    content = saved(frames(10), "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert load_picture(path, max_bytes=len(content)).width == 60
    for source in (content, path, io.BytesIO(content)):
        with pytest.raises(ImageError, match=f"refused, more than {len(content) - 1} bytes"):
            load_picture(source, max_bytes=len(content) - 1)


class TestPdf:
    @pytest.fixture(autouse=True)
    def _needs_pypdfium2(self):
        pytest.importorskip("pypdfium2", reason="needs the extra pdf")

    def test_its_pages_are_drawn_at_300_dots_per_inch(self):
        content = saved(frames(10, 20, 30, size=(150, 100)), "PDF", resolution=150)
        assert chosen_frames(content) == [1, 2, 3]
        assert greys(content, [1, 3]) == [10, 30]
        picture = load_picture(content, frame=2)
        assert (picture.width, picture.height, picture.pixels.shape) == (300, 200, (200, 300, 3))

    def test_large_pages_are_drawn_small_at_once(self):
        picture = load_picture(saved(frames(10, size=(600, 400)), "PDF"), max_side=100)
        assert (picture.width, picture.height) == (2500, 1667)
        # Shrunk by a whole factor, as all pictures are.
        assert picture.pixels.shape[1:] == (97, 3)

    def test_too_large_a_page(self):
        with pytest.raises(ImageError, match="refused, more than 1000 pixels"):
            load_picture(saved(frames(10), "PDF"), max_pixels=1000)

    def test_no_such_page(self):
        with pytest.raises(ImageError, match=r"^picture: has no page 2$"):
            load_picture(saved(frames(10), "PDF"), frame=2)

    def test_a_damaged_file(self):
        with pytest.raises(ImageError, match=r"^picture: is damaged"):
            load_picture(saved(frames(10), "PDF")[:200])


class TestHeif:
    def test_a_picture_as_telephones_take_them(self):
        heif = pytest.importorskip("pillow_heif", reason="needs the extra heif")
        file = io.BytesIO()
        heif.from_pillow(Image.new("RGB", (60, 40), (200, 200, 200))).save(file)
        assert chosen_frames(file.getvalue()) == [1]
        picture = load_picture(file.getvalue(), max_side=30)
        assert (picture.width, picture.height, picture.pixels.shape) == (60, 40, (20, 30, 3))
        assert abs(int(picture.pixels.mean()) - 200) < 4


class TestMissingExtras:
    @pytest.mark.parametrize(
        ("content", "package", "extra"),
        [
            (b"%PDF-1.4", "pypdfium2", "pdf"),
            (b"\0\0\0\x1cftypheic\0\0\0\0", "pillow_heif", "heif"),
        ],
    )
    def test_the_command_that_installs_them_is_named(self, monkeypatch, tmp_path, content, package, extra):
        monkeypatch.setitem(sys.modules, package, None)
        path = tmp_path / "a"
        path.write_bytes(content)
        with pytest.raises(MissingExtraError) as caught:
            load_picture(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert str(caught.value).endswith(f"is not installed: pip install 'ocr_cli[{extra}]'")
        with pytest.raises(MissingExtraError):
            chosen_frames(path, PageRanges.parse("2"))


def test_a_folder_s_pictures_include_pdf_and_heic(tmp_path):
    for name in ("a.PDF", "b.heic", "c.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["a.PDF", "b.heic"]
