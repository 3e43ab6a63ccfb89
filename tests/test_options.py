from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from ocr_cli import KnowledgeError, ReadOptions


@pytest.mark.parametrize(
    "options",
    [
        {"case": "title"},
        {"unknown": "??"},
        {"unknown": " "},
        {"min_confidence": 1.5},
        {"min_confidence": float("nan")},
        {"rotation": 45},
        {"rotation": "90"},
        {"lexicon_only": True},
        {"layout": "paragraph"},
        {"regions": ["0,0,1"]},
    ],
)
def test_what_cannot_be_wished(options: dict[str, Any]) -> None:
    with pytest.raises(KnowledgeError):
        ReadOptions(**options)


def test_lists_become_values_that_nobody_changes() -> None:
    patterns, words = ["AA-999"], ["Kevin", "New York"]
    options = ReadOptions(patterns=patterns, lexicon=words)
    patterns.append("99")
    words.clear()
    assert options == ReadOptions(patterns=("AA-999",), lexicon=("Kevin", "New York"))
    assert len({options, ReadOptions(), pickle.loads(pickle.dumps(options))}) == 2
    with pytest.raises(FrozenInstanceError):
        options.language = None  # type: ignore[misc]


def test_a_single_pattern_is_one_and_a_path_stays_a_path() -> None:
    assert ReadOptions(patterns="AA").patterns == ("AA",)
    assert ReadOptions(lexicon="words.txt").lexicon_file == "words.txt"
    assert ReadOptions(lexicon=Path("words.txt")).lexicon_file == Path("words.txt")
    assert ReadOptions(lexicon=["words.txt"]).lexicon_file is None


@pytest.mark.parametrize(
    ("options", "some", "none"),
    [
        ({}, "", "ß°€ø"),
        ({"language": "de"}, "ß„°", "øœ¿"),
        ({"language": "fr+es"}, "œ«¿", "ßø"),
        ({"language": "any"}, "ßøłđ£", ""),
        ({"language": None, "whitelist": "0123456789°"}, "°", "€"),
    ],
)
def test_letters_that_no_mark_makes_are_those_of_the_language(
    options: dict[str, Any], some: str, none: str
) -> None:
    further = ReadOptions(**options).further
    assert set(some) <= further
    assert not set(none) & further
