import os
import signal

from ocr_cli.speed.process import alone_on_a_core

# Before NumPy is imported: tests run on all cores already, and threads that wait for each other's core triple
# the time of the suite.
alone_on_a_core()

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from ocr_cli import Alternative, Box, Character, Line, Page, Word  # noqa: E402
from ocr_cli.datasets.synthetic import draw_dataset  # noqa: E402

# What takes long on a busy machine is not wrong.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell starts jobs in the background with Ctrl-C ignored, and they hand that on; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """The blocks of a page of the documentation take longest: what begins last ends alone on its core."""
    items.sort(key=lambda item: "test_blocks_run" not in item.name)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path_factory):
    """Whoever runs the tests may have settings of their own, in files and in the environment."""
    for name in list(os.environ):
        if name.startswith("OCR_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-settings"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    """Sixty characters of three classes in a file such as a user has."""
    samples = draw_dataset("AX1", writers=20, samples_per_class=1, seed=5)
    path = tmp_path_factory.mktemp("data") / "letters.npz"
    np.savez(path, images=samples.images, labels=samples.labels)
    return path


@pytest.fixture
def make_page():
    """Lays texts out as a typewriter would: letters 20 wide and 30 high in cells of 24 x 40 pixels."""

    def make(*texts, width=400, height=300, source=None):
        lines = []
        for row, text in enumerate(texts):
            words, column = [], 0
            for word in text.split(" "):
                characters = []
                for letter in word:
                    left, top = 10 + 24 * column, 20 + 40 * row
                    box = Box(left, top, left + 20, top + 30)
                    characters.append(Character(box, letter, 0.9, (Alternative("?", 0.1),)))
                    column += 1
                words.append(Word(tuple(characters)))
                column += 1
            lines.append(Line(tuple(words)))
        return Page(width, height, tuple(lines), source)

    return make
