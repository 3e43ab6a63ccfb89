from __future__ import annotations

import difflib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_cli.evaluation import alignment
from ocr_cli.evaluation.alignment import align


def distance(truth: str, read: str) -> int:
    return sum(a != b for a, b in align(truth, read))


def test_known_distances() -> None:
    assert distance("kitten", "sitting") == 3
    assert distance("", "abc") == 3
    assert distance("abc", "") == 3
    assert distance("", "") == 0
    assert distance("HELLO", "HELLO") == 0
    assert distance("CA", "ABC") == 3


def test_pairs_say_what_was_lost_invented_and_mistaken() -> None:
    assert align("HELO", "HXLOS") == [("H", "H"), ("E", "X"), ("L", "L"), ("O", "O"), (None, "S")]
    assert align("AB", "B") == [("A", None), ("B", "B")]


def test_words_are_aligned_like_characters() -> None:
    pairs = align(["THE", "QUICK", "FOX"], ["THE", "FOX"])
    assert pairs == [("THE", "THE"), ("QUICK", None), ("FOX", "FOX")]


TEXT = st.text("ABC", max_size=12)


def plain_distance(a: str, b: str) -> int:
    """The textbook recursion, for comparison."""
    if not a or not b:
        return len(a) + len(b)
    table = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, table[0] = table[0], i
        for j, y in enumerate(b, 1):
            last, table[j] = table[j], min(table[j] + 1, table[j - 1] + 1, last + (x != y))
    return table[-1]


@given(TEXT, TEXT)
def test_the_alignment_is_the_cheapest_and_spells_both_texts(truth: str, read: str) -> None:
    pairs = align(truth, read)
    assert "".join(a for a, _ in pairs if a) == truth
    assert "".join(b for _, b in pairs if b) == read
    assert (None, None) not in pairs
    assert distance(truth, read) == plain_distance(truth, read) == distance(read, truth)


@given(TEXT, TEXT)
def test_long_texts_in_little_memory_are_aligned_alike(truth: str, read: str) -> None:
    at_once = align(truth, read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "_AT_ONCE", 0)
        assert align(truth, read) == at_once


def test_the_memory_of_long_texts_does_not_grow_with_their_product() -> None:
    truth, read = "AB " * 1500, "AC " * 1500
    tracemalloc.start()
    try:
        assert distance(truth, read) == 1500
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(truth) * len(read) / 10


@given(TEXT, TEXT)
def test_no_fewer_edits_than_what_two_texts_have_in_common_allows(truth: str, read: str) -> None:
    common = sum(b.size for b in difflib.SequenceMatcher(None, truth, read, False).get_matching_blocks())
    assert distance(truth, read) <= max(len(truth), len(read))
    assert distance(truth, read) >= abs(len(truth) - len(read))
    assert distance(truth, read) <= len(truth) + len(read) - 2 * common
