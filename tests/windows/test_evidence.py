import itertools

import numpy as np
import pytest

from ocr_cli.network.time_delay import TimeDelayNetwork
from ocr_cli.windows.evidence import SPACE, Said, WindowReader, evidence
from ocr_cli.windows.strip import CELL, HEIGHT, INPUTS, Strip

CLASSES = ("", " ", "a", "b")
PIXELS = 4
"""Of the page, that a frame is wide."""


def said(probabilities, early=0.0):
    frames = len(probabilities)
    strip = Strip(np.zeros((HEIGHT, CELL * frames), np.uint8), 0.0, CELL / PIXELS)
    return Said(np.asarray(probabilities, np.float32), strip, early)


@pytest.fixture
def five():
    """Five frames that say anything."""
    probabilities = np.random.default_rng(0).random((5, 4))
    return said(probabilities / probabilities.sum(axis=1, keepdims=True))


def cost(rows, column):
    """Of saying one character and nothing else, by all rows of frames there are."""
    total = 0.0
    for path in itertools.product(range(4), repeat=len(rows)):
        runs = [one for one, _ in itertools.groupby(0 if one == SPACE else one for one in path) if one]
        if runs == [column]:
            total += rows[np.arange(len(rows)), path].prod()
    return np.log(total)


def test_arcs_are_what_their_frames_say(five):
    """Two atoms, whose border lies in the middle of the gap between them, at frame 2."""
    atoms = np.array([[0, 0, 7, 5], [9, 0, 20, 5]])
    found = evidence(five, np.array([0, 0, 1]), np.array([1, 2, 2]), atoms)
    for row, (start, stop) in zip(found.characters, ((0, 2), (0, 5), (2, 5)), strict=True):
        part = five.probabilities[start:stop]
        assert row == pytest.approx([cost(part, 2), cost(part, 3)], rel=1e-5)
    silence = np.log(five.probabilities[:, :2].sum(axis=1))
    assert found.nothing == pytest.approx([silence[:2].sum(), silence.sum(), silence[2:].sum()], rel=1e-5)


def test_atoms_in_one_frame_have_it_both(five):
    atoms = np.array([[0, 0, 7, 5], [8, 0, 9, 5], [9, 0, 10, 5], [10, 0, 20, 5]])
    found = evidence(five, np.arange(4), np.arange(1, 5), atoms)
    assert np.isfinite(found.characters).all()


def test_long_arcs_do_not_underflow():
    row = said(np.tile([0.0, 0.0, 1.0, 0.0], (900, 1)))
    found = evidence(row, np.array([0]), np.array([1]), np.array([[0, 0, 3600, 9]]))
    assert np.isfinite(found.characters).all()
    assert found.characters[0].argmax() == 0


def test_a_space_is_looked_for_in_the_gap():
    row = np.full((10, 4), 0.02)
    row[:, 0] = 0.94
    row[5] = [0.04, 0.92, 0.02, 0.02]
    atoms = np.array([[0, 0, 8, 9], [10, 0, 16, 9], [26, 0, 40, 9]])
    spaces = evidence(said(row), np.arange(3), np.arange(1, 4), atoms).spaces
    assert spaces.shape == (4,)
    assert spaces[0] == spaces[3] == 0
    assert spaces[1] < -2 < 2 < spaces[2]


def test_letters_end_where_nothing_is_said_and_where_another_is():
    nothing, a, b = [0.9, 0.06, 0.02, 0.02], [0.1, 0.0, 0.8, 0.1], [0.1, 0.0, 0.1, 0.8]
    ends = said([nothing, a, a, nothing, a, b, nothing]).ends()
    assert ends.tolist() == [3.5 * PIXELS, 5.0 * PIXELS]
    assert said([nothing, nothing]).ends().size == 0


def test_a_row_is_read_as_if_paper_went_on_beyond_its_ends():
    network = TimeDelayNetwork.random(
        [(6, (-1, 0, 1), False), (6, (-3, 0, 3), True), (4, (0,), False)], INPUTS, CLASSES, seed=1
    )
    reader = WindowReader(network)
    ink = np.random.default_rng(0).integers(0, 256, (HEIGHT, CELL * 9), np.uint8)
    short = reader.read(Strip(ink, 0.0, 1.0), 0.0).probabilities
    long = reader.read(Strip(np.pad(ink, ((0, 0), (CELL * 5, CELL * 5))), 0.0, 1.0), 0.0).probabilities
    assert short.shape == (9, 4)
    np.testing.assert_allclose(short, long[5:-5], atol=1e-5)
    assert reader.classes == ("a", "b")


def test_what_is_said_early_belongs_to_the_ink_that_follows():
    quiet, loud = [0.97, 0.01, 0.01, 0.01], [0.01, 0.01, 0.97, 0.01]
    rows = [quiet, loud, quiet, quiet, [0.01, 0.01, 0.01, 0.97], quiet, quiet, quiet]
    atoms = np.array([[6, 0, 18, 5], [21, 0, 32, 5]])
    arcs = np.array([0, 1]), np.array([1, 2])
    on_time = evidence(said(rows), *arcs, atoms)
    early = evidence(said(rows, 1.0), *arcs, atoms)
    assert early.characters[0, 0] > on_time.characters[0, 0] + 3
    assert early.characters[1, 1] > on_time.characters[1, 1] + 3


def manner(probabilities):
    frames = len(probabilities)
    return evidence(
        said(probabilities), np.array([0]), np.array([1]), np.array([[0, 0, CELL * frames, 9]])
    ).manner


def test_how_windows_speak_is_how_often_and_how_surely():
    silent = manner([[1.0, 0.0, 0.0, 0.0]] * 4)
    sure = manner([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]] * 2)
    unsure = manner([[0.4, 0.0, 0.3, 0.3], [0.3, 0.0, 0.4, 0.3]] * 2)
    assert silent.voiced < sure.voiced < unsure.voiced
    assert silent.sure == pytest.approx(np.log(0.5))
    assert sure.sure == pytest.approx(0.0)
    assert unsure.sure == pytest.approx(np.log([0.3, 0.4]).mean(), rel=1e-3)


def test_what_may_not_be_said_has_no_share():
    classes = (*CLASSES, "ß", "°")
    network = TimeDelayNetwork.random([(6, (-1, 0, 1), False), (6, (0,), False)], INPUTS, classes, seed=1)
    strip = Strip(np.random.default_rng(0).integers(0, 256, (HEIGHT, CELL * 9), np.uint8), 0.0, 1.0)
    whole, german, plain = (WindowReader(network, further) for further in ("ß°", "ß", ""))
    assert (german.classes, plain.classes) == (("a", "b", "ß"), ("a", "b"))
    every, some = whole.read(strip, 0.0), plain.read(strip, 0.0)
    kept = every.probabilities[:, :4]
    np.testing.assert_allclose(some.probabilities, kept / kept.sum(axis=1, keepdims=True), atol=1e-5)
