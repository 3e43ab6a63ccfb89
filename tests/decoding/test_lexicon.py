import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_cli.decoding import lexicon as module
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.errors import LexiconError


def walk(lexicon, text):
    """The state after each character of a text."""
    states = [lexicon.START]
    for symbol in lexicon.symbols_of(text):
        states.append(int(lexicon.advance(states[-1], symbol)))
    return states


@pytest.fixture
def lexicon():
    return Lexicon(["an", "and", "ANN", "be", "Zoë"])


def test_words_are_known_whatever_their_case_and_accents(lexicon):
    assert all(word in lexicon for word in ("an", "AND", "ann", "Be", "ZOE", "Zoë"))
    assert not any(word in lexicon for word in ("", "a", "ans", "zo", "dan", "b3"))
    assert len(lexicon) == 5


def test_each_state_knows_what_may_follow(lexicon):
    states = walk(lexicon, "and")
    assert [lexicon.followers(state) for state in states] == ["abz", "n", "dn", ""]
    assert lexicon.is_word(states).tolist() == [False, False, True, True]


def test_a_wrong_letter_ends_in_the_dead_state_for_good(lexicon):
    assert walk(lexicon, "axn")[2:] == [lexicon.DEAD, lexicon.DEAD]
    assert walk(lexicon, "a7")[2:] == [lexicon.DEAD]
    assert lexicon.followers(lexicon.DEAD) == ""
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
