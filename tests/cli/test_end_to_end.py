"""The shipped model on the shipped samples, through the command line as users call it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_cli import Page

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "samples").glob("*.jpg"))


def written(sample):
    return sample.with_suffix(".gt.txt").read_text(encoding="utf-8")


def ocr(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ocr_cli", *map(str, arguments)], capture_output=True, check=False, **options
    )


def edits(read, truth):
    """Levenshtein's distance."""
    row = list(range(len(truth) + 1))
    for i, a in enumerate(read, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(truth, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """All samples read in one go: the pages and the folder with their boxes."""
    folder = tmp_path_factory.mktemp("boxes")
    done = ocr("read", *SAMPLES, "--format", "json", "--boxes", folder / "page.png")
    assert (done.returncode, done.stderr) == (0, b"")
    return [Page.from_dict(json.loads(line)) for line in done.stdout.splitlines()], folder


def test_there_are_samples():
    assert len(SAMPLES) >= 6


@pytest.mark.parametrize("number", range(len(SAMPLES)), ids=[sample.stem for sample in SAMPLES])
def test_a_sample_is_read_line_by_line(batch, number):
    page, truth = batch[0][number], written(SAMPLES[number]).splitlines()
    assert page.source == str(SAMPLES[number])
    assert len(page.lines) == len(truth)
    letters = [
        (line.text.replace(" ", ""), text.replace(" ", ""))
        for line, text in zip(page.lines, truth, strict=True)
    ]
    assert sum(edits(*pair) for pair in letters) <= 0.04 * sum(len(text) for _, text in letters)


def test_the_spaces_are_mostly_right_as_well(batch):
    pages = [(page.text, written(sample).strip()) for page, sample in zip(batch[0], SAMPLES, strict=True)]
    assert sum(edits(*pair) for pair in pages) <= 0.05 * sum(len(text) for _, text in pages)


def test_characters_lie_inside_the_picture_and_in_reading_order(batch):
    for page in batch[0]:
        for line in page.lines:
            lefts = [c.box.left for c in line.characters]
            assert lefts == sorted(lefts)
            assert line.box.right <= page.width
            assert line.box.bottom <= page.height


def test_each_page_has_its_boxes(batch):
    names = {path.name for path in batch[1].iterdir()}
    assert names == {f"page-{n}.png" for n in range(1, len(SAMPLES) + 1)}


def test_the_readme_shows_what_its_first_command_prints(batch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command, output = re.search(r"```sh\n(python3 .+)\n```\n\n```text\n(.+?)```", readme, re.DOTALL).groups()
    sample = command.rsplit(" ", 1)[1]
    page = batch[0][SAMPLES.index(ROOT / sample)]
    assert command.endswith(f"ocr read {sample}")
    assert output == f"{page.text}\n"


def test_standard_input_reads_the_same_as_a_file(batch):
    by_pipe = ocr("read", input=SAMPLES[0].read_bytes())
    assert (by_pipe.returncode, by_pipe.stderr) == (0, b"")
    assert by_pipe.stdout.decode() == f"{batch[0][0].text}\n" != "\n"


_MOVES_NOTHING = """
import os, sys, threading
moved, started = [], threading.Event()
put, begin = os.putenv, threading.Thread.start

def putenv(name, value):
    if started.is_set():
        moved.append(name)
    put(name, value)

def start(thread):
    started.set()
    begin(thread)

os.putenv = putenv
threading.Thread.start = start
leave = os._exit
os._exit = lambda status: (sys.stderr.write(f"{started.is_set()} {moved}"), sys.stderr.flush(), leave(status))
from ocr_cli.__main__ import main
sys.argv = ["ocr", "read", sys.argv[1]]
main()
"""


def test_the_environment_stays_as_it_is_while_threads_run():
    """NumPy sets a variable while it is imported, libjpeg looks for one while it decodes: that crashed."""
    bare = {name: value for name, value in os.environ.items() if "BLAS" not in name}
    command = [sys.executable, "-c", _MOVES_NOTHING, ROOT / "samples" / "note.jpg"]
    done = subprocess.run(command, capture_output=True, text=True, env=bare)
    assert done.returncode == 0
    # A copy that reads half of the rows, where the page has so many, says it as well.
    assert done.stderr in ("True []", "True []" * 2)
