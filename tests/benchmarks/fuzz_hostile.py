"""Kinds of input that a grammar makes (``fuzz_grammars``, ``fuzz_texts``), and what is done with them."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import fuzz_grammars as grammars
import fuzz_texts as texts
from fuzz_kinds import Kind, drawn_letters, drawn_page, page_array, refused_by, small_model
from fuzz_pictures import Files
from fuzz_sealed import changed_value

from ocr_cli.batch.sources import Selection, Source
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.evaluation.transcript_files import read_transcript
from ocr_cli.imaging.load import load_picture
from ocr_cli.learning.collection import find_collection
from ocr_cli.reader import Reader


def hostile_kinds() -> dict[str, Kind]:
    """All of them, by name; with a good input of each."""
    page, letters, model = drawn_page(), drawn_letters(), small_model("float32")
    read = Reader().read(page_array()).to_dict()
    base: Files = {"page.png": page, "page.gt.txt": b"AB 12\n", "letters.npz": letters}

    def call(*arguments: str) -> list[Files]:
        return [{"command.json": json.dumps(arguments).encode(), **base}]

    return {
        "special, by command": Kind(0.06, _call, call("read", "page.png"), make=grammars.special(page)),
        "option, by command": Kind(
            0.14, _call, call("read", "page.png", "--page", "1"), make=grammars.with_options(page, letters)
        ),
        "names, by command": Kind(
            0.05,
            _call,
            [{**call("read", "--files-from", "list")[0], "list": b"page.png\n"}],
            make=grammars.names(page),
        ),
        "models, by command": Kind(0.03, _list_models, call("models"), make=grammars.models(model)),
        "settings made": Kind(0.06, _config, [{"ocr.toml": b"quiet = true\n"}], make=texts.settings),
        "pattern": Kind(0.05, _pattern, [{"pattern.txt": b"AA-999"}], make=texts.pattern),
        "lexicon made": Kind(0.04, _lexicon, [{"words.txt": b"ab\n"}], make=texts.lexicon),
        "transcript made": Kind(
            0.12,
            _transcript,
            [{"page.hocr": b"<p class=ocr_line>AB"}],
            make=texts.transcript(read, changed_value),
        ),
        "many pages": Kind(0.02, _pages, [{"page.png": page}], make=grammars.many_pages),
    }


def _call(path: Path) -> bool:
    arguments = json.loads(path.read_text())
    with _inside(path.parent):
        return refused_by(*arguments, folder=path.parent, legible=True)


def _list_models(path: Path) -> bool:
    arguments = json.loads(path.read_text())
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(path.parent / "data")
    try:
        with _inside(path.parent):
            # What is wrong with one of them is said, and the others are listed.
            return refused_by(
                *arguments,
                folder=path.parent,
                legible=True,
                shows="whole.npz" * path.with_name("data").is_dir(),
            )
    finally:
        if before is None:
            del os.environ["XDG_DATA_HOME"]
        else:
            os.environ["XDG_DATA_HOME"] = before


def _config(path: Path) -> bool:
    return refused_by("--config", path, "config", folder=path.parent, legible=True)


def _pattern(path: Path) -> None:
    Pattern([path.read_bytes().decode("utf-8", "surrogatepass")])


def _lexicon(path: Path) -> None:
    lexicon = Lexicon.load(path)
    lexicon.advance([lexicon.START, lexicon.DEAD], [[0], [-1]])


def _transcript(path: Path) -> None:
    if path.suffix == ".csv":
        find_collection([path])
    else:
        read_transcript(path, "page.png")


def _pages(path: Path) -> None:
    frames = Selection().frames(Source(str(path)))
    load_picture(path, frame=frames[-1], max_side=100)


@contextlib.contextmanager
def _inside(folder: Path):  # type: ignore[no-untyped-def]
    """Work in a folder; ``contextlib.chdir`` is of Python 3.11."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
