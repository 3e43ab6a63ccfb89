"""A lattice of three atoms, with arcs of one or two, against sums over all ways (``lattice.paths``)."""

from types import SimpleNamespace

import numpy as np
import pytest

from ocr_cli.alphabet import PLACED
from ocr_cli.forms import judges
from ocr_cli.forms.judges import Bench, LatticeJudge
from ocr_cli.lattice.paths import Moves, text_sums

CLASSES = ("A", "B", "a")
START, STOP = np.array([0, 0, 1, 1, 2]), np.array([1, 2, 2, 3, 3])


@pytest.fixture
def table():
    """Log weights of each arc as each class, as each sign known by its place, and as dirt."""
    return np.random.default_rng(3).normal(size=(len(START), len(CLASSES) + len(PLACED) + 1)) - 2


@pytest.fixture
def row_and_tools(table):
    shape = 1.5
    row = SimpleNamespace(
        lattice=SimpleNamespace(start=START, stop=STOP),
        classification=SimpleNamespace(probabilities=None, said=None),
        scores=SimpleNamespace(table=lambda _: shape * table),
    )
    scorer = SimpleNamespace(classes=CLASSES, logs=lambda *_: None, windows=None)
    weights = SimpleNamespace(arcs=SimpleNamespace(shape=shape))
    return row, SimpleNamespace(scorer=scorer, weights=weights)


@pytest.fixture
def judge(row_and_tools):
    return LatticeJudge(*row_and_tools, {})


def along(table, text):
    """The weight of all ways along the lattice that say a text, as a logarithm."""
    letters = {"a": np.logaddexp(table[:, 0], table[:, 2]), "b": table[:, 1]}
    letters |= {sign: table[:, len(CLASSES) + number] for number, sign in enumerate(PLACED)}
    scores = np.full((2 * len(START), len(text) + 1), -np.inf)
    for number, letter in enumerate(text):
        scores[: len(START), number] = letters[letter]
    scores[len(START) :] = table[:, -1:]
    order = np.argsort(np.tile(START, 2), kind="stable")
    taken = np.repeat([1, 0], len(START))
    moves = Moves(np.tile(START, 2)[order], np.tile(STOP, 2)[order], taken[order], scores[order])
    return text_sums(moves).log_sum


def test_texts_are_as_probable_as_all_ways_along_the_lattice_that_say_them(judge, table):
    texts = ["a", "ab", "abb", "aba", f"a{PLACED[0]}", "bab"]
    whole = np.logaddexp.reduce(table, axis=1)
    every = Moves(START, STOP, np.zeros(len(START), int), whole[:, None])
    expected = [along(table, text) - text_sums(every).log_sum for text in texts]
    assert judge.judge(texts) == pytest.approx(expected, abs=1e-9)


def test_where_one_character_may_be_meant_by_another_both_count(row_and_tools, table):
    judged = LatticeJudge(*row_and_tools, {"B": "a"}).judge(["ab", "bb", "ba"])
    before = LatticeJudge(*row_and_tools, {}).judge(["ab", "bb", "ba"])
    assert judged[1] == pytest.approx(before[1])
    assert judged[0] == pytest.approx(np.logaddexp(before[0], before[1]))
    assert judged[2] == pytest.approx(np.logaddexp(before[2], before[1]))


def test_what_the_lattice_does_not_hold_is_impossible(judge):
    assert judge.judge(["abab", ""]).tolist() == [-np.inf] * 2


def test_any_character_may_be_one_that_the_model_does_not_know(judge):
    letters = ["a", "b", *PLACED]
    known = np.logaddexp.reduce(judge.judge([f"a{letter}" for letter in letters]))
    assert known - 6 < judge.judge(["aç"])[0] < known - 1


def test_all_that_may_be_read_and_dirt_alone_make_one(judge, table):
    letters = ["a", "b", *PLACED]
    texts = [*letters, *(x + y for x in letters for y in letters)]
    texts += [x + y + z for x in letters for y in letters for z in letters]
    dirt = along(table, "") - np.logaddexp.reduce([along(table, ""), *(along(table, t) for t in texts)])
    assert np.exp(judge.judge(texts)).sum() + np.exp(dirt) == pytest.approx(1.0, abs=1e-9)


def test_what_is_expected_is_looked_at_further_though_others_fit_better(row_and_tools, monkeypatch):
    monkeypatch.setattr(judges, "_MOST", 1)
    row, tools = row_and_tools
    bench = Bench([row], [tools], None, {})
    bench.ask(["a", "ab", "Ab"])
    (best,), _ = bench.likeliest("")
    bench.ask(["bb"], 50.0)
    (text,), judged = bench.likeliest("")
    assert best.lower() != text == "bb"
    assert judged.shape == (2, 1)
