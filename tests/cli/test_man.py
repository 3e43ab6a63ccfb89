import shutil
import subprocess

import pytest

from ocr_cli.cli.man import _plain
from ocr_cli.cli.table import COMMANDS
from ocr_cli.errors import ExitCode


@pytest.fixture
def pages(ocr, tmp_path):
    """All pages, name to file."""
    result = ocr("man", "--output-dir", tmp_path / "man1")
    assert (result.status, result.out) == (0, "")
    return {path.stem: path for path in sorted((tmp_path / "man1").iterdir())}


def test_each_command_has_a_page(ocr, pages):
    within = {"ocr-models-use", "ocr-form-new", "ocr-form-check", "ocr-form-edit"}
    assert set(pages) == {"ocr", *within, *(f"ocr-{name}" for name in COMMANDS)}
    assert all(name in ocr("--help").out for name in COMMANDS)


def test_a_page_says_what_the_help_says(ocr, pages):
    out = ocr("man", "read").out
    assert out == pages["ocr-read"].read_text(encoding="ascii")
    assert out.startswith('.TH "OCR-READ" "1"')
    assert r"\fB\-m, \-\-model NAME|PATH\fR" in out
    for code in ExitCode:
        assert f"\\fB{code.value}\\fR\n{_plain(code.meaning)}\n" in out
    assert ".SS What is known of the text" in out
    assert r"\fBread\fR" in ocr("man").out
    assert "ocr\\-models\\-use" in ocr("man", "models", "use").out


@pytest.mark.parametrize(
    "check", [["groff", "-man", "-ww", "-Tutf8", "-z"], ["mandoc", "-T", "lint", "-W", "warning"]]
)
def test_formatters_have_nothing_to_say(pages, check):
    if shutil.which(check[0]) is None:
        pytest.skip(f"{check[0]} is not installed")
    for path in pages.values():
        done = subprocess.run([*check, path], capture_output=True, text=True)
        said = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
        assert said == []


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        (".br", r"\&.br"),
        ("'so", r"\(aqso"),
        (r"a\b", r"a\eb"),
        ("--x", r"\-\-x"),
        ("ü😀", r"\[u00FC]\[u1F600]"),
        ("~^`", r"\(ti\(ha\(ga"),
    ],
)
def test_nothing_in_a_text_is_a_command(text, set_as):
    assert _plain(text) == set_as


def test_wrong_usage(ocr, tmp_path):
    assert ocr("man", "nosuch").status == 2
    assert ocr("man", "read", "--output-dir", tmp_path).status == 2


def test_where_nothing_can_be_written(ocr, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = ocr("man", "--output-dir", tmp_path / "file")
    assert status == 4
    assert err.count("\n") == 1
