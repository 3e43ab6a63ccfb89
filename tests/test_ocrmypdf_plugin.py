"""The engine in the real OCRmyPDF, and what it writes by itself."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

pikepdf = pytest.importorskip("pikepdf")
pdfium = pytest.importorskip("pypdfium2")
try:
    from ocr_cli import ocrmypdf_plugin as plugin
except ImportError:
    pytest.skip("OCRmyPDF is not installed", allow_module_level=True)

NOTE = Path(__file__).parents[1] / "samples" / "note.jpg"
FIRST = "DEAR ANNA"


@pytest.fixture
def options():
    return SimpleNamespace(languages=["eng"], ocr_model="block")


@pytest.fixture
def note(tmp_path):
    """The sample as OCRmyPDF hands pictures to engines."""
    path = tmp_path / "page.png"
    with Image.open(NOTE) as image:
        image.save(path, dpi=(150, 150))
    return path


def text_of(path):
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(path))


def test_a_pdf_of_nothing_but_text_has_the_size_of_the_picture(note, options, tmp_path):
    engine = plugin.get_ocr_engine()
    engine.generate_pdf(note, tmp_path / "out.pdf", tmp_path / "out.txt", options)
    assert (tmp_path / "out.txt").read_text().startswith(FIRST)
    assert text_of(tmp_path / "out.pdf").startswith(FIRST)
    with Image.open(note) as image:
        expected = [72 * side / 150 for side in image.size]
    assert list(pdfium.PdfDocument(tmp_path / "out.pdf")[0].get_size()) == pytest.approx(expected, abs=0.1)


def test_hocr(note, options, tmp_path):
    plugin.HandwritingEngine.generate_hocr(note, tmp_path / "out.hocr", tmp_path / "out.txt", options)
    assert "ocrx_word" in (tmp_path / "out.hocr").read_text()
    assert (tmp_path / "out.txt").read_text().startswith(FIRST)


@pytest.mark.parametrize(
    ("codes", "language"),
    [(["eng"], "en"), (["de"], "de"), (["deu", "ger"], "de"), (["eng", "fra"], "any"), ([], "any")],
)
def test_languages(codes, language):
    assert plugin._language(codes) == language
    assert set(codes) <= plugin.HandwritingEngine.languages(None)


@pytest.mark.parametrize("renderer", ["auto", "sandwich"])
def test_the_real_program_makes_an_archive_copy(tmp_path, renderer):
    with Image.open(NOTE) as image:
        image.save(tmp_path / "in.pdf", resolution=150, quality=75)
    command = [
        sys.executable,
        "-m",
        "ocrmypdf",
        "--plugin",
        "ocr_cli.ocrmypdf_plugin",
        "--ocr-model",
        "block",
    ]
    command += ["--pdf-renderer", renderer, "--output-type", "pdfa", "--optimize", "0", "--jobs", "1"]
    done = subprocess.run(
        [*command, "--sidecar", tmp_path / "side.txt", tmp_path / "in.pdf", tmp_path / "out.pdf"],
        capture_output=True,
        text=True,
    )
    if done.returncode == 3:
        pytest.skip(f"a program that OCRmyPDF needs is not installed: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "side.txt").read_text().startswith(FIRST)
    assert "DEAR" in text_of(tmp_path / "out.pdf")
    with pikepdf.open(tmp_path / "out.pdf") as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status
        assert "ocr_cli" in str(metadata["xmp:CreatorTool"])
