import io
from dataclasses import replace

import pytest
from PIL import Image

from ocr_cli.writers.pdf_layer import PdfLayerWriter
from ocr_cli.writers.provenance import Provenance

pdfium = pytest.importorskip("pypdfium2")
pikepdf = pytest.importorskip("pikepdf")


@pytest.fixture
def document():
    """Two pages of 96 x 72 points, 400 x 300 pixels as they are read, with an outline, a link and a title."""
    file = io.BytesIO()
    sheet = Image.new("RGB", (96, 72), "white")
    sheet.save(file, "PDF", save_all=True, append_images=[sheet], title="Letters", resolution=72)
    with pikepdf.open(file) as pdf:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Second", 1))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"),
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


def layered(document, *pages, provenance=None):
    writer = PdfLayerWriter(document, "scans/letters.pdf", 1 << 20, provenance)
    return b"".join([*(writer.add(page) for page in pages), writer.finish()])


def changed(document, change):
    with pikepdf.open(io.BytesIO(document)) as pdf:
        change(pdf)
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


def boxes(page):
    found = page.get_textpage()
    return [found.get_charbox(index, loose=True) for index in range(found.count_chars())]


def test_all_but_the_text_stays(document, make_page):
    content = layered(document, make_page("AB C"), replace(make_page("D"), frame=2))
    pages = pdfium.PdfDocument(content)
    assert [page.get_textpage().get_text_range() for page in pages] == ["AB C", "D"]
    assert [page.get_size() for page in pages] == [(96, 72)] * 2
    with pikepdf.open(io.BytesIO(content)) as pdf, pikepdf.open(io.BytesIO(document)) as before:
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Second"]
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://example.org"
        assert str(pdf.docinfo["/Title"]) == "Letters"
        for page, old in zip(pdf.pages, before.pages, strict=True):
            ((_, image),), ((_, other),) = (one.Resources.XObject.items() for one in (page, old))
            assert image.read_raw_bytes() == other.read_raw_bytes()
    assert len(content) < 1.1 * len(document) + 2 * 5000


def test_pages_that_were_not_read_stay_as_they_are(document, make_page):
    pages = pdfium.PdfDocument(layered(document, replace(make_page("D"), frame=2)))
    assert [page.get_textpage().get_text_range() for page in pages] == ["", "D"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_words_are_where_they_are_written_however_the_page_is_turned(document, make_page, turn):
    def change(pdf):
        pdf.pages[0].MediaBox = [-10, -20, 200, 200]
        pdf.pages[0].CropBox = [0, 0, 96, 72]
        pdf.pages[0].Rotate = turn

    size = (300, 400) if turn in (90, 270) else (400, 300)
    content = layered(changed(document, change), make_page("AB", width=size[0], height=size[1]))
    page = pdfium.PdfDocument(content)[0]
    # A is read at 10 to 30 and 20 to 50 pixels from the left and top of the page as it is shown.
    x0, y0, x1, y1 = boxes(page)[0]
    corners = [page_point(turn, x, y) for x, y in ((x0, y0), (x1, y1))]
    left, right = sorted(x for x, _ in corners)
    top, bottom = sorted(y for _, y in corners)
    assert (left, top) == pytest.approx((10 * 0.24, 20 * 0.24), abs=0.15)
    assert bottom == pytest.approx(50 * 0.24, abs=0.15)
    assert 20 * 0.24 < right - left + 0.15 < 25 * 0.24


def page_point(turn, x, y):
    """Where a point of the page as it is drawn is shown, from the upper left corner."""
    return {0: (x, 72 - y), 90: (y, x), 180: (96 - x, y), 270: (72 - y, 96 - x)}[turn]


def test_what_a_page_leaves_undone_does_not_move_the_text(document, make_page):
    def change(pdf):
        pdf.pages[0].contents_add(pdf.make_stream(b"q 5 0 0 5 100 100 cm"))

    page = pdfium.PdfDocument(layered(changed(document, change), make_page("AB")))[0]
    assert page.get_textpage().get_text_range() == "AB"


def test_a_title_and_a_language_where_there_are_none(document, make_page):
    def change(pdf):
        del pdf.docinfo["/Title"]

    content = layered(changed(document, change), make_page("A"), provenance=Provenance(language="de"))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert (str(pdf.docinfo["/Title"]), str(pdf.Root.Lang)) == ("letters", "de")
