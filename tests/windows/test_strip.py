import numpy as np
import pytest

from ocr_cli.windows.strip import CELL, HEIGHT, INPUTS, columns, straighten


def block(height, width, top, left=0):
    """A row of letters that fill their height."""
    ink = np.zeros((height, width), np.float32)
    ink[top : top + 30, left::12] = 1
    ink[top : top + 30, left + 1 :: 12] = 1
    return ink


@pytest.mark.parametrize("size", [1, 3])
def test_capitals_are_half_as_high_as_the_strip_whatever_their_size(size):
    ink = np.kron(block(60, 120, 10), np.ones((size, size), np.float32))
    strip = straighten(ink, np.full(120 * size, 25.0 * size), 30.0 * size)
    rows = np.flatnonzero((strip.ink > 60).any(axis=1))
    assert strip.ink.shape[0] == HEIGHT
    assert strip.ink.shape[1] % CELL == 0
    assert rows[-1] - rows[0] == pytest.approx(HEIGHT / 2, abs=HEIGHT / 16)
    assert (rows[-1] + rows[0]) / 2 == pytest.approx(HEIGHT / 2, abs=HEIGHT / 32)


def test_a_row_that_falls_is_level_on_its_strip():
    ink = np.zeros((90, 240), np.float32)
    for x in range(0, 240, 8):
        ink[10 + x // 5 : 40 + x // 5, x : x + 2] = 1
    strip = straighten(ink, 25.0 + np.arange(240) / 5, 30.0)
    rows = np.flatnonzero((strip.ink > 60).any(axis=1))
    assert rows[-1] - rows[0] == pytest.approx(HEIGHT / 2, abs=HEIGHT / 16)


def test_places_of_the_page_are_found_again():
    ink = np.zeros((40, 200), np.float32)
    ink[5:35, 150:154] = 1
    strip = straighten(ink, np.full(200, 20.0), 30.0)
    frame = int(strip.frame(152.0))
    assert strip.ink[:, CELL * frame : CELL * (frame + 1)].max() > 60


def test_dashes_alone_are_not_blown_up():
    ink = np.zeros((40, 100), np.float32)
    ink[20:22, 30:60] = 1
    strip = straighten(ink, np.full(100, 20.0), 30.0)
    assert strip.scale == pytest.approx(HEIGHT / 30, rel=0.05)


def test_a_strip_without_ink_has_columns_all_the_same():
    seen = columns(np.zeros((HEIGHT, 5 * CELL), np.uint8))
    assert seen.shape == (5, INPUTS)
    assert np.ptp(seen) == 0


def test_columns_tell_the_side_of_a_stroke():
    ink = np.zeros((HEIGHT, 8 * CELL), np.uint8)
    ink[:, 4 * CELL :] = 255
    planes = columns(ink).reshape(8, 2, 8, -1)
    # Where ink begins to the right, it grows to the right; each frame is seen in two halves.
    assert planes[3:5, :, 0].max() > planes[3:5, :, 4].max()
    assert planes[3, 1, 0].max() > planes[3, 0, 0].max()
    assert planes[4, 0, 0].max() > planes[4, 1, 0].max()


def test_a_long_strip_is_seen_as_its_parts_are():
    ink = np.random.default_rng(0).integers(0, 256, (HEIGHT, 200 * CELL), np.uint8)
    seen = columns(ink)
    for first in range(0, 200, 40):
        part = ink[:, first * CELL : (first + 40) * CELL]
        np.testing.assert_array_equal(columns(part)[1:-1], seen[first + 1 : first + 39])
