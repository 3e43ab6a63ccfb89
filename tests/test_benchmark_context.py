"""The benchmark of geometry, language and gaps: it must still switch off what it says, and nothing else."""

from pathlib import Path

import context
import numpy as np

from ocr_cli import Reader
from ocr_cli.decoding.measures import GapModel
from ocr_cli.evaluation.pages import Comparison

SAMPLE = Path(__file__).parents[1] / "samples" / "table.jpg"


def test_strings_are_drawn_alike_each_time():
    picture, lines = context.draw_strings(3)
    again, same = context.draw_strings(3)
    assert np.array_equal(picture, again)
    assert lines == same
    assert len(lines) == context.LINES
    assert {kind for kind, _ in lines} <= set(context.KINDS)


def test_gaps_that_say_nothing():
    assert (context.no_gaps([[1.0]])[0].log_odds([0.0, 3.0]) == 0).all()
    assert (GapModel(0.5, 0.5).log_odds([0.0, 3.0]) != 0).all()


def test_the_tables(capsys):
    context.compare_parts([SAMPLE], "block", Comparison())
    parts = capsys.readouterr().out.splitlines()
    assert parts[2] == "| all | 0.00 | 0.00 | 0.00 |"
    assert float(parts[5].split("|")[3]) > 0  # without gaps
    context.compare_strings(context.LINES, "block")
    assert capsys.readouterr().out.splitlines()[-1].startswith("| all |")


def test_without_prices_shape_alone_speaks_for_an_arc():
    found = Reader().rows(SAMPLE)
    row = found.writing()[0]
    plain = context.without_prices(row, found.scorer)
    letters = np.isfinite(row.scores.characters)
    assert (plain.scores.characters[letters] >= row.scores.characters[letters] - 1e-9).all()
    assert (plain.scores.characters[letters] > row.scores.characters[letters]).any()
    assert np.array_equal(plain.scores.dirt, row.scores.dirt)
