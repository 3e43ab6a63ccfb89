from __future__ import annotations

import ast
import string
import unicodedata
from pathlib import Path

import numpy as np
import pytest

import ocr_cli
from ocr_cli import Reader, ReadOptions, alphabet
from ocr_cli.alphabet import (
    CAPITALS,
    DIGITS,
    PLACED,
    SIGNS,
    SMALL_LETTERS,
    TABLE,
    Character,
    base_letters,
    fold,
    is_sign,
    look_alike,
    placed_sign,
    row_of,
)
from ocr_cli.datasets.allographs import CHARACTERS, allographs
from ocr_cli.datasets.dataset import Dataset, concatenate
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.skeletons import BASELINE
from ocr_cli.datasets.synthetic import draw_dataset, draw_text
from ocr_cli.features import FeatureSettings
from ocr_cli.training.loop import TrainingSettings
from ocr_cli.training.recipe import train_model


@pytest.mark.parametrize(("letter", "digit"), ["O0", "I1", "Z2", "S5", "o0", "l1", "z2", "s5"])
def test_letters_that_look_like_digits_count_as_the_same(letter: str, digit: str) -> None:
    assert fold(letter) == fold(digit)


def test_no_other_capitals_or_digits_are_folded() -> None:
    folded = {fold(character) for character in string.ascii_uppercase + string.digits}
    assert len(folded) == 36 - 4


def test_folding_twice_changes_nothing_more() -> None:
    text = string.printable + "".join(TABLE)
    assert fold(fold(text)) == fold(text)


def test_a_text_is_folded_letter_by_letter() -> None:
    assert fold("SOLO 15 z!") == "50L0 15 2!"
    assert fold("") == ""


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
def test_letters_lose_case_and_accents_and_all_else_stays(text: str, letters: str) -> None:
    assert base_letters(text) == letters


def test_a_plain_keyboard_is_known_whole() -> None:
    assert string.ascii_uppercase == CAPITALS
    assert string.ascii_lowercase == SMALL_LETTERS
    assert string.digits == DIGITS
    assert sorted(SIGNS) == sorted(string.punctuation)


def test_rows_say_what_unicode_says_where_it_says_anything() -> None:
    for text, row in TABLE.items():
        category = unicodedata.category(text)
        assert row.text == text
        assert row.kind == {"Nd": "digit", "Lu": "capital", "Ll": "small"}.get(category, "sign")
        assert row.top > row.bottom


def test_an_accent_changes_neither_kind_nor_place() -> None:
    plain, accented = row_of("y"), row_of("ÿ")
    assert (accented.base, accented.mark) == ("y", "\N{COMBINING DIAERESIS}")
    assert (accented.kind, accented.top, accented.bottom) == (plain.kind, plain.top, plain.bottom)
    assert look_alike("ö") != look_alike("o")


@pytest.mark.parametrize(("text", "kind"), [("я", "small"), ("Я", "capital"), ("٣", "digit"), ("€", "sign")])
def test_a_character_without_a_row_is_of_the_kind_that_unicode_says(text: str, kind: str) -> None:
    row = row_of(text)
    assert (row.text, row.kind, row.top, row.bottom) == (text, kind, 1.0, 0.0)
    assert is_sign(text) == (kind == "sign")


@pytest.mark.parametrize(
    ("size", "above", "sign"),
    [
        ((0.15, 0.15), 0.08, "."),
        ((0.4, 0.12), 0.4, "-"),
        ((0.15, 0.4), 0.05, ","),
        ((0.12, 0.3), 0.9, "'"),
        ((0.15, 0.15), 0.5, None),
        ((0.4, 0.4), 0.2, None),
        ((1.2, 0.1), 0.5, None),
    ],
)
def test_size_and_place_tell_the_four_signs(
    size: tuple[float, float], above: float, sign: str | None
) -> None:
    assert placed_sign(*size, above) == sign
    assert sign is None or sign in PLACED


def test_the_synthetic_hand_writes_characters_about_where_the_table_has_them() -> None:
    """Within the spread of tops and bottoms that reading allows for: its tails are shorter than UNIPEN's."""
    for text in CHARACTERS:
        row = row_of(text)
        ends = [np.concatenate([stroke.points for stroke in form])[:, 1] for form in allographs(text)]
        top, bottom = (BASELINE - np.mean([end(form) for form in ends]) for end in (np.min, np.max))
        assert top / BASELINE == pytest.approx(row.highest, abs=0.13), text
        assert bottom / BASELINE == pytest.approx(row.bottom, abs=0.15), text


def test_nothing_else_in_the_package_asks_for_the_case_of_a_model_s_classes() -> None:
    """What depends on an alphabet is a row of the table, or a number of the model."""
    for path in Path(ocr_cli.__file__).parent.rglob("*.py"):
        names = [
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        ]
        assert path.name == "alphabet.py" or not {"islower", "isupper"} & set(names), path


NEW = "\N{LATIN LETTER SMALL CAPITAL A}"
HEIGHT = 48.0


def small_capitals(crops: Dataset) -> Dataset:
    """The same crops under the new character's name."""
    return Dataset(crops.images, np.full(len(crops), NEW), None, "new")


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Reads three capitals, and a letter that is one of them in small."""
    known = draw_dataset("AHE", writers=60, samples_per_class=1, seed=1)
    same = small_capitals(draw_dataset("A", writers=60, samples_per_class=1, seed=2))
    model, _ = train_model(
        concatenate([known, same], name="small capitals"),
        features=FeatureSettings(kind="gradient", zones=4, moment_zones=4),
        hidden=(32,),
        activation="relu",
        settings=TrainingSettings(optimiser="adam", learning_rate=0.003, reduction="mean", epochs=12),
    )
    return Reader(model, ReadOptions(language=None, rotation=0))


def written(text: str) -> np.ndarray:
    """A page with letters of one hand on one line, the new one 0.58 as high as the others."""
    canvas, right = np.zeros((200, 90 * len(text) + 80), np.float32), 60
    for number, letter in enumerate(text):
        height = 0.58 * HEIGHT if letter == NEW else HEIGHT
        plain = "A" if letter == NEW else letter
        ink = draw_text(
            [plain], style=Style.random(5), seed=number, height=height, margin=1, line_jitter=0
        ).ink
        columns, rows = np.flatnonzero((ink > 0.5).any(axis=0)), np.flatnonzero((ink > 0.5).any(axis=1))
        ink = ink[: rows[-1] + 1, columns[0] : columns[-1] + 1]
        canvas[120 - len(ink) : 120, right : right + ink.shape[1]] = ink
        right += ink.shape[1] + 24
    return np.asarray(255 * (1 - canvas), np.uint8)


def test_one_row_more_and_a_model_reads_one_character_more(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"H{NEW}EAH{NEW}AE"
    pixels = written(text)
    assert reader.read(pixels).text != text
    monkeypatch.setitem(alphabet.TABLE, NEW, Character(NEW, "small", alike="A", top=0.58))
    assert reader.read(pixels).text == text
