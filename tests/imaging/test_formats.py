import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, features

from ocr_cli.errors import ImageError
from ocr_cli.imaging import load_picture, pictures_in
from ocr_cli.imaging.formats import FORMATS, SPOKEN, picture_endings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "read.md"


def encoded(kind):
    file = io.BytesIO()
    Image.new("L", (40, 30), 200).save(file, kind)
    return file.getvalue()


# Of a telephone's second view, the first picture is a JPEG.
@pytest.mark.parametrize("kind", [*FORMATS, "MPO"])
def test_what_people_have_is_opened(kind):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    picture = load_picture(encoded(kind))
    assert picture.pixels.shape == (30, 40, 3)
    assert abs(int(picture.pixels.mean()) - 200) < 3


# Formats that Pillow itself opens by default, some with holes that are known.
@pytest.mark.parametrize("kind", ["PCX", "TGA", "ICO", "SGI", "DDS", "QOI"])
def test_no_other_format_is_opened_whatever_its_name(tmp_path, kind):
    Image.init()
    if kind not in Image.SAVE:
        pytest.skip(f"this Pillow writes no {kind}")
    path = tmp_path / "page.png"
    Image.new("RGB", (40, 30)).save(path, kind)
    with Image.open(path) as opened:
        assert opened.format == kind
    with pytest.raises(ImageError, match="is not a picture in a known format"):
        load_picture(path)


@pytest.mark.parametrize("content", [b"8BPS\0\1" + bytes(60), b"SIMPLE  =                    T" + bytes(60)])
def test_the_modules_of_other_formats_are_not_even_imported(tmp_path, content):
    path = tmp_path / "page.jpg"
    path.write_bytes(content)
    script = (
        "import sys\nfrom ocr_cli.errors import ImageError\nfrom ocr_cli.imaging import load_picture\n"
        "try:\n    load_picture(sys.argv[1])\nexcept ImageError:\n    pass\n"
        "print(sorted(name for name in sys.modules if name in ('PIL.PsdImagePlugin', 'PIL.FitsImagePlugin')))"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_endings_are_those_of_the_formats(tmp_path):
    endings = picture_endings()
    assert {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".jp2", ".pgm"} <= endings
    assert {".pdf", ".heic"} <= endings
    assert endings.isdisjoint({".psd", ".fits", ".eps", ".ico", ".txt", ".h5"})
    for name in ("a.psd", "b.png", "c.fits"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["b.png"]


def test_the_help_and_the_reference_say_which(ocr_help):
    assert SPOKEN in ocr_help
    assert SPOKEN in " ".join(REFERENCE.read_text(encoding="utf-8").split())


@pytest.fixture
def ocr_help():
    from click.testing import CliRunner

    from ocr_cli.cli import main

    return " ".join(CliRunner().invoke(main, ["read", "--help"]).output.split())
