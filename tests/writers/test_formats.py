import subprocess
import sys

import pytest
from PIL import Image

from ocr_cli import Page
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.provenance import Provenance


def white():
    return Image.new("RGB", (100, 100), "white")


def written(name, *pages):
    """The pages' file in a format."""
    writer = FORMATS[name].open(Provenance())
    picture = white if FORMATS[name].needs_picture else None
    return b"".join([*(writer.add(page, picture) for page in pages), writer.finish()])


def test_each_format_has_its_own_name_and_suffix():
    assert all(name == one.name for name, one in FORMATS.items())
    suffixes = [one.suffix for one in FORMATS.values()]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") for suffix in suffixes)


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_page_is_taken_or_refused_as_said(name, make_page):
    page = make_page("HI", width=100, height=100)
    if FORMATS[name].one_page_a_file:
        with pytest.raises(ValueError, match="one page"):
            written(name, page, page)
    else:
        assert len(written(name, page, page)) > len(written(name, page))


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.needs_picture])
def test_without_the_picture_that_it_needs_nothing_is_written(name):
    with pytest.raises(ValueError, match="picture"):
        FORMATS[name].open().add(Page(100, 100))


def test_knowing_the_formats_imports_no_writer():
    script = "import sys, ocr_cli.writers.formats; print(sorted(n for n in sys.modules if 'ocr_cli.w' in n))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    known = [f"ocr_cli.writers{name}" for name in ("", ".formats", ".protocol", ".provenance")]
    assert done.stdout.strip() == str(known)


def test_the_time_of_writing_can_be_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert Provenance().created.isoformat() == "1970-01-02T00:00:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert Provenance().created.year > 1970
