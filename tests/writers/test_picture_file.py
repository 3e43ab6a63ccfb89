import io

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps

from ocr_cli import Page
from ocr_cli.writers.pdf import PdfWriter
from ocr_cli.writers.picture_file import PictureFile, picture_file

pdfium = pytest.importorskip("pypdfium2")


def drawn(mode="RGB", size=(120, 80)):
    """A picture that is another one however it is turned."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((4, 4, 50, 20), fill="black")
    pen.rectangle((4, 20, 14, 70), fill="black")
    return image.convert(mode)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def upright(content, frame=1):
    with Image.open(io.BytesIO(content)) as image:
        image.seek(frame - 1)
        return ImageOps.exif_transpose(image).convert("RGB")


def of(content, frame=1):
    return picture_file(content, frame, upright(content, frame))


def shown(file, scale=1.0):
    picture = file()
    writer = PdfWriter()
    content = writer.add(Page(*picture.size), file) + writer.finish()
    page = pdfium.PdfDocument(content)[0]
    return page.get_size(), page.render(scale=scale).to_pil().convert("RGB"), content


def look_alike(one, other):
    return max(
        high for _, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_file_is_kept_and_shown_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(drawn(), kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))
    file = of(content)
    assert file.content == content
    assert look_alike(file(), upright(content)) == 0
    size, picture, _ = shown(file)
    assert size == upright(content).size
    assert ImageChops.difference(
        picture.resize((12, 12)), upright(content).resize((12, 12))
    ).getbbox() is None or (look_alike(picture.resize((12, 12)), upright(content).resize((12, 12))) < 40)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_rows_of_a_png_file_are_taken_over(mode):
    content = saved(drawn(mode), "PNG")
    _, picture, pdf = shown(of(content))
    assert look_alike(picture, drawn()) == 0
    assert content[content.index(b"IDAT") + 4 :][:20] in pdf


@pytest.mark.parametrize(
    ("mode", "kind"), [("LA", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG"), ("RGB", "WEBP")]
)
def test_what_pdf_cannot_show_is_saved_anew(mode, kind):
    content = saved(drawn("L").convert(mode), kind)
    file = picture_file(content, 1, drawn())
    assert file.content != content
    assert look_alike(shown(file)[1].resize((12, 12)), drawn().resize((12, 12))) < 40


@pytest.mark.parametrize("compression", ["group4", "raw", "tiff_lzw"])
def test_two_colours_become_fax(compression):
    big = drawn("1", (1200, 800))
    content = saved(big, "TIFF", compression=compression)
    file = of(content)
    _, picture, pdf = shown(file)
    assert b"/CCITTFaxDecode" in pdf
    assert len(pdf) < 4000
    assert look_alike(picture.resize((12, 8)), big.convert("RGB").resize((12, 8))) < 60


def test_grey_stays_grey_and_is_not_lost_in():
    content = saved(drawn("L"), "TIFF", compression="tiff_lzw")
    file = of(content)
    assert file().mode == "L"
    assert look_alike(file(), drawn()) == 0


def test_a_frame_of_a_file_is_that_frame():
    content = saved(drawn("L"), "TIFF", save_all=True, append_images=[ImageOps.flip(drawn("L"))])
    assert look_alike(of(content, 2)(), ImageOps.flip(drawn())) == 0


@pytest.mark.parametrize(
    ("size", "dots", "points"),
    [
        ((1748, 2480), (300, 300), (419.52, 595.2)),
        ((1654, 2339), (200, 100), (595.44, 1684.08)),
        ((794, 1123), (96, 96), (595.5, 842.25)),
        ((4000, 3000), (72, 72), (842, 631.5)),
        ((4000, 3000), None, (842, 631.5)),
        ((400, 300), (5, 5), (400, 300)),
    ],
)
def test_the_page_has_the_size_that_its_dots_say_if_that_may_be(size, dots, points):
    options = {} if dots is None else {"dpi": dots}
    content = saved(Image.new("L", size, 255), "TIFF", compression="tiff_deflate", **options)
    assert shown(of(content), 0.1)[0] == pytest.approx(points, abs=0.5)


def test_a_page_of_a_document_has_its_size():
    assert shown(picture_file(b"%PDF-1.4", 1, drawn(), (300.0, 200.0)))[0] == (300, 200)


def test_without_the_file_it_is_what_was_decoded():
    file = picture_file(None, 1, drawn())
    assert file == PictureFile(file.content)
    assert file.content.startswith(b"\xff\xd8")
