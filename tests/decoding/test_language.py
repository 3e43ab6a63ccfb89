import numpy as np
import pytest

from ocr_cli.decoding.language import LanguageModel, load_language
from ocr_cli.decoding.trie import BOUNDARY, COST_STEP, OTHER, SYMBOLS, Trie, symbols_of
from ocr_cli.model_store import find_language

A, B = symbols_of("AB")


def cost(probability):
    return round(-np.log(probability) / COST_STEP)


def level(children):
    """How many children each of a node's symbols has, all symbols being there."""
    return [children.get(symbol, 0) for symbol in range(OTHER)]


@pytest.fixture
def trie():
    """Each letter alone equally likely; after the boundary A one half; after A B one half, after BA B 3/4."""
    alone = [cost(1 / OTHER)] * OTHER
    return Trie(
        np.array([OTHER, *level({BOUNDARY: 1, A: 1, B: 1}), 0, 0, 1, 0], np.uint8),
        np.array([*range(OTHER), A, B, A, B], np.uint8),
        np.array([*alone, cost(1 / 2), cost(1 / 2), cost(1 / 4), cost(3 / 4)], np.uint8),
    )


def states(model, text):
    """The state after each character of a word."""
    found = [model.START]
    for symbol in symbols_of(text):
        found.append(int(model.advance(found[-1], symbol)))
    return found


def share(model, state, symbol):
    return float(np.exp(model.log_probability(state, symbol)))


def test_characters_are_told_apart_without_case_and_accents():
    assert symbols_of("aÀ Z'-7").tolist() == [A, A, BOUNDARY, 26, 27, 28, OTHER]
    assert [SYMBOLS[index] for index in symbols_of("œ")] == ["o", "e"]
    assert symbols_of("").shape == (0,)


def test_stored_probabilities_come_back_as_exactly_as_they_are_stored(trie):
    model = LanguageModel.of(trie)
    after_a = int(model.advance(model.UNKNOWN, A))
    after_ba = int(model.advance(model.advance(model.UNKNOWN, B), A))
    assert share(model, model.START, A) == pytest.approx(1 / 2, rel=COST_STEP / 2)
    assert share(model, after_a, B) == pytest.approx(1 / 2, rel=COST_STEP / 2)
    assert share(model, after_ba, B) == pytest.approx(3 / 4, rel=COST_STEP / 2)
    assert model.order == 3


def test_what_is_not_stored_shares_the_rest_as_one_letter_less_has_it(trie):
    model = LanguageModel.of(trie)
    after_a = int(model.advance(model.UNKNOWN, A))
    rest = (1 - share(model, after_a, B)) / (OTHER - 1)
    assert share(model, after_a, A) == pytest.approx(rest, rel=1e-4)
    assert share(model, after_a, BOUNDARY) == pytest.approx(rest, rel=1e-4)


def test_a_state_is_the_longest_context_that_the_trie_knows(trie):
    model = LanguageModel.of(trie)
    assert states(model, "BA")[-1] != states(model, "A")[-1]
    assert states(model, "CBA")[-1] == states(model, "BA")[-1]
    assert states(model, "BAB")[-1] == states(model, "B")[-1]
    assert states(model, "BC")[-1] == model.UNKNOWN
    assert states(model, "BA ")[-1] == model.START


def test_a_foreign_character_is_as_likely_as_any_and_context_is_forgotten(trie):
    model = LanguageModel.of(trie)
    every = np.arange(model.states)
    assert np.allclose(model.log_probability(every, OTHER), -np.log(OTHER))
    assert (model.advance(every, OTHER) == model.UNKNOWN).all()


def test_pairs_are_scored_at_once(trie):
    model = LanguageModel.of(trie)
    contexts, symbols = np.array([model.START, model.UNKNOWN]), symbols_of("AB7")
    scores = model.log_probability(contexts[:, None], symbols[None, :])
    following = model.advance(contexts[:, None], symbols[None, :])
    assert scores.shape == following.shape == (2, 3)
    for row, context in enumerate(contexts):
        for column, symbol in enumerate(symbols):
            assert scores[row, column] == model.log_probability(context, symbol)
            assert following[row, column] == model.advance(context, symbol)


def test_a_text_scores_as_its_words_do(trie):
    model = LanguageModel.of(trie)
    steps = zip(states(model, "BAB"), symbols_of("BAB "), strict=True)
    assert model.score("bab") == pytest.approx(sum(model.log_probability(*step) for step in steps))
    assert model.score("  ab   ba ") == pytest.approx(model.score("AB") + model.score("BA"))


def test_costs_that_leave_nothing_still_add_up_to_one(trie):
    greedy = Trie(trie.children, trie.symbols, np.zeros_like(trie.costs))
    model = LanguageModel.of(greedy)
    totals = np.exp(model.log_probability(np.arange(model.states)[:, None], np.arange(OTHER))).sum(axis=1)
    assert np.allclose(totals, 1, atol=1e-5)
    assert np.isfinite(model.log_probability(np.arange(model.states)[:, None], np.arange(OTHER))).all()


def test_a_trie_without_all_symbols_at_its_root_is_no_language():
    with pytest.raises(ValueError, match="another alphabet"):
        LanguageModel.of(Trie(*(np.array(values, np.uint8) for values in ([1, 0], [A], [3]))))


@pytest.mark.parametrize("name", ["any", "en", "fr"])
def test_a_shipped_language_knows_words_from_letters_thrown_together(name):
    model = load_language(find_language(name)).letters
    assert model.order >= 5
    every = np.arange(model.states)[:, None]
    assert np.allclose(np.exp(model.log_probability(every, np.arange(OTHER))).sum(axis=1), 1, atol=1e-4)
    likely, unlikely = {
        "any": ("HELLO", "HEL1O"),
        "en": ("THOUGHT", "THOVGHT"),
        "fr": ("OISEAUX", "OI5EAUX"),
    }[name]
    assert model.score(likely) > model.score(unlikely) + 2
    assert model.score("MARTIN") > model.score("MRATNI") + 5


def test_each_language_knows_its_own_words_best():
    models = {name: load_language(find_language(name)).letters for name in ("en", "fr", "de")}
    words = {"en": "WHICH THINGS", "fr": "QUELQUES CHOSES", "de": "WELCHE SACHEN"}
    for own, text in words.items():
        assert max(models, key=lambda name: models[name].score(text)) == own
