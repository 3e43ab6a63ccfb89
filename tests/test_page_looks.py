"""What was read on a page, judged as a whole."""

import blank
import numpy as np
import pytest
from small_lattices import Ink, lattice_of, weights_of

from ocr_cli.classifier import Classification
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.decoder import Sign
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.page_looks import page_looks
from ocr_cli.reader import Reader
from ocr_cli.scorer import Scores
from ocr_cli.verdict import Reason, no_page


@pytest.fixture(scope="module")
def reader():
    return Reader()


def row(count):
    """A row of so many characters, all of them telling."""
    lattice = lattice_of([Ink((30 * k, 0, 30 * k + 20, 40), k) for k in range(count)])
    found = Classification(np.full((count, 2), 0.5, np.float32), np.ones(count, np.float32))
    nothing = Scores(np.zeros(count), np.zeros((count, 0)), np.zeros(count))
    return DecodedRow(lattice, nothing, found, np.arange(count), np.full(count, -1), 0.9, count)


def read(count, confidence=0.97):
    return [Sign((0, 0, 1, 1), "A", confidence, None, False)] * count


def probability(rows, texts, steadiness=0.45, side=1000.0):
    looks = page_looks(rows, texts, steadiness, side)
    return weights_of().writing.page.probability(looks)


@pytest.mark.xfail(reason="least_page is taken down until the weights are fitted to the present windows")
def test_a_page_of_sure_letters_is_one_and_a_letter_among_much_else_is_none():
    weights = weights_of().writing
    page = probability([row(8), row(7)], [read(8), read(7)])
    one = probability([row(1), row(9), row(9)], [read(1), [], []], 0.25)
    assert no_page(page, weights) is None
    assert no_page(one, weights) is Reason.NO_PAGE


def test_what_else_looked_like_letters_unsure_ones_and_pale_ink_speak_against_a_page():
    rows, texts = [row(5), row(6)], [read(5), []]
    usual = probability(rows, texts)
    assert usual < probability([rows[0]], [texts[0]])
    assert usual > probability(rows, [read(5, 0.6), []])
    assert usual > probability(rows, texts, steadiness=0.2)


@pytest.mark.xfail(reason="least_page is taken down until the weights are fitted to the present windows")
@pytest.mark.parametrize(("kind", "side", "seed"), [("bubbles", 1000, 0), ("branches", 400, 2)])
def test_shapes_that_look_like_letters_are_no_text(reader, kind, side, seed):
    page = reader.read(blank.draw(kind, side, seed))
    assert page.text == ""
    assert Reason.NO_PAGE in [one.reason for one in page.left_out]


@pytest.mark.parametrize("text", ["OK", "7B", "L"])
def test_few_letters_alone_on_a_page_are_its_text(reader, text):
    ink = draw_text([text], style=Style(seed=5), seed=5, height=60).ink
    assert reader.read(photograph(np.pad(ink, 150), seed=5)).text == text
