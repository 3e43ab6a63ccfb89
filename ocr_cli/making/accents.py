"""The file of accents: which words of each language have marks, and how usual marks are on letters.

From the same lists as the language files (``making.languages``), but for the places; see
``models/language.md``.
"""

from __future__ import annotations

import gzip
import importlib
import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import without_mark
from ocr_cli.decoding.accents import FORMAT, STEP, VERSION, plain
from ocr_cli.making.languages import DAMPING, LANGUAGES, faker_names
from ocr_cli.model_store import accents_file
from ocr_cli.network.archive import write_archive

_WORDS = {"any": 16_000} | dict.fromkeys(LANGUAGES, 5_000)
"""Spellings with marks that are kept of each language, the most frequent ones."""
_LEAST_LETTER = 1e-5
"""Letters with marks that are rarer than this among all letters of a list are left out."""
_NAME = 0.05
"""Weight of a name beside a word, in shares of the list's rarest word that is kept, and so of spelling."""


class Counted(NamedTuple):
    """What is stored of a language.

    Attributes:
        words: by spellings with marks, the log share of each among those of the same letters.
        letters: by letters with a mark, log odds of it against none.
    """

    words: Mapping[str, float]
    letters: Mapping[str, float]


def make_accents(path: Path | None = None) -> Path:
    """Build the file.

    Args:
        path: of it; that which ships by default.
    """
    path = path or accents_file("words")
    path.parent.mkdir(exist_ok=True)
    names = _names()
    every = {language: _counts(language) for language in LANGUAGES}
    every["any"] = _all_of_them(every)
    made = {language: _spellings(counts, names, _WORDS[language]) for language, counts in every.items()}
    packages = ("pyspellchecker", "faker", "babel")
    provenance = {"packages": {name: metadata.version(name) for name in packages}, "words": _WORDS}
    save_spellings(path, made, provenance)
    return path


def _counts(language: str) -> dict[str, float]:
    """How often each word occurs, as a share of all; months and the like as often as a common word."""
    file = resources.files("spellchecker") / "resources" / f"{language}.json.gz"
    counts = {
        word.lower(): float(count) for word, count in json.loads(gzip.decompress(file.read_bytes())).items()
    }
    total = math.fsum(counts.values())
    shares: dict[str, float] = defaultdict(float, {word: count / total for word, count in counts.items()})
    locale = importlib.import_module("babel").Locale(language)
    for form in ("format", "stand-alone"):
        for names in (locale.months[form]["wide"], locale.days[form]["wide"], locale.territories):
            for word in _words(names.values()):
                shares[word] = max(shares[word], 1e-5)
    return shares


def _words(texts: Collection[str]) -> Iterator[str]:
    for text in texts:
        yield from (word for word in text.lower().split() if word.isalpha())


def _all_of_them(every: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for counts in every.values():
        for word, share in counts.items():
            total[word] += share / len(every)
    return total


def _names() -> dict[str, float]:
    """First and last names of many countries, each in how many of faker's lists."""
    counts: dict[str, float] = defaultdict(float)
    for known in faker_names():
        for word in _words(known):
            if plain(word).isascii():
                counts[word] += 1
    return counts


def _spellings(counts: Mapping[str, float], names: Mapping[str, float], most: int) -> Counted:
    by_base: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    rarest = min(counts.values())
    for word, share in counts.items():
        by_base[plain(word)][word] += share
    for word, count in names.items():
        by_base[plain(word)][word] += count * rarest
    marked = {
        (base, word): share
        for base, forms in by_base.items()
        if base.isascii()
        for word, share in forms.items()
        if word != base and _known_marks(word)
    }
    kept = sorted(marked, key=lambda one: (-marked[one], one))[:most]
    words = {word: math.log(by_base[base][word] / math.fsum(by_base[base].values())) for base, word in kept}
    return Counted(words, _letters(counts, names))


def _letters(counts: Mapping[str, float], names: Mapping[str, float]) -> dict[str, float]:
    """Log odds of each letter with a mark against the letter without."""
    total: dict[str, float] = defaultdict(float)
    for source, part in ((counts, 0.7), (names, 0.3)):
        mass = math.fsum(count**DAMPING * len(word) for word, count in source.items())
        for word, count in source.items():
            for one in word:
                total[one] += part * count**DAMPING / mass
    return {
        one: math.log(share / total[plain(one)])
        for one, share in total.items()
        if without_mark(one)[1] and plain(one).isascii() and share >= _LEAST_LETTER
    }


def _known_marks(word: str) -> bool:
    return all(without_mark(one)[1] or plain(one) == one for one in word)


def save_spellings(path: str | Path, every: Mapping[str, Counted], provenance: Mapping[str, Any]) -> None:
    """Write a file of accents, whole or not at all; the same content gives the same bytes.

    Args:
        path: of the file.
        every: by language.
        provenance: plain JSON values.

    Raises:
        OutputError: if the file cannot be written.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, some in every.items():
        lines = sorted((f"{plain(word)}\t{word}", log) for word, log in some.words.items())
        arrays[f"{name}_words"] = np.frombuffer("\n".join(line for line, _ in lines).encode(), np.uint8)
        arrays[f"{name}_costs"] = _costs(log for _, log in lines)
        letters = sorted(some.letters)
        arrays[f"{name}_letters"] = np.frombuffer("".join(letters).encode(), np.uint8)
        arrays[f"{name}_odds"] = _costs(some.letters[one] for one in letters)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "languages": sorted(every),
        "provenance": dict(provenance),
    }
    write_archive(path, arrays, metadata, compress=True)


def _costs(logs: Iterable[float]) -> npt.NDArray[np.uint8]:
    return np.array([min(255, max(0, round(-log / STEP))) for log in logs], np.uint8)
