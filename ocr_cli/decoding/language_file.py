"""The file of a language: how letters follow each other in its words, and its common words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocr_cli.decoding.language import Language, LanguageModel
from ocr_cli.decoding.trie import SYMBOLS, Trie, Vocabulary
from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_archive, refusing, write_archive

FORMAT = "ocr_cli language"
VERSION = 2
"""Of the format of such files, by definition."""

MAX_BYTES = 16 * 1024 * 1024
"""Unpacked size above which a file is refused unread. A limit."""

_ARRAYS = ("children", "symbols", "costs")
_WORD = "word_"
"""Before the names of the arrays of the words."""


def load_language(path: str | Path) -> Language:
    """Read a language file and check it from end to end.

    Raises:
        ModelFileError: if the file is missing, damaged, no language file, or of another version.
    """
    with refusing(path, "language file", ModelFileError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        if metadata["symbols"] != SYMBOLS:
            raise ValueError("another alphabet")
        letters = LanguageModel.of(Trie(*(arrays[name] for name in _ARRAYS)))
        words = Vocabulary.of(Trie(*(arrays[_WORD + name] for name in _ARRAYS)))
        return Language(letters, words, dict(metadata["provenance"]))


def save_language(path: str | Path, letters: Trie, words: Trie, provenance: Mapping[str, Any]) -> None:
    """Write a language file, whole or not at all; the same content gives the same bytes.

    Raises:
        OutputError: if the file cannot be written.
        ValueError: if the provenance are no JSON values.
    """
    metadata = {"format": FORMAT, "version": VERSION, "symbols": SYMBOLS, "provenance": dict(provenance)}
    arrays = {name: getattr(letters, name) for name in _ARRAYS}
    arrays |= {_WORD + name: getattr(words, name) for name in _ARRAYS}
    write_archive(path, arrays, metadata, compress=True)
