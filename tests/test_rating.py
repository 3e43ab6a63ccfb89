import numpy as np
import pytest

from ocr_cli import Reader, ReadOptions
from ocr_cli.classifier import Classification
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.rating import told_by

CAPITALS = ("DEAR ANNA", "THE KEYS ARE WITH", "THE BAKER IN 14")
SMALL = ("Dear Anna,", "the keys are with", "the baker in 14")
CLASSES = ("A", "B", "O", "b", "n", "o", "7")


@pytest.fixture(scope="module")
def readers():
    return {name: Reader(name) for name in ("auto", "block", "mixed")}


def picture(lines, seed):
    return photograph(draw_text(lines, style=Style.random(seed), seed=seed).ink, seed=seed)


def seen_as(text):
    """What a model tells that is quite sure of each character of a text."""
    probabilities = np.zeros((len(text), len(CLASSES)), np.float32)
    probabilities[np.arange(len(text)), [CLASSES.index(character) for character in text]] = 1
    return told_by(Classification(probabilities, np.ones(len(text), np.float32)), CLASSES)


@pytest.mark.parametrize(("lines", "model"), [(CAPITALS, "block"), (SMALL, "mixed")])
@pytest.mark.parametrize("seed", range(1, 6))
def test_each_page_is_read_with_the_model_that_suits_it(readers, lines, model, seed):
    pixels = picture(lines, seed)
    assert readers["auto"].read(pixels).text == readers[model].read(pixels).text


@pytest.mark.parametrize(("word", "model"), [("HARBOUR", "block"), ("garden", "mixed"), ("7294", "block")])
def test_a_word_is_enough(readers, word, model):
    pixels = picture([word], 1)
    assert readers["auto"].read(pixels).text == readers[model].read(pixels).text


def test_a_page_on_its_side_is_judged_by_its_upright_letters(readers):
    pixels = np.rot90(picture(SMALL, 2))
    assert readers["auto"].read(pixels).text == readers["mixed"].read(pixels).text


def test_one_page_does_not_decide_for_the_next(readers):
    small, capitals = picture(SMALL, 1), picture(CAPITALS, 1)
    before = readers["auto"].read(capitals)
    readers["auto"].read(small)
    assert readers["auto"].read(capitals) == before


def test_the_rows_of_a_page_are_those_of_its_model(readers):
    for lines, model in ((CAPITALS, "block"), (SMALL, "mixed")):
        found = readers["auto"].rows(picture(lines, 1))
        assert found.scorer.classes == readers[model].classes


def test_the_characters_of_both_models_are_known(readers):
    assert set(readers["auto"].classes) == set(readers["block"].classes) | set(readers["mixed"].classes)


def test_a_model_that_may_read_nothing_more_is_not_asked(readers):
    capitals = Reader(options=ReadOptions(whitelist="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    assert capitals.classes == readers["block"].classes


def test_an_observer_sees_the_path_of_the_model_that_was_taken(readers):
    stages = []
    page = readers["auto"].read(picture(SMALL, 1), observe=stages.append)
    read = "".join(sign.text for row in stages[-2].rows if row.kept for sign in row.signs)
    assert read == "".join(page.text.split())


class TestTold:
    def test_letters_of_either_kind_decide_and_the_more_the_surer(self):
        assert seen_as("bnbn").is_wide()
        assert not seen_as("ABABABAB").is_wide()
        assert seen_as("bnbnbnbn").odds > seen_as("bn").odds
        assert seen_as("ABABABAB").odds < seen_as("ABAB").odds

    def test_what_either_kind_looks_like_tells_nothing(self):
        assert seen_as("oO7").odds == seen_as("").odds

    def test_few_letters_leave_a_doubt_and_many_do_not(self):
        assert seen_as("AB").is_doubtful
        assert seen_as("oO7oO7").is_doubtful
        assert not seen_as("AB" * 20).is_doubtful
        assert not seen_as("bn" * 20).is_doubtful

    def test_in_doubt_it_counts_who_is_surer(self):
        told = seen_as("")
        assert told.is_wide(0.5, 0.9)
        assert not told.is_wide(0.9, 0.5)

    def test_who_is_surer_does_not_outweigh_a_page_of_letters(self):
        assert seen_as("bn" * 200).is_wide(0.9, 0.5)

    @pytest.mark.parametrize("text", ["AB", "bn", "", "ABb"])
    def test_what_no_sureness_of_the_other_changes_none_does(self, text):
        told = seen_as(text)
        for sure in np.linspace(0, 1, 21):
            for other in np.linspace(0, 1, 21):
                assert told.is_wide(other, sure) or not told.is_wide(1.0, sure)
                assert not told.is_wide(sure, other) or told.is_wide(sure, 1.0)
