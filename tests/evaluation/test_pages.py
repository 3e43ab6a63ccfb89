from __future__ import annotations

import json

import pytest

from ocr_cli.evaluation.pages import LOST, NOTHING, Comparison, Rate, score_page


def test_a_page_read_right_has_no_errors() -> None:
    score = score_page("ONE TWO\nTHREE", "ONE TWO\nTHREE\n")
    assert (score.characters, score.characters_and_spaces, score.words) == (
        Rate(0, 11),
        Rate(0, 13),
        Rate(0, 3),
    )
    assert not score.edits


def test_errors_are_counted_without_spaces_with_them_and_by_word() -> None:
    score = score_page("ONE TWO\nTHREE", "ON ETWO THRXE")
    assert score.characters == Rate(1, 11)
    assert score.characters_and_spaces == Rate(4, 13)
    assert score.words == Rate(3, 3)
    assert score.edits == {("E", "X"): 1}


def test_lost_and_invented_characters_are_edits() -> None:
    assert score_page("AB", "B").edits == {("A", LOST): 1}
    assert score_page("B", "BC").edits == {(LOST, "C"): 1}


def test_what_is_invented_where_nothing_is_written_counts() -> None:
    score = score_page("", "XYZ")
    assert score.characters == Rate(3, 0)
    assert score.characters.share == 3


@pytest.mark.parametrize(
    ("comparison", "truth", "read"),
    [
        (Comparison(ignore_case=True), "Straße 7", "STRASSE 7"),
        (Comparison(fold=True), "O1Z S", "0I2 5"),
        (Comparison(alphanumeric=True), "1. HE'S-A", "1 HESA"),
        (Comparison(True, True, True), "oil, 25", "01L zs."),
        (Comparison(), " A  B \n\n C", "A B\nC"),
    ],
)
def test_what_counts_as_the_same_is_no_error(comparison: Comparison, truth: str, read: str) -> None:
    score = score_page(truth, read, comparison)
    assert score.characters_and_spaces.errors == score.words.errors == 0
    assert score.characters.count > 0


def test_by_default_everything_but_white_space_counts() -> None:
    assert score_page("Aa.", "AA").characters == Rate(2, 3)


def test_pages_add_up() -> None:
    scores = [score_page("AB", "AX"), score_page("C D", "C D E"), score_page("B", "X")]
    together = sum(scores, NOTHING)
    assert together.characters == Rate(3, 5)
    assert together.words == Rate(3, 4)
    assert together.edits == {("B", "X"): 2, (LOST, "E"): 1}
    assert together.characters.share == 0.6
    assert NOTHING.characters.share == 0


def test_scores_go_into_json() -> None:
    data = json.loads(json.dumps(score_page("AB C", "AX C").to_dict()))
    assert data["character_error_rate"] == pytest.approx(1 / 3)
    assert data["word_error_rate"] == 0.5
    assert data["edits"] == [{"truth": "B", "read": "X", "count": 1}]
