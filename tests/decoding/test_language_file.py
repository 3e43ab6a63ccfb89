import numpy as np
import pytest

from ocr_cli.decoding.language import load_language, save_language
from ocr_cli.decoding.trie import OTHER, SYMBOLS, Trie, symbols_of
from ocr_cli.errors import ModelFileError
from ocr_cli.model_store import find_language, shipped_languages
from ocr_cli.network.archive import write_archive

A, B = symbols_of("AB")
LETTERS = {
    "children": [OTHER, 1, 1, 1, *[0] * (OTHER - 3), 0, 0, 1, 0],
    "symbols": [*range(OTHER), A, B, A, B],
    "costs": [27] * OTHER + [6, 6, 11, 2],
}
"""Each letter alone as likely; after the boundary A, after A B, after B A, after BA B."""
WORDS = {"children": [1, 2, 0, 1, 0], "symbols": [A, 0, B, 0], "costs": [0, 6, 6, 0]}
"""A and AB."""


def trie(parts):
    return Trie(**{name: np.array(values, np.uint8) for name, values in parts.items()})


def metadata(**change):
    return {"format": "ocr_cli language", "version": 2, "symbols": SYMBOLS, "provenance": {}} | change


def arrays(**change):
    letters = {name: np.array(values, np.uint8) for name, values in LETTERS.items()}
    return letters | {f"word_{name}": np.array(values, np.uint8) for name, values in WORDS.items()} | change


def test_a_file_gives_back_what_went_in(tmp_path):
    save_language(tmp_path / "x.npz", trie(LETTERS), trie(WORDS), {"from": "a test"})
    language = load_language(tmp_path / "x.npz")
    assert language.provenance == {"from": "a test"}
    assert language.letters.order == 3
    state = language.words.advance(language.words.START, A)
    assert language.words.log_probability(state, [0, B]) == pytest.approx(np.log([0.5, 0.5]), abs=0.1)


@pytest.mark.parametrize(
    "change",
    [
        {"children": np.array([OTHER, *[0] * OTHER], np.uint8)},
        {"children": np.array([0], np.uint8)},
        {"children": np.zeros(0, np.uint8)},
        {"symbols": np.zeros(OTHER + 4, np.uint8)},
        {"symbols": np.array([*range(OTHER), A, B, A, 40], np.uint8)},
        {"costs": np.zeros(3, np.uint8)},
        {"costs": np.zeros(OTHER + 4, np.float32)},
        {"children": np.array([OTHER, 0, 2, *[0] * (OTHER - 2), 0, 2, 0, 0], np.uint8)},
        {"children": np.array([OTHER, *[0] * OTHER, 1, 1, 1, 1], np.uint8)},
        {"word_children": np.array([1, 1, 0], np.uint8)},
        {"word_symbols": np.array([A, B, 0, 0], np.uint8)},
        {"word_costs": np.zeros(4, np.float32)},
        {f"word_{name}": np.zeros(int(name == "children"), np.uint8) for name in WORDS},
    ],
)
def test_a_file_whose_arrays_are_no_tries_is_refused(tmp_path, change):
    write_archive(tmp_path / "x.npz", arrays(**change), metadata(), compress=True)
    with pytest.raises(ModelFileError, match="not a language file of this program"):
        load_language(tmp_path / "x.npz")


def test_missing_damaged_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "x.npz"
    with pytest.raises(ModelFileError, match="cannot be read: No such file"):
        load_language(path)
    path.write_bytes(b"no archive")
    with pytest.raises(ModelFileError, match="damaged, or not a language file"):
        load_language(path)
    save_language(path, trie(LETTERS), trie(WORDS), {})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFileError):
        load_language(path)
    write_archive(path, arrays(), metadata(version=1), compress=True)
    with pytest.raises(ModelFileError, match="format version 1"):
        load_language(path)
    write_archive(path, arrays(), metadata(symbols=" abc"), compress=True)
    with pytest.raises(ModelFileError, match="another alphabet"):
        load_language(path)
    write_archive(path, arrays(), metadata(provenance=7), compress=True)
    with pytest.raises(ModelFileError, match="not a language file"):
        load_language(path)


def test_the_languages_that_come_with_ocr_are_small():
    assert {"any", "de", "en", "es", "fr", "it", "nl", "pt"} == set(shipped_languages())
    letters, words = 0, 0
    for path in shipped_languages().values():
        with np.load(path) as file:
            sizes = {name: member.compress_size for name, member in members(file).items()}
        words += sum(size for name, size in sizes.items() if name.startswith("word_"))
        letters += sum(size for name, size in sizes.items() if not name.startswith("word_"))
    assert letters <= 1_500_000
    assert words <= 800_000


def members(file):
    return {info.filename: info for info in file.zip.infolist()}


@pytest.mark.parametrize(
    ("name", "known", "unknown"),
    [("en", "HELLO", "HELIO"), ("fr", "OISEAUX", "OISEAUD"), ("any", "THOUGHT", "THOUGHD")],
)
def test_a_shipped_language_has_its_common_words(name, known, unknown):
    words = load_language(find_language(name)).words

    def likelihood(word):
        state, total = words.START, 0.0
        for symbol in symbols_of(word + " "):
            total += float(words.log_probability(state, symbol))
            state = words.advance(state, symbol)
        return total

    assert likelihood(known) > -16
    assert likelihood(unknown) == -np.inf
