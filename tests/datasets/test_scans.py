import numpy as np
import pytest

from ocr_cli.datasets.scans import Scans


def box(height, width):
    crop = np.zeros((32, 32), np.uint8)
    crop[4 : 4 + height, 6 : 6 + width] = 255
    return crop[None]


@pytest.fixture
def scans():
    return Scans({"A": box(24, 12), "a": box(20, 20), "p": box(24, 10), "Q": np.zeros((0, 32, 32), np.uint8)})


def nobody(text, height):
    return None


def dot(text, height):
    return (np.ones((4, 4), np.float32), 0.0) if text == "." else None


def spans(ink):
    """First and last columns of what stands apart."""
    inked = np.flatnonzero(np.diff((ink > 0.5).any(axis=0), prepend=False, append=False))
    return inked.reshape(-1, 2)


def test_characters_stand_as_high_as_their_rows_of_the_table_say(scans):
    text, ink = scans.line("A a p", 50.0, np.random.default_rng(0), nobody)
    assert text == "A a p"
    tops, bottoms = [], []
    for first, last in spans(ink):
        rows = np.flatnonzero((ink[:, first:last] > 0.5).any(axis=1))
        tops.append(rows[0])
        bottoms.append(rows[-1])
    assert len(tops) == 3
    assert tops[1] - tops[0] == pytest.approx(0.42 * 50, abs=12)
    assert bottoms[2] - bottoms[0] == pytest.approx(0.42 * 50, abs=12)
    assert bottoms[1] == pytest.approx(bottoms[0], abs=8)


def test_what_nobody_scanned_is_drawn_or_left_out(scans):
    rng = np.random.default_rng(1)
    assert scans.line("AQ.", 40.0, rng, dot)[0] == "A."
    assert scans.line("Q?", 40.0, rng, dot) is None
    assert scans.line("", 40.0, rng, dot) is None


def test_the_same_seed_makes_the_same_line(scans):
    one, other = (scans.line("AaA", 30.0, np.random.default_rng(5), nobody)[1] for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.dtype == np.float32
    assert 0 <= one.min() <= one.max() <= 1
