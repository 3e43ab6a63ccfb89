"""Which of its letters a word has accents on: lists of languages, and of the user's words.

The beam search knows words without accents. Where ink on a letter may be a mark, these lists say how often a
word is written with which: German für, never fur; Spanish papa and papá. What no list has goes by how usual a
mark is on its letter.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.network.archive import read_archive, refusing

FORMAT, VERSION = "ocr_cli accents", 1
MAX_BYTES = 16 * 1024 * 1024
"""Unpacked size above which a file is refused unread. A limit."""
STEP = 0.05
"""Costs are stored as whole numbers of these steps, in nats. Models depend on it."""
_UNLISTED = -5.0
"""Log share of a spelling that a list lacks though it knows the word. Set by hand."""
_STRANGE, _MOST = -3.0, -0.5
"""Least log odds of a mark, also where its letter never has it in any list, and the most. Set by hand."""
_HEEDED = 0.2
"""Of words that no list has, so much of the log odds counts: they are rather names. Set by hand."""

DOTTED = "ij"
"""Letters whose dot looks like a mark where it is a stroke: all of the log odds counts, and more of them."""

_AS_IT_IS = 1.5
"""What each nat a letter by which the language knows a word that no list has with marks counts against them.
Set by hand."""


class Known(Protocol):
    """What is known of how words are written."""

    def spellings(self, base: str) -> Mapping[str, float]:
        """The log share of each spelling with marks; none if the word is not known.

        Args:
            base: the word in small letters, without marks.
        """


class Listed:
    """The words of a language's list that have marks.

    They are looked up in the text of the list as it is: to take it apart would take longer than to read a
    short note.

    Args:
        text: a line for each spelling, the word without marks, a tab, and with them.
        costs: uint8 (N,), of the lines.

    Raises:
        ValueError: if they do not fit together.
    """

    def __init__(self, text: str, costs: npt.NDArray[np.uint8]) -> None:
        self._text = f"\n{text}\n"
        self._costs = costs
        if costs.dtype != np.uint8 or costs.shape != (text.count("\n") + 1,):
            raise ValueError("lists that do not fit their costs")

    def spellings(self, base: str) -> Mapping[str, float]:
        """See ``Known``."""
        found: dict[str, float] = {}
        place = self._text.find(f"\n{base}\t")
        number = self._text.count("\n", 0, place) if place >= 0 else 0
        while place >= 0 and self._text.startswith(f"\n{base}\t", place):
            after = self._text.index("\n", place + 1)
            found[self._text[place + len(base) + 2 : after]] = -STEP * int(self._costs[number])
            place, number = after, number + 1
        return found


class Words:
    """The words of a user's list: those with accents are written so, as often as any of them.

    Args:
        words: in any case.
    """

    def __init__(self, words: Iterable[str]) -> None:
        forms: dict[str, set[str]] = {}
        for word in words:
            small = unicodedata.normalize("NFC", word.lower())
            forms.setdefault(plain(small), set()).add(small)
        self._forms = {base: some for base, some in forms.items() if some != {base}}

    def spellings(self, base: str) -> Mapping[str, float]:
        """See ``Known``."""
        forms = self._forms.get(base, set())
        # A little is left for those who write without.
        return dict.fromkeys(forms - {base}, -math.log(len(forms) + 0.1))


class Spellings:
    """How words are written, by lists, the most telling first, and by how usual marks are on letters.

    Args:
        lists: of words.
        letters: by letters with a mark, log odds of it against none.
    """

    def __init__(self, lists: Sequence[Known], letters: Mapping[str, float]) -> None:
        self._lists, self._letters = lists, letters

    def log_share(self, text: str, gain: float = 0.0) -> float:
        """How usual a spelling is among those of the same letters: nats, below 0.

        Args:
            text: a word, in any case, composed.
            gain: nats a letter by which the language knows its letters better than letters at random.
        """
        word = unicodedata.normalize("NFC", text.lower())
        base = plain(word)
        for some in self._lists:
            listed = some.spellings(base)
            if listed:
                if word != base:
                    return max(_UNLISTED, listed.get(word, _UNLISTED))
                return max(_UNLISTED, math.log(max(1.0 - sum(map(math.exp, listed.values())), 1e-9)))
        return sum(map(self.odds, word)) - (word != base) * _AS_IT_IS * max(0.0, gain)

    def odds(self, letter: str) -> float:
        """How usual a mark is on its letter: nats, 0 without a mark."""
        if plain(letter) == letter:
            return 0.0
        known = self._letters.get(letter, -math.inf)
        if plain(letter) in DOTTED:
            return min(_MOST, max(2 * _STRANGE, known))
        return min(_MOST, max(_STRANGE, _HEEDED * known))


def plain(text: str) -> str:
    """A text without its marks; ß and æ stay as they are."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


def load_spellings(path: str | Path, languages: Iterable[str], words: Iterable[str] = ()) -> Spellings:
    """Read a file of accents and check it.

    Args:
        path: the file.
        languages: which of those in it, the foremost first.
        words: the user's, which come before them.

    Raises:
        ModelFileError: if the file is missing, damaged, none of accents, or of another version.
    """
    with refusing(path, "file of accents", ModelFileError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        known = [name for name in languages if name in metadata["languages"]]
        lists = [Listed(_text(arrays[f"{name}_words"]), arrays[f"{name}_costs"]) for name in known]
        letters: dict[str, float] = {}
        for name in known:
            for one, odds in zip(_text(arrays[f"{name}_letters"]), arrays[f"{name}_odds"], strict=True):
                letters[one] = max(-STEP * float(odds), letters.get(one, -math.inf))
        return Spellings([Words(words), *lists], letters)


def load_listed(path: str | Path, language: str) -> list[str]:
    """The spellings with marks that a file of accents has of a language, in small letters.

    Raises:
        ModelFileError: as ``load_spellings``.
    """
    with refusing(path, "file of accents", ModelFileError):
        arrays, _ = read_archive(path, file_format=FORMAT, version=VERSION, max_bytes=MAX_BYTES)
        return [line.split("\t")[1] for line in _text(arrays[f"{language}_words"]).split("\n")]


def _text(array: npt.NDArray[Any]) -> str:
    if array.dtype != np.uint8:
        raise ValueError("a text that is none")
    return array.tobytes().decode()
