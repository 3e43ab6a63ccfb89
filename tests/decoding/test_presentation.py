import pytest

from ocr_cli import Alternative, Box, ReadOptions
from ocr_cli.decoding.decoder import ReadLine, Sign
from ocr_cli.decoding.presentation import Presentation


def sign(text, confidence=0.9, *, new_word=False, others=(), expected=True):
    return Sign((1, 2, 3, 4), text, confidence, None, new_word, others, expected)


def line_of(*signs, words=(0.8,), readings=()):
    return ReadLine(signs, words, 0.7, readings)


def shown(line, **options):
    return Presentation(ReadOptions(**options)).line(line, lambda box: Box(*box))


def test_words_and_their_confidences_are_kept():
    line = shown(line_of(sign("A", new_word=True), sign("B"), sign("1", new_word=True), words=(0.8, 0.6)))
    assert line.text == "AB 1"
    assert [word.confidence for word in line.words] == [0.8, 0.6]
    assert line.confidence == 0.7
    assert line.box == Box(1, 2, 3, 4)


def test_what_is_not_expected_or_too_doubtful_is_refused():
    others = (("8", 0.2),)
    read = line_of(sign("A", new_word=True), sign("B", 0.4, others=others), sign("C", expected=False))
    line = shown(read, min_confidence=0.5)
    assert line.text == "A??"
    assert [character.rejected for character in line.characters] == [False, True, True]
    assert line.characters[1].alternatives == (Alternative("B", 0.4), Alternative("8", 0.2))
    assert line.characters[1].confidence == 0.4
    assert shown(read, min_confidence=0.5, unknown="_").text == "A__"


def test_nothing_stands_for_refused_characters_if_so_wished():
    read = line_of(
        *(sign("A", new_word=True), sign("B", expected=False), sign("C", new_word=True, expected=False)),
        sign("D", new_word=True),
        words=(0.8, 0.6, 0.4),
    )
    line = shown(read, unknown="")
    assert line.text == "A D"
    assert [word.confidence for word in line.words] == [0.8, 0.4]
    assert shown(line_of(sign("A", expected=False)), unknown="") is None


def test_in_one_case_both_cases_are_one_reading():
    read = line_of(
        sign("c", 0.6, new_word=True, others=(("C", 0.3), ("o", 0.1))), readings=(("c", 0.6), ("C", 0.3))
    )
    line = shown(read, case="upper")
    assert line.text == "C"
    assert line.characters[0].confidence == pytest.approx(0.9)
    assert [other.text for other in line.characters[0].alternatives] == ["O"]
    assert [(one.text, one.confidence) for one in line.readings] == [("C", pytest.approx(0.9))]
    assert shown(read, case="keep").text == "c"
    assert shown(read, case="lower").characters[0].confidence == pytest.approx(0.9)


def test_what_is_allowed_is_what_is_shown():
    assert Presentation(ReadOptions(case="lower", whitelist="ab")).allows("A")
    assert not Presentation(ReadOptions(whitelist="ab")).allows("A")
    assert not Presentation(ReadOptions(blacklist="A")).allows("A")
    assert Presentation(ReadOptions()).allows("A")
