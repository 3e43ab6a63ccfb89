import string
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_cli.decoding import lexicon as module
from ocr_cli.decoding import word_trie
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.errors import LexiconError


def walk(lexicon, text):
    """The state after each character of a text."""
    states = [lexicon.START]
    for symbol in lexicon.symbols_of(text):
        states.append(int(lexicon.advance(states[-1], symbol)))
    return states


def followers(lexicon, state):
    """The characters that may come next."""
    columns = np.arange(len(lexicon.symbols))
    return "".join(np.array(list(lexicon.symbols))[lexicon.advance(state, columns) != lexicon.DEAD])


@pytest.fixture
def lexicon():
    return Lexicon(["an", "and", "ANN", "be", "Zoë"])


def test_words_are_known_whatever_their_case_and_accents(lexicon):
    assert all(word in lexicon for word in ("an", "AND", "ann", "Be", "ZOE", "Zoë"))
    assert not any(word in lexicon for word in ("", "a", "ans", "zo", "dan", "b3"))
    assert len(lexicon) == 5


def test_each_state_knows_what_may_follow(lexicon):
    states = walk(lexicon, "and")
    assert [followers(lexicon, state) for state in states] == ["abz", "n", "dn", ""]
    assert lexicon.is_word(states).tolist() == [False, False, True, True]


def test_a_wrong_letter_ends_in_the_dead_state_for_good(lexicon):
    assert walk(lexicon, "axn")[2:] == [lexicon.DEAD, lexicon.DEAD]
    assert walk(lexicon, "a7")[2:] == [lexicon.DEAD]
    assert followers(lexicon, lexicon.DEAD) == ""
    assert not lexicon.is_word(lexicon.DEAD)


def test_many_states_and_characters_are_looked_up_at_once(lexicon):
    states = np.array([lexicon.START, walk(lexicon, "an")[-1], lexicon.DEAD])
    symbols = lexicon.symbols_of("adnx")
    table = lexicon.advance(states[:, None], symbols[None, :])
    assert table.shape == (3, 4)
    assert (table != lexicon.DEAD).tolist() == [
        [True, False, False, False],
        [False, True, True, False],
        [False, False, False, False],
    ]
    for row, state in zip(table, states, strict=True):
        assert row.tolist() == [int(lexicon.advance(state, symbol)) for symbol in symbols]


@given(st.sets(st.text(string.ascii_lowercase + "-'7", min_size=1, max_size=8), min_size=1), st.data())
def test_it_accepts_its_words_and_no_others(words, data):
    lexicon = Lexicon(words)
    assert len(lexicon) == len(words)
    assert all(word in lexicon for word in words)
    other = data.draw(st.text(string.ascii_lowercase[:4] + "-7", max_size=8))
    assert (other in lexicon) == (other in words)


def test_a_file_has_a_word_a_line(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeff# friends\r\n\r\n  Zoë \r\nB-52\r\nNew York\r\nzoe\r\n".encode())
    lexicon = Lexicon.load(path)
    assert len(lexicon) == 4
    assert all(word in lexicon for word in ("ZOE", "b-52", "new", "york"))
    assert "friends" not in lexicon


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no words"),
        (b"\n# nothing\n\n", "no words"),
        (b"M\xfcller\n", "not text in UTF-8"),
        ("Müller\n".encode("utf-16"), "not text in UTF-8"),
        (b"PK\x03\x04\0\0\0\0", "not text in UTF-8"),
        (b"a" * 101, "more than 100 characters"),
    ],
)
def test_what_is_no_list_of_words_is_refused_in_one_line(tmp_path, content, reason):
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=reason) as caught:
        Lexicon.load(path)
    assert str(caught.value).startswith(f"{path}: not a list of words: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(LexiconError, match=r"none\.txt: cannot be read: No such file"):
        Lexicon.load(tmp_path / "none.txt")
    with pytest.raises(LexiconError, match="cannot be read: Is a directory"):
        Lexicon.load(tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 3)
    (tmp_path / "words.txt").write_text("four")
    with pytest.raises(LexiconError, match="too large"):
        Lexicon.load(tmp_path / "words.txt")


def test_it_is_the_trie_of_its_words():
    words = ["to", "tea", "ten", "in", "inn", "i", "TO"]
    lexicon = Lexicon(words)
    beginnings = {word.lower()[:end] for word in words for end in range(1, len(word) + 1)}
    states = {text: walk(lexicon, text)[-1] for text in beginnings}
    assert sorted(states.values()) == list(range(1, len(beginnings) + 1))
    for text, state in states.items():
        below = sum(word.startswith(text) for word in {word.lower() for word in words})
        (share,) = np.exp(lexicon.log_share([walk(lexicon, text)[-2]], [state]))
        above = sum(word.startswith(text[:-1]) for word in {word.lower() for word in words})
        assert share == pytest.approx(below / above)
        assert lexicon.is_word(state) == (text in {word.lower() for word in words})


def test_words_of_many_batches_are_one_list(monkeypatch):
    monkeypatch.setattr(word_trie, "_BATCH", 50)
    words = [f"{number:05}" for number in range(0, 20_000, 7)]
    lexicon = Lexicon([*words, *reversed(words)])
    assert len(lexicon) == len(words)
    assert all(word in lexicon for word in words)
    assert "00001" not in lexicon


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ab cd\x85ef\u2028gh\r#ij kl\rmn", 5),
        (" \t# no\n\u3000#no\nyes", 1),
        ("x" * 90 + " " + " ".join(f"w{number}" for number in range(3000)), 3001),
        ("#" + " comment" * 3000 + "\nword", 1),
        ("\U0001f600\n\u4e2d\u6587\n\x01", 3),
    ],
)
def test_lines_of_any_ends_and_lengths(tmp_path, content, words):
    (tmp_path / "words.txt").write_text(content, encoding="utf-8", newline="")
    assert len(Lexicon.load(tmp_path / "words.txt")) == words


@pytest.mark.parametrize(
    ("name", "limit", "content"),
    [
        ("_LARGEST", 1000, "abc def ghi " * 3 + " ".join(f"{number:06}" for number in range(100))),
        ("_MOST_LETTERS", 100, "\ufdfa\n\ufdfb\n" + "x" * 90 + "\n" + "y" * 90),
    ],
)
def test_more_than_there_is_memory_for_is_refused(tmp_path, monkeypatch, name, limit, content):
    monkeypatch.setattr(word_trie, name, limit)
    (tmp_path / "words.txt").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"not a list of words: (more than|too many)"):
        Lexicon.load(tmp_path / "words.txt")


@pytest.mark.parametrize("word", ["e\u0301" * 40_000, "x" * 40_000, "\ufdfa" * 6])
def test_a_word_that_is_too_long_is_refused_before_it_is_looked_at(tmp_path, word):
    (tmp_path / "words.txt").write_text(f"ab\n{word}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="a word of more than 100 characters"):
        Lexicon.load(tmp_path / "words.txt")


def test_a_long_list_takes_little_more_memory_than_its_letters(tmp_path):
    letters = np.random.default_rng(0).integers(ord("a"), ord("z") + 1, (250_000, 8), np.uint8)
    letters[:, -1] = ord("\n")
    (tmp_path / "words.txt").write_bytes(letters.tobytes())
    tracemalloc.start()
    try:
        lexicon = Lexicon.load(tmp_path / "words.txt")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(lexicon) > 240_000
    # One by one, the words alone would take 60 bytes each, and a node of the trie 100 more.
    assert most < 70e6
