import pytest

from ocr_cli.decoding.spelling import base_letters


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("FRANÇOIS", "francois"),
        ("Ångström", "angstrom"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Æsir, Œuvre", "aesir, oeuvre"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Neill", "o'neill"),
        ("Jean\N{NON-BREAKING HYPHEN}Luc", "jean-luc"),
        ("DIYARBAKIR, Diyarbak\N{LATIN SMALL LETTER DOTLESS I}r", "diyarbakir, diyarbakir"),
        ("e\N{COMBINING ACUTE ACCENT}", "e"),
        ("B-52 & 3/4", "b-52 & 3/4"),
        ("", ""),
    ],
)
def test_letters_lose_case_and_accents_and_all_else_stays(text, letters):
    assert base_letters(text) == letters
