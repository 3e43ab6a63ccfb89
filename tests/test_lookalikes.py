from __future__ import annotations

import string

import pytest

from ocr_cli.lookalikes import FOLD, fold


@pytest.mark.parametrize(("letter", "digit"), ["O0", "I1", "Z2", "S5", "o0", "l1", "z2", "s5"])
def test_letters_that_look_like_digits_count_as_the_same(letter: str, digit: str) -> None:
    assert fold(letter) == fold(digit)


def test_no_other_capitals_or_digits_are_folded() -> None:
    folded = {fold(character) for character in string.ascii_uppercase + string.digits}
    assert len(folded) == 36 - 4


def test_folding_twice_changes_nothing_more() -> None:
    text = string.printable
    assert fold(fold(text)) == fold(text)
    assert not set(FOLD) & set(FOLD.values())


def test_a_text_is_folded_letter_by_letter() -> None:
    assert fold("SOLO 15 z!") == "50L0 15 2!"
    assert fold("") == ""
