import importlib
import io
import runpy
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageDraw

from ocr_cli.cli import main

FAKE = Path(__file__).with_name("fake_reader.py")
HOLDERS = ("evaluation.run", "forms.reader", "learning.collection", "learning.run", "serving.service")
"""Modules that take the reader when they are imported."""


class Result(NamedTuple):
    status: int
    out: str
    err: str


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.fixture
def fake_reader(monkeypatch):
    """The class that stands in for the reader; its ``models`` lists those that were loaded."""
    for name in HOLDERS:
        # With the fake, they would keep it for whatever test comes next.
        importlib.import_module(f"ocr_cli.{name}")
    monkeypatch.setitem(sys.modules, "ocr_cli.reader", None)  # Restored after the test.
    fake = runpy.run_path(str(FAKE))
    fake["install"]()
    return fake["Reader"]


@pytest.fixture
def ocr(capfd, monkeypatch):
    """Runs a command in this process. Standard input is a terminal unless bytes are given."""

    def run(*arguments, stdin=None):
        stream = Terminal(io.BytesIO()) if stdin is None else io.TextIOWrapper(io.BytesIO(stdin))
        monkeypatch.setattr("sys.stdin", stream)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments], prog_name="ocr")
        captured = capfd.readouterr()
        return Result(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def process():
    """Starts a command with the fake reader in a process of its own; keyword arguments go to Popen."""

    def start(*arguments, **options):
        # Its own processes must be able to import the fake reader, too.
        script = f"import sys; sys.path.insert(0, {str(FAKE.parent)!r}); import fake_reader"
        script += "; fake_reader.install(); from ocr_cli.cli import main; main(prog_name='ocr')"
        return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], **options)

    return start


@pytest.fixture
def picture(tmp_path):
    """Draws a picture file; ``ink=None`` leaves it blank."""

    def draw(name, *, mode="L", paper=255, ink=0, size=(60, 40), **options):
        path = tmp_path / name
        image = Image.new(mode, size, paper)
        if ink is not None:
            ImageDraw.Draw(image).rectangle((1, 1, 20, 8), fill=ink)
        image.save(path, **options)
        return path

    return draw
