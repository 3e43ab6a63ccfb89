import numpy as np
import pytest

from ocr_cli import Reader, ReadOptions
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text

CAPITALS = ("DEAR ANNA", "THE KEYS ARE WITH", "THE BAKER IN 14")
SMALL = ("Dear Anna,", "the keys are with", "the baker in 14")


@pytest.fixture(scope="module")
def reader():
    return Reader()


def picture(lines, seed):
    return photograph(draw_text(lines, style=Style.random(seed), seed=seed).ink, seed=seed)


def letters(text):
    return [character for character in text if character.isalpha()]


@pytest.mark.parametrize("lines", [CAPITALS, SMALL])
@pytest.mark.parametrize("seed", range(1, 6))
def test_each_page_is_read_in_the_letters_that_it_is_written_in(reader, lines, seed):
    found = letters(reader.read(picture(lines, seed)).text)
    assert len(found) >= 30
    small = sum(character.islower() for character in found)
    if lines is CAPITALS:
        assert not small
    else:
        assert small >= len(found) - 4


@pytest.mark.parametrize(
    ("word", "case"), [("HARBOUR", str.isupper), ("garden", str.islower), ("7294", str.isdigit)]
)
def test_a_word_is_enough(reader, word, case):
    text = reader.read(picture([word], 1)).text
    assert case(text)
    assert text.lower() == word.lower()


def test_a_page_on_its_side_is_read_as_it_is_upright(reader):
    upright = picture(SMALL, 2)
    assert reader.read(np.rot90(upright)).text == reader.read(upright).text


def test_one_page_does_not_decide_for_the_next(reader):
    small, capitals = picture(SMALL, 1), picture(CAPITALS, 1)
    before = reader.read(capitals)
    reader.read(small)
    assert reader.read(capitals) == before


@pytest.mark.parametrize("lines", [CAPITALS, SMALL])
def test_small_letters_that_are_not_allowed_are_refused_and_capitals_read(lines):
    allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    text = Reader(options=ReadOptions(whitelist=allowed)).read(picture(lines, 1)).text
    assert set(text) <= {*allowed, " ", "\n", "?"}
    assert (len(letters(text)) >= 30) == (lines is CAPITALS)


def test_an_observer_sees_the_path_that_was_taken(reader):
    stages = []
    page = reader.read(picture(SMALL, 1), observe=stages.append)
    read = "".join(sign.text for row in stages[-2].rows if row.kept for sign in row.signs)
    assert read == "".join(page.text.split())
