from __future__ import annotations

from pathlib import Path

import pytest

from ocr_cli import Reader, ReadOptions

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def block_reader() -> Reader:
    """Reads shapes, without a language."""
    return Reader("block", ReadOptions(language=None))


@pytest.fixture(scope="session")
def table() -> tuple[Path, str]:
    """A sample page and its text: four lines."""
    return SAMPLES / "table.jpg", (SAMPLES / "table.gt.txt").read_text()
