"""The benchmark of learning must count the errors of the lines that were not learned, and of no others."""

from pathlib import Path

import learning
import pytest

from ocr_cli.evaluation.transcripts import Transcribed

PAGE = Transcribed(Path("page.png"), "First, line\nSECOND\n\nthird one\nFOURTH")


@pytest.fixture
def reads(monkeypatch, make_page):
    """Makes the reader read what it is told, whatever the model."""

    def say(*lines):
        class Fake:
            def __init__(self, model):
                pass

            def read(self, picture):
                return make_page(*lines)

        monkeypatch.setattr(learning, "Reader", Fake)

    return say


@pytest.mark.parametrize(
    ("read", "errors"),
    [
        (("First line", "SECOND", "third one", "FOURTH"), 0),
        (("Frst l1ne", "SFCOND", "third one", "FOURTH"), 0),
        (("First line", "SECOND", "thrd on", "F0URTHH"), 4),
        (("First line", "SECOND"), 14),
        ((), 14),
    ],
)
def test_only_the_second_half_of_a_page_counts(reads, read, errors):
    reads(*read)
    rate = learning.errors_from(None, PAGE, 2)
    assert (rate.errors, rate.count) == (errors, 14)


def test_pages_add_up(reads):
    reads("0NE TW0")
    pages = [Transcribed(Path("a.png"), "ONE TWO"), Transcribed(Path("b.png"), "ONE TEN")]
    rate = learning.errors(None, pages, learning.FOLDED)
    assert (rate.errors, rate.count) == (2, 12)
